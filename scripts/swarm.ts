// `npm run swarm`: many seeded worlds on all cores. Prints what breaks with its seed; the last line is JSON.

import { fork } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { runWorld, type WorldResult } from '../src/world/world.ts'

const USAGE = `Usage: npm run swarm -- [--worlds N] [--seed S] [--jobs J]
       npm run swarm -- --one SEED

Runs N worlds (default 1000) with the seeds S-0, S-1, ... (S: default "swarm"). A world is two conversations with their
disks, a network and an Eve, drawn from its seed; all invariants are checked all the way. Prints what breaks, with the
seed; the last line is JSON: {worlds, messages, delivered, aborted, broken}. Exit code 1 when a world broke.

  --worlds N   how many worlds, 1 to 1000000
  --seed S     begins the seeds: letters, digits, "." and "_"
  --jobs J     how many at once, 1 to 64 (default: the cores of this machine)
  --one SEED   replays one world and prints what happens in it, in words
  --help       this text`

interface Options {
  readonly worlds: number
  readonly seed: string
  readonly jobs: number
  readonly one: string | null
}

interface Sums {
  worlds: number
  messages: number
  delivered: number
  aborted: number
  broken: number
}

const BATCH = 25
/** Said to a process that is to run worlds for this one. (A worker thread would start without tsx's loader.) */
const SERVE = '--serve'

if (process.argv[2] === SERVE && process.send) serve()
else await main()

async function main(): Promise<void> {
  const args = process.argv.slice(2)
  if (args.includes('--help')) {
    console.log(USAGE)
    return
  }
  const options = readOptions(args)
  if (typeof options === 'string') {
    console.error(`${options}\n\n${USAGE}`)
    process.exitCode = 2
  } else if (options.one !== null) replay(options.one)
  else await swarm(options)
}

/** The options, or what is wrong with them. */
function readOptions(args: readonly string[]): Options | string {
  const options = { worlds: 1_000, seed: 'swarm', jobs: availableParallelism(), one: null as string | null }
  for (let i = 0; i < args.length; i += 2) {
    const [flag, value] = [args[i]!, args[i + 1]]
    if (!['--worlds', '--seed', '--jobs', '--one'].includes(flag)) return `Unknown argument: ${flag}`
    if (value === undefined) return `${flag} needs a value.`
    if (flag === '--worlds' || flag === '--jobs') {
      const max = flag === '--worlds' ? 1_000_000 : 64
      if (!/^\d{1,7}$/.test(value) || Number(value) < 1 || Number(value) > max)
        return `${flag} takes a whole number from 1 to ${max}, got ${value}.`
      options[flag === '--worlds' ? 'worlds' : 'jobs'] = Number(value)
    } else if (!/^[\w.-]{1,64}$/.test(value)) return `${flag} takes letters, digits, ".", "_" and "-", got ${value}.`
    else options[flag === '--seed' ? 'seed' : 'one'] = value
  }
  return options
}

function replay(seed: string): void {
  const result = runWorld(seed, (line) => console.log(line))
  tellFindings(result)
  const { findings, ...figures } = result
  console.log(JSON.stringify({ ...figures, broken: findings.length > 0 ? 1 : 0 }))
  process.exitCode = findings.length > 0 ? 1 : 0
}

function tellFindings(result: WorldResult): void {
  for (const { seed, invariant, detail, atMs } of result.findings) {
    console.log(`BROKEN ${seed}  [${invariant}] after ${(atMs / 1_000).toFixed(3)} s: ${detail}`)
  }
}

/** Gives the workers batches of seeds until all are run; progress goes to stderr where that is a terminal. */
async function swarm({ worlds, seed, jobs }: Options): Promise<void> {
  const sums: Sums = { worlds: 0, messages: 0, delivered: 0, aborted: 0, broken: 0 }
  const startedMs = performance.now()
  let next = 0
  const take = (): readonly string[] => {
    const count = Math.min(BATCH, worlds - next)
    next += count
    return Array.from({ length: count }, (_, i) => `${seed}-${next - count + i}`)
  }
  const add = (result: WorldResult): void => {
    sums.worlds++
    sums.messages += result.messages
    sums.delivered += result.delivered
    sums.aborted += result.aborted
    if (result.findings.length > 0) sums.broken++
    tellFindings(result)
    if (process.stderr.isTTY) process.stderr.write(`\r${sums.worlds} of ${worlds} worlds `)
  }
  await Promise.all(Array.from({ length: Math.min(jobs, Math.ceil(worlds / BATCH)) }, () => employ(take, add)))
  const seconds = (performance.now() - startedMs) / 1_000
  console.error(`${seconds.toFixed(1)} s, ${(worlds / seconds).toFixed(1)} worlds a second`)
  console.log(JSON.stringify(sums))
  process.exitCode = sums.broken > 0 ? 1 : 0
}

/** One process, fed until there are no more seeds; a world that kills it is an error of ours and ends everything. */
function employ(take: () => readonly string[], add: (result: WorldResult) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = fork(fileURLToPath(import.meta.url), [SERVE])
    let waiting = 0
    const feed = (): void => {
      const seeds = take()
      waiting = seeds.length
      if (waiting > 0) worker.send(seeds)
      else worker.disconnect()
    }
    worker.on('message', (result: WorldResult) => {
      add(result)
      if (--waiting === 0) feed()
    })
    worker.on('error', reject)
    worker.on('exit', (code) => {
      if (code === 0 && waiting === 0) resolve()
      else reject(new Error(`A worker of the swarm ended with ${waiting} worlds to run (exit code ${code}).`))
    })
    feed()
  })
}

/** Runs what is sent; ends when the swarm disconnects. */
function serve(): void {
  process.on('message', (seeds: readonly string[]) => {
    for (const seed of seeds) process.send?.(runWorld(seed))
  })
}
