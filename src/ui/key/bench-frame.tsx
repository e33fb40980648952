// The place of the bench beside the talk. What is drawn in it comes after the first message, in a chunk of its own.

import { createEffect, createSignal, lazy, on, Show } from 'solid-js'
import type { Chat } from '../../app/state.ts'
import { Icon } from '../parts/icons.tsx'
import { LazyPart } from '../parts/lazy-part.tsx'
import type { KeptRun } from '../types.ts'
import { words } from '../words.ts'

export const bench = () => import('./bench.tsx')
const Bench = lazy(bench)

interface BenchFrameProps {
  chat: Chat
  open: boolean
  /** A run has come to its end with figures to draw. */
  figures: boolean
  /** Shown in place of the newest run, until the person goes back to that. */
  picked: KeptRun | null
  onNewest(): void
  onClose(): void
}

export function BenchFrame(props: BenchFrameProps) {
  let region!: HTMLElement
  const [quote, setQuote] = createSignal('')
  createEffect(
    on([() => props.open, () => props.picked], ([open], before) => (open || before?.[0] === false) && region.focus(), {
      defer: true,
    }),
  )
  return (
    <section
      ref={region}
      class="bench"
      classList={{ open: props.open }}
      aria-label={words.key.title}
      data-phase={props.chat.run?.phase ?? (props.figures ? 'ended' : 'idle')}
      tabindex="0"
      onKeyDown={(event) => event.key === 'Escape' && props.onClose()}
    >
      <header>
        <div>
          <h2>{words.key.title}</h2>
          <Show when={quote()}>
            <p dir="auto">“{quote()}”</p>
          </Show>
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
      <Show when={props.figures} fallback={<p class="empty">{words.key.empty}</p>}>
        <LazyPart>
          <Bench chat={props.chat} picked={props.picked} onNewest={props.onNewest} onQuote={setQuote} />
        </LazyPart>
      </Show>
    </section>
  )
}
