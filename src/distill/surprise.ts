// Alert or bad luck: how surprising are the readings of a run on the link as planned? (PROTOCOL section 4)
//
// Chernoff: k rounds show an error rate of e or more, where p was planned, with probability at most exp(-k KL(e||p)).
// Each reading above plan is one such bound; the least of them, times the number of readings looked at, bounds the
// chance that an honest run looks this bad.

import { countHalf, countPooled, type HalfCount } from './estimation.ts'
import { divergence, P0 } from './key-length.ts'
import type { Mode } from './sifting.ts'
import type { Tally } from './tally.ts'

/** Below this an honest link is ruled out. */
export const ALERT_CHANCE = 1e-6

export interface SurpriseInput {
  readonly tally: Tally
  readonly mode: Mode
  /** Werner error 1 - V of the link as planned, so QBER 0.5 of it. */
  readonly plannedNoise: number
  /** Of the whole key, once it was sacrificed. */
  readonly keyErrors?: { readonly errors: number; readonly bits: number }
}

/** An upper bound, in [0, 1], on the chance of readings at least as bad on the planned link. */
export function chanceOfReadings({ tally, mode, plannedNoise, keyErrors }: SurpriseInput): number {
  const qber = plannedNoise / 2
  const planned = P0 + qber / Math.SQRT2
  const halves = readingsOf(tally, mode)
  const exponents = halves.map((half) => exponent(half, planned))
  if (keyErrors) exponents.push(exponent({ count: keyErrors.bits, errors: keyErrors.errors }, qber))
  // The key errors are counted even where they are unknown: which readings are looked at must not depend on the run.
  return Math.min(1, (halves.length + 1) * Math.exp(-Math.max(...exponents)))
}

export const isAlert = (chance: number): boolean => chance < ALERT_CHANCE

/** Phase half, bit half, both pooled; in textbook mode also the halves as the block (a2,b1) sees them. */
function readingsOf(tally: Tally, mode: Mode): readonly HalfCount[] {
  const halves = [countHalf(tally, 'a3b2', 'phase'), countHalf(tally, 'a3b2', 'bit'), countPooled(tally)]
  return mode === 'efficient' ? halves : [...halves, countHalf(tally, 'a2b1', 'phase'), countHalf(tally, 'a2b1', 'bit')]
}

/** k KL(e || p) for readings above plan, else 0. */
function exponent({ count, errors }: HalfCount, planned: number): number {
  if (count === 0 || errors / count <= planned) return 0
  return count * divergence(errors / count, planned)
}
