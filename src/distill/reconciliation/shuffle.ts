// The orders in which the passes look at the bits of a key: shuffles that both ends make from the same public seed. The
// seed is drawn when the qubits have been measured, so nobody can choose errors to fit the shuffles; that is all that
// is asked of it, and eight rounds of ChaCha are plenty.
//
// Only one shuffle is drawn, s. Pass p looks in the order s^(p+1), the shuffle applied once more for each pass: where two
// bits come to lie in one pass says nothing of where they lie in another, but for the bit or so that s leaves in place.

import { chacha8 } from '@noble/ciphers/chacha.js'
import { assert } from '../../lib/assert.ts'
import type { Bytes } from '../../lib/bytes.ts'

export const SHUFFLE_SEED_BYTES = 32

export class Shuffles {
  readonly #orders: Uint32Array[]

  constructor(seed: Bytes, length: number) {
    this.#orders = [shuffle(seed, length)]
  }

  /** Index into the key of each place of a pass. */
  order(pass: number): Uint32Array {
    while (this.#orders.length <= pass) this.#orders.push(compose(this.#orders.at(-1)!, this.#orders[0]!))
    return this.#orders[pass]!
  }
}

/** Exact arithmetic alone, so that all engines make the same. */
function shuffle(seed: Bytes, length: number): Uint32Array {
  assert(seed.length === SHUFFLE_SEED_BYTES, `a seed of ${SHUFFLE_SEED_BYTES} bytes, got ${seed.length}`)
  const order = new Uint32Array(length)
  for (let i = 0; i < length; i++) order[i] = i
  const stream = chacha8(seed, new Uint8Array(12), new Uint8Array(4 * length))
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

function compose(outer: Uint32Array, inner: Uint32Array): Uint32Array {
  const order = new Uint32Array(inner.length)
  for (let place = 0; place < order.length; place++) order[place] = outer[inner[place]!]!
  return order
}

/** Place of each index of the key. */
export function placesOf(order: Uint32Array): Uint32Array {
  const places = new Uint32Array(order.length)
  for (let place = 0; place < order.length; place++) places[order[place]!] = place
  return places
}
