// A chat: the list, the talk, the bench. It holds only what the screen itself knows: which sheet or receipt is open.

import { createEffect, createMemo, createSignal, For, lazy, on, Show } from 'solid-js'
import type { Chat } from '../../app/state.ts'
import { useUi } from '../context.tsx'
import { BenchFrame, bench } from '../key/bench-frame.tsx'
import { Icon } from '../parts/icons.tsx'
import { LazyPart } from '../parts/lazy-part.tsx'
import { BESIDE, createMedia } from '../parts/media.ts'
import { type Alarm as AlarmNotice, isAlarm, Notices } from '../parts/notices.tsx'
import type { KeptRun } from '../types.ts'
import { noRoute } from '../words.ts'
import { Alarm } from './alarm.tsx'
import { lastReceipt } from './bubble.tsx'
import { ChatHeader, leaveDialog } from './chat-header.tsx'
import { ChatList, fromPeer } from './chat-list.tsx'
import { Composer } from './composer.tsx'
import { MessageLog } from './message-log.tsx'

const receiptDialog = () => import('../key/receipt-dialog.tsx')
const ReceiptDialog = lazy(receiptDialog)
const BelowLines = lazy(() => import('./below-lines.tsx'))

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

/** So wide that chats, talk and bench stand side by side, as in styles/bench.css. */
const WIDE = '(min-width: 68em)'

function ChatFrame(props: { chat: Chat }) {
  const ui = useUi()
  const [open, setOpen] = createSignal<'none' | 'chats' | 'bench'>('none')
  /** The run whose receipt is open, and the one that the bench shows instead of the newest. */
  const [receiptOf, setReceiptOf] = createSignal<KeptRun | null>(null)
  const [picked, setPicked] = createSignal<KeptRun | null>(null)
  const shown = createMemo(() => props.chat.messages.filter((message) => message.state !== 'cancelled'))
  const runs = createMemo(() => shown().filter((message) => message.receipt !== null).length)
  createEffect(() => {
    if (ui.visible()) ui.setSeen(props.chat.conversation, fromPeer(props.chat))
  })
  const figures = createMemo<boolean>((before) => before || anyRunOver(props.chat), false)
  // Fetched when the first run is over: before, they would be in the way of the first message; once they are asked for,
  // the server may be away.
  createEffect(() => {
    if (figures()) for (const part of [receiptDialog, leaveDialog, bench]) part().catch(() => undefined)
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
  const alarms = createMemo(() => props.chat.notices.filter(isAlarm))
  // An alarm interrupts: no sheet may lie over it.
  createEffect(
    on(
      () => alarms().length,
      (now, before = 0) => {
        if (now <= before || open() === 'none' || matchMedia(WIDE).matches) return
        if (document.activeElement?.closest('.bench, .chats')) close()
        else setOpen('none')
      },
    ),
  )
  const paired = () => props.chat.inviteLink === null
  // Under a sheet that covers it nothing takes the focus.
  const beside = createMedia(BESIDE)
  const openReceipt = (id: string) => {
    const message = shown().find((one) => one.id === id)
    const receipt = message && lastReceipt(message, props.chat.run)
    if (receipt) setReceiptOf({ message: id, receipt })
  }
  return (
    <div class="app" classList={{ 'with-bench': paired() }}>
      <ChatList current={props.chat.conversation} open={open() === 'chats'} onClose={close} />
      <main class="talk" inert={open() !== 'none' && !beside()}>
        <ChatHeader chat={props.chat} onShowChats={() => show('chats')} />
        <TalkNotices chat={props.chat} />
        <MessageLog chat={props.chat} messages={shown()} onReceipt={openReceipt} />
        <Alarms chat={props.chat} alarms={alarms()} onReceipt={setReceiptOf} />
        <Show when={figures() || shown().some(({ state }) => state === 'refused')}>
          <LazyPart>
            <BelowLines
              conversation={props.chat.conversation}
              messages={shown()}
              newest={
                props.chat.run?.receipt ?? shown().findLast((message) => message.receipt !== null)?.receipt ?? null
              }
              onOpenBench={() => {
                setPicked(null)
                show('bench')
              }}
            />
          </LazyPart>
        </Show>
        <Composer
          conversation={props.chat.conversation}
          connection={props.chat.connection}
          runs={runs()}
          autofocus={paired()}
        />
      </main>
      <Show when={paired()}>
        <BenchFrame
          chat={props.chat}
          open={open() === 'bench'}
          figures={figures()}
          picked={picked()}
          onNewest={() => setPicked(null)}
          onClose={close}
        />
      </Show>
      <Show when={receiptOf()} keyed>
        {(run) => (
          <LazyPart>
            <ReceiptDialog
              run={run}
              message={shown().find((message) => message.id === run.message) ?? null}
              peerName={props.chat.pairing.peerName}
              onShowRun={(kept) => {
                setPicked(kept)
                show('bench')
              }}
              onClosed={() => setReceiptOf(null)}
            />
          </LazyPart>
        )}
      </Show>
    </div>
  )
}

/** A run that has come to its end with figures, of this chat's; one that is sent may still be on. */
const anyRunOver = ({ run, messages }: Chat): boolean =>
  (run?.receipt != null && (run.phase === 'received' || run.phase === 'ended')) ||
  messages.some(({ receipt, state }) => receipt !== null && state !== 'sent')

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

/** Of each kind the newest: it speaks for the ones before. */
function Alarms(props: { chat: Chat; alarms: readonly AlarmNotice[]; onReceipt(run: KeptRun): void }) {
  const { app } = useUi()
  const newest = () =>
    props.alarms.filter((alarm, at) => props.alarms.findLastIndex(({ reason }) => reason === alarm.reason) === at)
  return (
    <For each={newest()}>
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
