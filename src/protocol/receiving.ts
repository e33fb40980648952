// Bob's side of a conversation: judges what is proposed, runs the session, stores the message. One session of the
// peer's in flight; a newer one ends the one before.

import type { Bits } from '../lib/bits.ts'
import { type Bytes, hexBytes } from '../lib/bytes.ts'
import { otherRole } from '../pairing/keys.ts'
import { DERIVED, LANE_FULL, sessionTagKeys } from '../pairing/tag-pairs.ts'
import { WEIGHT_TOTAL } from '../quantum/settings.ts'
import type { FibreFrame } from '../wire/fibre.ts'
import { BobSession } from './bob-session.ts'
import type { Bond } from './bond.ts'
import type { ConversationOptions } from './conversation.ts'
import type { Change } from './disk.ts'
import type { KeyErrors } from './evaluation.ts'
import type { Shown } from './events.ts'
import type { Host } from './host.ts'
import { encodeMessage, type Message, type Refusal } from './messages.ts'
import type { Receipt } from './receipt.ts'
import type { SealedText } from './sealed-message.ts'
import {
  type SessionCommit,
  type SessionEnd,
  type SessionInput,
  type SessionOutput,
  tellsTampering,
} from './session.ts'
import { shown } from './shown-message.ts'
import { DEFAULT_EPSILON, PAIRS_MAX, type Terms } from './terms.ts'

const SEEN_MAX = 4_096
const EARLY_BYTES_MAX = 2 ** 20
const PAIRS_PER_SECOND = 2 ** 22
const NEW_PAIRS_MAX = 5

interface Run {
  readonly session: BobSession
  readonly terms: Terms
  readonly bond: Bond
}

export class Receiving {
  readonly #host: Host
  readonly #options: ConversationOptions
  readonly #show: (event: Shown) => void
  #bond: Bond | null = null
  #run: Run | null = null
  /** Session ids of this connection: each is used once. */
  #seen = new Set<string>()
  /** Qubits that came before their `propose`. */
  #early: FibreFrame[] = []
  #earlyBytes = 0
  /** Pairs that may still be proposed, refilled by the second. */
  #allowance = PAIRS_MAX
  #allowanceAtMs = 0

  constructor(host: Host, options: ConversationOptions, show: (event: Shown) => void) {
    this.#host = host
    this.#options = options
    this.#show = show
  }

  bound(bond: Bond): void {
    this.#bond = bond
    this.#seen = new Set()
    this.#early = []
    this.#earlyBytes = 0
  }

  lost(): void {
    this.#bond = null
    this.#feed({ type: 'lost' })
  }

  relayLost(): void {
    if (this.#run?.terms.route === 'relay') this.#feed({ type: 'lost' })
  }

  /** True when that was told. */
  forged(): boolean {
    const run = this.#run
    if (run === null) return false
    const outputs = run.session.handle({ type: 'forged' }, this.#host.nowMs)
    this.#carryOut(run, outputs)
    return outputs.some((output) => output.type === 'ended' && tellsTampering(output.end))
  }

  get session(): string | null {
    return this.#run?.terms.session ?? null
  }

  /** Errors of a guess at the key of the session that runs; see BobSession. */
  score(guess: Bits): KeyErrors | null {
    return this.#run?.session.score(guess) ?? null
  }

  onMessage(message: Message, encoded: Bytes): void {
    if (message.type === 'propose') this.#onPropose(message.terms, encoded)
    else if (message.session === this.session) this.#feed({ type: 'message', message, encoded })
  }

  #onPropose(terms: Terms, encoded: Bytes): void {
    const bond = this.#bond
    if (bond === null || terms.session === this.#run?.terms.session) return
    const refusal = this.#refusal(terms)
    if (refusal !== null) {
      bond.send(encodeMessage({ type: 'refuse', session: terms.session, reason: refusal }), terms.route)
      return
    }
    // At most one session of the peer's is in flight: this one ends the one before.
    this.#feed({ type: 'cancel' })
    this.#remember(terms.session)
    this.#begin(bond, terms, encoded)
  }

  /** Why a proposal is not accepted; null when it is. */
  #refusal(terms: Terms): Refusal | null {
    const { stored } = this.#host
    const lane = otherRole(stored.pairing.role)
    if (this.#seen.has(terms.session)) return 'seen'
    if (!sane(terms)) return 'impossible'
    // In a lab room there is no falling back: who may listen there hears every session.
    if (stored.pairing.mode === 'lab' && terms.route === 'direct') return 'not-accepted'
    if (terms.pairs > PAIRS_MAX || terms.epsilon > (this.#options.epsilon ?? DEFAULT_EPSILON)) return 'not-accepted'
    if (terms.tagPair !== DERIVED && !stored.tagPairs.some((pair) => pair.name === terms.tagPair && pair.lane === lane))
      return 'unknown-pair'
    return this.#spendAllowance(terms.pairs) ? null : 'busy'
  }

  /** A cap on pairs a second, not on sessions. */
  #spendAllowance(pairs: number): boolean {
    const elapsedMs = Math.max(0, this.#host.nowMs - this.#allowanceAtMs)
    this.#allowance = Math.min(PAIRS_MAX, this.#allowance + (elapsedMs * PAIRS_PER_SECOND) / 1_000)
    this.#allowanceAtMs = this.#host.nowMs
    if (pairs > this.#allowance) return false
    this.#allowance -= pairs
    return true
  }

  #remember(session: string): void {
    this.#seen.add(session)
    if (this.#seen.size > SEEN_MAX) this.#seen.delete(this.#seen.values().next().value ?? '')
  }

  #begin(bond: Bond, terms: Terms, propose: Bytes): void {
    const { pairing, tagPairs } = this.#host.stored
    const lane = otherRole(pairing.role)
    const pair = tagPairs.find(({ name }) => name === terms.tagPair) ?? null
    const session = new BobSession({
      context: {
        room: bond.room,
        sides: { alice: bond.peerSide, bob: hexBytes(pairing.sideId) },
        terms,
        tagKeys: sessionTagKeys(bond, pair, lane, terms.session),
        authentication: pair?.origin ?? 'computational',
        roundTripMs: bond.roundTripMs,
        eve: () => this.#options.eve?.(terms.session) ?? null,
      },
      propose,
      lane,
      random: this.#host.random,
    })
    this.#run = { session, terms, bond }
    this.#feed({ type: 'start' })
    const early = this.#early.filter((frame) => frame.session === terms.session)
    this.#early = []
    this.#earlyBytes = 0
    for (const frame of early) this.#feed({ type: 'fibre', frame })
  }

  onFibre(frame: FibreFrame): void {
    if (frame.session === this.#run?.terms.session) return this.#feed({ type: 'fibre', frame })
    if (this.#seen.has(frame.session)) return
    const bytes = frame.qubits.codebook.byteLength + frame.qubits.indices.length
    if (this.#earlyBytes + bytes > EARLY_BYTES_MAX) return
    this.#early.push(frame)
    this.#earlyBytes += bytes
  }

  onOutcomes(session: string, start: number, outcomes: Bytes): void {
    if (session === this.#run?.terms.session) this.#feed({ type: 'outcomes', start, outcomes })
  }

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
        case 'measure':
          this.#host.emit({
            type: 'measure',
            session: run.terms.session,
            start: output.start,
            settings: output.settings,
          })
          break
        case 'deadline':
          if (this.#run === run) this.#host.wake('bob', output.atMs, () => this.#feed({ type: 'timeout' }))
          break
        case 'commit':
          this.#commit(run, output.commit)
          break
        case 'progress':
          this.#show({
            type: 'progress',
            run: { session: run.terms.session, message: null, role: 'bob', pairs: run.terms.pairs, ...output },
          })
          break
        case 'ended':
          this.#ended(run, output.end)
          break
        case 'fibre':
          break
      }
    }
  }

  #commit(run: Run, commit: SessionCommit): void {
    const changes =
      commit.step === 'accepted'
        ? [...this.#makeRoom(run.terms), ...commit.changes, ...this.#accept(commit.message, commit.receipt)]
        : commit.changes
    this.#host.commit(changes, (failure) => {
      if (failure === null && commit.step === 'accepted') this.#showMessage(commit.message.id)
      const input: SessionInput = failure === null ? { type: 'committed' } : { type: 'commitFailed', reason: failure }
      this.#carryOut(run, run.session.handle(input, this.#host.nowMs))
    })
  }

