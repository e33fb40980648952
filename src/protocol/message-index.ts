// The messages of a conversation by id, and what is asked of them with every message: whose turn it is to be sent, and
// what the next written number is. None of the answers takes longer because many were delivered before.

import type { StoredMessage } from './records.ts'

export class MessageIndex implements Iterable<StoredMessage> {
  readonly #byId = new Map<string, StoredMessage>()
  /** Own ones that are queued or sent, and so still to be delivered. */
  readonly #waiting = new Map<string, StoredMessage>()
  #highestWritten = 0

  constructor(messages: Iterable<StoredMessage>) {
    for (const message of messages) this.put(message)
  }

  [Symbol.iterator](): Iterator<StoredMessage> {
    return this.#byId.values()
  }

  get(id: string): StoredMessage | undefined {
    return this.#byId.get(id)
  }

  /** One more than the highest so far. */
  get nextWritten(): number {
    return this.#highestWritten + 1
  }

  /** The message whose turn it is: one already sent but not confirmed before others, else the oldest written. */
  get nextToSend(): StoredMessage | null {
    let next: StoredMessage | null = null
    for (const message of this.#waiting.values()) if (next === null || isBefore(message, next)) next = message
    return next
  }

  /** A number never goes down: of two the higher holds, whichever is put last. */
  put(message: StoredMessage): void {
    const before = this.#byId.get(message.id)?.number ?? null
    this.#place(before === null ? message : { ...message, number: Math.max(before, message.number ?? 0) })
  }

  /** A message that has a number has at least this one. */
  raiseNumber(id: string, to: number): void {
    const message = this.#byId.get(id)
    if (message && message.number !== null) this.#place({ ...message, number: Math.max(message.number, to) })
  }

  delete(id: string): void {
    this.#byId.delete(id)
    this.#waiting.delete(id)
  }

  #place(message: StoredMessage): void {
    const { id, from, state, written } = message
    this.#byId.set(id, message)
    if (from === 'me' && (state === 'queued' || state === 'sent')) this.#waiting.set(id, message)
    else this.#waiting.delete(id)
    this.#highestWritten = Math.max(this.#highestWritten, written)
  }
}

const isBefore = (a: StoredMessage, b: StoredMessage): boolean =>
  a.state === b.state ? a.written < b.written : a.state === 'sent'
