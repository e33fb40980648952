// One direction of an ordered, reliable connection: what is sent arrives in order or, once it was cut, not at all.

import type { Clock } from './clock.ts'

export class Pipe {
  readonly #clock: Clock
  readonly #delayMs: () => number
  #lastMs = 0
  #open = true
  /** Counts cuts: what was under way then is lost. */
  #epoch = 0

  constructor(clock: Clock, delayMs: () => number) {
    this.#clock = clock
    this.#delayMs = delayMs
  }

  /** Lets `arrive` run later, after all that was sent before; never when the pipe is or gets cut. */
  send(arrive: () => void): void {
    if (!this.#open) return
    this.#lastMs = Math.max(this.#lastMs, this.#clock.nowMs + this.#delayMs())
    const epoch = this.#epoch
    this.#clock.at(this.#lastMs, () => {
      if (epoch === this.#epoch) arrive()
    })
  }

  /** Nothing arrives before `untilMs`. */
  stall(untilMs: number): void {
    this.#lastMs = Math.max(this.#lastMs, untilMs)
  }

  /** Loses all that is under way. */
  cut(): void {
    this.#epoch++
    this.#open = false
  }
}
