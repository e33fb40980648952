// Conversations for experiments: records as the protocol makes them, and lists of changes by chance.

import fc from 'fast-check'
import type { Change, Disk } from '../../../src/protocol/disk.ts'
import type { Receipt } from '../../../src/protocol/receipt.ts'
import type { PairingRecord, StoredMessage, TagPair } from '../../../src/protocol/records.ts'

export const CHAT = 'c0'.repeat(16)
export const OTHER_CHAT = 'c1'.repeat(16)

const bytes = (length: number, first: number): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length }, (_, i) => (first + i) & 255)

export const INVITE = bytes(32, 1)
export const OTHER_INVITE = bytes(32, 2)

const pairing = (conversation: string): PairingRecord => ({
  conversation,
  role: 'inviter',
  mode: 'private',
  createdAtMs: 1_700_000_000_000,
  invite: INVITE,
  root: bytes(32, 100),
  sideId: 'ab'.repeat(16),
  peerSideId: null,
  bindingNumber: 0,
  peerBindingNumber: 0,
  highestNumber: 0,
  name: 'Ada',
  peerName: '',
})

export const putPairing = (conversation = CHAT): Change => ({ type: 'putPairing', pairing: pairing(conversation) })

export const idOf = (number: number): string => number.toString(16).padStart(32, '0')

export const message = (number: number, text: string): StoredMessage => ({
  id: idOf(number),
  from: 'me',
  kind: 'text',
  text,
  writtenAtMs: 1_700_000_000_123,
  written: number,
  writtenAfter: 0,
  number: null,
  state: 'queued',
  refusedFor: null,
  receipt: null,
})

export const putMessage = (number: number, text: string): Change => ({
  type: 'putMessage',
  message: message(number, text),
})

const counts = (number: number) => ({ count: 1000 + number, unequal: 100 + number })

/** As long as those of the protocol; which numbers stand in it makes no difference to a disk. */
const receipt = (number: number) =>
  ({
    session: idOf(number),
    outcome: 'delivered',
    pairs: 22_300,
    tally: Object.fromEntries(
      ['a1b1', 'a1b2', 'a1b3', 'a2b1', 'a2b2', 'a2b3', 'a3b1'].map((name) => [name, counts(number)]),
    ),
    readings: Array.from({ length: 30 }, (_, i) => Math.sqrt(i + number)),
    authentication: 'information-theoretic',
  }) as unknown as Receipt

/** A message that has arrived, with its receipt. */
export const putDelivered = (number: number, text = `message ${number} `.repeat(8)): Change => ({
  type: 'putMessage',
  message: { ...message(number, text), number, state: 'delivered', receipt: receipt(number) },
})

export const tagPair = (name: string, first = 1): TagPair => ({
  name,
  lane: 'inviter',
  keys: bytes(64, first),
  state: 'usable',
  origin: 'information-theoretic',
})

/** A conversation to change: some messages, a pair. */
export const BEGUN: readonly Change[] = [
  putPairing(),
  putMessage(1, 'one'),
  putMessage(2, 'two'),
  { type: 'putTagPair', pair: tagPair('s/0') },
  { type: 'putTagPair', pair: tagPair('s/1') },
]

/** Of every kind of record something is put, of most something is deleted. */
export const MUCH: readonly Change[] = [
  { type: 'raiseNumber', to: 7 },
  putMessage(1, 'changed'),
  { type: 'deleteMessage', id: idOf(2) },
  putMessage(3, 'three'),
  { type: 'deleteTagPair', name: 's/0' },
  { type: 'putTagPair', pair: tagPair('s/2') },
  { type: 'putLink', link: { noise: 0.1, loss: 0 } },
]

export async function putMany(disk: Disk, count: number, change: (number: number) => Change): Promise<void> {
  const changes = Array.from({ length: count }, (_, i) => change(i))
  for (let at = 0; at < count; at += 100) await disk.commit(CHAT, changes.slice(at, at + 100))
}

const few = fc.nat(9)
const name = few.map((number) => `${idOf(1)}/${number}`)
/** Any UTF-16 units, half surrogates too; and what a record's own marks could be taken for. */
const units = fc.array(fc.nat(0xffff), { maxLength: 20 }).map((units) => String.fromCharCode(...units))
const text = fc.oneof({ weight: 9, arbitrary: units }, fc.constantFrom('{"$":"AAAA"}', '', ' '))

const anyMessage: fc.Arbitrary<StoredMessage> = fc.record({
  id: few.map(idOf),
  from: fc.constantFrom('me', 'peer'),
  kind: fc.constant('text'),
  text,
  writtenAtMs: fc.nat(),
  written: few,
  writtenAfter: few,
  number: fc.option(few),
  state: fc.constantFrom('queued', 'sent', 'delivered', 'refused', 'cancelled'),
  refusedFor: fc.constantFrom(null, 'noisy'),
  receipt: fc.option(few.map(receipt)),
})

/** Any change but a conversation's first. */
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({
    type: fc.constant('setPairing'),
    fields: fc.oneof(
      fc.record({
        invite: fc.constant(null),
        root: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((b) => b.slice()),
      }),
      fc.record({ peerName: text, bindingNumber: few }),
    ),
  }),
  fc.record({ type: fc.constant('raiseNumber'), to: few }),
  { weight: 4, arbitrary: fc.record({ type: fc.constant('putMessage'), message: anyMessage }) },
  fc.record({ type: fc.constant('raiseMessageNumber'), id: few.map(idOf), to: few }),
  fc.record({ type: fc.constant('deleteMessage'), id: few.map(idOf) }),
  fc.record({
    type: fc.constant('putTagPair'),
    pair: fc.tuple(name, few).map(([name, first]) => tagPair(name, first)),
  }),
  fc.record({ type: fc.constant('deleteTagPair'), name }),
  fc.record({
    type: fc.constant('putLink'),
    link: fc.record({ noise: fc.double({ min: 0, max: 1, noNaN: true }), loss: fc.constant(0) }),
  }),
)

/** Commits, and reloads of the page between them. */
export const commitsByChance: fc.Arbitrary<(readonly Change[] | 'reload')[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.array(change, { minLength: 1, maxLength: 6 }) },
    { weight: 1, arbitrary: fc.constant('reload' as const) },
  ),
  { maxLength: 20 },
)
