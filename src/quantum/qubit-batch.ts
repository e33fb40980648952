// Many qubits on their way, as a codebook of few states and one index a qubit: linear algebra is done once a state,
// the hot loops are table look-ups. Nothing outside this room reads a state: a qubit is opened by measuring it.

import type { Bytes } from '../lib/bytes.ts'
import type { RandomSource } from '../lib/random.ts'

export interface QubitBatch {
  /** Bloch vectors (x, y, z) of at most 256 states, one after the other, each of length at most 1. */
  readonly codebook: Float64Array<ArrayBuffer>
  /** The state of each qubit, as an index into the codebook. */
  readonly indices: Bytes
}

/** Eve's hands on the fibre: she measures before she forwards. */
export interface FibreTap {
  onQubits(batch: QubitBatch, random: RandomSource): QubitBatch
}
