// Alice's worker: a source of pairs and her own half of the measurement, in one step. For each of her settings the
// exact engine prepares a Werner pair (|Phi+> through a depolarising channel), measures her qubit and gives the state
// to which Bob's collapses; shots are sampled from that. Whether she measures before or after Bob makes no difference
// to any statistic. Not a physical source: on the wire a qubit is a classical description.

import { assert } from '../lib/assert.ts'
import type { Bits } from '../lib/bits.ts'
import type { Bytes } from '../lib/bytes.ts'
import { type RandomSource, randomBytes } from '../lib/random.ts'
import { runCircuit } from './circuits.ts'
import { measured, reducedBloch } from './measurement.ts'
import type { QubitBatch } from './qubit-batch.ts'
import { assertCount, assertWeights, forEachBlock, ShotWords } from './sampling.ts'
import { ALICE_ANGLES, type SettingWeights } from './settings.ts'
import { inPlane, type State } from './states.ts'

/** Alice's side of many pairs, and Bob's halves on their way. */
export interface PreparedPairs {
  /** Her setting of each pair: 0, 1, 2 for a1, a2, a3. */
  readonly settings: Bytes
  /** Her outcome of each pair: 0 for +1, 1 for -1. */
  readonly outcomes: Bits
  /** Bob's qubits; the codebook has a state for each (setting, outcome), at 2 setting + outcome. */
  readonly qubits: QubitBatch
}

/** A Werner pair on qubits 0 (Alice) and 1 (Bob): V |Phi+><Phi+| + (1 - V) I/4, visibility V in [0, 1]. */
export function wernerPair(visibility: number): State {
  assert(visibility >= 0 && visibility <= 1, `a visibility in [0, 1], got ${visibility}`)
  return runCircuit(2, [
    ['h', 0],
    ['cx', 0, 1],
    ['depolarize2', 1 - visibility, 0, 1],
  ])
}

/**
 * Prepares `count` pairs of the visibility and measures Alice's half of each in a setting drawn by `weights`.
 * Settings have their exact chances, outcomes are fair bits, as the engine finds for every Werner pair.
 * Consumes 2 bytes and a bit a pair. Bad counts, weights or visibilities are the programmer's fault and throw.
 */
export function preparePairs(
  count: number,
  weights: SettingWeights,
  visibility: number,
  random: RandomSource,
): PreparedPairs {
  assertCount(count)
  assertWeights(weights)
  const codebook = collapsedStates(visibility)
  const pairs = { settings: new Uint8Array(count), outcomes: new Uint8Array(count), indices: new Uint8Array(count) }
  const source = new ShotWords(count, random)
  forEachBlock(count, (start, length) => {
    const words = source.next(length)
    const coins = randomBytes(random, (length + 7) >> 3)
    pairsOfWords(words, coins, weights, pairs, start, length)
    coins.fill(0)
  })
  source.wipe()
  return { settings: pairs.settings, outcomes: pairs.outcomes, qubits: { codebook, indices: pairs.indices } }
}

/**
 * Draws `count` settings (0, 1 or 2, one a byte), each with its exact chance of weight / 65,536.
 * Consumes 2 bytes a setting. Bad weights or counts are the programmer's fault and throw.
 */
export function drawSettings(count: number, weights: SettingWeights, random: RandomSource): Bytes {
  assertCount(count)
  assertWeights(weights)
  const settings = new Uint8Array(count)
  const source = new ShotWords(count, random)
  forEachBlock(count, (start, length) => {
    settingsOfWords(source.next(length), weights, settings.subarray(start, start + length))
  })
  source.wipe()
  return settings
}

/** The hot loop. Setting as in `drawSettings`; outcome = the coin of the pair; index = 2 setting + outcome. */
function pairsOfWords(
  words: Uint16Array,
  coins: Uint8Array,
  weights: SettingWeights,
  pairs: { settings: Uint8Array; outcomes: Uint8Array; indices: Uint8Array },
  start: number,
  length: number,
): void {
  const { settings, outcomes, indices } = pairs
  const first = weights[0] - 1
  const second = weights[0] + weights[1] - 1
  for (let i = 0; i < length; i++) {
    const word = words[i]!
    const setting = ((first - word) >>> 31) + ((second - word) >>> 31)
    const outcome = (coins[i >> 3]! >> (i & 7)) & 1
    settings[start + i] = setting
    outcomes[start + i] = outcome
    indices[start + i] = 2 * setting + outcome
  }
}

/** Setting = how many of the two cumulative weights the word has reached; (t - 1 - u) >>> 31 is 1 where u >= t. */
function settingsOfWords(words: Uint16Array, weights: SettingWeights, settings: Uint8Array): void {
  const first = weights[0] - 1
  const second = weights[0] + weights[1] - 1
  for (let i = 0; i < settings.length; i++) {
    const word = words[i]!
    settings[i] = ((first - word) >>> 31) + ((second - word) >>> 31)
  }
}

/** The states of the source last used: a session's frames all ask for the same. */
let lastSource: { readonly visibility: number; readonly codebook: Float64Array<ArrayBuffer> } | null = null

/** Bob's state for each of Alice's (setting, outcome): six Bloch vectors, a fresh copy, for buffers may be transferred. */
function collapsedStates(visibility: number): Float64Array<ArrayBuffer> {
  if (lastSource?.visibility !== visibility) lastSource = { visibility, codebook: collapse(wernerPair(visibility)) }
  return lastSource.codebook.slice()
}

function collapse(pair: State): Float64Array<ArrayBuffer> {
  const codebook = new Float64Array(3 * 2 * ALICE_ANGLES.length)
  ALICE_ANGLES.forEach((angle, setting) => {
    measured(pair, 0, inPlane(angle)).forEach(({ probability, state }, outcome) => {
      assert(Math.abs(probability - 0.5) < 1e-12 && state !== null, `a fair outcome, got ${probability}`)
      codebook.set(reducedBloch(state, 1), 3 * (2 * setting + outcome))
    })
  })
  return codebook
}
