// How long it takes.

import { deleteDB } from 'idb'
import type { Change } from '../../../src/protocol/disk.ts'
import { CHAT, message, putDelivered, putMany, putMessage, putPairing, tagPair } from './changes.ts'
import { newName, open, rawRecords, withDisk } from './opened.ts'

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0

async function timed(work: () => Promise<unknown>): Promise<number> {
  const beganMs = performance.now()
  await work()
  return performance.now() - beganMs
}

/** The commits of one message at its sender: written, sent under a spent pair, delivered. */
function lifeOf(number: number): readonly (readonly Change[])[] {
  const text = `message ${number} `.repeat(8)
  const sent = { ...message(number, text), number, state: 'sent' } as const
  return [
    [putMessage(number, text)],
    [
      { type: 'putMessage', message: sent },
      { type: 'raiseNumber', to: number },
      { type: 'deleteTagPair', name: `s/${number}` },
      { type: 'putTagPair', pair: { ...tagPair(`s/${number + 8}`), state: 'pending' } },
    ],
    [putDelivered(number, text), { type: 'putTagPair', pair: tagPair(`s/${number + 8}`) }],
  ]
}

export const speed = {
  /** Milliseconds from nothing to a loaded history, median of some openings. */
  async openLong(count: number) {
    const name = newName()
    const { disk } = await open(name)
    await disk.commit(CHAT, [putPairing()])
    await putMany(disk, count, (number) => putDelivered(number))
    await disk.close()
    const times: number[] = []
    let loaded = 0
    for (let i = 0; i < 7; i++) {
      times.push(
        await timed(async () => {
          const again = await open(name)
          loaded = (await again.disk.load(CHAT))?.messages.length ?? 0
          await again.disk.close()
        }),
      )
    }
    const records = (await rawRecords(name, 'messages')).length
    await deleteDB(name)
    return { loaded, records, minMs: Math.min(...times), medianMs: median(times), maxMs: Math.max(...times) }
  },

  /** Milliseconds of the three commits of a message at its sender, in a chat of some length. */
  commitTimes(rounds: number) {
    return withDisk(async ({ disk }) => {
      const pairs = Array.from({ length: 8 }, (_, i): Change => ({ type: 'putTagPair', pair: tagPair(`s/${i}`) }))
      await disk.commit(CHAT, [putPairing(), ...pairs])
      await putMany(disk, 500, (number) => putDelivered(number + 1_000_000))
      const times: [number[], number[], number[]] = [[], [], []]
      for (let round = 0; round < rounds; round++) {
        for (const [i, changes] of lifeOf(round).entries())
          times[i]?.push(await timed(() => disk.commit(CHAT, changes)))
      }
      const all = times.flat()
      return { written: median(times[0]), sent: median(times[1]), delivered: median(times[2]), maxMs: Math.max(...all) }
    })
  },
}
