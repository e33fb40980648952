// Bit strings as one byte a bit (0 or 1) while they are worked on, packed eight to a byte where they travel.
// Packing is most significant bit first; unused bits of the last byte are 0.

import { assert } from './assert.ts'
import type { Bytes } from './bytes.ts'

/** Bits, one a byte, each 0 or 1. */
export type Bits = Uint8Array<ArrayBuffer>

/** A key that only the two ends may know. Nothing takes it but `distill` and `otp`. */
export type SecretBits = Bits & { readonly __secret: true }

export const asSecret = (bits: Bits): SecretBits => bits as SecretBits

/** Packs bits (one a byte) into ceil(n / 8) bytes, most significant bit first. */
export function packBits(bits: Uint8Array): Bytes {
  const out = new Uint8Array((bits.length + 7) >> 3)
  for (let i = 0; i < bits.length; i++) out[i >> 3]! |= bits[i]! << (7 - (i & 7))
  return out
}

/** Unpacks `length` bits (one a byte) from bytes that hold at least as many. */
export function unpackBits(bytes: Uint8Array, length: number): Bits {
  assert(bytes.length * 8 >= length, `${length} bits from ${bytes.length} bytes`)
  const out = new Uint8Array(length)
  for (let i = 0; i < length; i++) out[i] = (bytes[i >> 3]! >> (7 - (i & 7))) & 1
  return out
}

/** Packs values below 4 into two bits each, most significant first. */
export function packPairs(values: Uint8Array): Bytes {
  const out = new Uint8Array((values.length + 3) >> 2)
  for (let i = 0; i < values.length; i++) out[i >> 2]! |= values[i]! << (6 - 2 * (i & 3))
  return out
}

/** Unpacks `length` values of two bits. */
export function unpackPairs(bytes: Uint8Array, length: number): Bytes {
  assert(bytes.length * 4 >= length, `${length} pairs of bits from ${bytes.length} bytes`)
  const out = new Uint8Array(length)
  for (let i = 0; i < length; i++) out[i] = (bytes[i >> 2]! >> (6 - 2 * (i & 3))) & 3
  return out
}