  /** A lane never holds more than it may: the oldest pairs, which Alice may have lost, go. She is told of each she names. */
  #makeRoom({ newPairs }: Terms): readonly Change[] {
    const { pairing, tagPairs } = this.#host.stored
    const inLane = tagPairs.filter((pair) => pair.lane === otherRole(pairing.role))
    const tooMany = Math.max(0, inLane.length + newPairs - LANE_FULL)
    return inLane.slice(0, tooMany).map(({ name }): Change => ({ type: 'deleteTagPair', name }))
  }

  /** A new message is stored; a duplicate is acknowledged and shown once, at the higher of its numbers. */
  #accept({ id, number, writtenAtMs, text }: SealedText, receipt: Receipt): readonly Change[] {
    const { messages, pairing } = this.#host.stored
    const known = messages.get(id)
    const raise: Change = { type: 'raiseNumber', to: number }
    if (known?.from === 'me') return [raise]
    if (known)
      return known.number !== null && known.number >= number
        ? [raise]
        : [raise, { type: 'putMessage', message: { ...known, number } }]
    return [
      raise,
      {
        type: 'putMessage',
        message: {
          id,
          from: 'peer',
          kind: 'text',
          text,
          writtenAtMs,
          written: messages.nextWritten,
          writtenAfter: pairing.highestNumber,
          number,
          state: 'delivered',
          refusedFor: null,
          receipt,
        },
      },
    ]
  }

  #ended(run: Run, end: SessionEnd): void {
    if (this.#run !== run) return
    this.#run = null
    this.#host.wake('bob', null)
    if (end.type !== 'aborted') return
    const { session, pairs } = run.terms
    this.#show({
      type: 'progress',
      run: { session, message: null, role: 'bob', pairs, donePairs: pairs, phase: 'ended', receipt: end.receipt },
    })
    if (!end.alert) return
    const reason = end.reason === 'tampered' ? 'tampered' : 'eavesdropper'
    this.#show({ type: 'notice', reason, receipt: end.receipt, message: null })
  }

  #showMessage(id: string): void {
    const { messages, pairing } = this.#host.stored
    const message = messages.get(id)
    if (message)
      this.#show({ type: 'message', message: shown(message, pairing, { distilling: false, shortByChance: false }) })
  }
}

/** Terms that could be a session at all. */
function sane({ pairs, alice, bob, epsilon, neededBits, newPairs, plannedNoise }: Terms): boolean {
  const whole = [alice, bob].every((weights) => weights.reduce((sum, weight) => sum + weight, 0) === WEIGHT_TOTAL)
  const noise = plannedNoise >= 0 && plannedNoise <= 1
  return whole && noise && pairs > 0 && epsilon > 0 && epsilon < 1 && newPairs <= NEW_PAIRS_MAX && neededBits > 0
}
