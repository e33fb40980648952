// Assertions for mistakes of the programmer. What a peer, a file or a URL may get wrong is a value, never one of these.

/** Throws when `condition` is false: `message` says what was expected and what was got. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${message}`)
}

/** Ends every switch over a union: the compiler proves that no member was forgotten. */
export function assertNever(value: never): never {
  throw new Error(`assertion failed: no case for ${JSON.stringify(value)}`)
}
