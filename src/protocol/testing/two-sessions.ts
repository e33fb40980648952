// For tests only: AliceSession and BobSession against each other, with a queue between them and a clock that moves only
// when nothing else is to be done. Whatever is on its way to a session (message, fibre frame, outcome, committed,
// timeout) passes the test's hands first, which may pass, change, drop, hold or add.

import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { type Bytes, toHex } from '../../lib/bytes.ts'
import { randomBytes, SeededRandom } from '../../lib/random.ts'
import { encodeText } from '../../lib/text.ts'
import { measureQubits } from '../../quantum/qubit-measurement.ts'
import { WEIGHT_TOTAL } from '../../quantum/settings.ts'
import type { FibreFrame } from '../../wire/fibre.ts'
import { AliceSession } from '../alice-session.ts'
import { BobSession } from '../bob-session.ts'
import { decodeMessage, type Message } from '../messages.ts'
import { neededBits, plan } from '../planner.ts'
import { encodeSealed, type SealedText } from '../sealed-message.ts'
import type { SessionCommit, SessionEnd, SessionInput, SessionOutput } from '../session.ts'
import { PAIRS_MAX, type SessionContext, type Terms } from '../terms.ts'

export type Side = 'alice' | 'bob'

export type Entry =
  | { readonly side: Side; readonly input: SessionInput }
  | { readonly side: Side; readonly output: SessionOutput }

/** What becomes of an input on its way to `side`. */
export type Hands = (side: Side, input: SessionInput) => readonly SessionInput[]

export interface Setup {
  readonly seed: string
  readonly mode?: 'efficient' | 'textbook'
  readonly text?: string
  readonly newPairs?: number
  /** Noise and loss that the plan expects. */
  readonly noise?: number
  readonly loss?: number
  /** Visibility of the source as it is. */
  readonly visibility?: number
  readonly terms?: Partial<Terms>
  readonly hands?: Hands
}

export const MESSAGE_ID = '00112233445566778899aabbccddeeff'
export const PAIR_NAME = 'invite/inviter'
const ROUND_TRIP_MS = 20
const STEPS_MAX = 200_000

export class TwoSessions {
  readonly log: Entry[] = []
  readonly terms: Terms
  readonly message: SealedText
  readonly alice: AliceSession
  /** The tag keys that each session was given; it takes them over. */
  readonly tagKeys: Record<Side, Bytes>
  bob: BobSession | null = null
  nowMs = 1_000
  readonly #hands: Hands
  readonly #random: Record<Side | 'measure', SeededRandom>
  readonly #queue: { readonly side: Side; readonly input: SessionInput }[] = []
  #taken = 0
  readonly #deadlines: Record<Side, number | null> = { alice: null, bob: null }
  readonly #frames = new Map<number, FibreFrame>()
  readonly #sides = { alice: bytesOf('side alice', 16), bob: bytesOf('side bob', 16) }

