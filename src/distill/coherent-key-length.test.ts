import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SeededRandom } from '../lib/random.ts'
import { S_QUANTUM_MAX } from '../quantum/chsh.ts'
import {
  type CoherentInput,
  certifiedEntropy,
  certifiedSlope,
  coherentInput,
  keyLengthCoherent,
  leastAt,
  marginAt,
  onTangent,
  tangentAt,
} from './coherent-key-length.ts'
import { binaryEntropy } from './key-length.ts'
import { drawRun, wernerCorrelation } from './testing.ts'

/** The parameters of the experiment: Nadlinger et al., Nature 607, 682 (2022). */
const PAPER: CoherentInput = { rounds: 1.5e6, testFraction: 13 / 256, s: 2.64, qber: 0.018, epsilon: 1e-10 }
const WIN_MIN = (1 - Math.SQRT1_2) / 2
const WIN_MAX = (1 + Math.SQRT1_2) / 2

/** The small epsilons are chosen, the large ones are what they leave. */
interface Choice {
  readonly t: number
  readonly a: number
  readonly b: number
  readonly e2: number
  /** e_s - e1 - 2 e2 */
  readonly rest: number
  readonly epa: number
}

/** y of PROTOCOL section 5 written straight down, the infimum by thirds; NaN for what is no choice. */
function literal({ rounds: n, testFraction: gamma, s, qber, epsilon }: CoherentInput, choice: Choice): number {
  const { t, a, b, e2, rest, epa } = choice
  const win = (4 + s) / 8
  const threshold = win - (3 * Math.sqrt((gamma * (1 - win) * (1 - gamma * (1 - win))) / n)) / gamma
  const m = n * ((1 - gamma) * binaryEntropy(qber) + gamma * binaryEntropy((4 - s) / 8)) + 50 * Math.sqrt(n)
  const eta = (w: number): number =>
    w >= 0.25 && w <= 0.75 ? 0 : 1 - binaryEntropy((1 + Math.sqrt(Math.min(1, 16 * w * (w - 1) + 3))) / 2)
  const step = 1e-6
  const slope = (eta(t + step) - eta(t - step)) / (2 * step)
  const g = (w: number): number => eta(t) + (w - t) * slope
  const f0 = g(0) / gamma + (1 - 1 / gamma) * g(1)
  const variance = (w: number): number => gamma * (1 - w) * f0 ** 2 + (1 - gamma * (1 - w)) * g(1) ** 2 - g(w) ** 2
  const v = (w: number): number => (Math.LN2 / 2) * (Math.log2(33) + Math.sqrt(2 + variance(w))) ** 2
  const margin = (w: number): number => eta(w) - g(w) - (a - 1) * v(w)
  let [low, high] = [WIN_MIN, WIN_MAX]
  for (let i = 0; i < 60; i++) {
    const [left, right] = [low + (high - low) / 3, high - (high - low) / 3]
    if (margin(left) < margin(right)) high = right
    else low = left
  }
  const range = 2 + g(1) - g(WIN_MIN)
  const k = (2 ** ((a - 1) * range) * Math.log(2 ** range + Math.E ** 2) ** 3) / (6 * (2 - a) ** 3 * Math.LN2)
  const theta = (x: number): number => Math.log2(1 + Math.sqrt(1 - x * x)) - 2 * Math.log2(x)
  const total = epsilon - 4 * 2 ** -61
  const es = (total - epa) / 2
  const e1 = es - 2 * e2 - rest
  const spent = Math.log2(1 / total)
  const blocks = n * (g(threshold) + margin(low) - (a - 1) ** 2 * k - gamma - (b - 1) * Math.log2(5) ** 2)
  const roots = (theta(e1) + a * spent) / (a - 1) + (theta(e2) + b * spent) / (b - 1)
  return blocks - roots - 3 * theta(rest) - 5 * Math.log2(1 / epa) - m - 264
}

