// The acceptance kit of `Disk`: every adapter runs it. Framework-free: `run` rejects with what was expected and got.

import { assert } from '../lib/assert.ts'
import type { Bytes } from '../lib/bytes.ts'
import type { Change, Disk, Stored } from './disk.ts'
import type { PairingRecord, StoredMessage, TagPair } from './records.ts'

export interface KitTest {
  /** A sentence of behaviour. */
  readonly name: string
  readonly run: () => Promise<void>
}

const CHAT = 'c0'.repeat(16)
const OTHER_CHAT = 'c1'.repeat(16)

/** The tests; `make` opens an empty disk for each. */
export function diskKit(make: () => Promise<Disk>): readonly KitTest[] {
  const test = (name: string, body: (disk: Disk) => Promise<void>): KitTest => ({
    name,
    run: async () => {
      const disk = await make()
      try {
        await body(disk)
      } finally {
        await disk.close()
      }
    },
  })
  return [
    test('knows no conversation before its pairing was put', beginsEmpty),
    test('gives back all that was committed, in value and in type', givesBack),
    test('puts over what has the same id or name', putsOver),
    test('sets single fields of a pairing, and raises its highest number only', setsFields),
    test('raises the number of a message that has one, and of no other', raisesNumbers),
    test('deletes messages and tag pairs, and lets others be', deletes),
    test('keeps conversations apart', keepsApart),
    test('commits take effect in the order in which they were asked for', inOrder),
    test('a rejected commit leaves nothing behind', allOrNothing),
    test('later commits do not change what was loaded', loadedStays),
    test('changing what was loaded does not change the disk', loadedIsACopy),
    test('changing what was committed does not change the disk', committedIsACopy),
    test('an empty commit changes nothing', emptyCommit),
    test('a closed disk rejects with the reason closed', closedRejects),
  ]
}

async function beginsEmpty(disk: Disk): Promise<void> {
  same(await disk.load(CHAT), null)
  same(await disk.conversations(), [])
}

async function givesBack(disk: Disk): Promise<void> {
  const changes = [putPairing(), putMessage('01', 'grüße, 世界 🙂'), putTagPair('s/0', 7), putLink(0.01, 0.2)]
  await disk.commit(CHAT, changes)
  same(await disk.load(CHAT), {
    pairing: pairing(),
    messages: [message('01', 'grüße, 世界 🙂')],
    tagPairs: [tagPair('s/0', 7)],
    link: { noise: 0.01, loss: 0.2 },
  })
  same(await disk.conversations(), [CHAT])
}

async function putsOver(disk: Disk): Promise<void> {
  await disk.commit(CHAT, [putPairing(), putMessage('01', 'one'), putTagPair('s/0', 7)])
  await disk.commit(CHAT, [
    { type: 'putPairing', pairing: { ...pairing(), invite: null, bindingNumber: 9 } },
    { type: 'putMessage', message: { ...message('01', 'one'), state: 'sent', number: 4 } },
    { type: 'putTagPair', pair: { ...tagPair('s/0', 7), state: 'pending' } },
  ])
  const stored = await loaded(disk)
  same(stored.pairing, { ...pairing(), invite: null, bindingNumber: 9 })
  same(stored.messages, [{ ...message('01', 'one'), state: 'sent', number: 4 }])
  same(stored.tagPairs, [{ ...tagPair('s/0', 7), state: 'pending' }])
}

async function setsFields(disk: Disk): Promise<void> {
  await disk.commit(CHAT, [putPairing()])
  await disk.commit(CHAT, [
    { type: 'setPairing', fields: { invite: null, peerName: 'Bo' } },
    { type: 'setPairing', fields: { bindingNumber: 4 } },
    { type: 'raiseNumber', to: 7 },
    { type: 'raiseNumber', to: 5 },
  ])
  const expected = { ...pairing(), invite: null, peerName: 'Bo', bindingNumber: 4, highestNumber: 7 }
  same((await loaded(disk)).pairing, expected)
}

async function raisesNumbers(disk: Disk): Promise<void> {
  const sent: StoredMessage = { ...message('01', 'one'), state: 'sent', number: 4 }
  await disk.commit(CHAT, [putPairing(), { type: 'putMessage', message: sent }, putMessage('02', 'two')])
  await disk.commit(CHAT, [
    { type: 'raiseMessageNumber', id: id('01'), to: 6 },
    { type: 'raiseMessageNumber', id: id('02'), to: 7 },
    { type: 'raiseMessageNumber', id: id('03'), to: 8 },
  ])
  const messages = [...(await loaded(disk)).messages].sort((a, b) => (a.id < b.id ? -1 : 1))
  same(messages, [{ ...sent, number: 6 }, message('02', 'two')])
}

async function deletes(disk: Disk): Promise<void> {
  await disk.commit(CHAT, [
    putPairing(),
    putMessage('01', 'one'),
    putMessage('02', 'two'),
    putTagPair('s/0', 1),
    putTagPair('s/1', 2),
  ])
  await disk.commit(CHAT, [
    { type: 'deleteMessage', id: id('01') },
    { type: 'deleteTagPair', name: 's/0' },
    { type: 'deleteTagPair', name: 'never/0' },
  ])
  const stored = await loaded(disk)
  same(stored.messages, [message('02', 'two')])
  same(stored.tagPairs, [tagPair('s/1', 2)])
}

async function keepsApart(disk: Disk): Promise<void> {
  await disk.commit(CHAT, [putPairing(), putMessage('01', 'here')])
  await disk.commit(OTHER_CHAT, [putPairing(OTHER_CHAT), putMessage('01', 'there')])
  same((await loaded(disk)).messages, [message('01', 'here')])
  same((await loaded(disk, OTHER_CHAT)).messages, [message('01', 'there')])
  same([...(await disk.conversations())].sort(), [CHAT, OTHER_CHAT])
}

