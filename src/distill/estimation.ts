// What the open rounds say: S, and its two halves, from which the bit and the phase error rate of each key block are
// read before a key bit is compared. (PROTOCOL section 1; Ekert, PRL 67, 661 (1991))
//
// On settings 45 degrees off a key direction a perfect pair errs with P0 = (1 - 1/sqrt2) / 2, and an error rate e_x of
// that direction shows as e' = P0 + e_x / sqrt2. Rounds are counted with a sign: + errs where the outcomes differ,
// - (135 degrees apart) where they are equal. Intervals are normal ones: 1.96 sigma, about 95 %.

import { P0, type SettingWins } from './key-length.ts'
import type { KeyPair } from './sifting.ts'
import { correlation, type Tally } from './tally.ts'

type TestPair = 'a1b1' | 'a1b3' | 'a3b1' | 'a3b3'

/** The four settings of S = E(a1,b1) - E(a1,b3) + E(a3,b1) + E(a3,b3). */
const CHSH: readonly TestPair[] = ['a1b1', 'a1b3', 'a3b1', 'a3b3']
const SIGN: Readonly<Record<TestPair, 1 | -1>> = { a1b1: 1, a1b3: -1, a3b1: 1, a3b3: 1 }

/** The two settings whose pooled rounds read one error rate of a key block. */
const HALVES = {
  // Key in X (90 degrees): Alice's Z gives the phase, her X the bit.
  a3b2: { phase: ['a1b1', 'a1b3'], bit: ['a3b1', 'a3b3'] },
  // Key at 45 degrees: Bob's 135 gives the phase, his 45 the bit.
  a2b1: { phase: ['a1b3', 'a3b3'], bit: ['a1b1', 'a3b1'] },
} as const satisfies Record<KeyPair, Record<'phase' | 'bit', readonly [TestPair, TestPair]>>

/** A reading with its 95 % interval; not cut to what is possible, so that it stays symmetric. */
export interface Interval {
  readonly value: number
  readonly low: number
  readonly high: number
}

/** Pooled test rounds of one half. */
export interface HalfCount {
  /** k */
  readonly count: number
  /** Rounds whose outcomes differ from what a perfect pair most often gives. */
  readonly errors: number
}

/** e' = errors / k; null where nothing was counted. */
export const errorRate = ({ count, errors }: HalfCount): number | null => (count === 0 ? null : errors / count)

/** Standard deviations to either side of an interval. */
export const INTERVAL_SIGMAS = 1.96

export interface SReading extends Interval {
  readonly variance: number
}

/** S with variance sum (1 - E^2) / m; null where one of its settings has no rounds. */
export function readS(tally: Tally): SReading | null {
  let value = 0
  let variance = 0
  for (const pair of CHSH) {
    const e = correlation(tally[pair])
    if (e === null) return null
    value += SIGN[pair] * e
    variance += (1 - e * e) / tally[pair].count
  }
  return { ...interval(value, variance), variance }
}

/** The raw test counts of the phase or the bit half, as the directions of one key block see them. */
export function countHalf(tally: Tally, block: KeyPair, half: 'phase' | 'bit'): HalfCount {
  let count = 0
  let errors = 0
  for (const pair of HALVES[block][half]) {
    count += tally[pair].count
    errors += errorsOf(tally, pair)
  }
  return { count, errors }
}

/** All four settings of S pooled: reads e_bit + e_ph, at half the slope of a half. */
export function countPooled(tally: Tally): HalfCount {
  const phase = countHalf(tally, 'a3b2', 'phase')
  const bit = countHalf(tally, 'a3b2', 'bit')
  return { count: phase.count + bit.count, errors: phase.errors + bit.errors }
}

/** e_x = sqrt2 (e' - P0), variance 2 e' (1 - e') / k; null where nothing was counted. */
export function readHalf(half: HalfCount): Interval | null {
  const rate = errorRate(half)
  if (rate === null) return null
  return interval(Math.SQRT2 * (rate - P0), (2 * rate * (1 - rate)) / half.count)
}

/** Counts and win rates of the four settings of S; a setting without rounds has win rate 0. */
export function chshWins(tally: Tally): [SettingWins, SettingWins, SettingWins, SettingWins] {
  const wins = (pair: TestPair): SettingWins => {
    const { count } = tally[pair]
    return { count, winRate: count === 0 ? 0 : 1 - errorsOf(tally, pair) / count }
  }
  return [wins('a1b1'), wins('a1b3'), wins('a3b1'), wins('a3b3')]
}

function errorsOf(tally: Tally, pair: TestPair): number {
  const { count, unequal } = tally[pair]
  return SIGN[pair] === 1 ? (unequal ?? 0) : count - (unequal ?? 0)
}

function interval(value: number, variance: number): Interval {
  const reach = INTERVAL_SIGMAS * Math.sqrt(variance)
  return { value, low: value - reach, high: value + reach }
}
