import { describe, expect, it } from 'vitest'
import { SeededRandom } from '../lib/random.ts'
import { type Attack, attackFigures, probeOf, readingCorrelation } from './attacks.ts'
import { applyOperation } from './circuits.ts'
import { measured, reducedBloch } from './measurement.ts'
import { drawSettings, type PreparedPairs, preparePairs } from './pair-source.ts'
import type { QubitBatch } from './qubit-batch.ts'
import { measureQubits } from './qubit-measurement.ts'
import { SHOTS_PER_BLOCK } from './sampling.ts'
import { ALICE_ANGLES, BOB_ANGLES, KEY_ANGLES, SETTING_PAIRS, type SettingWeights } from './settings.ts'
import { type Bloch, groundState, joined, qubitState } from './states.ts'
import { countRight, type EveTap, guessBits, guessChance, makeTap, UNTOUCHED } from './tap.ts'
import { deviation, tally } from './testing.ts'

const THIRDS: SettingWeights = [21_845, 21_845, 21_846]
const PAIRS = 1 << 20
const degrees = (x: number): number => (x * Math.PI) / 180

interface Run {
  readonly alice: PreparedPairs
  readonly tap: EveTap
  readonly bob: { readonly settings: Uint8Array; readonly outcomes: Uint8Array }
}

/** Source, taps one after the other (the last one's readings are kept), Bob. */
function run(attacks: readonly Attack[], noise: number, seed: string, count = PAIRS): Run {
  const random = new SeededRandom(seed)
  const alice = preparePairs(count, THIRDS, 1 - noise, random)
  const taps = attacks.map(makeTap)
  const qubits = taps.reduce((batch: QubitBatch, tap) => tap.onQubits(batch, random), alice.qubits)
  const settings = drawSettings(count, THIRDS, random)
  return { alice, tap: taps.at(-1)!, bob: { settings, outcomes: measureQubits(qubits, settings, random) } }
}

/** Rounds in which one side used `setting`, and how many of its bits Eve guessed. */
function guessed({ tap }: Run, settings: Uint8Array, bits: Uint8Array, setting: number, angle: number) {
  const rounds = settings.reduce((sum, s) => sum + (s === setting ? 1 : 0), 0)
  const chosen = (all: Uint8Array): Uint8Array => all.filter((_, i) => settings[i] === setting)
  const measuredBits = { settings: new Uint8Array(rounds), bits: chosen(bits), angles: [angle] }
  return { rounds, right: countRight(tap.attack, chosen(tap.readings), measuredBits) }
}

const CASES: readonly (readonly [string, Attack, number])[] = [
  ['ghz at 0', { kind: 'ghz', strength: 1, angleRadians: 0 }, 0],
  ['ghz at 30 degrees, half', { kind: 'ghz', strength: 0.5, angleRadians: degrees(30) }, 0.03],
  ['intercept at 67.5 degrees', { kind: 'intercept', strength: 1, angleRadians: degrees(67.5) }, 0],
  ['intercept at 160 degrees of a third', { kind: 'intercept', strength: 1 / 3, angleRadians: degrees(160) }, 0.05],
  ['a copy along an axis out of the plane', { kind: 'copy', strength: 0.7, axis: [0.6, 0.48, 0.64] }, 0.02],
  ['circular', { kind: 'circular', strength: 1 }, 0],
  ['circular, of a fifth', { kind: 'circular', strength: 0.2 }, 0.01],
  ['clone, balanced', { kind: 'clone', strength: 0.5 }, 0],
]