async function inOrder(disk: Disk): Promise<void> {
  const asked = [disk.commit(CHAT, [putPairing(), putTagPair('s/0', 1)])]
  for (let i = 0; i < 20; i++) asked.push(disk.commit(CHAT, [putMessage('01', `version ${i}`)]))
  asked.push(disk.commit(CHAT, [{ type: 'deleteTagPair', name: 's/0' }]))
  await Promise.all(asked)
  const stored = await loaded(disk)
  same(stored.messages, [message('01', 'version 19')])
  same(stored.tagPairs, [])
}

async function allOrNothing(disk: Disk): Promise<void> {
  const rejected = await disk.commit(CHAT, [putMessage('01', 'before its pairing'), putPairing()]).then(
    () => false,
    () => true,
  )
  assert(rejected, 'a message put before its pairing to be rejected')
  same(await disk.load(CHAT), null)
  await disk.commit(CHAT, [putPairing()])
  same((await loaded(disk)).messages, [])
}

async function loadedStays(disk: Disk): Promise<void> {
  await disk.commit(CHAT, [putPairing(), putMessage('01', 'one')])
  const before = await loaded(disk)
  await disk.commit(CHAT, [putMessage('01', 'changed'), putMessage('02', 'two'), putTagPair('s/0', 1)])
  same(before, { pairing: pairing(), messages: [message('01', 'one')], tagPairs: [], link: { noise: 0, loss: 0 } })
}

async function loadedIsACopy(disk: Disk): Promise<void> {
  await disk.commit(CHAT, [putPairing(), putTagPair('s/0', 7)])
  const first = await loaded(disk)
  first.tagPairs[0]?.keys.fill(0)
  first.pairing.root?.fill(0)
  const stored = await loaded(disk)
  same(stored.pairing, pairing())
  same(stored.tagPairs, [tagPair('s/0', 7)])
}

async function committedIsACopy(disk: Disk): Promise<void> {
  const pair = tagPair('s/0', 7)
  const committed = disk.commit(CHAT, [putPairing(), { type: 'putTagPair', pair }])
  pair.keys.fill(0) // at once: a disk copies when it is asked, not when it writes
  await committed
  same((await loaded(disk)).tagPairs, [tagPair('s/0', 7)])
}

async function emptyCommit(disk: Disk): Promise<void> {
  await disk.commit(CHAT, [])
  same(await disk.load(CHAT), null)
  await disk.commit(CHAT, [putPairing()])
  await disk.commit(CHAT, [])
  same((await loaded(disk)).pairing, pairing())
}

async function closedRejects(disk: Disk): Promise<void> {
  await disk.commit(CHAT, [putPairing()])
  await disk.close()
  for (const call of [() => disk.commit(CHAT, [putMessage('01', 'late')]), () => disk.load(CHAT)]) {
    const reason = await call().then(
      () => 'done',
      (error: unknown) => (error instanceof Error ? error.message : 'no error'),
    )
    same(reason, 'closed')
  }
}

async function loaded(disk: Disk, conversation = CHAT): Promise<Stored> {
  const stored = await disk.load(conversation)
  assert(stored !== null, `conversation ${conversation} on the disk`)
  return stored
}

const id = (last: string): string => last.padStart(32, '0')
const bytes = (length: number, first: number): Bytes => Uint8Array.from({ length }, (_, i) => (first + i) & 255)

function pairing(conversation = CHAT): PairingRecord {
  return {
    conversation,
    role: 'joiner',
    mode: 'private',
    createdAtMs: 1_700_000_000_000,
    invite: bytes(32, 1),
    inviteRoom: 'cd'.repeat(16),
    root: bytes(32, 100),
    sideId: 'ab'.repeat(16),
    peerSideId: null,
    bindingNumber: 3,
    peerBindingNumber: 2,
    highestNumber: 0,
    name: 'Ada',
    peerName: '',
  }
}

function message(last: string, text: string): StoredMessage {
  return {
    id: id(last),
    from: 'me',
    kind: 'text',
    text,
    writtenAtMs: 1_700_000_000_123,
    written: 1,
    writtenAfter: 0,
    number: null,
    state: 'queued',
    refusedFor: null,
    receipt: null,
  }
}

function tagPair(name: string, first: number): TagPair {
  return { name, lane: 'inviter', keys: bytes(64, first), state: 'usable', origin: 'information-theoretic' }
}

const putPairing = (conversation = CHAT): Change => ({ type: 'putPairing', pairing: pairing(conversation) })
const putMessage = (last: string, text: string): Change => ({ type: 'putMessage', message: message(last, text) })
const putTagPair = (name: string, first: number): Change => ({ type: 'putTagPair', pair: tagPair(name, first) })
const putLink = (noise: number, loss: number): Change => ({ type: 'putLink', link: { noise, loss } })

function same(got: unknown, expected: unknown): void {
  const [left, right] = [canonical(got), canonical(expected)]
  assert(left === right, `${right}, got ${left}`)
}

/** A value as text that tells types of bytes apart and not the order of an object's fields. */
function canonical(value: unknown): string {
  if (value instanceof Uint8Array) return `bytes(${value.join(' ')})`
  if (Array.isArray(value)) return `[${value.map(canonical).join(', ')}]`
  if (typeof value !== 'object' || value === null) return value === undefined ? 'undefined' : JSON.stringify(value)
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${fields.map(([key, part]) => `${key}: ${canonical(part)}`).join(', ')}}`
}
