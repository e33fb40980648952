// Every Eve on the fibre, swept: each attack at every angle and strength, many trials each, summed and held against the
// exact figures of her attack. What must hold of all of them is `faultsOf`. Sums over all sessions of a point, so that
// messages tried again weigh no reading up or down.

import { INTERVAL_SIGMAS } from '../distill/estimation.ts'
import { KEY_PAIRS, type KeyPair } from '../distill/sifting.ts'
import { type Attack, attackFigures, guessInformation, probeOf, readingCorrelation } from '../quantum/attacks.ts'
import { KEY_ANGLES } from '../quantum/settings.ts'
import { runTrial, type SessionReading, type TrialResult } from './trial.ts'

export const EVES = ['ghz', 'intercept', 'circular', 'clone'] as const
export type EveKind = (typeof EVES)[number]

/** One attack; an angle where it has one. */
export interface Point {
  readonly eve: EveKind
  readonly strength: number
  readonly angleDegrees: number | null
}

export interface SweepOptions {
  /** Begins the seeds of the trials. */
  readonly seed: string
  /** Trials a point. */
  readonly runs: number
  readonly mode: 'efficient' | 'textbook'
  /** Werner error of the sender's source. */
  readonly noise: number
}

/** A mean over many sessions, beside the exact value; `deviation` in standard errors. */
export interface Compared {
  readonly measured: number
  readonly exact: number
  readonly deviation: number
}

export interface PointSummary {
  readonly point: Point
  readonly runs: number
  readonly outcomes: Readonly<Record<TrialResult['outcome'], number>>
  /** Runs in which both sides were told of an eavesdropper. */
  readonly toldBoth: number
  readonly sessions: number
  readonly sessionsMost: number
  readonly s: Compared
  readonly qber: Compared
  /** The share of sifted bits that she guessed right. */
  readonly guess: Compared
  /** What such guesses are worth, exactly: bits of information a sifted bit. */
  readonly information: number
  /** Of the sessions that delivered their message: means of key bits left and sifted bits. Null where there are none. */
  readonly delivered: { readonly keyBits: number; readonly siftedBits: number } | null
}

const FULL_ANGLES = Array.from({ length: 72 }, (_, i) => 2.5 * i)
const PARTIAL_ANGLES = [0, 22.5, 45, 67.5, 90, 135]
export const PARTIAL_STRENGTHS = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]

const anglesOf = (eve: EveKind, angles: readonly number[]): readonly (number | null)[] =>
  eve === 'ghz' || eve === 'intercept' ? angles : [null]

/** Full strength, every 2.5 degrees. */
export const fullPoints = (eves: readonly EveKind[] = EVES): readonly Point[] =>
  eves.flatMap((eve) => anglesOf(eve, FULL_ANGLES).map((angleDegrees) => ({ eve, strength: 1, angleDegrees })))

/** All lesser strengths. */
export const partialPoints = (eves: readonly EveKind[] = EVES): readonly Point[] =>
  eves.flatMap((eve) =>
    PARTIAL_STRENGTHS.flatMap((strength) =>
      anglesOf(eve, PARTIAL_ANGLES).map((angleDegrees) => ({ eve, strength, angleDegrees })),
    ),
  )

export function attackOf({ eve, strength, angleDegrees }: Point): Attack {
  const angleRadians = ((angleDegrees ?? 0) * Math.PI) / 180
  return eve === 'ghz' || eve === 'intercept' ? { kind: eve, strength, angleRadians } : { kind: eve, strength }
}

export const pointName = ({ eve, strength, angleDegrees }: Point): string =>
  `${eve}${angleDegrees === null ? '' : ` at ${angleDegrees} degrees`}, strength ${strength}`

export function sweepPoint(point: Point, { seed, runs, mode, noise }: SweepOptions): PointSummary {
  const attack = attackOf(point)
  const trials = Array.from({ length: runs }, (_, i) =>
    runTrial({ seed: `${seed} ${pointName(point)} ${i}`, mode, noise, attack }),
  )
  const sessions = trials.flatMap((trial) => trial.sessions)
  const exact = attackFigures(attack, noise)
  const blocks = KEY_PAIRS[mode]
  const mean = (of: (pair: KeyPair) => number): number => average(blocks.map(of))
  return {
    point,
    runs,
    outcomes: countOutcomes(trials),
    toldBoth: trials.filter(({ told }) => told.every(Boolean)).length,
    sessions: sessions.length,
    sessionsMost: Math.max(...trials.map((trial) => trial.sessions.length)),
    s: compareS(sessions, exact.s),
    qber: compareShare(
      sessions,
      wrongBits,
      mean((pair) => exact.qber[pair]),
    ),
    guess: compareShare(
      sessions,
      ({ rightBits }) => rightBits ?? Number.NaN,
      mean((pair) => knowledge(attack, pair, noise).chance),
    ),
    information: mean((pair) => knowledge(attack, pair, noise).information),
    delivered: deliveredBits(sessions),
  }
}