/** The best y that a climber finds who changes one choice at a time. */
function climb(input: CoherentInput, seed: string): number {
  const random = new SeededRandom(seed)
  const e = input.epsilon
  let best: Choice = { t: 0.8, a: 1 + 1e-3, b: 1 + 1e-2, e2: e / 40, rest: e / 100, epa: e / 100 }
  let y = literal(input, best)
  let reach = 0.5
  for (let step = 0; step < 2_500; step++) {
    const by = Math.exp(reach * (2 * random.unit() - 1))
    const tried = [
      { t: 0.75 + (best.t - 0.75) * by },
      { a: 1 + (best.a - 1) * by },
      { b: 1 + (best.b - 1) * by },
      { e2: best.e2 * by },
      { rest: best.rest * by },
      { epa: best.epa * by },
    ][step % 6]!
    const found = literal(input, { ...best, ...tried })
    if (found > y) [best, y] = [{ ...best, ...tried }, found]
    if (step % 250 === 249) reach /= 2
  }
  return y
}

describe('key length, device-independent against coherent attacks', () => {
  test('is that of the experiment, 95,884 bits, within 10', () => {
    expect(Math.abs(keyLengthCoherent(PAPER) - 95_884)).toBeLessThanOrEqual(10)
  })

  test.each<readonly [string, CoherentInput]>([
    ['the experiment', PAPER],
    ['a million perfect pairs', { rounds: 1e6, testFraction: 0.1, s: 2.828, qber: 0, epsilon: 1e-10 }],
    ['a loose epsilon', { rounds: 5e6, testFraction: 0.03, s: 2.6, qber: 0.02, epsilon: 1e-4 }],
    ['a long and noisy run', { rounds: 1e9, testFraction: 0.01, s: 2.5, qber: 0.05, epsilon: 1e-12 }],
  ])('is the most that a blind climber over all choices finds: %s', (_, input) => {
    const length = keyLengthCoherent(input)
    const y = climb(input, 'climber')
    const found = y - 4 * Math.log2(y)
    expect(found).toBeLessThan(length + 1 + 1e-9 * input.rounds)
    expect(found).toBeGreaterThan(length - 1 - 1e-9 * input.rounds)
  })

  test('never shrinks with rounds or S, nor grows with the QBER', () => {
    const input = fc.record({
      rounds: fc.double({ min: 5, max: 10, noNaN: true }).map((log) => Math.round(10 ** log)),
      testFraction: fc.double({ min: 0.005, max: 0.3, noNaN: true }),
      s: fc.double({ min: 2.2, max: 2.8, noNaN: true }),
      qber: fc.double({ min: 0, max: 0.08, noNaN: true }),
      epsilon: fc.constantFrom(1e-6, 1e-10, 1e-14),
    })
    fc.assert(
      fc.property(input, (of) => {
        const bits = (change: Partial<CoherentInput>): number => keyLengthCoherent({ ...of, ...change })
        expect(Number.isInteger(bits({}))).toBe(true)
        expect(bits({})).toBeLessThanOrEqual(of.rounds)
        const most = Math.min(S_QUANTUM_MAX, of.s + 0.02)
        expect(bits({ rounds: Math.round(1.2 * of.rounds) })).toBeGreaterThanOrEqual(bits({}))
        expect(bits({ s: most })).toBeGreaterThanOrEqual(bits({}))
        expect(bits({ qber: of.qber + 0.005 })).toBeLessThanOrEqual(bits({}))
      }),
      { numRuns: 60 },
    )
  })

  test('goes to the asymptotic rate: 1 - chi(S) - h(Q) a key round, at the DI threshold 0', () => {
    const s = (qber: number): number => S_QUANTUM_MAX * (1 - 2 * qber)
    const rate = (qber: number): number =>
      keyLengthCoherent({ rounds: 1e17, testFraction: 1e-5, s: s(qber), qber, epsilon: 1e-10 }) / 1e17
    for (const qber of [0.01, 0.03, 0.06]) {
      expect(rate(qber)).toBeCloseTo(certifiedEntropy((4 + s(qber)) / 8) - binaryEntropy(qber), 3)
    }
    expect(rate(0.0714)).toBeGreaterThan(0)
    expect(rate(0.072)).toBe(0)
  })

  test('is 0 at the size of a chat, however good the pairs', () => {
    for (const testFraction of [0.01, 0.05, 0.2, 0.4, 0.6]) {
      const chat = { rounds: 45_000, testFraction, s: S_QUANTUM_MAX, qber: 0, epsilon: 1e-10 }
      expect(keyLengthCoherent(chat)).toBe(0)
    }
  })

  test('is 0 without a Bell violation, and for every impossible input', () => {
    const good = { ...PAPER, rounds: 1e9 }
    expect(keyLengthCoherent(good)).toBeGreaterThan(0)
    for (const bad of [Number.NaN, -10, Number.POSITIVE_INFINITY]) {
      for (const field of Object.keys(good)) expect(keyLengthCoherent({ ...good, [field]: bad }), field).toBe(0)
    }
    for (const s of [2, 0, -S_QUANTUM_MAX, -4, 4.01]) expect(keyLengthCoherent({ ...good, s })).toBe(0)
    for (const testFraction of [0, 1]) expect(keyLengthCoherent({ ...good, testFraction })).toBe(0)
    for (const epsilon of [0, 1e-18, 1]) expect(keyLengthCoherent({ ...good, epsilon })).toBe(0)
  })

  test('treats an S above the quantum bound, which chance can show, as the bound', () => {
    const bits = (s: number): number => keyLengthCoherent({ ...PAPER, rounds: 1e7, s, qber: 0 })
    expect(bits(2.84)).toBeGreaterThanOrEqual(bits(S_QUANTUM_MAX) - 10)
    expect(bits(4)).toBeLessThan(1e7)
  })
})

