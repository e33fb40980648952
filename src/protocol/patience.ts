// When to try again after a session came to nothing: after 1 s, doubling to 30 s. And by which way: a relay that swallows
// sessions is left for the link until there is a new connection.

import type { SessionEnd } from './session.ts'

const WAIT_MS_FIRST = 1_000
const WAIT_MS_MAX = 30_000
const RELAY_FAILURES_MAX = 2

export class Patience {
  notBeforeMs = 0
  #failures = 0
  #relayFailures = 0

  /** A new connection, or the person's wish: everything may be tried at once. */
  renew(): void {
    this.hurry()
    this.#failures = 0
    this.#relayFailures = 0
  }

  hurry(): void {
    this.notBeforeMs = 0
  }

  wait(nowMs: number): void {
    this.notBeforeMs = nowMs + Math.min(WAIT_MS_MAX, WAIT_MS_FIRST * 2 ** Math.min(10, this.#failures++))
  }

  note(route: 'relay' | 'direct', end: SessionEnd): void {
    if (end.type === 'confirmed') {
      this.#failures = 0
      this.#relayFailures = 0
    } else if (route === 'relay' && (end.type === 'unconfirmed' || (end.type === 'aborted' && end.reason === 'late'))) {
      this.#relayFailures++
    }
  }

  get trustsRelay(): boolean {
    return this.#relayFailures < RELAY_FAILURES_MAX
  }
}
