// Eve's figures against PROTOCOL's table (closed forms below), and the taps' shots against the figures.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Attack, attackFigures, attackFiguresOn, guessInformation } from './attacks.ts'
import { applyChannel, dephasing, depolarize1 } from './channels.ts'
import { wernerPair } from './pair-source.ts'
import { ALICE_ANGLES, BOB_ANGLES, SETTING_PAIRS } from './settings.ts'
import { sourceState } from './sources.ts'
import { type Bloch, inPlane } from './states.ts'

const degrees = (x: number): number => (x * Math.PI) / 180
const share = fc.double({ min: 0, max: 1, noNaN: true })
const angle = fc.double({ min: -4, max: 4, noNaN: true })
const axis = fc
  .tuple(fc.double({ min: 0, max: Math.PI, noNaN: true }), angle)
  .map(([t, p]): Bloch => [Math.sin(t) * Math.cos(p), Math.sin(t) * Math.sin(p), Math.cos(t)])

/** S, both error rates and both guesses by the formulas of the protocol's table, on pairs of visibility v. */
function closedForm(attack: Exclude<Attack, { kind: 'copy' }>, v: number) {
  const theta = (attack.strength * Math.PI) / 2
  const f = attack.strength
  const sin2 = (x: number): number => Math.sin(x) ** 2
  const rate = (clean: number): number => (1 - v * (1 - 2 * clean)) / 2
  const figures = (s: number, a3b2: number, a2b1: number, a3: number, b1: number) => ({
    s: v * s,
    a3b2: rate(a3b2),
    a2b1: rate(a2b1),
    a3: (1 + v * a3) / 2, // noise stands between her and Alice's bit,
    b1: (1 + b1) / 2, // not between her and Bob's
  })
  switch (attack.kind) {
    case 'ghz': {
      const [x3, x2] = [Math.PI / 2 - attack.angleRadians, Math.PI / 4 - attack.angleRadians]
      const q = (1 - Math.cos(theta)) / 2
      const [a3, b1] = [Math.sin(theta) * Math.abs(Math.cos(x3)), Math.sin(theta) * Math.abs(Math.cos(x2))]
      return figures(Math.SQRT2 * (1 + Math.cos(theta)), q * sin2(x3), q * sin2(x2), a3, b1)
    }
    case 'intercept': {
      const [x3, x2] = [Math.PI / 2 - attack.angleRadians, Math.PI / 4 - attack.angleRadians]
      const [a3, b1] = [f * Math.abs(Math.cos(x3)), f * Math.abs(Math.cos(x2))]
      return figures(Math.SQRT2 * (2 - f), (f * sin2(x3)) / 2, (f * sin2(x2)) / 2, a3, b1)
    }
    case 'circular':
      return figures(2 * Math.SQRT2 * (1 - f), f / 2, f / 2, 0, 0)
    case 'clone': {
      const [c, s, q] = [Math.cos(theta), Math.sin(theta), (1 - Math.cos(theta)) / 2]
      return figures(2 * Math.SQRT2 * c, q, q, s, s * c)
    }
  }
}

const attacks: fc.Arbitrary<Parameters<typeof closedForm>[0]> = fc.oneof(
  fc.record({ kind: fc.constantFrom('ghz' as const, 'intercept' as const), strength: share, angleRadians: angle }),
  fc.record({ kind: fc.constantFrom('circular' as const, 'clone' as const), strength: share }),
)

