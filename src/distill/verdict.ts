// The verdict on a run: the length of its secret key, from all statistics and the true leak. No single reading decides,
// neither the QBER nor S: each has an attack that it doesn't see. (PROTOCOL sections 3 and 5)
//
// Textbook mode: each block is judged with half the epsilon, since its proof hands Eve the other block raw.
// Collective proof: the block (a3,b2) alone makes key, with the whole epsilon; (a2,b1) gives nothing under it.
// One bit of each length is kept back: Math.log may differ between engines in the last digit.

import { chshWins, countHalf, errorRate, type Interval, readHalf, readS } from './estimation.ts'
import { keyLengthCollective, keyLengthTrusted } from './key-length.ts'
import type { KeyPair, Mode } from './sifting.ts'
import type { Tally } from './tally.ts'

export interface VerdictTerms {
  readonly mode: Mode
  readonly epsilon: number
  /** The proof that decides. */
  readonly proof: 'trusted' | 'collective'
  readonly neededBits: number
}

export interface KeyBlock {
  readonly pair: KeyPair
  readonly keyBits: number
  /** Parities and syndromes said about this block, of both directions. */
  readonly leakedBits: number
  /** Bits said as checks of this block: 64 a check sent. */
  readonly tagBits: number
}

export interface Readings {
  readonly s: number | null
  readonly sLow: number | null
  readonly sHigh: number | null
  /** Of the block (a3,b2), from the halves of S. */
  readonly phaseError: Interval | null
  readonly bitError: Interval | null
}

export interface Verdict {
  readonly readings: Readings
  /** Bits that each block may give under the deciding proof; in the order given. */
  readonly blocks: readonly { readonly pair: KeyPair; readonly keyBits: number; readonly secretBits: number }[]
  /** Their sum. */
  readonly secretBits: number
  /** The same under each proof, whichever decides. */
  readonly secretBitsTrusted: number
  readonly secretBitsCollective: number
  readonly leakedBits: number
  readonly enough: boolean
}

export function verdict(terms: VerdictTerms, tally: Tally, blocks: readonly KeyBlock[]): Verdict {
  const trusted = blocks.map((block) => trustedBits(terms, tally, block))
  const collective = blocks.map((block) => collectiveBits(terms.epsilon, tally, block))
  const deciding = terms.proof === 'trusted' ? trusted : collective
  return {
    readings: read(tally),
    blocks: blocks.map(({ pair, keyBits }, i) => ({ pair, keyBits, secretBits: deciding[i]! })),
    secretBits: sum(deciding),
    secretBitsTrusted: sum(trusted),
    secretBitsCollective: sum(collective),
    leakedBits: sum(blocks.map((block) => block.leakedBits)),
    enough: sum(deciding) >= terms.neededBits,
  }
}

function read(tally: Tally): Readings {
  const s = readS(tally)
  return {
    s: s?.value ?? null,
    sLow: s?.low ?? null,
    sHigh: s?.high ?? null,
    phaseError: readHalf(countHalf(tally, 'a3b2', 'phase')),
    bitError: readHalf(countHalf(tally, 'a3b2', 'bit')),
  }
}

/** Bits of one block under the proof with trusted devices. */
function trustedBits({ mode, epsilon }: VerdictTerms, tally: Tally, block: KeyBlock): number {
  const half = countHalf(tally, block.pair, 'phase')
  const length = keyLengthTrusted({
    keyBits: block.keyBits,
    testBits: half.count,
    testErrorRate: errorRate(half) ?? 0,
    leakedBits: block.leakedBits,
    tagBits: block.tagBits,
    epsilon: blockEpsilon(mode, epsilon),
  })
  return usable(length.secretBits)
}

/** Bits of one block under the device-independent proof against collective attacks. */
function collectiveBits(epsilon: number, tally: Tally, { pair, keyBits, leakedBits, tagBits }: KeyBlock): number {
  if (pair !== 'a3b2') return 0
  return usable(keyLengthCollective({ keyBits, settings: chshWins(tally), leakedBits, tagBits, epsilon }).secretBits)
}

/** The share of epsilon that one key block is judged with. */
export const blockEpsilon = (mode: Mode, epsilon: number): number => (mode === 'textbook' ? epsilon / 2 : epsilon)

const usable = (length: number): number => Math.max(0, length - 1)

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
