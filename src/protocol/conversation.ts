// One chat between two sides: finds the other side, binds the connection, sends what is written and stores what comes,
// through crashes, reloads and lost links. A pure machine: see events.ts for what goes in and out.
//
// Invariants (tests: src/world):
// 1. What is shown lies on the disk; what is shown as delivered lies on the peer's.
// 2. Everything written is queued, sent, delivered, or refused with a reason and a way on; nothing is shown twice.
// 3. At most one session of each side is in flight; sessions end with their connection.
// 4. Whatever the peer or the server sends makes it at most end a session or a connection.

import { assertNever } from '../lib/assert.ts'
import type { Bits } from '../lib/bits.ts'
import type { RandomSource } from '../lib/random.ts'
import { newPairCount } from '../pairing/tag-pairs.ts'
import { Bond } from './bond.ts'
import { Commits } from './commits.ts'
import type { NumberedMessage } from './control.ts'
import type { Change, CommitFailure, Stored } from './disk.ts'
import type { KeyErrors } from './evaluation.ts'
import type { ConnectionState, Input, NoticeReason, Output, Shown } from './events.ts'
import type { Host } from './host.ts'
import { plannedNoise } from './learning.ts'
import { Meeting, type Met } from './meeting.ts'
import { decodeMessage } from './messages.ts'
import { neededBits, plan } from './planner.ts'
import type { OwnEve } from './receipt.ts'
import { Receiving } from './receiving.ts'
import type { StoredMessage } from './records.ts'
import { Sending } from './sending.ts'
import { shown } from './shown-message.ts'
import { DEFAULT_EPSILON } from './terms.ts'
import { Timers } from './timers.ts'

export interface ConversationOptions {
  readonly stored: Stored
  readonly random: RandomSource
  readonly mode: 'efficient' | 'textbook'
  /** Where the session's messages go while the relay is there. */
  readonly publicChannel: 'relay' | 'direct'
  readonly epsilon?: number
  /** Of this side's source. */
  readonly visibility?: number
  /** Who listened to a session in this side's own tab, for its receipt. */
  readonly eve?: (session: string) => OwnEve | null
}

const ALONE_MS = 60_000

export class Conversation {
  readonly #options: ConversationOptions
  readonly #commits: Commits
  readonly #timers = new Timers()
  readonly #meeting: Meeting
  readonly #sending: Sending
  readonly #receiving: Receiving
  #bond: Bond | null = null
  #out: Output[] = []
  #nowMs = 0
  #wasBound = false
  #shownConnection = ''
  #deadline: number | null = null
  readonly #notices = new Set<NoticeReason>()

