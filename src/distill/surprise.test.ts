import { describe, expect, test } from 'vitest'
import { SeededRandom } from '../lib/random.ts'
import type { SettingPair } from '../quantum/settings.ts'
import type { Mode } from './sifting.ts'
import { ALERT_CHANCE, chanceOfReadings, isAlert } from './surprise.ts'
import { anglesOf, drawRun, type SimulatedLink, wernerCorrelation } from './testing.ts'

// The planner's choice for a 100-byte text on a noiseless link.
const EFFICIENT = {
  mode: 'efficient',
  pairs: 22_349,
  alice: [26_542, 1_311, 37_683],
  bob: [13_271, 38_994, 13_271],
} as const
const TEXTBOOK = {
  mode: 'textbook',
  pairs: 29_970,
  alice: [21_845, 21_846, 21_845],
  bob: [21_845, 21_846, 21_845],
} as const
const LINKS: Readonly<Record<Mode, Omit<SimulatedLink, 'correlationOf'>>> = { efficient: EFFICIENT, textbook: TEXTBOOK }

interface Attack {
  readonly name: string
  readonly correlationOf: (pair: SettingPair) => number
}

/** All that full-strength attacks do to the correlations of a link of visibility V. */
function attacks(visibility: number): readonly Attack[] {
  const inPlane = Array.from({ length: 180 }, (_, degrees) => {
    const phi = (degrees * Math.PI) / 180
    const correlationOf = (pair: SettingPair): number => {
      const [alice, bob] = anglesOf(pair)
      return visibility * Math.cos(alice - phi) * Math.cos(bob - phi)
    }
    return { name: `intercept-resend or GHZ at ${degrees} degrees`, correlationOf }
  })
  return [...inPlane, { name: 'circular basis', correlationOf: () => 0 }, { name: 'cloner', correlationOf: () => 0 }]
}

describe.each(['efficient', 'textbook'] as const)('the chance of readings, %s', (mode) => {
  test.each([0, 0.05])('is alarming for every full-strength attack, planned noise %d', (noise) => {
    const random = new SeededRandom('attacks')
    for (const { name, correlationOf } of attacks(1 - noise)) {
      const { tally } = drawRun(random, { ...LINKS[mode], correlationOf })
      expect(chanceOfReadings({ tally, mode, plannedNoise: noise }), name).toBeLessThan(1e-100)
    }
  })

  // Chernoff's bound leaves honest runs far on the safe side: by the union bound 5,000 runs alert with less than 1 %.
  test.each([0, 0.001, 0.05])('never alarms on 5,000 clean runs, noise as planned at %d', (noise) => {
    const random = new SeededRandom('clean runs')
    const link = { ...LINKS[mode], correlationOf: wernerCorrelation(1 - noise) }
    let least = 1
    for (let run = 0; run < 5_000; run++) {
      const { tally, keys } = drawRun(random, link)
      const errors = keys.reduce((sum, key) => sum + key.errors, 0)
      const bits = keys.reduce((sum, key) => sum + key.keyBits, 0)
      least = Math.min(least, chanceOfReadings({ tally, mode, plannedNoise: noise, keyErrors: { errors, bits } }))
    }
    expect(least).toBeGreaterThan(ALERT_CHANCE)
  })

  test('is 1 for readings below plan and where nothing was counted', () => {
    const { tally } = drawRun(new SeededRandom('quiet'), { ...LINKS[mode], correlationOf: wernerCorrelation(1) })
    expect(chanceOfReadings({ tally, mode, plannedNoise: 0.2 })).toBe(1)
    const none = drawRun(new SeededRandom('none'), { ...LINKS[mode], pairs: 0, correlationOf: wernerCorrelation(1) })
    expect(chanceOfReadings({ tally: none.tally, mode, plannedNoise: 0, keyErrors: { errors: 0, bits: 0 } })).toBe(1)
  })

  test('sees an error in a key that was planned to have none', () => {
    const { tally } = drawRun(new SeededRandom('one error'), { ...LINKS[mode], correlationOf: wernerCorrelation(1) })
    expect(chanceOfReadings({ tally, mode, plannedNoise: 0, keyErrors: { errors: 1, bits: 9_000 } })).toBe(0)
  })
})

test('an alert is what happens less than once in a million runs', () => {
  expect(isAlert(0.99e-6)).toBe(true)
  expect(isAlert(1e-6)).toBe(false)
})
