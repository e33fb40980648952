// Alice's end of one session: she makes the pairs, measures her halves, sends Bob's, and at the end the message under
// a pad of the key that came of it. (PROTOCOL section 4)

import { pick, type SiftedRounds, sift } from '../distill/sifting.ts'
import { checkOf } from '../distill/verification.ts'
import { assertNever } from '../lib/assert.ts'
import type { Bits } from '../lib/bits.ts'
import { type Bytes, concat, equalBytes } from '../lib/bytes.ts'
import { type RandomSource, randomBytes } from '../lib/random.ts'
import { OneTimePad } from '../otp/seal.ts'
import { OneTimeTagKey } from '../otp/tags.ts'
import { growPairs } from '../pairing/tag-pairs.ts'
import { preparePairs } from '../quantum/pair-source.ts'
import type { QubitBatch } from '../quantum/qubit-batch.ts'
import {
  countErrors,
  type Evaluation,
  evaluate,
  judgeAlert,
  type KeyErrors,
  keysOf,
  withKeyErrors,
} from './evaluation.ts'
import { allocate, distil, drawSeeds, type KeyMaterial } from './key-material.ts'
import { type AbortReason, encodeMessage, type Message, TAG_BYTES, withoutTag } from './messages.ts'
import { gather, type Range } from './ranges.ts'
import type { Receipt } from './receipt.ts'
import type { Role, TagPair } from './records.ts'
import { deletePair, putPairs, type SessionEnd, type SessionInput, type SessionOutput } from './session.ts'
import { SessionVoice } from './session-voice.ts'
import { BULK_PAIRS, frameQubits, type SessionContext } from './terms.ts'

type Of<T extends Message['type']> = Extract<Message, { type: T }>

type Phase =
  | { readonly awaits: 'start' }
  | { readonly awaits: 'ready' }
  | { readonly awaits: 'measured' }
  | { readonly awaits: 'estimated'; readonly run: Run }
  | {
      readonly awaits: 'sealCommitted'
      readonly run: Run
      readonly material: KeyMaterial
      /** `amplify` but for its tag, which is made once the pair is off the disk. */
      readonly untagged: Bytes
      readonly pairs: readonly TagPair[]
      readonly evaluation: Evaluation
    }
  | {
      readonly awaits: 'received'
      readonly run: Run
      readonly proof: Bytes
      readonly pairs: readonly TagPair[]
      readonly evaluation: Evaluation
    }
  | { readonly awaits: 'confirmCommitted'; readonly receipt: Receipt }
  | { readonly awaits: 'failCommitted'; readonly end: SessionEnd }
  | { readonly awaits: 'nothing' }

/** What may be heard in which phase. While a transaction settles, the disk decides and nothing is heard. */
const HEARS: Readonly<Record<Phase['awaits'], readonly Message['type'][]>> = {
  start: [],
  ready: ['ready', 'refuse', 'abort'],
  measured: ['measured', 'refuse', 'abort'],
  estimated: ['estimated', 'abort'],
  sealCommitted: ['abort'],
  received: ['received', 'abort'],
  confirmCommitted: [],
  failCommitted: [],
  nothing: [],
}

/** What was measured and compared. */
interface Run {
  readonly sifted: SiftedRounds
  readonly alice: Bytes
  readonly bob: Bytes
  readonly aliceOpen: Bits
  readonly keys: readonly Bits[]
}

export interface AliceOptions {
  readonly context: SessionContext
  /** The padded message, as the pad will cover it. */
  readonly plaintext: Bytes
  /** The lane in which the new pairs lie: Alice's. */
  readonly lane: Role
  readonly random: RandomSource
  /** Visibility of the source, 1 for perfect pairs. */
  readonly visibility: number
}

export class AliceSession {
  readonly #options: AliceOptions
  readonly #context: SessionContext
  readonly #voice: SessionVoice
  #settings: Bytes = new Uint8Array(0)
  #outcomes: Bits = new Uint8Array(0)
  #phase: Phase = { awaits: 'start' }

  constructor(options: AliceOptions) {
    this.#options = options
    this.#context = options.context
    this.#voice = new SessionVoice(options.context, 'alice')
  }

