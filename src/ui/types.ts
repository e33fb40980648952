// The plain values that the screens draw, by the names that they use for them.

import type { Chat } from '../app/state.ts'

export type Message = Chat['messages'][number]
export type Run = NonNullable<Chat['run']>
/** A run as the bench draws it: whoever sent the message, the figures are the same. */
export type BenchRun = Omit<Run, 'role'>
export type Receipt = NonNullable<Message['receipt']>
export type Connection = Chat['connection']

/** A run that is over, as its receipt keeps it; of the peer's that never arrived there is no message. */
export interface KeptRun {
  readonly message: string | null
  readonly receipt: Receipt
}
