import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { asSecret, type Bits, packBits } from '../lib/bits.ts'
import { equalBytes, toHex } from '../lib/bytes.ts'
import { randomBytes, SeededRandom } from '../lib/random.ts'
import { amplify, seedBytes } from './amplification.ts'

const bitsOf = (value: number, length: number): Bits =>
  Uint8Array.from({ length }, (_, i) => (value >> (length - 1 - i)) & 1)
const integerOf = (bits: Uint8Array): number => bits.reduce((value, bit) => 2 * value + bit, 0)

/** Bits of a seed: w bits each of a and b, right-aligned in their bytes, where amplify reads them. */
function seedOf(a: Bits, b: Bits): Uint8Array {
  const align = (bits: Bits): Uint8Array => {
    const padded = new Uint8Array(8 * Math.ceil(bits.length / 8))
    padded.set(bits, padded.length - bits.length)
    return packBits(padded)
  }
  return Uint8Array.from([...align(a), ...align(b)])
}

/** ((a x + b) mod 2^w) >> (w - l), one bit and one carry at a time. */
function slowAmplify(key: Bits, a: Bits, b: Bits, length: number): Bits {
  const w = a.length
  const sum = Array.from({ length: w }, (_, i) => b[w - 1 - i]!)
  for (let j = 0; j < key.length; j++) {
    if (key[key.length - 1 - j] === 0) continue
    let carry = 0
    for (let i = j; i < w; i++) {
      const total = sum[i]! + a[w - 1 - (i - j)]! + carry
      sum[i] = total & 1
      carry = total >> 1
    }
  }
  return Uint8Array.from(sum.reverse().slice(0, length))
}

/** The same by BigInt. */
function bigIntAmplify(key: Bits, seed: Uint8Array, length: number): Bits {
  const w = key.length + length - 1
  const integer = (bytes: Uint8Array) => BigInt(`0x${toHex(bytes)}`)
  const x = integer(packBits(key)) >> BigInt(-key.length & 7)
  const [a, b] = [seed.subarray(0, seed.length / 2), seed.subarray(seed.length / 2)].map(integer)
  const hashed = BigInt.asUintN(w, a! * x + b!) >> BigInt(w - length)
  return Uint8Array.from(hashed.toString(2).padStart(length, '0'), Number)
}

describe('privacy amplification', () => {
  const sizes = [1, 2, 3, 4].flatMap((n) => Array.from({ length: n }, (_, i) => [n, i + 1] as const))

  test.each(sizes)('is two-universal, counted over all seeds: %d bits to %d', (n, l) => {
    const w = n + l - 1
    // table[seed] holds the value of every key under that seed.
    const tables: number[][] = []
    for (let a = 0; a < 2 ** w; a++) {
      for (let b = 0; b < 2 ** w; b++) {
        const seed = seedOf(bitsOf(a, w), bitsOf(b, w))
        tables.push(Array.from({ length: 2 ** n }, (_, x) => integerOf(amplify(asSecret(bitsOf(x, n)), seed, l))))
      }
    }
    for (let x = 0; x < 2 ** n; x++) {
      for (let y = 0; y < x; y++) {
        const collisions = tables.filter((table) => table[x] === table[y]).length
        expect(collisions, `keys ${x} and ${y}`).toBeLessThanOrEqual(tables.length / 2 ** l)
      }
    }
  })

  test('agrees with the same sum done bit by bit', () => {
    const input = fc.integer({ min: 1, max: 90 }).chain((n) =>
      fc.integer({ min: 1, max: n }).chain((l) => {
        const string = (length: number) => fc.array(fc.nat(1), { minLength: length, maxLength: length })
        return fc.tuple(string(n), string(n + l - 1), string(n + l - 1), fc.constant(l))
      }),
    )
    fc.assert(
      fc.property(input, ([x, a, b, l]) => {
        const [key, left, right] = [Uint8Array.from(x), Uint8Array.from(a), Uint8Array.from(b)]
        const seed = seedOf(left, right)
        expect(seed.length).toBe(seedBytes(key.length, l))
        expect(amplify(asSecret(key), seed, l)).toEqual(slowAmplify(key, left, right, l))
      }),
    )
  })

  test.each([
    [1_000, 1],
    [13_000, 1_664],
    [13_001, 13_001],
    [20_011, 4_999],
    [300_000, 140_001],
  ])('agrees with the same sum by BigInt: %d bits to %d', (n, l) => {
    const random = new SeededRandom(`bigint ${n}`)
    const key = randomBytes(random, n).map((byte) => byte & 1)
    const seed = randomBytes(random, seedBytes(n, l))
    const ones = new Uint8Array(seed.length).fill(255)
    for (const bits of [key, new Uint8Array(n), new Uint8Array(n).fill(1)]) {
      for (const each of [seed, ones])
        expect(equalBytes(amplify(asSecret(bits), each, l), bigIntAmplify(bits, each, l))).toBe(true)
    }
  })

  test('ignores the excess bits of a seed, and makes other bits of another seed', () => {
    const random = new SeededRandom('seeds')
    const key = asSecret(randomBytes(random, 1_001).map((byte) => byte & 1))
    const seed = randomBytes(random, seedBytes(1_001, 500))
    const excess = seed.slice()
    excess[0]! ^= 0xf0
    expect(amplify(key, excess, 500)).toEqual(amplify(key, seed, 500))
    expect(amplify(key, randomBytes(random, seed.length), 500)).not.toEqual(amplify(key, seed, 500))
  })

  test('refuses a seed or a length that does not fit', () => {
    const key = asSecret(new Uint8Array(100))
    expect(() => amplify(key, new Uint8Array(seedBytes(100, 50) - 1), 50)).toThrow('a seed of')
    expect(() => amplify(key, new Uint8Array(seedBytes(100, 101)), 101)).toThrow('1 to 100 bits')
    expect(() => amplify(key, new Uint8Array(seedBytes(100, 0)), 0)).toThrow('1 to 100 bits')
  })
})
