import { describe, expect, test } from 'vitest'
import { ended, entangled, manyMessages, short, tappedTextbook, unequal } from '../fixtures/run-samples.ts'
import { clean, noisy, tapped } from '../fixtures/samples.ts'
import { correlations, lastS, steps } from './readings.ts'

const RUNS = { clean, short, noisy, unequal, tapped, entangled, tappedTextbook }

describe('the steps from raw pairs to the key', () => {
  test.each(Object.entries(RUNS))('add up, nothing is left over: %s', (_, receipt) => {
    const all = steps(receipt)
    expect(all[0]).toMatchObject({ name: 'Raw pairs', rest: receipt.pairs })
    expect(all.at(-1)).toMatchObject({ name: 'Left', rest: receipt.keyBits })
    for (let i = 1; i < all.length; i++) expect(all[i]!.rest).toBe(all[i - 1]!.rest - all[i]!.taken)
    expect(all.every(({ kind, taken }) => (kind === 'taken' ? taken > 0 : taken === 0))).toBe(true)
    expect(all.find(({ name }) => name === 'Sifted key')?.rest).toBe(receipt.siftedBits)
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length)
  })

  const taken = (receipt: typeof clean, name: string) => steps(receipt).find((step) => step.name === name)?.taken ?? 0

  test('take what was said to the bit, and for each block its hash', () => {
    expect(taken(clean, 'Leak and checks')).toBe(64)
    // 2 log2(2/epsilon) = 68.4 for 1e-10; with half of it 70.4, for each of two blocks; rounded up.
    expect(taken(clean, 'Hash')).toBe(69)
    expect(taken(tappedTextbook, 'Hash')).toBe(142)
  })

  test('blame no phase error where correcting the key alone would have cost all of it', () => {
    expect(taken(entangled, 'Leak and checks')).toBe(entangled.siftedBits)
    expect(taken(entangled, 'Phase error')).toBe(0)
    expect(taken(tapped, 'Leak and checks')).toBe(tapped.leakedBits + tapped.checkBits)
    expect(taken(tapped, 'Phase error')).toBeGreaterThan(0)
  })

  test('tell of pairs that were lost on the way', () => {
    const tally = { ...clean.tally, a1b2: { count: clean.tally.a1b2.count - 300, unequal: 2_500 } }
    const lossy = { ...clean, arrivedPairs: clean.pairs - 300, tally }
    expect(taken(lossy, 'Lost on the way')).toBe(300)
    expect(taken(lossy, 'Other settings')).toBe(taken(clean, 'Other settings') - 300)
  })
})

describe('the nine correlations', () => {
  test('stand by angle, so that what is expected falls', () => {
    for (const receipt of Object.values(RUNS)) {
      const all = correlations(receipt)
      expect(all).toHaveLength(9)
      expect(all.reduce((sum, { count }) => sum + count, 0)).toBe(receipt.arrivedPairs)
      for (let i = 1; i < all.length; i++) expect(all[i]!.expected).toBeLessThanOrEqual(all[i - 1]!.expected)
    }
  })

  test('say nothing of a key in use, though both know that it was equal', () => {
    const key = correlations(clean).find(({ pair }) => pair === 'a3b2')!
    expect(key).toMatchObject({ use: 'key', said: null, e: 1 })
  })

  test('of a sacrificed key are read from the outcomes, each block by itself', () => {
    const keys = correlations(tappedTextbook).filter(({ use }) => use === 'key')
    expect(keys.map(({ pair, said }) => [pair, said])).toEqual([
      ['a2b1', 1 - (2 * 223) / 3213],
      ['a3b2', 1 - (2 * 257) / 3418],
    ])
  })

  test('are off where Eve was and nowhere else', () => {
    const off = (receipt: typeof clean) => correlations(receipt).filter((one) => one.off).length
    expect(off(clean)).toBe(0)
    expect(off(short)).toBe(0)
    expect(off(entangled)).toBeGreaterThan(4)
    // Planned noise lowers what is expected: the same counts are off on a link thought perfect.
    expect(off(unequal)).toBe(0)
    expect(off({ ...unequal, plannedNoise: 0 })).toBeGreaterThan(0)
  })
})

describe('S over the last messages', () => {
  test('ends with the run that is shown', () => {
    const run = ended('5', manyMessages[4]!.receipt!)
    expect(lastS(manyMessages, run).map(({ s }) => s)).toEqual([2.847, 2.856, 2.831, 2.83, 2.799])
  })

  test('goes back 24 messages, the run included, and adds a run that no message is left of', () => {
    const points = lastS(manyMessages, ended(null, entangled))
    expect(points).toHaveLength(24)
    expect(points[0]?.s).toBe(2.856)
    expect(points.at(-1)).toMatchObject({ s: 1.4103, eve: true })
  })

  test('leaves out messages without a run and runs without a Bell test', () => {
    const messages = [{ ...manyMessages[0]!, receipt: null }, ...manyMessages.slice(1, 3)]
    const run = { ...ended('3', manyMessages[2]!.receipt!), receipt: { ...manyMessages[2]!.receipt!, s: null } }
    expect(lastS(messages, run).map(({ s }) => s)).toEqual([2.856])
  })
})
