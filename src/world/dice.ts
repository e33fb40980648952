// Chance of a world: sfc32 (Doty-Humphrey, PractRand), fast and good enough for statistics, keyed by a text. Every part
// of a world has dice of its own, so that one more draw in one place moves nothing in another. Never for real keys.

import { sha256 } from '@noble/hashes/sha2.js'
import { assert } from '../lib/assert.ts'
import type { Bytes } from '../lib/bytes.ts'
import type { RandomSource } from '../lib/random.ts'
import { encodeText } from '../lib/text.ts'

export class Dice implements RandomSource {
  readonly #seed: string
  #a: number
  #b: number
  #c: number
  #count = 1

  constructor(seed: string) {
    this.#seed = seed
    const view = new DataView(new Uint8Array(sha256(encodeText(seed))).buffer)
    this.#a = view.getInt32(0)
    this.#b = view.getInt32(4)
    this.#c = view.getInt32(8)
  }

  /** Independent dice for a part of the world. */
  fork(part: string): Dice {
    return new Dice(`${this.#seed}/${part}`)
  }

  fill(target: Bytes): void {
    const whole = target.byteOffset % 4 === 0 ? target.length >> 2 : 0
    this.#fillWords(new Uint32Array(target.buffer, whole === 0 ? 0 : target.byteOffset, whole))
    for (let i = 4 * whole; i < target.length; i++) target[i] = this.#word() & 255
  }

  /** A uniform number in [0, 1) of 32 bits. */
  unit(): number {
    return this.#word() / 2 ** 32
  }

  /** A uniform integer in [0, below). */
  integer(below: number): number {
    return Math.floor(this.unit() * below)
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.unit()
  }

  chance(probability: number): boolean {
    return this.unit() < probability
  }

  pick<T>(values: readonly T[]): T {
    assert(values.length > 0, 'something to pick from')
    return values[this.integer(values.length)]!
  }

  /** Milliseconds around `mean`: mostly below it, now and then far above. */
  waitMs(meanMs: number): number {
    return -meanMs * Math.log(1 - this.unit())
  }

  #word(): number {
    const word = new Uint32Array(1)
    this.#fillWords(word)
    return word[0]!
  }

  #fillWords(words: Uint32Array): void {
    let [a, b, c, count] = [this.#a, this.#b, this.#c, this.#count]
    for (let i = 0; i < words.length; i++) {
      const sum = (a + b + count) | 0
      count = (count + 1) | 0
      a = b ^ (b >>> 9)
      b = (c + (c << 3)) | 0
      c = (((c << 21) | (c >>> 11)) + sum) | 0
      words[i] = sum
    }
    this.#a = a
    this.#b = b
    this.#c = c
    this.#count = count
  }
}
