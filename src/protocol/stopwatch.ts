// How long the phases of a session took, from the times that its inputs carried.

import type { PhaseTimes } from './receipt.ts'

export class Stopwatch {
  #startMs = 0
  #lastMs = 0
  readonly #laps: Record<'pairs' | 'test' | 'seal' | 'received', number> = { pairs: 0, test: 0, seal: 0, received: 0 }

  start(nowMs: number): void {
    this.#startMs = nowMs
    this.#lastMs = nowMs
  }

  lap(phase: 'pairs' | 'test' | 'seal' | 'received', nowMs: number): void {
    this.#laps[phase] = Math.max(0, nowMs - this.#lastMs)
    this.#lastMs = nowMs
  }

  times(): PhaseTimes {
    const { pairs, test, seal, received } = this.#laps
    return { pairs, test, seal: seal + received, total: Math.max(0, this.#lastMs - this.#startMs) }
  }
}
