import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SeededRandom } from '../lib/random.ts'
import { inviteChat } from './new-pairing.ts'
import type { PairingRecord, StoredMessage } from './records.ts'
import { shown } from './shown-message.ts'

const { stored } = inviteChat({ name: 'A', mode: 'private', random: new SeededRandom('shown'), nowMs: 0 })
const ALICE: PairingRecord = { ...stored.pairing, sideId: 'aa', peerSideId: 'bb' }
const BOB: PairingRecord = { ...stored.pairing, sideId: 'bb', peerSideId: 'aa' }

const message = (id: string, change: Partial<StoredMessage>): StoredMessage => ({
  id,
  from: 'me',
  kind: 'text',
  text: id,
  writtenAtMs: 0,
  written: 1,
  writtenAfter: 0,
  number: null,
  state: 'queued',
  refusedFor: null,
  receipt: null,
  ...change,
})

const order = (messages: readonly StoredMessage[], pairing = ALICE): string =>
  messages
    .map((each) => shown(each, pairing, { distilling: false, shortByChance: false }))
    .sort((a, b) => (a.order < b.order ? -1 : 1))
    .map(({ id }) => id)
    .join(' ')

describe('the order in which messages are shown', () => {
  test('is by number, ties by side id, whatever was written or received first', () => {
    const messages = [
      message('a5', { number: 5, state: 'sent', written: 9 }),
      message('b4', { from: 'peer', number: 4, state: 'delivered', written: 10 }),
      message('b5', { from: 'peer', number: 5, state: 'delivered', written: 1 }),
      message('a12', { number: 12, state: 'delivered', written: 2 }),
    ]
    expect(order(messages)).toBe('b4 a5 b5 a12')
  })

  test('is the same on both sides for all that has a number', () => {
    const entry = fc.record({
      mine: fc.boolean(),
      number: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
      written: fc.nat(1_000),
    })
    fc.assert(
      fc.property(fc.uniqueArray(entry, { selector: ({ mine, number }) => `${mine} ${number}` }), (entries) => {
        const seenBy = (alice: boolean): readonly StoredMessage[] =>
          entries.map(({ mine, number, written }) =>
            message(`${mine} ${number}`, {
              from: mine === alice ? 'me' : 'peer',
              number,
              state: 'delivered',
              // The two sides wrote and received at other times.
              written: alice ? written : 1_000 - written,
            }),
          )
        expect(order(seenBy(true), ALICE)).toBe(order(seenBy(false), BOB))
      }),
    )
  })

  test('puts one’s own without a number last, in written order', () => {
    const messages = [
      message('second', { written: 8 }),
      message('first', { written: 7 }),
      message('sent', { number: 900, state: 'sent', written: 9 }),
    ]
    expect(order(messages)).toBe('sent first second')
  })

  test('leaves a refused one where it was written: behind the number known then, before the next', () => {
    const messages = [
      message('four', { from: 'peer', number: 4, state: 'delivered' }),
      message('refused', { state: 'refused', writtenAfter: 4, written: 2 }),
      message('refused too', { state: 'refused', writtenAfter: 4, written: 3 }),
      message('five', { from: 'peer', number: 5, state: 'delivered' }),
      message('queued', { written: 1 }),
    ]
    expect(order(messages)).toBe('four refused refused too five queued')
  })

  test('gives a message its place by number once it is sent: a peer’s lower one goes above it', () => {
    const queued = message('mine', { written: 3 })
    const late = message('late', { from: 'peer', number: 6, state: 'delivered', written: 4 })
    expect(order([queued, late])).toBe('late mine')
    expect(order([{ ...queued, state: 'sent', number: 6 }, late])).toBe('mine late')
    expect(order([{ ...queued, state: 'sent', number: 7 }, late])).toBe('late mine')
  })

  test('holds for numbers of any size', () => {
    const messages = [9, 10, 99, 100, 2 ** 32 - 1].map((number) => message(`${number}`, { number, state: 'sent' }))
    expect(order(messages.toReversed())).toBe('9 10 99 100 4294967295')
  })
})

describe('a shown message', () => {
  test('is distilling only while it is queued', () => {
    const live = { distilling: true, shortByChance: false }
    expect(shown(message('a', {}), ALICE, live).state).toBe('distilling')
    expect(shown(message('a', { state: 'sent', number: 1 }), ALICE, live).state).toBe('sent')
    expect(shown(message('a', {}), ALICE, { ...live, distilling: false }).state).toBe('queued')
  })
})
