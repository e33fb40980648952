// The frame of the pages beside the chat: the mark, the name, and what stands at the end of the head.

import { type JSX, type ParentProps, Show } from 'solid-js'
import { words } from '../words.ts'
import { Icon, Mark } from './icons.tsx'

export function Page(props: ParentProps<{ back?: { label: string; go(): void } | undefined; end?: JSX.Element }>) {
  return (
    <div class="page">
      <header class="top">
        <Show when={props.back}>
          {(back) => (
            <button class="btn quiet icon" type="button" aria-label={back().label} onClick={() => back().go()}>
              <Icon name="back" />
            </button>
          )}
        </Show>
        <Mark />
        <span class="name">{words.app}</span>
        {props.end}
      </header>
      {props.children}
    </div>
  )
}
