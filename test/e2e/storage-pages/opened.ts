// A disk for an experiment, with all that it told; and the raw database under it, as nobody but a test should see it.

import { deleteDB, openDB } from 'idb'
import type { Disk } from '../../../src/protocol/disk.ts'
import type { IndexedDbDisk } from '../../../src/storage/indexed-db-disk.ts'
import { openDisk } from '../../../src/storage/open-disk.ts'
import { CHAT } from './changes.ts'

export interface Opened {
  readonly disk: IndexedDbDisk
  readonly closed: string[]
  readonly damaged: string[]
}

export const newName = (): string => `storage-test/${crypto.randomUUID()}`

export async function open(name: string): Promise<Opened> {
  const closed: string[] = []
  const damaged: string[] = []
  const opened = await openDisk(name, {
    closed: (reason) => closed.push(reason),
    damaged: (store, of) => damaged.push(`${store} ${of}`),
  })
  if (!opened.ok) throw new Error(`expected an open disk, got ${opened.reason}`)
  return { disk: opened.value, closed, damaged }
}

/** Why it was refused, or 'done'. */
export const outcome = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'done',
    (error: unknown) => (error instanceof Error ? error.message : 'no error'),
  )

/** A conversation on a disk as text; in which order its messages lie is nobody's business. */
export async function seen(disk: Disk, conversation = CHAT): Promise<string> {
  const stored = await disk.load(conversation)
  const messages = [...(stored?.messages ?? [])].sort((a, b) => (a.id < b.id ? -1 : 1))
  return canonical(stored && { ...stored, messages })
}

/** As seen after a reload. */
export async function seenAgain(name: string): Promise<string> {
  const { disk } = await open(name)
  const result = await seen(disk)
  await disk.close()
  return result
}

export async function withDisk<T>(work: (opened: Opened, name: string) => Promise<T>): Promise<T> {
  const name = newName()
  const opened = await open(name)
  try {
    return await work(opened, name)
  } finally {
    await opened.disk.close()
    await deleteDB(name)
  }
}

export interface RawRecord {
  readonly key: IDBValidKey
  readonly value: unknown
}

/** Every record of a database, by store. */
export async function rawDatabase(name: string): Promise<Record<string, readonly RawRecord[]>> {
  const db = await openDB(name)
  const stores: Record<string, readonly RawRecord[]> = {}
  for (const store of [...db.objectStoreNames]) {
    const [keys, values] = await Promise.all([db.getAllKeys(store), db.getAll(store)])
    stores[store] = keys.map((key, i) => ({ key, value: values[i] }))
  }
  db.close()
  return stores
}

export const rawRecords = async (name: string, store: string): Promise<readonly RawRecord[]> =>
  (await rawDatabase(name))[store] ?? []

/** Puts and (where there is no value) deletes records as they are. */
export async function rawWrite(
  name: string,
  writes: readonly { readonly store: string; readonly key: IDBValidKey; readonly value?: unknown }[],
): Promise<void> {
  const db = await openDB(name)
  for (const { store, key, value } of writes)
    await (value === undefined ? db.delete(store, key) : db.put(store, value, key))
  db.close()
}

/** A value as text that tells types of bytes apart, and not the order of an object's fields. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (part instanceof Uint8Array) return `bytes(${part.join(' ')})`
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}
