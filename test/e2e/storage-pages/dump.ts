// A whole database as JSON, device key and all, and back: how a database of each released version is kept as a fixture.
// The key of a dump was made to be taken out; those of the app can't be.

import { openDB } from 'idb'
import { fromBase64Url, toBase64Url } from '../../../src/lib/bytes.ts'
import { rawDatabase } from './opened.ts'

export interface Dump {
  readonly version: number
  readonly stores: Readonly<Record<string, readonly { readonly key: IDBValidKey; readonly value: unknown }[]>>
}

/** Runs `work` while device keys can be taken out. */
export async function withOpenKeys<T>(work: () => Promise<T>): Promise<T> {
  const generateKey = crypto.subtle.generateKey
  const open = (algorithm: AesKeyGenParams, _: boolean, usages: KeyUsage[]) =>
    generateKey.call(crypto.subtle, algorithm, true, usages)
  Object.assign(crypto.subtle, { generateKey: open })
  try {
    return await work()
  } finally {
    Object.assign(crypto.subtle, { generateKey })
  }
}

export async function dumpDatabase(name: string): Promise<Dump> {
  const db = await openDB(name)
  const { version } = db
  db.close()
  const stores: Record<string, { key: IDBValidKey; value: unknown }[]> = {}
  for (const [store, records] of Object.entries(await rawDatabase(name))) {
    stores[store] = await Promise.all(records.map(async ({ key, value }) => ({ key, value: await toPlain(value) })))
  }
  return { version, stores }
}

export async function restoreDatabase(name: string, { version, stores }: Dump): Promise<void> {
  const db = await openDB(name, version, {
    upgrade(db) {
      for (const store of Object.keys(stores)) db.createObjectStore(store)
    },
  })
  for (const [store, records] of Object.entries(stores)) {
    for (const { key, value } of records) await db.put(store, await fromPlain(value), key)
  }
  db.close()
}

async function toPlain(value: unknown): Promise<unknown> {
  if (value instanceof Uint8Array) return { bytes: toBase64Url(value) }
  if (value instanceof CryptoKey) {
    const secret = toBase64Url(new Uint8Array(await crypto.subtle.exportKey('raw', value)))
    return { secret, algorithm: value.algorithm.name, usages: value.usages }
  }
  if (typeof value !== 'object' || value === null) return value
  const parts = Object.entries(value).map(async ([name, part]) => [name, await toPlain(part)] as const)
  return Object.fromEntries(await Promise.all(parts))
}

async function fromPlain(value: unknown): Promise<unknown> {
  if (typeof value !== 'object' || value === null) return value
  if ('bytes' in value) return bytesOf(value.bytes)
  if ('secret' in value) {
    const { secret, algorithm, usages } = value as unknown as { secret: string; algorithm: string; usages: KeyUsage[] }
    return crypto.subtle.importKey('raw', bytesOf(secret), algorithm, false, usages)
  }
  const parts = Object.entries(value).map(async ([name, part]) => [name, await fromPlain(part)] as const)
  return Object.fromEntries(await Promise.all(parts))
}

function bytesOf(text: unknown): Uint8Array<ArrayBuffer> {
  const bytes = fromBase64Url(String(text))
  if (!bytes.ok) throw new Error(bytes.reason)
  return bytes.value
}