  constructor(options: ConversationOptions) {
    this.#options = options
    this.#commits = new Commits(options.stored)
    const host = this.#makeHost()
    this.#meeting = new Meeting(host, {
      met: (met) => this.#onMet(host, met),
      live: () => this.#bond !== null,
      changed: () => this.#showConnection(),
      used: () => this.#notice('invite-used'),
      full: () => this.#notice('room-full'),
    })
    const show = (event: Shown): void => this.#show(event)
    this.#sending = new Sending(host, options, { show, relayReady: () => this.#relayReady() })
    this.#receiving = new Receiving(host, options, show)
  }

  /** What the conversation does about `input`. Never throws for what a peer, a server or a person may send. */
  handle(input: Input, nowMs: number): readonly Output[] {
    // A clock set back must not make deadlines wait for it.
    this.#nowMs = Math.max(this.#nowMs, nowMs)
    this.#out = []
    this.#take(input)
    const next = this.#timers.nextMs
    if (next !== this.#deadline) {
      this.#deadline = next
      this.#out.push({ type: 'deadline', atMs: next })
    }
    return this.#out
  }

  /** Pairs that a text of this many UTF-8 bytes would take now; 0 when the link as known makes no key. */
  cost(textBytes: number): number {
    const { pairing, tagPairs, link } = this.#commits.stored
    const { mode, epsilon = DEFAULT_EPSILON } = this.#options
    const bits = neededBits({ textBytes, newPairs: newPairCount(tagPairs, pairing.role) })
    const noise = plannedNoise(link, this.#options)
    const planned = plan({ neededBits: bits, mode, noise, loss: link.loss, epsilon, proof: 'trusted' })
    return planned.ok ? planned.value.pairs : 0
  }

  /**
   * How many of these guesses at a running session's sifted key are wrong: the session only counts, so that an
   * eavesdropper of this tab can be told how good she is. Null while both settings aren't known, or once it has ended.
   */
  score(session: string, guess: Bits): KeyErrors | null {
    if (session === this.#sending.session) return this.#sending.score(guess)
    return session === this.#receiving.session ? this.#receiving.score(guess) : null
  }

  #take(input: Input): void {
    switch (input.type) {
      case 'start':
        return this.#start()
      case 'room':
        return this.#onRoom(input.room, input.joined, input.peer)
      case 'roomRefused':
        return input.reason === 'room-full' ? this.#meeting.onFull() : undefined
      case 'signal':
        return this.#meeting.onSignal(input.room, input.bytes)
      case 'description':
        return this.#meeting.onDescription(input.link, input.bytes)
      case 'linkUp':
        return this.#meeting.onLinkUp(input.link)
      case 'linkDown':
        return input.link === this.#bond?.link ? this.#bond.onLinkDown() : this.#meeting.onLinkDown(input.link)
      case 'frame':
        return this.#onFrame(input)
      case 'fibre':
        return input.link === this.#bond?.link ? this.#bond.onFibre(input.frame) : undefined
      case 'outcomes':
        return this.#receiving.onOutcomes(input.session, input.start, input.outcomes)
      case 'committed':
        return this.#onCommitted(input.id)
      case 'commitFailed':
        this.#notice('storage')
        return this.#commits.settle(input.id, input.reason)
      case 'timeout':
        this.#deadline = null
        return this.#timers.run(this.#nowMs)
      case 'write':
        return this.#write(input)
      case 'retry':
        return this.#sending.retry(input.id)
      case 'cancel':
        return this.#sending.cancel(input.id)
      case 'leave':
        return this.#leave()
      default:
        return assertNever(input)
    }
  }

  /** Wherever the roots of the pairing change, so do the rooms, also when the connection that changed them has ended. */
  #onCommitted(id: number): void {
    const before = this.#commits.stored.pairing
    this.#commits.settle(id, null)
    const { invite, root } = this.#commits.stored.pairing
    if (invite !== before.invite || root !== before.root) this.#meeting.announce()
  }

  #start(): void {
    this.#showMessages(this.#commits.stored.messages)
    this.#showPairing()
    this.#meeting.announce()
    this.#showConnection()
    this.#watchAlone()
  }

  #onRoom(room: string, joined: boolean, peer: boolean): void {
    const before = this.#relayReady()
    const was = this.#meeting.room(room)
    this.#meeting.onRoom(room, { joined, peer })
    if (before && !this.#relayReady()) {
      this.#sending.relayLost()
      this.#receiving.relayLost()
    }
    if (!before && this.#relayReady()) this.#sending.pump()
    if (joined && peer !== was.peer) this.#bond?.prove()
    if (this.#wasBound && this.#bond === null && this.#peerGone(room)) this.#notice('peer-away')
    this.#watchAlone()
  }

  /** The server says that the other side has left the room. */
  #peerGone(room: string): boolean {
    const { joined, peer } = this.#meeting.room(room)
    return joined && !peer
  }

  #relayReady(): boolean {
    if (this.#bond === null) return false
    const { joined, peer } = this.#meeting.room(this.#bond.room)
    return joined && peer
  }

  #onFrame(input: Extract<Input, { type: 'frame' }>): void {
    const { path } = input
    const bond = this.#bond
    if (bond === null || (path.via === 'link' ? path.link !== bond.link : path.room !== bond.room)) return
    bond.onFrame(path, input.bytes)
  }

  /** Of two numbers of one message the higher holds, so that both sides show one order again. */
  #takeNumbers(numbers: readonly NumberedMessage[]): void {
    const { messages } = this.#commits.stored
    const higher = numbers.filter(({ id, number }) => (messages.get(id)?.number ?? number) < number)
    const changes = higher.flatMap(({ id, number }): Change[] => [
      { type: 'raiseMessageNumber', id, to: number },
      { type: 'raiseNumber', to: number },
    ])
    if (higher.length > 0)
      this.#commit(changes, () => this.#showMessages(higher.flatMap(({ id }) => messages.get(id) ?? [])))
  }

  #showMessages(messages: Iterable<StoredMessage>): void {
    const { pairing } = this.#commits.stored
    for (const message of messages) {
      this.#show({
        type: 'message',
        message: shown(message, pairing, { distilling: this.#sending.distilling(message.id), shortByChance: false }),
      })
    }
  }

  /** A new link stands: whatever went on under the one before ends, then it is bound. */
  #onMet(host: Host, met: Met): void {
    this.#bond?.retire()
    this.#endSessions()
    const bond = new Bond(host, met, {
      bound: () => this.#onBound(bond),
      message: (encoded) => this.#onMessage(encoded),
      fibre: (frame) => this.#receiving.onFibre(frame),
      forged: () => this.#onForged(),
      ended: (why) => this.#onEnded(bond, why),
      restored: () => this.#notice('restored'),
      numbers: (numbers) => this.#takeNumbers(numbers),
      changed: () => this.#showPairing(),
    })
    this.#bond = bond
    bond.start()
    this.#showConnection()
  }

  #onBound(bond: Bond): void {
    this.#wasBound = true
    this.#meeting.succeeded()
    for (const reason of ['peer-away', 'pairing-lost', 'room-full'] as const) this.#noticeOver(reason)
    this.#showPairing()
    this.#showConnection()
    this.#watchAlone()
    this.#receiving.bound(bond)
    this.#sending.bound(bond)
  }

  #onMessage(encoded: Parameters<typeof decodeMessage>[0] & Parameters<Receiving['onMessage']>[1]): void {
    const message = decodeMessage(encoded)
    if (message === null) return
    if (message.session === this.#sending.session) this.#sending.onMessage(message, encoded)
    else this.#receiving.onMessage(message, encoded)
  }

  /** Counts as a failed tag: what is under way ends, both are told; no pair is spent on it. */
  #onForged(): void {
    const sending = this.#sending.forged()
    const receiving = this.#receiving.forged()
    if (!sending && !receiving) this.#show({ type: 'notice', reason: 'tampered', receipt: null, message: null })
  }

  #onEnded(bond: Bond, why: Parameters<ConstructorParameters<typeof Bond>[2]['ended']>[0]): void {
    this.#bond = null
    this.#endSessions()
    if (why === 'goodbye' || this.#peerGone(bond.room)) this.#notice('peer-away')
    if (why === 'mismatch') this.#onMismatch()
    this.#showConnection()
    this.#watchAlone()
    // What never got as far as a binding is not tried again at once.
    if (bond.wasBound) this.#meeting.lookAgain()
    else this.#meeting.failed()
  }

  /** The other end could not prove that it holds the invite: the first such binding burns it. */
  #onMismatch(): void {
    this.#notice('tampered')
    if (this.#wasBound || this.#commits.stored.pairing.peerBindingNumber > 0) return
    this.#commit([{ type: 'setPairing', fields: { invite: null, root: null } }], () => {})
  }

  #endSessions(): void {
    this.#sending.lost()
    this.#receiving.lost()
  }

  #write({ id, text, writtenAtMs }: Extract<Input, { type: 'write' }>): void {
    const { messages, pairing } = this.#commits.stored
    if (this.#writing.has(id) || messages.get(id) !== undefined) return
    this.#writing.add(id)
    const message: StoredMessage = {
      id,
      from: 'me',
      kind: 'text',
      text,
      writtenAtMs,
      written: Math.max(messages.nextWritten, this.#lastWritten + 1),
      writtenAfter: pairing.highestNumber,
      number: null,
      state: 'queued',
      refusedFor: null,
      receipt: null,
    }
    this.#lastWritten = message.written
    this.#commit([{ type: 'putMessage', message }], (failure) => {
      this.#writing.delete(id)
      if (failure !== null) return this.#show({ type: 'notStored', id, reason: failure })
      this.#show({ type: 'message', message: shown(message, pairing, { distilling: false, shortByChance: false }) })
      this.#sending.pump()
    })
  }

  /** Ids on their way to the disk. */
  readonly #writing = new Set<string>()

  /** Written numbers given out, also to messages that are on their way to the disk. */
  #lastWritten = 0

  #leave(): void {
    const bond = this.#bond
    if (bond === null) return
    bond.sayGoodbye()
    bond.retire()
    this.#bond = null
    this.#endSessions()
  }

  /** A chat that waits alone for long, with the server there, may have lost its other side for good. */
  #watchAlone(): void {
    const { invite } = this.#commits.stored.pairing
    const alone = this.#bond === null && invite === null && this.#meeting.serverReached && !this.#meeting.connecting
    if (!alone) return this.#timers.set('alone', null, () => {})
    if (this.#timers.has('alone')) return
    this.#timers.set('alone', this.#nowMs + ALONE_MS, () => this.#notice('pairing-lost'))
  }

  #notice(reason: NoticeReason): void {
    if (reason === 'peer-away' && this.#notices.has(reason)) return
    this.#notices.add(reason)
    this.#show({ type: 'notice', reason, receipt: null, message: null })
  }

  #noticeOver(reason: NoticeReason): void {
    if (this.#notices.delete(reason)) this.#show({ type: 'noticeOver', reason })
  }

  #showPairing(): void {
    const { mode, peerName, invite, root } = this.#commits.stored.pairing
    this.#show({ type: 'pairing', pairing: { mode, peerName, paired: invite === null && root !== null } })
  }

  #showConnection(): void {
    const connection: ConnectionState = { state: this.#connectionState(), server: this.#meeting.serverReached }
    const text = JSON.stringify(connection)
    if (text === this.#shownConnection) return
    this.#shownConnection = text
    this.#show({ type: 'connection', connection })
  }

  #connectionState(): ConnectionState['state'] {
    if (this.#bond?.bound) return 'connected'
    if (this.#bond !== null || this.#meeting.connecting) return this.#wasBound ? 'reconnecting' : 'connecting'
    if (this.#meeting.failing) return 'failed'
    return 'waiting'
  }

  #show(event: Shown): void {
    this.#out.push(event)
  }

  #commit(changes: readonly Change[], then: (failure: CommitFailure | null) => void): void {
    this.#out.push(this.#commits.ask(changes, then))
  }

  #makeHost(): Host {
    const nowMs = (): number => this.#nowMs
    return {
      stored: this.#commits.stored,
      get nowMs() {
        return nowMs()
      },
      random: this.#options.random,
      emit: (output) => {
        this.#out.push(output)
      },
      commit: (changes, then) => this.#commit(changes, then),
      whenSettled: (then) => this.#commits.whenSettled(then),
      wake: (name, atMs, then = () => {}) => this.#timers.set(name, atMs, then),
    }
  }
}