describe('attackFigures', () => {
  it('gives the figures of the protocol for every attack, strength, angle and noise', () => {
    fc.assert(
      fc.property(attacks, share, (attack, noise) => {
        const found = attackFigures(attack, noise)
        const wanted = closedForm(attack, 1 - noise)
        expect(found.s).toBeCloseTo(wanted.s, 12)
        expect(found.qber.a3b2).toBeCloseTo(wanted.a3b2, 12)
        expect(found.qber.a2b1).toBeCloseTo(wanted.a2b1, 12)
        expect(found.guess.a3).toBeCloseTo(wanted.a3, 12)
        expect(found.guess.b1).toBeCloseTo(wanted.b1, 12)
      }),
    )
  })

  it('gives the printed values of the table', () => {
    const ghz = attackFigures({ kind: 'ghz', strength: 1, angleRadians: 0 }, 0)
    expect([ghz.s, ghz.qber.a3b2, ghz.qber.a2b1, ghz.guess.a3, ghz.guess.b1].map((x) => x.toFixed(4))).toEqual([
      '1.4142',
      '0.5000',
      '0.2500',
      '0.5000',
      '0.8536',
    ])
    const trap = attackFigures({ kind: 'intercept', strength: 1, angleRadians: degrees(67.5) }, 0)
    expect([trap.s, trap.qber.a3b2, trap.qber.a2b1, trap.guess.a3].map((x) => x.toFixed(4))).toEqual([
      '1.4142',
      '0.0732',
      '0.0732',
      '0.9619',
    ])
    const none = attackFigures(null, 0)
    expect([none.s, none.qber.a3b2, none.qber.a2b1, none.guess.a3, none.guess.b1].map((x) => x.toFixed(4))).toEqual([
      '2.8284',
      '0.0000',
      '0.0000',
      '0.5000',
      '0.5000',
    ])
  })

  it('shares the quantum bound between Bob and a cloning Eve: S_AB^2 + S_AE^2 = 8', () => {
    fc.assert(
      fc.property(share, (strength) => {
        const { s, sEve } = attackFigures({ kind: 'clone', strength }, 0)
        expect(s ** 2 + sEve ** 2).toBeCloseTo(8, 11)
        expect(sEve).toBeCloseTo(2 * Math.SQRT2 * Math.sin((strength * Math.PI) / 2), 12)
      }),
    )
  })

  it('changes nothing at strength 0', () => {
    for (const kind of ['ghz', 'intercept', 'circular', 'clone'] as const) {
      const attack: Attack =
        kind === 'ghz' || kind === 'intercept' ? { kind, strength: 0, angleRadians: 1 } : { kind, strength: 0 }
      expect(attackFigures(attack, 0.1).s).toBeCloseTo(attackFigures(null, 0.1).s, 12)
    }
  })

  it('copies along any axis: what lies across it shrinks by cos theta, what lies along it she reads', () => {
    fc.assert(
      fc.property(share, axis, share, (strength, n, noise) => {
        const found = attackFigures({ kind: 'copy', strength, axis: n }, noise)
        const theta = (strength * Math.PI) / 2
        const [along, v] = [(angleRadians: number) => dot(inPlane(angleRadians), n), 1 - noise]
        SETTING_PAIRS.forEach((pair, k) => {
          const [a, b] = [ALICE_ANGLES[Math.floor(k / 3)]!, BOB_ANGLES[k % 3]!]
          const kept = along(a) * along(b)
          expect(found.correlations[pair]).toBeCloseTo(v * (kept + Math.cos(theta) * (Math.cos(a - b) - kept)), 12)
        })
        expect(found.guess.a3).toBeCloseTo((1 + v * Math.sin(theta) * Math.abs(along(ALICE_ANGLES[2]))) / 2, 12)
        expect(found.guess.b1).toBeCloseTo((1 + Math.sin(theta) * Math.abs(along(BOB_ANGLES[0]))) / 2, 12)
      }),
    )
  })

  it('is the same copy in the plane, whichever way its axis is said', () => {
    fc.assert(
      fc.property(share, angle, (strength, angleRadians) => {
        const byAngle = attackFigures({ kind: 'ghz', strength, angleRadians }, 0.05)
        const byAxis = attackFigures({ kind: 'copy', strength, axis: inPlane(angleRadians) }, 0.05)
        expect(byAxis.s).toBeCloseTo(byAngle.s, 12)
        expect(byAxis.guess.a3).toBeCloseTo(byAngle.guess.a3, 12)
        expect(byAxis.sEve).toBeCloseTo(byAngle.sEve, 12)
      }),
    )
  })

  it('of full strength leaves S at sqrt2 or under, at every angle; at 67.5 degrees a QBER under every threshold', () => {
    const full: readonly Attack[] = [
      ...Array.from({ length: 180 }, (_, k): Attack => ({ kind: 'intercept', strength: 1, angleRadians: degrees(k) })),
      ...Array.from({ length: 180 }, (_, k): Attack => ({ kind: 'ghz', strength: 1, angleRadians: degrees(k) })),
      { kind: 'circular', strength: 1 },
      { kind: 'clone', strength: 1 },
    ]
    for (const attack of full) expect(attackFigures(attack, 0).s).toBeLessThan(Math.SQRT2 + 1e-12)
    const { qber } = attackFigures({ kind: 'intercept', strength: 1, angleRadians: degrees(67.5) }, 0)
    expect(Math.max(qber.a3b2, qber.a2b1)).toBeLessThan(0.0733)
  })

  it('on a pair that came over a noisy fibre is the attack on that pair', () => {
    const attack: Attack = { kind: 'intercept', strength: 0.4, angleRadians: 0.7 }
    const depolarised = applyChannel(sourceState('phi+'), depolarize1(0.12), 1)
    expect(attackFiguresOn(attack, depolarised).s).toBeCloseTo(attackFigures(attack, 0.12).s, 12)
    // She measures along an axis along which the fibre has already dephased: nothing is left for her to disturb.
    const dephased = applyChannel(wernerPair(1), dephasing(inPlane(0.7)), 1)
    const after = attackFiguresOn({ ...attack, strength: 1 }, dephased)
    expect(after.s).toBeCloseTo(attackFiguresOn(null, dephased).s, 12)
  })

  it('refuses a strength out of range and an axis that is none', () => {
    expect(() => attackFigures({ kind: 'clone', strength: 1.01 }, 0)).toThrow('a strength in [0, 1]')
    expect(() => attackFigures({ kind: 'copy', strength: 1, axis: [1, 1, 0] }, 0)).toThrow('an axis of length 1')
  })
})

