import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SeededRandom } from '../lib/random.ts'
import { preparePairsIn } from './any-source.ts'
import { type Attack, pairBehind } from './attacks.ts'
import { pairCorrelations } from './chsh.ts'
import { arrivalOver, type LinkStep, passOver } from './link.ts'
import { combine, identity, type Matrix, trace } from './matrix.ts'
import { drawSettings, preparePairs, wernerPair } from './pair-source.ts'
import { measureQubits } from './qubit-measurement.ts'
import { SETTING_PAIRS, type SettingWeights } from './settings.ts'
import { isPositive, parseSource, sourceState } from './sources.ts'
import type { Bloch, State } from './states.ts'
import { makeTap } from './tap.ts'
import { deviation, tally } from './testing.ts'

const THIRDS: SettingWeights = [21_845, 21_845, 21_846]
const share = fc.double({ min: 0, max: 1, noNaN: true })
const angle = fc.double({ min: -4, max: 4, noNaN: true })
const axis = fc
  .tuple(fc.double({ min: 0, max: Math.PI, noNaN: true }), angle)
  .map(([t, p]): Bloch => [Math.sin(t) * Math.cos(p), Math.sin(t) * Math.sin(p), Math.cos(t)])
const step: fc.Arbitrary<LinkStep> = fc.oneof(
  fc.record({ kind: fc.constantFrom('depolarising' as const, 'damping' as const), strength: share }),
  fc.record({ kind: fc.constant('dephasing' as const), axis, strength: share }),
  fc.record({ kind: fc.constant('misalignment' as const), angleRadians: angle }),
  fc.record({ kind: fc.constant('loss' as const), of: fc.constantFrom('pairs' as const, 'frames' as const), share }),
  fc.record({ kind: fc.constant('darkCounts' as const), chance: share }),
)

const distance = (a: Matrix, b: Matrix): number =>
  Math.max(...a.re.map((x, k) => Math.hypot(x - b.re[k]!, a.im[k]! - b.im[k]!)))

/** A lopsided, complex, partly entangled state: what no fair coin would imitate. */
const LOPSIDED: State = (() => {
  const parsed = parseSource([
    [0.6, 0.05, 0, [0.25, 0.1]],
    [0.05, 0.1, 0, 0],
    [0, 0, 0.05, [0, 0.02]],
    [[0.25, -0.1], 0, [0, -0.02], 0.25],
  ])
  if (!parsed.ok) throw new Error(parsed.reason)
  return parsed.value
})()

describe('a link, exactly', () => {
  it('leaves a state and a chance, whatever stands in it', () => {
    fc.assert(
      fc.property(fc.constantFrom(sourceState('phi+'), LOPSIDED), fc.array(step, { maxLength: 6 }), (source, steps) => {
        const { state, chance } = arrivalOver(source, steps)
        expect(chance).toBeGreaterThanOrEqual(0)
        expect(chance).toBeLessThanOrEqual(1 + 1e-12)
        expect(trace(state.rho)[0]).toBeCloseTo(1, 12)
        expect(isPositive(state.rho, 1e-10)).toBe(true)
      }),
    )
  })

  it('is one link after the other where it is cut in two', () => {
    const noise = step.filter((one) => one.kind !== 'loss' && one.kind !== 'darkCounts')
    fc.assert(
      fc.property(fc.array(noise, { maxLength: 4 }), fc.array(noise, { maxLength: 4 }), (first, second) => {
        const whole = arrivalOver(LOPSIDED, [...first, ...second])
        const cut = arrivalOver(arrivalOver(LOPSIDED, first).state, second)
        expect(distance(whole.state.rho, cut.state.rho)).toBeLessThan(1e-13)
      }),
    )
  })

  it('depolarising makes Werner pairs of Bell pairs', () => {
    const { state } = arrivalOver(sourceState('phi+'), [{ kind: 'depolarising', strength: 0.07 }])
    expect(distance(state.rho, wernerPair(0.93).rho)).toBeLessThan(1e-15)
  })

  it('loss takes pairs and changes none that arrive, by pairs and by frames', () => {
    const steps: LinkStep[] = [
      { kind: 'loss', of: 'pairs', share: 0.2 },
      { kind: 'loss', of: 'frames', share: 0.5 },
    ]
    const { state, chance } = arrivalOver(LOPSIDED, steps)
    expect(chance).toBeCloseTo(0.4, 15)
    expect(distance(state.rho, LOPSIDED.rho)).toBe(0)
  })

  it('dark counts alone are noise: without a photon every bit is random', () => {
    const steps: LinkStep[] = [
      { kind: 'loss', of: 'pairs', share: 1 },
      { kind: 'darkCounts', chance: 0.01 },
    ]
    const { state, chance } = arrivalOver(sourceState('phi+'), steps)
    expect(chance).toBeCloseTo(1 - 0.99 ** 2, 15)
    expect(distance(state.rho, combine(1 / 4, identity(4), 0, identity(4)))).toBeLessThan(1e-15)
  })

  it('dark counts on a lossy link give the error rate of the textbook: half the share of random bits', () => {
    const [loss, dark] = [0.9, 1e-3]
    const steps: LinkStep[] = [
      { kind: 'loss', of: 'pairs', share: loss },
      { kind: 'darkCounts', chance: dark },
    ]
    const { state, chance } = arrivalOver(sourceState('phi+'), steps)
    const fired = 0.1 + 0.9 * (1 - (1 - dark) ** 2)
    const random = 0.1 * dark + 0.9 * (1 - (1 - dark) ** 2)
    expect(chance).toBeCloseTo(fired, 15)
    expect((1 - pairCorrelations(state, 0, 1).a3b2) / 2).toBeCloseTo(random / fired / 2, 13)
  })

  it('misalignment costs S and both key settings alike: cos and sin^2 of the angle', () => {
    const { state } = arrivalOver(sourceState('phi+'), [{ kind: 'misalignment', angleRadians: 0.1 }])
    const { a3b2, a2b1 } = pairCorrelations(state, 0, 1)
    expect((1 - a3b2) / 2).toBeCloseTo(Math.sin(0.05) ** 2, 13)
    expect((1 - a2b1) / 2).toBeCloseTo(Math.sin(0.05) ** 2, 13)
  })

  it('refuses what is no probability', () => {
    for (const bad of [
      { kind: 'loss', of: 'pairs', share: 1.1 },
      { kind: 'darkCounts', chance: -0.1 },
    ] as const) {
      expect(() => arrivalOver(LOPSIDED, [bad])).toThrow('a probability in [0, 1]')
    }
  })
})

