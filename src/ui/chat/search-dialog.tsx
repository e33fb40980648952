// Search over what this tab has in memory of all chats: nothing is asked of anybody. Newest first.

import { createMemo, createSignal, For, Show } from 'solid-js'
import type { Chat } from '../../app/state.ts'
import { useUi } from '../context.tsx'
import { count, moment } from '../format.ts'
import { closeSheet, Sheet } from '../parts/sheet.tsx'
import type { Message } from '../types.ts'
import { Peer, words } from '../words.ts'
import { type Found, find, fold } from './search-text.ts'
import '../styles/search.css'

interface Result {
  readonly chat: Chat
  readonly message: Message
  readonly line: Found
}

/** More than these nobody reads: the search is made narrower. */
const SHOWN = 100

/** So much of a long text stands before the part that was found, characters. */
const BEFORE = 40

export default function SearchDialog(props: { onFound(): void; onClosed(): void }) {
  const { app, setSought } = useUi()
  const [query, setQuery] = createSignal('')
  const results = createMemo(() => search(app.state.chats, fold(query().trim())))
  const open = (event: MouseEvent, { chat, message }: Result) => {
    const { conversation } = chat
    closeSheet(event)
    props.onFound()
    app.openChat(conversation)
    setSought({ conversation, id: message.id })
  }
  return (
    <Sheet title={words.chat.search} small onClosed={props.onClosed}>
      <div class="in stack search">
        <input
          class="input"
          autofocus
          type="search"
          aria-label="Search messages"
          placeholder="Search messages"
          dir="auto"
          enterkeyhint="search"
          autocomplete="off"
          value={query()}
          onInput={(event) => setQuery(event.currentTarget.value)}
          onKeyDown={(event) => {
            // The browser would only empty the box.
            if (event.key !== 'Escape' || event.isComposing) return
            event.preventDefault()
            event.currentTarget.closest('dialog')?.close()
          }}
        />
        <p class="said" role="status">
          {summary(query(), results().length)}
        </p>
        <ul class="results" aria-label="Search results">
          <For each={results().slice(0, SHOWN)}>
            {(result) => <ResultLine {...result} onOpen={(event) => open(event, result)} />}
          </For>
        </ul>
      </div>
    </Sheet>
  )
}

function ResultLine(props: Result & { onOpen(event: MouseEvent): void }) {
  const who = () => Peer(props.chat.pairing.peerName)
  return (
    <li>
      <button type="button" onClick={(event) => props.onOpen(event)}>
        <b dir="auto">{who()}</b>
        <time datetime={new Date(props.message.writtenAtMs).toISOString()}>
          {moment(props.message.writtenAtMs, Date.now())}
        </time>
        <span class="line" dir="auto">
          <Show when={props.message.from === 'me'} fallback={<span class="sr">{who()}: </span>}>
            {words.chat.you}:{' '}
          </Show>
          {shortened(props.line.before)}
          <mark>{props.line.part}</mark>
          {props.line.after}
        </span>
      </button>
    </li>
  )
}

function search(chats: readonly Chat[], folded: string): readonly Result[] {
  const results: Result[] = []
  for (const chat of chats) {
    for (const message of chat.messages) {
      const line = message.state === 'cancelled' ? null : find(folded, message.text)
      if (line !== null) results.push({ chat, message, line })
    }
  }
  return results.sort((a, b) => b.message.writtenAtMs - a.message.writtenAtMs)
}

function summary(query: string, found: number): string {
  if (query.trim() === '') return 'In all your chats. Upper case and accents make no difference.'
  if (found === 0) return 'No message has this.'
  if (found > SHOWN) return `${count(found)} messages have this. The newest ${SHOWN} are shown.`
  return found === 1 ? 'One message has this.' : `${count(found)} messages have this.`
}

/** By whole characters. */
function shortened(text: string): string {
  const characters = [...text]
  return characters.length > BEFORE ? `…${characters.slice(-BEFORE).join('')}` : text
}
