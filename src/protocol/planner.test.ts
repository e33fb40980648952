import { describe, expect, test } from 'vitest'
import type { Mode } from '../distill/sifting.ts'
import { drawRun, type SimulatedRun, wernerCorrelation } from '../distill/testing.ts'
import { verdict } from '../distill/verdict.ts'
import { SeededRandom } from '../lib/random.ts'
import { WEIGHT_TOTAL } from '../quantum/settings.ts'
import { neededBits, type Plan, type PlanInput, plan, predictedLeak } from './planner.ts'

const TERMS = { mode: 'efficient', noise: 0, loss: 0, epsilon: 1e-10, proof: 'trusted', neededBits: 1_664 } as const

function planned(change: Partial<PlanInput>): Plan {
  const result = plan({ ...TERMS, ...change })
  if (!result.ok) throw new Error(result.reason)
  return result.value
}

describe('the bits needed', () => {
  test('are 1,664 for 100 bytes with one new tag pair, 3,712 with five', () => {
    expect(neededBits({ textBytes: 100, newPairs: 1 })).toBe(1_664)
    expect(neededBits({ textBytes: 100, newPairs: 5 })).toBe(3_712)
  })

  test('tell nothing of a text below 101 bytes, and grow by Padme above', () => {
    expect(neededBits({ textBytes: 0, newPairs: 1 })).toBe(1_664)
    expect(neededBits({ textBytes: 101, newPairs: 1 })).toBe(8 * 144 + 640)
    expect(neededBits({ textBytes: 65_536, newPairs: 5 })).toBe(8 * 67_584 + 5 * 512 + 128)
  })
})

test('the leak predicted is 1.16 n h(Q), and never more than for a coin', () => {
  expect(predictedLeak(10_000, 0)).toBe(0)
  expect(predictedLeak(10_000, 0.025)).toBe(Math.ceil(11_600 * 0.16866093149667))
  expect(predictedLeak(10_000, 0.7)).toBe(11_600)
})

// PROTOCOL section 4: pairs for 99.9 % success at epsilon 1e-10, from the project's own simulation.
const REFERENCES: readonly (readonly [Mode, number, number, number])[] = [
  ['efficient', 1_664, 0, 2.23e4],
  ['textbook', 1_664, 0, 2.95e4],
  ['efficient', 1_664, 0.05, 4.52e4],
  ['textbook', 1_664, 0.05, 5.9e4],
  ['efficient', 3_712, 0, 3.4e4],
  ['textbook', 3_712, 0, 4.65e4],
]

describe('the plan', () => {
  test.each(REFERENCES)('%s, %d bits, noise %d: takes about %d pairs, within 3 %', (mode, bits, noise, pairs) => {
    const result = planned({ mode, noise, neededBits: bits })
    expect(Math.abs(result.pairs / pairs - 1)).toBeLessThan(0.03)
    for (const weights of [result.alice, result.bob]) expect(weights[0] + weights[1] + weights[2]).toBe(WEIGHT_TOTAL)
    expect(result.bob[0]).toBe(result.bob[2])
  })

  test.each([...REFERENCES, ['efficient', 60_000, 0, 2.14e5], ['efficient', 1_664, 0.002, 2.36e4]] as const)(
    '%s, %d bits, noise %d: 99.5 % of 4,000 simulated runs and more are enough',
    (mode, bits, noise) => {
      const input = { ...TERMS, mode, noise, neededBits: bits }
      const link = { ...planned(input), mode, correlationOf: wernerCorrelation(1 - noise) }
      const random = new SeededRandom(`plan ${mode} ${bits} ${noise}`)
      let enough = 0
      for (let run = 0; run < 4_000; run++) enough += Number(isEnough(input, drawRun(random, link)))
      // At 99.9 % the share of 4,000 has sigma 0.05 %.
      expect(enough / 4_000).toBeGreaterThanOrEqual(0.995)
    },
  )

  test('under the collective proof 99 % of 1,000 runs and more are enough', () => {
    for (const mode of ['efficient', 'textbook'] as const) {
      const input = { ...TERMS, mode, proof: 'collective' } as const
      const link = { ...planned(input), mode, correlationOf: wernerCorrelation(1) }
      const random = new SeededRandom(`collective ${mode}`)
      let enough = 0
      for (let run = 0; run < 1_000; run++) enough += Number(isEnough(input, drawRun(random, link)))
      expect(enough / 1_000).toBeGreaterThanOrEqual(0.99)
    }
  })

  test('measures a larger part of few pairs, a smaller part of many', () => {
    const share = (bits: number): number => planned({ neededBits: bits }).alice[0] / WEIGHT_TOTAL
    expect(share(1_664)).toBeCloseTo(0.4, 1)
    expect(share(60_000)).toBeCloseTo(0.25, 1)
    expect(share(600_000)).toBeCloseTo(0.16, 1)
    expect(share(8_000_000)).toBeCloseTo(0.09, 1)
  })

  test('takes more pairs for more bits, noise or loss, and for a smaller epsilon', () => {
    const base = planned({}).pairs
    const harder: readonly Partial<PlanInput>[] = [
      { neededBits: 1_700 },
      { noise: 0.001 },
      { loss: 0.001 },
      { epsilon: 1e-12 },
      { mode: 'textbook' },
      { proof: 'collective' },
    ]
    for (const change of harder) expect(planned(change).pairs, JSON.stringify(change)).toBeGreaterThan(base)
  })

  test('at a loss of a tenth still leaves enough when the frames lost are 99.9 % of what comes', () => {
    // 16 frames at 10 %: more than 6 lost has chance 0.0005.
    expect(planned({ loss: 0.1 }).pairs / planned({}).pairs).toBeCloseTo(16 / 10, 2)
  })

  test('says why there is none', () => {
    expect(plan({ ...TERMS, noise: 0.2 })).toEqual({ ok: false, reason: 'impossible' })
    expect(plan({ ...TERMS, noise: 0.14, proof: 'collective' })).toEqual({ ok: false, reason: 'impossible' })
    expect(plan({ ...TERMS, noise: 2 })).toEqual({ ok: false, reason: 'impossible' })
    expect(plan({ ...TERMS, noise: Number.NaN })).toEqual({ ok: false, reason: 'impossible' })
    expect(plan({ ...TERMS, loss: 1 })).toEqual({ ok: false, reason: 'impossible' })
    expect(plan({ ...TERMS, neededBits: 2e7 })).toEqual({ ok: false, reason: 'too-many-pairs' })
    expect(plan({ ...TERMS, loss: 0.9999 })).toEqual({ ok: false, reason: 'too-many-pairs' })
  })

  test('is kept: the same question has the same answer, the very object', () => {
    expect(plan({ ...TERMS, neededBits: 2_000 })).toBe(plan({ ...TERMS, neededBits: 2_000 }))
  })
})

/** The verdict on a simulated run whose errors were corrected at the leak predicted for them. */
function isEnough(input: PlanInput, { tally, keys }: SimulatedRun): boolean {
  const blocks = keys.map(({ pair, keyBits, errors }) => ({
    pair,
    keyBits,
    leakedBits: predictedLeak(keyBits, errors / keyBits),
    tagBits: errors > 0 ? 128 : 64,
  }))
  return verdict(input, tally, blocks).enough
}
