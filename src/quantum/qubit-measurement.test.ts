import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type RandomSource, SeededRandom } from '../lib/random.ts'
import { measured } from './measurement.ts'
import { drawSettings } from './pair-source.ts'
import type { QubitBatch } from './qubit-batch.ts'
import { measureQubits } from './qubit-measurement.ts'
import { makeThresholds, SHOTS_PER_BLOCK } from './sampling.ts'
import { BOB_ANGLES } from './settings.ts'
import { type Bloch, inPlane, qubitState } from './states.ts'

const THIRDS = [21_845, 21_845, 21_846] as const

/** A batch over `states` random states. */
function randomBatch(states: number, count: number, random: SeededRandom): QubitBatch {
  const codebook = new Float64Array(3 * states)
  for (let k = 0; k < states; k++) {
    const [polar, azimuth, length] = [Math.PI * random.unit(), 2 * Math.PI * random.unit(), random.unit()]
    codebook[3 * k] = length * Math.sin(polar) * Math.cos(azimuth)
    codebook[3 * k + 1] = length * Math.sin(polar) * Math.sin(azimuth)
    codebook[3 * k + 2] = length * Math.cos(polar)
  }
  return { codebook, indices: Uint8Array.from({ length: count }, () => random.integer(states)) }
}

const chance = (batch: QubitBatch, state: number, setting: number): number => {
  const bloch = [...batch.codebook.subarray(3 * state, 3 * state + 3)] as unknown as Bloch
  return measured(qubitState(bloch), 0, inPlane(BOB_ANGLES[setting]!))[0].probability
}

/** One qubit at a time, each by the engine's density matrix; random bytes are read in the order of the fast one. */
function slowMeasure(batch: QubitBatch, settings: Uint8Array, random: RandomSource): Uint8Array {
  const known = new Map<number, number>()
  const outcomes = new Uint8Array(settings.length)
  for (let start = 0; start < settings.length; start += SHOTS_PER_BLOCK) {
    const length = Math.min(SHOTS_PER_BLOCK, settings.length - start)
    const words = new Uint8Array(2 * length)
    random.fill(words)
    for (let i = start; i < start + length; i++) {
      const [state, setting] = [batch.indices[i]!, settings[i]!]
      const p = known.get(3 * state + setting) ?? chance(batch, state, setting)
      known.set(3 * state + setting, p)
      const word = words[2 * (i - start)]! + 256 * words[2 * (i - start) + 1]!
      const tie = new Uint8Array(4)
      if (word === Math.floor(p * 65_536)) random.fill(tie)
      outcomes[i] = (word + new DataView(tie.buffer).getUint32(0) / 2 ** 32) / 65_536 < p ? 0 : 1
    }
  }
  return outcomes
}

/** A source that gives the same 16-bit word to every shot and the same 32 bits to every tie. */
const constant = (word: number, rest: number): RandomSource => ({
  fill(target) {
    const view = new DataView(target.buffer, target.byteOffset, target.byteLength)
    if (target.length === 4) view.setUint32(0, rest)
    else for (let i = 0; i < target.length; i += 2) view.setUint16(i, word, true)
  },
})

/** One outcome of a state on the Z axis with chance p of outcome 0 at 45 degrees, from given words. */
function outcomeOf(p: number, word: number, rest: number): number {
  const along = inPlane(BOB_ANGLES[0])
  const codebook = Float64Array.from(along, (x) => (2 * p - 1) * x)
  return measureQubits({ codebook, indices: new Uint8Array(1) }, new Uint8Array(1), constant(word, rest))[0]!
}

describe('measureQubits', () => {
  it.each([1, 6, 255, 256])('gives the outcomes of the slow, plain twin for %d states', (states) => {
    const count = 2 * SHOTS_PER_BLOCK + 77
    const batch = randomBatch(states, count, new SeededRandom(`batch ${states}`))
    const settings = drawSettings(count, THIRDS, new SeededRandom('settings'))
    const fast = measureQubits(batch, settings, new SeededRandom('shots'))
    expect(fast).toEqual(slowMeasure(batch, settings, new SeededRandom('shots')))
  })

  it('meets the Born probability of each state and setting', () => {
    const count = 1 << 20
    const batch = randomBatch(5, count, new SeededRandom('born'))
    const settings = drawSettings(count, THIRDS, new SeededRandom('born settings'))
    const outcomes = measureQubits(batch, settings, new SeededRandom('born shots'))
    const zeros = new Float64Array(15)
    const rounds = new Float64Array(15)
    outcomes.forEach((outcome, i) => {
      const at = 3 * batch.indices[i]! + settings[i]!
      rounds[at]! += 1
      zeros[at]! += 1 - outcome
    })
    // 15 counts at 5 sigma: false alarm 8.6e-6.
    rounds.forEach((m, at) => {
      const p = chance(batch, Math.floor(at / 3), at % 3)
      expect(Math.abs(zeros[at]! - m * p)).toBeLessThan(5 * Math.sqrt(m * p * (1 - p)))
    })
  })

  it('never errs where an outcome is certain, whatever the random bytes', () => {
    for (const word of [0, 1, 32_767, 32_768, 65_535]) {
      for (const rest of [0, 2 ** 31, 2 ** 32 - 1]) {
        expect(outcomeOf(1, word, rest)).toBe(0)
        expect(outcomeOf(0, word, rest)).toBe(1)
      }
    }
  })

  it('decides a tie with 32 more bits', () => {
    const p = 0.5 + 2 ** -18 // 32,768 words and a quarter of one
    const quarter = 2 ** 30
    expect(outcomeOf(p, 32_767, 2 ** 32 - 1)).toBe(0)
    expect(outcomeOf(p, 32_768, quarter - 2 ** 10)).toBe(0)
    expect(outcomeOf(p, 32_768, quarter + 2 ** 10)).toBe(1)
    expect(outcomeOf(p, 32_769, 0)).toBe(1)
  })

  it('refuses settings that are not one a qubit', () => {
    const batch = randomBatch(2, 8, new SeededRandom('short'))
    expect(() => measureQubits(batch, new Uint8Array(7), new SeededRandom('x'))).toThrow(
      'a setting for each of 8 qubits',
    )
  })
})

describe('thresholds', () => {
  it('hold a probability within 2^-49', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (p) => {
        const { high, low } = makeThresholds([p])
        expect(Math.abs((high[0]! + low[0]! / 2 ** 32) / 65_536 - p)).toBeLessThanOrEqual(2 ** -49)
      }),
    )
  })
})
