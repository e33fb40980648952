// Lists of commits by chance, of every kind of change.

import fc from 'fast-check'
import type { Change } from '../../../src/protocol/disk.ts'
import type { StoredMessage } from '../../../src/protocol/records.ts'
import { idOf, receipt, tagPair } from './changes.ts'

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
