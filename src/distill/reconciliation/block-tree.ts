// What Bob knows of the errors in the blocks of one pass. A block is a binary tree of ranges of places: each range of
// two or more splits at start + floor(length / 2). Every known range has a record of its errors,
//
//   XOR over the places of its errors of (2 place + 1)
//
// so the lowest bit says whether they are odd in number, and the rest is the place of the error where there is just one.
// Where only the parity was asked, the rest means nothing. A block's record lies at its start, a left half's at the
// split, which is the start of the right half; the right half's is that of the whole XOR the left one's, and is never
// asked for. So one array of as many records as places holds all trees of the pass.

/** A range that holds an odd number of errors. */
export interface OddRange {
  readonly start: number
  readonly end: number
  readonly errors: number
}

export class BlockTree {
  readonly #known: Uint8Array
  readonly #errors: Uint32Array

  /** Blocks of `size` places, the last one cut at `places`. */
  constructor(
    readonly size: number,
    readonly places: number,
  ) {
    this.#known = new Uint8Array(places)
    this.#errors = new Uint32Array(places)
  }

  endOf(block: number): number {
    return Math.min(block + this.size, this.places)
  }

  /** A record of the block that starts at `at`, or of the left half of the range that splits at `at`. */
  learn(at: number, errors: number): void {
    this.#known[at] = 1
    this.#errors[at] = errors
  }

  isOdd(block: number): boolean {
    return (this.#errors[block]! & 1) === 1
  }

  /** The bit at `place` was turned over. Returns the block that holds it. */
  flip(place: number): number {
    const block = place - (place % this.size)
    const error = 2 * place + 1
    this.#errors[block]! ^= error
    let [start, end] = [block, this.endOf(block)]
    while (end - start > 1) {
      const split = splitOf(start, end)
      if (this.#known[split] === 0) break
      if (place < split) {
        this.#errors[split]! ^= error
        end = split
      } else start = split
    }
    return block
  }

  /** The smallest known range with an odd number of errors in a block that has one. */
  narrow(block: number): OddRange {
    let [start, end, errors] = [block, this.endOf(block), this.#errors[block]!]
    while (end - start > 1) {
      const split = splitOf(start, end)
      if (this.#known[split] === 0) break
      const left = this.#errors[split]!
      if (left & 1) {
        end = split
        errors = left
      } else {
        start = split
        errors ^= left
      }
    }
    return { start, end, errors }
  }

  wipe(): void {
    this.#errors.fill(0)
  }
}

export const splitOf = (start: number, end: number): number => start + ((end - start) >>> 1)
