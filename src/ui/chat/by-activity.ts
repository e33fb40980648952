// The chats in the order of their newest activity: what was written or came last on this side, and not what the clocks of
// two sides say of it. It is kept, so that a reload changes nothing.

import { type Accessor, createEffect, createMemo, untrack } from 'solid-js'
import type { Chat, OwnText } from '../../app/state.ts'
import { useUi } from '../context.tsx'

/** Of each chat the `written` of its newest message, the chat that was active last first. */
type Order = readonly (readonly [conversation: string, written: number])[]

/** An `Order`, as JSON. */
export const ORDER = 'order' satisfies OwnText

export function createByActivity(): Accessor<readonly Chat[]> {
  const { app, draft, setDraft } = useUi()
  const text = createMemo(() => draft(ORDER))
  const order = createMemo<Order>(() => JSON.parse(text() || '[]'))
  createEffect(() => {
    const now = app.state.chats.map(({ conversation, messages }) => [conversation, newest(messages)] as const)
    const before = untrack(order)
    // Less than was known is a history that is still on its way.
    const active = now.filter(([chat, written]) => before.every(([other, known]) => other !== chat || known < written))
    if (active.length === 0) return
    const others = before.filter(([chat]) => active.every(([other]) => other !== chat))
    setDraft(ORDER, JSON.stringify([...active, ...others]))
  })
  return createMemo(() => {
    const at = (chat: Chat) => order().findIndex(([conversation]) => conversation === chat.conversation)
    return [...app.state.chats].sort((a, b) => at(a) - at(b))
  })
}

const newest = (messages: Chat['messages']): number => messages.reduce((max, { written }) => Math.max(max, written), -1)
