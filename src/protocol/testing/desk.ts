// For tests only: Sending or Receiving at a desk of its own, without a network. The disk settles when the test says so,
// the clock goes when the test says so, and what is said to the peer lies there to be read.

import { type Bytes, toHex } from '../../lib/bytes.ts'
import { randomBytes, SeededRandom } from '../../lib/random.ts'
import { measureQubits } from '../../quantum/qubit-measurement.ts'
import type { FibreFrame } from '../../wire/fibre.ts'
import type { Bond } from '../bond.ts'
import { Commits } from '../commits.ts'
import type { ConversationOptions } from '../conversation.ts'
import type { Change, CommitFailure, Stored } from '../disk.ts'
import type { Output, Shown } from '../events.ts'
import type { Host } from '../host.ts'
import { decodeMessage, encodeMessage, type Message } from '../messages.ts'
import { inviteChat, joinInvite } from '../new-pairing.ts'
import { Receiving } from '../receiving.ts'
import type { RoomMode, StoredMessage } from '../records.ts'
import { Sending } from '../sending.ts'
import { Timers } from '../timers.ts'

export interface DeskSetup {
  readonly stored: Stored
  readonly seed: string
  readonly options?: Partial<ConversationOptions>
}

/** What both kinds of desk have. */
export class Desk {
  readonly shown: Shown[] = []
  readonly outputs: Output[] = []
  /** Messages said to the peer, not yet taken. */
  readonly said: Bytes[] = []
  readonly saidBy: ('relay' | 'direct')[] = []
  readonly bond: Bond
  readonly host: Host
  readonly options: ConversationOptions
  nowMs = 1_000
  relayReady = true
  readonly #commits: Commits
  readonly #timers = new Timers()
  readonly #unsettled: number[] = []

  constructor({ stored, seed, options }: DeskSetup, bondOf: { root: Bytes; nonces: Bond['nonces']; peerSide: Bytes }) {
    this.#commits = new Commits(stored)
    this.options = {
      stored,
      random: new SeededRandom(seed),
      mode: 'efficient',
      publicChannel: 'relay',
      ...options,
    }
    const commits = this.#commits
    const now = (): number => this.nowMs
    this.host = {
      stored: commits.stored,
      get nowMs() {
        return now()
      },
      random: this.options.random,
      emit: (output) => {
        this.outputs.push(output)
      },
      commit: (changes, then) => this.#ask(changes, then),
      whenSettled: (then) => commits.whenSettled(then),
      wake: (name, atMs, then = () => {}) => this.#timers.set(name, atMs, then),
    }
    // What Sending and Receiving use of a bond; the bond itself has tests of its own.
    this.bond = {
      ...bondOf,
      link: 'link',
      room: 'room',
      bound: true,
      roundTripMs: 20,
      send: (encoded: Bytes, route: 'relay' | 'direct') => {
        this.said.push(encoded)
        this.saidBy.push(route)
      },
    } as unknown as Bond
  }

  get stored(): Stored {
    return this.#commits.stored.snapshot()
  }

  message(id: string): StoredMessage | undefined {
    return this.#commits.stored.messages.get(id)
  }

  get unsettled(): number {
    return this.#unsettled.length
  }

  /** Settles the oldest commit, or all of them and those that follow. */
  settle(failure: CommitFailure | null = null): void {
    const id = this.#unsettled.shift()
    if (id !== undefined) this.#commits.settle(id, failure)
  }

  settleAll(): void {
    while (this.#unsettled.length > 0) this.settle()
  }

  /** The clock goes on, and what has come due runs. */
  wait(ms: number): void {
    this.nowMs += ms
    this.#timers.run(this.nowMs)
  }

  put(...changes: readonly Change[]): void {
    this.#ask(changes, () => {})
    this.settleAll()
  }

  /** Takes what was said so far. */
  heard(): readonly Message[] {
    return this.said.splice(0).map((encoded) => {
      const message = decodeMessage(encoded)
      if (message === null) throw new Error('what was said is no message')
      return message
    })
  }

  types(): readonly string[] {
    return this.heard().map(({ type }) => type)
  }

  notices(): readonly string[] {
    return this.shown.flatMap((event) => (event.type === 'notice' ? [event.reason] : []))
  }

  #ask(changes: readonly Change[], then: (failure: CommitFailure | null) => void): void {
    const output = this.#commits.ask(changes, then)
    if (output.type === 'commit') this.#unsettled.push(output.id)
  }
}

export class SendingDesk extends Desk {
  readonly sending: Sending

  constructor(setup: DeskSetup, bondOf: ConstructorParameters<typeof Desk>[1]) {
    super(setup, bondOf)
    const show = (event: Shown): void => {
      this.shown.push(event)
    }
    this.sending = new Sending(this.host, this.options, { show, relayReady: () => this.relayReady })
  }

