import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { randomBytes, SeededRandom } from '../lib/random.ts'
import { DIGIT_BITS, productDigits } from './product.ts'

const BASE = 2 ** DIGIT_BITS

const integerOf = (digits: Uint16Array): bigint =>
  BigInt(
    `0x0${[...digits]
      .reverse()
      .map((digit) => digit.toString(16).padStart(DIGIT_BITS / 4, '0'))
      .join('')}`,
  )

/** (x y + b) mod 4096^count from digit `low` on, by BigInt. */
function slowDigits(x: Uint16Array, y: Uint16Array, b: Uint16Array, low: number, count: number): Uint16Array {
  const sum = BigInt.asUintN(DIGIT_BITS * count, integerOf(x) * integerOf(y) + integerOf(b)) >> BigInt(DIGIT_BITS * low)
  const text = sum.toString(16).padStart((DIGIT_BITS / 4) * (count - low), '0')
  return Uint16Array.from({ length: count - low }, (_, i) =>
    Number.parseInt(text.slice(text.length - 3 * (i + 1), text.length - 3 * i), 16),
  )
}

const digit = fc.oneof(fc.nat(BASE - 1), fc.constantFrom(0, 1, BASE / 2 - 1, BASE / 2, BASE - 1))
const numberOf = (max: number) => fc.array(digit, { maxLength: max }).map((list) => Uint16Array.from(list))
const sums = fc
  .integer({ min: 1, max: 70 })
  .chain((count) => fc.tuple(numberOf(count), numberOf(count), numberOf(count), fc.nat(count - 1), fc.constant(count)))

function drawDigits(random: SeededRandom, length: number): Uint16Array {
  const bytes = randomBytes(random, 2 * length)
  return Uint16Array.from({ length }, (_, i) => (bytes[2 * i]! + 256 * bytes[2 * i + 1]!) % BASE)
}

describe('digits of a product', () => {
  test('are those that BigInt gives, for numbers of all kinds', () => {
    fc.assert(
      fc.property(sums, ([x, y, b, low, count]) => {
        expect(productDigits(x, y, b, low, count)).toEqual(slowDigits(x, y, b, low, count))
      }),
      { numRuns: 2_000 },
    )
  })

  test.each([125, 1_024, 1_025, 4_097, 20_000, 131_073])('are exact for %d digits, random and the largest', (count) => {
    const random = new SeededRandom(`digits ${count}`)
    const low = Math.floor(count / 2)
    const full = new Uint16Array(count).fill(BASE - 1)
    // All of half a base: the largest balanced digits, all of one sign.
    const half = new Uint16Array(count).fill(BASE / 2)
    const [x, y, b] = [drawDigits(random, low), drawDigits(random, count), drawDigits(random, count)]
    for (const [left, right] of [
      [x, y],
      [full, full],
      [half, half],
      [half, full],
    ] as const)
      expect(productDigits(left, right, b, low, count)).toEqual(slowDigits(left, right, b, low, count))
  })

  test('are exact where the guard digits leave it open what comes from below', () => {
    const [low, count] = [40, 60]
    const one = Uint16Array.of(1)
    for (const filled of [0, BASE - 1]) {
      for (let from = 0; from <= low; from++) {
        const y = new Uint16Array(count).fill(123)
        y.fill(filled, from, low)
        for (const b of [Uint16Array.of(0), Uint16Array.of(1), new Uint16Array(from).fill(BASE - 1)])
          expect(productDigits(one, y, b, low, count)).toEqual(slowDigits(one, y, b, low, count))
        // From below it takes away as well: balanced, 4095 is -1 with a carry.
        const x = new Uint16Array(30).fill(BASE - 1)
        expect(productDigits(x, y, one, low, count)).toEqual(slowDigits(x, y, one, low, count))
      }
    }
    const nothing = new Uint16Array(0)
    expect(productDigits(nothing, nothing, nothing, low, count)).toEqual(new Uint16Array(count - low))
  })

  test('leave what they were made of as it was', () => {
    const random = new SeededRandom('kept')
    const [x, y, b] = [drawDigits(random, 50), drawDigits(random, 80), drawDigits(random, 80)]
    const before = [x.slice(), y.slice(), b.slice()]
    productDigits(x, y, b, 40, 80)
    expect([x, y, b]).toEqual(before)
    expect(() => productDigits(x, y, b, 40, 79)).toThrow('at most 79 digits, got 80')
  })
})