  constructor(setup: Setup) {
    const { seed, mode = 'efficient', text = 'hello', newPairs = 1, noise = 0, loss = 0 } = setup
    this.#hands = setup.hands ?? ((_side, input) => [input])
    this.#random = {
      alice: new SeededRandom(`${seed} alice`),
      bob: new SeededRandom(`${seed} bob`),
      measure: new SeededRandom(`${seed} measure`),
    }
    const needed = neededBits({ textBytes: encodeText(text).length, newPairs })
    const planned = plan({ neededBits: needed, mode, noise, loss, epsilon: 1e-10, proof: 'trusted' })
    if (!planned.ok) throw new Error(`no plan: ${planned.reason}`)
    this.terms = {
      session: toHex(bytesOf(`${seed} session`, 16)),
      ...planned.value,
      mode,
      epsilon: 1e-10,
      proof: 'trusted',
      neededBits: needed,
      newPairs,
      plannedNoise: noise,
      leakCap: 0,
      tagPair: PAIR_NAME,
      route: 'relay',
      ...setup.terms,
    }
    const keys = randomBytes(new SeededRandom(`${seed} tags`), 64)
    this.tagKeys = { alice: keys.slice(), bob: keys.slice() }
    this.message = { id: MESSAGE_ID, number: 3, writtenAtMs: 1_700_000_000_000, text }
    this.alice = new AliceSession({
      context: this.context('alice', this.terms),
      plaintext: encodeSealed(this.message),
      lane: 'inviter',
      random: this.#random.alice,
      visibility: setup.visibility ?? 1,
    })
  }

  context(side: Side, terms: Terms): SessionContext {
    return {
      room: 'ffeeddccbbaa99887766554433221100',
      sides: this.#sides,
      terms,
      tagKeys: this.tagKeys[side],
      authentication: 'information-theoretic',
      roundTripMs: ROUND_TRIP_MS,
      eve: () => null,
    }
  }

  /** Runs until both sides have ended, or nothing is left that could happen. */
  play(): this {
    this.feed('alice', { type: 'start' })
    return this.go()
  }

  go(): this {
    for (let step = 0; step < STEPS_MAX; step++) {
      const next = this.#queue[this.#taken++] ?? this.#nextTimeout()
      this.#taken = Math.min(this.#taken, this.#queue.length)
      if (next === null) return this
      for (const input of this.#hands(next.side, next.input)) this.feed(next.side, input)
    }
    throw new Error('the sessions go on for ever')
  }

  /** Gives one input to a side, at once and past the hands. */
  feed(side: Side, input: SessionInput): readonly SessionOutput[] {
    if (side === 'bob' && this.bob === null && !this.#beginBob(input)) return []
    this.log.push({ side, input })
    if (side === 'bob' && input.type === 'fibre') this.#frames.set(input.frame.start, input.frame)
    const propose = side === 'bob' && input.type === 'message' && input.message.type === 'propose'
    const session = side === 'alice' ? this.alice : this.bob
    const outputs = session?.handle(propose ? { type: 'start' } : input, this.nowMs) ?? []
    for (const output of outputs) this.#carryOut(side, output)
    return outputs
  }

  /** Bob's conversation makes his session of a `propose`; before one there is none. */
  #beginBob(input: SessionInput): boolean {
    if (input.type !== 'message' || input.message.type !== 'propose' || !possible(input.message.terms)) return false
    this.bob = new BobSession({
      context: this.context('bob', input.message.terms),
      propose: input.encoded,
      lane: 'inviter',
      random: this.#random.bob,
    })
    return true
  }

  #carryOut(side: Side, output: SessionOutput): void {
    this.log.push({ side, output })
    const peer: Side = side === 'alice' ? 'bob' : 'alice'
    switch (output.type) {
      case 'send': {
        const input = messageInput(output.encoded)
        if (input !== null) this.#queue.push({ side: peer, input })
        break
      }
      case 'fibre':
        this.#queue.push({ side: peer, input: output })
        break
      case 'measure': {
        const frame = this.#frames.get(output.start)
        if (frame === undefined) throw new Error(`no frame at ${output.start}`)
        const outcomes = measureQubits(frame.qubits, output.settings, this.#random.measure)
        this.#queue.push({ side, input: { type: 'outcomes', start: output.start, outcomes } })
        break
      }
      case 'deadline':
        this.#deadlines[side] = output.atMs
        break
      case 'commit':
        this.#queue.push({ side, input: { type: 'committed' } })
        break
      case 'ended':
        this.#deadlines[side] = null
        break
      case 'progress':
        break
    }
  }

  #nextTimeout(): { readonly side: Side; readonly input: SessionInput } | null {
    const { alice, bob } = this.#deadlines
    if (alice === null && bob === null) return null
    const side: Side = (bob ?? Number.POSITIVE_INFINITY) <= (alice ?? Number.POSITIVE_INFINITY) ? 'bob' : 'alice'
    this.nowMs = Math.max(this.nowMs, this.#deadlines[side] ?? this.nowMs)
    this.#deadlines[side] = null
    return { side, input: { type: 'timeout' } }
  }

  end(side: Side): SessionEnd | null {
    const ends = this.outputs(side, 'ended')
    return ends.at(-1)?.end ?? null
  }

  outputs<T extends SessionOutput['type']>(side: Side, type: T): readonly Extract<SessionOutput, { type: T }>[] {
    return this.log.flatMap((entry) =>
      entry.side === side && 'output' in entry && entry.output.type === type
        ? [entry.output as Extract<SessionOutput, { type: T }>]
        : [],
    )
  }

  /** The messages that a side sent. */
  sent(side: Side): readonly Message[] {
    return this.outputs(side, 'send').map(({ encoded }) => decoded(encoded))
  }

  sentTypes(side: Side): readonly string[] {
    return this.sent(side).map((message) => (message.type === 'abort' ? `abort ${message.reason}` : message.type))
  }

  commits(side: Side): readonly SessionCommit[] {
    return this.outputs(side, 'commit').map(({ commit }) => commit)
  }

  commit<T extends SessionCommit['step']>(side: Side, step: T): Extract<SessionCommit, { step: T }> | null {
    const found = this.commits(side).find((commit) => commit.step === step)
    return (found as Extract<SessionCommit, { step: T }> | undefined) ?? null
  }
}

/** Terms that Bob's conversation would not refuse out of hand. */
function possible({ pairs, alice, bob, epsilon }: Terms): boolean {
  const whole = [alice, bob].every((weights) => weights.reduce((sum, weight) => sum + weight, 0) === WEIGHT_TOTAL)
  return whole && pairs > 0 && pairs <= PAIRS_MAX && epsilon > 0 && epsilon < 1
}

/** A message as an input; null where the bytes are none. */
export function messageInput(encoded: Bytes): Extract<SessionInput, { type: 'message' }> | null {
  const message = decodeMessage(encoded)
  return message === null ? null : { type: 'message', message, encoded }
}

/** True for the input that brings a message of this type. */
export const isMessage = (input: SessionInput, type: Message['type']): boolean =>
  input.type === 'message' && input.message.type === type

function decoded(encoded: Bytes): Message {
  const message = decodeMessage(encoded)
  if (message === null) throw new Error('a session sent what is no message')
  return message
}

const bytesOf = (label: string, length: number): Bytes => new Uint8Array(sha256(utf8ToBytes(label))).slice(0, length)
