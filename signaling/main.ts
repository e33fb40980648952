// The start of the server: environment in, one URL on stdout, sentences on stderr, an orderly end on SIGTERM. With
// --eve, stderr also gets what an eavesdropper hears in lab rooms.

import { fileURLToPath } from 'node:url'
import { type Env, readEnv } from './env.ts'
import { type Log, makeLog } from './log.ts'
import type { Overheard } from './rooms.ts'
import { startServer } from './server.ts'

const dist = fileURLToPath(new URL('../dist', import.meta.url))

/** Runs until a signal ends it; the exit code is 1 when it couldn't start. */
async function main(): Promise<void> {
  const env = readEnv(process.env)
  if (!env.ok) {
    stop(env.reason)
    return
  }
  try {
    await run(env.value, makeLog(env.value.logLevel))
  } catch (error) {
    stop(listenFault(error, env.value))
  }
}

async function run(env: Env, log: Log): Promise<void> {
  const { socketsPerAddress, ...rest } = env
  const overhear = process.argv.includes('--eve') ? await eavesdrop() : undefined
  const server = await startServer({
    ...rest,
    limits: { socketsPerAddress },
    dist,
    log,
    ...(overhear === undefined ? {} : { overhear }),
  })
  const end = (signal: string) => {
    log.info(`${signal}: telling everybody, then closing`)
    server.close().then(
      () => process.exit(0),
      () => process.exit(1),
    )
  }
  // Once each: a second signal ends the process at once.
  process.once('SIGTERM', () => end('SIGTERM'))
  process.once('SIGINT', () => end('SIGINT'))
  process.stdout.write(`${server.url}\n`)
}

/** A server that nobody asked to listen has no code that could. */
async function eavesdrop(): Promise<(overheard: Overheard) => void> {
  const { Eavesdropper } = await import('./eavesdropper.ts')
  const eve = new Eavesdropper(performance.now())
  const write = (line: string) => process.stderr.write(`eve: ${line}\n`)
  write('listens on the public channel of lab rooms; a private room is never told')
  return (overheard) => eve.hear(overheard, performance.now()).forEach(write)
}

function stop(sentence: string): void {
  process.stderr.write(`${sentence}\n`)
  process.exitCode = 1
}

function listenFault(error: unknown, { host, port }: Env): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} is taken by another program: end it, or set PORT to another one.`
    case 'EACCES':
      return `Port ${port} needs rights that this user hasn't: set PORT to one above 1023.`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `HOST is ${host}, but this machine has no such address.`
    default:
      return `The server couldn't start: ${error instanceof Error ? error.message : String(error)}`
  }
}

await main()
