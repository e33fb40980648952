// For tests only: Cascade in two plain versions, which count every parity anew from both keys and share no code with the
// real one but the shuffles.

import type { Bits } from '../../lib/bits.ts'
import type { Bytes } from '../../lib/bytes.ts'
import { Shuffles } from './shuffle.ts'

export interface TwinRun {
  readonly key: Bits
  readonly leakedBits: number
  readonly roundTrips: number
}

interface Block {
  readonly pass: number
  readonly start: number
  readonly end: number
  parityKnown: boolean
  left?: Block
  right?: Block
}

class Frame {
  readonly key: Bits
  readonly orders: Uint32Array[] = []
  readonly blocks: Block[][] = []

  constructor(
    readonly alice: Bits,
    bob: Bits,
    readonly seed: Bytes,
  ) {
    this.key = bob.slice()
  }

  openPass(size: number): readonly Block[] {
    const pass = this.orders.length
    const { length } = this.key
    this.orders.push(new Shuffles(this.seed, length).order(pass))
    const blocks: Block[] = []
    for (let start = 0; start < length; start += size)
      blocks.push({ pass, start, end: Math.min(length, start + size), parityKnown: true })
    this.blocks.push(blocks)
    return blocks
  }

  isOdd({ pass, start, end }: Block): boolean {
    const order = this.orders[pass]!
    let errors = 0
    for (let place = start; place < end; place++) errors += this.key[order[place]!]! ^ this.alice[order[place]!]!
    return errors % 2 === 1
  }

  /** Down to the smallest odd range that is known. */
  narrow(block: Block): Block {
    if (!block.left?.parityKnown) return block
    return this.narrow(this.isOdd(block.left) ? block.left : block.right!)
  }

  split(block: Block): Block {
    const { pass, start, end } = block
    const middle = start + Math.floor((end - start) / 2)
    block.left ??= { pass, start, end: middle, parityKnown: false }
    block.right ??= { pass, start: middle, end, parityKnown: false }
    return block.left
  }

  /** Mends the error at the only place of a range, and returns the blocks of the other passes that hold it. */
  mend({ pass, start }: Block): readonly Block[] {
    const index = this.orders[pass]![start]!
    this.key[index] = this.key[index]! ^ 1
    return this.blocks.flatMap((blocks, other) => {
      const place = this.orders[other]!.indexOf(index)
      return other === pass ? [] : blocks.filter((block) => block.start <= place && place < block.end)
    })
  }
}

/** In lock-step, a block in line for every correction that touched it. */
export function slowCascade(alice: Bits, bob: Bits, seed: Bytes, sizes: readonly number[]): TwinRun {
  const frame = new Frame(alice, bob, seed)
  let [leakedBits, roundTrips] = [0, 0]
  for (const size of sizes) {
    const opened = frame.openPass(size)
    leakedBits += opened.length
    roundTrips++
    let line: Block[] = [...opened]
    while (line.length > 0) {
      const asked: { readonly block: Block; readonly left: Block }[] = []
      for (let i = 0; i < line.length; i++) {
        const block = line[i]!
        if (!frame.isOdd(block)) continue
        const range = frame.narrow(block)
        if (range.end - range.start === 1) line.push(...frame.mend(range))
        else asked.push({ block, left: frame.split(range) })
      }
      for (const { left } of asked) left.parityKnown = true
      leakedBits += asked.length
      if (asked.length > 0) roundTrips++
      line = asked.map(({ block }) => block)
    }
  }
  return { key: frame.key, leakedBits, roundTrips }
}

/** As it is told in the paper: one block at a time, the smallest with an odd number of errors first. */
export function textbookCascade(alice: Bits, bob: Bits, seed: Bytes, sizes: readonly number[]): TwinRun {
  const frame = new Frame(alice, bob, seed)
  let [leakedBits, roundTrips] = [0, 0]
  for (const size of sizes) {
    leakedBits += frame.openPass(size).length
    roundTrips++
    for (;;) {
      const odd = frame.blocks.flat().filter((block) => frame.isOdd(block))
      if (odd.length === 0) break
      let range = frame.narrow(odd.reduce((a, b) => (b.end - b.start < a.end - a.start ? b : a)))
      while (range.end - range.start > 1) {
        frame.split(range).parityKnown = true
        leakedBits++
        roundTrips++
        range = frame.narrow(range)
      }
      frame.mend(range)
    }
  }
  return { key: frame.key, leakedBits, roundTrips }
}
