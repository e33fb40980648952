// The disk of one side, which survives its worker. A commit is asked for, takes effect, and is answered, at three times
// of the world: a crash in between leaves it done or undone, never half. Commits take effect in the order asked.

import type { Change, CommitFailure, Stored } from '../protocol/disk.ts'
import { applyChanges } from '../protocol/disk.ts'
import { copyPlain } from '../protocol/memory-disk.ts'
import type { Clock } from './clock.ts'
import type { Dice } from './dice.ts'

/** Told of every commit as it takes effect. */
export type OnEffect = (before: Stored, after: Stored, changes: readonly Change[]) => void

interface Pending {
  readonly changes: readonly Change[]
}

export class CrashDisk {
  readonly #clock: Clock
  readonly #dice: Dice
  readonly #meanMs: number
  readonly #onEffect: OnEffect
  #stored: Stored
  #pending: Pending[] = []
  readonly #unanswered = new Set<Pending>()
  #effectMs = 0
  #answerMs = 0
  #fails: { readonly reason: CommitFailure; left: number } | null = null

  constructor(clock: Clock, dice: Dice, meanMs: number, stored: Stored, onEffect: OnEffect) {
    this.#clock = clock
    this.#dice = dice
    this.#meanMs = meanMs
    this.#stored = copyPlain(stored)
    this.#onEffect = onEffect
  }

  /** What lies on the disk now; not to be changed. */
  get stored(): Stored {
    return this.#stored
  }

  /** Some commit is still to be answered. */
  get busy(): boolean {
    return this.#unanswered.size > 0
  }

  load(): Stored {
    return copyPlain(this.#stored)
  }

  /** The next `count` commits fail for this reason. */
  fail(reason: CommitFailure, count: number): void {
    this.#fails = { reason, left: count }
  }

  heal(): void {
    this.#fails = null
  }

  /** Puts an older state back; whoever worked on the disk must have been ended before. */
  restore(stored: Stored): void {
    this.#stored = copyPlain(stored)
  }

  commit(changes: readonly Change[], answer: (failure: CommitFailure | null) => void): void {
    const pending = { changes: copyPlain(changes) }
    this.#pending.push(pending)
    this.#unanswered.add(pending)
    this.#effectMs = Math.max(this.#effectMs, this.#clock.nowMs + this.#dice.waitMs(this.#meanMs))
    this.#answerMs = Math.max(this.#answerMs, this.#effectMs + this.#dice.waitMs(this.#meanMs / 4))
    const answerMs = this.#answerMs
    this.#clock.at(this.#effectMs, () => {
      if (this.#pending[0] !== pending) return
      this.#pending.shift()
      const failure = this.#takeFailure()
      if (failure === null) this.#apply(pending.changes)
      this.#clock.at(answerMs, () => {
        if (this.#unanswered.delete(pending)) answer(failure)
      })
    })
  }

  /** The side that asked is gone: of the commits under way some first ones happen, the others don't. */
  crash(): void {
    const happen = this.#dice.integer(this.#pending.length + 1)
    const pending = this.#pending
    this.#pending = []
    this.#unanswered.clear()
    this.#effectMs = 0
    this.#answerMs = 0
    for (const { changes } of pending.slice(0, happen)) if (this.#takeFailure() === null) this.#apply(changes)
  }

  #takeFailure(): CommitFailure | null {
    if (this.#fails === null || this.#fails.left === 0) return null
    this.#fails.left--
    return this.#fails.reason
  }

  #apply(changes: readonly Change[]): void {
    const before = this.#stored
    const after = applyChanges(before, changes) ?? before
    this.#stored = after
    this.#onEffect(before, after, changes)
  }
}
