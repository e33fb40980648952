// Alice's end of reconciliation: parities of her key for whoever asks, up to a cap. What asks is a stranger until its tag
// has been checked: every question is looked at, and a bad one gets a reason for an answer.

import type { Bits } from '../../lib/bits.ts'
import type { Bytes } from '../../lib/bytes.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import { bitsPerRange, leakOf, type ParityQuestion } from './reconciler.ts'
import { Shuffles } from './shuffle.ts'

/** More than any variant has. Each costs time and memory for every bit of the key. */
export const PASSES_MAX = 16

/** malformed: no question of this key; leak-cap: more bits than may be told. Nothing is told with either. */
export type QuestionFault = 'malformed' | 'leak-cap'

export class ParityAnswers {
  readonly #key: Bits
  readonly #shuffles: Shuffles
  readonly #leakCap: number
  readonly #prefixes: (Uint32Array | undefined)[] = []
  #leakedBits = 0

  constructor(key: Bits, seed: Bytes, leakCap: number) {
    this.#key = key
    this.#shuffles = new Shuffles(seed, key.length)
    this.#leakCap = leakCap
  }

  /** Bits told about the key so far. */
  get leakedBits(): number {
    return this.#leakedBits
  }

  /** What is asked, range by range, a syndrome most significant bit first. */
  answer(questions: readonly ParityQuestion[]): Result<Bits, QuestionFault> {
    if (questions.length === 0 || !questions.every((question) => this.#isOfThisKey(question))) return fail('malformed')
    const leak = leakOf(questions)
    if (this.#leakedBits + leak > this.#leakCap) return fail('leak-cap')
    this.#leakedBits += leak
    const told = new Uint8Array(leak)
    let next = 0
    for (const question of questions) next = this.#tell(question, told, next)
    return ok(told)
  }

  wipe(): void {
    for (const prefix of this.#prefixes) prefix?.fill(0)
  }

  #isOfThisKey({ pass, kind, length, starts }: ParityQuestion): boolean {
    const places = this.#key.length
    // Blocks of a power of two may reach beyond the key, but never twice as far.
    const fits = pass >= 0 && pass < PASSES_MAX && length >= 1 && length <= 2 * places && starts.length > 0
    if (!fits || !Number.isInteger(pass) || !Number.isInteger(length)) return false
    if (kind === 'syndrome' && (length === 1 || (length & (length - 1)) !== 0)) return false
    for (let i = 0; i < starts.length; i++) {
      const start = starts[i]!
      if (start >= places || (kind === 'syndrome' && start % length !== 0)) return false
    }
    return true
  }

  #tell(question: ParityQuestion, told: Bits, from: number): number {
    const { pass, kind, length, starts } = question
    const prefix = this.#prefixOf(pass)
    const last = prefix.length - 1
    const bits = bitsPerRange(question)
    let next = from
    for (let i = 0; i < starts.length; i++) {
      const start = starts[i]!
      const record = prefix[Math.min(start + length, last)]! ^ prefix[start]!
      if (kind === 'parity') told[next++] = record & 1
      else for (let bit = bits; bit > 0; bit--) told[next++] = (record >>> bit) & 1
    }
    return next
  }

  /** Entry p: XOR over the places below p of her ones of (2 place + 1). Any range's parity and syndrome is two entries. */
  #prefixOf(pass: number): Uint32Array {
    const known = this.#prefixes[pass]
    if (known) return known
    const order = this.#shuffles.order(pass)
    const prefix = new Uint32Array(order.length + 1)
    for (let place = 0; place < order.length; place++)
      prefix[place + 1] = prefix[place]! ^ (this.#key[order[place]!] === 1 ? 2 * place + 1 : 0)
    this.#prefixes[pass] = prefix
    return prefix
  }
}
