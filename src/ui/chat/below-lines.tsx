// What stands between the lines and the message box once there was a run: a button for all that was refused, and where the
// bench has no place beside the talk its verdict.

import { Show } from 'solid-js'
import { useUi } from '../context.tsx'
import { count, fixed } from '../format.ts'
import { Icon } from '../parts/icons.tsx'
import type { Message, Receipt } from '../types.ts'
import { words } from '../words.ts'

interface BelowLinesProps {
  conversation: string
  messages: readonly Message[]
  newest: Receipt | null
  onOpenBench(): void
}

export default function BelowLines(props: BelowLinesProps) {
  return (
    <>
      <Refused conversation={props.conversation} messages={props.messages} />
      <Strip receipt={props.newest} onOpen={props.onOpenBench} />
    </>
  )
}

/** Where several messages wait refused: one button for all. */
function Refused(props: { conversation: string; messages: readonly Message[] }) {
  const { app } = useUi()
  const refused = () => props.messages.filter((message) => message.state === 'refused' && message.from === 'me')
  const retryAll = () => {
    for (const message of refused()) void app.retry(props.conversation, message.id)
  }
  return (
    <Show when={refused().length > 1}>
      <div class="slot gather">
        <span>{count(refused().length)} messages were refused and wait here.</span>
        <button class="btn small" type="button" onClick={retryAll}>
          <Icon name="retry" />
          Retry all
        </button>
      </div>
    </Show>
  )
}

/** Where the bench has no place beside the talk: its verdict in a line, which opens it. */
function Strip(props: { receipt: Receipt | null; onOpen(): void }) {
  return (
    <Show when={props.receipt}>
      {(newest) => (
        <button class="strip" type="button" onClick={() => props.onOpen()}>
          <Icon name="wave" />
          <Show when={newest().s !== null}>
            <span>
              <b>
                <var>S</var> {fixed(newest().s ?? 0, 2)}
              </b>{' '}
              ± {fixed(((newest().sHigh ?? 0) - (newest().sLow ?? 0)) / 2, 2)}
            </span>
          </Show>
          <span>{count(newest().keyBits)} bits of key</span>
          <span class="go">{words.chat.strip}</span>
        </button>
      )}
    </Show>
  )
}
