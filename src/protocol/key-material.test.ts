import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seedBytes } from '../distill/amplification.ts'
import { packBits } from '../lib/bits.ts'
import { type Bytes, toHex } from '../lib/bytes.ts'
import { randomBytes, SeededRandom } from '../lib/random.ts'
import { allocate, distil, drawSeeds, seedsFit } from './key-material.ts'

const random = new SeededRandom('key material')
const keyOf = (length: number): Bytes => randomBytes(random, length).map((byte) => byte & 1)

describe('the bits taken from each block', () => {
  test('are all of the first, then of the next, and just those needed', () => {
    expect(allocate(100, [200])).toEqual([100])
    expect(allocate(100, [60, 60])).toEqual([60, 40])
    expect(allocate(100, [100, 60])).toEqual([100, 0])
    expect(allocate(100, [0, 100])).toEqual([0, 100])
  })

  test('are none where the blocks do not suffice', () => {
    expect(allocate(100, [60, 39])).toBe(null)
    expect(allocate(1, [])).toBe(null)
  })
})

describe('the seeds of a peer', () => {
  test('fit when they are those that an honest side draws', () => {
    fc.assert(
      fc.property(fc.integer({ min: 50, max: 400 }), fc.integer({ min: 0, max: 400 }), fc.nat(50), (n, m, less) => {
        const keys = [keyOf(n), keyOf(m)]
        const secret = [n - 40, Math.max(0, m - 60)]
        const needed = Math.max(1, secret[0]! + secret[1]! - less)
        const bits = allocate(needed, secret)!
        expect(seedsFit(keys, drawSeeds(keys, bits, random), needed, secret)).toBe(true)
      }),
    )
  })

  test('may take one bit that this side kept back, and no second one', () => {
    const keys = [keyOf(300)]
    const seeds = (bits: number) => [{ bits, seed: new Uint8Array(seedBytes(300, bits)) }]
    expect(seedsFit(keys, seeds(201), 201, [200])).toBe(true)
    expect(seedsFit(keys, seeds(202), 202, [200])).toBe(false)
  })

  test('take no bit of a block that gives none, and never more than it has', () => {
    const one = [{ bits: 1, seed: new Uint8Array(seedBytes(300, 1)) }]
    expect(seedsFit([keyOf(300)], one, 1, [0])).toBe(false)
    expect(seedsFit([keyOf(0)], [{ bits: 1, seed: new Uint8Array(0) }], 1, [0])).toBe(false)
    expect(seedsFit([keyOf(5)], [{ bits: 6, seed: new Uint8Array(seedBytes(5, 6)) }], 6, [5])).toBe(false)
  })

  test('never make a throw, and where they fit so does privacy amplification', () => {
    const block = fc.record({ bits: fc.integer({ min: 0, max: 300 }), seed: fc.nat(120) })
    const arbitrary = fc.tuple(fc.nat(200), fc.nat(200), fc.nat(200), fc.nat(200), fc.array(block, { maxLength: 3 }))
    fc.assert(
      fc.property(arbitrary, fc.boolean(), ([n, m, secretN, secretM, drawn], exact) => {
        const keys = [keyOf(n), keyOf(m)]
        const blocks = drawn.map(({ bits, seed }, i) => ({
          bits,
          seed: new Uint8Array(exact ? 2 * Math.ceil(((keys[i]?.length ?? 0) + bits - 1) / 8) : seed),
        }))
        const needed = blocks.reduce((sum, { bits }) => sum + bits, 0)
        const secret = [Math.min(n, secretN), Math.min(m, secretM)]
        if (needed > 128 && seedsFit(keys, blocks, needed, secret)) distil(keys, blocks, 1, 0)
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('the secret key of a session', () => {
  test('is cut into the pad, the new pairs and 16 bytes for `received`, in order, no bit twice', () => {
    const keys = [keyOf(2_000), keyOf(1_500)]
    const bits = [1_000, 8 * 20 + 2 * 512 + 128 - 1_000]
    const blocks = drawSeeds(keys, bits, random)
    const whole = distil(keys, blocks, (8 * 20 + 2 * 512) / 8, 0)
    const parts = distil(keys, blocks, 20, 2)
    expect([parts.pad.length, parts.pairs.length, parts.proof.length]).toEqual([160, 128, 16])
    const bytes = toHex(packBits(whole.pad)) + toHex(whole.proof)
    expect(toHex(packBits(parts.pad)) + toHex(parts.pairs) + toHex(parts.proof)).toBe(bytes)
  })

  test('is the same from equal keys, and another if a bit of a key or of a seed differs', () => {
    const keys = [keyOf(1_000)]
    const blocks = drawSeeds(keys, [512], random)
    const proof = (key: Bytes, seed: Bytes): string => toHex(distil([key], [{ bits: 512, seed }], 16, 0).proof)
    const flipped = (of: Bytes, at: number): Bytes => of.map((value, i) => (i === at ? value ^ 1 : value))
    const seed = blocks[0]!.seed
    expect(proof(keys[0]!.slice(), seed.slice())).toBe(proof(keys[0]!, seed))
    expect(proof(flipped(keys[0]!, 500), seed)).not.toBe(proof(keys[0]!, seed))
    // A bit of b, the added half, in the middle of what is kept.
    expect(proof(keys[0]!, flipped(seed, seed.length / 2 + 20))).not.toBe(proof(keys[0]!, seed))
  })
})
