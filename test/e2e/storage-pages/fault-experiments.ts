// A disk that is full, denied, taken, or closed under us.

import { deleteDB, openDB } from 'idb'
import { MemoryDisk } from '../../../src/protocol/memory-disk.ts'
import { openDisk } from '../../../src/storage/open-disk.ts'
import { openDatabase, STEPS, type Step } from '../../../src/storage/schema.ts'
import { BEGUN, CHAT, MUCH, putMessage, putPairing } from './changes.ts'
import { silence, withFailingWrites, withOpening } from './failures.ts'
import { canonical, newName, type Opened, open, outcome, rawDatabase, seen, withDisk } from './opened.ts'

let cleared: Opened | null = null

export const faults = {
  /** One commit that changes much, failing at every write in turn; after each the same commit again. */
  async failingWrites(error: string) {
    const memory = new MemoryDisk()
    await memory.commit(CHAT, BEGUN)
    await memory.commit(CHAT, MUCH)
    const expected = await seen(memory)
    const rounds: { outcome: string; untouched: boolean; next: string; asExpected: boolean }[] = []
    for (let k = 1; ; k++) {
      const round = await withDisk(async ({ disk }, name) => {
        await disk.commit(CHAT, BEGUN)
        const before = canonical(await rawDatabase(name))
        const failed = await withFailingWrites(error, k, () => outcome(disk.commit(CHAT, MUCH)))
        const untouched = canonical(await rawDatabase(name)) === before
        const next = await outcome(disk.commit(CHAT, MUCH))
        return { outcome: failed, untouched, next, asExpected: (await seen(disk)) === expected }
      })
      if (round.outcome === 'done') return { rounds, writes: k - 1 }
      rounds.push(round)
    }
  },

  /** Writes until there is no room any more; what was stored is there, what was not is not. */
  async fill(name: string) {
    const { disk } = await open(name)
    await disk.commit(CHAT, [putPairing()])
    const text = () =>
      String.fromCharCode(...crypto.getRandomValues(new Uint16Array(30_000)).map((unit) => unit % 50_000))
    let stored = 0
    let reason = 'done'
    while (reason === 'done' && stored < 2_000) {
      reason = await outcome(disk.commit(CHAT, [putMessage(stored, text())]))
      if (reason === 'done') stored += 1
    }
    const loaded = (await disk.load(CHAT))?.messages.length
    await disk.close()
    return { reason, stored, loaded }
  },

  /** What is there after that, and whether one more goes. */
  async afterwards(name: string) {
    const { disk, damaged } = await open(name)
    const loaded = (await disk.load(CHAT))?.messages.length
    const oneMore = await outcome(disk.commit(CHAT, [putMessage(10_000, 'one more')]))
    await disk.close()
    await deleteDB(name)
    return { loaded, oneMore, damaged }
  },

  /** A second opening while the first has commits under way. */
  twoOpenings() {
    return withDisk(async (first, name) => {
      await first.disk.commit(CHAT, [putPairing()])
      const underWay = Array.from({ length: 20 }, (_, i) => outcome(first.disk.commit(CHAT, [putMessage(i, 'first')])))
      const second = await open(name)
      const outcomes = await Promise.all(underWay)
      await second.disk.commit(CHAT, [putMessage(100, 'second')])
      const late = await outcome(first.disk.commit(CHAT, [putMessage(101, 'late')]))
      const stored = await second.disk.load(CHAT)
      await second.disk.close()
      const done = outcomes.filter((one) => one === 'done').length
      return { outcomes, done, late, stored: stored?.messages.length, closed: first.closed }
    })
  },

  /** Somebody deletes the database, or a newer version of the app opens it, in mid-chat. */
  async closedByOthers() {
    const name = newName()
    const deleted = await open(name)
    await deleted.disk.commit(CHAT, BEGUN)
    await deleteDB(name)
    const afterDeletion = [
      await outcome(deleted.disk.commit(CHAT, [putMessage(3, 'late')])),
      await outcome(deleted.disk.load(CHAT)),
    ]

    const old = await open(name)
    await old.disk.commit(CHAT, BEGUN)
    const newer = await openDatabase(name, () => {}, [...STEPS, (db) => db.createObjectStore('later')])
    const afterUpgrade = await outcome(old.disk.commit(CHAT, [putMessage(3, 'late')]))
    const stores = newer.ok ? [...newer.value.objectStoreNames] : []
    const kept = newer.ok ? await newer.value.count('messages') : 0
    if (newer.ok) newer.value.close()
    const reopened = await openDisk(name, { closed: () => {}, damaged: () => {} })
    await deleteDB(name)
    return {
      deleted: { outcomes: afterDeletion, told: deleted.closed },
      upgraded: { outcome: afterUpgrade, told: old.closed, hasLater: (stores as string[]).includes('later'), kept },
      reopened: reopened.ok ? 'opened' : reopened.reason,
    }
  },

  /** The browser clears the origin's data while a disk is open: `clear` is the test's, outside of here. */
  async openForClearing(name: string) {
    const opened = await open(name)
    await opened.disk.commit(CHAT, BEGUN)
    cleared = opened
  },

  async afterClearing() {
    const late = await outcome(cleared?.disk.commit(CHAT, [putMessage(3, 'late')]) ?? Promise.resolve())
    return { late, told: cleared?.closed }
  },

  /** Why a disk can't be opened. */
  async refusals() {
    const throws = (): never => {
      throw new DOMException('made to fail', 'SecurityError')
    }
    const held = newName()
    const holder = await openDB(held, 1)
    const blocked = reasonOf(held, [...STEPS, () => {}])
    const silent = withOpening(silence, () => reasonOf(newName()))
    const slow = await Promise.all([silent, blocked])
    holder.close()
    return {
      slow,
      throws: await withOpening(throws, () => reasonOf(newName())),
      noKeys: await withFailingWrites('DataCloneError', 1, () => keyReasonOf(newName())),
      // The connection that came too late doesn't stand in the way.
      afterwards: await reasonOf(held, [...STEPS, () => {}, () => {}]),
    }
  },

  /** Commits without end, each told when it is on the disk, until this worker is killed. */
  async commitForEver(name: string) {
    const { disk } = await open(name)
    await disk.commit(CHAT, [putPairing()])
    for (let number = 1; ; number++) {
      await disk.commit(CHAT, [putMessage(number, `text ${number}`), { type: 'raiseNumber', to: number }])
      postMessage({ committed: number })
    }
  },

  /** The highest number after that, and whether everything below it is there. */
  async afterKill(name: string) {
    const { disk, damaged } = await open(name)
    const stored = await disk.load(CHAT)
    await disk.close()
    await deleteDB(name)
    const highest = stored?.pairing.highestNumber ?? 0
    return { highest, messages: stored?.messages.length ?? 0, damaged }
  },
}

/** Of a database by itself, with these steps. */
async function reasonOf(name: string, steps: readonly Step[] = STEPS): Promise<string> {
  const opened = await openDatabase(name, () => {}, steps)
  if (opened.ok) opened.value.close()
  return opened.ok ? 'opened' : opened.reason
}

/** With its key. */
async function keyReasonOf(name: string): Promise<string> {
  const opened = await openDisk(name, { closed: () => {}, damaged: () => {} })
  return opened.ok ? 'opened' : opened.reason
}