  /** From the transaction before `amplify` on the session neither aborts nor cancels. */
  get sealed(): boolean {
    return ['sealCommitted', 'received', 'confirmCommitted'].includes(this.#phase.awaits)
  }

  /** How many of these guesses at the sifted key are wrong; the key itself is not said. Null while there is none. */
  score(guess: Bits): KeyErrors | null {
    return 'run' in this.#phase ? countErrors(this.#phase.run.keys, guess) : null
  }

  handle(input: SessionInput, nowMs: number): readonly SessionOutput[] {
    switch (input.type) {
      case 'start':
        return this.#start(nowMs)
      case 'message':
        return this.#onMessage(input.message, input.encoded, nowMs)
      case 'committed':
        return this.#onCommitted(nowMs)
      case 'commitFailed':
        return this.#onCommitFailed()
      case 'timeout':
        return this.#stop('late', true)
      case 'lost':
        return this.#stop('lost', false)
      case 'forged':
        return this.#stop('tampered', true)
      case 'cancel':
        return this.#stop('cancelled', true)
      case 'fibre':
      case 'outcomes':
        return []
      default:
        return assertNever(input)
    }
  }

  #start(nowMs: number): readonly SessionOutput[] {
    const { terms } = this.#context
    this.#voice.watch.start(nowMs)
    const propose = this.#voice.say({ type: 'propose', session: terms.session, terms })
    const bulk = terms.pairs > BULK_PAIRS
    this.#phase = { awaits: bulk ? 'ready' : 'measured' }
    return [propose, this.#voice.deadline(nowMs), ...(bulk ? [this.#voice.progress('pairs', 0)] : this.#sendQubits())]
  }

  /** Prepares and measures all pairs and cuts Bob's halves into frames. */
  #sendQubits(): readonly SessionOutput[] {
    const { terms } = this.#context
    const prepared = preparePairs(terms.pairs, terms.alice, this.#options.visibility, this.#options.random)
    this.#settings = prepared.settings
    this.#outcomes = prepared.outcomes
    const size = frameQubits(terms.pairs)
    const frames: SessionOutput[] = []
    for (let start = 0; start < terms.pairs; start += size) {
      const indices = prepared.qubits.indices.slice(start, start + size)
      const qubits: QubitBatch = { codebook: prepared.qubits.codebook, indices }
      frames.push({ type: 'fibre', frame: { session: terms.session, start, qubits } })
    }
    return [...frames, this.#voice.progress('pairs', terms.pairs)]
  }

  #onMessage(message: Message, encoded: Bytes, nowMs: number): readonly SessionOutput[] {
    const phase = this.#phase
    // Early or repeated: the peer speaks out of turn, and nothing that it says can be used.
    if (!HEARS[phase.awaits].includes(message.type)) return this.#stop('malformed', true)
    if (message.type === 'refuse') return this.#end({ type: 'refused', reason: message.reason })
    if (message.type === 'abort') return this.#onAbort(message)
    if (message.type === 'ready') return this.#onReady(encoded, nowMs)
    if (message.type === 'measured') return this.#onMeasured(message, encoded, nowMs)
    if (message.type === 'estimated' && phase.awaits === 'estimated')
      return this.#onEstimated(message, encoded, phase.run, nowMs)
    return message.type === 'received' ? this.#onReceived(message, nowMs) : []
  }

  #onAbort(message: Of<'abort'>): readonly SessionOutput[] {
    const tampered = message.reason === 'tampered'
    if (this.sealed) return this.#end({ type: 'unconfirmed', tampered })
    // A connection that the peer calls lost is here: it is treated as slow, with patience.
    const reason = message.reason === 'lost' ? 'late' : message.reason
    return this.#end({ type: 'aborted', reason, alert: tampered, receipt: null })
  }

  #onReady(encoded: Bytes, nowMs: number): readonly SessionOutput[] {
    this.#voice.transcript.add('bob', encoded)
    this.#phase = { awaits: 'measured' }
    return [...this.#sendQubits(), this.#voice.deadline(nowMs)]
  }

