// The chats of this tab: a list on a desk, a rail of avatars on a tablet, a sheet on a phone.

import { createEffect, For, on, Show } from 'solid-js'
import type { Chat } from '../../app/state.ts'
import { useUi } from '../context.tsx'
import { time } from '../format.ts'
import { Avatar, Icon, Mark } from '../parts/icons.tsx'
import { Peer, words } from '../words.ts'

export function ChatList(props: { current: string; open: boolean; onClose(): void }) {
  const { app } = useUi()
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
          <For each={app.state.chats}>
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
    </>
  )
}

function toMessageBox(): void {
  document.getElementById('message')?.focus()
}

function ChatLink(props: { chat: Chat; current: boolean; onOpen(): void }) {
  const ui = useUi()
  const last = () => props.chat.messages.findLast((message) => message.state !== 'cancelled')
  const unread = () => Math.max(0, fromPeer(props.chat) - ui.seen(props.chat.conversation))
  const prefix = () => {
    const message = last()
    if (message?.from !== 'me') return ''
    return message.state === 'queued' ? 'Queued: ' : message.state === 'refused' ? 'Refused: ' : `${words.chat.you}: `
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
        <time>{last() ? time(last()?.writtenAtMs ?? 0) : ''}</time>
        <span class="last" dir="auto">
          {last() ? `${prefix()}${last()?.text}` : props.chat.inviteLink ? 'Invite, not used yet' : 'No messages yet'}
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

/** Messages that came from the other side: what can be unread. */
export const fromPeer = (chat: Chat): number => chat.messages.filter((message) => message.from === 'peer').length
