// How good a variant is: many keys with a fixed number of errors each, reconciled as in a session, both ends for
// themselves. Figures as in the published study (B. Rijsman, cascade-cpp): every frame has round(n Q) errors at random
// places, the block sizes are chosen for exactly Q, and efficiency is the bits told over n h(Q).

import { assert } from '../../lib/assert.ts'
import type { Bits } from '../../lib/bits.ts'
import { equalBytes } from '../../lib/bytes.ts'
import { randomBytes, SeededRandom } from '../../lib/random.ts'
import { binaryEntropy } from '../key-length.ts'
import { ParityAnswers } from './parity-answers.ts'
import type { Reconciler } from './reconciler.ts'
import { SHUFFLE_SEED_BYTES } from './shuffle.ts'
import { makeReconciler, type VariantName } from './variants.ts'

export interface CascadeStudy {
  /** Key bits of a frame. */
  readonly bits: number
  /** Q, above 0 and below 1/2. */
  readonly errorRate: number
  readonly variant: VariantName
  readonly frames: number
  readonly seed: string
}

export interface CascadeFigures {
  /** Mean of leaked bits / (n h(Q)), 1 is Shannon's limit. */
  readonly efficiency: number
  /** Of that mean; 0 for a single frame. */
  readonly standardError: number
  /** Mean of questions and answers to and fro. */
  readonly roundTrips: number
  /** Frames in which the keys still differ at the end. */
  readonly frameErrors: number
}

export function runCascadeStudy(study: CascadeStudy): CascadeFigures {
  const { bits, errorRate, variant, frames, seed } = study
  assert(errorRate > 0 && errorRate < 0.5, `an error rate between 0 and 1/2, got ${errorRate}`)
  assert(Number.isInteger(frames) && frames > 0, `frames, got ${frames}`)
  const random = new SeededRandom(seed)
  const limit = bits * binaryEntropy(errorRate)
  let [sum, squares, roundTrips, frameErrors] = [0, 0, 0, 0]
  for (let frame = 0; frame < frames; frame++) {
    const alice: Bits = randomBytes(random, bits).map((byte) => byte & 1)
    const bob = withErrors(alice, Math.round(bits * errorRate), random)
    const shuffleSeed = randomBytes(random, SHUFFLE_SEED_BYTES)
    const reconciler = makeReconciler(variant, bob, errorRate, shuffleSeed)
    roundTrips += reconcile(reconciler, new ParityAnswers(alice, shuffleSeed, Number.POSITIVE_INFINITY))
    const efficiency = reconciler.leakedBits / limit
    sum += efficiency
    squares += efficiency * efficiency
    if (!equalBytes(reconciler.key, alice)) frameErrors++
  }
  const mean = sum / frames
  const variance = frames > 1 ? Math.max(0, squares - frames * mean * mean) / (frames - 1) : 0
  return {
    efficiency: mean,
    standardError: Math.sqrt(variance / frames),
    roundTrips: roundTrips / frames,
    frameErrors,
  }
}

/** Runs both ends against each other until Bob is finished. Returns the round trips. */
export function reconcile(reconciler: Reconciler, answers: Pick<ParityAnswers, 'answer'>): number {
  for (let roundTrips = 0; ; roundTrips++) {
    const questions = reconciler.next()
    if (questions === 'finished') return roundTrips
    const told = answers.answer(questions)
    assert(told.ok, 'an answer to every question of our own')
    reconciler.answer(told.value)
  }
}

/** A copy of the key with so many errors at random places. */
export function withErrors(key: Bits, errors: number, random: SeededRandom): Bits {
  const noisy = key.slice()
  for (let left = errors; left > 0; ) {
    const index = random.integer(key.length)
    if (noisy[index] !== key[index]) continue
    noisy[index]! ^= 1
    left--
  }
  return noisy
}
