import { describe, expect, test } from 'vitest'
import { SETTING_PAIRS, type SettingPair } from '../quantum/settings.ts'
import { binaryEntropy, keyLengthCollective, keyLengthTrusted, P0 } from './key-length.ts'
import type { Tally } from './tally.ts'
import { anglesOf, wernerCorrelation } from './testing.ts'
import { type KeyBlock, type VerdictTerms, verdict } from './verdict.ts'

const TERMS: VerdictTerms = { mode: 'efficient', epsilon: 1e-10, proof: 'trusted', neededBits: 1664 }

/** `count` rounds of each setting pair with just the expected differences. */
function tallyOf(count: number, correlationOf: (pair: SettingPair) => number): Tally {
  const entries = SETTING_PAIRS.map((pair) => [pair, { count, unequal: (count * (1 - correlationOf(pair))) / 2 }])
  return Object.fromEntries(entries) as Tally
}

const block = (pair: 'a3b2' | 'a2b1', keyBits: number): KeyBlock => ({ pair, keyBits, leakedBits: 0, tagBits: 64 })
const trusted = (keyBits: number, testBits: number, epsilon: number): number =>
  keyLengthTrusted({ keyBits, testBits, testErrorRate: P0, leakedBits: 0, tagBits: 64, epsilon }).secretBits

describe('the verdict', () => {
  test('keeps one bit of the length back', () => {
    const { blocks, secretBits, secretBitsTrusted } = verdict(TERMS, tallyOf(5_000, wernerCorrelation(1)), [
      block('a3b2', 9_000),
    ])
    expect(secretBits).toBe(trusted(9_000, 10_000, 1e-10) - 1)
    expect(secretBitsTrusted).toBe(secretBits)
    expect(blocks).toEqual([{ pair: 'a3b2', keyBits: 9_000, secretBits }])
  })

  test('judges each block of the textbook mode with half the epsilon', () => {
    const tally = tallyOf(5_000, wernerCorrelation(1))
    const { secretBits } = verdict({ ...TERMS, mode: 'textbook' }, tally, [block('a3b2', 9_000), block('a2b1', 8_000)])
    expect(secretBits).toBe(trusted(9_000, 10_000, 5e-11) - 1 + trusted(8_000, 10_000, 5e-11) - 1)
  })

  test('is enough from just the bits needed on', () => {
    const tally = tallyOf(5_000, wernerCorrelation(1))
    const { secretBits } = verdict(TERMS, tally, [block('a3b2', 9_000)])
    expect(verdict({ ...TERMS, neededBits: secretBits }, tally, [block('a3b2', 9_000)]).enough).toBe(true)
    expect(verdict({ ...TERMS, neededBits: secretBits + 1 }, tally, [block('a3b2', 9_000)]).enough).toBe(false)
  })

  test('shows both proofs and decides by the one chosen; (a2,b1) gives nothing under the collective one', () => {
    const tally = tallyOf(500_000, wernerCorrelation(0.999))
    const blocks = [block('a3b2', 500_000), block('a2b1', 500_000)]
    const terms = { ...TERMS, mode: 'textbook' } as const
    const [byTrusted, byCollective] = [
      verdict(terms, tally, blocks),
      verdict({ ...terms, proof: 'collective' }, tally, blocks),
    ]
    const winRate = 1 - P0 - 0.0005 / Math.SQRT2
    const setting = { count: 500_000, winRate }
    const settings = [setting, setting, setting, setting] as const
    const length = keyLengthCollective({
      keyBits: 500_000,
      settings,
      leakedBits: 0,
      tagBits: 64,
      epsilon: 1e-10,
    }).secretBits
    expect(byCollective.secretBits).toBe(length - 1)
    expect(byTrusted.secretBitsCollective).toBe(length - 1)
    expect(byCollective.blocks[1]!.secretBits).toBe(0)
    expect(byCollective.secretBitsTrusted).toBe(byTrusted.secretBits)
    expect(byTrusted.secretBits).toBeGreaterThan(byCollective.secretBits)
  })

  test('finds no key where the QBER looks harmless but S shows Eve (67.5 degrees), nor in the mirror trap (90)', () => {
    for (const degrees of [67.5, 90]) {
      const phi = (degrees * Math.PI) / 180
      const tally = tallyOf(1e6, (pair) => {
        const [alice, bob] = anglesOf(pair)
        return Math.cos(alice - phi) * Math.cos(bob - phi)
      })
      const qber = Math.cos(phi) ** 2 / 2
      const leaking = { ...block('a3b2', 1e6), leakedBits: 1.16e6 * binaryEntropy(qber) }
      const { readings, enough, secretBits } = verdict({ ...TERMS, neededBits: 1 }, tally, [leaking])
      expect(readings.bitError!.value).toBeCloseTo(qber, 6)
      expect(readings.s!).toBeCloseTo(Math.SQRT2, 6)
      expect([enough, secretBits]).toEqual([false, 0])
    }
  })

  test('counts the leak of every block, and is plain zeros and nulls where nothing came', () => {
    const leaking = { ...block('a3b2', 9_000), leakedBits: 1_000 }
    const tally = tallyOf(5_000, wernerCorrelation(1))
    const clean = verdict(TERMS, tally, [block('a3b2', 9_000)])
    expect(clean.secretBits - verdict(TERMS, tally, [leaking]).secretBits).toBe(1_000)
    const empty = verdict(
      TERMS,
      tallyOf(0, () => 0),
      [block('a3b2', 0)],
    )
    expect(empty).toEqual({
      readings: { s: null, sLow: null, sHigh: null, phaseError: null, bitError: null },
      blocks: [{ pair: 'a3b2', keyBits: 0, secretBits: 0 }],
      secretBits: 0,
      secretBitsTrusted: 0,
      secretBitsCollective: 0,
      leakedBits: 0,
      enough: false,
    })
  })
})
