// The drawn signs: line icons on a 20 grid, the mark, the avatar (the cut disc at a chat's own angle) and the glyph of
// a message's state.

import { Match, Switch } from 'solid-js'
import type { Message } from '../types.ts'

const paths = {
  back: 'M12 4.5 6.5 10l5.5 5.5',
  close: 'm5 5 10 10M15 5 5 15',
  plus: 'M10 4v12M4 10h12',
  search: 'M14 9A5 5 0 1 1 4 9a5 5 0 0 1 10 0ZM13 13l3.5 3.5',
  up: 'M10 16V4.5M5.5 9 10 4.5 14.5 9',
  down: 'M10 4v11.5M5.5 11l4.5 4.5 4.5-4.5',
  retry: 'M15.5 8A6 6 0 1 0 16 11.5M16 4v4h-4',
  wave: 'M3 15.5h14M4 12.5c2.5-9 4-9 6-4.5s3.5 4.5 6-4.5',
  copy: 'M8.8 7h5.9A1.8 1.8 0 0 1 16.5 8.8v5.9a1.8 1.8 0 0 1-1.8 1.8H8.8A1.8 1.8 0 0 1 7 14.7V8.8A1.8 1.8 0 0 1 8.8 7ZM4.5 13H4a1 1 0 0 1-1-1V4.5a1 1 0 0 1 1-1h7.5a1 1 0 0 1 1 1V5',
  check: 'm4.5 10.5 3.5 3.5 7.5-8',
  share: 'M10 12V3.5M6.5 6.5 10 3l3.5 3.5M5 10H4v7h12v-7h-1',
  leave: 'M11.5 3.5H5a1 1 0 0 0-1 1v11a1 1 0 0 0 1 1h6.5M8.5 10H17M14 6.8 17.2 10 14 13.2',
  eye: 'M2.5 10S5.2 5 10 5s7.5 5 7.5 5-2.7 5-7.5 5-7.5-5-7.5-5ZM12.3 10a2.3 2.3 0 1 1-4.6 0 2.3 2.3 0 0 1 4.6 0Z',
  offline:
    'M3 3l14 14M6 11a6 6 0 0 1 2.5-1.5M3.5 8A9.5 9.5 0 0 1 7 5.9M10.5 5A9.6 9.6 0 0 1 16.5 8M12.5 9.9A6 6 0 0 1 14 11M10 15h.01',
  link: 'M8.5 11.5a3 3 0 0 0 4.2 0l2.6-2.6a3 3 0 0 0-4.2-4.2l-1 1M11.5 8.5a3 3 0 0 0-4.2 0l-2.6 2.6a3 3 0 0 0 4.2 4.2l1-1',
  lock: 'M6 9h8A1.5 1.5 0 0 1 15.5 10.5V15A1.5 1.5 0 0 1 14 16.5H6A1.5 1.5 0 0 1 4.5 15V10.5A1.5 1.5 0 0 1 6 9ZM7 9V6.5a3 3 0 0 1 6 0V9',
} as const

export type IconName = keyof typeof paths

export function Icon(props: { name: IconName }) {
  return (
    <svg class="i" viewBox="0 0 20 20" aria-hidden="true">
      <path d={paths[props.name]} />
    </svg>
  )
}

export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 24 24" aria-hidden="true">
      <path class="mark-a" d="M6.94 21.08A10.4 10.4 0 0 1 14.84 2Z" />
      <path
        class="mark-b"
        d="M17.06 2.92A10.4 10.4 0 0 1 22.4 12V20.74Q22.4 22.4 20.74 22.4H12A10.4 10.4 0 0 1 9.16 22Z"
      />
    </svg>
  )
}

/** Decoration, never proof: filled while connected, cut at an angle that only tells chats apart. */
export function Avatar(props: { conversation: string; connected: boolean }) {
  const degrees = () => (Number.parseInt(props.conversation.slice(0, 6), 16) || 0) % 180
  return (
    <svg class="avatar" classList={{ on: props.connected }} viewBox="0 0 32 32" aria-hidden="true">
      <g transform={`rotate(${degrees()} 16 16)`}>
        <path class="av-a" d="M14.7 29A13 13 0 0 1 14.7 3Z" />
        <path class="av-b" d="M17.3 3A13 13 0 0 1 17.3 29Z" />
      </g>
    </svg>
  )
}

const LEFT_HALF = 'M5.1 12.79A5.6 5.6 0 0 1 9.33 2.56Z'
const RIGHT_HALF = 'M10.9 3.21A5.6 5.6 0 0 1 6.67 13.44Z'

export function StateGlyph(props: { state: Message['state'] }) {
  return (
    <svg class={`glyph ${props.state}`} viewBox="0 0 16 16" aria-hidden="true">
      <Switch fallback={<circle class="g-wait" cx="8" cy="8" r="5.4" />}>
        <Match when={props.state === 'distilling'}>
          <circle class="g-ring" cx="8" cy="8" r="5.4" />
          <path class="g-arc" d="M8 2.6a5.4 5.4 0 1 1-4.9 7.6" />
        </Match>
        <Match when={props.state === 'sent'}>
          <path class="g-f" d={LEFT_HALF} />
          <path class="g-o" d={RIGHT_HALF} />
        </Match>
        <Match when={props.state === 'delivered'}>
          <path class="g-f" d={LEFT_HALF} />
          <path class="g-f" d={RIGHT_HALF} />
        </Match>
        <Match when={props.state === 'refused'}>
          <circle class="g-ring" cx="8" cy="8" r="6" />
          <path class="g-x" d="m5.5 5.5 5 5M10.5 5.5l-5 5" />
        </Match>
      </Switch>
    </svg>
  )
}
