// Media queries as values: for what a style can't say, such as who may have the focus.

import { type Accessor, createSignal, onCleanup } from 'solid-js'

/** So wide that the list of chats, or the bench, stands beside the talk (styles/chats.css); else each covers it. */
export const BESIDE = '(min-width: 48em)'

export function createMedia(query: string): Accessor<boolean> {
  const list = matchMedia(query)
  const [matches, setMatches] = createSignal(list.matches)
  const look = () => setMatches(list.matches)
  list.addEventListener('change', look)
  onCleanup(() => list.removeEventListener('change', look))
  return matches
}
