// Cascade's passes with Winnow's questions: where a block has an odd number of errors, all the parities that a Hamming
// code has for it are asked at once, and name the place of the error if there is just one. That tells as many bits as
// halving the block would, in one round trip instead of log2(length). (Buttler, Lamoreaux, Torgerson, Nickel, Donahue,
// Peterson, Phys. Rev. A 67, 052303 (2003); unlike theirs, no bit is discarded. Passes and the way back through earlier
// ones: Brassard and Salvail, EUROCRYPT '93. The combination, and the rules below, are this project's own.)
//
// The parities of the first pass tell how many errors there are. If its blocks turn out too large for that, the parities
// of their left halves are asked for, and the halves are the blocks; nothing was asked in vain.
//
// Three errors in one block name a place where there is none, or one of another block. What is turned over there makes a
// fourth, which later passes find. So a syndrome is believed only up to a point: a bit may be turned over twice on the
// word of a whole block, once more for each time that the range which names it was halved, and any number of times where
// two places are left. A syndrome that isn't believed, or names a place outside its range, is halved: the syndrome of
// the left half is asked for, and the right one follows from it.

import type { Bits } from '../../lib/bits.ts'
import type { Bytes } from '../../lib/bytes.ts'
import { BlockTree, type OddRange, splitOf } from './block-tree.ts'
import { NoisyKey, type Pass } from './noisy-key.ts'
import { bitsPerRange, leakOf, type ParityQuestion, questionsOf, type Range, type Reconciler } from './reconciler.ts'

/** Errors a block of the first pass, above which it is halved: three in one block become too many. */
const ERRORS_MAX = 0.7
/**
 * The next pass joins in as soon as what the ones before it still ask for is less than this share of its blocks. At 0 it
 * would wait for the last of them: one or two round trips more, for 2 % fewer bits.
 */
const JOINS = 0.25

/** A range whose syndrome is asked for; `at` is where its record goes. */
interface OddPart extends Range {
  readonly at: number
  readonly isOdd: boolean
}

/** A question, and what is learnt from the answer for its i-th range, a number of as many bits. */
interface Asked {
  readonly question: ParityQuestion
  readonly learn: (i: number, told: number) => void
}

export class Hamming implements Reconciler {
  readonly #key: NoisyKey
  readonly #blockSizes: (errorRate: number) => readonly number[]
  readonly #expectedRate: number
  /** Of each pass: blocks with an odd number of errors, and those whose syndrome is known. */
  readonly #odd: Set<number>[] = []
  readonly #located: Set<number>[] = []
  /** Passes that are being worked on. */
  #open = 0
  #asked: readonly Asked[] = []
  #questions: readonly ParityQuestion[] = []
  #leakedBits = 0

