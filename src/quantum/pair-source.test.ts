import { describe, expect, it } from 'vitest'
import { type RandomSource, SeededRandom } from '../lib/random.ts'
import { chshValue, keyErrorRates, pairCorrelations, S_QUANTUM_MAX } from './chsh.ts'
import { decodeBatch, encodeBatch } from './fibre-codec.ts'
import { bornProbability, measured, reducedBloch } from './measurement.ts'
import { drawSettings, type PreparedPairs, preparePairs, wernerPair } from './pair-source.ts'
import { measureQubits } from './qubit-measurement.ts'
import { makeThresholds, SHOTS_PER_BLOCK } from './sampling.ts'
import { ALICE_ANGLES, BOB_ANGLES, SETTING_PAIRS, type SettingWeights } from './settings.ts'
import { inPlane } from './states.ts'
import { deviation, type tally as Tally, tally } from './testing.ts'

const THIRDS: SettingWeights = [21_845, 21_845, 21_846]
const EFFICIENT: SettingWeights = [24_904, 1_311, 39_321]
const PAIRS = 1 << 20

/** The whole way of `count` pairs: source, Alice, wire, Bob. */
function run(count: number, visibility: number, seed: string): ReturnType<typeof Tally> {
  const random = new SeededRandom(seed)
  const alice = preparePairs(count, THIRDS, visibility, random)
  const arrived = decodeBatch(encodeBatch(alice.qubits), count)
  if (!arrived.ok) throw new Error(arrived.reason)
  const settings = drawSettings(count, THIRDS, random)
  return tally(alice, { settings, outcomes: measureQubits(arrived.value, settings, random) })
}

describe('the pairs of a source', () => {
  // Nine correlations and S a run, each two-sided at 5 sigma: false alarm 5.7e-7 each, 2.3e-5 in all.
  it.each([1, 0.95, 0.5, 0])('show the correlations of a Werner state of visibility %d', (visibility) => {
    const counted = run(PAIRS, visibility, `werner ${visibility}`)
    const exact = pairCorrelations(wernerPair(visibility), 0, 1)
    for (const pair of SETTING_PAIRS) expect(deviation(counted[pair], exact[pair])).toBeLessThan(5)
    const s = counted.a1b1.e - counted.a1b3.e + counted.a3b1.e + counted.a3b3.e
    const rounds = Math.min(counted.a1b1.rounds, counted.a1b3.rounds, counted.a3b1.rounds, counted.a3b3.rounds)
    expect(Math.abs(s - S_QUANTUM_MAX * visibility)).toBeLessThan(5 * Math.sqrt((4 - 2 * visibility ** 2) / rounds))
  })

  it('agree in every key bit where nothing disturbs them, after the wire as well', () => {
    const counted = run(PAIRS, 1, 'no noise')
    expect(counted.a3b2.e).toBe(1)
    expect(counted.a2b1.e).toBe(1)
  })

  it('are certain in equal settings to the last bit of a threshold, for all that float32 does to them', () => {
    const { qubits } = preparePairs(1, THIRDS, 1, new SeededRandom('certain'))
    const arrived = decodeBatch(encodeBatch(qubits), 1)
    if (!arrived.ok) throw new Error(arrived.reason)
    const { codebook } = arrived.value
    for (const [alice, bob] of [
      [1, 0],
      [2, 1],
    ] as const) {
      const chances = [0, 1].map((outcome) => {
        const at = 3 * (2 * alice + outcome)
        return bornProbability([codebook[at]!, codebook[at + 1]!, codebook[at + 2]!], inPlane(BOB_ANGLES[bob]))
      })
      expect(makeThresholds(chances)).toEqual({ high: Int32Array.of(65_536, 0), low: Uint32Array.of(0, 0) })
    }
  })

  it('follow S = 2 sqrt2 V and Q = (1 - V) / 2 exactly', () => {
    for (const visibility of [0, 0.3, 0.95, 1]) {
      const exact = pairCorrelations(wernerPair(visibility), 0, 1)
      expect(chshValue(exact)).toBeCloseTo(S_QUANTUM_MAX * visibility, 13)
      expect(keyErrorRates(exact).a3b2).toBeCloseTo((1 - visibility) / 2, 13)
      expect(keyErrorRates(exact).a2b1).toBeCloseTo((1 - visibility) / 2, 13)
    }
  })

  it('have fair outcomes and the weights asked for', () => {
    const { settings, outcomes } = preparePairs(PAIRS, EFFICIENT, 1, new SeededRandom('weights'))
    // Three settings and three outcomes at 5 sigma: false alarm 3.4e-6.
    EFFICIENT.forEach((weight, setting) => {
      const p = weight / 65_536
      const drawn = settings.reduce((sum, s) => sum + (s === setting ? 1 : 0), 0)
      expect(Math.abs(drawn - PAIRS * p)).toBeLessThan(5 * Math.sqrt(PAIRS * p * (1 - p)))
      const ones = outcomes.reduce((sum, bit, i) => sum + (settings[i] === setting ? bit : 0), 0)
      expect(Math.abs(ones - drawn / 2)).toBeLessThan(2.5 * Math.sqrt(drawn))
    })
  })

  it('are those of the slow, plain twin, bit by bit, over the edges of blocks', () => {
    for (const [count, visibility] of [
      [1, 1],
      [1_403, 0.9],
      [SHOTS_PER_BLOCK, 0.5],
      [2 * SHOTS_PER_BLOCK + 5, 1],
    ] as const) {
      const fast = preparePairs(count, EFFICIENT, visibility, new SeededRandom('twin'))
      const slow = slowPairs(count, EFFICIENT, visibility, new SeededRandom('twin'))
      expect(fast.settings).toEqual(slow.settings)
      expect(fast.outcomes).toEqual(slow.outcomes)
      const { codebook, indices } = fast.qubits
      const same = slow.blochs.every((bloch, i) => bloch.every((x, k) => codebook[3 * indices[i]! + k] === x))
      expect(same).toBe(true)
    }
  })

  it('come in a codebook that the caller may give away', () => {
    const first = preparePairs(4, THIRDS, 0.7, new SeededRandom('a'))
    first.qubits.codebook.fill(9)
    expect(preparePairs(4, THIRDS, 0.7, new SeededRandom('a')).qubits.codebook[0]).not.toBe(9)
  })

  it('may be none', () => {
    expect(preparePairs(0, THIRDS, 1, new SeededRandom('none')).outcomes.length).toBe(0)
  })

  it('are refused for a bad count, weights or visibility', () => {
    const random = new SeededRandom('bad')
    expect(() => preparePairs(-1, THIRDS, 1, random)).toThrow('a number of shots')
    expect(() => preparePairs(1, [1, 2, 3], 1, random)).toThrow('weights of 65536')
    expect(() => preparePairs(1, [-1, 65_537, 0], 1, random)).toThrow('weights of 65536')
    expect(() => preparePairs(1, THIRDS, 1.5, random)).toThrow('a visibility')
  })
})

