// What goes into a Conversation and what comes out, as plain values. Whoever drives it (the worker's runner, `world`)
// owns clock, chance, disk, network and physics; the conversation only decides.
//
// Rules for a driver:
// - outputs are carried out in their order; `commit` answers by `committed` or `commitFailed` in the order asked;
// - `measure` opens the qubits of a fibre frame that was given in, and answers by `outcomes`;
// - `deadline` replaces the one before; when it has passed, `timeout` is given in (null: none);
// - a link is a name for one peer connection; events of closed links may still come in and are ignored.

import type { Bits } from '../lib/bits.ts'
import type { Bytes } from '../lib/bytes.ts'
import type { FibreFrame } from '../wire/fibre.ts'
import type { Change, CommitFailure } from './disk.ts'
import type { Receipt } from './receipt.ts'
import type { RoomMode, StoredMessage } from './records.ts'

/** link: channel 0 of the peer connection; relay: the signaling server's relay in a room. */
export type Path = { readonly via: 'link'; readonly link: string } | { readonly via: 'relay'; readonly room: string }

export type Input =
  | { readonly type: 'start' }
  /** Joined to a room at the signaling server (joined) and the other side is there too (peer); or it was lost. */
  | { readonly type: 'room'; readonly room: string; readonly joined: boolean; readonly peer: boolean }
  /** The server refuses this side in a room. */
  | { readonly type: 'roomRefused'; readonly room: string; readonly reason: 'room-full' | 'other' }
  | { readonly type: 'signal'; readonly room: string; readonly bytes: Bytes }
  /** What simple-peer wants to tell the other side: the UTF-8 JSON of its signal data. */
  | { readonly type: 'description'; readonly link: string; readonly bytes: Bytes }
  | { readonly type: 'linkUp'; readonly link: string }
  | { readonly type: 'linkDown'; readonly link: string }
  | { readonly type: 'frame'; readonly path: Path; readonly bytes: Bytes }
  | { readonly type: 'fibre'; readonly link: string; readonly frame: FibreFrame }
  | { readonly type: 'outcomes'; readonly session: string; readonly start: number; readonly outcomes: Bits }
  | { readonly type: 'committed'; readonly id: number }
  | { readonly type: 'commitFailed'; readonly id: number; readonly reason: CommitFailure }
  | { readonly type: 'timeout' }
  /** The person wrote a message; `id` is 32 hexadecimal digits, made by the driver. */
  | { readonly type: 'write'; readonly id: string; readonly text: string; readonly writtenAtMs: number }
  | { readonly type: 'retry'; readonly id: string }
  | { readonly type: 'cancel'; readonly id: string }
  | { readonly type: 'leave' }

export type Output =
  /** The rooms to be joined at the server, with this side's id and as what they are; others are left. */
  | { readonly type: 'rooms'; readonly rooms: readonly string[]; readonly side: string; readonly mode: RoomMode }
  | { readonly type: 'signal'; readonly room: string; readonly bytes: Bytes }
  | { readonly type: 'openLink'; readonly link: string; readonly initiator: boolean }
  | { readonly type: 'acceptSignal'; readonly link: string; readonly bytes: Bytes }
  | { readonly type: 'closeLink'; readonly link: string }
  | { readonly type: 'frame'; readonly path: Path; readonly bytes: Bytes }
  | { readonly type: 'fibre'; readonly link: string; readonly frame: FibreFrame }
  | { readonly type: 'measure'; readonly session: string; readonly start: number; readonly settings: Bytes }
  | { readonly type: 'deadline'; readonly atMs: number | null }
  | { readonly type: 'commit'; readonly id: number; readonly changes: readonly Change[] }
  | Shown

/** What the person is told. */
export type Shown =
  | { readonly type: 'connection'; readonly connection: ConnectionState }
  /** A message as it now is on the disk. */
  | { readonly type: 'message'; readonly message: ShownMessage }
  /** A message could not be stored; its text goes back to the person. */
  | { readonly type: 'notStored'; readonly id: string; readonly reason: CommitFailure }
  | { readonly type: 'pairing'; readonly pairing: ShownPairing }
  | { readonly type: 'progress'; readonly run: RunSnapshot }
  | {
      readonly type: 'notice'
      readonly reason: NoticeReason
      readonly receipt: Receipt | null
      readonly message: string | null
    }
  | { readonly type: 'noticeOver'; readonly reason: NoticeReason }

export interface ConnectionState {
  readonly state: 'offline' | 'waiting' | 'connecting' | 'connected' | 'reconnecting' | 'failed'
  /** The signaling server is reached (in the current room). */
  readonly server: boolean
}

export interface ShownMessage extends Omit<StoredMessage, 'state'> {
  /** distilling: a session for it is running now. */
  readonly state: StoredMessage['state'] | 'distilling'
  /** Sorts the conversation: compare `order` strings. The same on both sides for what is sent. */
  readonly order: string
  /** The last run came out short by chance and another follows. */
  readonly shortByChance: boolean
}

export interface ShownPairing {
  readonly mode: RoomMode
  readonly peerName: string
  /** True once both sides hold R: the invite opens nothing any more. */
  readonly paired: boolean
}

export type NoticeReason =
  | 'invite-used'
  | 'room-full'
  | 'tampered'
  | 'eavesdropper'
  | 'noisy'
  | 'restored'
  | 'pairing-lost'
  | 'peer-away'
  | 'server-away'
  | 'storage'

/** A session as it runs, for the live view. */
export interface RunSnapshot {
  readonly session: string
  readonly message: string | null
  readonly role: 'alice' | 'bob'
  readonly phase: RunPhase
  readonly pairs: number
  /** Pairs sent (Alice) or measured (Bob) so far. */
  readonly donePairs: number
  /** Filled in once the settings were compared. */
  readonly receipt: Receipt | null
}

export type RunPhase = 'pairs' | 'settings' | 'test' | 'key' | 'seal' | 'received' | 'ended'
