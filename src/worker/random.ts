// The platform's CSPRNG behind a pool: asked in 64 kB blocks it gives gigabytes a second, in 16-byte calls a hundredth
// of that. Bytes given out are wiped from the pool, so that no key can be read from it later.

import type { Bytes } from '../lib/bytes.ts'
import type { RandomSource } from '../lib/random.ts'

/** The most that crypto.getRandomValues gives in one call. */
const BLOCK_BYTES = 65_536

export class PlatformRandom implements RandomSource {
  readonly #pool = new Uint8Array(BLOCK_BYTES)
  #used = BLOCK_BYTES

  fill(target: Bytes): void {
    let filled = 0
    // Whole blocks go straight to where they are wanted.
    for (; target.length - filled >= BLOCK_BYTES; filled += BLOCK_BYTES) {
      crypto.getRandomValues(target.subarray(filled, filled + BLOCK_BYTES))
    }
    while (filled < target.length) filled += this.#take(target, filled)
  }

  #take(target: Bytes, at: number): number {
    if (this.#used === BLOCK_BYTES) {
      crypto.getRandomValues(this.#pool)
      this.#used = 0
    }
    const given = this.#pool.subarray(this.#used, this.#used + target.length - at)
    target.set(given, at)
    given.fill(0)
    this.#used += given.length
    return given.length
  }
}
