// `npm run soak`: the long tests. See scripts/soak/kill-rounds.ts for what a round is.

import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { makeLog } from '../signaling/log.ts'
import { type RunningServer, startServer } from '../signaling/server.ts'
// @ts-expect-error: a plain script, for Node runs it before there is anything that reads types.
import { build, isStale } from './build.mjs'
import { ensureChromium } from './chromium.ts'
import { runKillRounds } from './soak/kill-rounds.ts'

const USAGE = `Usage: npm run soak -- [--rounds N] [--seed S] [--many N]

The long tests. First rounds of killing: two people talk, each in a Chromium of their own; at a random moment the
browser of one or of both is killed (SIGKILL), started again on its profile folder and opened at the app. Everything
that was taken from a writer must then stand on both sides, once, in one order. Prints a line for each round. Then the
end-to-end test of many messages, and those of test/e2e/soak. The last line is JSON: {rounds, messages, lost, doubled,
disordered, seed}. Exit code 1 when anything broke.

  --rounds N   rounds of killing, 0 to 100000 (default 100)
  --seed S     what happens in them: letters, digits, ".", "_" and "-" (default: a new one)
  --many N     messages each way in the test of many, 0 to 10000 (default 500; 0: no end-to-end tests)
  --help       this text`

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const DIST = fileURLToPath(new URL('../dist', import.meta.url))

interface Options {
  readonly rounds: number
  readonly seed: string
  readonly many: number
}

await main()

async function main(): Promise<void> {
  if (process.argv.includes('--help')) return console.log(USAGE)
  const options = readOptions()
  if (typeof options === 'string') {
    console.error(`${options}\n\n${USAGE}`)
    process.exitCode = 2
    return
  }
  // So that no browser is left behind: it is in a process group of its own.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
  if (isStale()) await build()
  await soak(options)
}

/** The options, or what is wrong with them. */
function readOptions(): Options | string {
  const values = readFlags()
  if (typeof values === 'string') return values
  const rounds = whole(values.rounds, 100_000)
  if (rounds === null) return `--rounds takes a whole number from 0 to 100000, got ${values.rounds}.`
  const many = whole(values.many, 10_000)
  if (many === null) return `--many takes a whole number from 0 to 10000, got ${values.many}.`
  if (!/^[\w.-]{1,64}$/.test(values.seed)) return `--seed takes letters, digits, ".", "_" and "-", got ${values.seed}.`
  return { rounds, many, seed: values.seed }
}

function readFlags() {
  try {
    return parseArgs({
      options: {
        rounds: { type: 'string', default: '100' },
        seed: { type: 'string', default: Date.now().toString(36) },
        many: { type: 'string', default: '500' },
      },
    }).values
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function whole(text: string, max: number): number | null {
  return /^\d{1,6}$/.test(text) && Number(text) <= max ? Number(text) : null
}

async function soak({ rounds, seed, many }: Options): Promise<void> {
  const parts = { chromiumPath: ensureChromium(), startServer: serve, print: console.log }
  const { result, faults } = await runKillRounds(parts, rounds, seed)
  const isGood = many === 0 || (await endToEnd(many))
  console.log(JSON.stringify(result))
  process.exitCode = isGood && faults.length === 0 ? 0 : 1
}

function serve(port = 0): Promise<RunningServer> {
  return startServer({ port, host: '127.0.0.1', dist: DIST, log: makeLog('error') })
}

/** The tests that are too long for `npm test`, at their full length. */
function endToEnd(many: number): Promise<boolean> {
  const env = { ...process.env, MANY: String(many), SOAK: '1' }
  const args = ['vitest', 'run', '--project', 'e2e', 'test/e2e/many', 'test/e2e/soak']
  const child = spawn('npx', args, { cwd: ROOT, env, stdio: 'inherit' })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve(code === 0))
  })
}
