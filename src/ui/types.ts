// The plain values that the screens draw, by the names that they use for them.

import type { Chat } from '../app/state.ts'

export type Message = Chat['messages'][number]
export type Run = NonNullable<Chat['run']>
export type Receipt = NonNullable<Message['receipt']>
export type Connection = Chat['connection']
