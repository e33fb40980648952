// The chats in a Solid store. Changes are written piece by piece, so that what stays the same is not drawn again; a
// message keeps its object, whatever becomes of it. Nothing is merged deeply: receipts may be shared between a message,
// a run and a notice.

import { batch } from 'solid-js'
import { createStore, unwrap } from 'solid-js/store'
import type { ConnectionState, Shown, ShownMessage } from '../protocol/events.ts'
import { applyShown, emptyChat } from './chat-state.ts'
import type { Chat } from './state.ts'

export interface Chats {
  readonly chats: readonly Chat[]
  /** Makes the chat if it isn't there. */
  update(conversation: string, edit: (chat: Chat) => Chat): void
  show(conversation: string, shown: readonly Shown[]): void
  remove(conversation: string): void
  /** Without a network nothing but a link that stands is called anything else than offline. */
  setOffline(offline: boolean): void
}

/** A chat as the store holds it; only this file changes one. */
type Held = { -readonly [K in keyof Chat]: Chat[K] extends readonly (infer Item)[] ? Item[] : Chat[K] }

export function createChats(): Chats {
  const [state, setState] = createStore<{ chats: Held[] }>({ chats: [] })
  /** As the conversation told it, before `offline` is laid over it. */
  const connections = new Map<string, ConnectionState>()
  const gone = new Set<string>()
  let offline = false

  const indexOf = (conversation: string): number => state.chats.findIndex((chat) => chat.conversation === conversation)

  const update: Chats['update'] = (conversation, edit) => {
    if (gone.has(conversation)) return
    if (indexOf(conversation) < 0)
      setState('chats', state.chats.length, { ...emptyChat(conversation), messages: [], notices: [] })
    const at = indexOf(conversation)
    const before = unwrap(state.chats[at]!)
    const after = edit(before)
    batch(() => {
      if (after.pairing !== before.pairing) setState('chats', at, 'pairing', after.pairing)
      if (after.connection !== before.connection) setState('chats', at, 'connection', after.connection)
      if (after.inviteLink !== before.inviteLink) setState('chats', at, 'inviteLink', after.inviteLink)
      if (after.run !== before.run) setState('chats', at, 'run', after.run)
      if (after.notices !== before.notices) setState('chats', at, 'notices', [...after.notices])
      if (after.messages !== before.messages) writeMessages(at, before.messages, after.messages)
    })
  }

  function writeMessages(at: number, before: readonly ShownMessage[], after: readonly ShownMessage[]): void {
    const indices = new Map(before.map((message, index) => [message.id, index]))
    const kept = after.map((message) => {
      const index = indices.get(message.id)
      const known = index === undefined ? undefined : before[index]
      if (index === undefined || known === undefined || known === message) return message
      setState('chats', at, 'messages', index, message)
      return known
    })
    const same = before.every((message, index) => message === kept[index])
    if (same && kept.length === before.length) return
    // The store looks through all that is written into it, and a chat may be long: most messages come last.
    if (same && kept.length === before.length + 1) setState('chats', at, 'messages', before.length, kept.at(-1)!)
    else setState('chats', at, 'messages', kept)
  }

  const seen = (connection: ConnectionState): ConnectionState =>
    offline && connection.state !== 'connected' ? { ...connection, state: 'offline' } : connection

  return {
    get chats() {
      return state.chats
    },
    update,
    show: (conversation, shown) =>
      update(conversation, (chat) => {
        let next = chat
        for (const event of shown) {
          if (event.type === 'connection') connections.set(conversation, event.connection)
          next = applyShown(
            next,
            event.type === 'connection' ? { ...event, connection: seen(event.connection) } : event,
          )
        }
        return next
      }),
    remove: (conversation) => {
      gone.add(conversation)
      connections.delete(conversation)
      setState('chats', (chats) => chats.filter((chat) => chat.conversation !== conversation))
    },
    setOffline: (now) => {
      offline = now
      for (const [conversation, connection] of connections) {
        update(conversation, (chat) => ({ ...chat, connection: seen(connection) }))
      }
    },
  }
}
