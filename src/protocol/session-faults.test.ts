import { describe, expect, test } from 'vitest'
import { encodeMessage, type Message } from './messages.ts'
import type { SessionEnd, SessionInput } from './session.ts'
import { brokenRules } from './testing/transcript-rules.ts'
import { type Hands, isMessage, messageInput, type Side, TwoSessions } from './testing/two-sessions.ts'

type Of<T extends Message['type']> = Extract<Message, { type: T }>

/** What a run was like, in one line: the ends, with reasons. */
function ends(run: TwoSessions): string {
  return (['alice', 'bob'] as const)
    .map((side) => {
      const end = run.end(side)
      return `${side} ${end?.type === 'aborted' ? end.reason : (end?.type ?? 'waits')}`
    })
    .join(', ')
}

const opened = (run: TwoSessions): boolean => run.commit('bob', 'accepted') !== null

/** Where something may go wrong: before the nth input of a kind reaches a side. */
interface Place {
  readonly side: Side
  readonly before: string
  readonly nth?: number
}

const PLACES: readonly Place[] = [
  { side: 'alice', before: 'measured' },
  { side: 'alice', before: 'estimated' },
  { side: 'alice', before: 'committed', nth: 0 },
  { side: 'alice', before: 'received' },
  { side: 'alice', before: 'committed', nth: 1 },
  { side: 'bob', before: 'fibre' },
  { side: 'bob', before: 'outcomes' },
  { side: 'bob', before: 'sifted' },
  { side: 'bob', before: 'committed', nth: 0 },
  { side: 'bob', before: 'amplify' },
  { side: 'bob', before: 'committed', nth: 1 },
]

const kindOf = (input: SessionInput): string => (input.type === 'message' ? input.message.type : input.type)
const placeName = ({ side, before, nth }: Place): string =>
  `before ${side}'s ${nth === undefined ? '' : `${nth + 1}. `}${before}`

/** Alice has asked for the transaction of her seal when she waits here. */
const isSealed = ({ side, before, nth }: Place): boolean =>
  side === 'alice' && (before === 'received' || (before === 'committed' && nth !== undefined))

/** Hands that put inputs in at a place, in front of (or instead of) what would come there. */
function at(place: Place, put: (input: SessionInput) => readonly SessionInput[]): Hands {
  let seen = 0
  return (side, input) => {
    if (side !== place.side || kindOf(input) !== place.before || seen++ !== (place.nth ?? 0)) return [input]
    return put(input)
  }
}

const happy = new TwoSessions({ seed: 'faults' }).play()
const SESSION = happy.terms.session
const heard = happy.log.flatMap((entry) => ('input' in entry && entry.input.type === 'message' ? [entry.input] : []))
const none = new Uint8Array(0)
const extra: readonly Message[] = [
  { type: 'ready', session: SESSION },
  { type: 'refuse', session: SESSION, reason: 'busy' },
  { type: 'abort', session: SESSION, reason: 'cancelled', keyBits: none },
  { type: 'abort', session: SESSION, reason: 'tampered', keyBits: none },
]
/** A valid message of each type, of this very session where the run has one. */
const MESSAGES = [...heard, ...extra.map((message) => messageInput(encodeMessage(message))!)]

describe('a message out of its turn', () => {
  for (const place of PLACES) {
    test(`${placeName(place)} ends the session or is ignored, and breaks no rule`, () => {
      for (const message of MESSAGES) {
        if (place.side === 'bob' && message.message.type === 'propose') continue // the conversation's business
        if (message.message.type === place.before) continue
        const what = `${message.message.type} ${placeName(place)}`
        const run = new TwoSessions({ seed: 'faults', hands: at(place, (input) => [message, input]) }).play()
        expect(brokenRules(run), what).toEqual([])
        expect(run.end('alice'), what).not.toBe(null)
        expect(run.end('bob'), what).not.toBe(null)
        if (isSealed(place)) expect(ends(run), what).toMatch(/alice (confirmed|unconfirmed)/)
        // Received is what Bob says when he has stored it: nothing else makes a message delivered.
        if (run.end('alice')?.type === 'confirmed') expect(opened(run), what).toBe(true)
      }
    })
  }

  test('ends what is not sealed as malformed, and says so', () => {
    const early = MESSAGES.find((input) => isMessage(input, 'received'))!
    const place: Place = { side: 'alice', before: 'estimated' }
    const run = new TwoSessions({ seed: 'faults', hands: at(place, (input) => [early, input]) }).play()
    expect(ends(run)).toBe('alice malformed, bob malformed')
    expect(run.sentTypes('alice')).toEqual(['propose', 'sifted', 'abort malformed'])
  })
})

