// What the screens draw and what they may do: the whole seam between app and ui. Values are plain; `createApp`
// (create-app.ts) holds them in a Solid store and is the only one that changes them.

import type { ConnectionState, NoticeReason, RunSnapshot, ShownMessage, ShownPairing } from '../protocol/events.ts'
import type { OwnEve, Receipt } from '../protocol/receipt.ts'
import type { RoomMode } from '../protocol/records.ts'
import type { EveReport } from '../worker/api.ts'

export type { OwnEve } from '../protocol/receipt.ts'
export type { EveReport, Guesses, HeardLine, OwnText } from '../worker/api.ts'

export type Screen =
  /** Nothing is known yet. */
  | { readonly type: 'opening' }
  /** Another tab is this person; nobody is the others. */
  | { readonly type: 'elsewhere'; readonly profile: string; readonly others: readonly string[] }
  | { readonly type: 'start' }
  /** An invite was opened, nothing is consumed yet. */
  | { readonly type: 'join'; readonly mode: RoomMode }
  | { readonly type: 'about' }
  | { readonly type: 'chat'; readonly conversation: string }

export type AppNoticeReason =
  | NoticeReason
  | 'invite-invalid'
  | 'invite-own'
  | 'offline'
  | 'insecure-page'
  | 'unsupported'
  | 'bad-url'

export interface Notice {
  readonly reason: AppNoticeReason
  /** The run that it speaks of. */
  readonly receipt: Receipt | null
  /** The id of the message that it speaks of. */
  readonly message: string | null
  /** What exactly was wrong, for `bad-url` (the flag) and such; never a key, never a text of the chat. */
  readonly detail: string | null
}

export interface Chat {
  readonly conversation: string
  readonly pairing: ShownPairing
  readonly connection: ConnectionState
  /** In the order in which they are shown. */
  readonly messages: readonly ShownMessage[]
  /** The whole invite link while it can still be used, else null (and always null for the joiner). */
  readonly inviteLink: string | null
  /** The newest run of this side's or the peer's messages. */
  readonly run: RunSnapshot | null
  readonly notices: readonly Notice[]
}

/** The eavesdropper that the address of this tab asked for. */
export interface EveOnTab {
  readonly asked: OwnEve
  /** False once she was switched off. */
  readonly on: boolean
  /** Of the last few sessions that passed her, the newest first. */
  readonly reports: readonly EveOnChat[]
}

export interface EveOnChat {
  readonly conversation: string
  readonly report: EveReport
}

export interface AppState {
  readonly screen: Screen
  readonly chats: readonly Chat[]
  /** Notices that belong to no chat. */
  readonly notices: readonly Notice[]
  readonly name: string
  /** Null where the address asked for none. */
  readonly eve: EveOnTab | null
  /** What was kept of drafts, by conversation, and under `OwnText`, as it was when this tab began. */
  readonly texts: ReadonlyMap<string, string>
  /** A newer version of the app lies ready. */
  readonly newerVersion: boolean
  /** The worker crashed or a fault in the app ended it: the sentence to show over everything, else null. */
  readonly ended: string | null
}

export interface App {
  readonly state: AppState
  setName(name: string): void
  /** Is this person here, whichever tab was; null: a person who no tab is. */
  useHere(profile: string | null): Promise<void>
  /** Keeps what stands in the message box of a conversation, or an `OwnText`. */
  saveText(of: string, text: string): void
  newChat(mode: RoomMode): Promise<void>
  joinChat(): Promise<void>
  notNow(): void
  showAbout(): void
  showStart(): void
  openChat(conversation: string): void
  leaveChat(conversation: string): Promise<void>
  /** Resolves to null once the message is stored and drawn; else to the sentence that says why not. */
  send(conversation: string, text: string): Promise<string | null>
  retry(conversation: string, id: string): Promise<void>
  cancel(conversation: string, id: string): Promise<void>
  /** Lets the newer version take over: the page is loaded anew. */
  update(): void
  /** Lets an eavesdropper into this tab, or with null sends her away: the chats go on. */
  setEve(eve: OwnEve | null): Promise<void>
  closeNotice(conversation: string | null, reason: AppNoticeReason): void
  /** Pairs that a text of this many UTF-8 bytes would take now; null while unknown. */
  cost(conversation: string, textBytes: number): Promise<number | null>
}
