import { describe, expect, test } from 'vitest'
import { attackFigures } from '../quantum/attacks.ts'
import {
  attackOf,
  EVES,
  faultsOf,
  fullPoints,
  type Point,
  type PointSummary,
  partialPoints,
  runClean,
  type SweepOptions,
  sweepPoint,
} from './sweep.ts'

// All runs are from seeds, so they pass or fail for good. `npm run sweep` runs more of each.
const OPTIONS: SweepOptions = { seed: 'ci', runs: 1, mode: 'efficient', noise: 0 }

const sweep = (points: readonly Point[], change: Partial<SweepOptions> = {}): readonly PointSummary[] =>
  points.map((point) => sweepPoint(point, { ...OPTIONS, ...change }))

describe.each(EVES)('an Eve at full strength (%s)', (eve) => {
  test('is told of at both sides, in the first session, at every 2.5 degrees', () => {
    const summaries = sweep(fullPoints([eve]))
    expect(summaries.length).toBe(eve === 'ghz' || eve === 'intercept' ? 72 : 1)
    expect(summaries.flatMap(faultsOf)).toEqual([])
    expect(summaries.filter(({ sessions }) => sessions !== 1)).toEqual([])
    for (const { point, guess, information } of summaries) {
      const exact = attackFigures(attackOf(point), 0)
      expect(guess.exact).toBeCloseTo(exact.guess.a3, 12)
      expect(information).toBeCloseTo(exact.information.a3, 12)
    }
  })
})

describe('an Eve of any strength', () => {
  test('ends in delivered, noisy or alert within four sessions', () => {
    // Every fifth point, so that each strength and each angle comes; and where no key bit is wrong, all strengths.
    const points = partialPoints().filter(({ angleDegrees }, i) => i % 5 === 0 || angleDegrees === 90)
    expect(sweep(points).flatMap(faultsOf)).toEqual([])
  })

  test('on no key bit may come through, be called noise after three shortfalls, or be found', () => {
    const [weak, strong] = [0.05, 0.1].map((strength) =>
      sweepPoint({ eve: 'intercept', strength, angleDegrees: 90 }, { ...OPTIONS, runs: 12 }),
    )
    expect(weak!.outcomes.delivered).toBeGreaterThan(0)
    expect(weak!.outcomes.noisy).toBeGreaterThan(0)
    expect(strong!.outcomes.eavesdropper).toBeGreaterThan(0)
    expect([weak!, strong!].flatMap(faultsOf)).toEqual([])
    expect(weak!.sessionsMost).toBe(3)
  })

  test('does so in textbook mode, and on a source of known noise', () => {
    const points = [...partialPoints(), ...fullPoints()].filter((_, i) => i % 29 === 0)
    expect(sweep(points, { mode: 'textbook' }).flatMap(faultsOf)).toEqual([])
    expect(sweep(points, { noise: 0.02 }).flatMap(faultsOf)).toEqual([])
  })
})

describe('a chat without an Eve', () => {
  // By plan one session in a thousand falls short by chance, and is tried again.
  test.each([
    ['efficient', 200],
    ['textbook', 100],
  ] as const)('(%s) is never called tapped, in %i chats', (mode, chats) => {
    const { alerts, delivered } = runClean(chats, { ...OPTIONS, mode })
    expect({ alerts, delivered }).toEqual({ alerts: 0, delivered: chats })
  })
})

describe('what a sweep must show', () => {
  const full = sweepPoint({ eve: 'intercept', strength: 1, angleDegrees: 67.5 }, OPTIONS)
  const outcomes = { delivered: 0, noisy: 0, eavesdropper: 0, other: 0, unended: 0 }

  test.each<[string, Partial<PointSummary>, string]>([
    ['a run that does not end', { outcomes: { ...outcomes, unended: 1 } }, '1 of 1 messages did not end'],
    ['an end that may not be', { outcomes: { ...outcomes, other: 1 } }, '1 otherwise than they may'],
    ['full strength delivered', { outcomes: { ...outcomes, delivered: 1 } }, '1 of 1 runs had no alert'],
    ['an alert at one side only', { toldBoth: 0 }, '1 alerts were not told to both sides'],
    ['a reading far from theory', { s: { measured: 2, exact: 1.41, deviation: 6.1 } }, 's is 2, 6.1 standard errors'],
    ['no reading at all', { qber: { measured: Number.NaN, exact: 0, deviation: Number.NaN } }, 'qber is NaN'],
  ])('is not shown by %s', (_, change, said) => {
    expect(faultsOf(full)).toEqual([])
    expect(faultsOf({ ...full, ...change }).join()).toContain(said)
  })
})
