import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  binaryEntropy,
  divergence,
  eveInformation,
  keyLengthCollective,
  keyLengthTrusted,
  P0,
  upperRate,
} from './key-length.ts'

const EPSILON = 1e-10

const atQber = (n: number, qber: number) =>
  keyLengthTrusted({
    keyBits: n,
    testBits: n,
    testErrorRate: P0 + qber / Math.SQRT2,
    leakedBits: 1.16 * n * binaryEntropy(qber),
    tagBits: Math.log2(4 / EPSILON),
    epsilon: EPSILON,
  })

/** Where a falling f crosses 0. */
function crossing(f: (x: number) => number, low: number, high: number): number {
  let [from, to] = [low, high]
  for (let i = 0; i < 100; i++) {
    const middle = (from + to) / 2
    if (f(middle) > 0) from = middle
    else to = middle
  }
  return from
}

describe('key length with trusted devices', () => {
  test.each([
    [1e4, 0, 4507.144],
    [1e4, 0.01, 3269.175],
    [1e4, 0.025, 1827.886],
    [1e6, 0, 905828.249],
    [1e6, 0.01, 752869.461],
    [1e6, 0.025, 574566.512],
    [1e6, 0.05, 330407.475],
  ])('is the reference value of PROTOCOL section 5 for n = k = %d, Q = %d', (n, qber, expected) => {
    const { beforeFloor, secretBits } = atQber(n, qber)
    expect(Math.abs(beforeFloor - expected)).toBeLessThan(1e-3)
    expect(secretBits).toBe(Math.floor(expected))
  })

  test('is negative before the floor, and 0, for n = 10,000 at 5 %', () => {
    expect(atQber(1e4, 0.05).beforeFloor).toBeLessThan(0)
    expect(atQber(1e4, 0.05).secretBits).toBe(0)
  })

  test('is 0 where nothing was tested, and for every impossible input', () => {
    const good = { keyBits: 1e4, testBits: 1e4, testErrorRate: P0, leakedBits: 0, tagBits: 64, epsilon: EPSILON }
    expect(keyLengthTrusted(good).secretBits).toBeGreaterThan(4000)
    for (const bad of [Number.NaN, -1, Number.POSITIVE_INFINITY]) {
      for (const field of Object.keys(good)) {
        expect(keyLengthTrusted({ ...good, [field]: bad })).toEqual({ secretBits: 0, beforeFloor: 0 })
      }
    }
    for (const change of [{ testBits: 0 }, { keyBits: 0 }, { testErrorRate: 1.01 }, { epsilon: 0 }, { epsilon: 1 }]) {
      expect(keyLengthTrusted({ ...good, ...change }).secretBits).toBe(0)
    }
  })

  test('never grows with errors, leak or checks, nor shrinks with tests or epsilon', () => {
    const input = fc.record({
      keyBits: fc.integer({ min: 1, max: 1e6 }),
      testBits: fc.integer({ min: 1, max: 1e6 }),
      testErrorRate: fc.double({ min: 0, max: 0.99, noNaN: true }),
      leakedBits: fc.nat(1e5),
      tagBits: fc.nat(128),
      epsilon: fc.constantFrom(1e-6, 1e-10, 1e-15),
    })
    fc.assert(
      fc.property(input, (of) => {
        const bits = (change: object): number => keyLengthTrusted({ ...of, ...change }).beforeFloor
        const rounding = 1e-9 * of.keyBits
        expect(Number.isFinite(bits({}))).toBe(true)
        expect(bits({})).toBeLessThanOrEqual(of.keyBits)
        expect(bits({ testErrorRate: of.testErrorRate + 0.01 })).toBeLessThanOrEqual(bits({}) + rounding)
        expect(bits({ leakedBits: of.leakedBits + 10 })).toBeCloseTo(bits({}) - 10, 6)
        expect(bits({ tagBits: of.tagBits + 64 })).toBeCloseTo(bits({}) - 64, 6)
        expect(bits({ testBits: 2 * of.testBits })).toBeGreaterThanOrEqual(bits({}) - rounding)
        expect(bits({ epsilon: 10 * of.epsilon })).toBeGreaterThan(bits({}))
      }),
    )
  })

  test('ends at a QBER of 11.0028 % for endless keys on Werner states', () => {
    const threshold = crossing((qber) => 1 - 2 * binaryEntropy(qber), 0, 0.5)
    expect(threshold).toBeCloseTo(0.110028, 6)
    // The finite formula goes there: just under it there is key, just over it there is none.
    const rate = (qber: number): number => {
      const input = { keyBits: 1e15, testBits: 1e15, tagBits: 64, epsilon: EPSILON }
      return keyLengthTrusted({
        ...input,
        testErrorRate: P0 + qber / Math.SQRT2,
        leakedBits: 1e15 * binaryEntropy(qber),
      }).beforeFloor
    }
    expect(crossing(rate, 0, 0.5)).toBeCloseTo(0.110028, 5)
  })
})

