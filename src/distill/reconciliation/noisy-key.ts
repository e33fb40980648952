// Bob's key while it is being mended, seen in the orders of all passes at once: one bit turned over changes what is known
// of a block in each of them.

import type { Bits } from '../../lib/bits.ts'
import type { Bytes } from '../../lib/bytes.ts'
import { BlockTree } from './block-tree.ts'
import { placesOf, Shuffles } from './shuffle.ts'

export interface Pass {
  readonly order: Uint32Array
  readonly places: Uint32Array
  tree: BlockTree
}

export class NoisyKey {
  readonly bits: Bits
  readonly passes: Pass[] = []
  readonly #shuffles: Shuffles
  /** How often each bit was turned over. */
  readonly #turns: Uint8Array
  #flips = 0
  #corrected = 0

  constructor(bits: Bits, seed: Bytes) {
    this.bits = bits.slice()
    this.#shuffles = new Shuffles(seed, bits.length)
    this.#turns = new Uint8Array(bits.length)
  }

  get correctedBits(): number {
    return this.#corrected
  }

  /**
   * True when more bits were turned over than honest answers could bring about. Answers that contradict each other
   * would otherwise keep the two passes that they set at odds correcting each other for ever.
   */
  get hopeless(): boolean {
    return this.#flips > 4 * this.bits.length + 64
  }

  /** Begins the next pass, in blocks of `size`; `places` is the key's length, or more where blocks are never cut. */
  open(size: number, places: number): Pass {
    const order = this.#shuffles.order(this.passes.length)
    const pass: Pass = { order, places: placesOf(order), tree: new BlockTree(size, places) }
    this.passes.push(pass)
    return pass
  }

  /** XOR over the places of Bob's ones in a range of (2 place + 1), in the form of a tree's records. */
  record({ order }: Pass, start: number, end: number): number {
    const last = Math.min(end, order.length)
    let record = 0
    for (let place = start; place < last; place++) if (this.bits[order[place]!] === 1) record ^= 2 * place + 1
    return record
  }

  turnsAt({ order }: Pass, place: number): number {
    return this.#turns[order[place]!]!
  }

  /** Turns over the bit at a place of a pass, and calls `touched` with the block that holds it in each pass. */
  flip({ order }: Pass, place: number, touched: (pass: number, block: number) => void): void {
    const index = order[place]!
    this.#flips++
    // Stays at the top of its range without forgetting whether it is odd.
    const turns = this.#turns[index]! === 255 ? 254 : this.#turns[index]! + 1
    this.#turns[index] = turns
    this.#corrected += turns & 1 ? 1 : -1
    this.bits[index]! ^= 1
    for (let i = 0; i < this.passes.length; i++) {
      const { places, tree } = this.passes[i]!
      touched(i, tree.flip(places[index]!))
    }
  }

  wipe(): void {
    this.bits.fill(0)
    for (const { tree } of this.passes) tree.wipe()
  }
}
