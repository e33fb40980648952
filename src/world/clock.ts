// Virtual time: what is to happen, in the order of its time, and of its planning where times are equal. Nothing here
// waits; a world of an hour runs in milliseconds and runs the same way every time.

interface Planned {
  readonly atMs: number
  readonly order: number
  readonly run: () => void
}

export class Clock {
  #nowMs = 0
  #planned = 0
  #ran = 0
  readonly #heap: Planned[] = []

  get nowMs(): number {
    return this.#nowMs
  }

  /** How many events have run. */
  get ran(): number {
    return this.#ran
  }

  /** Runs at `atMs`, or now where that has passed. */
  at(atMs: number, run: () => void): void {
    this.#push({ atMs: Math.max(atMs, this.#nowMs), order: this.#planned++, run })
  }

  after(delayMs: number, run: () => void): void {
    this.at(this.#nowMs + delayMs, run)
  }

  /** Runs the next event; false when there is none, or none until `untilMs`: then it is `untilMs`. */
  step(untilMs: number): boolean {
    const next = this.#heap[0]
    if (next === undefined || next.atMs > untilMs) {
      this.#nowMs = Math.max(this.#nowMs, untilMs)
      return false
    }
    this.#pop()
    this.#nowMs = next.atMs
    this.#ran++
    next.run()
    return true
  }

  // A binary heap: the parent of slot i is (i - 1) >> 1.

  #push(planned: Planned): void {
    const heap = this.#heap
    let slot = heap.push(planned) - 1
    while (slot > 0) {
      const parent = (slot - 1) >> 1
      if (isBefore(heap[parent]!, planned)) break
      heap[slot] = heap[parent]!
      slot = parent
    }
    heap[slot] = planned
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop()!
    if (heap.length === 0) return
    let slot = 0
    for (;;) {
      let child = 2 * slot + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++
      if (isBefore(last, heap[child]!)) break
      heap[slot] = heap[child]!
      slot = child
    }
    heap[slot] = last
  }
}

const isBefore = (a: Planned, b: Planned): boolean => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order)
