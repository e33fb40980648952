// What both ends of a session say in the same way: messages into the transcript, goodbyes outside of it, deadlines,
// progress, receipts.

import type { Bits } from '../lib/bits.ts'
import { type Evaluation, makeReceipt } from './evaluation.ts'
import type { RunPhase } from './events.ts'
import { type AbortReason, encodeMessage, type Message } from './messages.ts'
import type { Receipt } from './receipt.ts'
import { phaseDeadlineMs, type SessionOutput } from './session.ts'
import { Stopwatch } from './stopwatch.ts'
import type { SessionContext } from './terms.ts'
import { Transcript } from './transcript.ts'

const NO_BITS = new Uint8Array(0)

export class SessionVoice {
  readonly transcript: Transcript
  readonly watch = new Stopwatch()
  readonly #context: SessionContext
  readonly #role: 'alice' | 'bob'

  constructor(context: SessionContext, role: 'alice' | 'bob') {
    this.#context = context
    this.#role = role
    this.transcript = new Transcript(context)
  }

  say(message: Message): SessionOutput {
    const encoded = encodeMessage(message)
    this.transcript.add(this.#role, encoded)
    return { type: 'send', encoded }
  }

  /** Ends the session at the other side; under no tag, since nothing of it is used. */
  abort(reason: AbortReason, keyBits: Bits = NO_BITS): SessionOutput {
    const { session } = this.#context.terms
    return { type: 'send', encoded: encodeMessage({ type: 'abort', session, reason, keyBits }) }
  }

  deadline(nowMs: number): SessionOutput {
    const { terms, roundTripMs } = this.#context
    return { type: 'deadline', atMs: nowMs + phaseDeadlineMs(terms.pairs, roundTripMs) }
  }

  progress(phase: RunPhase, donePairs = this.#context.terms.pairs, receipt: Receipt | null = null): SessionOutput {
    return { type: 'progress', phase, donePairs, receipt }
  }

  receipt(
    evaluation: Evaluation,
    outcome: Receipt['outcome'],
    qber: number | null,
    usedBits: number,
    chance: number | null,
  ): Receipt {
    return makeReceipt(this.#context, evaluation, { outcome, qber, usedBits, chance, timesMs: this.watch.times() })
  }
}