/** How often her guess of a key bit is right, and what it tells her. Noise of the source stands between her and Alice. */
function knowledge(
  attack: Attack,
  pair: KeyPair,
  noise: number,
): { readonly chance: number; readonly information: number } {
  const { fraction } = probeOf(attack)
  const along = (1 - noise) * Math.abs(readingCorrelation(attack, KEY_ANGLES[pair]))
  return { chance: (1 + fraction * along) / 2, information: fraction * guessInformation((1 + along) / 2) }
}

/** What must hold of every point; a sentence for each that doesn't. */
export function faultsOf({ point, runs, outcomes, toldBoth, ...summary }: PointSummary): readonly string[] {
  const faults: string[] = []
  const { delivered, noisy, eavesdropper } = outcomes
  if (delivered + noisy + eavesdropper !== runs)
    faults.push(`${outcomes.unended} of ${runs} messages did not end, ${outcomes.other} otherwise than they may`)
  if (point.strength === 1 && eavesdropper !== runs) faults.push(`${runs - eavesdropper} of ${runs} runs had no alert`)
  if (toldBoth < eavesdropper) faults.push(`${eavesdropper - toldBoth} alerts were not told to both sides`)
  for (const reading of ['s', 'qber', 'guess'] as const) {
    const { measured, exact, deviation } = summary[reading]
    if (!(Math.abs(deviation) < DEVIATION_MAX))
      faults.push(`${reading} is ${measured}, ${deviation.toFixed(1)} standard errors from ${exact}`)
  }
  return faults.map((fault) => `${pointName(point)}: ${fault}`)
}

/** 2e-9 for one reading, 2e-6 for all of a sweep. */
const DEVIATION_MAX = 6

function countOutcomes(trials: readonly TrialResult[]): PointSummary['outcomes'] {
  const counts = { delivered: 0, noisy: 0, eavesdropper: 0, other: 0, unended: 0 }
  for (const { outcome } of trials) counts[outcome]++
  return counts
}

function compareS(sessions: readonly SessionReading[], exact: number): Compared {
  const readings = sessions.map(({ receipt }) => receipt)
  const measured = average(readings.map((receipt) => receipt?.s ?? Number.NaN))
  const sigmas = readings.map((receipt) => ((receipt?.sHigh ?? 0) - (receipt?.sLow ?? 0)) / (2 * INTERVAL_SIGMAS))
  const error = Math.sqrt(sum(sigmas.map((sigma) => sigma ** 2))) / sessions.length
  return { measured, exact, deviation: (measured - exact) / error }
}

const wrongBits = ({ receipt }: SessionReading): number => (receipt?.qber ?? Number.NaN) * (receipt?.siftedBits ?? 0)

/** A share of all sifted bits. One bit more in the error, so that the first of very rare ones is no surprise. */
function compareShare(
  sessions: readonly SessionReading[],
  count: (session: SessionReading) => number,
  exact: number,
): Compared {
  const bits = sum(sessions.map(({ receipt }) => receipt?.siftedBits ?? 0))
  const counted = sum(sessions.map(count))
  const error = Math.sqrt(bits * exact * (1 - exact) + 1)
  return { measured: counted / bits, exact, deviation: (counted - bits * exact) / error }
}

function deliveredBits(sessions: readonly SessionReading[]): PointSummary['delivered'] {
  const receipts = sessions.flatMap(({ receipt }) => (receipt?.outcome === 'delivered' ? [receipt] : []))
  if (receipts.length === 0) return null
  return {
    keyBits: average(receipts.map(({ keyBits }) => keyBits)),
    siftedBits: average(receipts.map(({ siftedBits }) => siftedBits)),
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
const average = (values: readonly number[]): number => sum(values) / values.length

export interface CleanSums {
  chats: number
  sessions: number
  /** Sessions that came out short, by chance: one in a thousand by plan. */
  short: number
  delivered: number
  /** Messages refused as noisy. */
  noisy: number
  /** Chats in which a side was told of an eavesdropper: there is none. */
  alerts: number
  /** Key bits left, of the sessions that delivered. */
  keyBits: number
}

/** Chats with nobody on the fibre; `onChat` after each. */
export function runClean(chats: number, options: Omit<SweepOptions, 'runs'>, onChat = (): void => {}): CleanSums {
  const { seed, mode, noise } = options
  const sums: CleanSums = { chats: 0, sessions: 0, short: 0, delivered: 0, noisy: 0, alerts: 0, keyBits: 0 }
  for (; sums.chats < chats; sums.chats++, onChat()) {
    const { outcome, told, sessions } = runTrial({ seed: `${seed} clean ${sums.chats}`, mode, noise, attack: null })
    sums.sessions += sessions.length
    sums.short += sessions.filter(({ receipt }) => receipt?.outcome === 'short').length
    if (outcome === 'delivered') sums.delivered++
    if (outcome === 'noisy') sums.noisy++
    if (told.some(Boolean) || outcome === 'eavesdropper') sums.alerts++
    sums.keyBits += deliveredBits(sessions)?.keyBits ?? 0
  }
  return sums
}
