// The message box. What was written is taken at Enter, and stays in the box with the reason if it could not be stored.

import { createEffect, createSignal, on, onMount, Show } from 'solid-js'
import { useUi } from '../context.tsx'
import { Icon } from '../parts/icons.tsx'
import { createSettled } from '../parts/later.ts'
import type { Connection } from '../types.ts'
import { costOffline, costWords, SHORT_CHARACTERS, words } from '../words.ts'

const COST_AFTER_MS = 150
const encoder = new TextEncoder()

interface ComposerProps {
  conversation: string
  connection: Connection
  /** How many runs were done: each may change what the next one costs. */
  runs: number
  /** Takes the focus when it appears. */
  autofocus: boolean
}

export function Composer(props: ComposerProps) {
  const { app, draft, setDraft, sendDraft } = useUi()
  const [fault, setFault] = createSignal<string | null>(null)
  const text = () => draft(props.conversation)
  let box!: HTMLTextAreaElement
  createGrow(() => box, text)
  onMount(() => {
    if (props.autofocus && matchMedia('(pointer: fine)').matches) box.focus({ preventScroll: true })
  })

  /** What was taken and still stands in the box: until its bubble is drawn (drawing the empty box sooner would hold up
   * the message at the page's door), or until the person goes on writing. */
  let taken: { conversation: string } | null = null
  const empty = () => {
    if (taken !== null) setDraft(taken.conversation, '')
    taken = null
  }
  const send = async () => {
    const { conversation } = props
    const written = text()
    // Enter twice sends nothing twice.
    if (taken?.conversation === conversation || written.trim() === '') return
    empty()
    const now = { conversation }
    taken = now
    setFault(null)
    sendDraft(conversation)
    const reason = await app.send(conversation, written)
    if (reason === null) {
      if (taken === now) empty()
      return
    }
    setFault(reason)
    const newer = taken === now ? '' : draft(conversation)
    if (taken === now) taken = null
    setDraft(conversation, [written, newer].filter(Boolean).join('\n'))
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter') empty()
    // 229: some input methods report Enter so while they compose.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return
    event.preventDefault()
    void send()
  }
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault()
        void send()
        box.focus()
      }}
    >
      <textarea
        ref={box}
        class="input"
        id="message"
        aria-label={words.chat.message}
        aria-describedby="message-cost"
        // Else the browser keeps its value for a restored session, in the open.
        autocomplete="off"
        rows="1"
        dir="auto"
        enterkeyhint="send"
        placeholder={words.chat.message}
        value={text()}
        onBeforeInput={empty}
        onInput={(event) => setDraft(props.conversation, event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <button class="btn first icon" type="submit" aria-label={words.chat.send}>
        <Icon name="up" />
      </button>
      <Show when={fault()}>
        <p class="fault" role="alert">
          {fault()}
        </p>
      </Show>
      <Cost conversation={props.conversation} connection={props.connection} runs={props.runs} text={text()} />
    </form>
  )
}

/** What the text will take in pairs, asked once the person pauses; the last answer wins. */
function Cost(props: { conversation: string; connection: Connection; runs: number; text: string }) {
  const { app } = useUi()
  const [pairs, setPairs] = createSignal<number | null>(null)
  const bytes = createSettled(() => Math.max(SHORT_CHARACTERS, encoder.encode(props.text).length), COST_AFTER_MS)
  const runs = createSettled(() => props.runs, COST_AFTER_MS)
  let asked = 0
  createEffect(
    on([bytes, () => props.conversation, () => props.connection.state, runs], async ([length, conversation]) => {
      const turn = ++asked
      const answer = await app.cost(conversation, length).catch(() => null)
      if (turn === asked) setPairs(answer)
    }),
  )
  const line = () => {
    if (props.connection.state === 'offline') return costOffline
    const known = pairs()
    return known === null ? '' : costWords([...props.text].length, bytes(), known)
  }
  return (
    <small class="cost" id="message-cost">
      {line()}
    </small>
  )
}

/** Where the browser can't size the box by its content itself. */
function createGrow(box: () => HTMLTextAreaElement, text: () => string): void {
  if (CSS.supports('field-sizing', 'content')) return
  createEffect(
    on(text, () => {
      box().style.height = 'auto'
      box().style.height = `${box().scrollHeight + 2}px`
    }),
  )
}
