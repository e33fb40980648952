// The order in which a pass looks at the bits of a key: a shuffle that both ends make from the same public seed. The
// seed is drawn when the qubits have been measured, so nobody can choose errors to fit the shuffles; that is all that
// is asked of it, and eight rounds of ChaCha are plenty.

import { chacha8 } from '@noble/ciphers/chacha.js'
import { assert } from '../../lib/assert.ts'
import type { Bytes } from '../../lib/bytes.ts'

export const SHUFFLE_SEED_BYTES = 32

/** Index into the key of each place of a pass. Exact arithmetic alone, so that all engines make the same. */
export function shuffle(seed: Bytes, pass: number, length: number): Uint32Array {
  assert(seed.length === SHUFFLE_SEED_BYTES, `a seed of ${SHUFFLE_SEED_BYTES} bytes, got ${seed.length}`)
  const order = new Uint32Array(length)
  for (let i = 0; i < length; i++) order[i] = i
  const stream = chacha8(seed, new Uint8Array(12).fill(pass, 0, 1), new Uint8Array(4 * length))
  const words = new DataView(stream.buffer, stream.byteOffset)
  // Fisher and Yates. The product is below 2^53 up to two million bits, and beyond is rounded alike everywhere.
  for (let i = length - 1; i > 0; i--) {
    const other = Math.floor((words.getUint32(4 * i) * (i + 1)) / 2 ** 32)
    const index = order[i]!
    order[i] = order[other]!
    order[other] = index
  }
  return order
}

/** Place of each index of the key. */
export function placesOf(order: Uint32Array): Uint32Array {
  const places = new Uint32Array(order.length)
  for (let place = 0; place < order.length; place++) places[order[place]!] = place
  return places
}