describe('a second message of a kind', () => {
  const twice = (type: Message['type']): TwoSessions => {
    const hands: Hands = (_side, input) => (isMessage(input, type) ? [input, input] : [input])
    return new TwoSessions({ seed: 'faults', hands }).play()
  }

  test.each([
    ['measured', 'alice malformed, bob malformed', false],
    ['sifted', 'alice malformed, bob malformed', false],
    // By then Alice's seal, Bob's message or the delivery is on its way to the disk: a repeated message changes nothing.
    ['estimated', 'alice confirmed, bob accepted', true],
    ['amplify', 'alice confirmed, bob accepted', true],
    ['received', 'alice confirmed, bob accepted', true],
  ] as const)('(%s) ends as: %s', (type, expected, delivered) => {
    const run = twice(type)
    expect(brokenRules(run)).toEqual([])
    expect(ends(run)).toBe(expected)
    expect(opened(run)).toBe(delivered)
  })
})

describe('impossible lengths and ranges', () => {
  const N = happy.terms.pairs
  const changed = <T extends Message['type']>(type: T, change: (message: Of<T>) => Message): TwoSessions => {
    const hands: Hands = (_side, input) =>
      input.type === 'message' && input.message.type === type
        ? [messageInput(encodeMessage(change(input.message as Of<T>)))!]
        : [input]
    return new TwoSessions({ seed: 'faults', hands }).play()
  }

  test.each<[string, Of<'measured'>['arrived'], number]>([
    ['a pair beyond the last', [{ start: 0, count: N + 1 }], N + 1],
    ['a range beyond the last pair', [{ start: N, count: 1 }], 1],
    ['a range that wraps 2^32', [{ start: 0xffff_ffff, count: 2 }], 2],
    ['a count of 2^32 - 1', [{ start: 1, count: 0xffff_ffff }], N],
    [
      'ranges that overlap',
      [
        { start: 0, count: 10 },
        { start: 9, count: 10 },
      ],
      20,
    ],
    [
      'a range twice',
      [
        { start: 0, count: 10 },
        { start: 0, count: 10 },
      ],
      20,
    ],
    [
      'ranges that descend',
      [
        { start: 10, count: 10 },
        { start: 0, count: 10 },
      ],
      20,
    ],
    [
      'an empty range',
      [
        { start: 0, count: 0 },
        { start: 0, count: N },
      ],
      N,
    ],
    ['a setting less than pairs', [{ start: 0, count: N }], N - 1],
    ['a setting more than pairs', [{ start: 0, count: N - 1 }], N],
    ['settings of no pairs', [], 5],
  ])('in `measured` (%s) end the session as malformed', (_name, arrived, settings) => {
    const run = changed('measured', (m) => ({ ...m, arrived, settings: new Uint8Array(settings) }))
    expect(brokenRules(run)).toEqual([])
    expect(ends(run)).toBe('alice malformed, bob malformed')
    expect(run.sentTypes('alice')).toEqual(['propose', 'abort malformed'])
  })

  test('in `measured`: nothing arrived at all makes no key and no throw', () => {
    const run = changed('measured', (m) => ({ ...m, arrived: [], settings: none }))
    expect(brokenRules(run)).toEqual([])
    expect(run.commits('alice')).toEqual([])
    expect(opened(run)).toBe(false)
  })

  test('in `measured`: one pair alone makes no key and no throw', () => {
    const run = changed('measured', (m) => ({
      ...m,
      arrived: [{ start: 3, count: 1 }],
      settings: m.settings.slice(3, 4),
    }))
    expect(brokenRules(run)).toEqual([])
    expect(run.commits('alice')).toEqual([])
    expect(opened(run)).toBe(false)
  })

  test.each<[string, (m: Of<'sifted'>) => Message]>([
    ['a setting less', (m) => ({ ...m, settings: m.settings.slice(1) })],
    ['no settings', (m) => ({ ...m, settings: none })],
    ['an outcome more', (m) => ({ ...m, outcomes: new Uint8Array(m.outcomes.length + 1) })],
    ['no outcomes', (m) => ({ ...m, outcomes: none })],
    ['no check', (m) => ({ ...m, checks: [] })],
    ['two checks for one block', (m) => ({ ...m, checks: [...m.checks, ...m.checks] })],
  ])('in `sifted` (%s) end the session as malformed, before any tag', (_name, change) => {
    const run = changed('sifted', change)
    expect(brokenRules(run)).toEqual([])
    expect(ends(run)).toBe('alice malformed, bob malformed')
    expect(run.commits('bob')).toEqual([])
  })

  test('in `sifted`: settings that leave no key, or all key, make no key and no throw', () => {
    for (const setting of [0, 1, 2]) {
      const run = changed('sifted', (m) => ({ ...m, settings: new Uint8Array(m.settings.length).fill(setting) }))
      expect(brokenRules(run)).toEqual([])
      expect(opened(run)).toBe(false)
    }
  })
})

