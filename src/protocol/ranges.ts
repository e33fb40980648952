// Which pairs of a session arrived, as ranges, and the values of just those.

import { type Bytes, concatAll } from '../lib/bytes.ts'

/** Pairs start .. start + count - 1. */
export interface Range {
  readonly start: number
  readonly count: number
}

/** Frames that a session may come in, so that what arrived can always be said in one message. */
export const RANGES_MAX = 65_536

/** Marks a round whose qubit has not come. */
export const NO_SETTING = 255

/** The runs of rounds that have a setting, ascending. */
export function rangesOf(settings: Uint8Array): readonly Range[] {
  const ranges: Range[] = []
  let start = -1
  for (let i = 0; i <= settings.length; i++) {
    const arrived = i < settings.length && settings[i] !== NO_SETTING
    if (arrived && start < 0) start = i
    if (!arrived && start >= 0) {
      ranges.push({ start, count: i - start })
      start = -1
    }
  }
  return ranges
}

/** The values of the ranges, one after the other. */
export function gather(values: Uint8Array, ranges: readonly Range[]): Bytes {
  return concatAll(ranges.map(({ start, count }) => values.subarray(start, start + count)))
}
