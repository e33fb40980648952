// Who this is with and how the connection is, in words; a way back to the chats, a way out.

import { createSignal, lazy, Show } from 'solid-js'
import type { Chat } from '../../app/state.ts'
import { Icon } from '../parts/icons.tsx'
import { createSettled } from '../parts/later.ts'
import { LazyPart } from '../parts/lazy-part.tsx'
import { connectionWords, Peer, words } from '../words.ts'

export const leaveDialog = () => import('./leave-dialog.tsx')
const LeaveDialog = lazy(leaveDialog)

/** So long a state has to last before it is read out. */
const SPOKEN_AFTER_MS = 2000

export function ChatHeader(props: { chat: Chat; onShowChats(): void }) {
  const [leaving, setLeaving] = createSignal(false)
  const inviting = () => props.chat.inviteLink !== null
  const sentence = () =>
    connectionWords(props.chat.connection, props.chat.pairing.peerName, inviting(), props.chat.notices.length > 0)
  const spoken = createSettled(sentence, SPOKEN_AFTER_MS)
  return (
    <header>
      <button
        class="btn quiet icon phone"
        type="button"
        aria-label={words.chat.backToChats}
        onClick={() => props.onShowChats()}
      >
        <Icon name="back" />
      </button>
      <div class="who">
        <h1>
          <span dir="auto">{Peer(props.chat.pairing.peerName)}</span>
          <Show when={props.chat.pairing.mode === 'lab'}>
            <span class="badge" role="status" aria-label="Room mode" data-mode="lab">
              <Icon name="wave" />
              {words.chat.labRoom}
            </span>
          </Show>
        </h1>
        <span
          class="conn"
          role="status"
          aria-live="off"
          aria-label="Connection"
          data-state={props.chat.connection.state}
        >
          {sentence()}
        </span>
        <span class="sr" aria-live="polite">
          {spoken()}
        </span>
      </div>
      <button class="btn quiet icon" type="button" aria-label={words.chat.leave} onClick={() => setLeaving(true)}>
        <Icon name="leave" />
      </button>
      <Show when={leaving()}>
        <LazyPart>
          <LeaveDialog conversation={props.chat.conversation} onClosed={() => setLeaving(false)} />
        </LazyPart>
      </Show>
    </header>
  )
}
