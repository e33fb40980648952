// Around every screen of a tab that let an eavesdropper in (`?eve=`): her badge, which stands over all of them while she
// is on, with what she does and a button to switch her off. Loaded before any screen is drawn, and by such tabs only.

import '../styles/eve.css'
import { createEffect, createSignal, lazy, type ParentProps, Show } from 'solid-js'
import type { EveOnTab } from '../../app/state.ts'
import { useUi } from '../context.tsx'
import { Mark } from '../parts/icons.tsx'
import { LazyPart } from '../parts/lazy-part.tsx'
import { attackName, attackSentence, eveWords } from './eve-words.ts'

const evePanel = () => import('./eve-panel.tsx')
const EvePanel = lazy(evePanel)

export default function EveFrame(props: ParentProps<{ eve: EveOnTab }>) {
  const [open, setOpen] = createSignal(false)
  // Fetched with her first report: later the server may be away.
  createEffect(() => {
    if (props.eve.reports.length > 0) evePanel().catch(() => undefined)
  })
  return (
    <div class="with-eve">
      <Badge eve={props.eve} onOpen={() => setOpen(true)} />
      <div class="beneath-eve">{props.children}</div>
      <Show when={open()}>
        <LazyPart>
          <EvePanel eve={props.eve} onClosed={() => setOpen(false)} />
        </LazyPart>
      </Show>
    </div>
  )
}

/** A status while she is on, and only then. */
function Badge(props: { eve: EveOnTab; onOpen(): void }) {
  const { app } = useUi()
  let switchButton: HTMLButtonElement | undefined
  // The button that was pressed is gone then: the focus goes on to the one in its place.
  const toggle = async () => {
    await app.setEve(props.eve.on ? null : props.eve.asked)
    switchButton?.focus()
  }
  const buttons = (label: string) => (
    <div class="row">
      <button ref={switchButton} class="btn small" type="button" onClick={() => void toggle()}>
        {label}
      </button>
      <button class="btn small" type="button" onClick={() => props.onOpen()}>
        {eveWords.knows}
      </button>
    </div>
  )
  return (
    <Show
      when={props.eve.on}
      fallback={
        <div class="eve-badge">
          <Mark />
          <p>
            <b>{eveWords.off}</b> {eveWords.offText}
          </p>
          {buttons(eveWords.switchOn)}
        </div>
      }
    >
      <div class="eve-badge on-eve" role="status" aria-label="Eve" data-eve={props.eve.asked.kind}>
        <Mark />
        <p>
          <b>Eve is on: {attackName(props.eve.asked)}.</b> {attackSentence(props.eve.asked)}
        </p>
        {buttons(eveWords.switchOff)}
      </div>
    </Show>
  )
}
