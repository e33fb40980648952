// How many pairs a message takes, and how often each setting is drawn: so many that 99.9 % of the runs on the link as
// planned give the bits needed. (PROTOCOL section 4)
//
// The counts of a run are multinomial; the key length is a smooth function of them. So its 0.1 % quantile is taken as
// mean - 3.09 sigma, with sigma from the gradient over the cells (delta method). That is a plan, not a proof: the
// verdict of the run judges what really came. The tests check the share of successes by simulation.

import {
  binaryEntropy,
  eveInformation,
  keyLengthCollective,
  keyLengthTrusted,
  P0,
  type SettingWins,
} from '../distill/key-length.ts'
import type { Mode } from '../distill/sifting.ts'
import { blockEpsilon } from '../distill/verdict.ts'
import { CHECK_BYTES } from '../distill/verification.ts'
import { fail, ok, type Result } from '../lib/result.ts'
import { paddedLength } from '../otp/padding.ts'
import { PAIR_BYTES } from '../pairing/tag-pairs.ts'
import { type SettingWeights, WEIGHT_TOTAL } from '../quantum/settings.ts'
import { PROOF_BITS } from './key-material.ts'
import type { Proof } from './receipt.ts'
import { HEADER_BYTES } from './sealed-message.ts'
import { frameQubits, PAIRS_MAX } from './terms.ts'

export interface PlanInput {
  readonly neededBits: number
  readonly mode: Mode
  /** Werner error 1 - V of the link as planned, so QBER half of it. */
  readonly noise: number
  /** Fraction of the fibre's frames that do not arrive. */
  readonly loss: number
  readonly epsilon: number
  readonly proof: Proof
}

export interface Plan {
  readonly pairs: number
  readonly alice: SettingWeights
  readonly bob: SettingWeights
}

/** impossible: no key at any length on such a link; too-many-pairs: more than a session may have. */
export type PlanFault = 'impossible' | 'too-many-pairs'

/** Bits of key that one message needs: its padded plaintext, 512 for each new tag pair, 128 for `received`. */
export function neededBits({ textBytes, newPairs }: { readonly textBytes: number; readonly newPairs: number }): number {
  return 8 * paddedLength(HEADER_BYTES + textBytes) + 8 * PAIR_BYTES * newPairs + PROOF_BITS
}

/** Bits that correcting a key is expected to say about it: 1.16 n h(Q), Cascade's efficiency at a QBER of some percent. */
export function predictedLeak(keyBits: number, qber: number): number {
  return Math.ceil(leak(keyBits, qber))
}

/** The plan for one message, or why there is none. The last few answers are kept. */
export function plan(input: PlanInput): Result<Plan, PlanFault> {
  const key = [input.neededBits, input.mode, input.noise, input.loss, input.epsilon, input.proof].join()
  const known = recent.get(key)
  if (known) return known
  const found = search(input)
  if (recent.size >= RECENT_MAX) recent.delete(recent.keys().next().value!)
  recent.set(key, found)
  return found
}

const RECENT_MAX = 64
const recent = new Map<string, Result<Plan, PlanFault>>()

const EFFICIENCY = 1.16
/** One run in a thousand falls short. */
const SIGMAS = 3.09
const SUCCESS = 0.999
/** P(a2) of the efficient mode: keeps the correlations shown complete. */
const SHOWN_ONLY = 0.02
/** The search stops when both ends are this close: far below the noise of a run. */
const TOLERANCE = 1.0005
/** Where the search gives up: far above what a session may have, since its first P(a1) may be far from the best. */
const SEARCH_MAX = 2 ** 32
const FIRST_PAIRS = 30_000
const FIRST_SHARE = 0.35

/** The least N over all shares P(a1): N for a share, the best share for that N, and again until it stays. */
function search(input: PlanInput): Result<Plan, PlanFault> {
  if (!(asymptoticRate(input) > 0) || !(input.loss < 1)) return fail('impossible')
  let share = input.mode === 'textbook' ? 1 / 3 : FIRST_SHARE
  let pairs = leastPairs(input, share, FIRST_PAIRS, 2)
  for (let round = 0; round < 5 && input.mode === 'efficient'; round++) {
    const better = goldenSection(
      (candidate) => certainBits(input, pairs, cellChances(input, candidate)),
      SHARE_MIN,
      SHARE_MAX,
    )
    const settled = Math.abs(better - share) < 0.1 * share
    share = better
    pairs = leastPairs(input, share, pairs, 1.05)
    if (settled) break
  }
  return pairs > PAIRS_MAX ? fail('too-many-pairs') : ok({ pairs, ...weights(input.mode, share) })
}

