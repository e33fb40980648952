// The sealed records of one open database: read, and written under its epoch. Writes are data; a list of them is one
// transaction, all of it or nothing. Everything is sealed before the transaction begins, for a transaction ends by
// itself while anything else is waited for.

import type { IDBPDatabase } from 'idb'
import type { Bytes } from '../lib/bytes.ts'
import type { CommitFailure } from '../protocol/disk.ts'
import { decodePlain, encodePlain } from './plain.ts'
import type { Database } from './schema.ts'
import { type Key, type Place, type SealedStore, seal, unseal } from './sealing.ts'

/** A record to be put, or where the value is null, deleted. */
export type Write = Place & { readonly value: unknown }

type SealedWrite = Place & { readonly record: Bytes | null }

/** What was found at a key; null is damaged. */
export interface Found<T> {
  readonly key: Key
  readonly value: T | null
}

type Durability = 'strict' | 'relaxed'

const STORES = ['epoch', 'pairings', 'tagPairs', 'messages', 'texts'] as const

export class SealedRecords {
  readonly #db: IDBPDatabase
  readonly #dataKey: CryptoKey
  readonly #epoch: number
  readonly #onTaken: () => void

  /** `onTaken` is told when somebody else has opened the database since: nothing can be written any more. */
  constructor(db: Database, dataKey: CryptoKey, epoch: number, onTaken: () => void) {
    // The stores of sealed records differ by name alone, which is a variable here.
    this.#db = db as unknown as IDBPDatabase
    this.#dataKey = dataKey
    this.#epoch = epoch
    this.#onTaken = onTaken
  }

  /** The records of a store in a range of keys, or all. Rejects with a CommitFailure, as `keys` and `write` do. */
  async read<T>(store: SealedStore, range?: IDBKeyRange): Promise<readonly Found<T>[]> {
    const [keys, records] = await this.#ask(() => {
      const from = this.#reading(store)
      return Promise.all([from.getAllKeys(range), from.getAll(range)])
    })
    const open = async (key: Key, record: unknown): Promise<Found<T>> => {
      const plain = await unseal(this.#dataKey, { store, key }, record)
      return { key, value: plain && decodePlain<T>(plain) }
    }
    return Promise.all(keys.map((key, i) => open(key as Key, records[i])))
  }

  async keys(store: SealedStore, range?: IDBKeyRange): Promise<readonly Key[]> {
    return (await this.#ask(() => this.#reading(store).getAllKeys(range))) as Key[]
  }

  async write(writes: readonly Write[], durability: Durability): Promise<void> {
    const sealed = await Promise.all(writes.map((write) => this.#seal(write)))
    await this.#ask(() => this.#transact(sealed, durability))
  }

  close(): void {
    this.#db.close()
  }

  #reading(store: SealedStore) {
    const transaction = this.#db.transaction(store)
    // Its requests tell of its end; this promise, which idb makes for every transaction, would be an uncaught error.
    transaction.done.catch(() => {})
    return transaction.store
  }

  async #seal({ store, key, value }: Write): Promise<SealedWrite> {
    const place = { store, key }
    return { ...place, record: value === null ? null : await seal(this.#dataKey, place, encodePlain(value)) }
  }

  async #transact(writes: readonly SealedWrite[], durability: Durability): Promise<void> {
    const transaction = this.#db.transaction(STORES, 'readwrite', { durability })
    const asked: Promise<unknown>[] = [transaction.done]
    try {
      asked.push(
        transaction
          .objectStore('epoch')
          .get('current')
          .then((epoch: number) => {
            // All has been asked for by then. Left alone, the transaction would go round once more before it ends.
            if (epoch === this.#epoch) return transaction.commit()
            this.#onTaken()
            throw new DOMException('The profile is in use elsewhere.', 'InvalidStateError')
          }),
      )
      for (const { store, key, record } of writes) {
        const into = transaction.objectStore(store)
        asked.push(record === null ? into.delete(key) : into.put(record, key))
      }
      await Promise.all(asked)
    } catch (error) {
      abort(transaction)
      await Promise.allSettled(asked)
      throw transaction.error ?? error
    }
  }

  async #ask<T>(question: () => Promise<T>): Promise<T> {
    try {
      return await question()
    } catch (error) {
      throw new Error(failureOf(error))
    }
  }
}

/** An aborted transaction leaves nothing behind; what was asked of it so far rejects. */
function abort(transaction: { abort(): void }): void {
  try {
    transaction.abort()
  } catch {
    // It has aborted by itself.
  }
}

/** What IndexedDB's errors mean (its specification, section 4.2): the name tells, the message is the browser's own. */
function failureOf(error: unknown): CommitFailure {
  switch (error instanceof DOMException ? error.name : '') {
    case 'QuotaExceededError':
      return 'full'
    case 'InvalidStateError':
    case 'AbortError':
      return 'closed'
    default:
      return 'denied'
  }
}
