// A plain object whose every field is a signal: who reads a field hears of its changes, and of no other's. What the
// fields hold is plain; nothing in it is looked through or wrapped.

import { batch, createSignal } from 'solid-js'

export interface Fields<T> {
  readonly fields: Readonly<T>
  /** Sets some fields; those that stay the same tell nobody. */
  set(changed: Partial<T>): void
}

export function createFields<T extends object>(first: T): Fields<T> {
  const fields = {}
  const setters = new Map<string, (value: unknown) => void>()
  for (const [name, value] of Object.entries(first)) {
    const [get, set] = createSignal<unknown>(value)
    Object.defineProperty(fields, name, { get, enumerable: true })
    setters.set(name, (changed) => set(() => changed))
  }
  return {
    fields: fields as T,
    set: (changed) =>
      batch(() => {
        for (const [name, value] of Object.entries(changed)) setters.get(name)?.(value)
      }),
  }
}
