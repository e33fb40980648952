// An eavesdropper on the public channel of lab rooms, in words: who said what, what it reveals, the ciphertext. Only
// `npm start -- --eve` loads this file. She hears what everybody hears who stands where the server stands: frames are
// authenticated, not hidden, and she has no key to check that with. To her all of it is hostile bytes:
//
// 1. Whatever makes no sense is told as such, never thrown.
// 2. What she holds is bounded: messages that wait for their parts, sessions, and lines a second.
// 3. A line is printable ASCII: nothing on the wire speaks to the terminal.

import { assertNever } from '../src/lib/assert.ts'
import { type Bytes, toHex } from '../src/lib/bytes.ts'
import { peekSignal } from '../src/pairing/signals.ts'
import { decodeMessage, type Message } from '../src/protocol/messages.ts'
import { FrameJoiner, parseFrame } from '../src/wire/frames.ts'
import { TokenBucket } from './limits.ts'
import type { Overheard } from './rooms.ts'

/** What one side says on its newest connection. */
type Stream = { readonly connection: string; readonly joiner: FrameJoiner }

/** A room has two sides; a class has some twenty rooms. */
const STREAMS_MAX = 256
const SESSIONS_MAX = 1_024
/** Of all messages that wait for their parts; the longest message of one side stays below it. */
const HELD_BYTES_MAX = 32 * 2 ** 20
/** What a part costs beside its bytes (measured: 284). */
const PART_BYTES = 300
/** Far above what people can read or a class can write. */
const LINES_PER_SECOND = 500
const LINES_BURST = 2_000
const CIPHERTEXT_BYTES_SHOWN = 24
const NAME_CHARACTERS_SHOWN = 40

export class Eavesdropper {
  /** By room and side, the one that was silent for longest first. */
  readonly #streams = new Map<string, Stream>()
  /** Room and session to the side that proposed it, oldest first. */
  readonly #alices = new Map<string, string>()
  readonly #lines: TokenBucket
  #leftOut = 0

  constructor(nowMs: number) {
    this.#lines = new TokenBucket(LINES_PER_SECOND, LINES_BURST, nowMs)
  }

  /** What she makes of one relayed frame: none, one or two lines. */
  hear({ room, from, kind, frame }: Overheard, nowMs: number): readonly string[] {
    const payload = frame.subarray(1)
    const heard = kind === 'signal' ? `side ${short(from)} ${tellSignal(payload)}` : this.#public(room, from, payload)
    return heard === null ? [] : this.#write(`room ${short(room)} ${heard}`, nowMs)
  }

  #public(room: string, from: string, payload: Bytes): string | null {
    const frame = parseFrame(payload)
    if (frame?.path !== 'relay') return `side ${short(from)} says ${bytes(payload)} that are no frame`
    const encoded = this.#stream(`${room} ${from}`, toHex(frame.connection)).joiner.join(frame)
    this.#forgetTooMuch()
    if (encoded === null) return null
    const message = decodeMessage(encoded)
    if (message === null) return `side ${short(from)} says ${bytes(encoded)} that are no message`
    return `${this.#who(room, from, message)} ${tellMessage(message)}`
  }

  /** A side has one connection at a time: a newer one ends what the one before left unfinished. */
  #stream(name: string, connection: string): Stream {
    const known = this.#streams.get(name)
    const stream = known?.connection === connection ? known : { connection, joiner: new FrameJoiner() }
    this.#streams.delete(name)
    this.#streams.set(name, stream)
    return stream
  }

  #forgetTooMuch(): void {
    let heldBytes = 0
    for (const { joiner } of this.#streams.values()) heldBytes += joiner.held.bytes + joiner.held.parts * PART_BYTES
    for (const [name, { joiner }] of this.#streams) {
      if (heldBytes <= HELD_BYTES_MAX && this.#streams.size <= STREAMS_MAX) return
      heldBytes -= joiner.held.bytes + joiner.held.parts * PART_BYTES
      this.#streams.delete(name)
    }
  }

  /** Alice is who sends the message of this session, and so who proposed it. */
  #who(room: string, from: string, { type, session }: Message): string {
    const name = `${room} ${session}`
    if (type === 'propose' && !this.#alices.has(name)) {
      this.#alices.set(name, from)
      for (const oldest of this.#alices.keys()) {
        if (this.#alices.size <= SESSIONS_MAX) break
        this.#alices.delete(oldest)
      }
    }
    const alice = this.#alices.get(name)
    const role = alice === undefined ? '' : alice === from ? "Alice's " : "Bob's "
    return `${role}side ${short(from)}`
  }

  #write(line: string, nowMs: number): readonly string[] {
    if (!this.#lines.take(nowMs)) {
      this.#leftOut += 1
      return []
    }
    const leftOut = this.#leftOut
    this.#leftOut = 0
    const lines = leftOut === 0 ? [line] : [`${count(leftOut)} lines were left out: too many at once`, line]
    return lines.map(printable)
  }
}

