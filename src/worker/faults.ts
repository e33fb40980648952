// What may be said of a fault of ours: where, never with what. An error's message can quote values, and values here
// are keys and texts.

/** The stack of an error without its message: script addresses, lines and function names. */
export function whereOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  const stack = error.message === '' ? error.stack : error.stack?.replaceAll(error.message, '')
  const frames = (stack ?? '').split('\n').filter((line) => /^\s*at |@/.test(line))
  return [error.name, ...frames.map((line) => line.trim())].join('\n')
}
