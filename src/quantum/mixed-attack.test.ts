import { describe, expect, it } from 'vitest'
import { SeededRandom } from '../lib/random.ts'
import { type Attack, attackFigures, attackFiguresOn } from './attacks.ts'
import { type AttackShare, countRightOfMixed, makeMixedTap, mixedFiguresOn } from './mixed-attack.ts'
import { drawSettings, preparePairs, wernerPair } from './pair-source.ts'
import { measureQubits } from './qubit-measurement.ts'
import { ALICE_ANGLES, SETTING_PAIRS, type SettingWeights } from './settings.ts'
import { UNTOUCHED } from './tap.ts'
import { deviation, tally } from './testing.ts'

const THIRDS: SettingWeights = [21_845, 21_845, 21_846]
const PAIRS = 1 << 20
const degrees = (x: number): number => (x * Math.PI) / 180
const intercept = (angle: number, strength = 1): Attack => ({
  kind: 'intercept',
  strength,
  angleRadians: degrees(angle),
})

/** Intercept-resend along twelve angles, all over the half circle alike. */
const AROUND: readonly AttackShare[] = Array.from({ length: 12 }, (_, k) => ({
  attack: intercept(15 * k),
  weight: 1 / 12,
}))
const UNEVEN: readonly AttackShare[] = [
  { attack: intercept(0, 0.5), weight: 0.5 },
  { attack: intercept(90), weight: 0.3 },
  { attack: { kind: 'circular', strength: 1 }, weight: 0.15 },
  { attack: { kind: 'clone', strength: 0.4 }, weight: 0.05 },
]

describe('a mixture, exactly', () => {
  it('of angles all around is depolarising in the plane: S = sqrt2 and QBER 25 % in both key settings', () => {
    const { s, qber, guess } = mixedFiguresOn(AROUND, wernerPair(1))
    expect(s).toBeCloseTo(Math.SQRT2, 12)
    expect(qber.a3b2).toBeCloseTo(0.25, 12)
    expect(qber.a2b1).toBeCloseTo(0.25, 12)
    const mean = AROUND.reduce((sum, _, k) => sum + Math.abs(Math.cos(degrees(15 * k - 90))) / 12, 0)
    expect(guess.a3).toBeCloseTo((1 + mean) / 2, 12)
  })

  it('of the two key directions of BB84 is its classic Eve: three bits of four, at 25 %', () => {
    const shares = [0, 90].map((angle) => ({ attack: intercept(angle), weight: 0.5 }))
    const { qber, guess, information } = mixedFiguresOn(shares, wernerPair(1))
    expect([qber.a3b2, guess.a3, information.a3].map((x) => x.toFixed(6))).toEqual(['0.250000', '0.750000', '0.500000'])
  })

  it('of one attack alone is that attack, and of one beside nothing is a fraction of it', () => {
    const pair = wernerPair(0.95)
    const alone = mixedFiguresOn([{ attack: intercept(30), weight: 1 }], pair)
    expect(alone).toEqual(attackFiguresOn(intercept(30), pair))
    const beside = [
      { attack: intercept(30), weight: 0.25 },
      { attack: intercept(30, 0), weight: 0.75 },
    ]
    const found = mixedFiguresOn(beside, pair)
    const wanted = attackFigures(intercept(30, 0.25), 0.05)
    for (const read of ['s', 'sEve'] as const) expect(found[read]).toBeCloseTo(wanted[read], 12)
    expect(found.information.a3).toBeCloseTo(wanted.information.a3, 12)
  })

  it('refuses weights that do not add up to 1', () => {
    for (const weight of [0.9, -1, Number.NaN]) {
      expect(() => mixedFiguresOn([{ attack: intercept(0), weight }], wernerPair(1))).toThrow('add up to 1')
    }
    expect(() => makeMixedTap([])).toThrow('add up to 1')
  })
})

describe('a tap with a mixture', () => {
  // Nine correlations, two guesses and the shares drawn, each at 5 sigma: false alarm 5.7e-7 each, 1e-5 in all.
  it.each([
    ['twelve angles', AROUND, 0],
    ['four attacks', UNEVEN, 0.02],
  ] as const)('shows the exact correlations, guesses and shares: %s', (name, shares, noise) => {
    const random = new SeededRandom(name)
    const alice = preparePairs(PAIRS, THIRDS, 1 - noise, random)
    const tap = makeMixedTap(shares)
    const qubits = tap.onQubits(alice.qubits, random)
    const settings = drawSettings(PAIRS, THIRDS, random)
    const outcomes = measureQubits(qubits, settings, random)
    const exact = mixedFiguresOn(shares, wernerPair(1 - noise))
    const counted = tally(alice, { settings, outcomes })
    for (const pair of SETTING_PAIRS) expect(deviation(counted[pair], exact.correlations[pair])).toBeLessThan(5)

    shares.forEach(({ weight }, choice) => {
      const drawn = tap.choices.reduce((sum, each) => sum + (each === choice ? 1 : 0), 0)
      expect(Math.abs(drawn - PAIRS * weight)).toBeLessThan(5 * Math.sqrt(PAIRS * weight * (1 - weight)))
    })
    // All in one setting: as if every round had been a key round.
    const inA3 = alice.settings.map((setting) => (setting === 2 ? 1 : 0))
    const only = (values: Uint8Array): Uint8Array<ArrayBuffer> => values.filter((_, i) => inA3[i] === 1)
    const bits = only(alice.outcomes)
    const right = countRightOfMixed(
      shares,
      { choices: only(tap.choices), readings: only(tap.readings) },
      { settings: new Uint8Array(bits.length), bits, angles: [ALICE_ANGLES[2]] },
    )
    expect(Math.abs(right - bits.length * exact.guess.a3)).toBeLessThan(2.5 * Math.sqrt(bits.length))
  })

  it('reads what its attacks read, and says where it let a qubit pass', () => {
    const random = new SeededRandom('half')
    const { qubits } = preparePairs(10_000, THIRDS, 1, random)
    const tap = makeMixedTap([
      { attack: intercept(0, 0), weight: 0.5 },
      { attack: intercept(45), weight: 0.5 },
    ])
    tap.onQubits(qubits, random)
    tap.choices.forEach((choice, i) => {
      expect(tap.readings[i] === UNTOUCHED).toBe(choice === 0)
    })
  })

  it('decides a tie with 32 more bits', () => {
    const tap = makeMixedTap([
      { attack: intercept(0, 0), weight: 0.5 },
      { attack: intercept(90, 0), weight: 0.5 },
    ])
    const choice = (word: number, rest: number): number => {
      let first = true
      tap.onQubits(
        { codebook: Float64Array.of(0, 0, 1), indices: new Uint8Array(1) },
        {
          fill(target) {
            const view = new DataView(target.buffer, target.byteOffset, target.byteLength)
            if (target.length === 4) view.setUint32(0, rest)
            else if (target.length === 2) view.setUint16(0, first ? word : 0, true)
            first = false
          },
        },
      )
      return tap.choices[0]!
    }
    expect([choice(32_767, 2 ** 32 - 1), choice(32_768, 0), choice(65_535, 0)]).toEqual([0, 1, 1])
  })

  it('refuses more states than a codebook has', () => {
    const many = Array.from({ length: 40 }, (_, k) => ({ attack: intercept(k, 0.5), weight: 1 / 40 }))
    const random = new SeededRandom('many')
    const { qubits } = preparePairs(20_000, THIRDS, 1, random)
    expect(() => makeMixedTap(many).onQubits(qubits, random)).toThrow('at most 256 states')
  })
})
