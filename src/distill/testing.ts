// For tests only: whole runs as counts, drawn from their exact distribution without a single qubit.

import type { SeededRandom } from '../lib/random.ts'
import { SETTING_PAIRS, type SettingPair, type SettingWeights, WEIGHT_TOTAL } from '../quantum/settings.ts'
import { KEY_PAIRS, type KeyPair, type Mode } from './sifting.ts'
import type { PairTally, Tally } from './tally.ts'

export interface SimulatedLink {
  readonly pairs: number
  readonly mode: Mode
  readonly alice: SettingWeights
  readonly bob: SettingWeights
  /** E of a setting pair. */
  readonly correlationOf: (pair: SettingPair) => number
}

export interface SimulatedRun {
  readonly tally: Tally
  readonly keys: readonly { readonly pair: KeyPair; readonly keyBits: number; readonly errors: number }[]
}

/** Counts of one run: multinomial over the setting pairs, binomial differences within each. */
export function drawRun(random: SeededRandom, link: SimulatedLink): SimulatedRun {
  let [left, mass] = [link.pairs, 1]
  const entries = SETTING_PAIRS.map((pair, i) => {
    const chance = (link.alice[Math.floor(i / 3)]! * link.bob[i % 3]!) / WEIGHT_TOTAL ** 2
    const count = drawBinomial(random, left, Math.min(1, chance / mass))
    left -= count
    mass -= chance
    return [pair, { count, unequal: drawBinomial(random, count, (1 - link.correlationOf(pair)) / 2) }] as const
  })
  const all = Object.fromEntries(entries) as Record<SettingPair, { count: number; unequal: number }>
  const keys = KEY_PAIRS[link.mode].map((pair) => ({ pair, keyBits: all[pair].count, errors: all[pair].unequal }))
  const tally: Record<SettingPair, PairTally> = { ...all }
  for (const { pair, keyBits } of keys) tally[pair] = { count: keyBits, unequal: null }
  return { tally, keys }
}

/** A binomial number: by counting down where n p is small, else by BTRS (Hormann, J. Stat. Comput. Simul. 46, 101 (1993)). */
export function drawBinomial(random: SeededRandom, n: number, p: number): number {
  if (n === 0 || p <= 0) return 0
  if (p >= 1) return n
  if (p > 0.5) return n - drawBinomial(random, n, 1 - p)
  return n * p < 10 ? drawSmall(random, n, p) : drawBtrs(random, n, p)
}

function drawSmall(random: SeededRandom, n: number, p: number): number {
  let chance = (1 - p) ** n
  let u = random.unit()
  let k = 0
  while (u > chance && k < n) {
    u -= chance
    chance *= ((n - k) / (k + 1)) * (p / (1 - p))
    k++
  }
  return k
}

function drawBtrs(random: SeededRandom, n: number, p: number): number {
  const sigma = Math.sqrt(n * p * (1 - p))
  const b = 1.15 + 2.53 * sigma
  const a = -0.0873 + 0.0248 * b + 0.01 * p
  const alpha = (2.83 + 5.1 / b) * sigma
  const mode = Math.floor((n + 1) * p)
  const odds = Math.log(p / (1 - p))
  const top = logFactorial(mode) + logFactorial(n - mode)
  for (;;) {
    const u = random.unit() - 0.5
    const v = random.unit()
    const us = 0.5 - Math.abs(u)
    const k = Math.floor(((2 * a) / us + b) * u + n * p + 0.5)
    if (k < 0 || k > n) continue
    if (us >= 0.07 && v <= 0.92 - 4.2 / b) return k
    const accept = top - logFactorial(k) - logFactorial(n - k) + (k - mode) * odds
    if (Math.log((v * alpha) / (a / (us * us) + b)) <= accept) return k
  }
}

/** ln k!, by Stirling's series; exact to 1e-10 and better from 10 on, by a product below. */
function logFactorial(k: number): number {
  if (k < 10) {
    let product = 1
    for (let i = 2; i <= k; i++) product *= i
    return Math.log(product)
  }
  const x = k + 1
  return (
    (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + 1 / (12 * x) - 1 / (360 * x ** 3) + 1 / (1260 * x ** 5)
  )
}

/** E of each setting pair for a Werner state of visibility V: V cos(difference of the angles). */
export const wernerCorrelation =
  (visibility: number) =>
  (pair: SettingPair): number => {
    const [alice, bob] = anglesOf(pair)
    return visibility * Math.cos(alice - bob)
  }

/** Bloch angles of a setting pair, radians. */
export function anglesOf(pair: SettingPair): readonly [number, number] {
  const index = SETTING_PAIRS.indexOf(pair)
  return [(Math.floor(index / 3) * Math.PI) / 4, (((index % 3) + 1) * Math.PI) / 4]
}
