// A receipt as the figures draw it: nine correlations by angle, the steps from raw pairs to the key, S with its interval,
// and S over the last messages.

import { fixed } from '../format.ts'
import type { BenchRun, Message, Receipt } from '../types.ts'
import type { SPoint } from './s-scale.tsx'

type Pair = keyof Receipt['tally']

/** Bloch angles of the settings in degrees: what the settings are called by on the screen. */
const ALICE = { a1: 0, a2: 45, a3: 90 } as const
const BOB = { b1: 45, b2: 90, b3: 135 } as const

/** By angle between the two settings, so that the dots draw the cosine. */
const BY_ANGLE: readonly Pair[] = ['a2b1', 'a3b2', 'a1b1', 'a2b2', 'a3b3', 'a3b1', 'a1b2', 'a2b3', 'a1b3']
const CHSH: readonly Pair[] = ['a1b1', 'a1b3', 'a3b1', 'a3b3']
const OFF_SIGMAS = 4
const INTERVAL_SIGMAS = 1.96

export interface Correlation {
  readonly pair: Pair
  readonly angleDegrees: number
  readonly count: number
  /** As its outcomes were said in the open; null where they never are. */
  readonly said: number | null
  /** The same, or what the equal keys tell of it. */
  readonly e: number | null
  readonly halfWidth: number
  /** cos of the angle, times the visibility that was planned. */
  readonly expected: number
  readonly use: 'key' | 'test' | 'shown'
  /** More than four sigma from what was planned. */
  readonly off: boolean
}

export function correlations(receipt: Receipt): readonly Correlation[] {
  return BY_ANGLE.map((pair) => correlation(receipt, pair))
}

function correlation(receipt: Receipt, pair: Pair): Correlation {
  const { count, unequal } = receipt.tally[pair]
  const use = useOf(receipt, pair)
  const said = count === 0 || unequal === null ? null : 1 - (2 * unequal) / count
  const e = said ?? (use === 'key' && receipt.qber !== null && count > 0 ? 1 - 2 * receipt.qber : null)
  const angleDegrees = angleOf(pair)
  const expected = Math.cos((angleDegrees * Math.PI) / 180) * (1 - receipt.plannedNoise)
  const sigma = (value: number) => Math.sqrt(Math.max(1 / Math.max(count, 1), 1 - value * value) / Math.max(count, 1))
  return {
    pair,
    angleDegrees,
    count,
    said,
    e,
    halfWidth: e === null ? 0 : INTERVAL_SIGMAS * Math.sqrt((1 - e * e) / count),
    expected,
    use,
    off: e !== null && Math.abs(e - expected) > OFF_SIGMAS * sigma(expected),
  }
}

function angleOf(pair: Pair): number {
  return Math.abs(ALICE[pair.slice(0, 2) as keyof typeof ALICE] - BOB[pair.slice(2) as keyof typeof BOB])
}

function useOf(receipt: Receipt, pair: Pair): Correlation['use'] {
  if (pair === 'a3b2' || (pair === 'a2b1' && receipt.mode === 'textbook')) return 'key'
  return CHSH.includes(pair) ? 'test' : 'shown'
}

/** One step on the way from the raw pairs to the key, in pairs or bits. */
export interface Step {
  readonly name: string
  readonly kind: 'have' | 'taken' | 'left'
  /** What is there after it. */
  readonly rest: number
  /** What it took; 0 for `have` and `left`. Steps that took nothing are left out. */
  readonly taken: number
}

export function steps(receipt: Receipt): readonly Step[] {
  const result: Step[] = [{ name: 'Raw pairs', kind: 'have', rest: receipt.pairs, taken: 0 }]
  let rest = receipt.pairs
  const take = (name: string, amount: number) => {
    const taken = Math.min(rest, Math.max(0, Math.round(amount)))
    if (taken === 0) return
    rest -= taken
    result.push({ name, kind: 'taken', rest, taken })
  }
  const test = CHSH.reduce((sum, pair) => sum + receipt.tally[pair].count, 0)
  if (receipt.arrivedPairs < receipt.pairs) take('Lost on the way', receipt.pairs - receipt.arrivedPairs)
  take('Other settings', rest - test - receipt.siftedBits)
  take('Bell test', rest - receipt.siftedBits)
  result.push({ name: 'Sifted key', kind: 'have', rest, taken: 0 })
  const said = receipt.leakedBits + receipt.checkBits
  const hash = hashBits(receipt)
  // Where nothing is left, what is known to the bit goes first: the phase error took the rest, and would have taken more.
  const known = receipt.keyBits > 0
  if (known) take('Phase error', rest - said - hash - receipt.keyBits)
  take('Leak and checks', said)
  take('Hash', known ? rest - receipt.keyBits : hash)
  take('Phase error', rest - receipt.keyBits)
  result.push({ name: 'Left', kind: 'left', rest: receipt.keyBits, taken: 0 })
  return result
}

/** 2 log2(2/epsilon) for each key block, each with its share of epsilon. */
function hashBits(receipt: Receipt): number {
  const blocks = receipt.mode === 'textbook' ? 2 : 1
  return blocks * Math.ceil(2 * Math.log2((2 * blocks) / receipt.epsilon))
}

export const byEve = (receipt: Receipt): boolean => receipt.outcome === 'eavesdropper'

/** Its key sealed a message. */
export const sealed = ({ outcome }: Receipt): boolean => outcome === 'delivered' || outcome === 'sent'

export function sPoints(receipt: Receipt): readonly SPoint[] {
  if (receipt.s === null) return []
  return [
    {
      s: receipt.s,
      low: receipt.sLow ?? receipt.s,
      high: receipt.sHigh ?? receipt.s,
      eve: byEve(receipt),
      label: null,
      anchor: 'middle',
    },
  ]
}

export function sSentence(receipt: Receipt): string {
  if (receipt.s === null) return 'S was not measured.'
  return `S is ${fixed(receipt.s, 2)}, between ${fixed(receipt.sLow ?? receipt.s, 2)} and ${fixed(receipt.sHigh ?? receipt.s, 2)}. No entanglement reaches up to 1.41, Bell’s limit is 2, the quantum limit is 2.83.`
}

/** Half the interval, as in "2.83 ± 0.06". */
export function sHalfWidth(receipt: Receipt): number | null {
  return receipt.sLow === null || receipt.sHigh === null ? null : (receipt.sHigh - receipt.sLow) / 2
}

/** Whether a run was this message's. */
export const isOf = ({ id, receipt }: Message, run: BenchRun): boolean =>
  id === run.message || receipt?.session === run.session

/** As many messages as S is drawn of. */
const LAST = 24

/** S of the last messages up to a run, oldest first; the run itself is the last. */
export function lastS(messages: readonly Message[], run: BenchRun): readonly SPoint[] {
  const receipts: Receipt[] = []
  const own = messages.findLastIndex((message) => isOf(message, run))
  // A run that no message is left of is the newest.
  const end = own < 0 ? messages.length : own
  if (run.receipt !== null) receipts.unshift(run.receipt)
  for (let at = end - 1; at >= 0 && receipts.length < LAST; at--) {
    const receipt = messages[at]!.receipt
    if (receipt !== null) receipts.unshift(receipt)
  }
  return receipts.flatMap(sPoints)
}
