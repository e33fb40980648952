// Works an exported receipt out again from its counts and says, in words, which of its figures don't follow from them.

import { createHash } from 'node:crypto'
import {
  type Block,
  coherentLength,
  collectiveLength,
  entropy,
  P0,
  type Played,
  relativeEntropy,
  trustedLength,
} from './formulas.ts'
import { type Interval, PAIRS, type Pair, type ReceiptJson, SETTINGS } from './receipt-json.ts'

/** Sentences about the figures that are not what the counts give; none where all agree. */
export function check(receipt: ReceiptJson): readonly string[] {
  const findings = new Findings()
  checkCounts(receipt, findings)
  checkSettings(receipt, findings)
  checkReadings(receipt, findings)
  checkLeak(receipt, findings)
  checkLengths(receipt, findings)
  checkVerdict(receipt, findings)
  checkChecksum(receipt, findings)
  return findings.sentences
}

class Findings {
  readonly sentences: string[] = []

  /** A figure that must be just this. */
  same(name: string, said: unknown, found: unknown): void {
    if (said !== found) this.sentences.push(`${name} is ${said}, but the counts give ${found}.`)
  }

  /** A figure that was computed: engines may differ in the last digits. */
  near(name: string, said: number | null, found: number | null = null): void {
    const alike =
      said === null || found === null ? said === found : Math.abs(said - found) <= 1e-9 * (1 + Math.abs(found))
    if (!alike) this.same(name, said, found)
  }

  ensure(holds: boolean, sentence: string): void {
    if (!holds) this.sentences.push(sentence)
  }
}

const CHSH = ['a1b1', 'a1b3', 'a3b1', 'a3b3'] as const
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

/** The pairs of settings that make key. */
const keyPairs = ({ terms }: ReceiptJson): readonly ('a3b2' | 'a2b1')[] =>
  terms.mode === 'textbook' ? ['a3b2', 'a2b1'] : ['a3b2']

const isSealed = ({ verdict }: ReceiptJson): boolean => verdict.outcome === 'delivered' || verdict.outcome === 'sent'

function checkCounts(receipt: ReceiptJson, findings: Findings): void {
  const { tally, arrivedPairs, key, terms } = receipt
  const keys: readonly Pair[] = keyPairs(receipt)
  for (const pair of PAIRS) {
    const { rounds, equal, unequal } = tally[pair]
    const name = `tally.${pair}`
    if (equal !== null && unequal !== null) {
      findings.ensure(
        equal + unequal === rounds,
        `${name}: ${equal} equal and ${unequal} unequal are not its ${rounds} rounds.`,
      )
    } else {
      findings.ensure(equal === unequal, `${name} has only one of its two counts.`)
      findings.ensure(keys.includes(pair), `${name} makes no key, so its outcomes were said, but they are not there.`)
    }
  }
  const said = keys.filter((pair) => tally[pair].equal !== null).length
  findings.ensure(
    said === 0 || said === keys.length,
    'A key is sacrificed whole: tally has the outcomes of one block alone.',
  )
  findings.ensure(
    !isSealed(receipt) || said === 0,
    'The key was used, so its outcomes were never said, but tally has them.',
  )
  findings.same('arrivedPairs', arrivedPairs, sum(PAIRS.map((pair) => tally[pair].rounds)))
  findings.ensure(terms.pairs >= arrivedPairs, `terms.pairs is ${terms.pairs}, but ${arrivedPairs} pairs arrived.`)
  findings.same('key.siftedBits', key.siftedBits, sum(keys.map((pair) => tally[pair].rounds)))
}

/** A rarer deviation than this is no chance. */
const CHANCE_MIN = 1e-12