  #onMeasured(message: Of<'measured'>, encoded: Bytes, nowMs: number): readonly SessionOutput[] {
    const arrived = this.#arrived(message.arrived, message.settings.length)
    if (arrived === null) return this.#stop('malformed', true)
    this.#voice.transcript.add('bob', encoded)
    this.#voice.watch.lap('pairs', nowMs)
    const alice = gather(this.#settings, arrived)
    const outcomes = gather(this.#outcomes, arrived)
    const sifted = sift(alice, message.settings, this.#context.terms.mode)
    const keys = keysOf(sifted, outcomes)
    const aliceOpen = pick(outcomes, sifted.open)
    this.#phase = { awaits: 'estimated', run: { sifted, alice, bob: message.settings, aliceOpen, keys } }
    const checks = keys.map((bits) => {
      const key = randomBytes(this.#options.random, 16)
      return { key, check: checkOf(bits, key) }
    })
    const { session } = this.#context.terms
    return [
      this.#voice.say({ type: 'sifted', session, settings: alice, outcomes: aliceOpen, checks }),
      this.#voice.deadline(nowMs),
      this.#voice.progress('settings'),
    ]
  }

  /** The ranges that Bob says arrived, or null where they are none of this session's. */
  #arrived(ranges: readonly Range[], settings: number): readonly Range[] | null {
    let next = 0
    let total = 0
    for (const { start, count } of ranges) {
      if (start < next || count === 0 || start + count > this.#context.terms.pairs) return null
      next = start + count
      total += count
    }
    return total === settings && this.#settings.length > 0 ? ranges : null
  }

  #onEstimated(message: Of<'estimated'>, encoded: Bytes, run: Run, nowMs: number): readonly SessionOutput[] {
    const { terms } = this.#context
    if (message.outcomes.length !== run.sifted.open.length || message.equal.length !== run.keys.length)
      return this.#stop('malformed', true)
    const equal = message.equal.every(Boolean)
    const evaluation = evaluate(terms, run.sifted, { ...run, bobOpen: message.outcomes }, equal)
    this.#voice.watch.lap('test', nowMs)
    if (message.finding !== 'enough') return this.#sacrifice(message, run, evaluation)
    if (!this.#tagHolds(encoded, message.tag)) {
      return this.#failPair({
        type: 'aborted',
        reason: 'tampered',
        alert: true,
        receipt: this.#voice.receipt(evaluation, 'tampered', null, 0, null),
      })
    }
    this.#voice.transcript.add('bob', encoded)
    const bits = equal
      ? allocate(
          terms.neededBits,
          evaluation.verdict.blocks.map((block) => block.secretBits),
        )
      : null
    // Bob found enough where Alice does not: his pair is spent, so hers goes too.
    if (bits === null) return this.#failPair({ type: 'aborted', reason: 'malformed', alert: false, receipt: null })
    return this.#seal(run, evaluation, bits, nowMs)
  }

  /** The key is too short or can't be corrected: both say all of it, and both read its exact QBER. */
  #sacrifice(message: Of<'estimated'>, run: Run, evaluation: Evaluation): readonly SessionOutput[] {
    const errors = countErrors(run.keys, message.keyBits)
    const { chance, alert } = judgeAlert(this.#context.terms, evaluation, errors)
    const reason = message.finding === 'unreconciled' ? 'unreconciled' : 'short'
    const outcome = alert ? 'eavesdropper' : reason === 'short' ? 'short' : 'noisy'
    const qber = errors && errors.errors / errors.bits
    const receipt = this.#voice.receipt(withKeyErrors(evaluation, errors), outcome, qber, 0, chance)
    return [this.#voice.abort(reason, concat(...run.keys)), ...this.#end({ type: 'aborted', reason, alert, receipt })]
  }

  #tagHolds(encoded: Bytes, tag: Bytes): boolean {
    const covered = this.#voice.transcript.bytesWith('bob', withoutTag(encoded))
    return new OneTimeTagKey(this.#context.tagKeys.slice(32, 64)).verify(covered, tag)
  }

  #seal(run: Run, evaluation: Evaluation, bits: readonly number[], nowMs: number): readonly SessionOutput[] {
    const { terms, authentication } = this.#context
    const { plaintext, lane, random } = this.#options
    const blocks = drawSeeds(run.keys, bits, random)
    const material = distil(run.keys, blocks, plaintext.length, terms.newPairs)
    const ciphertext = new OneTimePad(material.pad).seal(plaintext)
    const tag = new Uint8Array(TAG_BYTES)
    const untagged = withoutTag(encodeMessage({ type: 'amplify', session: terms.session, blocks, ciphertext, tag }))
    const pairs = growPairs(terms.session, lane, material.pairs, 'pending', authentication)
    this.#phase = { awaits: 'sealCommitted', run, material, untagged, pairs, evaluation }
    this.#voice.watch.lap('seal', nowMs)
    const changes = [...deletePair(terms.tagPair), ...putPairs(pairs)]
    const receipt = this.#voice.receipt(evaluation, 'sent', 0, terms.neededBits, null)
    return [
      { type: 'commit', commit: { step: 'sealed', changes, receipt } },
      this.#voice.progress('seal', undefined, receipt),
    ]
  }

