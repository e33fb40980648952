import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { StoredMessage } from '../protocol/records.ts'
import { type Chunks, GATHERED, History, SINGLES_MAX } from './history.ts'

const message = (id: string, text = ''): StoredMessage => ({
  id,
  from: 'me',
  kind: 'text',
  text,
  writtenAtMs: 0,
  written: 0,
  writtenAfter: 0,
  number: null,
  state: 'queued',
  refusedFor: null,
  receipt: null,
})

/** A disk's records of one conversation, with the history that says what to write. */
class Records {
  readonly chunks = new Map<number, readonly StoredMessage[]>()
  history = new History(new Map(), 0)
  written = 0

  change(messages: ReadonlyMap<string, StoredMessage | null>): void {
    const read = new Map(
      this.history.chunksToRead(messages.keys()).map((chunk) => [chunk, this.chunks.get(chunk) ?? []]),
    )
    const known = [...messages].filter(([id, next]) => next !== null || this.history.find(id, read) !== undefined)
    this.#write(this.history.change(new Map(known), read))
  }

  gather(): void {
    const chunks = this.history.gather()
    if (chunks !== null) this.#write(chunks)
  }

  reload(): void {
    this.history = new History(this.chunks, Math.max(-1, ...this.chunks.keys()) + 1)
  }

  get texts(): ReadonlyMap<string, string> {
    return new Map([...this.chunks.values()].flat().map(({ id, text }) => [id, text]))
  }

  #write(chunks: Chunks): void {
    this.written = 0
    for (const [chunk, messages] of chunks) {
      if (messages.length === 0) this.chunks.delete(chunk)
      else this.chunks.set(chunk, messages)
      this.written += messages.length
    }
    this.history.took(chunks)
  }
}

const put = (records: Records, id: string, text: string): void => records.change(new Map([[id, message(id, text)]]))

describe('a history', () => {
  it('holds each message once, as it was put last, through changes, gathering and reloads', () => {
    const id = fc.nat(600).map(String)
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.array(fc.tuple(id, fc.option(fc.string({ maxLength: 3 }))), { maxLength: 120 }) },
      fc.constantFrom('gather' as const, 'reload' as const),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30, size: 'max' }), (steps) => {
        const expected = new Map(Array.from({ length: 400 }, (_, i) => [String(i), 'begun']))
        const records = new Records()
        records.change(new Map([...expected].map(([id, text]) => [id, message(id, text)])))
        records.gather()
        for (const step of steps) {
          if (step === 'gather') records.gather()
          else if (step === 'reload') records.reload()
          else {
            records.change(new Map(step.map(([id, text]) => [id, text === null ? null : message(id, text)])))
            for (const [id, text] of step) text === null ? expected.delete(id) : expected.set(id, text)
          }
          expect(records.texts).toEqual(expected)
          expect([...records.chunks.values()].flat().length).toBe(expected.size)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('writes one message at a time while it is new, and gathers the oldest', () => {
    const records = new Records()
    for (let i = 0; i < SINGLES_MAX; i++) {
      put(records, String(i), 'new')
      expect(records.written).toBe(1)
    }
    records.gather()
    expect(records.written).toBe(GATHERED)
    expect(records.chunks.size).toBe(1 + SINGLES_MAX - GATHERED)
    expect(records.history.gather()).toBeNull()
    put(records, String(SINGLES_MAX - 1), 'changed')
    expect(records.written).toBe(1)
    put(records, '0', 'changed')
    expect(records.written).toBe(GATHERED)
    const before = records.chunks.size
    records.change(new Map(['x', 'y'].map((id) => [id, message(id)])))
    expect(records.chunks.size).toBe(before + 2)
  })

  it('never writes over a chunk that can’t be read', () => {
    const lost = 4
    const history = new History(new Map([[1, [message('a')]]]), lost + 1)
    const changed = history.change(new Map([['b', message('b')]]), new Map())
    expect([...changed.keys()]).toEqual([lost + 1])
  })

  it('takes the messages of a chunk that was lost as new', () => {
    const chunk = [message('a'), message('b')]
    const history = new History(new Map([[0, chunk]]), 1)
    expect(history.chunksToRead(['a', 'c'])).toEqual([0])
    history.lost(0)
    expect(history.chunksToRead(['a'])).toEqual([])
    expect(history.find('a', new Map())).toBeUndefined()
    expect([...history.change(new Map([['a', message('a')]]), new Map()).keys()]).toEqual([1])
  })
})
