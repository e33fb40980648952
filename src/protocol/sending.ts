// Alice's side of a conversation: takes the next message of the outbox, plans and runs a session for it, and decides
// what its end means: delivered, tried again later, refused. One session of its own in flight.

import type { Bits } from '../lib/bits.ts'
import { type Bytes, hexBytes, toHex } from '../lib/bytes.ts'
import { randomBytes } from '../lib/random.ts'
import { encodeText } from '../lib/text.ts'
import { MESSAGE_NUMBER_MAX } from '../pairing/binding.ts'
import { choosePair, DERIVED, newPairCount, sessionTagKeys } from '../pairing/tag-pairs.ts'
import { AliceSession } from './alice-session.ts'
import type { Bond } from './bond.ts'
import type { ConversationOptions } from './conversation.ts'
import type { Change } from './disk.ts'
import type { KeyErrors } from './evaluation.ts'
import type { Shown } from './events.ts'
import type { Host } from './host.ts'
import { learn, plannedNoise } from './learning.ts'
import type { Message } from './messages.ts'
import { Patience } from './patience.ts'
import { neededBits, plan } from './planner.ts'
import type { Receipt, RefusalReason } from './receipt.ts'
import type { StoredMessage } from './records.ts'
import { encodeSealed } from './sealed-message.ts'
import {
  type SessionCommit,
  type SessionEnd,
  type SessionInput,
  type SessionOutput,
  tellsTampering,
} from './session.ts'
import { shown } from './shown-message.ts'
import { BULK_PAIRS, DEFAULT_EPSILON, type Terms } from './terms.ts'

const SHORTFALLS_MAX = 3

interface Run {
  readonly session: AliceSession
  readonly message: string
  readonly number: number
  readonly terms: Terms
  readonly bond: Bond
  /** The person cancelled the message while its key was made. */
  cancelled: boolean
}

export interface SendingEvents {
  show(event: Shown): void
  relayReady(): boolean
}

export class Sending {
  readonly #host: Host
  readonly #options: ConversationOptions
  readonly #events: SendingEvents
  #bond: Bond | null = null
  #run: Run | null = null
  #pumping = false
  readonly #patience = new Patience()
  /** Shortfalls in a row of one message. */
  #shortfalls = { message: '', count: 0 }

  constructor(host: Host, options: ConversationOptions, events: SendingEvents) {
    this.#host = host
    this.#options = options
    this.#events = events
  }

  get session(): string | null {
    return this.#run?.terms.session ?? null
  }

  /** Errors of a guess at the key of the session that runs; see AliceSession. */
  score(guess: Bits): KeyErrors | null {
    return this.#run?.session.score(guess) ?? null
  }

  distilling(message: string): boolean {
    return this.#run?.message === message
  }

  shortByChance(message: string): boolean {
    return this.#shortfalls.message === message && this.#shortfalls.count > 0
  }

  bound(bond: Bond): void {
    this.#bond = bond
    this.#patience.renew()
    this.pump()
  }

  /** The connection ended, and its sessions with it. */
  lost(): void {
    this.#bond = null
    this.#feed({ type: 'lost' })
  }

  /** The relay is gone: what went by it goes directly, with its next session. */
  relayLost(): void {
    if (this.#run?.terms.route === 'relay') {
      this.#feed({ type: 'lost' })
      this.#patience.hurry()
      this.pump()
    }
  }

  /** A frame of this connection was forged: what is under way is not to be trusted. True when that was told. */
  forged(): boolean {
    const run = this.#run
    if (run === null) return false
    const outputs = run.session.handle({ type: 'forged' }, this.#host.nowMs)
    this.#carryOut(run, outputs)
    return outputs.some((output) => output.type === 'ended' && tellsTampering(output.end))
  }

  /** Starts a session for the next message, once all that was asked of the disk has settled and it is time. */
  pump(): void {
    if (this.#pumping) return
    this.#pumping = true
    this.#host.whenSettled(() => {
      this.#pumping = false
      this.#startNext()
    })
  }

