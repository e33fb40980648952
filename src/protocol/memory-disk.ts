// A disk that lives as long as its object: for windows in which the browser stores nothing, and for tests. What it is
// given and what it gives are copies, so that nobody holds a piece of it.

import { applyChanges, type Change, type CommitFailure, type Disk, type Stored } from './disk.ts'
import { Mirror } from './mirror.ts'

export class MemoryDisk implements Disk {
  readonly #conversations = new Map<string, Mirror>()
  #closed = false

  commit(conversation: string, changes: readonly Change[]): Promise<void> {
    if (this.#closed) return Promise.reject(failure('closed'))
    try {
      this.#apply(conversation, copyPlain(changes))
      return Promise.resolve()
    } catch (error) {
      return Promise.reject(error)
    }
  }

  load(conversation: string): Promise<Stored | null> {
    if (this.#closed) return Promise.reject(failure('closed'))
    return Promise.resolve(copyPlain(this.#conversations.get(conversation)?.snapshot() ?? null))
  }

  conversations(): Promise<readonly string[]> {
    if (this.#closed) return Promise.reject(failure('closed'))
    return Promise.resolve([...this.#conversations.keys()])
  }

  /** Deletes everything of a conversation. */
  forget(conversation: string): Promise<void> {
    this.#conversations.delete(conversation)
    return Promise.resolve()
  }

  close(): Promise<void> {
    this.#closed = true
    this.#conversations.clear()
    return Promise.resolve()
  }

  #apply(conversation: string, changes: readonly Change[]): void {
    const known = this.#conversations.get(conversation)
    if (known !== undefined) return known.apply(changes)
    const stored = applyChanges(null, changes)
    if (stored !== null) this.#conversations.set(conversation, new Mirror(stored))
  }
}

const failure = (reason: CommitFailure): Error => new Error(reason)

/** A deep copy of a plain value: objects, arrays, byte strings, and what has no parts. */
export function copyPlain<T>(value: T): T {
  return copy(value) as T
}

function copy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Uint8Array) return value.slice()
  if (Array.isArray(value)) return value.map(copy)
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, copy(part)]))
}
