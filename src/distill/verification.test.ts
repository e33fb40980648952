import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toHex } from '../lib/bytes.ts'
import { randomBytes, SeededRandom } from '../lib/random.ts'
import { checkOf } from './verification.ts'

/** The same hash, bit by bit over BigInt: GHASH of NIST SP 800-38D, algorithms 1 and 2. */
function slowCheck(bits: readonly number[], key: Uint8Array): string {
  const text =
    bits.join('').padEnd(Math.ceil(bits.length / 128) * 128, '0') + bits.length.toString(2).padStart(128, '0')
  const hashKey = BigInt(`0x${toHex(key)}`)
  let state = 0n
  for (let i = 0; i < text.length; i += 128) state = multiply(state ^ BigInt(`0b${text.slice(i, i + 128)}`), hashKey)
  return (state >> 64n).toString(16).padStart(16, '0')
}

function multiply(x: bigint, y: bigint): bigint {
  let [z, v] = [0n, y]
  for (let i = 127n; i >= 0n; i--) {
    if ((x >> i) & 1n) z ^= v
    v = v & 1n ? (v >> 1n) ^ (0xe1n << 120n) : v >> 1n
  }
  return z
}

const bits = fc.array(fc.nat(1), { maxLength: 600 })
const key = fc.uint8Array({ minLength: 16, maxLength: 16 })

describe('the check', () => {
  test('is the polynomial hash computed bit by bit', () => {
    fc.assert(
      fc.property(bits, key, (of, under) => {
        expect(toHex(checkOf(Uint8Array.from(of), under))).toBe(slowCheck(of, under))
      }),
    )
  })

  test('tells keys apart that differ only by zeros at their end', () => {
    const under = randomBytes(new SeededRandom('zeros'), 16)
    const checks = [0, 1, 127, 128, 129, 256].map((length) => toHex(checkOf(new Uint8Array(length), under)))
    expect(new Set(checks).size).toBe(checks.length)
  })

  test('cut to 8 bits misses at the rate of its bound, at full length never', () => {
    // 20,000 hash keys. Bound: (blocks + 1) / 256; a polynomial without structure misses with 1/256, sigma 8.8 of 78.
    const random = new SeededRandom('misses')
    const mine = randomBytes(random, 300).map((byte) => byte & 1)
    const theirs = mine.slice()
    theirs[17]! ^= 1
    theirs[250]! ^= 1
    const [runs, blocks] = [20_000, 3]
    let missed = 0
    let missedWhole = 0
    for (let run = 0; run < runs; run++) {
      const under = randomBytes(random, 16)
      const [a, b] = [checkOf(mine, under), checkOf(theirs, under)]
      if (a[0] === b[0]) missed++
      if (a.every((byte, i) => byte === b[i])) missedWhole++
    }
    expect(missed / runs).toBeLessThan((blocks + 1) / 256)
    expect(Math.abs(missed - runs / 256)).toBeLessThan(5 * Math.sqrt(runs / 256))
    expect(missedWhole).toBe(0)
  })
})
