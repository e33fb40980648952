// A tab of the app as far as profiles go: it takes one as soon as it is loaded, opens its database, and makes invites.
// The room of an invite stands behind #. profiles.test.ts does what a person does.

import { type HeldProfile, ProfileLocks } from '../../../src/app/profile-locks.ts'
import { toHex } from '../../../src/lib/bytes.ts'
import type { IndexedDbDisk } from '../../../src/storage/indexed-db-disk.ts'
import { hasMadeInvite } from '../../../src/storage/invite-owner.ts'
import { openDisk } from '../../../src/storage/open-disk.ts'
import { putPairing } from '../storage-pages/changes.ts'

interface Tab {
  state: 'asking' | 'held' | 'offered' | 'moved'
  profile: string | null
  others: readonly string[]
  /** Why the disk of this tab was closed by others. */
  closed: string[]
  /** Doesn't answer when its profile is wanted elsewhere. */
  deaf: boolean
  makeInvite(): Promise<string>
  write(): Promise<string>
  move(profile: string): Promise<void>
}

let disk: IndexedDbDisk | null = null

const locks = new ProfileLocks({
  async letGo() {
    if (tab.deaf) await new Promise(() => {})
    await disk?.close()
  },
  moved() {
    tab.state = 'moved'
  },
})

const inviteRoom = location.hash.slice(1)

async function isInviteOf(databases: readonly string[]): Promise<boolean> {
  const answers = await Promise.all(databases.map((database) => hasMadeInvite(database, inviteRoom)))
  return answers.includes(true)
}

async function hold({ profile, database }: HeldProfile): Promise<void> {
  const opened = await openDisk(database, { closed: (reason) => tab.closed.push(reason), damaged: () => {} })
  if (!opened.ok) throw new Error(opened.reason)
  disk = opened.value
  Object.assign(tab, { state: 'held', profile, others: [] })
}

const newChat = (): string => toHex(crypto.getRandomValues(new Uint8Array(16)))

const tab: Tab = {
  state: 'asking',
  profile: null,
  others: [],
  closed: [],
  deaf: false,
  async makeInvite() {
    const chat = newChat()
    const room = newChat()
    await disk?.commit(chat, [putPairing(chat), { type: 'setPairing', fields: { inviteRoom: room } }])
    return room
  },
  write() {
    const chat = newChat()
    return (disk?.commit(chat, [putPairing(chat)]) ?? Promise.reject(new Error('no disk'))).then(
      () => 'done',
      (error: Error) => error.message,
    )
  },
  move: async (profile) => hold(await locks.move(profile)),
}

export type ProfileTab = Tab

Object.assign(globalThis, { tab })

const asked = new URLSearchParams(location.search).get('profile')
const taken = await locks.take({ asked, isInviteOf: location.hash === '' ? null : isInviteOf })
if (taken.type === 'held') await hold(taken)
else Object.assign(tab, { state: 'offered', profile: taken.profile, others: taken.others })
