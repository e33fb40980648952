// Where the messages of a conversation lie: in chunks, numbered upwards, each one sealed record. A new message is a chunk
// by itself, so that a commit writes little; of many such the oldest become one chunk, for a hundred small decryptions
// take ten times as long as the same bytes at once. Pure: what is to be written is given, and taken over by `took` once
// it is on the disk.
//
// Invariant: a message lies in exactly one chunk. So what was deleted or changed is nowhere in its old form.

import type { StoredMessage } from '../protocol/records.ts'

/** Chunks as they are to be, by number; an empty one is deleted. */
export type Chunks = ReadonlyMap<number, readonly StoredMessage[]>

/** So many chunks of one message make the oldest `GATHERED` of them one chunk. */
export const SINGLES_MAX = 256
export const GATHERED = 128

export class History {
  /** Chunk of each message. */
  readonly #places = new Map<string, number>()
  /** Chunks of one message: they are likely to change, and are kept in memory. */
  readonly #singles = new Map<number, StoredMessage>()
  #next: number

  /** Of what was read, oldest first; `next` is above every number in use, unreadable chunks included. */
  constructor(chunks: Chunks, next: number) {
    this.#next = next
    this.took(chunks)
  }

  /** The chunks that hold some of these messages and aren't in memory. */
  chunksToRead(ids: Iterable<string>): readonly number[] {
    const chunks = new Set<number>()
    for (const id of ids) {
      const chunk = this.#places.get(id)
      if (chunk !== undefined && !this.#singles.has(chunk)) chunks.add(chunk)
    }
    return [...chunks]
  }

  /** A message, of a chunk in memory or of one that was read. */
  find(id: string, read: Chunks): StoredMessage | undefined {
    const chunk = this.#places.get(id)
    return chunk === undefined ? undefined : this.#contents(chunk, read).find((message) => message.id === id)
  }

  /** The chunks to be written when these messages are put, or deleted (null). */
  change(messages: ReadonlyMap<string, StoredMessage | null>, read: Chunks): Chunks {
    const changed = new Map<number, readonly StoredMessage[]>()
    let next = this.#next
    for (const [id, message] of messages) {
      const chunk = this.#places.get(id) ?? next++
      const others = (changed.get(chunk) ?? this.#contents(chunk, read)).filter((other) => other.id !== id)
      changed.set(chunk, message === null ? others : [...others, message])
    }
    return changed
  }

  /** The chunks to be written to gather the oldest single ones, or null while they are few. */
  gather(): Chunks | null {
    if (this.#singles.size < SINGLES_MAX) return null
    const oldest = [...this.#singles].sort(([a], [b]) => a - b).slice(0, GATHERED)
    const into = oldest[0]?.[0]
    const messages = oldest.map(([, message]) => message)
    return new Map(oldest.map(([chunk]) => [chunk, chunk === into ? messages : []]))
  }

  /** These chunks now lie on the disk. (A deleted message keeps its place here: it isn't found there any more.) */
  took(chunks: Chunks): void {
    for (const [chunk, messages] of chunks) {
      this.#next = Math.max(this.#next, chunk + 1)
      for (const { id } of messages) this.#places.set(id, chunk)
      const [only] = messages
      if (only !== undefined && messages.length === 1) this.#singles.set(chunk, only)
      else this.#singles.delete(chunk)
    }
  }

  /** This chunk can't be read any more: its messages are as if they had never been, and nothing is written over it. */
  lost(chunk: number): void {
    for (const [id, place] of this.#places) if (place === chunk) this.#places.delete(id)
  }

  #contents(chunk: number, read: Chunks): readonly StoredMessage[] {
    const single = this.#singles.get(chunk)
    return single === undefined ? (read.get(chunk) ?? []) : [single]
  }
}
