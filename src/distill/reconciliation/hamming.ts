// Cascade's passes with Winnow's questions: where a block has an odd number of errors, all the parities that a Hamming
// code has for it are asked at once, and name the place of the error if there is just one. That tells as many bits as
// halving the block would, in one round trip instead of log2(length). (Buttler, Lamoreaux, Torgerson, Nickel, Donahue,
// Peterson, Phys. Rev. A 67, 052303 (2003); unlike theirs, no bit is discarded. Passes and the way back through earlier
// ones: Brassard and Salvail, EUROCRYPT '93. The combination, and the rule below, are this project's own.)
//
// Three errors in one block name a place where there is none, or one of another block. What is turned over there makes a
// fourth, which later passes find. So a syndrome is believed only up to a point: a bit may be turned over twice on the
// word of a whole block, once more for each time that the range which names it was halved, and any number of times where
// two places are left. A syndrome that isn't believed, or names a place outside its range, is halved: the syndrome of
// the left half is asked for, and the right one follows from it.

import type { Bits } from '../../lib/bits.ts'
import type { Bytes } from '../../lib/bytes.ts'
import { type OddRange, splitOf } from './block-tree.ts'
import { NoisyKey } from './noisy-key.ts'
import { bitsPerRange, leakOf, type ParityQuestion, questionsOf, type Range, type Reconciler } from './reconciler.ts'

/**
 * The next pass joins in as soon as what the ones before it still ask for is less than this share of its blocks. At 0 it
 * would wait for the last of them: one or two round trips more, for 2 % fewer bits.
 */
const JOINS = 0.25

/** A range whose syndrome was asked for; `at` is where its record goes. */
interface AskedRange extends Range {
  readonly at: number
  readonly isOdd: boolean
}

export class Hamming implements Reconciler {
  readonly #key: NoisyKey
  readonly #blockSizes: readonly number[]
  /** Of each pass: blocks with an odd number of errors, and those whose syndrome is known. */
  readonly #odd: Set<number>[]
  readonly #located: Set<number>[]
  /** Passes that are being worked on. */
  #open = 0
  #asked: readonly AskedRange[] = []
  #questions: readonly ParityQuestion[] = []
  #leakedBits = 0

  /** `blockSizes`: powers of two from 2 on, one pass each. `seed`: what Alice shuffles by too. */
  constructor(key: Bits, seed: Bytes, blockSizes: readonly number[]) {
    this.#key = new NoisyKey(key, seed)
    this.#blockSizes = blockSizes
    this.#odd = blockSizes.map(() => new Set())
    this.#located = blockSizes.map(() => new Set())
  }

  get leakedBits(): number {
    return this.#leakedBits
  }

  get key(): Bits {
    return this.#key.bits
  }

  get correctedBits(): number {
    return this.#key.correctedBits
  }

