// Cascade, asked in lock-step: all blocks of a pass with an odd number of errors are halved at the same time, one message
// a halving, until each has shown one error. Every error that is mended changes the parity of a block in each of the
// other passes, and those that turn odd join in at once. (Brassard and Salvail, EUROCRYPT '93)
//
// Which blocks are halved when is as in the published study whose figures the tests hold this to (B. Rijsman,
// cascade-cpp, 2020): a block stands in line once for every correction that touched it, and each time asks for itself.
// So nothing that was answered is asked again, but within one message the same half may stand twice, and counts twice.

import type { Bits } from '../../lib/bits.ts'
import type { Bytes } from '../../lib/bytes.ts'
import { splitOf } from './block-tree.ts'
import { NoisyKey } from './noisy-key.ts'
import { leakOf, type ParityQuestion, questionsOf, type Range, type Reconciler } from './reconciler.ts'

interface BlockInLine {
  readonly pass: number
  readonly block: number
}

/** A range whose parity was asked for; `at` is where its record goes. */
interface AskedRange extends Range, BlockInLine {
  readonly at: number
}

export class Cascade implements Reconciler {
  readonly #key: NoisyKey
  readonly #blockSizes: readonly number[]
  #line: BlockInLine[] = []
  /** What the questions ask, in the order of their answers. */
  #asked: readonly AskedRange[] = []
  #questions: readonly ParityQuestion[] = []
  #leakedBits = 0

  /** `blockSizes`: one pass each. `seed`: what Alice shuffles by too. */
  constructor(key: Bits, seed: Bytes, blockSizes: readonly number[]) {
    this.#key = new NoisyKey(key, seed)
    this.#blockSizes = blockSizes
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
    if (this.#key.hopeless) return 'finished'
    let asked = this.#halve()
    while (asked.length === 0 && this.#key.passes.length < this.#blockSizes.length && this.#key.bits.length > 0)
      asked = this.#openPass()
    if (asked.length === 0 || this.#key.hopeless) return 'finished'
    this.#line = asked.slice()
    this.#asked = asked
    this.#questions = questionsOf(asked, 'parity')
    return this.#questions
  }

  answer(parities: Bits): boolean {
    if (parities.length !== this.#asked.length) return false
    this.#leakedBits += leakOf(this.#questions)
    for (let i = 0; i < parities.length; i++) {
      const { pass: index, start, length, at } = this.#asked[i]!
      const pass = this.#key.passes[index]!
      pass.tree.learn(at, (this.#key.record(pass, start, start + length) & 1) ^ parities[i]!)
    }
    this.#asked = []
    return true
  }

  wipe(): void {
    this.#key.wipe()
  }

  /** All blocks of the next pass. */
  #openPass(): AskedRange[] {
    const { passes, bits } = this.#key
    const length = Math.min(bits.length, this.#blockSizes[passes.length]!)
    const pass = passes.length
    this.#key.open(length, bits.length)
    const blocks: AskedRange[] = []
    for (let block = 0; block < bits.length; block += length)
      blocks.push({ pass, block, start: block, length, at: block })
    return blocks
  }

  /** Mends what is known by now, and returns the left halves that the odd blocks in line ask for. */
  #halve(): AskedRange[] {
    const key = this.#key
    const asked: AskedRange[] = []
    // The line grows while it is worked off.
    for (let i = 0; i < this.#line.length && !key.hopeless; i++) {
      const { pass, block } = this.#line[i]!
      const { tree } = key.passes[pass]!
      if (!tree.isOdd(block)) continue
      const { start, end } = tree.narrow(block)
      if (end - start > 1) {
        const at = splitOf(start, end)
        asked.push({ pass, block, start, length: at - start, at })
      } else {
        key.flip(key.passes[pass]!, start, (other, touched) => {
          if (other !== pass) this.#line.push({ pass: other, block: touched })
        })
      }
    }
    this.#line = []
    return asked
  }
}
