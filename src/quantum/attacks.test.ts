// Eve's figures against PROTOCOL's table (closed forms below), and the taps' shots against the figures.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Attack, attackFigures } from './attacks.ts'

const degrees = (x: number): number => (x * Math.PI) / 180
const share = fc.double({ min: 0, max: 1, noNaN: true })
const angle = fc.double({ min: -4, max: 4, noNaN: true })

/** S, both error rates and both guesses by the formulas of the protocol's table, on pairs of visibility v. */
function closedForm(attack: Attack, v: number) {
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

const attacks: fc.Arbitrary<Attack> = fc.oneof(
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

  it('refuses a strength out of range', () => {
    expect(() => attackFigures({ kind: 'clone', strength: 1.01 }, 0)).toThrow('a strength in [0, 1]')
  })
})
