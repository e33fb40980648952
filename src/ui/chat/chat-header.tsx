// Who this is with, in what kind of room, and how the connection is, in words; a way back to the chats, a way out.

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
        <div class="named">
          <h1 dir="auto">{Peer(props.chat.pairing.peerName)}</h1>
          <RoomModeStatus mode={props.chat.pairing.mode} />
        </div>
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

/** Said all the time: quietly where the room is private, for all to see where somebody may listen. */
function RoomModeStatus(props: { mode: Chat['pairing']['mode'] }) {
  const lab = () => props.mode === 'lab'
  return (
    <span class={lab() ? 'badge' : 'mini'} role="status" aria-label="Room mode" data-mode={props.mode}>
      <Show when={lab()}>
        <Icon name="wave" />
      </Show>
      {words.chat.rooms[props.mode]}
    </span>
  )
}
