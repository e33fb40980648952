// Named timers of a conversation, over the one deadline that its driver keeps.

interface Timer {
  readonly atMs: number
  readonly then: () => void
}

export class Timers {
  readonly #timers = new Map<string, Timer>()

  set(name: string, atMs: number | null, then: () => void): void {
    if (atMs === null) this.#timers.delete(name)
    else this.#timers.set(name, { atMs, then })
  }

  has(name: string): boolean {
    return this.#timers.has(name)
  }

  /** Runs all that have come due, oldest first; each once. */
  run(nowMs: number): void {
    const due = [...this.#timers].filter(([, timer]) => timer.atMs <= nowMs).sort(([, a], [, b]) => a.atMs - b.atMs)
    for (const [name, timer] of due) {
      if (this.#timers.get(name) !== timer) continue
      this.#timers.delete(name)
      timer.then()
    }
  }

  get nextMs(): number | null {
    let next: number | null = null
    for (const { atMs } of this.#timers.values()) next = next === null ? atMs : Math.min(next, atMs)
    return next
  }
}
