// `npm run sweep`: every Eve on the fibre against real sessions, held against theory. See docs/eavesdroppers.md.

import { parseArgs } from 'node:util'
import {
  EVES,
  type EveKind,
  faultsOf,
  fullPoints,
  type PointSummary,
  partialPoints,
  pointName,
  runClean,
  type SweepOptions,
  sweepPoint,
} from '../src/world/sweep.ts'
import { sweepTables } from '../src/world/sweep-tables.ts'

const USAGE = `Usage: npm run sweep -- [--json | --markdown] [--runs N] [--seed S] [--eve KIND] [--mode M] [--noise X]
       npm run sweep -- --clean N [--seed S] [--mode M] [--noise X]

Sweeps every eavesdropper on the fibre: each attack at full strength every 2.5 degrees, and at strengths from .005 to .9
at six angles. A run is a chat just paired, with her on its fibre from the first qubit on, and one message, which must
end in delivered, noisy or alert within four sessions; at full strength in an alert on both sides. Readings are held
against the exact values. Prints a line for each attack, or JSON, or the tables of docs/eavesdroppers.md; what broke goes
to stderr, and the exit code is 1. The same seed gives the same figures.

  --runs N     runs of each attack, 1 to 1000 (default 10)
  --seed S     begins the seeds: letters, digits, "." and "_" (default "sweep")
  --eve KIND   only ${EVES.join(', ')}
  --mode M     efficient or textbook (default efficient)
  --noise X    Werner error of the sender's source, 0 to .5 (default 0)
  --clean N    N chats with nobody on the fibre instead, 1 to 1000000: one line of JSON; a false alert is exit code 1
  --help       this text`

/** What clean chats the tables compare with. */
const BASELINE_CHATS = 200

interface Options extends SweepOptions {
  readonly eves: readonly EveKind[]
  readonly clean: number
  readonly as: 'lines' | 'json' | 'markdown'
}

main()

function main(): void {
  if (process.argv.includes('--help')) return console.log(USAGE)
  const options = readOptions()
  if (typeof options === 'string') {
    console.error(`${options}\n\n${USAGE}`)
    process.exitCode = 2
  } else if (options.clean > 0) cleanChats(options)
  else sweep(options)
}

/** The options, or what is wrong with them. */
function readOptions(): Options | string {
  const values = readFlags()
  if (typeof values === 'string') return values
  const runs = whole(values.runs, 1_000)
  if (runs === null) return `--runs takes a whole number from 1 to 1000, got ${values.runs}.`
  const clean = values.clean === undefined ? 0 : whole(values.clean, 1_000_000)
  if (clean === null) return `--clean takes a whole number from 1 to 1000000, got ${values.clean}.`
  if (!/^[\w.-]{1,64}$/.test(values.seed)) return `--seed takes letters, digits, ".", "_" and "-", got ${values.seed}.`
  const eves = EVES.filter((eve) => values.eve === undefined || values.eve === eve)
  if (eves.length === 0) return `--eve takes ${EVES.join(', ')}, got ${values.eve}.`
  const { mode } = values
  if (mode !== 'efficient' && mode !== 'textbook') return `--mode takes efficient or textbook, got ${mode}.`
  const noise = Number(values.noise)
  if (values.noise.trim() === '' || !(noise >= 0 && noise <= 0.5))
    return `--noise takes a number from 0 to .5, got ${values.noise}.`
  if (values.json && values.markdown) return 'Either --json or --markdown.'
  const as = values.json ? 'json' : values.markdown ? 'markdown' : 'lines'
  return { runs, seed: values.seed, eves, mode, noise, clean, as }
}

function readFlags() {
  try {
    return parseArgs({
      options: {
        runs: { type: 'string', default: '10' },
        seed: { type: 'string', default: 'sweep' },
        eve: { type: 'string' },
        mode: { type: 'string', default: 'efficient' },
        noise: { type: 'string', default: '0' },
        clean: { type: 'string' },
        json: { type: 'boolean', default: false },
        markdown: { type: 'boolean', default: false },
      },
    }).values
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function whole(text: string, max: number): number | null {
  const value = /^\d{1,7}$/.test(text) ? Number(text) : 0
  return value >= 1 && value <= max ? value : null
}

function sweep(options: Options): void {
  const { eves, as } = options
  const points = [...fullPoints(eves), ...partialPoints(eves)]
  const startedMs = performance.now()
  const summaries = points.map((point, i) => {
    const summary = sweepPoint(point, options)
    if (as === 'lines') console.log(lineOf(summary))
    else tellProgress(i + 1, points.length)
    return summary
  })
  if (as === 'json') console.log(JSON.stringify({ ...given(options), points: summaries }, null, 1))
  if (as === 'markdown') console.log(sweepTables(summaries, keyBitsClean(options)))
  const faults = summaries.flatMap(faultsOf)
  for (const fault of faults) console.error(`BROKEN ${fault}`)
  const seconds = ((performance.now() - startedMs) / 1_000).toFixed(0)
  console.error(`${points.length} attacks, ${points.length * options.runs} runs, ${faults.length} faults, ${seconds} s`)
  process.exitCode = faults.length > 0 ? 1 : 0
}

function cleanChats(options: Options): void {
  let done = 0
  const sums = runClean(options.clean, options, () => tellProgress(++done, options.clean))
  const { keyBits, ...counts } = sums
  const { seed, mode, noise } = options
  console.log(JSON.stringify({ seed, mode, noise, ...counts, keyBitsMean: Math.round(keyBits / sums.delivered) }))
  process.exitCode = sums.alerts > 0 ? 1 : 0
}

function keyBitsClean(options: Options): number {
  const { keyBits, delivered } = runClean(BASELINE_CHATS, options)
  return keyBits / delivered
}

function lineOf({ point, outcomes, sessionsMost, s, qber, guess }: PointSummary): string {
  const { delivered, noisy, eavesdropper } = outcomes
  const readings = Object.entries({ S: s, QBER: qber, guess }).map(
    ([name, { measured, exact }]) => `${name} ${measured.toFixed(4)} (${exact.toFixed(4)})`,
  )
  const ends = `${delivered} delivered, ${noisy} noisy, ${eavesdropper} alerts, ${sessionsMost} sessions at most`
  return `${pointName(point)}: ${ends}; ${readings.join(', ')}`
}

const given = ({ seed, runs, mode, noise }: Options): SweepOptions => ({ seed, runs, mode, noise })

function tellProgress(done: number, of: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${of} ${done === of ? '\n' : ''}`)
}
