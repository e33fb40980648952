// The way in: a profile's database becomes a disk. Who opens it last is the only one that can write: its epoch is the
// highest.

import { fail, ok, type Result } from '../lib/result.ts'
import { IndexedDbDisk, type OnDamaged } from './indexed-db-disk.ts'
import { type CloseReason, type Database, type OpenFailure, openDatabase } from './schema.ts'
import { SealedRecords } from './sealed-records.ts'
import { makeWrapping, unwrapDataKey, type Wrapping } from './sealing.ts'

/** damaged: the key of the database is lost, and with it all that lies there. */
export type StorageFailure = OpenFailure | 'damaged'

export interface StorageEvents {
  /** Nothing is written any more; taken: the profile was opened elsewhere since. */
  closed(reason: CloseReason | 'taken'): void
  readonly damaged: OnDamaged
}

export async function openDisk(database: string, on: StorageEvents): Promise<Result<IndexedDbDisk, StorageFailure>> {
  const opened = await openDatabase(database, on.closed)
  if (!opened.ok) return opened
  const db = opened.value
  try {
    const dataKey = await readDataKey(db)
    if (dataKey !== null) {
      const epoch = await raiseEpoch(db)
      const taken = (): void => {
        db.close()
        on.closed('taken')
      }
      return ok(new IndexedDbDisk(new SealedRecords(db, dataKey, epoch, taken), on.damaged))
    }
    db.close()
    return fail('damaged')
  } catch {
    // In private windows some browsers keep no keys, or nothing at all.
    db.close()
    return fail('denied')
  }
}

/** Null when it was there and is lost. */
async function readDataKey(db: Database): Promise<CryptoKey | null> {
  const wrapping = (await db.get('keys', 'data')) ?? (await keepNewWrapping(db))
  return wrapping && unwrapDataKey(wrapping).catch(() => null)
}

async function keepNewWrapping(db: Database): Promise<Wrapping | null> {
  // A database that was opened before has had a key.
  if ((await db.get('epoch', 'current')) !== undefined) return null
  const made = await makeWrapping()
  const transaction = db.transaction('keys', 'readwrite', { durability: 'strict' })
  // Another tab may have been quicker.
  const wrapping = (await transaction.store.get('data')) ?? made
  await Promise.all([transaction.store.put(wrapping, 'data'), transaction.done])
  return wrapping
}

async function raiseEpoch(db: Database): Promise<number> {
  const transaction = db.transaction('epoch', 'readwrite')
  const epoch = ((await transaction.store.get('current')) ?? 0) + 1
  await Promise.all([transaction.store.put(epoch, 'current'), transaction.done])
  return epoch
}