  write(id: string, text = 'hello', change: Partial<StoredMessage> = {}): void {
    const message: StoredMessage = {
      id,
      from: 'me',
      kind: 'text',
      text,
      writtenAtMs: 0,
      written: this.stored.messages.length + 1,
      writtenAfter: this.stored.pairing.highestNumber,
      number: null,
      state: 'queued',
      refusedFor: null,
      receipt: null,
      ...change,
    }
    this.put({ type: 'putMessage', message })
    this.sending.pump()
  }

  bind(): void {
    this.sending.bound(this.bond)
  }

  hear(message: Message): void {
    this.sending.onMessage(message, encodeMessage(message))
  }

  refuse(reason: Extract<Message, { type: 'refuse' }>['reason']): void {
    this.hear({ type: 'refuse', session: this.sending.session ?? '', reason })
  }
}

export class ReceivingDesk extends Desk {
  readonly receiving: Receiving
  readonly #measure: SeededRandom
  readonly #frames = new Map<string, FibreFrame>()

  constructor(setup: DeskSetup, bondOf: ConstructorParameters<typeof Desk>[1]) {
    super(setup, bondOf)
    this.#measure = new SeededRandom(`${setup.seed} measure`)
    this.receiving = new Receiving(this.host, this.options, (event) => {
      this.shown.push(event)
    })
    this.receiving.bound(this.bond)
  }

  hear(message: Message): void {
    this.receiving.onMessage(message, encodeMessage(message))
  }

  fibre(frame: FibreFrame): void {
    this.#frames.set(`${frame.session} ${frame.start}`, frame)
    this.receiving.onFibre(frame)
  }

  /** The measurements asked for so far, made and answered; returns how many. */
  measure(): number {
    const asked = this.outputs.splice(0).flatMap((output) => (output.type === 'measure' ? [output] : []))
    for (const { session, start, settings } of asked) {
      const frame = this.#frames.get(`${session} ${start}`)
      if (frame === undefined) throw new Error('a measurement of what has not come')
      this.receiving.onOutcomes(session, start, measureQubits(frame.qubits, settings, this.#measure))
    }
    return asked.length
  }
}

/** Alice the inviter sends, Bob the joiner receives, over one bound connection. */
export function desks(seed: string, options: Partial<ConversationOptions> = {}, mode: RoomMode = 'private'): Desks {
  const random = new SeededRandom(`${seed} pairing`)
  const invited = inviteChat({ name: 'A', mode, random, nowMs: 0 })
  const joined = joinInvite({ name: 'B', fragment: invited.fragment, random, nowMs: 0 })
  if (!joined.ok) throw new Error(joined.reason)
  const nonces = { inviter: randomBytes(random, 16), joiner: randomBytes(random, 16) }
  const root = randomBytes(random, 32)
  const side = (stored: Stored): Bytes =>
    Uint8Array.from(stored.pairing.sideId.match(/../g) ?? [], (d) => Number(`0x${d}`))
  const bob = joined.value.stored
  return {
    alice: new SendingDesk(
      { stored: invited.stored, seed: `${seed} a`, options },
      { root, nonces, peerSide: side(bob) },
    ),
    bob: new ReceivingDesk(
      { stored: bob, seed: `${seed} b`, options },
      { root, nonces, peerSide: side(invited.stored) },
    ),
  }
}

export interface Desks {
  readonly alice: SendingDesk
  readonly bob: ReceivingDesk
}

/** What the go-between lets through: fibre frames, and messages by type and sender. */
export interface Between {
  readonly fibre?: (frame: FibreFrame, at: number) => FibreFrame | null
  readonly message?: (message: Message) => boolean
  /** Stops before Alice's commits settle where false. */
  readonly settles?: boolean
}

/** Carries everything to and fro until nobody says anything more; Bob's window closes by his clock. */
export function converse({ alice, bob }: Desks, { fibre, message, settles = true }: Between = {}): readonly string[] {
  const log: string[] = []
  let at = 0
  for (let round = 0; round < 100; round++) {
    if (settles) alice.settleAll()
    bob.settleAll()
    const frames = alice.outputs.splice(0).flatMap((output) => (output.type === 'fibre' ? [output.frame] : []))
    const fromAlice = alice.heard()
    for (const each of fromAlice) if (pass(each, 'A', log, message)) bob.hear(each)
    for (const frame of frames) {
      const passed = fibre ? fibre(frame, at++) : frame
      if (passed) bob.fibre(passed)
    }
    const measured = bob.measure()
    // Longer than his window, in bulk too, and shorter than any deadline.
    if (frames.length > 0) bob.wait(4_000)
    bob.settleAll()
    const fromBob = bob.heard()
    for (const each of fromBob) if (pass(each, 'B', log, message)) alice.hear(each)
    if (fromAlice.length + frames.length + measured + fromBob.length === 0) return log
  }
  throw new Error(`they talk for ever: ${log.join(' ')}`)
}

function pass(message: Message, from: string, log: string[], let_: Between['message']): boolean {
  const passes = let_?.(message) ?? true
  log.push(`${from}:${message.type}${passes ? '' : ' lost'}`)
  return passes
}

/** A message id from a small number. */
export const idOf = (n: number): string => toHex(Uint8Array.from({ length: 16 }, (_, i) => (i === 15 ? n : 0xee)))
