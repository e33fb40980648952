// Conversations for experiments: records as the protocol makes them.

import type { Change, Disk } from '../../../src/protocol/disk.ts'
import type { Receipt } from '../../../src/protocol/receipt.ts'
import type { PairingRecord, StoredMessage, TagPair } from '../../../src/protocol/records.ts'

export const CHAT = 'c0'.repeat(16)
export const OTHER_CHAT = 'c1'.repeat(16)

const bytes = (length: number, first: number): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length }, (_, i) => (first + i) & 255)

export const INVITE_ROOM = 'd0'.repeat(16)
export const OTHER_INVITE_ROOM = 'd1'.repeat(16)

const pairing = (conversation: string): PairingRecord => ({
  conversation,
  role: 'inviter',
  mode: 'private',
  createdAtMs: 1_700_000_000_000,
  invite: bytes(32, 1),
  inviteRoom: INVITE_ROOM,
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
export const receipt = (number: number) =>
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