/** Source, link, Eve, link, Bob: the rounds of which Bob's detectors said something. */
function run(
  source: State,
  before: readonly LinkStep[],
  attack: Attack | null,
  after: readonly LinkStep[],
  seed: string,
) {
  const [count, frames] = [1 << 16, 16]
  const random = new SeededRandom(seed)
  const alice = { settings: [] as number[], outcomes: [] as number[] }
  const bob = { settings: [] as number[], outcomes: [] as number[] }
  let framesLost = 0
  for (let frame = 0; frame < frames; frame++) {
    const pairs = preparePairsIn(source, count, THIRDS, random)
    const first = passOver(before, pairs.qubits, random)
    const touched = first && (attack ? makeTap(attack).onQubits(first.qubits, random) : first.qubits)
    const second = touched && passOver(after, touched, random)
    if (!first || !second) {
      framesLost++
      continue
    }
    const settings = drawSettings(count, THIRDS, random)
    const outcomes = measureQubits(second.qubits, settings, random)
    for (let i = 0; i < count; i++) {
      if (first.arrived[i] === 0 || second.arrived[i] === 0) continue
      alice.settings.push(pairs.settings[i]!)
      alice.outcomes.push(pairs.outcomes[i]!)
      bob.settings.push(settings[i]!)
      bob.outcomes.push(outcomes[i]!)
    }
  }
  const packed = (side: typeof alice) => ({
    settings: Uint8Array.from(side.settings),
    outcomes: Uint8Array.from(side.outcomes),
  })
  return {
    counted: tally(packed(alice), packed(bob)),
    arrived: alice.settings.length,
    sent: count * frames,
    framesLost,
  }
}

describe('a link, shot by shot', () => {
  const noisy: LinkStep[] = [
    { kind: 'damping', strength: 0.1 },
    { kind: 'dephasing', axis: [0.6, 0, 0.8], strength: 0.15 },
    { kind: 'misalignment', angleRadians: 0.08 },
  ]
  const detector: LinkStep[] = [
    { kind: 'loss', of: 'pairs', share: 0.3 },
    { kind: 'darkCounts', chance: 0.02 },
  ]
  const cases: readonly (readonly [string, State, LinkStep[], Attack | null, LinkStep[]])[] = [
    ['Bell pairs over a noisy fibre', sourceState('phi+'), noisy, null, detector],
    ['a lopsided source', LOPSIDED, [], null, []],
    ['a lopsided source over everything', LOPSIDED, noisy, { kind: 'ghz', strength: 0.5, angleRadians: 0.5 }, detector],
    ['Eve before the noise', sourceState('psi-'), [], { kind: 'intercept', strength: 0.5, angleRadians: 1 }, noisy],
  ]

  // Nine correlations and a rate a case at 5 sigma: false alarm 5.7e-6 a case.
  it.each(cases)('shows the exact correlations and arrivals: %s', (name, source, before, attack, after) => {
    const { counted, arrived, sent } = run(source, before, attack, after, name)
    const first = arrivalOver(source, before)
    const second = arrivalOver(attack ? pairBehind(attack, first.state) : first.state, after)
    const exact = pairCorrelations(second.state, 0, 1)
    for (const pair of SETTING_PAIRS) expect(deviation(counted[pair], exact[pair])).toBeLessThan(5)
    const chance = first.chance * second.chance
    expect(Math.abs(arrived - chance * sent)).toBeLessThanOrEqual(5 * Math.sqrt(sent * chance * (1 - chance)))
  })

  it('loses frames as wholes', () => {
    const random = new SeededRandom('frames')
    const { qubits } = preparePairs(100, THIRDS, 1, random)
    const steps: LinkStep[] = [{ kind: 'loss', of: 'frames', share: 0.3 }]
    const passed = Array.from({ length: 2_000 }, () => passOver(steps, qubits, random))
    const lost = passed.filter((passage) => passage === null).length
    expect(Math.abs(lost - 600)).toBeLessThan(5 * Math.sqrt(2_000 * 0.21)) // false alarm 5.7e-7
    for (const passage of passed) if (passage) expect(passage.arrived.every((one) => one === 1)).toBe(true)
  })
})
