// What one socket and one address may ask of the server. The figures stand in docs/limits too.

import { PUBLIC_FRAME_BYTES_MAX } from './messages.ts'

export interface Limits {
  /** A socket that hasn't joined a room by then is closed. */
  readonly joinWithinMs: number
  /** Joins and signal frames of one socket: a sustained rate, and how many at once. The public channel isn't counted. */
  readonly messagesPerSecond: number
  readonly messagesBurst: number
  /** Open sockets of one address: a whole classroom sits behind one. */
  readonly socketsPerAddress: number
  /** New sockets of one address a second; as many at once as it may have open, so that a class can come back together. */
  readonly openingsPerSecond: number
  /** What may wait for a reader that doesn't read, in bytes, before it is cut. */
  readonly bufferedBytesMax: number
}

export const DEFAULT_LIMITS: Limits = {
  joinWithinMs: 5_000,
  messagesPerSecond: 20,
  messagesBurst: 40,
  socketsPerAddress: 500,
  openingsPerSecond: 20,
  bufferedBytesMax: 256 * 1024,
}

/** What a socket that answers no ping has left to live, twice at most. */
export const HEARTBEAT_MS = 25_000
/** How often deadlines are looked at. */
export const TICK_MS = 500
/** From the closing frame to the cut, when the other end doesn't answer it. */
export const CLOSE_WITHIN_MS = 2_000
/** The largest message that the socket layer puts together; a little more than our largest, so that ours are answered in words. */
export const SOCKET_MESSAGE_BYTES_MAX = PUBLIC_FRAME_BYTES_MAX + 1024
/** Pieces that one message may come in: browsers send some tens at most. */
export const SOCKET_FRAGMENTS_MAX = 256

/** Lets `perSecond` events through on average and `burst` at once. */
export class TokenBucket {
  readonly #perSecond: number
  readonly #burst: number
  #tokens: number
  #atMs: number

  constructor(perSecond: number, burst: number, nowMs: number) {
    this.#perSecond = perSecond
    this.#burst = burst
    this.#tokens = burst
    this.#atMs = nowMs
  }

  /** Takes one token; false when there is none. */
  take(nowMs: number): boolean {
    this.#refill(nowMs)
    if (this.#tokens < 1) return false
    this.#tokens -= 1
    return true
  }

  /** Whether nothing was taken lately, so that a new bucket would do as well. */
  isFull(nowMs: number): boolean {
    this.#refill(nowMs)
    return this.#tokens >= this.#burst
  }

  #refill(nowMs: number): void {
    // A clock that stands still or goes back gives nothing.
    const elapsedMs = Math.max(0, nowMs - this.#atMs)
    this.#tokens = Math.min(this.#burst, this.#tokens + (elapsedMs * this.#perSecond) / 1000)
    this.#atMs = Math.max(this.#atMs, nowMs)
  }
}
