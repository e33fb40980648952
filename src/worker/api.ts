// What crosses between the page and the vault: plain values only, buffers transferred. Commands go by comlink; what
// streams (frames in, frames out, what is shown) goes over one MessagePort, a batch of events a message.

import type { Bytes } from '../lib/bytes.ts'
import type { Result } from '../lib/result.ts'
import type { CommitFailure } from '../protocol/disk.ts'
import type { Path, Shown } from '../protocol/events.ts'
import type { OwnEve } from '../protocol/receipt.ts'
import type { RoomMode } from '../protocol/records.ts'
import type { StorageFailure } from '../storage/open-disk.ts'
import type { CloseReason } from '../storage/schema.ts'
import type { EveReport } from './eve-report.ts'

export type { EveReport, Guesses, HeardLine } from './eve-report.ts'

export interface VaultConfig {
  /** The database of the person who this tab is. */
  readonly database: string
  readonly mode: 'efficient' | 'textbook'
  readonly publicChannel: 'relay' | 'direct'
  /** Of this side's source: 1 for perfect pairs (`?noise=` is 1 less this). */
  readonly visibility: number
  /** Who listens in this tab (`?eve=`): she is there before any conversation begins. */
  readonly eve: OwnEve | null
}

/** Longest text of one message, UTF-8 bytes. */
export const TEXT_BYTES_MAX = 65_536

export type InviteFault = 'invite-invalid' | 'invite-own'
export type WriteFault = 'too-long' | 'empty' | CommitFailure

export interface Vault {
  /**
   * Whether an invite was made by the person of one of these databases, which other tabs hold; null when it can't be
   * read. May come before `open`.
   */
  isInviteOf(fragment: string, databases: readonly string[]): Promise<boolean | null>
  /** Called once, before anything else: the port of the streams. What was kept begins again. */
  open(config: VaultConfig, port: MessagePort): Promise<Opened>
  /** Makes a pairing; `fragment` is what stands behind # in the invite link, known to the page only to show it. */
  newChat(name: string, mode: RoomMode): Promise<Result<{ conversation: string; fragment: string }, CommitFailure>>
  /** Reads an invite without consuming it. */
  inspectInvite(fragment: string): Promise<Result<{ mode: RoomMode }, InviteFault>>
  /** Joins: the person clicked. */
  join(fragment: string, name: string): Promise<Result<{ conversation: string }, InviteFault | CommitFailure>>
  /** Resolves once the message is in the outbox, on the disk. */
  write(conversation: string, text: string): Promise<Result<{ id: string }, WriteFault>>
  retry(conversation: string, id: string): Promise<void>
  cancel(conversation: string, id: string): Promise<void>
  /** Says goodbye to the peer, ends the conversation's links and deletes all that was kept of it. */
  leave(conversation: string): Promise<void>
  /** Keeps what was typed and is no message: the draft of a conversation, or one of the texts of this person. */
  saveText(of: string, text: string): Promise<void>
  /** Stores what is under way and lets go of the database: another tab wants to be this person. */
  close(): Promise<void>
  /** Lets an eavesdropper into this tab, or sends her away; resolves once all that passes does so as asked. */
  setEve(eve: OwnEve | null): Promise<void>
  /** How many pairs a message of this many UTF-8 bytes would take now. */
  cost(conversation: string, textBytes: number): Promise<number>
}

/**
 * Texts that belong to no conversation: the own name, the conversation that was on the screen last, how much of each was
 * seen, in which order they were active.
 */
export type OwnText = 'name' | 'last' | 'seen' | 'order'

export interface Opened {
  /** kept: it outlives this tab; else why nothing does. */
  readonly storage: 'kept' | StorageFailure
  readonly conversations: readonly string[]
  /** By conversation, or `OwnText`. */
  readonly texts: ReadonlyMap<string, string>
  /** Invites that nobody has used yet, by conversation: what stands behind # in their links. */
  readonly invites: ReadonlyMap<string, string>
}

/** Page to vault, a batch a message. Each is one Input of the conversation, with bytes where the machine has parsed values. */
export type FromPage =
  | {
      readonly type: 'room'
      readonly conversation: string
      readonly room: string
      readonly joined: boolean
      readonly peer: boolean
    }
  | {
      readonly type: 'roomRefused'
      readonly conversation: string
      readonly room: string
      readonly reason: 'room-full' | 'other'
    }
  | { readonly type: 'signal'; readonly conversation: string; readonly room: string; readonly bytes: Bytes }
  | { readonly type: 'description'; readonly conversation: string; readonly link: string; readonly bytes: Bytes }
  | { readonly type: 'linkUp'; readonly conversation: string; readonly link: string }
  | { readonly type: 'linkDown'; readonly conversation: string; readonly link: string }
  | { readonly type: 'frame'; readonly conversation: string; readonly path: Path; readonly bytes: Bytes }
  | { readonly type: 'fibre'; readonly conversation: string; readonly link: string; readonly bytes: Bytes }

/** Vault to page: what the network must do, and what the person is shown. */
export type ToPage = { readonly conversation: string } & (NetworkCommand | Shown | VaultEvent)

export type VaultEvent =
  /** A fault of ours: the conversation (or, where it is '', the vault) goes no further. `where` is a stack without its
   * message, so without secrets. */
  | { readonly type: 'ended'; readonly where: string }
  /** From now on nothing can be stored, or (damaged) some of what was stored can't be read any more. */
  | { readonly type: 'storage'; readonly fault: CloseReason | 'taken' | 'damaged' }
  /** What the eavesdropper of this tab has of a session that ended. */
  | { readonly type: 'eavesdropped'; readonly report: EveReport }
  /** The last word of a conversation that was left: nothing of it is to be sent any more. */
  | { readonly type: 'left' }

export type NetworkCommand =
  | { readonly type: 'rooms'; readonly rooms: readonly string[]; readonly side: string; readonly mode: RoomMode }
  | { readonly type: 'signal'; readonly room: string; readonly bytes: Bytes }
  | { readonly type: 'openLink'; readonly link: string; readonly initiator: boolean }
  | { readonly type: 'acceptSignal'; readonly link: string; readonly bytes: Bytes }
  | { readonly type: 'closeLink'; readonly link: string }
  /** A goodbye for the page to say on this link if it is closed: then the worker has no time to. */
  | { readonly type: 'farewell'; readonly link: string; readonly bytes: Bytes }
  | { readonly type: 'frame'; readonly path: Path; readonly bytes: Bytes }
  | { readonly type: 'fibre'; readonly link: string; readonly bytes: Bytes }