describe('a commit that fails', () => {
  const failing = (side: Side, nth: number): TwoSessions => {
    const place: Place = { side, before: 'committed', nth }
    return new TwoSessions({
      seed: 'faults',
      hands: at(place, () => [{ type: 'commitFailed', reason: 'full' }]),
    }).play()
  }

  test('before Bob’s tag: no tag leaves him, nothing is sealed', () => {
    const run = failing('bob', 0)
    expect(brokenRules(run)).toEqual([])
    expect(run.sentTypes('bob')).toEqual(['measured', 'abort storage'])
    expect(ends(run)).toBe('alice storage, bob storage')
    expect(run.commits('alice')).toEqual([])
  })

  test('before `amplify`: nothing sealed leaves Alice, the message is as before', () => {
    const run = failing('alice', 0)
    expect(brokenRules(run)).toEqual([])
    expect(run.sentTypes('alice')).toEqual(['propose', 'sifted', 'abort storage'])
    expect(ends(run)).toBe('alice storage, bob storage')
    expect(opened(run)).toBe(false)
  })

  test('before `received`: Bob says nothing of having it, Alice keeps it as sent', () => {
    const run = failing('bob', 1)
    expect(brokenRules(run)).toEqual([])
    expect(run.sentTypes('bob')).toEqual(['measured', 'estimated', 'abort storage'])
    expect(ends(run)).toBe('alice unconfirmed, bob storage')
  })

  test('after `received`: Bob has it, Alice sends it again rather than call it delivered', () => {
    const run = failing('alice', 1)
    expect(brokenRules(run)).toEqual([])
    expect(ends(run)).toBe('alice unconfirmed, bob accepted')
  })

  test('for the pair of a failed tag: Alice ends as tampered all the same', () => {
    const hands: Hands = (side, input) => {
      if (side === 'alice' && input.type === 'committed') return [{ type: 'commitFailed', reason: 'closed' }]
      if (!isMessage(input, 'estimated') || input.type !== 'message') return [input]
      const encoded = input.encoded.slice()
      encoded[encoded.length - 1]! ^= 1
      return [messageInput(encoded)!]
    }
    const run = new TwoSessions({ seed: 'faults', hands }).play()
    expect(run.end('alice')).toMatchObject({ type: 'aborted', reason: 'tampered', alert: true })
    expect(run.end('bob')?.type).toBe('aborted')
  })
})

/** Ended with the word that something was tampered with. */
const isTold = (end: SessionEnd | null): boolean =>
  end?.type === 'unconfirmed' ? end.tampered : end?.type === 'aborted' && end.reason === 'tampered' && end.alert

