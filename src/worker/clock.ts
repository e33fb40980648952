// The worker's clock: milliseconds since 1970 that never go back, whatever is done to the system's clock.

export const nowMs = (): number => performance.timeOrigin + performance.now()

/** The longest that a browser's timer takes; a later deadline is looked at again then. */
export const TIMER_MS_MAX = 2 ** 31 - 1
