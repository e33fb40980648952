// Privacy amplification by multiply-shift: of a key of n bits that Eve knows in part, l bits of which she knows nothing.
//
//   f(x) = ((a x + b) mod 2^w) >> (w - l),   w = n + l - 1,   a and b uniform below 2^w
//
// is two-universal: any two different keys collide with probability at most 2^-l over the seed (a, b). (Dietzfelbinger,
// STACS 1996, theorem 3; without b it no longer holds.) The seed is public, fresh, chosen after reconciliation and sent
// in full. BigInt does the multiplication: fast in V8 (Karatsuba, Toom-Cook, FFT), quadratic in other engines. BigInts
// can't be wiped; they live until the next garbage collection.

import { assert } from '../lib/assert.ts'
import { asSecret, packBits, type SecretBits, unpackBits } from '../lib/bits.ts'
import { fromHex, toHex } from '../lib/bytes.ts'

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
  const a = BigInt.asUintN(w, bytesToInteger(seed.subarray(0, seed.length / 2)))
  const b = BigInt.asUintN(w, bytesToInteger(seed.subarray(seed.length / 2)))
  const hashed = BigInt.asUintN(w, a * bitsToInteger(key) + b) >> BigInt(w - length)
  return integerToBits(hashed, length)
}

// To and from BigInt by way of hexadecimal: linear in every engine, where shifting bit by bit is quadratic.

const bytesToInteger = (bytes: Uint8Array): bigint => BigInt(`0x${toHex(bytes)}`)

/** Bits, most significant first. */
function bitsToInteger(bits: Uint8Array): bigint {
  const bytes = packBits(bits)
  const integer = bytesToInteger(bytes) >> BigInt(8 * bytes.length - bits.length)
  bytes.fill(0)
  return integer
}

function integerToBits(integer: bigint, length: number): SecretBits {
  const bytesTotal = Math.ceil(length / 8)
  const bytes = fromHex(integer.toString(16).padStart(2 * bytesTotal, '0'))
  assert(bytes.ok, 'hexadecimal of an integer')
  const bits = unpackBits(bytes.value, 8 * bytesTotal)
  return asSecret(bits.slice(8 * bytesTotal - length))
}