function tellSignal(signal: Bytes): string {
  const type = peekSignal(signal)
  switch (type) {
    case 'call':
      return 'asks the other browser for a greeting; reveals that it looks for it'
    case 'hello':
    case 'welcome':
      return 'greets with a fresh number, checked by what only the two share; reveals that they meet'
    case 'sealed':
      return `says how its browser can be reached, sealed: ${bytes(signal)}; reveals no more than the length`
    case 'used':
      return 'says that the invite was used already'
    case null:
      return `says ${bytes(signal)} that are no signal`
    default:
      return assertNever(type)
  }
}

function tellMessage(message: Message): string {
  switch (message.type) {
    case 'propose':
      return tellProposal(message)
    case 'refuse':
      return `refuses: ${message.reason}; reveals nothing of a key`
    case 'ready':
      return 'is ready for the pairs; reveals nothing'
    case 'measured':
      return `says which settings it used for ${count(message.settings.length)} pairs; reveals nothing of outcomes, and comes too late to measure by`
    case 'sifted':
      return `tells its settings, the outcomes of ${count(message.outcomes.length)} rounds that make no key, and ${checks(message.checks.length)} of the key; reveals 64 bits about the key with each check, which the key is shortened by`
    case 'estimated':
      return tellEstimate(message)
    case 'amplify':
      return tellCiphertext(message)
    case 'received':
      return `acknowledges by ${bits(message.proof)} of the key that were kept for it; reveals that the message has arrived`
    case 'abort':
      return `ends the session: ${message.reason}${sacrificed(message.keyBits.length)}`
    default:
      return assertNever(message)
  }
}

function tellProposal({ terms }: Extract<Message, { type: 'propose' }>): string {
  const { pairs, mode, epsilon, neededBits, tagPair } = terms
  const name = [...tagPair].slice(0, NAME_CHARACTERS_SHOWN).join('')
  return `proposes a key of ${count(pairs)} pairs (${mode}, epsilon ${epsilon}), ${count(neededBits)} bits needed, tags under ${name}; reveals how long the message is, as padded`
}

function tellEstimate({ outcomes, finding, keyBits }: Extract<Message, { type: 'estimated' }>): string {
  const said = `tells the outcomes of ${count(outcomes.length)} rounds that make no key`
  switch (finding) {
    case 'enough':
      return `${said}, and that the keys are equal and long enough, under a one-time tag; reveals S and the errors, nothing of the key`
    case 'short':
      return `${said}, and that the key is too short${sacrificed(keyBits.length)}`
    case 'unreconciled':
      return `${said}, and that the keys differ${sacrificed(keyBits.length)}`
    default:
      return assertNever(finding)
  }
}

function tellCiphertext({ blocks, ciphertext }: Extract<Message, { type: 'amplify' }>): string {
  const secretBits = blocks.reduce((sum, block) => sum + block.bits, 0)
  const shown = toHex(ciphertext.subarray(0, CIPHERTEXT_BYTES_SHOWN))
  const more = ciphertext.length > CIPHERTEXT_BYTES_SHOWN ? '...' : ''
  return `sends amplify: ciphertext of ${bits(ciphertext)}: ${shown}${more}, under a pad hashed from the key with ${count(secretBits)} bits in all; reveals its length, nothing else`
}

const sacrificed = (keyBits: number): string =>
  keyBits === 0
    ? '; reveals nothing of a key'
    : `, with all its ${count(keyBits)} bits; reveals a key that is never used`

const NUMBER = new Intl.NumberFormat('en')
const count = (value: number): string => NUMBER.format(value)
const bits = (of: Uint8Array): string => `${count(8 * of.length)} bits`
const bytes = (of: Uint8Array): string => `${count(of.length)} bytes`
const checks = (number: number): string => (number === 1 ? 'a check' : `${number} checks`)
/** Rooms and sides are hexadecimal; enough of it to tell those of a class apart. */
const short = (id: string): string => `${id.slice(0, 4)}..`

const printable = (line: string): string =>
  line.replace(/[^ -~]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`)