  #startNext(): void {
    const bond = this.#bond
    if (bond === null || this.#run !== null) return
    const next = this.#host.stored.messages.nextToSend
    if (next === null) return
    const { notBeforeMs } = this.#patience
    if (this.#host.nowMs < notBeforeMs) return this.#host.wake('send', notBeforeMs, () => this.pump())
    if (this.#options.stored.pairing.mode === 'lab' && !this.#events.relayReady()) return
    const terms = this.#terms(next)
    if (terms === null) this.#unplannable(next)
    else this.#begin(bond, next, terms)
  }

  #terms(message: StoredMessage): Terms | null {
    const { stored, random } = this.#host
    const { pairing, tagPairs, link } = stored
    const { mode, epsilon = DEFAULT_EPSILON } = this.#options
    const newPairs = newPairCount(tagPairs, pairing.role)
    const bits = neededBits({ textBytes: encodeText(message.text).length, newPairs })
    const noise = plannedNoise(link, this.#options)
    const planned = plan({ neededBits: bits, mode, noise, loss: link.loss, epsilon, proof: 'trusted' })
    if (!planned.ok) return null
    const relay =
      this.#options.publicChannel === 'relay' &&
      this.#patience.trustsRelay &&
      planned.value.pairs <= BULK_PAIRS &&
      this.#events.relayReady()
    return {
      session: toHex(randomBytes(random, 16)),
      ...planned.value,
      mode,
      epsilon,
      proof: 'trusted',
      neededBits: bits,
      newPairs,
      plannedNoise: noise,
      leakCap: 0,
      tagPair: choosePair(tagPairs, pairing.role)?.name ?? DERIVED,
      route: relay || pairing.mode === 'lab' ? 'relay' : 'direct',
    }
  }

  /** On the link as learnt no session gives the key: the next try learns it anew. */
  #unplannable(message: StoredMessage): void {
    const { noise, loss } = this.#host.stored.link
    this.#host.commit([{ type: 'putLink', link: { noise: noise / 2, loss: loss / 2 } }], () => this.pump())
    this.#refuse(message, 'noisy', null)
  }

  #begin(bond: Bond, message: StoredMessage, terms: Terms): void {
    const { pairing, tagPairs } = this.#host.stored
    const pair = tagPairs.find(({ name }) => name === terms.tagPair) ?? null
    // The number is taken when the session starts, and kept once the message was sent. A peer that has said the highest
    // there is must not stop the chat: from then on messages share it, and stand by side and in written order.
    const number = message.number ?? Math.min(pairing.highestNumber + 1, MESSAGE_NUMBER_MAX)
    const session = new AliceSession({
      context: {
        room: bond.room,
        sides: { alice: hexBytes(pairing.sideId), bob: bond.peerSide },
        terms,
        tagKeys: sessionTagKeys(bond, pair, pairing.role, terms.session),
        authentication: pair?.origin ?? 'computational',
        roundTripMs: bond.roundTripMs,
        eve: () => this.#options.eve?.(terms.session) ?? null,
      },
      plaintext: encodeSealed({ id: message.id, number, writtenAtMs: message.writtenAtMs, text: message.text }),
      lane: pairing.role,
      random: this.#host.random,
      visibility: this.#options.visibility ?? 1,
    })
    this.#run = { session, message: message.id, number, terms, bond, cancelled: false }
    this.#showMessage(message.id)
    this.#feed({ type: 'start' })
  }

  onMessage(message: Message, encoded: Bytes): void {
    if (message.session === this.session) this.#feed({ type: 'message', message, encoded })
  }

