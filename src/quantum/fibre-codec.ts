// A batch of qubits as bytes. States are few, so a qubit costs only the bits that tell them apart:
//
// count of states less 1: 1 | states: 3 float32 each (x, y, z, little-endian) | indices, ceil(log2 states) bits each
//
// Indices are packed most significant bit first, the rest of the last byte is 0. How many there are, the frame says.
// float32 moves a Bloch vector by at most 1e-7; a vector that rounding took off the sphere is put back on it, so
// that a pure state is still pure and equal settings still agree in every bit.

import { assert } from '../lib/assert.ts'
import type { Bytes } from '../lib/bytes.ts'
import { fail, ok, type Result } from '../lib/result.ts'
import type { QubitBatch } from './qubit-batch.ts'

export const STATES_MAX = 256
/** Pairs a session: a batch of one state costs no bit a qubit, so its bytes alone bound nothing. */
const QUBITS_MAX = 2 ** 24

const STATE_BYTES = 12
/** Above 1 by more than this, a vector is no state. */
const NORM_EXCESS_MAX = 1e-6
/** Three float32 components, each within 2^-25, leave the sphere by less than this. */
const ROUNDING = 1e-7

/** Bytes of a batch of `count` qubits over `states` states. */
export const batchBytes = (states: number, count: number): number =>
  1 + STATE_BYTES * states + Math.ceil((count * indexBits(states)) / 8)

/** Bits of an index below `states`: 0 where there is only one. */
const indexBits = (states: number): number => (states === 1 ? 0 : 32 - Math.clz32(states - 1))

/** The bytes of a batch of 1 to 256 states; more, or none, is the programmer's fault and throws. */
export function encodeBatch(batch: QubitBatch): Bytes {
  const { codebook, indices } = batch
  const states = codebook.length / 3
  assert(Number.isInteger(states) && states >= 1 && states <= STATES_MAX, `1 to ${STATES_MAX} states, got ${states}`)
  const out = new Uint8Array(batchBytes(states, indices.length))
  const view = new DataView(out.buffer)
  out[0] = states - 1
  for (let k = 0; k < codebook.length; k++) view.setFloat32(1 + 4 * k, codebook[k]!, true)
  packIndices(indices, indexBits(states), out, 1 + STATE_BYTES * states)
  return out
}

/** Reads a batch of `count` qubits. Anything but what `encodeBatch` can write is `malformed`; never throws. */
export function decodeBatch(bytes: Uint8Array, count: number): Result<QubitBatch, 'malformed'> {
  const states = (bytes[0] ?? 0) + 1
  if (!Number.isInteger(count) || count < 0 || count > QUBITS_MAX) return fail('malformed')
  if (bytes.length !== batchBytes(states, count)) return fail('malformed')
  const codebook = readCodebook(bytes, states)
  const indices = unpackIndices(bytes, 1 + STATE_BYTES * states, indexBits(states), count, states)
  return codebook === null || indices === null ? fail('malformed') : ok({ codebook, indices })
}

function readCodebook(bytes: Uint8Array, states: number): Float64Array<ArrayBuffer> | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const codebook = new Float64Array(3 * states)
  for (let k = 0; k < codebook.length; k++) codebook[k] = view.getFloat32(1 + 4 * k, true)
  for (let state = 0; state < codebook.length; state += 3) {
    const norm = Math.hypot(codebook[state]!, codebook[state + 1]!, codebook[state + 2]!)
    if (!(norm <= 1 + NORM_EXCESS_MAX)) return null // catches NaN as well
    if (norm <= 1 - ROUNDING) continue
    for (let k = state; k < state + 3; k++) codebook[k]! /= norm
  }
  return codebook
}

/** Packs indices of `bits` bits, most significant bit first, from byte `at` on. */
function packIndices(indices: Uint8Array, bits: number, out: Uint8Array, at: number): void {
  if (bits === 0) return
  let held = 0 // the low `heldBits` bits wait for their byte
  let heldBits = 0
  for (let i = 0; i < indices.length; i++) {
    held = (held << bits) | indices[i]!
    heldBits += bits
    if (heldBits < 8) continue
    heldBits -= 8
    out[at++] = held >>> heldBits
    held &= 0xff
  }
  if (heldBits > 0) out[at] = held << (8 - heldBits)
}

/** Null where an index is not below `states` or an unused bit is set. */
function unpackIndices(bytes: Uint8Array, at: number, bits: number, count: number, states: number): Bytes | null {
  const indices = new Uint8Array(count)
  if (bits === 0) return indices
  const mask = (1 << bits) - 1
  let held = 0
  let heldBits = 0
  let largest = 0
  for (let i = 0; i < count; i++) {
    if (heldBits < bits) {
      held = ((held & 0xff) << 8) | bytes[at++]!
      heldBits += 8
    }
    heldBits -= bits
    const index = (held >>> heldBits) & mask
    if (index > largest) largest = index
    indices[i] = index
  }
  return largest < states && (held & ((1 << heldBits) - 1)) === 0 ? indices : null
}
