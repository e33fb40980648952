// A database of this version taken out, and those of released versions opened.

import { deleteDB } from 'idb'
import { BEGUN, CHAT, idOf, putDelivered, putMany, putMessage } from './changes.ts'
import { type Dump, dumpDatabase, restoreDatabase, withOpenKeys } from './dump.ts'
import { newName, open, outcome, seen, withDisk } from './opened.ts'

export const versions = {
  /** A conversation with all there is in a database, small: a chunk of several messages, single ones, a draft. */
  makeDump() {
    return withOpenKeys(() =>
      withDisk(async ({ disk }, name) => {
        await disk.commit(CHAT, BEGUN)
        await putMany(disk, 300, (number) => putDelivered(number, `text ${number}`))
        await disk.load(CHAT)
        const deleted = Array.from({ length: 300 }, (_, i) => i).filter((number) => number % 100 > 1)
        await disk.commit(
          CHAT,
          deleted.map((number) => ({ type: 'deleteMessage', id: idOf(number) })),
        )
        await disk.saveText(CHAT, 'draft')
        const seenNow = await seen(disk)
        await disk.close()
        return { dump: await dumpDatabase(name), seen: seenNow }
      }),
    )
  },

  async openDump(dump: Dump) {
    const name = newName()
    await restoreDatabase(name, dump)
    const { disk, damaged } = await open(name)
    const result = { seen: await seen(disk), texts: [...(await disk.texts())], damaged }
    const next = await outcome(disk.commit(CHAT, [putMessage(1_000, 'goes on')]))
    await disk.close()
    await deleteDB(name)
    return { ...result, next }
  },
}
