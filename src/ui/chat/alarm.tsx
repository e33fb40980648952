// Eve's alert: what happened, how sure that is, the readings beside their usual values, what to do. It interrupts once
// and stays until it is closed; the message keeps its Retry.

import { createUniqueId, Show } from 'solid-js'
import type { Chat, Notice } from '../../app/state.ts'
import { count, fixed, percent } from '../format.ts'
import { Icon } from '../parts/icons.tsx'
import type { Receipt } from '../types.ts'
import { eavesdropperWords, tamperedWords, words } from '../words.ts'

interface AlarmProps {
  notice: Notice
  chat: Chat
  onReceipt(id: string): void
  onClose(): void
}

export function Alarm(props: AlarmProps) {
  const id = createUniqueId()
  const message = () => props.chat.messages.find((one) => one.id === props.notice.message)
  const mine = () => message()?.from === 'me'
  const name = () => props.chat.pairing.peerName
  const said = () =>
    props.notice.reason === 'eavesdropper'
      ? eavesdropperWords(name(), mine())
      : tamperedWords(name(), props.chat.pairing.paired)
  return (
    <section class="alarm" role="alert" data-reason={props.notice.reason} aria-labelledby={id}>
      <div class="in">
        <h2 id={id}>
          <Icon name="eye" />
          <span>{said().title}</span>
        </h2>
        <p>{said().text}</p>
        <Show when={props.notice.receipt}>{(receipt) => <Readings receipt={receipt()} />}</Show>
        <p>
          <b>What to do.</b> {said().advice}
        </p>
        <div class="row">
          <Show when={message()?.receipt}>
            <button class="btn" type="button" onClick={() => props.onReceipt(props.notice.message ?? '')}>
              See what happened
            </button>
          </Show>
          <button class="btn quiet" type="button" onClick={() => props.onClose()}>
            {words.chat.close}
          </button>
        </div>
      </div>
    </section>
  )
}

function Readings(props: { receipt: Receipt }) {
  const s = () => props.receipt.s
  const qber = () => props.receipt.qber
  return (
    <dl class="readings">
      <div>
        <dt>Bell test</dt>
        <dd>
          <var>S</var>{' '}
          <span data-field="s" data-value={s() ?? ''}>
            {s() === null ? 'unknown' : fixed(s() ?? 0, 2)}
          </span>{' '}
          <small>usually 2.83</small>
        </dd>
      </div>
      <div>
        <dt>Errors</dt>
        <dd>
          <span data-field="qber" data-value={qber() ?? ''}>
            {qber() === null ? 'unknown' : percent(qber() ?? 0)}
          </span>{' '}
          <small>usually 0</small>
        </dd>
      </div>
      <div>
        <dt>Key</dt>
        <dd>
          <span data-field="keyBits" data-value={props.receipt.keyBits}>
            {count(props.receipt.keyBits)} bits
          </span>{' '}
          <small>{count(props.receipt.neededBits)} needed</small>
        </dd>
      </div>
    </dl>
  )
}
