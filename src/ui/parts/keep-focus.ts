// The keyboard goes on from a sensible place when what it stood on is gone: a notice was closed, a message cancelled, a
// whole screen replaced. Left alone the browser would put the focus on nothing, and a screen reader would fall silent.

import { onCleanup } from 'solid-js'

/** Looks after the focus of the page for as long as its owner lives. A screen that takes the focus itself is let be. */
export function createFocusKeeper(): void {
  /** What had the focus last, and the screen that it stood in. */
  let held: Element | null = null
  let screen: Element | null = null
  const hold = ({ target }: FocusEvent) => {
    if (!(target instanceof Element)) return
    held = target
    screen = target.closest('main')
  }
  const observer = new MutationObserver(() => {
    if (held === null || held.isConnected) return
    if (document.activeElement === document.body) {
      const next = (screen?.isConnected && goOn(screen)) || landing()
      // None yet: the screen is still being loaded. The next change may bring it.
      if (next === null) return
      focus(next)
    }
    held = null
  })
  observer.observe(document.body, { childList: true, subtree: true })
  addEventListener('focusin', hold)
  onCleanup(() => {
    observer.disconnect()
    removeEventListener('focusin', hold)
  })
}

/** In the same chat: the message box; where that would open a keyboard on the screen, the messages. */
function goOn(screen: Element): HTMLElement | null {
  return screen.querySelector(matchMedia('(pointer: fine)').matches ? '#message' : '[role="log"]')
}

/** Where a screen begins: what it says itself, or its heading. */
function landing(): HTMLElement | null {
  return document.querySelector<HTMLElement>('main [data-landing]') ?? document.querySelector('main h1')
}

function focus(element: HTMLElement): void {
  // A heading takes the focus only when it is sent there.
  if (element.tabIndex < 0) element.tabIndex = -1
  element.focus()
}