function checkSettings({ terms, tally, arrivedPairs }: ReceiptJson, findings: Findings): void {
  const { settings, mode } = terms
  const weights = SETTINGS.map((name) => settings[name] * 65_536)
  findings.ensure(weights.every(Number.isInteger), 'terms.settings are not whole 65,536ths.')
  findings.same('The sum of a1, a2 and a3 in terms.settings', settings.a1 + settings.a2 + settings.a3, 1)
  findings.same('The sum of b1, b2 and b3 in terms.settings', settings.b1 + settings.b2 + settings.b3, 1)
  findings.ensure(settings.b1 === settings.b3, 'terms.settings: b1 and b3 are drawn alike, but these are not.')
  const even = Math.max(...weights) - Math.min(...weights) <= 1
  findings.ensure(even === (mode === 'textbook'), `terms.settings are not those of the mode ${mode}.`)
  for (const pair of PAIRS) {
    const expected = settings[pair.slice(0, 2) as 'a1'] * settings[pair.slice(2) as 'b1']
    // Chernoff: n rounds show a share this far off with at most exp(-n KL).
    const exponent =
      arrivedPairs * relativeEntropy(Math.min(1, tally[pair].rounds / Math.max(1, arrivedPairs)), expected)
    const sentence = `tally.${pair} has ${tally[pair].rounds} rounds, which these settings would give once in 1e12 runs at most.`
    findings.ensure(arrivedPairs === 0 || Math.exp(-exponent) >= CHANCE_MIN, sentence)
  }
}

/** Rounds of these settings, and how many were not as a perfect pair most often gives: equal ones for (a1, b3). */
function errorsOf(
  { tally }: ReceiptJson,
  pairs: readonly Pair[],
): { readonly rounds: number; readonly errors: number } {
  const errors = pairs.map((pair) => (pair === 'a1b3' ? tally[pair].equal : tally[pair].unequal) ?? 0)
  return { rounds: sum(pairs.map((pair) => tally[pair].rounds)), errors: sum(errors) }
}

const PHASE_HALF = { a3b2: ['a1b1', 'a1b3'], a2b1: ['a1b3', 'a3b3'] } as const
const BIT_HALF = { a3b2: ['a3b1', 'a3b3'], a2b1: ['a1b1', 'a3b1'] } as const

function checkReadings(receipt: ReceiptJson, findings: Findings): void {
  const { readings } = receipt
  const s = intervalOfS(receipt)
  findings.near('readings.s', readings.s, s?.value)
  findings.near('readings.sLow', readings.sLow, s?.low)
  findings.near('readings.sHigh', readings.sHigh, s?.high)
  for (const [name, half] of [
    ['phaseError', PHASE_HALF.a3b2],
    ['bitError', BIT_HALF.a3b2],
  ] as const) {
    const found = intervalOfError(errorsOf(receipt, half))
    for (const part of ['value', 'low', 'high'] as const) {
      findings.near(`readings.${name}.${part}`, readings[name]?.[part] ?? null, found?.[part])
    }
  }
  findings.near('readings.qber', readings.qber, qberOf(receipt))
}

/** S = E(a1,b1) - E(a1,b3) + E(a3,b1) + E(a3,b3), with 1.96 sigma to either side. */
function intervalOfS({ tally }: ReceiptJson): Interval | null {
  if (CHSH.some((pair) => tally[pair].rounds === 0)) return null
  const correlations = CHSH.map((pair) => 1 - (2 * (tally[pair].unequal ?? 0)) / tally[pair].rounds)
  const value = correlations[0]! - correlations[1]! + correlations[2]! + correlations[3]!
  const variance = sum(CHSH.map((pair, i) => (1 - correlations[i]! ** 2) / tally[pair].rounds))
  return around(value, variance)
}

/** e_x = sqrt2 (e' - P0) */
function intervalOfError({ rounds, errors }: { readonly rounds: number; readonly errors: number }): Interval | null {
  if (rounds === 0) return null
  const rate = errors / rounds
  return around(Math.sqrt(2) * (rate - P0), (2 * rate * (1 - rate)) / rounds)
}

const around = (value: number, variance: number): Interval => ({
  value,
  low: value - 1.96 * Math.sqrt(variance),
  high: value + 1.96 * Math.sqrt(variance),
})