  next(): readonly ParityQuestion[] | 'finished' {
    if (this.#questions.length > 0) return this.#questions
    if (this.#key.bits.length === 0 || this.#key.hopeless) return 'finished'
    if (this.#open === 0) {
      this.#questions = this.#openPasses()
      return this.#questions
    }
    let asked = this.#correct()
    while (this.#open < this.#blockSizes.length && asked.length < JOINS * this.#blocksOf(this.#open)) {
      this.#open++
      asked = this.#correct()
    }
    if (asked.length === 0 || this.#key.hopeless) return 'finished'
    this.#questions = questionsOf(asked, 'syndrome')
    this.#asked = asked
    return this.#questions
  }

  answer(parities: Bits): boolean {
    const leak = leakOf(this.#questions)
    if (parities.length !== leak) return false
    this.#leakedBits += leak
    if (this.#open === 0) this.#learnParities(parities)
    else this.#learnSyndromes(parities)
    this.#questions = []
    this.#asked = []
    return true
  }

  wipe(): void {
    this.#key.wipe()
  }

  /** Alice's parities don't depend on what is mended in between: those of all blocks of all passes come in one message. */
  #openPasses(): readonly ParityQuestion[] {
    return this.#blockSizes.map((size, pass) => {
      // Blocks are never cut, so that all places of a block's syndrome have a meaning.
      const blocks = this.#blocksOf(pass)
      this.#key.open(size, blocks * size)
      const starts = new Uint32Array(blocks)
      for (let i = 0; i < blocks; i++) starts[i] = i * size
      return { pass, kind: 'parity', length: size, starts }
    })
  }

  #blocksOf(pass: number): number {
    return Math.ceil(this.#key.bits.length / this.#blockSizes[pass]!)
  }

  #learnParities(parities: Bits): void {
    let next = 0
    this.#questions.forEach(({ starts, length }, index) => {
      const pass = this.#key.passes[index]!
      for (const start of starts) {
        const odd = (this.#key.record(pass, start, start + length) & 1) ^ parities[next++]!
        pass.tree.learn(start, odd)
        if (odd) this.#odd[index]!.add(start)
      }
    })
    this.#open = 1
  }

  #learnSyndromes(parities: Bits): void {
    let next = 0
    let item = 0
    for (const question of this.#questions) {
      const pass = this.#key.passes[question.pass]!
      for (const start of question.starts) {
        const { at, isOdd } = this.#asked[item++]!
        let hers = 0
        for (let bit = bitsPerRange(question); bit > 0; bit--) hers = 2 * hers + parities[next++]!
        const his = this.#key.record(pass, start, start + question.length) >>> 1
        // The higher bits of a place are the range's own, and are left over where its errors are odd in number.
        const place = ((hers ^ his) & (question.length - 1)) + (isOdd ? start : 0)
        pass.tree.learn(at, 2 * place + (isOdd ? 1 : 0))
        if (at === start) this.#located[question.pass]!.add(start)
      }
    }
  }

  /** Mends whatever is named and believed, until nothing changes; returns what the blocks that stay odd ask for. */
  #correct(): AskedRange[] {
    for (;;) {
      const asked: AskedRange[] = []
      let mended = false
      for (let pass = 0; pass < this.#open; pass++) {
        // Blocks leave the set, and others come into it, while it is gone through.
        for (const block of this.#odd[pass]!) {
          const step = this.#step(pass, block)
          if (step === 'mended') mended = true
          else if (step !== 'stuck') asked.push(step)
        }
      }
      if (!mended || this.#key.hopeless) return asked
    }
  }

  #step(index: number, block: number): AskedRange | 'mended' | 'stuck' {
    const pass = this.#key.passes[index]!
    const { size } = pass.tree
    if (!this.#located[index]!.has(block)) return { pass: index, start: block, length: size, at: block, isOdd: true }
    const range = pass.tree.narrow(block)
    const place = range.errors >>> 1
    const named = place >= range.start && place < range.end && place < this.#key.bits.length
    if (named && this.#believes(index, range, place)) {
      this.#key.flip(pass, place, (other, touched) => {
        if (this.#key.passes[other]!.tree.isOdd(touched)) this.#odd[other]!.add(touched)
        else this.#odd[other]!.delete(touched)
      })
      return 'mended'
    }
    const { start, end, errors } = range
    // Only answers that contradict each other leave two places of which neither can be wrong.
    if (end - start <= 2) return 'stuck'
    const at = splitOf(start, end)
    const length = at - start
    const rightIsOdd = ((errors >>> 1) & length) !== 0
    return { pass: index, start, length, at, isOdd: !rightIsOdd }
  }

  #believes(index: number, { start, end }: OddRange, place: number): boolean {
    const pass = this.#key.passes[index]!
    const halvings = Math.clz32(end - start) - Math.clz32(pass.tree.size)
    return end - start <= 2 || this.#key.turnsAt(pass, place) < 2 + halvings
  }
}
