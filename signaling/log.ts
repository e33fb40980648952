// The one logger: a line of plain words on stderr. It is told counts and reasons; never a room, a side, an address or
// anything that was relayed.

export const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export interface Log {
  error(sentence: string): void
  warn(sentence: string): void
  info(sentence: string): void
  debug(sentence: string): void
}

/** A logger that writes what is at least as important as `level`. */
export function makeLog(level: LogLevel, write: (line: string) => void = (line) => process.stderr.write(line)): Log {
  const at = (own: LogLevel) => (sentence: string) => {
    if (LOG_LEVELS.indexOf(own) <= LOG_LEVELS.indexOf(level)) write(`${own}: ${sentence}\n`)
  }
  return { error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug') }
}
