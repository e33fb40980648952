// A peer that says the highest message number there is: by a message, in a binding, or in `numbers`. (Above it: tests of
// binding, sealed message and control.)

import { describe, expect, test } from 'vitest'
import { decodeBinding, encodeBinding, MESSAGE_NUMBER_MAX } from '../pairing/binding.ts'
import { Reader } from '../wire/codec.ts'
import { shown } from './shown-message.ts'
import { converse, type Desk, desks, idOf } from './testing/desk.ts'

const order = (desk: Desk): readonly string[] =>
  desk.stored.messages
    .map((message) => shown(message, desk.stored.pairing, { distilling: false, shortByChance: false }))
    .sort((a, b) => (a.order < b.order ? -1 : 1))
    .map(({ id }) => id)

describe('after a peer said the highest message number', () => {
  test('messages share it: each is delivered, in the same order on both sides, and none is higher', () => {
    const pair = desks('highest number')
    pair.alice.put({ type: 'raiseNumber', to: MESSAGE_NUMBER_MAX })
    pair.alice.bind()
    for (const n of [3, 1, 2]) {
      pair.alice.write(idOf(n), `text ${n}`)
      expect(converse(pair).at(-1)).toBe('B:received')
      pair.alice.settleAll()
    }
    for (const desk of [pair.alice, pair.bob]) {
      expect(desk.stored.messages.map(({ number, state }) => [number, state])).toEqual(
        Array.from({ length: 3 }, () => [MESSAGE_NUMBER_MAX, 'delivered']),
      )
      expect(desk.stored.pairing.highestNumber).toBe(MESSAGE_NUMBER_MAX)
      expect(order(desk)).toEqual([idOf(3), idOf(1), idOf(2)])
    }
  })

  test('the next binding can say it, and is read', () => {
    const { alice } = desks('bound at the highest')
    alice.put({ type: 'raiseNumber', to: MESSAGE_NUMBER_MAX })
    const { highestNumber } = alice.stored.pairing
    const reader = new Reader(
      encodeBinding({ mode: 'private', side: new Uint8Array(16), number: 1, lastSeen: 0, highestNumber, pairs: [] }),
    )
    expect(decodeBinding(reader).highestNumber).toBe(MESSAGE_NUMBER_MAX)
    expect(reader.done).toBe(true)
  })
})
