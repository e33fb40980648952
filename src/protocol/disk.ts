// The disk as the protocol sees it: changes are data, a commit is one strict transaction, all of it or nothing.
// Contract of every adapter, kept by the acceptance kit in disk-kit.ts:
// - a resolved commit survives a crash; a rejected or crashed one left nothing behind;
// - commits take effect in the order in which they were asked for;
// - what load returns is not aliased: later commits don't change it, and changing it doesn't change the disk.

import { Mirror } from './mirror.ts'
import type { LearntLink, PairingRecord, StoredMessage, TagPair } from './records.ts'

export type Change =
  | { readonly type: 'putPairing'; readonly pairing: PairingRecord }
  /** Some fields only: commits under way at the same time don't undo each other. */
  | { readonly type: 'setPairing'; readonly fields: Partial<PairingRecord> }
  /** The highest message number seen is at least this. */
  | { readonly type: 'raiseNumber'; readonly to: number }
  /** A message's number never goes down: of two the higher holds, whichever commit comes last. */
  | { readonly type: 'putMessage'; readonly message: StoredMessage }
  /** The message, if it is there and has a number, has at least this one. */
  | { readonly type: 'raiseMessageNumber'; readonly id: string; readonly to: number }
  | { readonly type: 'deleteMessage'; readonly id: string }
  | { readonly type: 'putTagPair'; readonly pair: TagPair }
  | { readonly type: 'deleteTagPair'; readonly name: string }
  | { readonly type: 'putLink'; readonly link: LearntLink }

/** Everything of one conversation. */
export interface Stored {
  readonly pairing: PairingRecord
  /** Each id once; their order says nothing. */
  readonly messages: readonly StoredMessage[]
  readonly tagPairs: readonly TagPair[]
  readonly link: LearntLink
}

export type CommitFailure = 'full' | 'closed' | 'denied'

export interface Disk {
  /** One strict transaction over one conversation. Rejects with a CommitFailure as the error's message. */
  commit(conversation: string, changes: readonly Change[]): Promise<void>
  load(conversation: string): Promise<Stored | null>
  conversations(): Promise<readonly string[]>
  close(): Promise<void>
}

/** Applies changes to a stored conversation, or begins one. What changes often is kept as a `Mirror` instead. */
export function applyChanges(stored: Stored | null, changes: readonly Change[]): Stored | null {
  if (stored === null) return begin(changes)
  const mirror = new Mirror(stored)
  mirror.apply(changes)
  return mirror.snapshot()
}

function begin([first, ...others]: readonly Change[]): Stored | null {
  if (first === undefined) return null
  if (first.type !== 'putPairing') throw new Error(`assertion failed: ${first.type} before putPairing`)
  const empty: Stored = { pairing: first.pairing, messages: [], tagPairs: [], link: { noise: 0, loss: 0 } }
  return applyChanges(empty, others)
}
