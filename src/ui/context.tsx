// What every screen reaches: the app, and what the screens know themselves, drafts and what was seen.

import {
  type Accessor,
  createComputed,
  createContext,
  createMemo,
  createSignal,
  on,
  onCleanup,
  type ParentProps,
  useContext,
} from 'solid-js'
import type { App, OwnText } from '../app/state.ts'

export interface Ui {
  readonly app: App
  /** Text in the message box of each conversation, so that going to another chat loses none of it; or an `OwnText`. */
  draft(of: string): string
  setDraft(of: string, text: string): void
  /** The draft is about to be a message: it isn't kept as a draft any more, unless it changes. */
  sendDraft(conversation: string): void
  /** How many of the peer's messages the person had on the screen, in this tab or before. */
  seen(conversation: string): number
  setSeen(conversation: string, messages: number): void
  /** The message that is to be brought into view: one that was searched for. */
  readonly sought: Accessor<Sought | null>
  setSought(sought: Sought): void
  /** False while the tab is hidden. */
  readonly visible: Accessor<boolean>
}

export interface Sought {
  readonly conversation: string
  readonly id: string
}

const Context = createContext<Ui>()

export function UiProvider(props: ParentProps<{ app: App }>) {
  const ui = createUi(props.app)
  return <Context.Provider value={ui}>{props.children}</Context.Provider>
}

export function useUi(): Ui {
  const ui = useContext(Context)
  if (ui === undefined) throw new Error('useUi needs a UiProvider above it')
  return ui
}

/** Counts by conversation, as JSON. */
export const SEEN = 'seen' satisfies OwnText

/** A draft is kept as soon as the person pauses. */
const KEEP_AFTER_MS = 300

function createUi(app: App): Ui {
  const keeping = createKeeping((of) => app.saveText(of, text(of)))
  const [texts, setTexts] = createSignal<Readonly<Record<string, string>>>({})
  const [sought, setSought] = createSignal<Sought | null>(null, { equals: false })
  // Another person begins.
  createComputed(
    on(
      () => app.state.texts,
      () => setTexts({}),
      { defer: true },
    ),
  )
  const text = (of: string) => texts()[of] ?? app.state.texts.get(of) ?? ''
  const setText = (of: string, written: string) => {
    setTexts((before) => ({ ...before, [of]: written }))
    keeping.later(of)
  }
  const seenText = createMemo(() => text(SEEN))
  const seen = createMemo<Readonly<Record<string, number>>>(() => JSON.parse(seenText() || '{}'))
  return {
    app,
    draft: text,
    setDraft: setText,
    sendDraft: keeping.never,
    seen: (conversation) => seen()[conversation] ?? 0,
    setSeen: (conversation, messages) => {
      if (messages > (seen()[conversation] ?? 0)) setText(SEEN, JSON.stringify({ ...seen(), [conversation]: messages }))
    },
    sought,
    setSought,
    visible: createVisible(),
  }
}

/**
 * Calls `keep` for what changed, once it rests, and at once when the page goes out of sight or is about to end: it may
 * not come back, and once it ends its worker has only a moment left.
 */
function createKeeping(keep: (of: string) => void): { later(of: string): void; never(of: string): void } {
  const changed = new Set<string>()
  let timer: ReturnType<typeof setTimeout> | undefined
  const keepAll = () => {
    for (const of of changed) keep(of)
    changed.clear()
  }
  document.addEventListener('visibilitychange', keepAll)
  const endings = ['beforeunload', 'pagehide'] as const
  for (const ending of endings) addEventListener(ending, keepAll)
  onCleanup(() => {
    document.removeEventListener('visibilitychange', keepAll)
    for (const ending of endings) removeEventListener(ending, keepAll)
  })
  return {
    later(of) {
      changed.add(of)
      clearTimeout(timer)
      timer = setTimeout(keepAll, KEEP_AFTER_MS)
    },
    never: (of) => void changed.delete(of),
  }
}

function createVisible(): Accessor<boolean> {
  const [visible, setVisible] = createSignal(document.visibilityState === 'visible')
  const look = () => setVisible(document.visibilityState === 'visible')
  document.addEventListener('visibilitychange', look)
  onCleanup(() => document.removeEventListener('visibilitychange', look))
  return visible
}
