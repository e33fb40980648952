// Time in the screens: only for what is drawn, never for what is sent.

import { type Accessor, createEffect, createMemo, createSignal, onCleanup } from 'solid-js'

/** True once `condition` has held for so long without a break: what passes sooner is not worth a flicker. */
export function createLater(condition: Accessor<boolean>, afterMs: number): Accessor<boolean> {
  const [later, setLater] = createSignal(false)
  const holds = createMemo(condition)
  createEffect(() => {
    setLater(false)
    if (!holds()) return
    const timer = setTimeout(() => setLater(true), afterMs)
    onCleanup(() => clearTimeout(timer))
  })
  return later
}

/** `value` as it was once it had not changed for so long. */
export function createSettled<T>(value: Accessor<T>, afterMs: number): Accessor<T> {
  const [settled, setSettled] = createSignal(value())
  createEffect(() => {
    const next = value()
    const timer = setTimeout(() => setSettled(() => next), afterMs)
    onCleanup(() => clearTimeout(timer))
  })
  return settled
}
