// An eavesdropper in this tab (`?eve=`): she stands on the fibre and on the public channel, on whatever passes the tab in
// either direction. Every frame of qubits goes through her tap before it goes on, and she hears the public messages as
// any listener would: in clear, their HMACs unchecked. What she makes of both is in eve-notes.ts. Of the link's own
// control frames she takes nothing.
//
// Guessing and scoring are two things. She guesses by measurement and public messages alone; how much of a guess was
// right only this tab can say, whose sessions hold the sifted bits: they count, and she is told a number (`settle`).
//
// Loaded when she is asked for. Her memory is bounded: few sessions, so many readings, one message under way a path.

import { type Bytes, concatAll, equalBytes } from '../lib/bytes.ts'
import type { RandomSource } from '../lib/random.ts'
import { LINK_PUBLIC } from '../protocol/control.ts'
import type { Path } from '../protocol/events.ts'
import { decodeMessage, type MessageType } from '../protocol/messages.ts'
import type { OwnEve } from '../protocol/receipt.ts'
import { PAIRS_MAX } from '../protocol/terms.ts'
import type { Attack } from '../quantum/attacks.ts'
import { type EveTap, makeTap } from '../quantum/tap.ts'
import { encodeFibre, type FibreFrame } from '../wire/fibre.ts'
import { FrameJoiner, parseFrame } from '../wire/frames.ts'
import { nowMs } from './clock.ts'
import { EveNotes } from './eve-notes.ts'
import type { EveReport } from './eve-report.ts'
import type { Eavesdropper, MakeEavesdropper, Score } from './eve-seat.ts'

const SESSIONS_MAX = 8
/** One of her own tab's largest sessions and one of the peer's. */
const READINGS_MAX = 2 * PAIRS_MAX
/** Pieces of fewer qubits are nearly all codebook. */
const CUT_QUBITS_MIN = 16

const LAST_WORDS: readonly MessageType[] = ['received', 'abort', 'refuse']

export const makeEavesdropper =
  (own: OwnEve, random: RandomSource): MakeEavesdropper =>
  (report) =>
    new TabEavesdropper(own, random, report)

class TabEavesdropper implements Eavesdropper {
  readonly own: OwnEve
  readonly #random: RandomSource
  readonly #report: (report: EveReport) => void
  /** Null where she only listens. */
  readonly #tap: EveTap | null
  readonly #ears = { me: { link: new Ear(), relay: new Ear() }, peer: { link: new Ear(), relay: new Ear() } }
  readonly #sessions = new Map<string, EveNotes>()
  #unscored: string[] = []

  constructor(own: OwnEve, random: RandomSource, report: (report: EveReport) => void) {
    const attack = attackOf(own)
    this.own = own
    this.#random = random
    this.#report = report
    this.#tap = attack === null ? null : makeTap(attack)
  }

  /** She measures before she forwards. */
  incoming(frame: FibreFrame): FibreFrame {
    const notes = this.#notesOf(frame.session)
    if (this.#tap === null) {
      notes.passed += frame.qubits.indices.length
      return frame
    }
    const qubits = this.#tap.onQubits(frame.qubits, this.#random)
    notes.read(frame.start, this.#tap.readings)
    this.#forgetOld()
    return { ...frame, qubits }
  }

  /** A copy takes more states than the source's six, so more bits a qubit: no piece is longer than what came. */
  outgoing(frame: FibreFrame): readonly Bytes[] {
    return inPieces(this.incoming(frame), encodeFibre(frame).length)
  }

  hear(from: 'me' | 'peer', path: Path, bytes: Bytes): void {
    if (path.via === 'link' && bytes[0] !== LINK_PUBLIC) return
    const encoded = this.#ears[from][path.via].join(path.via === 'link' ? bytes.subarray(1) : bytes)
    const message = encoded === null ? null : decodeMessage(encoded)
    if (message === null) return
    // A session of which she missed the beginning she can't follow.
    const notes = message.type === 'propose' ? this.#notesOf(message.session) : this.#sessions.get(message.session)
    if (notes === undefined) return
    const guessed = notes.keyGuess.length > 0
    notes.hear(message, from, nowMs())
    if (!guessed && notes.keyGuess.length > 0) this.#unscored.push(message.session)
    if (LAST_WORDS.includes(message.type)) this.ended(message.session)
  }

  settle(score: Score): void {
    const unscored = this.#unscored
    if (unscored.length === 0) return
    this.#unscored = []
    for (const session of unscored) {
      const notes = this.#sessions.get(session)
      const counted = notes === undefined ? null : score(session, concatAll(notes.keyGuess))
      if (notes !== undefined && counted !== null) notes.right = counted.bits - counted.errors
    }
  }

  ended(session: string): void {
    const notes = this.#sessions.get(session)
    this.#sessions.delete(session)
    if (notes === undefined || notes.proposed === null) return
    const { passed, touched, key, settings, s, message, lines } = notes
    const { by, terms } = notes.proposed
    const told = { passed, touched, key, settings, s, message, lines }
    this.#report({ session, eve: this.own, proposedBy: by, endedAtMs: nowMs(), pairs: terms.pairs, ...told })
  }

  #notesOf(session: string): EveNotes {
    const known = this.#sessions.get(session)
    if (known !== undefined) return known
    const notes = new EveNotes(this.#tap?.attack ?? null, this.#random)
    this.#sessions.set(session, notes)
    this.#forgetOld()
    return notes
  }

  #forgetOld(): void {
    let held = 0
    for (const notes of this.#sessions.values()) held += notes.passed
    for (const [oldest, notes] of this.#sessions) {
      if (this.#sessions.size <= SESSIONS_MAX && held <= READINGS_MAX) return
      this.#sessions.delete(oldest)
      held -= notes.passed
    }
  }
}

function attackOf(own: OwnEve): Attack | null {
  if (own.kind === 'passive') return null
  return { kind: own.kind, strength: own.strength, angleRadians: (own.angleDegrees * Math.PI) / 180 }
}

/** Puts the messages of one direction of one path together, of the connection that spoke last. */
class Ear {
  #connection: Uint8Array = new Uint8Array(0)
  #joiner = new FrameJoiner()

  join(bytes: Uint8Array): Bytes | null {
    const frame = parseFrame(bytes)
    if (frame === null) return null
    if (!equalBytes(frame.connection, this.#connection)) {
      this.#connection = frame.connection
      this.#joiner = new FrameJoiner()
    }
    return this.#joiner.join(frame)
  }
}

function inPieces(frame: FibreFrame, bytesMax: number): readonly Bytes[] {
  const { codebook, indices } = frame.qubits
  const encoded = encodeFibre(frame)
  if (encoded.length <= bytesMax || indices.length <= CUT_QUBITS_MIN) return [encoded]
  const half = indices.length >> 1
  const first = { ...frame, qubits: { codebook, indices: indices.subarray(0, half) } }
  const second = { ...frame, start: frame.start + half, qubits: { codebook, indices: indices.subarray(half) } }
  return [...inPieces(first, bytesMax), ...inPieces(second, bytesMax)]
}
