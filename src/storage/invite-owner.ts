// Whose invite is it? Asked before a tab has a profile of its own, of a profile that another live tab holds: its
// database is looked at from here, so that the answer needs neither that tab, which may be frozen, nor a word between
// tabs about a secret.

import { openDB } from 'idb'
import type { Stored } from '../protocol/disk.ts'
import type { Schema } from './schema.ts'
import { SealedRecords } from './sealed-records.ts'
import { unwrapDataKey } from './sealing.ts'

/**
 * Whether the profile in this database has made the invite of this room, spent or not. True also where there is no database to look at: what that tab has is kept nowhere and can't be moved to another, so
 * whoever opens an invite beside it had better be somebody else.
 */
export async function hasMadeInvite(database: string, room: string): Promise<boolean> {
  try {
    const db = await openDB<Schema>(database, undefined, {
      // Called only for a database that isn't there: none is made by looking.
      upgrade(_db, _from, _to, transaction) {
        transaction.done.catch(() => {})
        transaction.abort()
      },
    })
    try {
      const wrapping = await db.get('keys', 'data')
      if (wrapping === undefined) return true
      const records = new SealedRecords(db, await unwrapDataKey(wrapping), 0, () => {})
      const heads = await records.read<Pick<Stored, 'pairing'>>('pairings')
      return heads.some(({ value }) => isOf(value, room))
    } finally {
      db.close()
    }
  } catch {
    return true
  }
}

function isOf(head: Pick<Stored, 'pairing'> | null, room: string): boolean {
  return head?.pairing.role === 'inviter' && head.pairing.inviteRoom === room
}
