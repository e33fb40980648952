import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { gather, NO_SETTING, rangesOf } from './ranges.ts'

const settings = fc
  .array(fc.constantFrom(0, 1, 2, NO_SETTING, NO_SETTING), { maxLength: 200 })
  .map((values) => Uint8Array.from(values))

describe('the ranges of arrived pairs', () => {
  test('ascend, are never empty, never touch, and hold just the pairs with a setting', () => {
    fc.assert(
      fc.property(settings, (values) => {
        const ranges = rangesOf(values)
        let next = -1
        for (const { start, count } of ranges) {
          expect(start).toBeGreaterThan(next)
          expect(count).toBeGreaterThan(0)
          next = start + count
        }
        const listed = ranges.flatMap(({ start, count }) => Array.from({ length: count }, (_, i) => start + i))
        expect(listed).toEqual([...values.keys()].filter((i) => values[i] !== NO_SETTING))
      }),
    )
  })

  test('gather the values of those pairs, in order', () => {
    fc.assert(
      fc.property(settings, (values) => {
        expect([...gather(values, rangesOf(values))]).toEqual([...values].filter((value) => value !== NO_SETTING))
      }),
    )
  })

  test('may be 2^20, far more than a message can name, without a throw', () => {
    const values = new Uint8Array(2 ** 21).map((_, i) => (i % 2 === 0 ? 1 : NO_SETTING))
    expect(gather(values, rangesOf(values)).length).toBe(2 ** 20)
  })
})
