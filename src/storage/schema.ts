// The database of one profile: its stores, and the steps by which an older one becomes it. A database of each released
// version lies in test/e2e/storage-fixtures, and a test opens them all.

import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import type { Bytes } from '../lib/bytes.ts'
import { fail, ok, type Result } from '../lib/result.ts'
import type { Wrapping } from './sealing.ts'

/** Keys of records are ids, which are random, numbers, and fixed words; all else is sealed (sealing.ts). */
export interface Schema extends DBSchema {
  /** Raised by each opening, looked at by each commit. */
  epoch: { key: 'current'; value: number }
  keys: { key: 'data'; value: Wrapping }
  /** By conversation: its pairing, and what was learnt about its link. */
  pairings: { key: string; value: Bytes }
  /** By conversation: all its tag pairs. */
  tagPairs: { key: string; value: Bytes }
  /** By conversation and number: chunks of messages (history.ts). */
  messages: { key: [conversation: string, chunk: number]; value: Bytes }
  /** By name: what a person typed and is no message: drafts, their own name. */
  texts: { key: string; value: Bytes }
}

export type Database = IDBPDatabase<Schema>

/** Step i makes version i + 1 of version i. A step that was released is never changed. */
export type Step = (db: IDBPDatabase) => void

export const STEPS: readonly Step[] = [
  (db) => {
    for (const store of ['epoch', 'keys', 'pairings', 'tagPairs', 'messages', 'texts']) db.createObjectStore(store)
  },
]

/** denied: the browser stores nothing; newer: the database was made by a newer version of the app; blocked: a tab with
 * an older version doesn't let go of it. */
export type OpenFailure = 'denied' | 'newer' | 'blocked'

/** newer: a newer version of the app wants it; deleted: somebody deletes it; lost: the browser closed it. */
export type CloseReason = 'newer' | 'deleted' | 'lost'

/** A tab with an older version closes at once when it is asked to; some browsers, denying, never answer. */
const OPEN_MS_MAX = 5_000

/** Opens and, where needed, upgrades. `onClosed` is told once if the connection ends by somebody else's wish. */
export async function openDatabase(
  name: string,
  onClosed: (reason: CloseReason) => void,
  steps: readonly Step[] = STEPS,
): Promise<Result<Database, OpenFailure>> {
  let failure: OpenFailure = 'denied'
  const open = (): Promise<Database> =>
    openDB<Schema>(name, steps.length, {
      upgrade(db, from) {
        for (const step of steps.slice(from)) step(db as unknown as IDBPDatabase)
      },
      blocked() {
        failure = 'blocked'
      },
      blocking(_from, to, event) {
        // Transactions under way still end well; the other tab gets its turn after them.
        ;(event.target as IDBDatabase).close()
        onClosed(to === null ? 'deleted' : 'newer')
      },
      terminated: () => onClosed('lost'),
    })
  try {
    const opening = open()
    const db = await within(opening, OPEN_MS_MAX)
    if (db !== null) return ok(db)
    // It may still open when nobody waits for it any more: then it must not stand in others' way.
    opening.then(
      (late) => late.close(),
      () => {},
    )
  } catch (error) {
    if (error instanceof Error && error.name === 'VersionError') failure = 'newer'
  }
  return fail(failure)
}

function within<T>(promise: Promise<T>, ms: number): Promise<T | null> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(null), ms)
    promise.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
