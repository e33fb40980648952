// What the parts of a world know of each other: a side as the network sees it.

import type { Input } from '../protocol/events.ts'

/** 0 is the inviter, 1 the joiner. */
export type SideIndex = 0 | 1

export const SIDES = [0, 1] as const
export const otherSide = (side: SideIndex): SideIndex => (side === 0 ? 1 : 0)
export const sideName = (side: SideIndex): string => (side === 0 ? 'inviter' : 'joiner')

/** Gives an input to a side; a side that is down or was closed does not take it. */
export type Deliver = (side: SideIndex, input: Input) => void