/** Of a key that was used 0: nothing was corrected. Of a sacrificed one as counted; else nobody knows. */
function qberOf(receipt: ReceiptJson): number | null {
  if (isSealed(receipt)) return 0
  const errors = keyErrors(receipt)
  return errors === null ? null : errors.errors / errors.bits
}

function keyErrors(receipt: ReceiptJson): { readonly errors: number; readonly bits: number } | null {
  const blocks = keyPairs(receipt).map((pair) => receipt.tally[pair])
  const bits = sum(blocks.map(({ rounds }) => rounds))
  if (bits === 0 || blocks.some(({ unequal }) => unequal === null)) return null
  return { errors: sum(blocks.map(({ unequal }) => unequal ?? 0)), bits }
}

const CHECK_BITS = 64
/** Bits that correction was expected to say, over the entropy of the errors. */
const EFFICIENCY = 1.16

function checkLeak(receipt: ReceiptJson, findings: Findings): void {
  const { leak } = receipt
  findings.same('leak.checks', leak.checks, CHECK_BITS * keyPairs(receipt).length)
  findings.same('leak.parities', leak.parities, 0)
  findings.same('leak.foreseen', leak.foreseen, sum(foreseenLeak(receipt)))
}

/**
 * For each block: 0 where both keys were equal, else 1.16 n h(Q) with Q five sigma above the bit error read from S. Of a
 * key that the other side never said, only the file knows whether it was equal.
 */
function foreseenLeak(receipt: ReceiptJson): readonly number[] {
  const errors = keyErrors(receipt)
  const unsaid = errors === null && receipt.leak.foreseen === 0
  const equal = isSealed(receipt) || unsaid || errors?.errors === 0
  const read = intervalOfError(errorsOf(receipt, BIT_HALF.a3b2))
  const sigma = read === null ? 0 : (read.high - read.value) / 1.96
  const worst = read === null ? 0.5 : Math.min(0.5, Math.max(0, read.value + 5 * sigma))
  return keyPairs(receipt).map((pair) =>
    equal ? 0 : Math.ceil(EFFICIENCY * receipt.tally[pair].rounds * entropy(worst)),
  )
}

/** A length this close to a whole number may have been floored to either side of it. */
const FLOOR_SLACK = 1e-6
/** Two searches for the longest coherent key end this close. */
const COHERENT_SLACK_BITS = 1

function checkLengths(receipt: ReceiptJson, findings: Findings): void {
  const { key, terms } = receipt
  const { proofs } = key
  const [trusted, collective] = [trustedOf(receipt), collectiveOf(receipt)]
  if (terms.proof === 'trusted' || proofs.trusted !== null)
    checkLength('key.proofs.trusted', proofs.trusted, trusted, findings)
  checkLength('key.proofs.collective', proofs.collective, collective, findings)
  checkLength('key.secretBits', key.secretBits, terms.proof === 'trusted' ? trusted : collective, findings)
  const coherent = Math.floor(coherentOf(receipt))
  if (Math.abs(coherent - proofs.coherent) > COHERENT_SLACK_BITS)
    findings.same('key.proofs.coherent', proofs.coherent, coherent)
  findings.same('key.usedBits', key.usedBits, isSealed(receipt) ? terms.neededBits : 0)
}

function checkLength(name: string, said: number | null, blocks: readonly number[], findings: Findings): void {
  const least = sum(blocks.map((length) => kept(length - FLOOR_SLACK)))
  const most = sum(blocks.map((length) => kept(length + FLOOR_SLACK)))
  if (said === null || said < least || said > most) findings.same(name, said, least)
}

/** One bit of each length is kept back. */
const kept = (length: number): number => Math.max(0, Math.floor(length) - 1)

function blockOf(receipt: ReceiptJson, at: number): Block {
  const pairs = keyPairs(receipt)
  return {
    keyBits: receipt.tally[pairs[at]!].rounds,
    leak: foreseenLeak(receipt)[at]!,
    checks: receipt.leak.checks / pairs.length,
  }
}

