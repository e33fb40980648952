// Bob's end of one session: he measures what arrives in settings that Alice doesn't know yet, gives the verdict, and
// opens the message. (PROTOCOL section 4)

import { pick, type SiftedRounds, sift } from '../distill/sifting.ts'
import { checkOf } from '../distill/verification.ts'
import { assertNever } from '../lib/assert.ts'
import type { Bits } from '../lib/bits.ts'
import { type Bytes, concat, equalBytes } from '../lib/bytes.ts'
import type { RandomSource } from '../lib/random.ts'
import { OneTimePad } from '../otp/seal.ts'
import { OneTimeTagKey } from '../otp/tags.ts'
import { growPairs } from '../pairing/tag-pairs.ts'
import { drawSettings } from '../quantum/pair-source.ts'
import type { FibreFrame } from '../wire/fibre.ts'
import {
  countErrors,
  type Evaluation,
  evaluate,
  judgeAlert,
  type KeyErrors,
  keysOf,
  withKeyErrors,
} from './evaluation.ts'
import { distil, PROOF_BITS, seedsFit } from './key-material.ts'
import { type AbortReason, encodeMessage, type Message, TAG_BYTES, withoutTag } from './messages.ts'
import { gather, NO_SETTING, RANGES_MAX, type Range, rangesOf } from './ranges.ts'
import type { Receipt } from './receipt.ts'
import type { Role } from './records.ts'
import { decodeSealed } from './sealed-message.ts'
import {
  deletePair,
  phaseDeadlineMs,
  putPairs,
  type SessionEnd,
  type SessionInput,
  type SessionOutput,
} from './session.ts'
import { SessionVoice } from './session-voice.ts'
import { BULK_PAIRS, type SessionContext } from './terms.ts'

type Of<T extends Message['type']> = Extract<Message, { type: T }>

const WINDOW_MS_MIN = 100
const BULK_WINDOW_MS_MIN = 3_000

type Phase =
  | {
      readonly awaits: 'qubits'
      readonly frames: number
      readonly unanswered: number
      readonly arrivedPairs: number
      readonly closesAtMs: number
      readonly closed: boolean
    }
  | { readonly awaits: 'sifted'; readonly arrived: readonly Range[] }
  | { readonly awaits: 'spendCommitted'; readonly run: Run; readonly estimated: Bytes }
  | { readonly awaits: 'amplify'; readonly run: Run }
  | { readonly awaits: 'acceptCommitted'; readonly proof: Bytes; readonly receipt: Receipt }
  /** The key was sacrificed: Alice's copy of it is still to come. */
  | { readonly awaits: 'abort'; readonly run: Run; readonly reason: 'short' | 'unreconciled' }
  | { readonly awaits: 'nothing' }

/** What may be heard in which phase. While the message is on its way to the disk, nothing is heard. */
const HEARS: Readonly<Record<Phase['awaits'], readonly Message['type'][]>> = {
  qubits: ['abort'],
  sifted: ['sifted', 'abort'],
  spendCommitted: ['abort'],
  amplify: ['amplify', 'abort'],
  acceptCommitted: [],
  abort: ['abort'],
  nothing: [],
}

interface Run {
  readonly sifted: SiftedRounds
  readonly keys: readonly Bits[]
  readonly evaluation: Evaluation
}

export interface BobOptions {
  readonly context: SessionContext
  /** Alice's `propose` as it came. */
  readonly propose: Bytes
  /** The lane in which the new pairs lie: Alice's. */
  readonly lane: Role
  readonly random: RandomSource
}

export class BobSession {
  readonly #context: SessionContext
  readonly #options: BobOptions
  readonly #voice: SessionVoice
  readonly #settings: Bytes
  readonly #outcomes: Bits
  #phase: Phase = { awaits: 'nothing' }

  constructor(options: BobOptions) {
    this.#options = options
    this.#context = options.context
    this.#voice = new SessionVoice(options.context, 'bob')
    this.#voice.transcript.add('alice', options.propose)
    const { pairs } = options.context.terms
    this.#settings = new Uint8Array(pairs).fill(NO_SETTING)
    this.#outcomes = new Uint8Array(pairs)
  }

  /** How many of these guesses at the sifted key are wrong; the key itself is not said. Null while there is none. */
  score(guess: Bits): KeyErrors | null {
    return 'run' in this.#phase ? countErrors(this.#phase.run.keys, guess) : null
  }

