import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BlockTree, type OddRange, splitOf } from './block-tree.ts'

/** XOR over the errors in a range of (2 place + 1), counted anew each time. */
const recordOf = (errors: ReadonlySet<number>, start: number, end: number): number =>
  [...errors].filter((place) => place >= start && place < end).reduce((record, place) => record ^ (2 * place + 1), 0)

/** The smallest known odd range, from the records of all ranges counted anew. */
function slowNarrow(errors: ReadonlySet<number>, known: ReadonlySet<number>, start: number, end: number): OddRange {
  const split = splitOf(start, end)
  if (end - start === 1 || !known.has(split)) return { start, end, errors: recordOf(errors, start, end) }
  return recordOf(errors, start, split) & 1
    ? slowNarrow(errors, known, start, split)
    : slowNarrow(errors, known, split, end)
}

describe('the tree of a pass', () => {
  test('knows of each block and half what counting anew gives, whatever is learnt and turned over in between', () => {
    const run = fc.integer({ min: 1, max: 70 }).chain((places) =>
      fc.record({
        places: fc.constant(places),
        size: fc.integer({ min: 1, max: 40 }),
        errors: fc.uniqueArray(fc.nat(places - 1)),
        steps: fc.array(fc.record({ place: fc.nat(places - 1), flips: fc.boolean() }), { maxLength: 60 }),
      }),
    )
    fc.assert(
      fc.property(run, ({ places, size, errors: list, steps }) => {
        const tree = new BlockTree(size, places)
        const errors = new Set(list)
        const known = new Set<number>()
        for (let block = 0; block < places; block += size) tree.learn(block, recordOf(errors, block, tree.endOf(block)))
        for (const { place, flips } of steps) {
          const block = place - (place % size)
          const end = tree.endOf(block)
          if (flips) {
            expect(tree.flip(place)).toBe(block)
            if (!errors.delete(place)) errors.add(place)
          } else if (tree.isOdd(block)) {
            // What a search asks next: the left half of the smallest odd range.
            const range = tree.narrow(block)
            const split = splitOf(range.start, range.end)
            if (range.end - range.start > 1) tree.learn(split, recordOf(errors, range.start, split))
            known.add(split)
          }
          expect(tree.isOdd(block)).toBe((recordOf(errors, block, end) & 1) === 1)
          if (tree.isOdd(block)) expect(tree.narrow(block)).toEqual(slowNarrow(errors, known, block, end))
        }
      }),
    )
  })
})
