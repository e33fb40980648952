// A chat: the list, the talk, the bench. It holds only what the screen itself knows: which sheet or receipt is open.

import { createEffect, createMemo, createSignal, For, lazy, Show } from 'solid-js'
import type { Chat } from '../../app/state.ts'
import { useUi } from '../context.tsx'
import { count, fixed } from '../format.ts'
import { BenchFrame, bench } from '../key/bench-frame.tsx'
import { Icon } from '../parts/icons.tsx'
import { LazyPart } from '../parts/lazy-part.tsx'
import { BESIDE, createMedia } from '../parts/media.ts'
import { isAlarm, Notices } from '../parts/notices.tsx'
import type { Message } from '../types.ts'
import { noRoute, refusedCount, words } from '../words.ts'
import { Alarm } from './alarm.tsx'
import { ChatHeader, leaveDialog } from './chat-header.tsx'
import { ChatList, fromPeer } from './chat-list.tsx'
import { Composer } from './composer.tsx'
import { MessageLog } from './message-log.tsx'

const receiptDialog = () => import('../key/receipt-dialog.tsx')
const ReceiptDialog = lazy(receiptDialog)

export function ChatScreen(props: { conversation: string }) {
  const { app } = useUi()
  // The last known one while the screen goes: a chat that was left is gone from the state first.
  const chat = createMemo<Chat | undefined>(
    (before) => app.state.chats.find((one) => one.conversation === props.conversation) ?? before,
  )
  return (
    <Show when={chat()?.conversation} keyed>
      <Show when={chat()}>{(found) => <ChatFrame chat={found()} />}</Show>
    </Show>
  )
}

function ChatFrame(props: { chat: Chat }) {
  const ui = useUi()
  const [open, setOpen] = createSignal<'none' | 'chats' | 'bench'>('none')
  const [receiptOf, setReceiptOf] = createSignal<string | null>(null)
  const shown = createMemo(() => props.chat.messages.filter((message) => message.state !== 'cancelled'))
  createEffect(() => {
    if (ui.visible()) ui.setSeen(props.chat.conversation, fromPeer(props.chat))
  })
  // Fetched once there is a receipt: later the server may be away.
  const runs = createMemo(() => shown().filter((message) => message.receipt !== null).length)
  const anyReceipt = () => runs() > 0
  createEffect(() => {
    if (anyReceipt()) for (const part of [receiptDialog, leaveDialog, bench]) part().catch(() => undefined)
  })
  let opener: HTMLElement | null = null
  const show = (what: 'chats' | 'bench') => {
    opener = document.activeElement instanceof HTMLElement ? document.activeElement : null
    setOpen(what)
  }
  const close = () => {
    setOpen('none')
    // Once the talk may have it again.
    queueMicrotask(() => opener?.focus())
  }
  const paired = () => props.chat.inviteLink === null
  // Under a sheet that covers it nothing takes the focus.
  const beside = createMedia(BESIDE)
  return (
    <div class="app" classList={{ 'with-bench': paired() }}>
      <ChatList current={props.chat.conversation} open={open() === 'chats'} onClose={close} />
      <main class="talk" inert={open() !== 'none' && !beside()}>
        <ChatHeader chat={props.chat} onShowChats={() => show('chats')} />
        <TalkNotices chat={props.chat} />
        <MessageLog chat={props.chat} messages={shown()} onReceipt={setReceiptOf} />
        <Alarms chat={props.chat} onReceipt={setReceiptOf} />
        <Refused chat={props.chat} messages={shown()} />
        <Strip messages={shown()} onOpen={() => show('bench')} />
        <Composer
          conversation={props.chat.conversation}
          connection={props.chat.connection}
          runs={runs()}
          autofocus={paired()}
        />
      </main>
      <Show when={paired()}>
        <BenchFrame chat={props.chat} open={open() === 'bench'} onClose={close} />
      </Show>
      <Show when={shown().find((message) => message.id === receiptOf())}>
        {(message) => (
          <Show when={message().receipt}>
            {(receipt) => (
              <LazyPart>
                <ReceiptDialog
                  message={message()}
                  receipt={receipt()}
                  peerName={props.chat.pairing.peerName}
                  onClosed={() => setReceiptOf(null)}
                />
              </LazyPart>
            )}
          </Show>
        )}
      </Show>
    </div>
  )
}

function TalkNotices(props: { chat: Chat }) {
  const { app } = useUi()
  const all = () => [...props.chat.notices, ...app.state.notices].filter((notice) => !isAlarm(notice))
  const sentences = () => noRoute(props.chat.pairing.peerName)
  const any = () => all().length > 0
  const failed = () => props.chat.connection.state === 'failed' && props.chat.notices.length === 0
  return (
    <Show when={any() || failed()}>
      <div class="slot">
        <Show
          when={any()}
          fallback={
            <div class="notice" role="status">
              <Icon name="offline" />
              <p>
                <b>{sentences().title}</b>
                {sentences().text}
              </p>
            </div>
          }
        >
          <Notices
            notices={all()}
            peerName={props.chat.pairing.peerName}
            lab={props.chat.pairing.mode === 'lab'}
            onClose={(notice) =>
              app.closeNotice(props.chat.notices.includes(notice) ? props.chat.conversation : null, notice.reason)
            }
          />
        </Show>
      </div>
    </Show>
  )
}

function Alarms(props: { chat: Chat; onReceipt(id: string): void }) {
  const { app } = useUi()
  return (
    <For each={props.chat.notices.filter(isAlarm)}>
      {(notice) => (
        <Alarm
          notice={notice}
          chat={props.chat}
          onReceipt={props.onReceipt}
          onClose={() => app.closeNotice(props.chat.conversation, notice.reason)}
        />
      )}
    </For>
  )
}

/** Where several messages wait refused: one button for all. */
function Refused(props: { chat: Chat; messages: readonly Message[] }) {
  const { app } = useUi()
  const refused = () => props.messages.filter((message) => message.state === 'refused' && message.from === 'me')
  const retryAll = () => {
    for (const message of refused()) void app.retry(props.chat.conversation, message.id)
  }
  return (
    <Show when={refused().length > 1}>
      <div class="slot gather">
        <span>{refusedCount(refused().length)}</span>
        <button class="btn small" type="button" onClick={retryAll}>
          <Icon name="retry" />
          {words.chat.retryAll}
        </button>
      </div>
    </Show>
  )
}

/** Where the bench has no place beside the talk: its verdict in a line, which opens it. */
function Strip(props: { messages: readonly Message[]; onOpen(): void }) {
  const receipt = () => props.messages.findLast((message) => message.receipt !== null)?.receipt
  return (
    <Show when={receipt()}>
      {(newest) => (
        <button class="strip" type="button" onClick={() => props.onOpen()}>
          <Icon name="wave" />
          <Show when={newest().s !== null}>
            <span>
              <b>
                <var>S</var> {fixed(newest().s ?? 0, 2)}
              </b>
            </span>
          </Show>
          <span>{count(newest().keyBits)} bits of key</span>
          <span class="go">{words.chat.strip}</span>
        </button>
      )}
    </Show>
  )
}
