// The questions of `npm run calc` (CONTRACT) and their answers: what the app computes with, asked from outside. A question
// is hostile ground: whatever it is, the answer is a value, at worst {error} with a sentence.

import { keyLengthCoherent } from '../distill/coherent-key-length.ts'
import { keyLengthCollective, keyLengthTrusted } from '../distill/key-length.ts'
import { runCascadeStudy } from '../distill/reconciliation/cascade-study.ts'
import { VARIANT_NAMES } from '../distill/reconciliation/variants.ts'
import { neededBits, type PlanFault, plan } from '../protocol/planner.ts'
import { receiptFields } from '../protocol/receipt-fields.ts'
import { TEXT_BYTES_MAX } from '../protocol/sealed-message.ts'
import type { SessionEnd } from '../protocol/session.ts'
import { DEFAULT_EPSILON } from '../protocol/terms.ts'
import { type Attack, attackFigures } from '../quantum/attacks.ts'
import { WEIGHT_TOTAL } from '../quantum/settings.ts'
import { playSession } from './one-session.ts'
import { type Question, QuestionReader, type Range } from './question-reader.ts'

export type Answer = Readonly<Record<string, unknown>>

/** One answer for one question. */
export function answer(question: unknown): Answer {
  if (typeof question !== 'object' || question === null || Array.isArray(question)) {
    return { error: 'A question is an object such as {"ask": "attack", "eve": "ghz"}.' }
  }
  const reader = new QuestionReader(question as Question)
  const ask = reader.choice('ask', ASKS)
  const found = reader.fault === null ? ANSWERS[ask](reader) : {}
  return reader.fault === null ? found : { error: reader.fault }
}

const ASKS = ['keyLength', 'attack', 'plan', 'run', 'cascade'] as const

/** Each reads its fields, and answers once all are good. */
const ANSWERS: Readonly<Record<(typeof ASKS)[number], (reader: QuestionReader) => Answer>> = {
  keyLength: answerKeyLength,
  attack: answerAttack,
  plan: answerPlan,
  run: answerRun,
  cascade: answerCascade,
}

const COUNT: Range = { min: 0, max: Number.MAX_SAFE_INTEGER }
const RATE: Range = { min: 0, max: 1 }
const S_VALUE: Range = { min: -4, max: 4 }
/** Below the least, its square is no number any more. */
const EPSILON: Range = { min: 1e-100, max: 1, without: 'max', fallback: DEFAULT_EPSILON }
const NOISE: Range = { ...RATE, fallback: 0 }
const PROOFS = ['trusted', 'collective', 'coherent'] as const
const MODES = ['efficient', 'textbook'] as const
const EVES = ['off', 'passive', 'ghz', 'intercept', 'clone', 'circular'] as const

const DEFAULT_ANGLE_DEGREES = { intercept: 67.5, ghz: 0 } as const
/** More than a file's message; the planner says which are too long for a session. */
const PLAN_BYTES_MAX = 2 ** 32
const SEED_CHARACTERS_MAX = 256
/** Of one frame, and of all frames of a study: a few minutes. */
const CASCADE_BITS: Range = { min: 1, max: 2 ** 22, whole: true }
const CASCADE_BITS_MAX = 1e8

function answerKeyLength(reader: QuestionReader): Answer {
  const proof = reader.choice('proof', PROOFS)
  if (reader.fault !== null) return {}
  if (proof === 'coherent') return answerCoherent(reader)
  const keyBits = reader.number('keyBits', COUNT)
  const testBits = reader.number('testBits', COUNT)
  const testErrorRate = proof === 'trusted' ? reader.number('testErrorRate', RATE) : 0
  const s = proof === 'collective' ? reader.number('s', S_VALUE) : 0
  const leakedBits = reader.number('leakedBits', COUNT)
  const tagBits = reader.number('tagBits', COUNT)
  const common = { keyBits, leakedBits, tagBits, epsilon: reader.number('epsilon', EPSILON) }
  if (reader.fault !== null) return {}
  const setting = { count: testBits / 4, winRate: (4 + s) / 8 }
  const { secretBits, beforeFloor } =
    proof === 'trusted'
      ? keyLengthTrusted({ ...common, testBits, testErrorRate })
      : keyLengthCollective({ ...common, settings: [setting, setting, setting, setting] })
  return { secretBits, beforeFloor }
}

function answerCoherent(reader: QuestionReader): Answer {
  const input = {
    rounds: reader.number('rounds', COUNT),
    testFraction: reader.number('testFraction', RATE),
    s: reader.number('s', S_VALUE),
    qber: reader.number('qber', RATE),
    epsilon: reader.number('epsilon', EPSILON),
  }
  return reader.fault === null ? { secretBits: keyLengthCoherent(input) } : {}
}

