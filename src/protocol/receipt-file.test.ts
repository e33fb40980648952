import { describe, expect, test } from 'vitest'
import { readS } from '../distill/estimation.ts'
import { KEY_PAIRS } from '../distill/sifting.ts'
import { chanceOfReadings, isAlert } from '../distill/surprise.ts'
import type { PairTally, Tally } from '../distill/tally.ts'
import { type Verdict, verdict } from '../distill/verdict.ts'
import { toHex } from '../lib/bytes.ts'
import { SeededRandom } from '../lib/random.ts'
import { makeTap } from '../quantum/tap.ts'
import { predictedLeak } from './planner.ts'
import type { Receipt } from './receipt.ts'
import { type ReceiptFile, receiptFile, receiptFileName } from './receipt-file.ts'
import { type Hands, type Setup, TwoSessions } from './testing/two-sessions.ts'

const MODES = ['efficient', 'textbook'] as const
const TEXT = 'nobody else reads this'

/** Eve resends what she measured at 67.5 degrees: 7 % errors in the key, no entanglement left. */
function tapped(seed: string): Hands {
  const tap = makeTap({ kind: 'intercept', strength: 1, angleRadians: (67.5 * Math.PI) / 180 })
  const random = new SeededRandom(`${seed} eve`)
  return (_side, input) => {
    if (input.type !== 'fibre') return [input]
    return [{ ...input, frame: { ...input.frame, qubits: tap.onQubits(input.frame.qubits, random) } }]
  }
}

function play(setup: Setup): { readonly run: TwoSessions; readonly receipt: Receipt } {
  const run = new TwoSessions({ text: TEXT, ...setup }).play()
  const end = run.end('alice')
  if (end === null || !('receipt' in end) || end.receipt === null) throw new Error('a run without a receipt')
  return { run, receipt: end.receipt }
}

/** As it is read back from the disk. */
const written = (receipt: Receipt): ReceiptFile => JSON.parse(JSON.stringify(receiptFile(receipt)))

const tallyOf = (file: ReceiptFile): Tally =>
  Object.fromEntries(
    Object.entries(file.tally).map(([pair, { rounds, unequal }]): [string, PairTally] => [
      pair,
      { count: rounds, unequal },
    ]),
  ) as unknown as Tally

/** The verdict, from what the file says and nothing else. */
function judge(file: ReceiptFile): Verdict {
  const { mode, epsilon, proof, neededBits } = file.terms
  const tally = tallyOf(file)
  const pairs = KEY_PAIRS[mode]
  const open = verdict({ mode, epsilon, proof, neededBits }, tally, [])
  const bitError = open.readings.bitError
  if (bitError === null) throw new Error('no test rounds')
  const qber = Math.min(0.5, Math.max(0, bitError.value + (5 / 1.96) * (bitError.high - bitError.value)))
  const equal = file.readings.qber === 0
  return verdict(
    { mode, epsilon, proof, neededBits },
    tally,
    pairs.map((pair) => ({
      pair,
      keyBits: tally[pair].count,
      leakedBits: equal ? 0 : predictedLeak(tally[pair].count, qber),
      tagBits: file.leak.checks / pairs.length,
    })),
  )
}

const SETUPS: readonly (readonly [string, Omit<Setup, 'seed'>, Receipt['outcome']])[] = [
  ['delivered', {}, 'delivered'],
  ['short', { terms: { pairs: 8_000 } }, 'short'],
  ['noisy', { visibility: 0.97, noise: 0.03, terms: { pairs: 130_000 } }, 'noisy'],
  ['eavesdropper', { hands: tapped('face') }, 'eavesdropper'],
]

