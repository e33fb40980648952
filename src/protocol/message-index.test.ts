import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MessageIndex } from './message-index.ts'
import type { StoredMessage } from './records.ts'

const message = (id: string, change: Partial<StoredMessage> = {}): StoredMessage => ({
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

describe('messages by id', () => {
  test('are put, put over, and deleted', () => {
    const index = new MessageIndex([message('a'), message('b')])
    index.put(message('a', { text: 'changed' }))
    index.put(message('c'))
    index.delete('b')
    index.delete('never')
    expect([...index].map(({ id, text }) => `${id} ${text}`)).toEqual(['a changed', 'c c'])
    expect(index.get('a')?.text).toBe('changed')
    expect(index.get('b')).toBe(undefined)
  })

  test('keep the higher of two numbers, whichever is put last', () => {
    const index = new MessageIndex([message('a', { number: 5 })])
    index.put(message('a', { number: 3, state: 'delivered' }))
    expect(index.get('a')).toMatchObject({ number: 5, state: 'delivered' })
    index.put(message('a', { number: null }))
    expect(index.get('a')?.number).toBe(5)
    index.put(message('a', { number: 8 }))
    expect(index.get('a')?.number).toBe(8)
  })

  test('are raised to a number where they have one, and never lowered', () => {
    const index = new MessageIndex([message('a', { number: 5 }), message('b')])
    index.raiseNumber('a', 9)
    index.raiseNumber('a', 7)
    index.raiseNumber('b', 7)
    index.raiseNumber('never', 7)
    expect([...index].map(({ id, number }) => [id, number])).toEqual([
      ['a', 9],
      ['b', null],
    ])
  })

  test('that were given out stay as they were', () => {
    const before = message('a', { number: 5 })
    const index = new MessageIndex([before])
    index.raiseNumber('a', 9)
    expect(before.number).toBe(5)
  })
})

describe('the message whose turn it is', () => {
  const next = (...messages: readonly StoredMessage[]): string | undefined => new MessageIndex(messages).nextToSend?.id

  test('is one already sent before all others, else the oldest written', () => {
    const queued = [message('second', { written: 5 }), message('first', { written: 4 })]
    expect(next(...queued)).toBe('first')
    expect(next(...queued, message('sent', { state: 'sent', number: 9, written: 6 }))).toBe('sent')
  })

  test('is never the peer’s, nor one delivered, refused or cancelled', () => {
    const done = (['delivered', 'refused', 'cancelled'] as const).map((state) => message(state, { state }))
    expect(next(...done, message('peer', { from: 'peer', state: 'delivered' }))).toBe(undefined)
    expect(next()).toBe(undefined)
  })

  test('is told as a search through all messages would tell it, whatever was put and deleted', () => {
    const put = fc.record({
      id: fc.constantFrom(...'abcdef'),
      from: fc.constantFrom('me' as const, 'peer' as const),
      state: fc.constantFrom('queued' as const, 'sent' as const, 'delivered' as const, 'refused' as const),
      written: fc.nat(20),
    })
    const searched = (messages: readonly StoredMessage[]): number | undefined => {
      const own = messages.filter(({ from }) => from === 'me')
      const sent = own.filter(({ state }) => state === 'sent')
      const queued = own.filter(({ state }) => state === 'queued')
      return (sent.length > 0 ? sent : queued).map(({ written }) => written).sort((a, b) => a - b)[0]
    }
    fc.assert(
      fc.property(fc.array(fc.oneof(put, fc.constantFrom(...'abcdef')), { maxLength: 30 }), (deeds) => {
        const index = new MessageIndex([])
        for (const deed of deeds) {
          if (typeof deed === 'string') index.delete(deed)
          else index.put(message(deed.id, deed))
          expect(index.nextToSend?.written).toBe(searched([...index]))
        }
      }),
    )
  })
})

describe('the next written number', () => {
  test('is one more than the highest, from 1 on, and comes once', () => {
    expect(new MessageIndex([]).nextWritten).toBe(1)
    const index = new MessageIndex([message('a', { written: 7 }), message('b', { written: 3 })])
    expect(index.nextWritten).toBe(8)
    index.delete('a')
    expect(index.nextWritten).toBe(8)
  })
})
