import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SeededRandom } from '../lib/random.ts'
import { applyChanges, type Change, type Stored } from './disk.ts'
import { Mirror } from './mirror.ts'
import { inviteChat } from './new-pairing.ts'
import type { StoredMessage, TagPair } from './records.ts'

const { stored: EMPTY } = inviteChat({ name: 'A', mode: 'private', random: new SeededRandom('mirror'), nowMs: 0 })

/** The plain twin: the same changes by search and copy. */
function plainly(stored: Stored, change: Change): Stored {
  const { pairing, messages, tagPairs } = stored
  const withMessage = (message: StoredMessage): Stored => {
    const before = messages.find(({ id }) => id === message.id)?.number ?? null
    const number = before === null ? message.number : Math.max(before, message.number ?? 0)
    return { ...stored, messages: [...messages.filter(({ id }) => id !== message.id), { ...message, number }] }
  }
  switch (change.type) {
    case 'putPairing':
      return { ...stored, pairing: change.pairing }
    case 'setPairing':
      return { ...stored, pairing: { ...pairing, ...change.fields } }
    case 'raiseNumber':
      return { ...stored, pairing: { ...pairing, highestNumber: Math.max(pairing.highestNumber, change.to) } }
    case 'putMessage':
      return withMessage(change.message)
    case 'raiseMessageNumber': {
      const message = messages.find(({ id, number }) => id === change.id && number !== null)
      return message ? withMessage({ ...message, number: change.to }) : stored
    }
    case 'deleteMessage':
      return { ...stored, messages: messages.filter(({ id }) => id !== change.id) }
    case 'putTagPair':
      return { ...stored, tagPairs: [...tagPairs.filter(({ name }) => name !== change.pair.name), change.pair] }
    case 'deleteTagPair':
      return { ...stored, tagPairs: tagPairs.filter(({ name }) => name !== change.name) }
    case 'putLink':
      return { ...stored, link: change.link }
  }
}

const id = fc.constantFrom('a', 'b', 'c')
const number = fc.nat(9)

const message: fc.Arbitrary<StoredMessage> = fc.record({
  id,
  from: fc.constantFrom('me' as const, 'peer' as const),
  kind: fc.constant('text' as const),
  text: fc.string({ maxLength: 3 }),
  writtenAtMs: number,
  written: number,
  writtenAfter: number,
  number: fc.option(number),
  state: fc.constantFrom('queued' as const, 'sent' as const, 'delivered' as const, 'refused' as const),
  refusedFor: fc.constant(null),
  receipt: fc.constant(null),
})

const tagPair: fc.Arbitrary<TagPair> = fc.record({
  name: id,
  lane: fc.constantFrom('inviter' as const, 'joiner' as const),
  keys: fc.constant(new Uint8Array(64)),
  state: fc.constantFrom('pending' as const, 'usable' as const),
  origin: fc.constant('information-theoretic' as const),
})

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ type: fc.constant('putPairing' as const), pairing: fc.constant({ ...EMPTY.pairing, name: 'B' }) }),
  fc.record({ type: fc.constant('setPairing' as const), fields: fc.record({ bindingNumber: number }) }),
  fc.record({ type: fc.constant('raiseNumber' as const), to: number }),
  fc.record({ type: fc.constant('putMessage' as const), message }),
  fc.record({ type: fc.constant('raiseMessageNumber' as const), id, to: number }),
  fc.record({ type: fc.constant('deleteMessage' as const), id }),
  fc.record({ type: fc.constant('putTagPair' as const), pair: tagPair }),
  fc.record({ type: fc.constant('deleteTagPair' as const), name: id }),
  fc.record({
    type: fc.constant('putLink' as const),
    link: fc.record({ noise: fc.constant(0.01), loss: fc.constant(0) }),
  }),
)

/** The order of the messages says nothing. */
const sorted = (stored: Stored | null): unknown =>
  stored && { ...stored, messages: [...stored.messages].sort((a, b) => (a.id < b.id ? -1 : 1)) }

describe('a mirror of a stored conversation', () => {
  test('becomes what the same changes make by search and copy, in one commit or in many', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 25 }), (changes) => {
        const expected = sorted(changes.reduce(plainly, EMPTY))
        const mirror = new Mirror(EMPTY)
        for (const one of changes) mirror.apply([one])
        expect(sorted(mirror.snapshot())).toEqual(expected)
        expect(sorted(applyChanges(EMPTY, changes))).toEqual(expected)
      }),
    )
  })

  test('leaves what was taken from it before as it was', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 12 }), fc.array(change, { maxLength: 12 }), (first, then) => {
        const mirror = new Mirror(EMPTY)
        mirror.apply(first)
        const before = mirror.snapshot()
        const copy = structuredClone(before)
        mirror.apply(then)
        expect(before).toEqual(copy)
      }),
    )
  })
})

describe('changes to a conversation that is not there', () => {
  test('begin one with its pairing, and are a mistake without', () => {
    const begun = applyChanges(null, [
      { type: 'putPairing', pairing: EMPTY.pairing },
      { type: 'raiseNumber', to: 3 },
    ])
    expect(begun?.pairing).toEqual({ ...EMPTY.pairing, highestNumber: 3 })
    expect(applyChanges(null, [])).toBe(null)
    expect(() => applyChanges(null, [{ type: 'raiseNumber', to: 3 }])).toThrow('raiseNumber before putPairing')
  })
})
