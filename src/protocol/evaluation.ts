// What a session's statistics say, worked out by each side for itself from the same public record: sifting, tally,
// verdict in key bits, the chance of such readings on the planned link, and the receipt that keeps it all.

import { pick, type SiftedRounds, tallyRounds } from '../distill/sifting.ts'
import { chanceOfReadings, isAlert } from '../distill/surprise.ts'
import type { Tally } from '../distill/tally.ts'
import { type Verdict, verdict } from '../distill/verdict.ts'
import type { Bits } from '../lib/bits.ts'
import type { Bytes } from '../lib/bytes.ts'
import { predictedLeak } from './planner.ts'
import type { PhaseTimes, Receipt } from './receipt.ts'
import type { SessionContext, Terms } from './terms.ts'

/** Bits of one verification check. */
export const CHECK_BITS = 64

export interface Evaluation {
  readonly sifted: SiftedRounds
  readonly tally: Tally
  readonly verdict: Verdict
}

export interface PublicRecord {
  /** Settings of the arrived rounds, each 0, 1 or 2. */
  readonly alice: Bytes
  readonly bob: Bytes
  /** Outcomes on the rounds that make no key, in their order. */
  readonly aliceOpen: Bits
  readonly bobOpen: Bits
}

/** Evaluates a run. `equal` is false where some key block differed: then the leak that correcting it would take counts. */
export function evaluate(terms: Terms, sifted: SiftedRounds, record: PublicRecord, equal: boolean): Evaluation {
  const tally = tallyRounds(record.alice, record.bob, sifted, record.aliceOpen, record.bobOpen)
  const judge = (leaked: readonly number[]): Verdict =>
    verdict(
      { mode: terms.mode, epsilon: terms.epsilon, proof: terms.proof, neededBits: terms.neededBits },
      tally,
      sifted.blocks.map((block, i) => ({
        pair: block.pair,
        keyBits: block.rounds.length,
        leakedBits: leaked[i]!,
        tagBits: CHECK_BITS,
      })),
    )
  const clean = judge(sifted.blocks.map(() => 0))
  if (equal) return { sifted, tally, verdict: clean }
  const expected = clean.readings.bitError
  const qber =
    expected === null ? 0.5 : Math.min(0.5, Math.max(0, expected.value + (5 / 1.96) * (expected.high - expected.value)))
  return { sifted, tally, verdict: judge(sifted.blocks.map((block) => predictedLeak(block.rounds.length, qber))) }
}

/** Key bits of every block from one side's outcomes on the arrived rounds. */
export const keysOf = (sifted: SiftedRounds, outcomes: Bits): readonly Bits[] =>
  sifted.blocks.map((block) => pick(outcomes, block.rounds))

export interface KeyErrors {
  readonly errors: number
  readonly bits: number
  /** Errors of each block. */
  readonly blocks: readonly number[]
}

/** Errors of a sacrificed key; null when the two strings can't be of one key. */
export function countErrors(mine: readonly Bits[], theirs: Bits): KeyErrors | null {
  const bits = mine.reduce((sum, block) => sum + block.length, 0)
  if (bits !== theirs.length || bits === 0) return null
  let at = 0
  const blocks = mine.map((block) => {
    let errors = 0
    for (const bit of block) errors += bit ^ theirs[at++]!
    return errors
  })
  return { errors: blocks.reduce((sum, errors) => sum + errors, 0), bits, blocks }
}

/** The evaluation once the whole key was said: its pairs of settings have a correlation too. */
export function withKeyErrors(evaluation: Evaluation, errors: KeyErrors | null): Evaluation {
  if (errors === null) return evaluation
  const said = evaluation.sifted.blocks.map(
    ({ pair, rounds }, i) => [pair, { count: rounds.length, unequal: errors.blocks[i]! }] as const,
  )
  return { ...evaluation, tally: { ...evaluation.tally, ...Object.fromEntries(said) } }
}

/** An eavesdropper, not bad luck: readings like these come less than once in a million runs of the planned link. */
export function judgeAlert(
  terms: Terms,
  evaluation: Evaluation,
  keyErrors: KeyErrors | null,
): { readonly chance: number; readonly alert: boolean } {
  const { mode, plannedNoise } = terms
  const chance = chanceOfReadings({ tally: evaluation.tally, mode, plannedNoise, ...(keyErrors && { keyErrors }) })
  return { chance, alert: !evaluation.verdict.enough && isAlert(chance) }
}

export interface ReceiptFacts {
  readonly outcome: Receipt['outcome']
  readonly qber: number | null
  readonly usedBits: number
  readonly chance: number | null
  readonly timesMs: PhaseTimes
}

export function makeReceipt(context: SessionContext, evaluation: Evaluation, facts: ReceiptFacts): Receipt {
  const { terms, authentication } = context
  const { readings } = evaluation.verdict
  return {
    session: terms.session,
    pairs: terms.pairs,
    arrivedPairs: Object.values(evaluation.tally).reduce((sum, { count }) => sum + count, 0),
    mode: terms.mode,
    alice: terms.alice,
    bob: terms.bob,
    proof: terms.proof,
    epsilon: terms.epsilon,
    route: terms.route,
    plannedNoise: terms.plannedNoise,
    tally: evaluation.tally,
    s: readings.s,
    sLow: readings.sLow,
    sHigh: readings.sHigh,
    phaseError: readings.phaseError,
    bitError: readings.bitError,
    siftedBits: evaluation.sifted.blocks.reduce((sum, { rounds }) => sum + rounds.length, 0),
    leakedBits: evaluation.verdict.leakedBits,
    checkBits: CHECK_BITS * evaluation.sifted.blocks.length,
    keyBits: evaluation.verdict.secretBits,
    keyBitsCollective: evaluation.verdict.secretBitsCollective,
    neededBits: terms.neededBits,
    authentication,
    algorithm: 'none',
    eve: context.eve(),
    ...facts,
  }
}
