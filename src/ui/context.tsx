// What every screen reaches: the app, and what the screens know themselves, drafts and what was seen.

import { type Accessor, createContext, createSignal, onCleanup, type ParentProps, useContext } from 'solid-js'
import type { App } from '../app/state.ts'

export interface Ui {
  readonly app: App
  /** Text in the message box of each conversation, so that going to another chat loses none of it. */
  draft(conversation: string): string
  setDraft(conversation: string, text: string): void
  /** How many of the peer's messages the person had on the screen. */
  seen(conversation: string): number
  setSeen(conversation: string, messages: number): void
  /** False while the tab is hidden. */
  readonly visible: Accessor<boolean>
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

/** A draft is kept as soon as the person pauses. */
const KEEP_AFTER_MS = 300

function createUi(app: App): Ui {
  const keepLater = createKeeping((conversation) => app.saveDraft(conversation, drafts()[conversation] ?? ''))
  const [drafts, setDrafts] = createSignal<Readonly<Record<string, string>>>({})
  const [seen, setSeen] = createSignal<Readonly<Record<string, number>>>({})
  return {
    app,
    draft: (conversation) => drafts()[conversation] ?? app.state.drafts.get(conversation) ?? '',
    setDraft(conversation, text) {
      setDrafts((before) => ({ ...before, [conversation]: text }))
      keepLater(conversation)
    },
    seen: (conversation) => seen()[conversation] ?? 0,
    setSeen: (conversation, messages) => {
      if (seen()[conversation] !== messages) setSeen((before) => ({ ...before, [conversation]: messages }))
    },
    visible: createVisible(),
  }
}

/** Calls `keep` for what changed, once it rests, and at once when the page goes out of sight: it may not come back. */
function createKeeping(keep: (conversation: string) => void): (conversation: string) => void {
  const changed = new Set<string>()
  let timer: ReturnType<typeof setTimeout> | undefined
  const keepAll = () => {
    for (const conversation of changed) keep(conversation)
    changed.clear()
  }
  document.addEventListener('visibilitychange', keepAll)
  addEventListener('pagehide', keepAll)
  onCleanup(() => {
    document.removeEventListener('visibilitychange', keepAll)
    removeEventListener('pagehide', keepAll)
  })
  return (conversation) => {
    changed.add(conversation)
    clearTimeout(timer)
    timer = setTimeout(keepAll, KEEP_AFTER_MS)
  }
}

function createVisible(): Accessor<boolean> {
  const [visible, setVisible] = createSignal(document.visibilityState === 'visible')
  const look = () => setVisible(document.visibilityState === 'visible')
  document.addEventListener('visibilitychange', look)
  onCleanup(() => document.removeEventListener('visibilitychange', look))
  return visible
}