  handle(input: SessionInput, nowMs: number): readonly SessionOutput[] {
    switch (input.type) {
      case 'start':
        return this.#start(nowMs)
      case 'fibre':
        return this.#onFibre(input.frame, nowMs)
      case 'outcomes':
        return this.#onOutcomes(input.start, input.outcomes, nowMs)
      case 'message':
        return this.#onMessage(input.message, input.encoded, nowMs)
      case 'committed':
        return this.#onCommitted(nowMs)
      case 'commitFailed':
        return this.#onCommitFailed()
      case 'timeout':
        return this.#onTimeout(nowMs)
      case 'lost':
        return this.#stop('lost', false)
      case 'forged':
        return this.#stop('tampered', true)
      case 'cancel':
        return this.#stop('cancelled', true)
      default:
        return assertNever(input)
    }
  }

  #start(nowMs: number): readonly SessionOutput[] {
    const { terms, roundTripMs } = this.#context
    this.#voice.watch.start(nowMs)
    // In bulk the first qubits leave only when `ready` has arrived.
    const patience = terms.pairs > BULK_PAIRS ? phaseDeadlineMs(terms.pairs, roundTripMs) : this.#windowMs()
    const closesAtMs = nowMs + patience
    this.#phase = { awaits: 'qubits', frames: 0, unanswered: 0, arrivedPairs: 0, closesAtMs, closed: false }
    const ready = terms.pairs > BULK_PAIRS ? [this.#voice.say({ type: 'ready', session: terms.session })] : []
    return [...ready, { type: 'deadline', atMs: closesAtMs }, this.#voice.progress('pairs', 0)]
  }

  /** The window closes two round trips after the last frame. */
  #windowMs(): number {
    const { terms, roundTripMs } = this.#context
    // In bulk a frame alone may take long: 16 KiB are a second at 130 kbit/s.
    return Math.max(terms.pairs > BULK_PAIRS ? BULK_WINDOW_MS_MIN : WINDOW_MS_MIN, 2 * roundTripMs)
  }

  /** Draws settings for qubits that have come, and for no others; late and repeated frames stay unmeasured. */
  #onFibre(frame: FibreFrame, nowMs: number): readonly SessionOutput[] {
    const phase = this.#phase
    const end = frame.start + frame.qubits.indices.length
    if (phase.awaits !== 'qubits' || phase.closed || end > this.#context.terms.pairs) return []
    if (phase.frames === RANGES_MAX) return []
    if (this.#arrivedAny(frame.start, end)) return []
    const settings = drawSettings(end - frame.start, this.#context.terms.bob, this.#options.random)
    this.#settings.set(settings, frame.start)
    const closesAtMs = nowMs + this.#windowMs()
    this.#phase = { ...phase, frames: phase.frames + 1, unanswered: phase.unanswered + 1, closesAtMs }
    return [
      { type: 'measure', start: frame.start, settings },
      { type: 'deadline', atMs: closesAtMs },
    ]
  }

  #arrivedAny(start: number, end: number): boolean {
    for (let i = start; i < end; i++) if (this.#settings[i] !== NO_SETTING) return true
    return false
  }

  #onOutcomes(start: number, outcomes: Bits, nowMs: number): readonly SessionOutput[] {
    const phase = this.#phase
    if (phase.awaits !== 'qubits') return []
    this.#outcomes.set(outcomes, start)
    const arrivedPairs = phase.arrivedPairs + outcomes.length
    const unanswered = phase.unanswered - 1
    this.#phase = { ...phase, arrivedPairs, unanswered }
    const complete = arrivedPairs === this.#context.terms.pairs
    if (unanswered === 0 && (complete || phase.closed)) return this.#sayMeasured(nowMs)
    return this.#context.terms.pairs > BULK_PAIRS ? [this.#voice.progress('pairs', arrivedPairs)] : []
  }

  #onTimeout(nowMs: number): readonly SessionOutput[] {
    const phase = this.#phase
    if (phase.awaits !== 'qubits') return this.#stop('late', true)
    if (nowMs < phase.closesAtMs) return [{ type: 'deadline', atMs: phase.closesAtMs }]
    if (phase.arrivedPairs === 0 && phase.unanswered === 0) return this.#stop('late', true)
    this.#phase = { ...phase, closed: true }
    return phase.unanswered === 0 ? this.#sayMeasured(nowMs) : []
  }

