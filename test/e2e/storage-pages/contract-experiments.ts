// What every disk has to keep, and what this one adds.

import fc from 'fast-check'
import { deleteDB } from 'idb'
import type { Change } from '../../../src/protocol/disk.ts'
import { diskKit } from '../../../src/protocol/disk-kit.ts'
import { MemoryDisk } from '../../../src/protocol/memory-disk.ts'
import { hasMadeInvite } from '../../../src/storage/invite-owner.ts'
import {
  BEGUN,
  CHAT,
  INVITE_ROOM,
  idOf,
  message,
  OTHER_CHAT,
  OTHER_INVITE_ROOM,
  putMessage,
  putPairing,
} from './changes.ts'
import { commitsByChance } from './commits-by-chance.ts'
import { newName, open, outcome, rawDatabase, rawRecords, seen, seenAgain, withDisk } from './opened.ts'

export const contract = {
  async kit() {
    const failed: string[] = []
    for (const { name, run } of diskKit(async () => (await open(newName())).disk)) {
      const result = await outcome(run())
      if (result !== 'done') failed.push(`${name}: ${result}`)
    }
    return failed
  },

  /** Commits by chance, with reloads between them, on both disks: what is loaded is the same at every step. */
  likeMemory(seed: number, numRuns: number) {
    const property = fc.asyncProperty(commitsByChance, async (commits) => {
      const name = newName()
      const memory = new MemoryDisk()
      let { disk } = await open(name)
      try {
        for (const changes of [[putPairing()], ...commits]) {
          if (changes === 'reload') {
            await disk.close()
            disk = (await open(name)).disk
          } else {
            await Promise.all([disk.commit(CHAT, changes), memory.commit(CHAT, changes)])
          }
          const [expected, got] = [await seen(memory), await seen(disk)]
          if (got !== expected) throw new Error(`expected ${expected}, got ${got}`)
        }
      } finally {
        await disk.close()
        await deleteDB(name)
      }
    })
    return outcome(fc.assert(property, { seed, numRuns }))
  },

  /** A history of several chunks, changed everywhere, against the same in memory. */
  longHistory(count: number) {
    return withDisk(async ({ disk }, name) => {
      const memory = new MemoryDisk()
      const both = (changes: readonly Change[]) =>
        Promise.all([disk.commit(CHAT, changes), memory.commit(CHAT, changes)])
      await both([putPairing()])
      for (let at = 0; at < count; at += 50) {
        await both(Array.from({ length: 50 }, (_, i) => putMessage(at + i, `text ${at + i}`)))
      }
      const before = (await rawRecords(name, 'messages')).length
      for (let at = 0; at < count; at += 7) {
        await both([
          { type: 'deleteMessage', id: idOf(at) },
          { type: 'raiseMessageNumber', id: idOf(at + 1), to: 5 },
          { type: 'putMessage', message: { ...message(at + 2, 'changed'), number: at } },
          { type: 'raiseMessageNumber', id: idOf(at + 2), to: count },
        ])
      }
      const expected = await seen(memory)
      const same = (await seen(disk)) === expected
      await disk.close()
      return { records: before, same, sameAgain: (await seenAgain(name)) === expected }
    })
  },

  texts() {
    return withDisk(async ({ disk }, name) => {
      await disk.commit(CHAT, BEGUN)
      await Promise.all([disk.saveText(CHAT, 'dra'), disk.saveText(CHAT, 'draft'), disk.saveText('name', 'Ada')])
      await disk.saveText(OTHER_CHAT, 'gone')
      await disk.saveText(OTHER_CHAT, '')
      await disk.close()
      const again = await open(name)
      const before = [...(await again.disk.texts())]
      await again.disk.forget(CHAT)
      const after = { texts: [...(await again.disk.texts())], chats: await again.disk.conversations() }
      const records = Object.entries(await rawDatabase(name)).map(([store, all]) => [store, all.length] as const)
      await again.disk.close()
      return { before, after, records: Object.fromEntries(records) }
    })
  },

  drafts() {
    return withDisk(async ({ disk }, name) => {
      const steps: unknown[] = []
      const note = async () => steps.push((await disk.texts()).get(CHAT) ?? null)
      await disk.commit(CHAT, [...BEGUN, putMessage(0, 'old')])
      await disk.saveText(CHAT, 'draft')
      const peers = { ...message(3, 'theirs'), from: 'peer' } as const
      await disk.commit(CHAT, [{ type: 'putMessage', message: peers }, putMessage(0, 'old, sent')])
      await note()
      await disk.commit(CHAT, [putMessage(4, 'draft')])
      await note()
      await disk.saveText(CHAT, 'next')
      await disk.close()
      const again = await open(name)
      steps.push((await again.disk.texts()).get(CHAT))
      await again.disk.close()
      return steps
    })
  },

  invites() {
    return withDisk(async ({ disk }, name) => {
      await disk.commit(CHAT, BEGUN)
      const joined = { ...putPairing(OTHER_CHAT) }
      await disk.commit(OTHER_CHAT, [
        joined,
        { type: 'setPairing', fields: { role: 'joiner', inviteRoom: OTHER_INVITE_ROOM } },
      ])
      const answers = [await hasMadeInvite(name, INVITE_ROOM), await hasMadeInvite(name, OTHER_INVITE_ROOM)]
      await disk.commit(CHAT, [{ type: 'setPairing', fields: { invite: null } }])
      const spent = await hasMadeInvite(name, INVITE_ROOM)
      const nowhere = await hasMadeInvite('storage-test/nowhere', INVITE_ROOM)
      const names = (await indexedDB.databases()).map(({ name }) => name)
      return { answers, spent, nowhere, madeByLooking: names.includes('storage-test/nowhere') }
    })
  },

  /** What of a conversation can be seen in its database without the key. */
  sealed() {
    return withDisk(async ({ disk }, name) => {
      await disk.commit(CHAT, [...BEGUN, putMessage(3, 'a secret that nobody may find')])
      await disk.commit(CHAT, [{ type: 'deleteTagPair', name: 's/0' }])
      await disk.saveText(CHAT, 'a secret draft')
      const { epoch: _, keys = [], ...sealed } = await rawDatabase(name)
      const records = Object.values(sealed).flat()
      const wrappings = keys.map(({ value }) => value as { readonly key: CryptoKey })
      const letters = records.map(({ value }) => String.fromCharCode(...(value as Uint8Array))).join()
      return {
        keys: records.map(({ key }) => key),
        lengths: (sealed['messages'] ?? []).map(({ value }) => (value as Uint8Array).length),
        hasPlaintext: /secret|Ada|private|s\/1/.test(letters),
        extractable: wrappings.map(({ key }) => key.extractable),
        pairs: (await disk.load(CHAT))?.tagPairs.map(({ name }) => name),
      }
    })
  },
}
