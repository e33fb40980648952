// What stopped a message: what happened, how sure that is, what it means, the readings beside their usual values, what
// to do. It interrupts once and stays until it is closed; the message keeps its Retry. Vermilion only where Eve did it.
// No part that comes later: whoever is at work on the network must not be able to keep it back.

import { createUniqueId, Show } from 'solid-js'
import type { Chat } from '../../app/state.ts'
import { count, fixed, percent } from '../format.ts'
import { Icon } from '../parts/icons.tsx'
import type { Alarm as AlarmNotice } from '../parts/notices.tsx'
import type { KeptRun, Receipt } from '../types.ts'
import { type AlarmAbout, alarmWords, cutWords, words } from '../words.ts'

interface AlarmProps {
  notice: AlarmNotice
  chat: Chat
  onReceipt(run: KeptRun): void
  onClose(): void
}

export function Alarm(props: AlarmProps) {
  const id = createUniqueId()
  const message = () => props.chat.messages.find((one) => one.id === props.notice.message)
  const receipt = () => props.notice.receipt ?? message()?.receipt ?? null
  const about = (): AlarmAbout => {
    const mine = message()
    if (mine?.from !== 'me') return 'peer'
    return mine.state === 'sent' ? 'sent' : 'refused'
  }
  const said = () => {
    const { paired, peerName } = props.chat.pairing
    return paired ? alarmWords(props.notice.reason, about(), peerName) : cutWords
  }
  return (
    <section
      class="alarm"
      classList={{ ink: props.notice.reason === 'noisy' }}
      role="alert"
      data-reason={props.notice.reason}
      aria-labelledby={id}
    >
      <div class="in">
        <h2 id={id}>
          <Icon name={props.notice.reason === 'noisy' ? 'wave' : 'eye'} />
          <span>{said().title}</span>
        </h2>
        <p>{said().text}</p>
        <Show when={receipt()}>{(known) => <Readings receipt={known()} />}</Show>
        <p>
          <b>{words.chat.whatToDo}</b> {said().advice}
        </p>
        <div class="row">
          <Show when={receipt()}>
            {(known) => (
              <button
                class="btn"
                type="button"
                onClick={() => props.onReceipt({ message: props.notice.message, receipt: known() })}
              >
                {words.chat.whatHappened}
              </button>
            )}
          </Show>
          <button class="btn quiet" type="button" onClick={() => props.onClose()}>
            {words.chat.close}
          </button>
        </div>
      </div>
    </section>
  )
}

/** Each beside what the link as planned usually gives. */
function Readings(props: { receipt: Receipt }) {
  const s = () => props.receipt.s
  const qber = () => props.receipt.qber
  const noise = () => props.receipt.plannedNoise
  return (
    <dl class="readings">
      <div>
        <dt>Bell test</dt>
        <dd>
          <var>S</var>{' '}
          <span data-field="s" data-value={s() ?? ''}>
            {s() === null ? 'unknown' : fixed(s() ?? 0, 2)}
          </span>{' '}
          <small>usually {fixed(2 * Math.SQRT2 * (1 - noise()), 2)}</small>
        </dd>
      </div>
      <div>
        <dt>Errors</dt>
        <dd>
          <span data-field="qber" data-value={qber() ?? ''}>
            {qber() === null ? 'unknown' : percent(qber() ?? 0)}
          </span>{' '}
          <small>usually {noise() === 0 ? 0 : percent(noise() / 2)}</small>
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