describe('what it stands on', () => {
  const tangentPoint = fc.double({ min: 0.75001, max: WIN_MAX - 1e-5, noNaN: true })

  test('eta is 0 where a local model reaches and 1 at the quantum bound', () => {
    for (const w of [0.25, 0.5, 0.75]) expect(certifiedEntropy(w)).toBe(0)
    for (const w of [WIN_MIN, WIN_MAX]) expect(certifiedEntropy(w)).toBeCloseTo(1, 9)
    expect(certifiedEntropy(0.8)).toBeCloseTo(certifiedEntropy(0.2), 12)
  })

  test('the slope is that of eta', () => {
    fc.assert(
      fc.property(tangentPoint, (t) => {
        const step = 1e-7
        const counted = (certifiedEntropy(t + step) - certifiedEntropy(t - step)) / (2 * step)
        expect(Math.abs(counted / certifiedSlope(t) - 1)).toBeLessThan(0.02)
      }),
    )
  })

  test('every tangent lies under eta on all of W: it promises no more than is certified', () => {
    fc.assert(
      fc.property(tangentPoint, fc.double({ min: WIN_MIN, max: WIN_MAX, noNaN: true }), (t, w) => {
        expect(onTangent(tangentAt(t, 0.05), w)).toBeLessThanOrEqual(certifiedEntropy(w) + 1e-12)
      }),
      { numRuns: 2_000 },
    )
  })

  test('the infimum is one: no point of W lies below it', () => {
    const excess = fc.double({ min: -8, max: -0.1, noNaN: true }).map((log) => 10 ** log)
    const gamma = fc.double({ min: 0.001, max: 0.999, noNaN: true })
    fc.assert(
      fc.property(tangentPoint, excess, gamma, (t, alpha, share) => {
        const tangent = tangentAt(t, share)
        const least = marginAt(tangent, alpha, leastAt(tangent, alpha))
        for (let i = 0; i <= 500; i++) {
          const w = WIN_MIN + ((WIN_MAX - WIN_MIN) * i) / 500
          expect(marginAt(tangent, alpha, w)).toBeGreaterThanOrEqual(least - 1e-11 * (1 + Math.abs(least)))
        }
      }),
    )
  })
})

describe('the rounds of a session', () => {
  const third = [21_845, 21_846, 21_845] as const
  const link = {
    pairs: 90_000,
    mode: 'efficient',
    alice: third,
    bob: third,
    correlationOf: wernerCorrelation(1),
  } as const

  test('are those of the four CHSH settings and of (a3,b2), and no others', () => {
    const { tally } = drawRun(new SeededRandom('rounds'), link)
    const input = coherentInput(tally, { s: 2.8, qber: 0 }, 1e-10)!
    const tested = tally.a1b1.count + tally.a1b3.count + tally.a3b1.count + tally.a3b3.count
    expect(input.rounds).toBe(tested + tally.a3b2.count)
    expect(input.testFraction).toBeCloseTo(tested / input.rounds, 12)
  })

  test('are none where a setting was never met or the error rate is not known', () => {
    const { tally } = drawRun(new SeededRandom('rounds'), link)
    expect(coherentInput(tally, { s: 2.8, qber: null }, 1e-10)).toBeNull()
    const missing = { ...tally, a1b3: { count: 0, unequal: 0 } }
    expect(coherentInput(missing, { s: null, qber: 0 }, 1e-10)).toBeNull()
  })
})
