// How often each pair of settings met, and how often its outcomes differed: all that the readings are made of.

import type { SettingPair } from '../quantum/settings.ts'

export interface PairTally {
  readonly count: number
  /** Rounds with different outcomes; null where the outcomes are never said (they make the key). */
  readonly unequal: number | null
}

export type Tally = Readonly<Record<SettingPair, PairTally>>

/** E = (equal - unequal) / count, in [-1, 1]; null where nothing was counted or the outcomes are never said. */
export function correlation({ count, unequal }: PairTally): number | null {
  return count === 0 || unequal === null ? null : 1 - (2 * unequal) / count
}
