// Frames on their way into a data channel. The browser's own buffer is kept small: a full one throws, and a full
// unreliable one drops. Refilled by the channel's event, never by a timer: a hidden page's timers sleep.

import type { Bytes } from '../lib/bytes.ts'

export interface QueueLimits {
  /** The channel is refilled when this little is left in its buffer. */
  readonly lowBytes: number
  /** Nothing more goes in while this much is there. */
  readonly highBytes: number
  /** Frames that wait here beyond this are refused. */
  readonly waitingBytesMax: number
}

/** What a queue needs of an RTCDataChannel. */
export interface QueueChannel {
  readonly bufferedAmount: number
  bufferedAmountLowThreshold: number
  addEventListener(type: 'bufferedamountlow', then: () => void): void
}

export class SendQueue {
  readonly #channel: QueueChannel
  readonly #limits: QueueLimits
  readonly #put: (frame: Bytes) => void
  #waiting: Bytes[] = []
  #next = 0
  #waitingBytes = 0
  #open = false
  #whenEmpty: (() => void) | null = null

  /** `put` hands a frame to the channel and must not throw. */
  constructor(channel: QueueChannel, limits: QueueLimits, put: (frame: Bytes) => void) {
    this.#channel = channel
    this.#limits = limits
    this.#put = put
    channel.bufferedAmountLowThreshold = limits.lowBytes
    channel.addEventListener('bufferedamountlow', () => this.#pump())
  }

  open(): void {
    this.#open = true
    this.#pump()
  }

  /** False when too much waits already: the frame is not taken. */
  push(frame: Bytes): boolean {
    if (this.#waitingBytes + frame.length > this.#limits.waitingBytesMax) return false
    this.#waiting.push(frame)
    this.#waitingBytes += frame.length
    this.#pump()
    return true
  }

  /** Calls once all is in the channel's buffer. */
  whenEmpty(then: () => void): void {
    this.#whenEmpty = then
    this.#pump()
  }

  clear(): void {
    this.#open = false
    this.#waiting = []
    this.#next = 0
    this.#waitingBytes = 0
    this.#whenEmpty = null
  }

  #pump(): void {
    while (this.#open && this.#next < this.#waiting.length) {
      const frame = this.#waiting[this.#next]!
      const buffered = this.#channel.bufferedAmount
      if (buffered > 0 && buffered + frame.length > this.#limits.highBytes) return
      this.#next++
      this.#waitingBytes -= frame.length
      this.#put(frame)
    }
    if (this.#next < this.#waiting.length) return
    this.#waiting = []
    this.#next = 0
    this.#tellEmpty()
  }

  #tellEmpty(): void {
    const then = this.#whenEmpty
    this.#whenEmpty = null
    then?.()
  }
}
