// What may be said of a fault of ours: where, never with what. An error's message can quote values, and values here
// are keys and texts.

/** The stack of an error without its message: script addresses, lines and function names. */
export function whereOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  const frames = (error.stack ?? '')
    .split('\n')
    .filter((line) => /^\s*at |@/.test(line) && !line.includes(error.message || '\0'))
  return [error.name, ...frames.map((line) => line.trim())].join('\n')
}
