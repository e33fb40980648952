// The disk of the worker: conversations in IndexedDB, sealed. Keeps the contract of protocol/disk.ts.
//
// 1. Jobs run one after another in the order asked for: what one reads, those before it have written.
// 2. A commit writes only the records that it changes. To know them the disk keeps in memory what it has written of
//    each conversation in use, but of older messages only where they lie: it is the only writer, or its epoch is over.
//    What it knows changes once the transaction is done, never before.
// 3. What can't be read any more is told, never written over, and hides nothing else.

import { applyChanges, type Change, type Disk, type Stored } from '../protocol/disk.ts'
import { copyPlain } from '../protocol/memory-disk.ts'
import type { StoredMessage, TagPair } from '../protocol/records.ts'
import { type Chunks, History } from './history.ts'
import type { Found, SealedRecords, Write } from './sealed-records.ts'
import type { Key, SealedStore } from './sealing.ts'

/** Told for each record that can't be read: where it lies, and of which conversation (or which text) it is. */
export type OnDamaged = (store: SealedStore, of: string) => void

/** One record. */
type Head = Pick<Stored, 'pairing' | 'link'>

interface Known {
  readonly head: Head | null
  readonly tagPairs: readonly TagPair[]
  readonly history: History
}

export class IndexedDbDisk implements Disk {
  readonly #records: SealedRecords
  readonly #onDamaged: OnDamaged
  readonly #known = new Map<string, Known>()
  #jobs: Promise<unknown> = Promise.resolve()
  #isClosed = false

  constructor(records: SealedRecords, onDamaged: OnDamaged) {
    this.#records = records
    this.#onDamaged = onDamaged
  }

  commit(conversation: string, changes: readonly Change[]): Promise<void> {
    const copied = copyPlain(changes)
    return this.#do(() => this.#commit(conversation, copied))
  }

  load(conversation: string): Promise<Stored | null> {
    return this.#do(() => this.#load(conversation))
  }

  conversations(): Promise<readonly string[]> {
    return this.#do(async () => (await this.#records.keys('pairings')).map(String))
  }

