// What the parts of a conversation have in common: the stored state as it is on the disk, commits, timers, outputs.

import type { RandomSource } from '../lib/random.ts'
import type { Change, CommitFailure } from './disk.ts'
import type { Output } from './events.ts'
import type { Mirror } from './mirror.ts'

export interface Host {
  /** As the disk has it: changes show only once they are committed. */
  readonly stored: Mirror
  readonly random: RandomSource
  readonly nowMs: number
  emit(output: Output): void
  /** One strict transaction; `then` is told null, or why nothing of it is on the disk. */
  commit(changes: readonly Change[], then: (failure: CommitFailure | null) => void): void
  /** Calls once every commit asked for has settled, at once when none is under way. */
  whenSettled(then: () => void): void
  /** Sets (or with null clears) one named timer. */
  wake(name: string, atMs: number | null, then?: () => void): void
}
