// A native modal dialog: the browser keeps the focus inside, closes it on Escape and gives the focus back.

import { createUniqueId, type JSX, onMount, type ParentProps, Show } from 'solid-js'
import { words } from '../words.ts'
import { Icon } from './icons.tsx'

interface SheetProps {
  title: string
  small?: boolean
  footer?: JSX.Element
  /** Called once it has closed, by whatever way. */
  onClosed(): void
}

export function Sheet(props: ParentProps<SheetProps>) {
  const titleId = createUniqueId()
  let dialog!: HTMLDialogElement
  // Shown after it is in the document, or showModal throws.
  onMount(() => queueMicrotask(() => dialog.isConnected && dialog.showModal()))
  const closeFromOutside = (event: MouseEvent) => {
    if (event.target === dialog) dialog.close()
  }
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape is the dialog's own key for the same.
    <dialog
      ref={dialog}
      class="sheet"
      classList={{ small: props.small === true }}
      aria-labelledby={titleId}
      onClose={() => props.onClosed()}
      onClick={closeFromOutside}
    >
      <header>
        <h2 id={titleId}>{props.title}</h2>
        <button class="btn quiet icon" type="button" aria-label={words.chat.close} onClick={() => dialog.close()}>
          <Icon name="close" />
        </button>
      </header>
      {props.children}
      <Show when={props.footer}>
        <footer>{props.footer}</footer>
      </Show>
    </dialog>
  )
}

/** Closes the dialog that a button stands in. */
export function closeSheet(event: MouseEvent): void {
  if (event.currentTarget instanceof Element) event.currentTarget.closest('dialog')?.close()
}
