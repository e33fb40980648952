// The place of the bench beside the talk. What it draws comes with the first run, in a chunk of its own.

import { type Accessor, createEffect, createMemo, createSignal, lazy, on, Show } from 'solid-js'
import type { Chat } from '../../app/state.ts'
import { Icon } from '../parts/icons.tsx'
import { createLater } from '../parts/later.ts'
import { LazyPart } from '../parts/lazy-part.tsx'
import type { Run } from '../types.ts'
import { words } from '../words.ts'

export const bench = () => import('./bench.tsx')
const Bench = lazy(bench)

export function BenchFrame(props: { chat: Chat; open: boolean; onClose(): void }) {
  let region!: HTMLElement
  const run = createMemo(() => props.chat.run ?? past(props.chat))
  const drawn = createDrawn(run)
  const message = () => props.chat.messages.find((one) => one.id === drawn()?.message)
  createEffect(
    on(
      () => props.open,
      (open) => open && region.focus(),
      { defer: true },
    ),
  )
  return (
    <section
      ref={region}
      class="bench"
      classList={{ open: props.open, aborted: aborted(drawn()) }}
      aria-label={words.key.title}
      data-phase={run()?.phase ?? 'idle'}
      tabindex="0"
      onKeyDown={(event) => event.key === 'Escape' && props.onClose()}
    >
      <header>
        <div>
          <h2>{words.key.title}</h2>
          <Show when={message()}>{(one) => <p dir="auto">“{one().text}”</p>}</Show>
        </div>
        <button
          class="btn quiet icon phone"
          type="button"
          aria-label={words.chat.close}
          onClick={() => props.onClose()}
        >
          <Icon name="close" />
        </button>
      </header>
      <Show when={drawn()} fallback={<p class="empty">{words.key.empty}</p>}>
        {(one) => (
          <LazyPart>
            <Bench run={one()} />
          </LazyPart>
        )}
      </Show>
    </section>
  )
}

/** As long as a run goes on without a reading before it takes the place of the one before: most are over sooner. */
const DRAWN_AFTER_MS = 300

function createDrawn(run: Accessor<Run | null>): Accessor<Run | null> {
  const [drawn, setDrawn] = createSignal<Run | null>(null)
  const fresh = createMemo(() => {
    const before = drawn()
    const next = run()
    return before !== null && next !== null && next.receipt === null && next.session !== before.session
  })
  const lasts = createLater(fresh, DRAWN_AFTER_MS)
  createEffect(() => {
    if (fresh() && !lasts()) return
    const next = run()
    // A copy: the app changes its run in place.
    setDrawn(next && { ...next })
  })
  return drawn
}

const aborted = (run: Run | null): boolean =>
  run?.receipt != null && run.receipt.outcome !== 'delivered' && run.receipt.outcome !== 'sent'

/** The newest run that a receipt is left of, where none is on. */
function past(chat: Chat): Run | null {
  const message = chat.messages.findLast((one) => one.receipt !== null)
  if (!message?.receipt) return null
  return {
    session: message.receipt.session,
    message: message.id,
    role: message.from === 'me' ? 'alice' : 'bob',
    phase: 'ended',
    pairs: message.receipt.pairs,
    donePairs: message.receipt.arrivedPairs,
    receipt: message.receipt,
  }
}