describe('a tap', () => {
  // Nine correlations and two guesses a case at 5 sigma: false alarm 5.7e-7 each, 3.8e-5 in all.
  it.each(CASES)('%s: shots show the exact correlations and guesses', (name, attack, noise) => {
    const shots = run([attack], noise, name)
    const exact = attackFigures(attack, noise)
    const counted = tally(shots.alice, shots.bob)
    for (const pair of SETTING_PAIRS) expect(deviation(counted[pair], exact.correlations[pair])).toBeLessThan(5)

    const a3 = guessed(shots, shots.alice.settings, shots.alice.outcomes, 2, ALICE_ANGLES[2])
    expect(Math.abs(a3.right - a3.rounds * exact.guess.a3)).toBeLessThan(2.5 * Math.sqrt(a3.rounds))
    if (attack.kind === 'clone') return // read in b2 she guesses b1 worse than with an ancilla kept until then
    const b1 = guessed(shots, shots.bob.settings, shots.bob.outcomes, 0, BOB_ANGLES[0])
    expect(Math.abs(b1.right - b1.rounds * exact.guess.b1)).toBeLessThan(2.5 * Math.sqrt(b1.rounds))
  })

  it('hands on and reads what the slow, plain twin does, qubit by qubit', () => {
    for (const [name, attack] of CASES) {
      const count = SHOTS_PER_BLOCK + 9
      const { qubits } = preparePairs(count, THIRDS, 0.9, new SeededRandom('twin'))
      const tap = makeTap(attack)
      const fast = tap.onQubits(qubits, new SeededRandom(name))
      const slow = slowTap(attack, qubits, new SeededRandom(name))
      expect(tap.readings).toEqual(slow.readings)
      let worst = 0
      slow.blochs.forEach((bloch, i) => {
        for (let k = 0; k < 3; k++)
          worst = Math.max(worst, Math.abs(fast.codebook[3 * fast.indices[i]! + k]! - bloch[k]!))
      })
      expect(worst).toBeLessThan(2e-12)
    }
  })

  it('sends on two states where it intercepts everything, and a few more where it lets some pass', () => {
    const { qubits } = preparePairs(1000, THIRDS, 1, new SeededRandom('few'))
    const states = (attack: Attack): number =>
      makeTap(attack).onQubits(qubits, new SeededRandom('x')).codebook.length / 3
    expect(states({ kind: 'intercept', strength: 1, angleRadians: 1 })).toBe(2)
    expect(states({ kind: 'intercept', strength: 0.5, angleRadians: 1 })).toBe(8)
    expect(states({ kind: 'circular', strength: 1 })).toBe(2)
    expect(states({ kind: 'ghz', strength: 0.5, angleRadians: 1 })).toBeLessThanOrEqual(12)
    expect(states({ kind: 'clone', strength: 0.5 })).toBeLessThanOrEqual(12)
  })

  it('decides a tie with 32 more bits', () => {
    const probe: Attack = { kind: 'intercept', strength: 0.5, angleRadians: 0 }
    const qubit = { codebook: Float64Array.of(1, 0, 0), indices: new Uint8Array(1) } // ways of 1/4, 1/4 and 1/2
    const reading = (word: number, rest: number): number => {
      const tap = makeTap(probe)
      tap.onQubits(qubit, {
        fill(target) {
          const view = new DataView(target.buffer, target.byteOffset, target.byteLength)
          if (target.length === 4) view.setUint32(0, rest)
          else view.setUint16(0, word, true)
        },
      })
      return tap.readings[0]!
    }
    expect([reading(16_383, 2 ** 32 - 1), reading(16_384, 0), reading(16_384, 2 ** 32 - 1)]).toEqual([0, 1, 1])
    expect([reading(32_767, 2 ** 32 - 1), reading(32_768, 0), reading(65_535, 0)]).toEqual([1, UNTOUCHED, UNTOUCHED])
  })

  it('leaves alone all but its share of the pairs, and says which', () => {
    const { tap } = run([{ kind: 'intercept', strength: 0.25, angleRadians: 0 }], 0, 'share')
    const untouched = tap.readings.reduce((sum, reading) => sum + (reading === UNTOUCHED ? 1 : 0), 0)
    expect(Math.abs(untouched - 0.75 * PAIRS)).toBeLessThan(5 * Math.sqrt(PAIRS * 0.1875)) // false alarm 5.7e-7
    expect(makeTap({ kind: 'intercept', strength: 0, angleRadians: 0 }).readings.length).toBe(0)
  })

  it('does nothing at strength 0', () => {
    for (const attack of [
      { kind: 'ghz', strength: 0, angleRadians: 1 },
      { kind: 'intercept', strength: 0, angleRadians: 1 },
      { kind: 'clone', strength: 0 },
    ] as const) {
      const counted = tally(...sides(run([attack], 0, attack.kind, 100_000)))
      expect(counted.a3b2.e).toBe(1)
      expect(counted.a2b1.e).toBe(1)
    }
  })

  it('keeps the codebook within 256 states, however many taps stand in a row', () => {
    const attacks = Array.from({ length: 9 }, (_, k): Attack => ({ kind: 'ghz', strength: 0.2, angleRadians: 0.3 * k }))
    const random = new SeededRandom('many')
    let { qubits }: { qubits: QubitBatch } = preparePairs(2000, THIRDS, 1, random)
    for (const attack of attacks) {
      qubits = makeTap(attack).onQubits(qubits, random)
      expect(qubits.codebook.length / 3).toBeLessThanOrEqual(256)
    }
  })

  it('still disturbs as it should where it forwards means', () => {
    const attacks = Array.from({ length: 8 }, (): Attack => ({ kind: 'clone', strength: 0.1 }))
    const counted = tally(...sides(run(attacks, 0, 'means', 1 << 18)))
    const shrunk = Math.cos(0.05 * Math.PI) ** 8 // each cloner shrinks the plane by cos theta
    expect(deviation(counted.a3b2, shrunk)).toBeLessThan(5)
    expect(deviation(counted.a2b1, shrunk)).toBeLessThan(5)
  })
})