/** The least N that reaches the bits needed, or SEARCH_MAX: a bracket in steps from the guess, then bisection of log N. */
function leastPairs(input: PlanInput, share: number, guess: number, step: number): number {
  const chances = cellChances(input, share)
  const reaches = (pairs: number): boolean => certainBits(input, pairs, chances) >= input.neededBits
  let high = guess
  while (!reaches(high) && high < SEARCH_MAX) high *= step
  let low = high / step
  while (low > 1 && reaches(low)) [low, high] = [low / step, low]
  while (high / low > TOLERANCE) {
    const middle = Math.sqrt(low * high)
    if (reaches(middle)) high = middle
    else low = middle
  }
  return Math.ceil(high)
}

/** Key bits a sifted bit for infinitely many pairs. */
function asymptoticRate({ noise, proof }: PlanInput): number {
  const qber = noise / 2
  const known = proof === 'trusted' ? binaryEntropy(Math.min(0.5, qber)) : eveInformation(2 * Math.SQRT2 * (1 - noise))
  return qber >= 0 && qber < 0.5 ? 1 - known - leak(1, qber) : 0
}

function leak(keyBits: number, qber: number): number {
  return EFFICIENCY * keyBits * binaryEntropy(Math.min(0.5, qber))
}

/** Settings of a mode, in 65,536ths; `share` is P(a1) of the efficient mode. */
function weights(mode: Mode, share: number): { readonly alice: SettingWeights; readonly bob: SettingWeights } {
  if (mode === 'textbook') {
    const third = Math.floor(WEIGHT_TOTAL / 3)
    const even: SettingWeights = [third, WEIGHT_TOTAL - 2 * third, third]
    return { alice: even, bob: even }
  }
  const a1 = Math.round(share * WEIGHT_TOTAL)
  const a2 = Math.round(SHOWN_ONLY * WEIGHT_TOTAL)
  const side = Math.round((share / 2) * WEIGHT_TOTAL)
  return { alice: [a1, a2, WEIGHT_TOTAL - a1 - a2], bob: [side, WEIGHT_TOTAL - 2 * side, side] }
}

// Cells of the multinomial: good and bad rounds of the key blocks (a3,b2), (a2,b1), then of the test settings
// (a1,b1), (a1,b3), (a3,b1), (a3,b3); all other rounds make the rest. Cell 2i is good, 2i + 1 bad.

type Cells = number[]

/** Probability of each cell for an arrived pair. */
function cellChances({ mode, noise }: PlanInput, share: number): Cells {
  const even = mode === 'textbook'
  const [a1, a3] = even ? [1 / 3, 1 / 3] : [share, 1 - share - SHOWN_ONLY]
  const [side, b2] = even ? [1 / 3, 1 / 3] : [share / 2, 1 - share]
  const qber = noise / 2
  const test = P0 + qber / Math.SQRT2
  const split = (rounds: number, bad: number): Cells => [rounds * (1 - bad), rounds * bad]
  const [phase, bit] = [split(a1 * side, test), split(a3 * side, test)]
  return [...split(a3 * b2, qber), ...split(even ? 1 / 9 : 0, qber), ...phase, ...phase, ...bit, ...bit]
}

const SHARE_MIN = 0.02
const SHARE_MAX = 0.9

/** Where f, with one peak, is largest. */
function goldenSection(f: (x: number) => number, from: number, to: number): number {
  const ratio = (Math.sqrt(5) - 1) / 2
  let [low, high] = [from, to]
  let [left, right] = [high - ratio * (high - low), low + ratio * (high - low)]
  let [atLeft, atRight] = [f(left), f(right)]
  while (high - low > 0.01 * low) {
    if (atLeft > atRight) {
      ;[high, right, atRight] = [right, left, atLeft]
      left = high - ratio * (high - low)
      atLeft = f(left)
    } else {
      ;[low, left, atLeft] = [left, right, atRight]
      right = low + ratio * (high - low)
      atRight = f(right)
    }
  }
  return (low + high) / 2
}

