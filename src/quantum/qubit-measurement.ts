// Measuring a batch: the only way to open a qubit. Born probabilities once a (state, setting), then table look-ups.

import { assert } from '../lib/assert.ts'
import type { Bits } from '../lib/bits.ts'
import type { RandomSource } from '../lib/random.ts'
import { bornProbability } from './measurement.ts'
import type { QubitBatch } from './qubit-batch.ts'
import { forEachBlock, makeThresholds, ShotWords, type Thresholds } from './sampling.ts'
import { BOB_ANGLES } from './settings.ts'
import { type Bloch, inPlane } from './states.ts'

/** Row of four a state, three of them used: the index of (state, setting) is a shift and an or. */
const ROW_SHIFT = 2

/** Bloch angles of settings 0, 1 and 2, radians. */
export type SettingAngles = readonly [number, number, number]

/**
 * The outcome (0 for +1, 1 for -1) of each qubit in its setting: Bob's, 0, 1, 2 for b1, b2, b3, unless told.
 * `settings` has one entry a qubit; another length is the programmer's fault and throws.
 * P(0) = (1 + r . n) / 2, met within 2^-49. Consumes 2 bytes a qubit, 4 more in one of 65,536.
 */
export function measureQubits(
  batch: QubitBatch,
  settings: Uint8Array,
  random: RandomSource,
  angles: SettingAngles = BOB_ANGLES,
): Bits {
  const count = batch.indices.length
  assert(settings.length === count, `a setting for each of ${count} qubits, got ${settings.length}`)
  const thresholds = outcomeThresholds(batch.codebook, angles.map(inPlane))
  const outcomes = new Uint8Array(count)
  const source = new ShotWords(count, random)
  forEachBlock(count, (start, length) => {
    source.next(length)
    outcomesOfWords(source, thresholds, batch.indices, settings, outcomes, start, length)
  })
  source.wipe()
  return outcomes
}

/** The hot loop: outcome 1 where the word has reached the threshold; (t - 1 - u) >>> 31 is 1 where u >= t. */
function outcomesOfWords(
  source: ShotWords,
  { high, low }: Thresholds,
  indices: Uint8Array,
  settings: Uint8Array,
  outcomes: Uint8Array,
  start: number,
  length: number,
): void {
  const { words } = source
  for (let i = 0; i < length; i++) {
    const at = (indices[start + i]! << ROW_SHIFT) | settings[start + i]!
    const threshold = high[at]!
    const word = words[i]!
    outcomes[start + i] = (threshold - 1 - word) >>> 31
    if (word === threshold) outcomes[start + i] = source.tieBreak() < low[at]! ? 0 : 1
  }
}

/** The chance of outcome 0 of each state along each axis, in rows of four. */
function outcomeThresholds(codebook: Float64Array, axes: readonly Bloch[]): Thresholds {
  const states = codebook.length / 3
  const probabilities = new Float64Array(states << ROW_SHIFT)
  for (let state = 0; state < states; state++) {
    const bloch: Bloch = [codebook[3 * state]!, codebook[3 * state + 1]!, codebook[3 * state + 2]!]
    axes.forEach((axis, setting) => {
      probabilities[(state << ROW_SHIFT) | setting] = bornProbability(bloch, axis)
    })
  }
  return makeThresholds(probabilities)
}
