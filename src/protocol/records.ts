// What lies on a disk, as plain values: the pairing of a conversation, its messages, its one-time tag pairs and what
// was learnt about the link. Ids, names and rooms are lower-case hexadecimal.

import type { Bytes } from '../lib/bytes.ts'
import type { Role } from '../pairing/keys.ts'
import type { Receipt, RefusalReason } from './receipt.ts'

export type { Role } from '../pairing/keys.ts'
export type { Authentication, TagPair } from '../pairing/tag-pairs.ts'

/** Only in a lab room may the server hand the channels to a third party; both sides see the mode all the time. */
export type RoomMode = 'private' | 'lab'

export interface PairingRecord {
  readonly conversation: string
  readonly role: Role
  readonly mode: RoomMode
  readonly createdAtMs: number
  /** I, the first 32 bytes of the invite; null once both sides hold R: then the old link opens nothing. */
  readonly invite: Bytes | null
  /** The room of the invite, which says nothing of its secret: by it the invite is known again when it is spent. */
  readonly inviteRoom: string
  /** R, 32 bytes; the inviter draws it with the invite, the joiner hears it in the first binding. */
  readonly root: Bytes | null
  readonly sideId: string
  readonly peerSideId: string | null
  /** Number of this side's last binding, written before it is sent. */
  readonly bindingNumber: number
  /** Highest binding number seen from the other side. */
  readonly peerBindingNumber: number
  /** Highest message number seen from either side. */
  readonly highestNumber: number
  readonly name: string
  readonly peerName: string
}

/** A cancelled message keeps its id and nothing else. */
export type MessageState = 'queued' | 'sent' | 'delivered' | 'refused' | 'cancelled'

export interface StoredMessage {
  readonly id: string
  readonly from: 'me' | 'peer'
  readonly kind: 'text'
  readonly text: string
  /** Sender's clock, milliseconds since 1970; shown, never used for order. */
  readonly writtenAtMs: number
  /** Order in which this side wrote or received it. */
  readonly written: number
  /** Highest message number known when it was written: where a refused one stays. */
  readonly writtenAfter: number
  /** Its place in the conversation, by (number, side id); null until it is sent. */
  readonly number: number | null
  readonly state: MessageState
  readonly refusedFor: RefusalReason | null
  readonly receipt: Receipt | null
}

/** Learnt from sessions without alert: upper bounds that the planner starts from. */
export interface LearntLink {
  /** Werner error 1 - V, 0 for a fresh link. */
  readonly noise: number
  /** Fraction of pairs that do not arrive. */
  readonly loss: number
}