function answerAttack(reader: QuestionReader): Answer {
  const eve = reader.choice('eve', EVES)
  const attack = readAttack(reader, eve)
  const noise = reader.number('noise', NOISE)
  if (reader.fault !== null) return {}
  const { s, correlations, qber, guess } = attackFigures(attack, noise)
  return { s, correlations, qber, guess }
}

function answerPlan(reader: QuestionReader): Answer {
  const textBytes = reader.number('bytes', { min: 0, max: PLAN_BYTES_MAX, whole: true })
  const mode = reader.choice('mode', MODES, 'efficient')
  const noise = reader.number('noise', NOISE)
  const epsilon = reader.number('epsilon', EPSILON)
  if (reader.fault !== null) return {}
  const needed = neededBits({ textBytes, newPairs: 1 })
  const planned = plan({ neededBits: needed, mode, noise, loss: 0, epsilon, proof: 'trusted' })
  if (!planned.ok) return { error: PLAN_FAULTS[planned.reason] }
  const { pairs, alice, bob } = planned.value
  const [a1, a2, a3] = alice.map((weight) => weight / WEIGHT_TOTAL)
  const [b1, b2, b3] = bob.map((weight) => weight / WEIGHT_TOTAL)
  return { pairs, settings: { a1, a2, a3, b1, b2, b3 }, neededBits: needed }
}

function answerRun(reader: QuestionReader): Answer {
  const textBytes = reader.number('bytes', { min: 0, max: TEXT_BYTES_MAX, whole: true })
  const mode = reader.choice('mode', MODES, 'efficient')
  const noise = reader.number('noise', NOISE)
  const eve = reader.choice('eve', EVES, 'off')
  const attack = readAttack(reader, eve)
  const epsilon = reader.number('epsilon', EPSILON)
  const seed = reader.label('seed', '0', SEED_CHARACTERS_MAX)
  if (reader.fault !== null) return {}
  const played = playSession({ textBytes, mode, proof: 'trusted', epsilon, noise, attack, seed })
  if (!played.ok) return { error: PLAN_FAULTS[played.reason] }
  const end = played.value
  const receipt = 'receipt' in end ? end.receipt : null
  if (receipt === null) return { error: `The session ended before anything was measured: ${end.type}.` }
  return { ...receiptFields(receipt), eve, outcome: outcomeOf(end) }
}

function answerCascade(reader: QuestionReader): Answer {
  const bits = reader.number('bits', CASCADE_BITS)
  const errorRate = reader.number('errorRate', { min: 0, max: 0.5, without: 'both' })
  const variant = reader.choice('variant', VARIANT_NAMES, 'original')
  const frames = reader.number('frames', { min: 1, max: CASCADE_BITS_MAX, whole: true })
  const seed = reader.label('seed', '0', SEED_CHARACTERS_MAX)
  if (reader.fault !== null) return {}
  if (bits * frames > CASCADE_BITS_MAX) return { error: `"bits" times "frames" must be at most ${CASCADE_BITS_MAX}.` }
  const { efficiency, standardError, roundTrips, frameErrors } = runCascadeStudy({
    bits,
    errorRate,
    variant,
    frames,
    seed,
  })
  return { efficiency, standardError, roundTrips, frameErrors }
}

function outcomeOf(end: SessionEnd): 'delivered' | 'alert' | 'queued' {
  if (end.type === 'confirmed') return 'delivered'
  return end.type === 'aborted' && end.alert ? 'alert' : 'queued'
}

const PLAN_FAULTS: Readonly<Record<PlanFault, string>> = {
  impossible: 'No number of pairs gives a key on a link of this noise.',
  'too-many-pairs': 'That takes more pairs than a session may have (16,777,216).',
}

/** Null where nobody touches the pairs. Strength and angle are read, and must be good, whatever Eve does with them. */
function readAttack(reader: QuestionReader, eve: (typeof EVES)[number]): Attack | null {
  const strength = reader.number('strength', { ...RATE, fallback: 1 })
  const fallback = eve === 'intercept' || eve === 'ghz' ? DEFAULT_ANGLE_DEGREES[eve] : 0
  const range = { min: -Number.MAX_VALUE, max: Number.MAX_VALUE, fallback }
  const angleRadians = ((reader.number('angle', range) % 360) * Math.PI) / 180
  switch (eve) {
    case 'off':
    case 'passive':
      return null
    case 'ghz':
    case 'intercept':
      return { kind: eve, strength, angleRadians }
    case 'clone':
    case 'circular':
      return { kind: eve, strength }
  }
}
