// The one-time pad (Vernam 1926; Shannon 1949): XOR with as many secret bits as the message has, used once. It hides
// everything but the length, and protects nothing against change: a ciphertext always travels under a one-time tag.

import { assert } from '../lib/assert.ts'
import { packBits, type SecretBits } from '../lib/bits.ts'
import { type Bytes, xorBytes } from '../lib/bytes.ts'

/** Arrays that were pads: none becomes one again. */
const spent = new WeakSet<Uint8Array>()

/**
 * Secret bits for one message. It takes them over: the array is wiped at the use, and a second use, or a second pad of
 * the same array, throws.
 */
export class OneTimePad {
  #bits: SecretBits | null

  constructor(bits: SecretBits) {
    assert(!spent.has(bits), 'pad bits that never were a pad')
    spent.add(bits)
    this.#bits = bits
  }

  /** `plain` xor pad; the pad holds exactly 8 bits a byte. */
  seal(plain: Uint8Array): Bytes {
    return this.#use(plain)
  }

  open(cipher: Uint8Array): Bytes {
    return this.#use(cipher)
  }

  #use(text: Uint8Array): Bytes {
    const bits = this.#bits
    assert(bits !== null, 'a one-time pad is used once')
    assert(bits.length === 8 * text.length, `a pad of ${8 * text.length} bits, got ${bits.length}`)
    this.#bits = null
    const bytes = packBits(bits)
    const out = xorBytes(text, bytes)
    for (const secret of [bits, bytes]) secret.fill(0)
    return out
  }
}

/** Seals one message and wipes the pad. */
export const seal = (plain: Uint8Array, pad: SecretBits): Bytes => new OneTimePad(pad).seal(plain)

/** Opens one message and wipes the pad. */
export const open = (cipher: Uint8Array, pad: SecretBits): Bytes => new OneTimePad(pad).open(cipher)