  /** `blockSizes`: of all passes, for an error rate; powers of two from 2 on. `seed`: what Alice shuffles by too. */
  constructor(key: Bits, seed: Bytes, expectedRate: number, blockSizes: (errorRate: number) => readonly number[]) {
    this.#key = new NoisyKey(key, seed)
    this.#blockSizes = blockSizes
    this.#expectedRate = expectedRate
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
    if (this.#asked.length > 0) return this.#questions
    if (this.#key.bits.length === 0 || this.#key.hopeless) return 'finished'
    this.#asked = this.#ask()
    this.#questions = this.#asked.map(({ question }) => question)
    return this.#asked.length === 0 || this.#key.hopeless ? 'finished' : this.#questions
  }

  answer(parities: Bits): boolean {
    if (this.#asked.length === 0 || parities.length !== leakOf(this.#questions)) return false
    this.#leakedBits += parities.length
    let next = 0
    for (const { question, learn } of this.#asked) {
      const bits = bitsPerRange(question)
      for (let i = 0; i < question.starts.length; i++) {
        let told = 0
        for (let bit = 0; bit < bits; bit++) told = 2 * told + parities[next++]!
        learn(i, told)
      }
    }
    this.#asked = []
    return true
  }

  wipe(): void {
    this.#key.wipe()
  }

  #ask(): readonly Asked[] {
    const { passes } = this.#key
    if (passes.length === 0) return [this.#openPass(this.#blockSizes(this.#expectedRate)[0]!)]
    if (this.#open > 0) return this.#syndromes()
    const first = passes[0]!
    // One standard deviation up: a halving too many costs little, blocks that stay too large cost much.
    const { size } = first.tree
    if (size > 2 && size * this.#errorRate(1) > ERRORS_MAX) return [this.#halveFirst()]
    // Alice's parities don't depend on what is mended in between: those of all other passes come in one message.
    const others = this.#blockSizes(this.#errorRate(0)).slice(1)
    this.#open = 1
    const found = this.#correct()
    return [...others.map((size) => this.#openPass(size)), ...this.#asks(found)]
  }

  /** Blocks of `size` in a new order, never cut, so that all places of a block's syndrome have a meaning. */
  #openPass(size: number): Asked {
    const index = this.#key.passes.length
    const starts = this.#startsOf(size)
    const pass = this.#key.open(size, starts.length * size)
    this.#odd.push(new Set())
    this.#located.push(new Set())
    return {
      question: { pass: index, kind: 'parity', length: size, starts },
      learn: (i, told) => this.#learnBlock(index, starts[i]!, told ^ this.#parity(pass, starts[i]!, size)),
    }
  }

  /** The first pass again, in blocks half as large: what is asked of a left half tells of the right one too. */
  #halveFirst(): Asked {
    const pass = this.#key.passes[0]!
    const { tree } = pass
    const size = tree.size / 2
    const odd = new Set(this.#odd[0]!)
    pass.tree = new BlockTree(size, tree.places)
    this.#odd[0]!.clear()
    const starts = this.#startsOf(tree.size)
    return {
      question: { pass: 0, kind: 'parity', length: size, starts },
      learn: (i, told) => {
        const start = starts[i]!
        const left = told ^ this.#parity(pass, start, size)
        this.#learnBlock(0, start, left)
        this.#learnBlock(0, start + size, left ^ (odd.has(start) ? 1 : 0))
      },
    }
  }

  #startsOf(size: number): Uint32Array {
    const starts = new Uint32Array(Math.ceil(this.#key.bits.length / size))
    for (let i = 0; i < starts.length; i++) starts[i] = i * size
    return starts
  }

  #learnBlock(index: number, block: number, odd: number): void {
    this.#key.passes[index]!.tree.learn(block, odd)
    if (odd) this.#odd[index]!.add(block)
  }

  #parity(pass: Pass, start: number, length: number): number {
    return this.#key.record(pass, start, start + length) & 1
  }

  /** From the share of the first pass's blocks that are odd, (1 - (1 - 2Q)^size) / 2, `sigmas` above what it is. */
  #errorRate(sigmas: number): number {
    const { size } = this.#key.passes[0]!.tree
    const blocks = Math.ceil(this.#key.bits.length / size)
    const share = (this.#odd[0]!.size + sigmas * Math.sqrt(blocks / 4)) / blocks
    return (1 - Math.max(0, 1 - 2 * share) ** (1 / size)) / 2
  }

  #syndromes(): readonly Asked[] {
    const { passes, bits } = this.#key
    const joins = (): boolean => {
      const next = passes[this.#open]
      return next !== undefined && found.length < (JOINS * bits.length) / next.tree.size
    }
    let found = this.#correct()
    for (; joins(); found = this.#correct()) this.#open++
    return this.#asks(found)
  }

  #asks(found: OddPart[]): readonly Asked[] {
    let next = 0
    return questionsOf(found, 'syndrome').map((question) => {
      const parts = found.slice(next, next + question.starts.length)
      next += parts.length
      return { question, learn: (i, told) => this.#learnSyndrome(parts[i]!, told) }
    })
  }

  #learnSyndrome({ pass: index, start, length, at, isOdd }: OddPart, hers: number): void {
    const pass = this.#key.passes[index]!
    const his = this.#key.record(pass, start, start + length) >>> 1
    // The higher bits of a place are the range's own, and are left over where its errors are odd in number.
    const place = ((hers ^ his) & (length - 1)) + (isOdd ? start : 0)
    pass.tree.learn(at, 2 * place + (isOdd ? 1 : 0))
    if (at === start) this.#located[index]!.add(start)
  }

  /** Mends whatever is named and believed, until nothing changes; returns what the blocks that stay odd ask for. */
  #correct(): OddPart[] {
    for (;;) {
      const found: OddPart[] = []
      let mended = false
      for (let pass = 0; pass < this.#open; pass++) {
        // Blocks leave the set, and others come into it, while it is gone through.
        for (const block of this.#odd[pass]!) {
          const step = this.#step(pass, block)
          if (step === 'mended') mended = true
          else if (step !== 'stuck') found.push(step)
        }
      }
      if (!mended || this.#key.hopeless) return found
    }
  }

  #step(index: number, block: number): OddPart | 'mended' | 'stuck' {
    const pass = this.#key.passes[index]!
    const { size } = pass.tree
    if (!this.#located[index]!.has(block)) return { pass: index, start: block, length: size, at: block, isOdd: true }
    const range = pass.tree.narrow(block)
    const place = range.errors >>> 1
    const named = place >= range.start && place < range.end && place < this.#key.bits.length
    if (named && this.#believes(pass, range, place)) {
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

  #believes(pass: Pass, { start, end }: OddRange, place: number): boolean {
    const halvings = Math.clz32(end - start) - Math.clz32(pass.tree.size)
    return end - start <= 2 || this.#key.turnsAt(pass, place) < 2 + halvings
  }
}
