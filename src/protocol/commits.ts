// Commits under way. The disk settles them in the order asked; only then does the mirror show them.

import type { Change, CommitFailure, Stored } from './disk.ts'
import type { Output } from './events.ts'
import { Mirror } from './mirror.ts'

interface Pending {
  readonly changes: readonly Change[]
  readonly then: (failure: CommitFailure | null) => void
}

export class Commits {
  readonly stored: Mirror
  #nextId = 1
  readonly #pending = new Map<number, Pending>()
  #waiting: (() => void)[] = []

  constructor(stored: Stored) {
    this.stored = new Mirror(stored)
  }

  ask(changes: readonly Change[], then: Pending['then']): Output {
    const id = this.#nextId++
    this.#pending.set(id, { changes, then })
    return { type: 'commit', id, changes }
  }

  /** The disk has settled commit `id`; an unknown one is of a machine before this. */
  settle(id: number, failure: CommitFailure | null): void {
    const pending = this.#pending.get(id)
    if (pending === undefined) return
    this.#pending.delete(id)
    if (failure === null) this.stored.apply(pending.changes)
    pending.then(failure)
    this.#releaseWaiting()
  }

  whenSettled(then: () => void): void {
    this.#waiting.push(then)
    this.#releaseWaiting()
  }

  #releaseWaiting(): void {
    while (this.#pending.size === 0) {
      const next = this.#waiting.shift()
      if (next === undefined) return
      next()
    }
  }
}