describe('the Chernoff bound', () => {
  test('lies where k KL reaches L, at or above the rate read', () => {
    const rate = fc.oneof(fc.constantFrom(0, P0, 0.5, 1), fc.double({ min: 0, max: 1, noNaN: true }))
    fc.assert(
      fc.property(rate, fc.double({ min: 1e-7, max: 20, noNaN: true }), (e, bound) => {
        const p = upperRate(e, bound)
        expect(p).toBeGreaterThanOrEqual(e)
        expect(p).toBeLessThanOrEqual(1)
        if (e < 0.99 && p < 1 - 1e-6) expect(Math.abs(divergence(e, p) - bound)).toBeLessThan(1e-7 * bound + 1e-13)
      }),
    )
  })
})

/** The formula of PROTOCOL section 5 once more, written straight down. */
function collectiveTwin(n: number, m: readonly number[], w: readonly number[], spent: number, eps: number): number {
  const mean = (w[0]! + w[1]! + w[2]! + w[3]!) / 4
  const sum = m.reduce((total, count) => total + 1 / (16 * count), 0)
  const s = 8 * (mean - Math.sqrt((Math.log(4 / eps) / 2) * sum)) - 4
  const x = s <= 2 ? 1 : (1 + Math.sqrt((s / 2) ** 2 - 1)) / 2
  const chi = s <= 2 ? 1 : -x * Math.log2(x) - (1 - x) * Math.log2(1 - x)
  const smooth = 4 * Math.log2(2 + Math.sqrt(2)) * Math.sqrt(n) * Math.sqrt(Math.log2(32 / eps ** 2))
  return n * (1 - chi) - spent - smooth - Math.log2(40 / eps) - 2 * Math.log2(5 / (2 * eps))
}

describe('key length, device-independent against collective attacks', () => {
  test.each([
    [2, 1],
    [2.4, 0.653887564],
    [2.7, 0.271517875],
    [2.8, 0.081468915],
    [1.5, 1],
  ])('has chi(%d) = %d', (s, chi) => {
    expect(eveInformation(s)).toBeCloseTo(chi, 9)
  })

  test('leaves Eve nothing at and above the quantum bound', () => {
    expect(eveInformation(2 * Math.SQRT2)).toBeCloseTo(0, 12)
    expect(eveInformation(4)).toBe(0)
  })

  test('agrees with the formula written straight down', () => {
    const inputs = fc.record({
      n: fc.integer({ min: 1, max: 1e7 }),
      m: fc.tuple(...Array.from({ length: 4 }, () => fc.integer({ min: 1, max: 1e7 }))),
      s: fc.double({ min: 1.9, max: 2.8, noNaN: true }),
    })
    fc.assert(
      fc.property(inputs, ({ n, m, s }) => {
        const w = [0.01, -0.02, 0.005, 0.005].map((shift) => (s + 4) / 8 + shift)
        const setting = (i: number) => ({ count: m[i]!, winRate: w[i]! })
        const settings = [setting(0), setting(1), setting(2), setting(3)] as const
        const { beforeFloor } = keyLengthCollective({
          keyBits: n,
          settings,
          leakedBits: 100,
          tagBits: 64,
          epsilon: EPSILON,
        })
        const twin = collectiveTwin(n, m, w, 164, EPSILON)
        expect(Math.abs(beforeFloor - twin)).toBeLessThan(1e-8 * n + 1e-6)
      }),
    )
  })

  test('is 0 where one of the four settings was never met', () => {
    const met = { count: 1e6, winRate: 0.85 }
    const good = { keyBits: 1e6, settings: [met, met, met, met], leakedBits: 0, tagBits: 64, epsilon: EPSILON } as const
    expect(keyLengthCollective(good).secretBits).toBeGreaterThan(0)
    const missing = { count: 0, winRate: 0 }
    expect(keyLengthCollective({ ...good, settings: [met, met, missing, met] }).secretBits).toBe(0)
    expect(keyLengthCollective({ ...good, keyBits: Number.NaN }).secretBits).toBe(0)
  })

  test('ends at a QBER of 7.1492 %, S = 2.42401, for endless keys on Werner states', () => {
    const s = (qber: number): number => 2 * Math.SQRT2 * (1 - 2 * qber)
    const threshold = crossing((qber) => 1 - eveInformation(s(qber)) - binaryEntropy(qber), 0, 0.14)
    expect(threshold).toBeCloseTo(0.071492, 6)
    expect(s(threshold)).toBeCloseTo(2.42401, 5)
  })
})