  /** Deletes everything of a conversation, its draft too. */
  forget(conversation: string): Promise<void> {
    return this.#do(async () => {
      const chunks = await this.#records.keys('messages', chunksOf(conversation))
      const writes = [
        ...(['pairings', 'tagPairs', 'texts'] as const).map((store) => ({ store, key: conversation, value: null })),
        ...chunks.map((key) => ({ store: 'messages' as const, key, value: null })),
      ]
      await this.#records.write(writes, 'strict')
      this.#known.delete(conversation)
    })
  }

  /** Keeps what was typed and is no message yet, under the conversation's id: the commit of a new message of one's own
   * takes it away, so that after a crash nothing stands in the box that was sent. A crash of the system may lose the last. */
  saveText(name: string, text: string): Promise<void> {
    return this.#do(() =>
      this.#records.write([{ store: 'texts', key: name, value: text === '' ? null : text }], 'relaxed'),
    )
  }

  texts(): Promise<ReadonlyMap<string, string>> {
    return this.#do(async () => {
      const texts = this.#sound('texts', await this.#records.read<string>('texts'))
      return new Map(texts.map(({ key, value }) => [String(key), value]))
    })
  }

  /** What was asked for before is still done. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#jobs
    this.#records.close()
    this.#known.clear()
  }

  #do<T>(job: () => Promise<T>): Promise<T> {
    if (this.#isClosed) return Promise.reject(new Error('closed'))
    const done = this.#jobs.then(job)
    this.#jobs = done.catch(() => {})
    return done
  }

  async #load(conversation: string): Promise<Stored | null> {
    const { known, messages } = await this.#read(conversation)
    this.#known.set(conversation, known)
    const { head, tagPairs } = known
    return head && { ...copyPlain(head), messages, tagPairs: copyPlain(tagPairs) }
  }

  async #commit(conversation: string, changes: readonly Change[]): Promise<void> {
    const { head, tagPairs, history } = this.#known.get(conversation) ?? (await this.#read(conversation)).known
    const ids = new Set(changes.flatMap(messagesOf))
    const read = await this.#readChunks(conversation, history, ids)
    const messages = [...ids].flatMap((id) => history.find(id, read) ?? [])
    const before = head && { ...head, tagPairs, messages }
    const after = applyChanges(before, changes)
    if (after === null || after === before) return

    const changed = changedMessages(messages, after.messages)
    const chunks = history.change(changed, read)
    const { pairing, link } = after
    const writes = chunkWrites(conversation, chunks)
    if (pairing !== head?.pairing || link !== head.link)
      writes.push({ store: 'pairings', key: conversation, value: { pairing, link } })
    if (after.tagPairs !== before?.tagPairs)
      writes.push({ store: 'tagPairs', key: conversation, value: after.tagPairs })
    if (changes.some((change) => isNewOwn(change, messages)))
      writes.push({ store: 'texts', key: conversation, value: null })
    if (writes.length === 0) return
    await this.#records.write(writes, 'strict')

    history.took(chunks)
    this.#known.set(conversation, { head: { pairing, link }, tagPairs: after.tagPairs, history })
    // Nothing waits for it but the next commit. If it fails, the one after that tries again.
    this.#do(() => this.#gather(conversation, history)).catch(() => {})
  }

  /** A crash of the system may undo it, which changes nothing that anybody sees. */
  async #gather(conversation: string, history: History): Promise<void> {
    for (let chunks = history.gather(); chunks !== null; chunks = history.gather()) {
      await this.#records.write(chunkWrites(conversation, chunks), 'relaxed')
      history.took(chunks)
    }
  }

  async #read(conversation: string): Promise<{ known: Known; messages: readonly StoredMessage[] }> {
    const only = IDBKeyRange.only(conversation)
    const [heads, pairs, chunks] = await Promise.all([
      this.#records.read<Head>('pairings', only),
      this.#records.read<readonly TagPair[]>('tagPairs', only),
      this.#records.read<readonly StoredMessage[]>('messages', chunksOf(conversation)),
    ])
    const sound = this.#sound('messages', chunks)
    // The disk's own copies: what is given out may be changed by whoever gets it.
    const own = sound.map(({ key, value }) => [chunkOf(key), value.length === 1 ? copyPlain(value) : value] as const)
    const last = chunks.at(-1)
    const known = {
      head: this.#sound('pairings', heads)[0]?.value ?? null,
      tagPairs: this.#sound('tagPairs', pairs)[0]?.value ?? [],
      history: new History(new Map(own), last === undefined ? 0 : chunkOf(last.key) + 1),
    }
    return { known, messages: sound.flatMap(({ value }) => value) }
  }

  /** The older chunks in which some of these messages lie. */
  async #readChunks(conversation: string, history: History, ids: Iterable<string>): Promise<Chunks> {
    const chunks = new Map<number, readonly StoredMessage[]>()
    for (const chunk of history.chunksToRead(ids)) {
      const found = await this.#records.read<readonly StoredMessage[]>(
        'messages',
        IDBKeyRange.only([conversation, chunk]),
      )
      const value = this.#sound('messages', found)[0]?.value
      if (value === undefined) history.lost(chunk)
      else chunks.set(chunk, value)
    }
    return chunks
  }

  /** What could be read; the rest is told. */
  #sound<T>(store: SealedStore, found: readonly Found<T>[]): readonly { readonly key: Key; readonly value: T }[] {
    return found.flatMap(({ key, value }) => {
      if (value !== null) return { key, value }
      this.#onDamaged(store, typeof key === 'string' ? key : key[0])
      return []
    })
  }
}

/** All keys of a conversation's chunks: numbers sort before arrays. */
const chunksOf = (conversation: string): IDBKeyRange => IDBKeyRange.bound([conversation], [conversation, []])

const chunkOf = (key: Key): number => (typeof key === 'string' ? 0 : key[1])

const chunkWrites = (conversation: string, chunks: Chunks): Write[] =>
  [...chunks].map(([chunk, messages]) => ({
    store: 'messages',
    key: [conversation, chunk],
    value: messages.length === 0 ? null : messages,
  }))

/** The id of the message that a change is about. */
function messagesOf(change: Change): readonly string[] {
  switch (change.type) {
    case 'putMessage':
      return [change.message.id]
    case 'raiseMessageNumber':
    case 'deleteMessage':
      return [change.id]
    default:
      return []
  }
}

function isNewOwn(change: Change, before: readonly StoredMessage[]): boolean {
  if (change.type !== 'putMessage' || change.message.from === 'peer') return false
  return before.every(({ id }) => id !== change.message.id)
}

/** What is there now in place of each message, null for none. */
function changedMessages(
  before: readonly StoredMessage[],
  after: readonly StoredMessage[],
): ReadonlyMap<string, StoredMessage | null> {
  const changed = new Map<string, StoredMessage | null>(before.map(({ id }) => [id, null]))
  for (const message of after) changed.set(message.id, message)
  for (const message of before) if (changed.get(message.id) === message) changed.delete(message.id)
  return changed
}