  #sayMeasured(nowMs: number): readonly SessionOutput[] {
    this.#voice.watch.lap('pairs', nowMs)
    const arrived = rangesOf(this.#settings)
    const settings = gather(this.#settings, arrived)
    this.#phase = { awaits: 'sifted', arrived }
    const { session } = this.#context.terms
    return [
      this.#voice.say({ type: 'measured', session, arrived, settings }),
      this.#voice.deadline(nowMs),
      this.#voice.progress('settings', settings.length),
    ]
  }

  #onMessage(message: Message, encoded: Bytes, nowMs: number): readonly SessionOutput[] {
    const phase = this.#phase
    if (!HEARS[phase.awaits].includes(message.type)) return this.#stop('malformed', true)
    if (message.type === 'abort') return this.#onAbort(message)
    if (message.type === 'sifted' && phase.awaits === 'sifted')
      return this.#onSifted(message, encoded, phase.arrived, nowMs)
    if (message.type === 'amplify' && phase.awaits === 'amplify')
      return this.#onAmplify(message, encoded, phase.run, nowMs)
    return []
  }

  #onSifted(message: Of<'sifted'>, encoded: Bytes, arrived: readonly Range[], nowMs: number): readonly SessionOutput[] {
    const { terms } = this.#context
    const bob = gather(this.#settings, arrived)
    if (message.settings.length !== bob.length) return this.#stop('malformed', true)
    const outcomes = gather(this.#outcomes, arrived)
    const sifted = sift(message.settings, bob, terms.mode)
    const keys = keysOf(sifted, outcomes)
    if (message.outcomes.length !== sifted.open.length || message.checks.length !== keys.length)
      return this.#stop('malformed', true)
    this.#voice.transcript.add('alice', encoded)
    const bobOpen = pick(outcomes, sifted.open)
    const equal = keys.map((bits, i) => equalBytes(checkOf(bits, message.checks[i]!.key), message.checks[i]!.check))
    const record = { alice: message.settings, bob, aliceOpen: message.outcomes, bobOpen }
    const evaluation = evaluate(terms, sifted, record, equal.every(Boolean))
    this.#voice.watch.lap('test', nowMs)
    return this.#decide({ sifted, keys, evaluation }, bobOpen, equal, nowMs)
  }

  /** The verdict, before anything is sealed. */
  #decide(run: Run, outcomes: Bits, equal: readonly boolean[], nowMs: number): readonly SessionOutput[] {
    const { session, tagPair } = this.#context.terms
    const base = { type: 'estimated', session, outcomes, equal } as const
    if (run.evaluation.verdict.enough && equal.every(Boolean)) {
      const estimated = encodeMessage({
        ...base,
        finding: 'enough',
        keyBits: new Uint8Array(0),
        tag: new Uint8Array(TAG_BYTES),
      })
      this.#phase = { awaits: 'spendCommitted', run, estimated }
      return [
        { type: 'commit', commit: { step: 'tagSpent', changes: deletePair(tagPair) } },
        this.#voice.progress('key'),
      ]
    }
    const finding = run.evaluation.verdict.enough ? 'unreconciled' : 'short'
    this.#phase = { awaits: 'abort', run, reason: finding }
    const keyBits = concat(...run.keys)
    return [this.#voice.say({ ...base, finding, keyBits, tag: new Uint8Array(0) }), this.#voice.deadline(nowMs)]
  }

  #onCommitted(nowMs: number): readonly SessionOutput[] {
    const phase = this.#phase
    if (phase.awaits === 'spendCommitted') return this.#sayTag(phase.run, phase.estimated, nowMs)
    if (phase.awaits === 'acceptCommitted') {
      const received = encodeMessage({ type: 'received', session: this.#context.terms.session, proof: phase.proof })
      return [
        { type: 'send', encoded: received },
        this.#voice.progress('received', undefined, phase.receipt),
        ...this.#end({ type: 'accepted', receipt: phase.receipt }),
      ]
    }
    return []
  }

  #onCommitFailed(): readonly SessionOutput[] {
    const phase = this.#phase
    if (phase.awaits === 'nothing') return []
    return [
      this.#voice.abort('storage'),
      ...this.#end({ type: 'aborted', reason: 'storage', alert: false, receipt: null }),
    ]
  }

  /** His pair is off the disk: now, and only now, he makes his tag. */
  #sayTag(run: Run, estimated: Bytes, nowMs: number): readonly SessionOutput[] {
    const covered = this.#voice.transcript.bytesWith('bob', withoutTag(estimated))
    const tag = new OneTimeTagKey(this.#context.tagKeys.slice(32, 64)).tag(covered)
    const encoded = concat(withoutTag(estimated), tag)
    this.#voice.transcript.add('bob', encoded)
    this.#phase = { awaits: 'amplify', run }
    return [{ type: 'send', encoded }, this.#voice.deadline(nowMs)]
  }

  #onAmplify(message: Of<'amplify'>, encoded: Bytes, run: Run, nowMs: number): readonly SessionOutput[] {
    const { terms, tagKeys, authentication } = this.#context
    const covered = this.#voice.transcript.bytesWith('alice', withoutTag(encoded))
    if (!new OneTimeTagKey(tagKeys.slice(0, 32)).verify(covered, message.tag)) return this.#failTag(run)
    const secretBits = run.evaluation.verdict.blocks.map((block) => block.secretBits)
    const bitsFit = 8 * message.ciphertext.length + 512 * terms.newPairs + PROOF_BITS === terms.neededBits
    if (!bitsFit || !seedsFit(run.keys, message.blocks, terms.neededBits, secretBits))
      return this.#stop('malformed', true)
    const material = distil(run.keys, message.blocks, message.ciphertext.length, terms.newPairs)
    const plaintext = new OneTimePad(material.pad).open(message.ciphertext)
    const sealed = decodeSealed(plaintext)
    if (sealed === null) {
      wipe([material.pairs, material.proof])
      return this.#stop('malformed', true)
    }
    this.#voice.watch.lap('seal', nowMs)
    const receipt = this.#voice.receipt(run.evaluation, 'delivered', 0, terms.neededBits, null)
    this.#phase = { awaits: 'acceptCommitted', proof: material.proof, receipt }
    const pairs = growPairs(terms.session, this.#options.lane, material.pairs, 'usable', authentication)
    wipe([...run.keys, material.pairs])
    return [
      { type: 'commit', commit: { step: 'accepted', changes: putPairs(pairs), message: sealed, receipt } },
      this.#voice.progress('seal', undefined, receipt),
    ]
  }

  /** Alice's tag does not hold: his pair is spent already, nothing is opened. */
  #failTag(run: Run): readonly SessionOutput[] {
    const receipt = this.#voice.receipt(run.evaluation, 'tampered', null, 0, null)
    const end: SessionEnd = { type: 'aborted', reason: 'tampered', alert: true, receipt }
    return [this.#voice.abort('tampered'), ...this.#end(end)]
  }

  #onAbort(message: Of<'abort'>): readonly SessionOutput[] {
    const phase = this.#phase
    if (phase.awaits === 'nothing' || phase.awaits === 'acceptCommitted') return []
    if (phase.awaits !== 'abort') {
      const alert = message.reason === 'tampered'
      return this.#end({ type: 'aborted', reason: message.reason, alert, receipt: null })
    }
    return this.#end(this.#sacrificed(phase.run, phase.reason, message.keyBits))
  }

  /** Both keys are known now: the exact QBER, and whether readings like these are chance. */
  #sacrificed(run: Run, reason: 'short' | 'unreconciled', theirs: Bits): SessionEnd {
    const errors = countErrors(run.keys, theirs)
    const { chance, alert } = judgeAlert(this.#context.terms, run.evaluation, errors)
    const outcome = alert ? 'eavesdropper' : reason === 'short' ? 'short' : 'noisy'
    const qber = errors && errors.errors / errors.bits
    const receipt = this.#voice.receipt(withKeyErrors(run.evaluation, errors), outcome, qber, 0, chance)
    return { type: 'aborted', reason, alert, receipt }
  }

  #stop(reason: AbortReason, tell: boolean): readonly SessionOutput[] {
    const phase = this.#phase
    if (phase.awaits === 'nothing') return []
    // The message is on its way to the disk; if it gets there and `received` can't be said, Alice sends it again.
    if (phase.awaits === 'acceptCommitted')
      return reason === 'lost' ? this.#end({ type: 'accepted', receipt: phase.receipt }) : []
    // Alice's key bits never came: the verdict stands without them.
    if (phase.awaits === 'abort') return this.#end(this.#sacrificed(phase.run, phase.reason, new Uint8Array(0)))
    const told = tell ? [this.#voice.abort(reason)] : []
    return [...told, ...this.#end({ type: 'aborted', reason, alert: reason === 'tampered', receipt: null })]
  }

  #end(end: SessionEnd): readonly SessionOutput[] {
    wipe('run' in this.#phase ? this.#phase.run.keys : [])
    wipe([this.#outcomes, this.#context.tagKeys])
    this.#phase = { awaits: 'nothing' }
    return [{ type: 'ended', end }]
  }
}

function wipe(secrets: readonly Uint8Array[]): void {
  for (const secret of secrets) secret.fill(0)
}
