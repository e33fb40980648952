// A receipt by the names that stay (CONTRACT, the dialog "Receipt" and the answer of `calc` to `run`): plain values, one
// a field, null for what is not known.

import { coherentInput, keyLengthCoherent } from '../distill/coherent-key-length.ts'
import type { Receipt } from './receipt.ts'

export interface ReceiptFields {
  readonly pairs: number
  readonly mode: Receipt['mode']
  readonly s: number | null
  readonly sLow: number | null
  readonly sHigh: number | null
  /** A fraction. */
  readonly qber: number | null
  readonly siftedBits: number
  readonly leakedBits: number
  readonly keyBits: number
  readonly keyBitsCollective: number
  /** What these statistics would give in the experiment of Nadlinger et al.; 0 where they are not complete. */
  readonly keyBitsCoherent: number
  readonly usedBits: number
  readonly epsilon: number
  readonly proof: Receipt['proof']
  readonly authentication: Receipt['authentication']
  readonly algorithm: Receipt['algorithm']
  /** Bits said by error correction over n h(Q); null where nothing was corrected. */
  readonly efficiency: number | null
  /** What this side itself let Eve do. */
  readonly eve: string | null
}

export function receiptFields(receipt: Receipt): ReceiptFields {
  return {
    pairs: receipt.pairs,
    mode: receipt.mode,
    s: receipt.s,
    sLow: receipt.sLow,
    sHigh: receipt.sHigh,
    qber: receipt.qber,
    siftedBits: receipt.siftedBits,
    leakedBits: receipt.leakedBits,
    keyBits: receipt.keyBits,
    keyBitsCollective: receipt.keyBitsCollective,
    keyBitsCoherent: coherentBits(receipt),
    usedBits: receipt.usedBits,
    epsilon: receipt.epsilon,
    proof: receipt.proof,
    authentication: receipt.authentication,
    algorithm: receipt.algorithm,
    efficiency: null,
    eve: receipt.eve?.kind ?? null,
  }
}

function coherentBits({ tally, s, qber, epsilon }: Receipt): number {
  const input = coherentInput(tally, { s, qber }, epsilon)
  return input === null ? 0 : keyLengthCoherent(input)
}
