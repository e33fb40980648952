// The disk as the protocol sees it: changes are data, a commit is one strict transaction, all of it or nothing.
// Contract of every adapter, kept by the acceptance kit in disk-kit.ts:
// - a resolved commit survives a crash; a rejected or crashed one left nothing behind;
// - commits take effect in the order in which they were asked for;
// - what load returns is not aliased: later commits don't change it, and changing it doesn't change the disk.

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

/** Applies changes to a stored conversation; the one meaning of a Change, shared by all adapters and the machines. */
export function applyChanges(stored: Stored | null, changes: readonly Change[]): Stored | null {
  let next = stored
  for (const change of changes) next = applyChange(next, change)
  return next
}

function applyChange(stored: Stored | null, change: Change): Stored | null {
  if (change.type === 'putPairing') {
    const empty = { messages: [], tagPairs: [], link: { noise: 0, loss: 0 } }
    return { ...(stored ?? empty), pairing: change.pairing }
  }
  if (stored === null) throw new Error(`assertion failed: ${change.type} before putPairing`)
  switch (change.type) {
    case 'setPairing':
      return { ...stored, pairing: { ...stored.pairing, ...change.fields } }
    case 'raiseNumber': {
      const highestNumber = Math.max(stored.pairing.highestNumber, change.to)
      return { ...stored, pairing: { ...stored.pairing, highestNumber } }
    }
    case 'putMessage':
      return withMessage(stored, change.message)
    case 'raiseMessageNumber': {
      const message = stored.messages.find(({ id, number }) => id === change.id && number !== null)
      return message ? withMessage(stored, { ...message, number: change.to }) : stored
    }
    case 'deleteMessage':
      return { ...stored, messages: stored.messages.filter((m) => m.id !== change.id) }
    case 'putTagPair':
      return { ...stored, tagPairs: [...stored.tagPairs.filter((p) => p.name !== change.pair.name), change.pair] }
    case 'deleteTagPair':
      return { ...stored, tagPairs: stored.tagPairs.filter((p) => p.name !== change.name) }
    case 'putLink':
      return { ...stored, link: change.link }
  }
}

function withMessage(stored: Stored, message: StoredMessage): Stored {
  const before = stored.messages.find(({ id }) => id === message.id)?.number ?? null
  const number = before === null ? message.number : Math.max(before, message.number ?? 0)
  return { ...stored, messages: [...stored.messages.filter(({ id }) => id !== message.id), { ...message, number }] }
}
