// One key distribution, from either end: what goes in, what comes out, and how it can end. AliceSession sends the
// message and holds the source; BobSession measures what arrives. Both are pure machines: time and chance are
// arguments, a phase is named for what it awaits, and whatever a peer says can end a session but never throw.
//
// Invariants, kept by both and tested on transcripts:
// 1. Alice says no setting before Bob has said what he measured; Bob draws none for a frame that hasn't come.
// 2. Nothing is sealed before Bob's tag was checked, nothing opened before Alice's.
// 3. A side deletes its tag pair in a strict transaction before it makes its own tag.
// 4. Nothing of a session that ended is used again: keys live in the object and are wiped at its end.

import type { Bits } from '../lib/bits.ts'
import type { Bytes } from '../lib/bytes.ts'
import type { FibreFrame } from '../wire/fibre.ts'
import type { Change, CommitFailure } from './disk.ts'
import type { RunPhase } from './events.ts'
import type { AbortReason, Message, Refusal } from './messages.ts'
import type { Receipt } from './receipt.ts'
import type { TagPair } from './records.ts'
import type { SealedText } from './sealed-message.ts'

export type SessionInput =
  | { readonly type: 'start' }
  | { readonly type: 'message'; readonly message: Message; readonly encoded: Bytes }
  | { readonly type: 'fibre'; readonly frame: FibreFrame }
  | { readonly type: 'outcomes'; readonly start: number; readonly outcomes: Bits }
  | { readonly type: 'committed' }
  | { readonly type: 'commitFailed'; readonly reason: CommitFailure }
  | { readonly type: 'timeout' }
  /** The connection ended. */
  | { readonly type: 'lost' }
  /** A frame of this connection had a bad HMAC: counts as a failed tag, but costs no pair. */
  | { readonly type: 'forged' }
  /** The person, or a newer session, ends it. */
  | { readonly type: 'cancel' }

export type SessionOutput =
  | { readonly type: 'send'; readonly encoded: Bytes }
  | { readonly type: 'fibre'; readonly frame: FibreFrame }
  | { readonly type: 'measure'; readonly start: number; readonly settings: Bytes }
  | { readonly type: 'deadline'; readonly atMs: number }
  | { readonly type: 'commit'; readonly commit: SessionCommit }
  | {
      readonly type: 'progress'
      readonly phase: RunPhase
      readonly donePairs: number
      readonly receipt: Receipt | null
    }
  | { readonly type: 'ended'; readonly end: SessionEnd }

/** A strict transaction that the session waits for; the conversation adds what it knows of the message. */
export type SessionCommit =
  /** Alice, before `amplify`: her pair goes, the new ones are pending, the message is sent. */
  | { readonly step: 'sealed'; readonly changes: readonly Change[]; readonly receipt: Receipt }
  /** Alice, after `received`: the new pairs are usable, the message is delivered. */
  | { readonly step: 'confirmed'; readonly changes: readonly Change[]; readonly receipt: Receipt }
  /** Bob, before his tag. */
  | { readonly step: 'tagSpent'; readonly changes: readonly Change[] }
  /** Bob, before `received`: the message and the new pairs. */
  | {
      readonly step: 'accepted'
      readonly changes: readonly Change[]
      readonly message: SealedText
      readonly receipt: Receipt
    }
  /** A tag failed under this pair. */
  | { readonly step: 'pairFailed'; readonly changes: readonly Change[] }

export type SessionEnd =
  | { readonly type: 'confirmed'; readonly receipt: Receipt }
  | { readonly type: 'accepted'; readonly receipt: Receipt }
  /** Sealed and sent, not acknowledged: it is resent in a new session. */
  | { readonly type: 'unconfirmed'; readonly tampered: boolean }
  | { readonly type: 'refused'; readonly reason: Refusal }
  | {
      readonly type: 'aborted'
      readonly reason: AbortReason
      readonly alert: boolean
      readonly receipt: Receipt | null
    }

/** Whether this end is told as `tampered` by whoever hears of it. */
export const tellsTampering = (end: SessionEnd): boolean =>
  (end.type === 'aborted' && end.alert && end.reason === 'tampered') || (end.type === 'unconfirmed' && end.tampered)

/** The pair changes of a session: spent, new. */
export const deletePair = (name: string): readonly Change[] =>
  name === 'derived' ? [] : [{ type: 'deleteTagPair', name }]
export const putPairs = (pairs: readonly TagPair[]): readonly Change[] =>
  pairs.map((pair) => ({ type: 'putTagPair', pair }))

/** How long a side waits for the other's next message, milliseconds. */
export function phaseDeadlineMs(pairs: number, roundTripMs: number): number {
  return 8_000 + 20 * roundTripMs + pairs / 50
}
