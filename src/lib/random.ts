// Where chance comes from. The protocol takes a source as an argument: in the worker it is the platform's CSPRNG,
// in tests and in `world` a ChaCha20 key stream from a seed, so that every run can be played again.

import { chacha20 } from '@noble/ciphers/chacha.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import type { Bytes } from './bytes.ts'

export interface RandomSource {
  /** Fills the whole array with uniform bytes. */
  fill(target: Bytes): void
}

/** `length` uniform bytes. */
export function randomBytes(random: RandomSource, length: number): Bytes {
  const out = new Uint8Array(length)
  random.fill(out)
  return out
}

const BLOCK_BYTES = 16_384

/** A reproducible source: the ChaCha20 key stream of SHA-256(seed). For tests and simulations, never for real keys. */
export class SeededRandom implements RandomSource {
  readonly #key: Uint8Array
  #block = new Uint8Array(0)
  #used = 0
  #blocks = 0

  constructor(seed: string) {
    this.#key = sha256(utf8ToBytes(seed))
  }

  fill(target: Bytes): void {
    let filled = 0
    while (filled < target.length) {
      if (this.#used === this.#block.length) this.#refill()
      const take = Math.min(target.length - filled, this.#block.length - this.#used)
      target.set(this.#block.subarray(this.#used, this.#used + take), filled)
      this.#used += take
      filled += take
    }
  }

  /** A uniform number in [0, 1) of 53 bits. */
  unit(): number {
    const bytes = randomBytes(this, 8)
    const view = new DataView(bytes.buffer)
    return (view.getUint32(0) * 2 ** 21 + (view.getUint32(4) >>> 11)) / 2 ** 53
  }

  /** A uniform integer in [0, below). */
  integer(below: number): number {
    return Math.floor(this.unit() * below)
  }

  #refill(): void {
    // Each block has its own 12-byte nonce, so the stream never repeats below 2^32 blocks.
    const nonce = new Uint8Array(12)
    new DataView(nonce.buffer).setUint32(0, this.#blocks++)
    this.#block = new Uint8Array(chacha20(this.#key, nonce, new Uint8Array(BLOCK_BYTES)))
    this.#used = 0
  }
}
