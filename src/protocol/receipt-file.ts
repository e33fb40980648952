// A receipt as a file: what anybody needs to work its verdict out again from the counts, with the formulas of PROTOCOL
// sections 1 and 5 (`npm run verify` does). No key bit, no text, no name and no time is in it. It proves nothing by
// itself: nobody signs the counts, and whoever changes one has to change every figure that follows from it.

import { sha256 } from '@noble/hashes/sha2.js'
import type { Tally } from '../distill/tally.ts'
import { toHex } from '../lib/bytes.ts'
import { encodeText } from '../lib/text.ts'
import { SETTING_PAIRS, type SettingPair, WEIGHT_TOTAL } from '../quantum/settings.ts'
import type { Interval, Receipt } from './receipt.ts'
import { receiptFields } from './receipt-fields.ts'

export const RECEIPT_FORMAT = 'sequre-chat receipt'
/** Raised when a field changes its meaning; new fields alone don't raise it. */
export const RECEIPT_VERSION = 1

export interface ReceiptFile {
  readonly format: typeof RECEIPT_FORMAT
  readonly version: typeof RECEIPT_VERSION
  readonly terms: {
    readonly session: string
    readonly pairs: number
    readonly mode: Receipt['mode']
    /** Probability of each setting, exact: whole 65,536ths. */
    readonly settings: Readonly<Record<'a1' | 'a2' | 'a3' | 'b1' | 'b2' | 'b3', number>>
    readonly epsilon: number
    /** The proof that decides. */
    readonly proof: Receipt['proof']
    readonly route: Receipt['route']
    /** Werner error 1 - V of the link as planned. */
    readonly plannedNoise: number
    readonly neededBits: number
  }
  readonly arrivedPairs: number
  /** Rounds by their settings. The key's outcomes are said only where the whole key was sacrificed. */
  readonly tally: Readonly<Record<SettingPair, Outcomes>>
  readonly readings: {
    readonly s: number | null
    readonly sLow: number | null
    readonly sHigh: number | null
    readonly phaseError: Interval | null
    readonly bitError: Interval | null
    /** A fraction of the whole key: 0 where the check found both keys equal, null where nobody knows. */
    readonly qber: number | null
  }
  /** Bits said in the open about the key, by kind. */
  readonly leak: {
    readonly checks: number
    readonly parities: number
    /** Counted in the key's length though never said: what correcting unequal keys was expected to take. */
    readonly foreseen: number
  }
  readonly key: {
    readonly siftedBits: number
    /** Length under the deciding proof. */
    readonly secretBits: number
    /** Length under each proof; null where it was not kept. */
    readonly proofs: { readonly trusted: number | null; readonly collective: number; readonly coherent: number }
    readonly usedBits: number
  }
  readonly authentication: Receipt['authentication']
  readonly errorCorrection: Receipt['algorithm']
  readonly verdict: {
    readonly outcome: Receipt['outcome']
    readonly enough: boolean
    /** An upper bound on the chance of such readings on the planned link; null where none was computed. */
    readonly chance: number | null
  }
  /**
   * The first 128 bits of SHA-256 over the rest, as JSON without spaces and with the names of each object in order: shows
   * a slip in what follows from no count, such as the number of pairs. Anybody can make a new one.
   */
  readonly checksum: string
}

export interface Outcomes {
  readonly rounds: number
  /** Both outcomes alike, and not; null where they were never said. */
  readonly equal: number | null
  readonly unequal: number | null
}

const CHECKSUM_DIGITS = 32

export function receiptFile(receipt: Receipt): ReceiptFile {
  const content = contentOf(receipt)
  return { ...content, checksum: toHex(sha256(encodeText(canonical(content)))).slice(0, CHECKSUM_DIGITS) }
}

function contentOf(receipt: Receipt): Omit<ReceiptFile, 'checksum'> {
  const { s, sLow, sHigh, phaseError, bitError, qber, proof, keyBits } = receipt
  return {
    format: RECEIPT_FORMAT,
    version: RECEIPT_VERSION,
    terms: termsOf(receipt),
    arrivedPairs: receipt.arrivedPairs,
    tally: outcomesOf(receipt.tally),
    readings: { s, sLow, sHigh, phaseError, bitError, qber },
    leak: { checks: receipt.checkBits, parities: 0, foreseen: receipt.leakedBits },
    key: {
      siftedBits: receipt.siftedBits,
      secretBits: keyBits,
      proofs: {
        trusted: proof === 'trusted' ? keyBits : null,
        collective: receipt.keyBitsCollective,
        coherent: receiptFields(receipt).keyBitsCoherent,
      },
      usedBits: receipt.usedBits,
    },
    authentication: receipt.authentication,
    errorCorrection: receipt.algorithm,
    verdict: { outcome: receipt.outcome, enough: keyBits >= receipt.neededBits, chance: receipt.chance },
  }
}

/** The start of the session's random id tells files of one person apart. */
export const receiptFileName = ({ session }: Receipt): string => `sequre-receipt-${session.slice(0, 8)}.json`

function termsOf({ session, pairs, mode, alice, bob, ...receipt }: Receipt): ReceiptFile['terms'] {
  const share = (weight: number): number => weight / WEIGHT_TOTAL
  const [a1, a2, a3] = alice
  const [b1, b2, b3] = bob
  return {
    session,
    pairs,
    mode,
    settings: { a1: share(a1), a2: share(a2), a3: share(a3), b1: share(b1), b2: share(b2), b3: share(b3) },
    epsilon: receipt.epsilon,
    proof: receipt.proof,
    route: receipt.route,
    plannedNoise: receipt.plannedNoise,
    neededBits: receipt.neededBits,
  }
}

function outcomesOf(tally: Tally): ReceiptFile['tally'] {
  const entries = SETTING_PAIRS.map((pair): [SettingPair, Outcomes] => {
    const { count, unequal } = tally[pair]
    return [pair, { rounds: count, equal: unequal === null ? null : count - unequal, unequal }]
  })
  return Object.fromEntries(entries) as Record<SettingPair, Outcomes>
}

/** JSON in which equal values are equal texts. */
function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${fields.map(([name, inner]) => `${JSON.stringify(name)}:${canonical(inner)}`).join(',')}}`
}
