// The chats as signals, one for each part of a chat that changes by itself, so that what stays the same is not drawn
// again. What they hold is plain: a long list costs no look at each of its messages when one of them changes.

import { createSignal } from 'solid-js'
import type { ConnectionState, Shown } from '../protocol/events.ts'
import { applyAll, emptyChat } from './chat-state.ts'
import { createFields, type Fields } from './fields.ts'
import type { Chat } from './state.ts'

export interface Chats {
  readonly chats: readonly Chat[]
  /** Makes the chat if it isn't there. */
  update(conversation: string, edit: (chat: Chat) => Chat): void
  show(conversation: string, shown: readonly Shown[]): void
  remove(conversation: string): void
  /** Forgets all chats: another person begins. */
  clear(): void
  /** Without a network nothing but a link that stands is called anything else than offline. */
  setOffline(offline: boolean): void
}

export function createChats(): Chats {
  const [live, setLive] = createSignal<readonly Fields<Chat>[]>([])
  /** As the conversation told it, before `offline` is laid over it. */
  const connections = new Map<string, ConnectionState>()
  const gone = new Set<string>()
  let offline = false

  const known = (conversation: string): Fields<Chat> | undefined =>
    live().find(({ fields }) => fields.conversation === conversation)

  const update: Chats['update'] = (conversation, edit) => {
    if (gone.has(conversation)) return
    const found = known(conversation)
    if (found === undefined) setLive([...live(), createFields(edit(emptyChat(conversation)))])
    else found.set(edit(found.fields))
  }

  const seen = (connection: ConnectionState): ConnectionState =>
    offline && connection.state !== 'connected' ? { ...connection, state: 'offline' } : connection

  return {
    get chats() {
      return live().map(({ fields }) => fields)
    },
    update,
    show: (conversation, shown) =>
      update(conversation, (chat) => {
        const overlaid = shown.map((event) => {
          if (event.type !== 'connection') return event
          connections.set(conversation, event.connection)
          return { ...event, connection: seen(event.connection) }
        })
        return applyAll(chat, overlaid)
      }),
    remove: (conversation) => {
      gone.add(conversation)
      connections.delete(conversation)
      setLive(live().filter(({ fields }) => fields.conversation !== conversation))
    },
    clear: () => {
      gone.clear()
      connections.clear()
      setLive([])
    },
    setOffline: (now) => {
      offline = now
      for (const [conversation, connection] of connections) {
        update(conversation, (chat) => ({ ...chat, connection: seen(connection) }))
      }
    },
  }
}
