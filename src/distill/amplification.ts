// Privacy amplification by multiply-shift: of a key of n bits that Eve knows in part, l bits of which she knows nothing.
//
//   f(x) = ((a x + b) mod 2^w) >> (w - l),   w = n + l - 1,   a and b uniform below 2^w
//
// is two-universal: any two different keys collide with probability at most 2^-l over the seed (a, b). (Dietzfelbinger,
// STACS 1996, theorem 3; without b it no longer holds.) The seed is public, fresh, chosen after reconciliation and sent
// in full.

import { assert } from '../lib/assert.ts'
import { asSecret, type SecretBits } from '../lib/bits.ts'
import { DIGIT_BITS, productDigits } from './product.ts'

/** Bytes of the seed for `length` bits of a key of `keyBits`: a, then b, each w bits in ceil(w / 8) bytes. */
export function seedBytes(keyBits: number, length: number): number {
  return 2 * Math.ceil((keyBits + length - 1) / 8)
}

/**
 * `length` secret bits of `key`, most significant first. `seed` holds `seedBytes(key.length, length)` uniform bytes:
 * a and b big-endian, excess high bits ignored. Does not wipe the key.
 */
export function amplify(key: SecretBits, seed: Uint8Array, length: number): SecretBits {
  const n = key.length
  assert(Number.isInteger(length) && length > 0 && length <= n, `1 to ${n} bits, got ${length}`)
  assert(seed.length === seedBytes(n, length), `a seed of ${seedBytes(n, length)} bytes, got ${seed.length}`)
  const w = n + length - 1
  const count = Math.ceil(w / DIGIT_BITS)
  const half = seed.length / 2
  const x = digitsOfBits(key)
  const [a, b] = [digitsOfBytes(seed.subarray(0, half), count), digitsOfBytes(seed.subarray(half), count)]
  const low = Math.floor((w - length) / DIGIT_BITS)
  const digits = productDigits(x, a, b, low, count)
  const hashed = bitsOfDigits(digits, (w - length) % DIGIT_BITS, length)
  for (const secret of [x, digits]) secret.fill(0)
  return hashed
}

// Integers as digits of 12 bits, lowest first. What lies above w bits is left over at the end.

const MASK = 2 ** DIGIT_BITS - 1

/** Of bits, most significant first. */
function digitsOfBits(bits: Uint8Array): Uint16Array {
  const digits = new Uint16Array(Math.ceil(bits.length / DIGIT_BITS))
  let at = bits.length
  for (let i = 0; i < digits.length; i++) {
    let digit = 0
    const low = Math.max(0, at - DIGIT_BITS)
    for (let j = low; j < at; j++) digit = 2 * digit + bits[j]!
    digits[i] = digit
    at = low
  }
  return digits
}

/** The lowest `count` digits of bytes, most significant first. */
function digitsOfBytes(bytes: Uint8Array, count: number): Uint16Array {
  const digits = new Uint16Array(count)
  for (let i = 0; i < count; i++) {
    const bit = i * DIGIT_BITS
    const at = bytes.length - 1 - (bit >>> 3)
    const pair = bytes[at]! + (at > 0 ? 256 * bytes[at - 1]! : 0)
    digits[i] = (pair >>> (bit & 7)) & MASK
  }
  return digits
}

/** `length` bits from the bit of value 2^low on, most significant first. */
function bitsOfDigits(digits: Uint16Array, low: number, length: number): SecretBits {
  const bits = new Uint8Array(length)
  let at = Math.floor((low + length) / DIGIT_BITS)
  let left = (low + length) % DIGIT_BITS
  for (let i = 0; i < length; i++) {
    if (left === 0) {
      at--
      left = DIGIT_BITS
    }
    left--
    bits[i] = (digits[at]! >>> left) & 1
  }
  return asSecret(bits)
}
