// The conversation, oldest first. It opens at its newest line and stays there, until the person reads further up. Of a
// long one only the newest lines are in the document, and more as the person goes up.

import {
  createComputed,
  createEffect,
  createMemo,
  createSignal,
  For,
  onCleanup,
  onMount,
  Show,
  untrack,
} from 'solid-js'
import type { Chat } from '../../app/state.ts'
import { useUi } from '../context.tsx'
import { day } from '../format.ts'
import { InvitePanel } from '../invite/invite-panel.tsx'
import { Icon } from '../parts/icons.tsx'
import type { Message } from '../types.ts'
import { words } from '../words.ts'
import { Bubble } from './bubble.tsx'

interface LogProps {
  chat: Chat
  messages: readonly Message[]
  onReceipt(id: string): void
}

export function MessageLog(props: LogProps) {
  const { app, sought } = useUi()
  const conversation = () => props.chat.conversation
  const waiting = () => props.chat.connection.state === 'waiting'
  let scroller!: HTMLDivElement
  const { below, jump, start, showEarlier, showFrom } = createFollow(
    () => scroller,
    () => props.messages,
  )
  createEffect(() => {
    const { conversation, id } = sought() ?? {}
    if (conversation !== props.chat.conversation) return
    showFrom(untrack(() => props.messages.findIndex((message) => message.id === id)))
    // After whatever else takes the focus when a chat is opened; what lies before may get its size only now.
    requestAnimationFrame(() => {
      const article = scroller.querySelector<HTMLElement>(`[data-id="${id}"]`)
      if (!article) return
      article.scrollIntoView({ block: 'center' })
      article.tabIndex = -1
      article.focus({ preventScroll: true })
    })
  })
  // A line stays the same element while its message changes.
  const drawn = createMemo(() => new Map(props.messages.slice(start()).map((message) => [message.id, message])))
  return (
    <>
      <div ref={scroller} class="scroll" classList={{ 'from-top': props.chat.inviteLink !== null }}>
        {/* One child, or the reversed column would turn the order round. */}
        <div class="whole">
          <Show when={props.chat.inviteLink}>{(link) => <InvitePanel link={link()} />}</Show>
          <div
            class="log"
            role="log"
            aria-label={words.chat.messages}
            aria-relevant="additions"
            data-count={props.messages.length}
            tabindex="0"
          >
            <div class="lines" classList={{ long: props.messages.length > LONG }}>
              <Show when={start() > 0}>
                <p class="day">
                  <button class="link" type="button" onClick={showEarlier}>
                    {words.chat.earlier}
                  </button>
                </p>
              </Show>
              <Show when={props.chat.pairing.paired && start() === 0}>
                <p class="day">
                  {props.messages[0] ? `${day(props.messages[0].writtenAtMs, Date.now())}. ` : ''}
                  {words.chat.began}
                </p>
              </Show>
              <For each={[...drawn().keys()]}>
                {(id) => {
                  // What is taken away may be asked for its message once more.
                  const message = createMemo<Message>((last) => drawn().get(id) ?? last, drawn().get(id)!)
                  return (
                    <Bubble
                      message={message()}
                      run={props.chat.run}
                      peerName={props.chat.pairing.peerName}
                      waiting={waiting()}
                      onReceipt={props.onReceipt}
                      onRetry={(id) => void app.retry(conversation(), id)}
                      onCancel={(id) => void app.cancel(conversation(), id)}
                    />
                  )
                }}
              </For>
            </div>
          </div>
        </div>
      </div>
      <Show when={below()}>
        <div class="jump">
          <button class="btn small" type="button" onClick={jump}>
            <Icon name="down" />
            {words.chat.newLines}
          </button>
        </div>
      </Show>
    </>
  )
}

/** Messages from which on a log is long. */
const LONG = 80

/** Lines that are in the document when the newest is in sight, and so many more each time that the person is at the top. */
const DRAWN = 200

/** So many lines are drawn before one that was searched for. */
const BEFORE_SOUGHT = 20

/** As near to the oldest drawn line as makes more of them be drawn, pixels: before the person is there. */
const NEAR_TOP = 600

/** As far from the newest line as still counts as being there, pixels. */
const NEAR = 80

/**
 * Goes to the newest line when the person wrote one; says so when one came while they read further up. `start` is the
 * first message that is drawn: it stands still while they read.
 */
function createFollow(scroller: () => HTMLElement, messages: () => readonly Message[]) {
  const [away, setAway] = createSignal(false)
  const [readTo, setReadTo] = createSignal(0)
  const [start, setStart] = createSignal(0)
  createComputed(() => {
    if (!away()) setStart(Math.max(0, messages().length - DRAWN))
  })
  const showEarlier = () => {
    setAway(true)
    setStart(Math.max(0, start() - DRAWN))
  }
  /** Draws from a message on, if not more than that is drawn. */
  const showFrom = (at: number) => {
    if (at >= start() || at < 0) return
    setAway(true)
    setStart(Math.max(0, at - BEFORE_SOUGHT))
  }
  const mine = createMemo(() => messages().filter((message) => message.from === 'me').length)
  const look = () => {
    const element = scroller()
    const fromTop = element.classList.contains('from-top')
    const left = fromTop ? element.scrollHeight - element.clientHeight - element.scrollTop : -element.scrollTop
    setAway(left > NEAR)
    if (left <= NEAR) setReadTo(messages().length)
    else if (start() > 0 && element.scrollHeight - element.clientHeight - left < NEAR_TOP) showEarlier()
  }
  const jump = () => {
    // Reversed lines stay at the newest by themselves; asking where they are would lay the page out once more.
    if (!away() && !scroller().classList.contains('from-top')) return
    scroller().scrollTop = scroller().classList.contains('from-top') ? scroller().scrollHeight : 0
  }
  onMount(() => {
    const element = scroller()
    element.addEventListener('scroll', look, { passive: true })
    onCleanup(() => element.removeEventListener('scroll', look))
  })
  createJumpOn(mine, jump)
  return { below: () => away() && messages().length > readTo() && readTo() > 0, jump, start, showEarlier, showFrom }
}

function createJumpOn(mine: () => number, jump: () => void): void {
  const last = createMemo<number>((before) => {
    if (mine() > before) queueMicrotask(jump)
    return mine()
  }, mine())
  last()
}