describe('a lost connection, a deadline, a cancel, a forged frame', () => {
  const stop = (place: Place, input: SessionInput): TwoSessions =>
    new TwoSessions({ seed: 'faults', hands: at(place, (next) => [input, next]) }).play()

  const inputs = [
    { input: { type: 'lost' }, reason: 'lost', says: false },
    { input: { type: 'timeout' }, reason: 'late', says: true },
    { input: { type: 'cancel' }, reason: 'cancelled', says: true },
    { input: { type: 'forged' }, reason: 'tampered', says: true },
  ] as const

  for (const { input, reason, says } of inputs) {
    for (const place of PLACES) {
      test(`(${input.type}) ${placeName(place)} ends it by the rules`, () => {
        const run = stop(place, input)
        expect(brokenRules(run)).toEqual([])
        const { side, before } = place
        const waitsForQubits = side === 'bob' && (before === 'fibre' || before === 'outcomes')
        const storing = side === 'bob' && before === 'committed' && place.nth === 1
        if (isSealed(place)) {
          // Sealed: stays sent, whatever happens; only the loss of the connection ends the wait for the disk.
          expect(ends(run)).toMatch(/alice (confirmed|unconfirmed)/)
          expect(run.sentTypes('alice').some((type) => type.startsWith('abort'))).toBe(false)
        } else if (storing) {
          // The message is on its way to Bob's disk: it is taken, and said where there is somebody to hear it.
          expect(run.end('bob')?.type).toBe('accepted')
        } else if (waitsForQubits && input.type === 'timeout') {
          // An early timeout of his window is none.
          expect(ends(run)).toBe('alice confirmed, bob accepted')
        } else {
          const end = run.end(side)
          expect(end).toMatchObject({ type: 'aborted', reason, alert: reason === 'tampered' })
          const told = run.sentTypes(side).includes(`abort ${reason}`)
          expect(told).toBe(says)
          expect(opened(run)).toBe(false)
        }
      })
    }
  }

  test('(forged) costs no pair: nothing is deleted, and the peer is told of it', () => {
    for (const place of PLACES) {
      if (isSealed(place)) continue
      const run = stop(place, { type: 'forged' })
      const before = run.log.findIndex((entry) => 'input' in entry && entry.input.type === 'forged')
      const asked = run.log.slice(before).filter((entry) => 'output' in entry && entry.output.type === 'commit')
      if (place.before !== 'committed') expect(asked, placeName(place)).toEqual([])
      if (run.end(place.side)?.type !== 'aborted') continue
      const peer = place.side === 'alice' ? 'bob' : 'alice'
      expect(run.end(peer), placeName(place)).toSatisfy(isTold)
    }
  })

  test('while Alice waits for her seal on the disk change nothing, but that a lost connection sends no `amplify`', () => {
    const place: Place = { side: 'alice', before: 'committed', nth: 0 }
    expect(ends(stop(place, { type: 'cancel' }))).toBe('alice confirmed, bob accepted')
    expect(ends(stop(place, { type: 'timeout' }))).toBe('alice confirmed, bob accepted')
    const lost = stop(place, { type: 'lost' })
    expect(lost.end('alice')).toEqual({ type: 'unconfirmed', tampered: false })
    expect(lost.sentTypes('alice')).toEqual(['propose', 'sifted'])
  })

  test('while a failed pair is being deleted do not undo that it failed', () => {
    for (const { input } of inputs) {
      let done = false
      const hands: Hands = (side, next) => {
        if (side === 'alice' && next.type === 'committed' && !done) {
          done = true
          return [input, next]
        }
        if (!isMessage(next, 'estimated') || next.type !== 'message') return [next]
        const encoded = next.encoded.slice()
        encoded[encoded.length - 1]! ^= 1
        return [messageInput(encoded)!]
      }
      const run = new TwoSessions({ seed: 'faults', hands }).play()
      expect(run.end('alice')).toMatchObject({ type: 'aborted', reason: 'tampered', alert: true })
    }
  })
})

describe('what an ended session keeps', () => {
  test('is nothing: tag keys are zeros after every end, at both sides', () => {
    for (const place of PLACES) {
      const run = new TwoSessions({ seed: 'faults', hands: at(place, (next) => [{ type: 'lost' }, next]) }).play()
      for (const side of ['alice', 'bob'] as const) {
        expect(run.end(side), placeName(place)).not.toBe(null)
        expect(
          run.tagKeys[side].every((byte) => byte === 0),
          `${side} ${placeName(place)}`,
        ).toBe(true)
      }
    }
  })

  test('is nothing that a late message could use: the pads and proofs of a lost session open no later `amplify` or `received`', () => {
    const place: Place = { side: 'bob', before: 'amplify' }
    const run = new TwoSessions({ seed: 'faults', hands: at(place, (next) => [{ type: 'lost' }, next, next]) }).play()
    expect(opened(run)).toBe(false)
    expect(run.sentTypes('bob')).toEqual(['measured', 'estimated'])
  })
})

describe('a peer that stalls', () => {
  const KINDS = ['propose', 'measured', 'sifted', 'estimated', 'amplify', 'received'] as const

  test.each(KINDS)('by never saying `%s` ends the session of the one that waits, within its deadline', (type) => {
    const hands: Hands = (_side, input) => (isMessage(input, type) ? [] : [input])
    const run = new TwoSessions({ seed: 'faults', hands })
    const began = run.nowMs
    run.play()
    expect(brokenRules(run)).toEqual([])
    expect(run.end('alice')).not.toBe(null)
    if (type !== 'propose') expect(run.end('bob')).not.toBe(null)
    expect(run.nowMs - began).toBeLessThan(60_000)
    if (type === 'received') expect(ends(run)).toBe('alice unconfirmed, bob accepted')
    if (type === 'amplify') expect(ends(run)).toBe('alice unconfirmed, bob late')
  })
})