describe('countRight', () => {
  it('inverts readings that go against the bit and counts halves for qubits left alone', () => {
    const attack: Attack = { kind: 'intercept', strength: 0.5, angleRadians: 0 }
    const settings = Uint8Array.of(0, 0, 1, 1, 0)
    const bits = Uint8Array.of(0, 1, 1, 1, 0)
    const readings = Uint8Array.of(0, 0, 0, 1, UNTOUCHED)
    expect(countRight(attack, readings, { settings, bits, angles: [0, Math.PI] })).toBe(2.5)
  })

  it('knows how readings go along with a bit', () => {
    expect(readingCorrelation({ kind: 'intercept', strength: 0.2, angleRadians: 0 }, Math.PI)).toBeCloseTo(-1, 12)
    expect(readingCorrelation({ kind: 'ghz', strength: 0.5, angleRadians: 0.3 }, 0.3)).toBeCloseTo(Math.SQRT1_2, 12)
  })
})

describe('a guess of bits', () => {
  it('is the reading, inverted where it goes against the bit, and a coin for a qubit left alone', () => {
    const attack: Attack = { kind: 'intercept', strength: 0.5, angleRadians: 0 }
    const readings = Uint8Array.of(0, 1, UNTOUCHED, 0, UNTOUCHED)
    const [along, against] = [0, Math.PI].map((angle) => guessBits(attack, readings, angle, new SeededRandom('coin')))
    expect([along![0], along![1], along![3]]).toEqual([0, 1, 0])
    expect([against![0], against![1], against![3]]).toEqual([1, 0, 1])
    const coins = guessBits(attack, new Uint8Array(10_000).fill(UNTOUCHED), 0, new SeededRandom('coins'))
    expect(new Set(coins)).toEqual(new Set([0, 1]))
    expect(Math.abs(coins.reduce((sum, bit) => sum + bit, 0) - 5_000)).toBeLessThan(250) // 5 sigma: 5.7e-7
  })

  // Alice's bits of each key; 5 sigma of a fair coin and so above 5 sigma of every other: false alarm 5.7e-7 each.
  it.each(CASES)('(%s) is right as often as it is said to be', (name, attack) => {
    const { alice, tap } = run([attack], 0, `${name} guess`, 1 << 17)
    for (const [setting, angle] of [KEY_ANGLES.a2b1, KEY_ANGLES.a3b2].map((value, i) => [i + 1, value] as const)) {
      const chosen = (all: Uint8Array): Uint8Array => all.filter((_, i) => alice.settings[i] === setting)
      const bits = chosen(alice.outcomes)
      const guess = guessBits(attack, chosen(tap.readings), angle, new SeededRandom(name))
      const right = guess.reduce((sum, bit, i) => sum + (bit === bits[i] ? 1 : 0), 0)
      expect(Math.abs(right - bits.length * guessChance(attack, angle))).toBeLessThan(2.5 * Math.sqrt(bits.length))
    }
  })
})

const sides = ({ alice, bob }: Run) => [alice, bob] as const

/** One qubit at a time by the engine; random bytes are read in the order of the fast one. */
function slowTap(attack: Attack, { codebook, indices }: QubitBatch, random: SeededRandom) {
  const { circuit, readAxis, fraction } = probeOf(attack)
  const known = Array.from({ length: codebook.length / 3 }, (_, k) => {
    const bloch = [...codebook.subarray(3 * k, 3 * k + 3)] as unknown as Bloch
    const both = circuit(0, 1).reduce(applyOperation, joined(qubitState(bloch), groundState(1)))
    const [zero, one] = measured(both, 1, readAxis)
    const blochs = [zero, one].map(({ state }) => (state === null ? null : reducedBloch(state, 0)))
    return { chances: [fraction * zero.probability, fraction * one.probability], blochs: [...blochs, bloch] }
  })
  const readings = new Uint8Array(indices.length)
  const blochs: Bloch[] = []
  for (let start = 0; start < indices.length; start += SHOTS_PER_BLOCK) {
    const length = Math.min(SHOTS_PER_BLOCK, indices.length - start)
    const words = new Uint8Array(2 * length)
    random.fill(words)
    for (let i = start; i < start + length; i++) {
      const { chances, blochs: ways } = known[indices[i]!]!
      const edges = [chances[0]!, chances[0]! + chances[1]!].map((p) => Math.round(p * 2 ** 48) / 2 ** 32)
      const word = words[2 * (i - start)]! + 256 * words[2 * (i - start) + 1]!
      const tie = new Uint8Array(4)
      if (edges.some((edge) => Math.floor(edge) === word)) random.fill(tie)
      const drawn = word + new DataView(tie.buffer).getUint32(0) / 2 ** 32
      readings[i] = drawn < edges[0]! ? 0 : drawn < edges[1]! ? 1 : UNTOUCHED
      blochs.push(ways[readings[i]!]!)
    }
  }
  return { readings, blochs }
}