describe('drawSettings', () => {
  it('cuts the 65,536 words into exactly the weights', () => {
    const everyWord: RandomSource = {
      fill(target) {
        const view = new DataView(target.buffer, target.byteOffset, target.byteLength)
        for (let i = 0; i < target.length; i += 2) view.setUint16(i, next++, true)
      },
    }
    let next = 0
    const counts = [0, 0, 0]
    for (const setting of drawSettings(65_536, EFFICIENT, everyWord)) counts[setting]! += 1
    expect(counts).toEqual([...EFFICIENT])
  })

  it('never draws a setting of weight 0', () => {
    const only = (weights: SettingWeights): Set<number> =>
      new Set(drawSettings(100_000, weights, new SeededRandom('zero')))
    expect(only([65_536, 0, 0])).toEqual(new Set([0]))
    expect(only([0, 65_536, 0])).toEqual(new Set([1]))
    expect(only([0, 0, 65_536])).toEqual(new Set([2]))
    expect(only([1, 0, 65_535]).has(1)).toBe(false)
  })
})

/** One pair at a time, each measured by the engine; random bytes are read in the order of the fast one. */
function slowPairs(count: number, weights: SettingWeights, visibility: number, random: RandomSource) {
  const out = { settings: new Uint8Array(count), outcomes: new Uint8Array(count), blochs: [] as (readonly number[])[] }
  for (let start = 0; start < count; start += SHOTS_PER_BLOCK) {
    const length = Math.min(SHOTS_PER_BLOCK, count - start)
    const words = new Uint8Array(2 * length)
    random.fill(words)
    const coins = new Uint8Array(Math.ceil(length / 8))
    random.fill(coins)
    for (let i = 0; i < length; i++) {
      const word = words[2 * i]! + 256 * words[2 * i + 1]!
      const setting = word < weights[0] ? 0 : word < weights[0] + weights[1] ? 1 : 2
      const outcome = Math.floor(coins[Math.floor(i / 8)]! / 2 ** (i % 8)) % 2
      out.settings[start + i] = setting
      out.outcomes[start + i] = outcome
      out.blochs.push(collapsed(visibility, setting, outcome))
    }
  }
  return out satisfies Pick<PreparedPairs, 'settings' | 'outcomes'>
}

const known = new Map<string, readonly number[]>()

function collapsed(visibility: number, setting: number, outcome: number): readonly number[] {
  const key = `${visibility} ${setting} ${outcome}`
  const found =
    known.get(key) ??
    reducedBloch(measured(wernerPair(visibility), 0, inPlane(ALICE_ANGLES[setting]!))[outcome]!.state!, 1)
  known.set(key, found)
  return found
}
