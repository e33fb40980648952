// Reconciliation: Bob finds and mends the bits in which his key differs from Alice's, by asking for parities of hers
// over the public channel. Here stands what both ends share; who asks which questions is cascade.ts and hamming.ts, who
// answers them parity-answers.ts.
//
// Every pass has its own order of the key's bits, a shuffle from a seed said in public (shuffle.ts). A place is an index
// into that order. A question names ranges of places in one pass, all of one length; a range that reaches beyond the key
// ends with it. What is said of a range:
//
//   parity     1 bit: the XOR of Alice's bits in it
//   syndrome   log2(length) bits: the XOR of the places of her ones in it, modulo its length, most significant bit
//              first. The length is a power of two and the start a multiple of it. Each of these bits is a parity too.
//
// All answers are linear in Alice's key, so each of their bits is one bit of leak, and `leakOf` is where it is counted.

import type { Bits } from '../../lib/bits.ts'

export type QuestionKind = 'parity' | 'syndrome'

export interface ParityQuestion {
  readonly pass: number
  readonly kind: QuestionKind
  readonly length: number
  /** First place of each range, ascending. */
  readonly starts: Uint32Array
}

/** Bob's end, round by round: `next`, the questions out, the answers in by `answer`, until `next` says 'finished'. */
export interface Reconciler {
  /** The questions of the next message: never none; the same again until they are answered. */
  next(): readonly ParityQuestion[] | 'finished'
  /** Alice's answers to the last `next`, in its order. False, and nothing happens, when they are not that many. */
  answer(parities: Bits): boolean
  /** Bits that the answers have said about the key so far. */
  readonly leakedBits: number
  /** Bob's key as mended so far. Whether it is Alice's, only a verification hash tells. */
  readonly key: Bits
  /** How many bits of it differ from those that he began with. */
  readonly correctedBits: number
  /** Overwrites the key and all that was worked out from it. */
  wipe(): void
}

/** Ranges in one message: more than the first one of any variant has, for a key of ten million bits. */
export const RANGES_MAX = 2 ** 22

/** Bits said of each range of a question. */
export const bitsPerRange = ({ kind, length }: ParityQuestion): number =>
  kind === 'parity' ? 1 : 31 - Math.clz32(length)

/** Bits that answering these questions tells about the key. */
export const leakOf = (questions: readonly ParityQuestion[]): number =>
  questions.reduce((sum, question) => sum + bitsPerRange(question) * question.starts.length, 0)

/** One range that is to be asked for. */
export interface Range {
  readonly pass: number
  readonly start: number
  readonly length: number
}

/** Ranges as questions, those of one pass and length together. Sorts `ranges` into the order of the answers. */
export function questionsOf(ranges: Range[], kind: QuestionKind): readonly ParityQuestion[] {
  ranges.sort((a, b) => a.pass - b.pass || a.length - b.length || a.start - b.start)
  const questions: ParityQuestion[] = []
  for (let from = 0, to = 0; from < ranges.length; from = to) {
    const { pass, length } = ranges[from]!
    while (to < ranges.length && ranges[to]!.pass === pass && ranges[to]!.length === length) to++
    const starts = new Uint32Array(to - from)
    for (let i = from; i < to; i++) starts[i - from] = ranges[i]!.start
    questions.push({ pass, kind, length, starts })
  }
  return questions
}