describe.each(MODES)('the file of a receipt (%s)', (mode) => {
  test.each(SETUPS)('gives back every figure of a run that ended as %s', (name, setup, outcome) => {
    const { receipt } = play({ seed: `file ${mode} ${name}`, mode, ...setup })
    const file = written(receipt)
    expect(file.verdict.outcome).toBe(outcome)
    const judged = judge(file)
    expect(judged.readings).toEqual({ ...judged.readings, ...pickReadings(file) })
    expect(readS(tallyOf(file))?.value).toBe(file.readings.s)
    expect(judged.secretBits).toBe(file.key.secretBits)
    expect(judged.secretBitsTrusted).toBe(file.key.proofs.trusted)
    expect(judged.secretBitsCollective).toBe(file.key.proofs.collective)
    expect(judged.leakedBits).toBe(file.leak.foreseen)
    expect(judged.enough).toBe(file.verdict.enough)
  })

  test('counts every pair that arrived, and says the outcomes of a key only where it was sacrificed', () => {
    for (const [name, setup, outcome] of SETUPS) {
      const file = written(play({ seed: `file ${mode} ${name}`, mode, ...setup }).receipt)
      const all = Object.values(file.tally)
      expect(all.reduce((sum, { rounds }) => sum + rounds, 0)).toBe(file.arrivedPairs)
      for (const { rounds, equal, unequal } of all) if (unequal !== null) expect(equal! + unequal).toBe(rounds)
      const secret = KEY_PAIRS[mode].map((pair) => file.tally[pair].unequal === null)
      expect(secret).toEqual(secret.map(() => outcome === 'delivered'))
      expect(KEY_PAIRS[mode].reduce((sum, pair) => sum + file.tally[pair].rounds, 0)).toBe(file.key.siftedBits)
    }
  })

  test('tells an eavesdropper from the same chance as the run itself', () => {
    const file = written(play({ seed: `file ${mode} eve`, mode, hands: tapped('chance') }).receipt)
    const keys = KEY_PAIRS[mode].map((pair) => file.tally[pair])
    const keyErrors = {
      errors: keys.reduce((sum, { unequal }) => sum + unequal!, 0),
      bits: keys.reduce((sum, { rounds }) => sum + rounds, 0),
    }
    expect(keyErrors.errors / keyErrors.bits).toBe(file.readings.qber)
    const { plannedNoise } = file.terms
    const chance = chanceOfReadings({ tally: tallyOf(file), mode, plannedNoise, keyErrors })
    expect(chance).toBe(file.verdict.chance)
    expect(isAlert(chance)).toBe(true)
  })

  test('has the probabilities of the settings, which add up to 1 exactly', () => {
    const { a1, a2, a3, b1, b2, b3 } = written(play({ seed: `file ${mode} settings`, mode }).receipt).terms.settings
    expect([a1 + a2 + a3, b1 + b2 + b3]).toEqual([1, 1])
    if (mode === 'textbook') for (const share of [a1, a2, a3, b1, b2, b3]) expect(share).toBeCloseTo(1 / 3, 4)
    else expect(b1).toBeCloseTo(a1 / 2, 4)
  })
})

const pickReadings = ({ readings: { qber: _, ...rest } }: ReceiptFile) => rest

describe('the file of a receipt', () => {
  test('holds no text, no key bit, no side and no time: only the fields of its format', () => {
    const { run, receipt } = play({ seed: 'file private' })
    const file = written(receipt)
    expect(Object.keys(file)).toEqual([
      'format',
      'version',
      'terms',
      'arrivedPairs',
      'tally',
      'readings',
      'leak',
      'key',
      'authentication',
      'errorCorrection',
      'verdict',
      'checksum',
    ])
    const json = JSON.stringify(file)
    expect(json).not.toContain(TEXT)
    expect(json).not.toContain(run.message.id)
    expect(json).not.toContain(String(run.message.writtenAtMs))
    for (const keys of Object.values(run.tagKeys)) expect(json).not.toContain(toHex(keys).slice(0, 16))
    // Nothing in it is longer than the session's id: no place for bits of a key.
    expect(json.match(/"[^"]*"/g)?.filter((word) => word.length > 34)).toEqual([])
  })

  test('is named by the start of the session’s id', () => {
    expect(receiptFileName({ ...play({ seed: 'file name' }).receipt, session: '0123456789abcdef' })).toBe(
      'sequre-receipt-01234567.json',
    )
  })
})
