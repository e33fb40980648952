// The chats of this tab: a list on a desk, a rail of avatars on a tablet, a sheet on a phone.

import { createEffect, createMemo, createSignal, For, lazy, on, Show } from 'solid-js'
import type { Chat } from '../../app/state.ts'
import { useUi } from '../context.tsx'
import { moment } from '../format.ts'
import { Avatar, Icon, Mark } from '../parts/icons.tsx'
import { LazyPart } from '../parts/lazy-part.tsx'
import type { Message } from '../types.ts'
import { Peer, words } from '../words.ts'
import { createByActivity } from './by-activity.ts'

const SearchDialog = lazy(() => import('./search-dialog.tsx'))

export function ChatList(props: { current: string; open: boolean; onClose(): void }) {
  const { app } = useUi()
  const [searching, setSearching] = createSignal(false)
  const chats = createByActivity()
  let nav!: HTMLElement
  createEffect(
    on(
      () => props.open,
      (open) => open && nav.querySelector<HTMLElement>('[aria-current]')?.focus(),
      { defer: true },
    ),
  )
  return (
    <>
      <button class="skip" type="button" onClick={toMessageBox}>
        {words.chat.skip}
      </button>
      <nav
        ref={nav}
        class="chats"
        classList={{ open: props.open }}
        aria-label={words.chat.chats}
        onKeyDown={(event) => event.key === 'Escape' && props.open && props.onClose()}
      >
        <header>
          <Mark />
          <b>{words.app}</b>
          <button
            class="btn quiet icon"
            type="button"
            aria-label={words.chat.search}
            onClick={() => setSearching(true)}
          >
            <Icon name="search" />
          </button>
          <button
            class="btn quiet icon"
            type="button"
            aria-label={words.start.newChat}
            onClick={() => void app.newChat('private')}
          >
            <Icon name="plus" />
          </button>
          <button
            class="btn quiet icon phone"
            type="button"
            aria-label={words.chat.close}
            onClick={() => props.onClose()}
          >
            <Icon name="close" />
          </button>
        </header>
        <ul>
          <For each={chats()}>
            {(chat) => (
              <ChatLink
                chat={chat}
                current={chat.conversation === props.current}
                onOpen={() => {
                  app.openChat(chat.conversation)
                  props.onClose()
                }}
              />
            )}
          </For>
        </ul>
      </nav>
      {/* Outside of the list: the Escape that closes it closes no more than it. */}
      <Show when={searching()}>
        <LazyPart>
          <SearchDialog onFound={props.onClose} onClosed={() => setSearching(false)} />
        </LazyPart>
      </Show>
    </>
  )
}

function toMessageBox(): void {
  document.getElementById('message')?.focus()
}

function ChatLink(props: { chat: Chat; current: boolean; onOpen(): void }) {
  const ui = useUi()
  const last = createMemo(() => props.chat.messages.findLast((message) => message.state !== 'cancelled'))
  const unread = () => Math.max(0, fromPeer(props.chat) - ui.seen(props.chat.conversation))
  /** What is being written in the open chat stands in its message box. */
  const draft = () => (props.current ? '' : ui.draft(props.chat.conversation))
  const line = () => {
    const message = last()
    if (draft() !== '') return `Draft: ${draft()}`
    if (message) return `${message.from === 'me' ? STATES[message.state] : ''}${message.text}`
    if (props.chat.inviteLink) return 'Invite, not used yet'
    return props.chat.pairing.mode === 'lab' ? words.chat.rooms.lab : 'No messages yet'
  }
  return (
    <li>
      <a
        href={`#chat-${props.chat.conversation}`}
        data-chat={props.chat.conversation}
        data-unread={unread()}
        aria-current={props.current ? 'page' : undefined}
        onClick={(event) => {
          event.preventDefault()
          props.onOpen()
        }}
      >
        <Avatar conversation={props.chat.conversation} connected={props.chat.connection.state === 'connected'} />
        <span class="name" dir="auto">
          {Peer(props.chat.pairing.peerName)}
        </span>
        <time>{last() && moment(last()?.writtenAtMs ?? 0, Date.now())}</time>
        <span class="last" dir="auto">
          {line()}
        </span>
        <Show when={unread() > 0}>
          <span class="count">
            <span class="sr">{words.chat.unread}</span>
            {unread()}
          </span>
        </Show>
      </a>
    </li>
  )
}

/** What stands before a message of one's own. */
const STATES: Readonly<Record<Message['state'], string>> = {
  queued: 'Queued: ',
  distilling: 'Sending: ',
  sent: 'Sent: ',
  delivered: `${words.chat.you}: `,
  refused: 'Refused: ',
  cancelled: '',
}

/** Messages that came from the other side: what can be unread. */
export const fromPeer = (chat: Chat): number => chat.messages.filter((message) => message.from === 'peer').length