/** Key bits that 99.9 % of the runs reach. var l = N (sum g^2 p - (sum g p)^2) with g the gradient over the cells. */
function certainBits(input: PlanInput, pairs: number, chances: Cells): number {
  const arrived = certainArrivals(pairs, input.loss)
  const counts = chances.map((chance) => chance * arrived)
  const mean = keyBits(input, counts)
  let squares = 0
  let linear = 0
  for (let cell = 0; cell < counts.length; cell++) {
    const chance = chances[cell]!
    if (chance === 0 || !matters(input, cell)) continue
    counts[cell]! += 1
    const gradient = keyBits(input, counts) - mean
    counts[cell]! -= 1
    squares += gradient * gradient * chance
    linear += gradient * chance
  }
  return mean - SIGMAS * Math.sqrt(arrived * Math.max(0, squares - linear * linear))
}

/** The bit half tells nothing of the key length under the proof with trusted devices; spares half the work. */
function matters({ mode, proof }: PlanInput, cell: number): boolean {
  return cell < BIT_HALF || mode === 'textbook' || proof === 'collective'
}

const BIT_HALF = 8

/** Key bits of a run with these counts, as the verdict will count them. */
function keyBits(input: PlanInput, counts: Cells): number {
  const first = blockBits(input, counts, 0)
  return input.mode === 'textbook' && input.proof === 'trusted' ? first + blockBits(input, counts, 1) : first
}

/** Unequal keys take a second check; one bit of each block is kept back. */
function blockBits({ mode, noise, epsilon, proof }: PlanInput, counts: Cells, block: 0 | 1): number {
  const n = counts[2 * block]! + counts[2 * block + 1]!
  const common = {
    keyBits: n,
    leakedBits: noise > 0 ? leak(n, counts[2 * block + 1]! / n) : 0,
    tagBits: 8 * CHECK_BYTES * (noise > 0 ? 2 : 1),
  }
  if (proof === 'collective') return keyLengthCollective({ ...common, settings: wins(counts), epsilon }).beforeFloor - 1
  // The phase half: of (a3,b2) the rounds (a1; b1 or b3), of (a2,b1) the rounds (b3; a1 or a3).
  const halves = block === 0 ? [4, 6] : [6, 10]
  const errors = counts[halves[0]! + 1]! + counts[halves[1]! + 1]!
  const k = errors + counts[halves[0]!]! + counts[halves[1]!]!
  const length = keyLengthTrusted({
    ...common,
    testBits: k,
    testErrorRate: errors / k,
    epsilon: blockEpsilon(mode, epsilon),
  })
  return length.beforeFloor - 1
}

function wins(counts: Cells): [SettingWins, SettingWins, SettingWins, SettingWins] {
  const setting = (good: number): SettingWins => {
    const count = counts[good]! + counts[good + 1]!
    return { count, winRate: counts[good]! / count }
  }
  return [setting(4), setting(6), setting(8), setting(10)]
}

/** Pairs go down by the frame: 99.9 % of the runs keep these. */
function certainArrivals(pairs: number, loss: number): number {
  if (loss <= 0) return pairs
  const frames = Math.ceil(pairs / frameQubits(pairs))
  return pairs * (1 - lostFrames(frames, loss) / frames)
}

/** The least m with P(Binomial(frames, loss) <= m) >= 99.9 %; a normal one where there are many. */
function lostFrames(frames: number, loss: number): number {
  if (frames * loss > 200) return Math.min(frames, frames * loss + SIGMAS * Math.sqrt(frames * loss * (1 - loss)))
  let chance = (1 - loss) ** frames
  let sum = chance
  let lost = 0
  while (sum < SUCCESS && lost < frames) {
    chance *= ((frames - lost) / (lost + 1)) * (loss / (1 - loss))
    sum += chance
    lost++
  }
  return lost
}