  #onCommitted(nowMs: number): readonly SessionOutput[] {
    const phase = this.#phase
    if (phase.awaits === 'sealCommitted') {
      const { run, material, untagged, pairs, evaluation } = phase
      const covered = this.#voice.transcript.bytesWith('alice', untagged)
      const tag = new OneTimeTagKey(this.#context.tagKeys.slice(0, 32)).tag(covered)
      this.#phase = { awaits: 'received', run, proof: material.proof, pairs, evaluation }
      return [{ type: 'send', encoded: concat(untagged, tag) }, this.#voice.deadline(nowMs)]
    }
    if (phase.awaits === 'confirmCommitted') return this.#end({ type: 'confirmed', receipt: phase.receipt })
    if (phase.awaits === 'failCommitted')
      return [this.#voice.abort(phase.end.type === 'aborted' ? phase.end.reason : 'malformed'), ...this.#end(phase.end)]
    return []
  }

  #onCommitFailed(): readonly SessionOutput[] {
    const phase = this.#phase
    if (phase.awaits === 'failCommitted') return [this.#voice.abort('storage'), ...this.#end(phase.end)]
    // The seal is not on the disk, so nothing was sent and the message is still queued.
    if (phase.awaits === 'sealCommitted') {
      return [
        this.#voice.abort('storage'),
        ...this.#end({ type: 'aborted', reason: 'storage', alert: false, receipt: null }),
      ]
    }
    return phase.awaits === 'confirmCommitted' ? this.#end({ type: 'unconfirmed', tampered: false }) : []
  }

  #onReceived(message: Of<'received'>, nowMs: number): readonly SessionOutput[] {
    const phase = this.#phase
    if (phase.awaits !== 'received') return []
    if (!equalBytes(message.proof, phase.proof)) return this.#end({ type: 'unconfirmed', tampered: false })
    this.#voice.watch.lap('received', nowMs)
    const receipt = this.#voice.receipt(phase.evaluation, 'delivered', 0, this.#context.terms.neededBits, null)
    this.#phase = { awaits: 'confirmCommitted', receipt }
    const changes = putPairs(phase.pairs.map((pair) => ({ ...pair, state: 'usable' })))
    return [
      { type: 'commit', commit: { step: 'confirmed', changes, receipt } },
      this.#voice.progress('received', undefined, receipt),
    ]
  }

  /** Ends what has not been sealed; what was sealed stays sent and is resent later. */
  #stop(reason: AbortReason, tell: boolean): readonly SessionOutput[] {
    const phase = this.#phase
    if (phase.awaits === 'nothing') return []
    if (phase.awaits === 'failCommitted') return reason === 'lost' ? this.#end(phase.end) : []
    // A transaction was asked for: its outcome decides. Of a lost connection nobody is left to tell.
    if (phase.awaits === 'confirmCommitted' || phase.awaits === 'sealCommitted')
      return reason === 'lost' ? this.#end({ type: 'unconfirmed', tampered: false }) : []
    if (phase.awaits === 'received') return this.#end({ type: 'unconfirmed', tampered: reason === 'tampered' })
    const told = tell ? [this.#voice.abort(reason)] : []
    return [...told, ...this.#end({ type: 'aborted', reason, alert: reason === 'tampered', receipt: null })]
  }

  #failPair(end: SessionEnd): readonly SessionOutput[] {
    this.#phase = { awaits: 'failCommitted', end }
    return [{ type: 'commit', commit: { step: 'pairFailed', changes: deletePair(this.#context.terms.tagPair) } }]
  }

  #end(end: SessionEnd): readonly SessionOutput[] {
    this.#wipe()
    this.#phase = { awaits: 'nothing' }
    return [{ type: 'ended', end }]
  }

  #wipe(): void {
    const phase = this.#phase
    const keys = 'run' in phase ? phase.run.keys : []
    const rest = phase.awaits === 'sealCommitted' ? [phase.material.pad, phase.material.pairs] : []
    for (const secret of [...keys, ...rest, this.#outcomes, this.#context.tagKeys]) secret.fill(0)
  }
}
