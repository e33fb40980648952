import { describe, expect, test } from 'vitest'
import { learn } from './learning.ts'
import type { LearntLink } from './records.ts'
import { TwoSessions } from './testing/two-sessions.ts'

const receipt = new TwoSessions({ seed: 'learning' }).play().commit('bob', 'accepted')!.receipt
const FRESH: LearntLink = { noise: 0, loss: 0 }
const noisy = (errors: number, siftedBits = 10_000) => ({ ...receipt, qber: errors / siftedBits, siftedBits })
const lossy = (arrivedPairs: number) => ({ ...receipt, pairs: 1_000, arrivedPairs })

describe('what a session says of the link', () => {
  test('is nothing new on a fresh link without errors or losses', () => {
    expect(learn(FRESH, receipt)).toBe(null)
  })

  test('is an upper bound of the noise: twice the error rate, three sigmas up', () => {
    const { noise } = learn(FRESH, noisy(150))!
    expect(noise).toBeCloseTo(2 * (0.015 + 3 * Math.sqrt((0.015 * 0.985) / 10_000)), 12)
    expect(noise).toBeGreaterThan(2 * 0.015)
  })

  test('is at least .1 % once there was an error, and stays above it as it fades', () => {
    expect(learn(FRESH, noisy(1, 10 ** 7))!.noise).toBe(0.001)
    let link: LearntLink = { noise: 0.01, loss: 0 }
    for (let run = 0; run < 100; run++) link = learn(link, receipt) ?? link
    // Steps below 1e-4 are not worth a commit.
    expect(link.noise).toBeGreaterThanOrEqual(0.001)
    expect(link.noise).toBeLessThan(0.0012)
  })

  test('never falls by more than a tenth a session, and is no more than 1', () => {
    expect(learn({ noise: 0.1, loss: 0 }, noisy(10))!.noise).toBeCloseTo(0.09, 12)
    expect(learn(FRESH, noisy(9_900))!.noise).toBe(1)
  })

  test('is nothing of the noise where no error rate is known', () => {
    expect(learn({ noise: 0.02, loss: 0 }, { ...receipt, qber: null })).toBe(null)
    expect(learn(FRESH, { ...receipt, qber: 0, siftedBits: 0 })).toBe(null)
  })

  test('is the share of pairs that did not arrive; it fades, and is at most 95 %', () => {
    expect(learn(FRESH, lossy(900))!.loss).toBeCloseTo(0.1, 12)
    expect(learn({ noise: 0, loss: 0.1 }, lossy(1_000))!.loss).toBeCloseTo(0.07, 12)
    expect(learn({ noise: 0, loss: 0.0025 }, lossy(1_000))!.loss).toBe(0)
    expect(learn(FRESH, lossy(1))!.loss).toBe(0.95)
    expect(learn(FRESH, lossy(0))!.loss).toBe(0.95)
  })
})
