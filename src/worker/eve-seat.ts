// The place of an eavesdropper in this tab, between a conversation and what passes it. Nobody sits there unless `?eve=`
// asked for her: her code (eavesdropper.ts) comes in a chunk of its own. Remembers in which sessions she sat there, for
// their receipts, also when she has gone meanwhile.

import type { Bits } from '../lib/bits.ts'
import type { Bytes } from '../lib/bytes.ts'
import type { KeyErrors } from '../protocol/evaluation.ts'
import type { Path } from '../protocol/events.ts'
import type { OwnEve } from '../protocol/receipt.ts'
import { encodeFibre, type FibreFrame } from '../wire/fibre.ts'
import type { EveReport } from './eve-report.ts'

/** Counts how many guesses at a session's sifted key are wrong; null when the session can't say. */
export type Score = (session: string, guess: Bits) => KeyErrors | null

export interface Eavesdropper {
  readonly own: OwnEve
  /** A frame that comes in, as it goes on to be measured. */
  incoming(frame: FibreFrame): FibreFrame
  /** A frame that goes out, as it goes on to the peer: encoded, in pieces where it has grown. */
  outgoing(frame: FibreFrame): readonly Bytes[]
  hear(from: 'me' | 'peer', path: Path, bytes: Bytes): void
  /** Has the guesses counted that she made since the last time. */
  settle(score: Score): void
  ended(session: string): void
}

export type MakeEavesdropper = (report: (report: EveReport) => void) => Eavesdropper

/** A receipt is made while its session runs, and few run at once. */
const SESSIONS_MAX = 64

export class EveSeat {
  readonly #sessions = new Map<string, OwnEve>()
  #eve: Eavesdropper | null = null

  sit(eve: Eavesdropper | null): void {
    this.#eve = eve
  }

  /** Who listened to a session so far. */
  during(session: string): OwnEve | null {
    return this.#sessions.get(session) ?? null
  }

  incoming(frame: FibreFrame): FibreFrame {
    this.#note(frame.session)
    return this.#eve === null ? frame : this.#eve.incoming(frame)
  }

  outgoing(frame: FibreFrame): readonly Bytes[] {
    this.#note(frame.session)
    return this.#eve === null ? [encodeFibre(frame)] : this.#eve.outgoing(frame)
  }

  hear(from: 'me' | 'peer', path: Path, bytes: Bytes): void {
    this.#eve?.hear(from, path, bytes)
  }

  settle(score: Score): void {
    this.#eve?.settle(score)
  }

  ended(session: string): void {
    this.#eve?.ended(session)
  }

  #note(session: string): void {
    if (this.#eve === null) return
    this.#sessions.set(session, this.#eve.own)
    if (this.#sessions.size > SESSIONS_MAX) this.#sessions.delete(this.#sessions.keys().next().value ?? '')
  }
}
