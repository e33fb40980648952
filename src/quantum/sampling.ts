// How exact probabilities become shots: 16 random bits a shot against a threshold, and 32 more in the one case of
// 65,536 in which those tie with it. A probability is met within 2^-49; one of exactly 0 or 1 never fails.

import { assert } from '../lib/assert.ts'
import type { Bytes } from '../lib/bytes.ts'
import type { RandomSource } from '../lib/random.ts'
import { type SettingWeights, WEIGHT_TOTAL } from './settings.ts'

/** Shots are drawn in blocks: scratch memory is a block's, and a block's bytes are one `getRandomValues` (64 KiB). */
export const SHOTS_PER_BLOCK = 32_768

/** Probabilities in 2^-48ths: the 16 high bits (0 to 65,536) and the 32 low ones. */
export interface Thresholds {
  readonly high: Int32Array<ArrayBuffer>
  readonly low: Uint32Array<ArrayBuffer>
}

/** Thresholds of probabilities, which must be in [0, 1]: they come from the engine, a table at a time. */
export function makeThresholds(probabilities: ArrayLike<number>): Thresholds {
  const high = new Int32Array(probabilities.length)
  const low = new Uint32Array(probabilities.length)
  for (let k = 0; k < probabilities.length; k++) {
    const scaled = Math.round(probabilities[k]! * 2 ** 48)
    high[k] = Math.floor(scaled / 2 ** 32)
    low[k] = scaled % 2 ** 32
  }
  return { high, low }
}

/** Random 16-bit words, a block at a time; `wipe` when done, for they decide settings and outcomes. */
export class ShotWords {
  readonly words: Uint16Array<ArrayBuffer>
  readonly #bytes: Bytes
  readonly #random: RandomSource
  readonly #spare = new Uint8Array(4)

  constructor(shots: number, random: RandomSource) {
    this.words = new Uint16Array(Math.min(shots, SHOTS_PER_BLOCK))
    this.#bytes = new Uint8Array(this.words.buffer)
    this.#random = random
  }

  /** Fresh words for the next `shots` (at most a block), in `words`. */
  next(shots: number): Uint16Array<ArrayBuffer> {
    this.#random.fill(this.#bytes.subarray(0, 2 * shots))
    return this.words
  }

  /** A uniform integer below 2^32, for the shot that tied. */
  tieBreak(): number {
    this.#random.fill(this.#spare)
    return new DataView(this.#spare.buffer).getUint32(0)
  }

  wipe(): void {
    this.#bytes.fill(0)
    this.#spare.fill(0)
  }
}

/** Calls `work` with start and length of each block of `shots`. */
export function forEachBlock(shots: number, work: (start: number, length: number) => void): void {
  for (let start = 0; start < shots; start += SHOTS_PER_BLOCK) work(start, Math.min(SHOTS_PER_BLOCK, shots - start))
}

/** Throws unless the weights are whole numbers from 0 that add up to 65,536. */
export function assertWeights(weights: SettingWeights): void {
  const whole = weights.every((weight) => Number.isInteger(weight) && weight >= 0)
  const total = weights[0] + weights[1] + weights[2]
  assert(whole && total === WEIGHT_TOTAL, `weights of ${WEIGHT_TOTAL} in all, got ${weights.join(' + ')}`)
}

/** Throws unless `count` is a whole number from 0. */
export function assertCount(count: number): void {
  assert(Number.isSafeInteger(count) && count >= 0, `a number of shots, got ${count}`)
}
