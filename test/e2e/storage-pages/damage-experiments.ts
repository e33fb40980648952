// Records that were changed behind the disk's back.

import { deleteDB, openDB } from 'idb'
import { openDisk } from '../../../src/storage/open-disk.ts'
import { BEGUN, CHAT, OTHER_CHAT, putMany, putMessage, putPairing } from './changes.ts'
import { newName, open, outcome, rawRecords, rawWrite, withDisk } from './opened.ts'

export const damage = {
  /** Records that were flipped, swapped, replaced: the rest loads. */
  async damagedRecords() {
    const damage = (change: (name: string) => Promise<void>) =>
      withDisk(async ({ disk }, name) => {
        await disk.commit(CHAT, BEGUN)
        await disk.commit(OTHER_CHAT, [putPairing(OTHER_CHAT), putMessage(1, 'there')])
        await disk.saveText(CHAT, 'draft')
        await disk.close()
        await change(name)
        const again = await open(name)
        const stored = await again.disk.load(CHAT)
        const other = await again.disk.load(OTHER_CHAT)
        const drafts = [...(await again.disk.texts()).values()]
        // A damaged record is not written over by the next message.
        const next = await outcome(again.disk.commit(CHAT, [putMessage(9, 'nine')]))
        const records = await rawRecords(name, 'messages')
        await again.disk.close()
        return {
          damaged: again.damaged,
          texts: stored?.messages.map(({ text }) => text) ?? null,
          pairs: stored?.tagPairs.length ?? null,
          other: other?.messages.length,
          drafts,
          next,
          records: records.length,
        }
      })
    const flip = (store: string, key: IDBValidKey) => async (name: string) => {
      const db = await openDB(name)
      const record = (await db.get(store, key)) as Uint8Array
      record[20] = (record[20] ?? 0) ^ 1
      await db.put(store, record, key)
      db.close()
    }
    return {
      message: await damage(flip('messages', [CHAT, 1])),
      pairs: await damage(flip('tagPairs', CHAT)),
      pairing: await damage(flip('pairings', CHAT)),
      draft: await damage(flip('texts', CHAT)),
      noBytes: await damage((name) => rawWrite(name, [{ store: 'messages', key: [CHAT, 0], value: 'text' }])),
      swapped: await damage(async (name) => {
        const [first, second] = await rawRecords(name, 'messages')
        if (first === undefined || second === undefined) throw new Error('expected two records')
        await rawWrite(name, [
          { store: 'messages', key: first.key, value: second.value },
          { store: 'messages', key: second.key, value: first.value },
        ])
      }),
    }
  },

  /** An older chunk is damaged while the disk is in use, and one of its messages changed. */
  damagedInUse() {
    return withDisk(async ({ disk, damaged }, name) => {
      await disk.commit(CHAT, [putPairing()])
      await putMany(disk, 300, (number) => putMessage(number, 'text'))
      const [big] = await rawRecords(name, 'messages')
      await rawWrite(name, [{ store: 'messages', key: big?.key ?? 0, value: new Uint8Array(50) }])
      const next = await outcome(disk.commit(CHAT, [putMessage(5, 'changed')]))
      const lengths = (await rawRecords(name, 'messages')).map(({ value }) => (value as Uint8Array).length)
      const texts = (await disk.load(CHAT))?.messages.map(({ text }) => text) ?? []
      return {
        next,
        kept: lengths[0],
        changed: texts.includes('changed'),
        others: texts.length,
        damaged,
      }
    })
  },

  async lostKey() {
    const reasonAfter = async (writes: Parameters<typeof rawWrite>[1]) => {
      const name = newName()
      const { disk } = await open(name)
      await disk.commit(CHAT, BEGUN)
      await disk.close()
      await rawWrite(name, writes)
      const opened = await openDisk(name, { closed: () => {}, damaged: () => {} })
      await deleteDB(name)
      return opened.ok ? 'opened' : opened.reason
    }
    return {
      gone: await reasonAfter([{ store: 'keys', key: 'data' }]),
      nonsense: await reasonAfter([{ store: 'keys', key: 'data', value: { kind: 'device' } }]),
    }
  },
}
