// One message: hollow until it has a key, then filled. Words and progress come only after 300 ms: most runs take less.

import { createMemo, Show } from 'solid-js'
import { fixed, time } from '../format.ts'
import { Icon, StateGlyph } from '../parts/icons.tsx'
import { createLater } from '../parts/later.ts'
import type { Message, Receipt, Run } from '../types.ts'
import { Peer, refusalWords, stateWords, words } from '../words.ts'

const WORDS_AFTER_MS = 300

interface BubbleProps {
  message: Message
  /** The run that is on, of whatever message. */
  run: Run | null
  peerName: string
  /** The peer is not there yet. */
  waiting: boolean
  onReceipt(id: string): void
  onRetry(id: string): void
  onCancel(id: string): void
}

export function Bubble(props: BubbleProps) {
  const open = () => props.message.state === 'queued' || props.message.state === 'distilling'
  const late = createLater(open, WORDS_AFTER_MS)
  const who = () => (props.message.from === 'me' ? words.chat.you : Peer(props.peerName))
  const progress = createMemo(() => {
    // Most bubbles must not look at the run at all: it changes often.
    if (props.message.state !== 'distilling') return null
    const { run } = props
    if (run?.message !== props.message.id || run.phase !== 'pairs') return null
    return { done: run.donePairs, pairs: run.pairs }
  })
  return (
    <article
      class="msg"
      classList={{
        me: props.message.from === 'me',
        peer: props.message.from === 'peer',
        late: late(),
        'by-eve': byEve(props.message),
      }}
      data-id={props.message.id}
      data-from={props.message.from}
      data-kind={props.message.kind}
      data-state={props.message.state}
      aria-label={`${who()}, ${time(props.message.writtenAtMs)}`}
    >
      <div class="bubble">
        <Show when={late() && props.message.state === 'distilling'}>
          <KeyFill fraction={fraction(props.message, props.run)} />
        </Show>
        <p data-field="text" dir="auto">
          {props.message.text}
        </p>
      </div>
      <Meta {...props} hushed={open() && !late()} progress={progress()} />
    </article>
  )
}

/** Of the last run of a message. One that came out short by chance is kept by nobody, but it may still be on the bench. */
export function lastReceipt(message: Message, run: Run | null): Receipt | null {
  if (message.receipt !== null || !message.shortByChance) return message.receipt
  return run?.message === message.id ? run.receipt : null
}

const byEve = (message: Message): boolean => message.refusedFor === 'eavesdropper' || message.refusedFor === 'tampered'

/** How far the run of this message is with its pairs; past them it is full. */
function fraction(message: Message, run: Run | null): number {
  if (run?.message !== message.id) return 0
  return run.phase === 'pairs' ? run.donePairs / Math.max(1, run.pairs) : 1
}

function KeyFill(props: { fraction: number }) {
  return (
    <svg class="key-fill" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
      <rect width={100 * props.fraction} height="1" />
    </svg>
  )
}

function Meta(props: BubbleProps & { hushed: boolean; progress: { done: number; pairs: number } | null }) {
  const state = () => stateWords(props.message, props.peerName, props.waiting, props.progress)
  const sent = () =>
    props.message.from === 'peer' || !(props.message.state === 'queued' || props.message.state === 'distilling')
  const refused = () => props.message.state === 'refused'
  return (
    <footer class="meta" aria-live="off">
      <Show when={!props.hushed}>
        <Show when={sent()}>
          <time datetime={new Date(props.message.writtenAtMs).toISOString()}>{time(props.message.writtenAtMs)}</time>
        </Show>
        <Show when={state()}>
          <span class="state">
            <StateGlyph state={props.message.state} />
            <span classList={{ eve: byEve(props.message) }}>{state()}</span>
          </span>
        </Show>
        <Show when={sent() && !refused() && props.message.receipt?.s != null}>
          <span>
            <var>S</var> {fixed(props.message.receipt?.s ?? 0, 2)}
          </span>
        </Show>
        <Show when={lastReceipt(props.message, props.run)}>
          <button class="link" type="button" onClick={() => props.onReceipt(props.message.id)}>
            {words.chat.receipt}
          </button>
        </Show>
        <Show when={props.message.from === 'me' && props.message.state === 'queued'}>
          <button class="link" type="button" onClick={() => props.onCancel(props.message.id)}>
            {words.chat.cancel}
          </button>
        </Show>
        <Show when={refused()}>
          <Refused {...props} />
        </Show>
      </Show>
    </footer>
  )
}

function Refused(props: BubbleProps) {
  return (
    <>
      <Show when={refusalWords(props.message, props.peerName)}>{(why) => <span class="why">{why()}</span>}</Show>
      <span class="acts">
        <button class="btn small first" type="button" onClick={() => props.onRetry(props.message.id)}>
          <Icon name="retry" />
          {words.chat.retry}
        </button>
        <button class="btn small" type="button" onClick={() => props.onCancel(props.message.id)}>
          {words.chat.cancel}
        </button>
      </span>
    </>
  )
}
