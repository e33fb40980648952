// Are both keys equal? A polynomial hash over GF(2^128) under a fresh key says so, and tells 64 bits about the key.
//
// The hash is GHASH (NIST SP 800-38D): the blocks of the key, then a block with its length, are the coefficients of a
// polynomial that is evaluated at the hash key. Two different keys give equal 128-bit values for at most as many hash
// keys as the polynomial's degree, (blocks + 1); cut to 64 bits they collide with probability at most
// (blocks + 1) x 2^-64 over the hash key. It hides nothing: a check is public, and its bits count as leaked.

import { ghash } from '@noble/ciphers/_polyval.js'
import { assert } from '../lib/assert.ts'
import { packBits } from '../lib/bits.ts'
import type { Bytes } from '../lib/bytes.ts'

export const CHECK_KEY_BYTES = 16
export const CHECK_BYTES = 8

/** The 8-byte check of `bits` (one a byte) under a fresh 16-byte hash key. */
export function checkOf(bits: Uint8Array, key: Uint8Array): Bytes {
  assert(key.length === CHECK_KEY_BYTES, `a hash key of ${CHECK_KEY_BYTES} bytes, got ${key.length}`)
  const packed = packBits(bits)
  const blocks = new Uint8Array(16 * (Math.ceil(packed.length / 16) + 1))
  blocks.set(packed)
  new DataView(blocks.buffer).setUint32(blocks.length - 4, bits.length)
  const check = new Uint8Array(ghash(blocks, key).subarray(0, CHECK_BYTES))
  for (const secret of [packed, blocks]) secret.fill(0)
  return check
}