  /** Feeds the running session, and carries out what it says. */
  #feed(input: SessionInput): void {
    const run = this.#run
    if (run !== null) this.#carryOut(run, run.session.handle(input, this.#host.nowMs))
  }

  #carryOut(run: Run, outputs: readonly SessionOutput[]): void {
    for (const output of outputs) {
      switch (output.type) {
        case 'send':
          run.bond.send(output.encoded, run.terms.route)
          break
        case 'fibre':
          this.#host.emit({ type: 'fibre', link: run.bond.link, frame: output.frame })
          break
        case 'deadline':
          this.#host.wake('alice', output.atMs, () => this.#feed({ type: 'timeout' }))
          break
        case 'commit':
          this.#commit(run, output.commit)
          break
        case 'progress':
          this.#events.show({
            type: 'progress',
            run: { session: run.terms.session, message: run.message, role: 'alice', pairs: run.terms.pairs, ...output },
          })
          break
        case 'ended':
          this.#ended(run, output.end)
          break
        case 'measure':
          break
      }
    }
  }

  /** The session's transaction, with what the message becomes by it. */
  #commit(run: Run, commit: SessionCommit): void {
    const changes: Change[] = [...commit.changes]
    const message = this.#message(run.message)
    if (message && commit.step === 'sealed') {
      changes.push({ type: 'raiseNumber', to: run.number })
      changes.push({
        type: 'putMessage',
        message: { ...message, state: 'sent', number: run.number, refusedFor: null, receipt: commit.receipt },
      })
    }
    if (message && commit.step === 'confirmed') {
      changes.push({ type: 'putMessage', message: { ...message, state: 'delivered', receipt: commit.receipt } })
    }
    this.#host.commit(changes, (failure) => {
      this.#showMessage(run.message)
      const input: SessionInput = failure === null ? { type: 'committed' } : { type: 'commitFailed', reason: failure }
      this.#carryOut(run, run.session.handle(input, this.#host.nowMs))
    })
  }

  #ended(run: Run, end: SessionEnd): void {
    if (this.#run !== run) return
    this.#run = null
    this.#host.wake('alice', null)
    this.#patience.note(run.terms.route, end)
    if (end.type !== 'confirmed') this.#showEnd(run, end)
    const message = this.#message(run.message)
    if (message) this.#judge(run, message, end)
    this.#showMessage(run.message)
    this.pump()
  }

  #showEnd(run: Run, end: SessionEnd): void {
    const receipt = end.type === 'aborted' ? end.receipt : null
    const { session, pairs } = run.terms
    this.#events.show({
      type: 'progress',
      run: { session, message: run.message, role: 'alice', pairs, donePairs: pairs, phase: 'ended', receipt },
    })
  }

  #judge(run: Run, message: StoredMessage, end: SessionEnd): void {
    switch (end.type) {
      case 'confirmed':
        this.#shortfalls = { message: '', count: 0 }
        return this.#learn(end.receipt)
      case 'accepted':
        return
      case 'unconfirmed':
        if (end.tampered) this.#notice('tampered', message.receipt, message.id)
        return this.#later()
      case 'refused':
        return this.#refusedByPeer(run, message, end.reason)
      case 'aborted':
        if (run.cancelled) return this.#cancelled(message)
        return this.#aborted(message, end)
    }
  }

  #refusedByPeer(run: Run, message: StoredMessage, reason: Extract<SessionEnd, { type: 'refused' }>['reason']): void {
    if (reason === 'unknown-pair' && run.terms.tagPair !== DERIVED) {
      // He doesn't have the pair, so it is worth nothing.
      this.#commitOrWait([{ type: 'deleteTagPair', name: run.terms.tagPair }], message.id)
    } else if (reason === 'not-accepted' || reason === 'impossible') this.#refuse(message, 'not-accepted', null)
    else this.#later()
  }

  #aborted(message: StoredMessage, end: Extract<SessionEnd, { type: 'aborted' }>): void {
    if (end.alert) return this.#refuse(message, end.reason === 'tampered' ? 'tampered' : 'eavesdropper', end.receipt)
    if (end.receipt !== null) this.#learn(end.receipt)
    if (end.reason === 'unreconciled') return this.#refuse(message, 'noisy', end.receipt)
    // A lost connection starts again when there is one.
    if (end.reason === 'lost') return
    if (end.reason === 'short') this.#countShortfall(message, end.receipt)
    else this.#later()
  }

  #countShortfall(message: StoredMessage, receipt: Receipt | null): void {
    const count = this.#shortfalls.message === message.id ? this.#shortfalls.count + 1 : 1
    this.#shortfalls = { message: message.id, count }
    if (count >= SHORTFALLS_MAX && message.state === 'queued') this.#refuse(message, 'noisy', receipt)
    else this.#later()
  }

  /** Not now: after 1 s, doubling to 30 s. */
  #later(): void {
    this.#patience.wait(this.#host.nowMs)
  }

  /** Refuses a message, with the reason; one already sent stays sent and goes on trying. */
  #refuse(message: StoredMessage, reason: RefusalReason, receipt: Receipt | null): void {
    if (reason !== 'not-accepted') this.#notice(reason, receipt, message.id)
    if (message.state === 'sent') return this.#later()
    const refused: StoredMessage = { ...message, state: 'refused', refusedFor: reason, receipt }
    this.#commitOrWait([{ type: 'putMessage', message: refused }], message.id)
  }

  #notice(reason: 'tampered' | 'eavesdropper' | 'noisy', receipt: Receipt | null, message: string): void {
    this.#events.show({ type: 'notice', reason, receipt, message })
  }

  #learn(receipt: Receipt): void {
    const link = learn(this.#host.stored.link, receipt)
    if (link !== null) this.#host.commit([{ type: 'putLink', link }], () => {})
  }

  /** The person takes a refused message up again. */
  retry(id: string): void {
    const message = this.#message(id)
    if (message?.from !== 'me' || message.state !== 'refused') return
    this.#patience.renew()
    this.#shortfalls = { message: '', count: 0 }
    const queued: StoredMessage = { ...message, state: 'queued', refusedFor: null, receipt: null }
    this.#commitOrWait([{ type: 'putMessage', message: queued }], id)
  }

  /** The person takes a message back; from its seal on that can't be done, so a seal under way is waited for. */
  cancel(id: string): void {
    this.#host.whenSettled(() => this.#takeBack(id))
  }

  #takeBack(id: string): void {
    const message = this.#message(id)
    if (message?.from !== 'me' || (message.state !== 'queued' && message.state !== 'refused')) return
    const run = this.#run
    if (run?.message === id) {
      if (run.session.sealed) return
      run.cancelled = true
      this.#feed({ type: 'cancel' })
    } else this.#cancelled(message)
  }

  /** Stores what a message becomes; where the disk refuses, it is not tried again at once. */
  #commitOrWait(changes: readonly Change[], id: string): void {
    this.#host.commit(changes, (failure) => {
      if (failure !== null) this.#later()
      this.#showMessage(id)
      this.pump()
    })
  }

  #cancelled(message: StoredMessage): void {
    const cancelled: StoredMessage = { ...message, state: 'cancelled', text: '', receipt: null }
    this.#commitOrWait([{ type: 'putMessage', message: cancelled }], message.id)
  }

  #message(id: string): StoredMessage | undefined {
    return this.#host.stored.messages.get(id)
  }

  #showMessage(id: string): void {
    const message = this.#message(id)
    if (message === undefined) return
    const now = { distilling: this.distilling(id), shortByChance: this.shortByChance(id) }
    this.#events.show({ type: 'message', message: shown(message, this.#host.stored.pairing, now) })
  }
}