/** Textbook mode proves each of its two blocks with half the epsilon. */
function trustedOf(receipt: ReceiptJson): readonly number[] {
  const pairs = keyPairs(receipt)
  return pairs.map((pair, at) => {
    const { rounds, errors } = errorsOf(receipt, PHASE_HALF[pair])
    return trustedLength(blockOf(receipt, at), rounds, errors, receipt.terms.epsilon / pairs.length)
  })
}

/** Only (a3,b2) makes key here. */
function collectiveOf(receipt: ReceiptJson): readonly number[] {
  const played = CHSH.map((pair): Played => {
    const { rounds, errors } = errorsOf(receipt, [pair])
    return { rounds, won: rounds - errors }
  })
  return [collectiveLength(blockOf(receipt, 0), played, receipt.terms.epsilon)]
}

/** As if it had been that experiment: rounds of CHSH and of (a3,b2) alone. */
function coherentOf(receipt: ReceiptJson): number {
  const [s, qber] = [intervalOfS(receipt), qberOf(receipt)]
  const tested = sum(CHSH.map((pair) => receipt.tally[pair].rounds))
  const rounds = tested + receipt.tally.a3b2.rounds
  if (s === null || qber === null) return 0
  const { epsilon } = receipt.terms
  return coherentLength({ rounds, testFraction: tested / rounds, s: s.value, qber, epsilon })
}

/** Readings rarer than this on the planned link are an eavesdropper's. */
const ALERT = 1e-6

function checkVerdict(receipt: ReceiptJson, findings: Findings): void {
  const { verdict, key, terms } = receipt
  const { outcome } = verdict
  const enough = key.secretBits >= terms.neededBits
  findings.same('verdict.enough', verdict.enough, enough)
  const judged = outcome === 'short' || outcome === 'noisy' || outcome === 'eavesdropper'
  const chance = judged ? chanceOf(receipt) : null
  const alike = chance === null || verdict.chance === null || Math.abs(verdict.chance - chance) <= 1e-6 * chance
  if (!alike || (chance === null) !== (verdict.chance === null)) findings.same('verdict.chance', verdict.chance, chance)
  if (isSealed(receipt))
    findings.ensure(enough, `verdict.outcome is ${outcome}, but the key was too short for the message.`)
  if (chance !== null)
    findings.same('verdict.outcome', outcome, enough ? 'noisy' : chance < ALERT ? 'eavesdropper' : 'short')
}

/** 4 min exp(-k KL) over the readings above plan (6 in textbook mode). */
function chanceOf(receipt: ReceiptJson): number {
  const qber = receipt.terms.plannedNoise / 2
  const halves = keyPairs(receipt).flatMap((pair) => [
    errorsOf(receipt, PHASE_HALF[pair]),
    errorsOf(receipt, BIT_HALF[pair]),
  ])
  const read = [...halves, errorsOf(receipt, CHSH)]
  const exponents = read.map(({ rounds, errors }) => exponentOf(rounds, errors, P0 + qber / Math.sqrt(2)))
  const keys = keyErrors(receipt)
  if (keys !== null) exponents.push(exponentOf(keys.bits, keys.errors, qber))
  return Math.min(1, (read.length + 1) * Math.exp(-Math.max(...exponents)))
}

const exponentOf = (rounds: number, errors: number, planned: number): number =>
  rounds === 0 || errors / rounds <= planned ? 0 : rounds * relativeEntropy(errors / rounds, planned)

/** Finds the change of a figure that follows from no count. It stops slips, not forgers: anybody can make a new one. */
function checkChecksum(receipt: ReceiptJson, findings: Findings): void {
  const { checksum, ...rest } = receipt
  const found = createHash('sha256').update(canonical(rest)).digest('hex').slice(0, 32)
  findings.ensure(
    checksum === found,
    'The checksum does not fit: something in the file was changed (the session, a term, a count or a figure).',
  )
}

/** JSON without spaces, the names of every object in order. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${fields.map(([name, inner]) => `${JSON.stringify(name)}:${canonical(inner)}`).join(',')}}`
}