describe('what Eve knows', () => {
  it('is 1 - h of her best guess: nothing for a coin, all for a certain guess', () => {
    expect(guessInformation(0.5)).toBe(0)
    expect(guessInformation(1)).toBe(1)
    expect(guessInformation(0.85355339)).toBeCloseTo(0.39912, 5)
    expect(guessInformation(0.14644661)).toBeCloseTo(guessInformation(0.85355339), 6)
  })

  it('grows with the share of pairs that she touches, and with the strength of a copy', () => {
    const bits = (attack: Attack) => attackFigures(attack, 0).information
    const whole = bits({ kind: 'intercept', strength: 1, angleRadians: 1 })
    const quarter = bits({ kind: 'intercept', strength: 0.25, angleRadians: 1 })
    expect(quarter.a3).toBeCloseTo(whole.a3 / 4, 12)
    expect(quarter.b1).toBeCloseTo(whole.b1 / 4, 12)
    const copies = [0, 0.2, 0.4, 0.6, 0.8, 1].map((strength) => bits({ kind: 'ghz', strength, angleRadians: 1.2 }).a3)
    expect([...copies].sort((a, b) => a - b)).toEqual(copies)
    expect(copies[0]).toBeCloseTo(0, 12)
  })

  it('is never more than what her disturbance allows: h(e_ph) bits a bit of (a3,b2), by the uncertainty relation', () => {
    fc.assert(
      fc.property(attacks, share, (attack, noise) => {
        const { s, qber, information } = attackFigures(attack, noise)
        const phaseError = Math.min(0.5, Math.max(0, 1 - s / (2 * Math.SQRT2) - qber.a3b2))
        expect(information.a3).toBeLessThanOrEqual(1 - guessInformation(phaseError) + 1e-9)
      }),
    )
  })
})

const dot = (a: Bloch, b: Bloch): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
