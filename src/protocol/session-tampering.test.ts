import { describe, expect, test } from 'vitest'
import { type Bytes, concat } from '../lib/bytes.ts'
import { SeededRandom } from '../lib/random.ts'
import { oneTimeTag } from '../otp/tags.ts'
import { encodeMessage, type Message, withoutTag } from './messages.ts'
import type { SessionInput } from './session.ts'
import { brokenRules } from './testing/transcript-rules.ts'
import {
  type Hands,
  isMessage,
  messageInput,
  PAIR_NAME,
  type Setup,
  type Side,
  TwoSessions,
} from './testing/two-sessions.ts'
import { Transcript } from './transcript.ts'

type Of<T extends Message['type']> = Extract<Message, { type: T }>
type MessageInput = Extract<SessionInput, { type: 'message' }>

/** Hands that change the bytes of one type of message; bytes that are no message any more get lost. */
function changing(type: Message['type'], change: (encoded: Bytes) => Bytes): Hands {
  return (_side, input) => {
    if (input.type !== 'message' || input.message.type !== type) return [input]
    const changed = messageInput(change(input.encoded))
    return changed === null ? [] : [changed]
  }
}

const flip =
  (bit: number) =>
  (encoded: Bytes): Bytes => {
    const out = encoded.slice()
    const at = bit < 0 ? 8 * out.length + bit : bit
    out[at >> 3]! ^= 0x80 >> (at & 7)
    return out
  }

/** Hands of a faulty or malicious side itself: the message is changed and tagged anew with the right key. */
function faulty<T extends 'estimated' | 'amplify'>(
  setup: Setup,
  type: T,
  change: (message: Of<T>, run: TwoSessions) => Message,
): TwoSessions {
  const hands: Hands = (side, input) => {
    if (input.type !== 'message' || input.message.type !== type) return [input]
    return [retagged(run, keys, side === 'bob' ? 'alice' : 'bob', change(input.message as Of<T>, run))]
  }
  const run = new TwoSessions({ ...setup, hands })
  const keys = run.tagKeys.alice.slice()
  return run.play()
}

function retagged(run: TwoSessions, keys: Bytes, from: Side, message: Message): MessageInput {
  const transcript = new Transcript(run.context('alice', run.terms))
  for (const side of ['alice', 'bob'] as const) {
    const before = run.outputs(side, 'send').map(({ encoded }) => encoded)
    for (const encoded of before.slice(0, side === from ? -1 : undefined)) transcript.add(side, encoded)
  }
  const untagged = withoutTag(encodeMessage(message))
  const key = from === 'alice' ? keys.slice(0, 32) : keys.slice(32)
  const input = messageInput(concat(untagged, oneTimeTag(key, transcript.bytesWith(from, untagged))))
  if (input === null) throw new Error('no message')
  return input
}

const end = (run: TwoSessions, side: Side): string => {
  const ended = run.end(side)
  return ended?.type === 'aborted' ? ended.reason : (ended?.type ?? 'none')
}

const opened = (run: TwoSessions): boolean => run.commit('bob', 'accepted') !== null
const sealed = (run: TwoSessions): boolean => run.commit('alice', 'sealed') !== null

describe('a flipped bit', () => {
  const random = new SeededRandom('flips')
  const BEFORE_SEAL = ['propose', 'measured', 'sifted', 'estimated'] as const

  test.each(BEFORE_SEAL)('anywhere in `%s`: nothing is sealed, nothing opened, both sides end', (type) => {
    for (let i = 0; i < 40; i++) {
      // Heads and lengths of the message in half the runs, else anywhere.
      const at = random.integer(2 ** 30)
      const seed = `flip ${type} ${i} ${at}`
      const change = (encoded: Bytes): Bytes => flip(i % 2 === 0 ? at % 320 : at % (8 * encoded.length))(encoded)
      const run = new TwoSessions({ seed, hands: changing(type, change) }).play()
      expect(brokenRules(run), seed).toEqual([])
      expect([sealed(run), opened(run)], seed).toEqual([false, false])
      expect(run.end('alice')?.type, seed).toMatch(/aborted|refused/)
    }
  })

  test('anywhere in `amplify`: nothing is opened, Alice keeps the message as sent', () => {
    for (let i = 0; i < 40; i++) {
      const at = random.integer(2 ** 30)
      const seed = `flip amplify ${i} ${at}`
      const change = (encoded: Bytes): Bytes => flip(i % 2 === 0 ? at % 400 : at % (8 * encoded.length))(encoded)
      const run = new TwoSessions({ seed, hands: changing('amplify', change) }).play()
      expect(brokenRules(run), seed).toEqual([])
      expect(opened(run), seed).toBe(false)
      expect(run.end('alice')?.type, seed).toBe('unconfirmed')
    }
  })

  test('in Bob’s tag: Alice deletes her pair, says `tampered` after that, and both are told', () => {
    for (const bit of [-1, -64, -128]) {
      const run = new TwoSessions({ seed: 'tag of bob', hands: changing('estimated', flip(bit)) }).play()
      expect(brokenRules(run)).toEqual([])
      expect(run.commits('alice')).toEqual([
        { step: 'pairFailed', changes: [{ type: 'deleteTagPair', name: PAIR_NAME }] },
      ])
      expect(run.sentTypes('alice')).toEqual(['propose', 'sifted', 'abort tampered'])
      const receipt = { outcome: 'tampered', usedBits: 0 }
      expect(run.end('alice')).toMatchObject({ type: 'aborted', reason: 'tampered', alert: true, receipt })
      expect(run.end('bob')).toMatchObject({ type: 'aborted', reason: 'tampered', alert: true })
      const committed = run.log.findIndex((e) => e.side === 'alice' && 'input' in e && e.input.type === 'committed')
      const told = run.log.findIndex(
        (e) => e.side === 'alice' && 'output' in e && e.output.type === 'send' && isTampered(e.output.encoded),
      )
      expect(told).toBeGreaterThan(committed)
    }
  })

  test.each([
    ['tag', -1],
    ['ciphertext', -8 * 16 - 1],
    ['seed', 8 * 40],
    ['number of bits used', 8 * 22],
    ['session id', 8 * 2],
  ])('in the %s of `amplify`: Bob, whose pair is deleted already, says `tampered`, and both are told', (_name, bit) => {
    const run = new TwoSessions({ seed: 'tag of alice', hands: changing('amplify', flip(bit)) }).play()
    expect(brokenRules(run)).toEqual([])
    expect(run.commits('bob').map(({ step }) => step)).toEqual(['tagSpent'])
    expect(run.sentTypes('bob')).toEqual(['measured', 'estimated', 'abort tampered'])
    expect(run.end('bob')).toMatchObject({
      type: 'aborted',
      reason: 'tampered',
      alert: true,
      receipt: { outcome: 'tampered' },
    })
    // What is sealed stays sent: Alice neither aborts nor refuses it.
    expect(run.end('alice')).toEqual({ type: 'unconfirmed', tampered: true })
    expect(run.sentTypes('alice')).toEqual(['propose', 'sifted', 'amplify'])
  })

  test('in `received`: Bob has the message, Alice doesn’t call it delivered', () => {
    const run = new TwoSessions({ seed: 'proof', hands: changing('received', flip(-1)) }).play()
    expect(brokenRules(run)).toEqual([])
    expect(end(run, 'bob')).toBe('accepted')
    expect(run.end('alice')).toEqual({ type: 'unconfirmed', tampered: false })
    expect(run.commit('alice', 'confirmed')).toBe(null)
  })

  test('in the check of a key is no equal key: nothing is tagged', () => {
    const run = new TwoSessions({ seed: 'check', hands: changing('sifted', flip(-1)) }).play()
    expect(run.commits('bob')).toEqual([])
    expect(opened(run)).toBe(false)
  })
})

const isTampered = (encoded: Bytes): boolean => {
  const message = messageInput(encoded)?.message
  return message?.type === 'abort' && message.reason === 'tampered'
}

describe('a man in the middle who changes terms on both ways', () => {
  test.each<[string, Partial<Of<'propose'>['terms']>]>([
    ['a weaker epsilon', { epsilon: 1e-3 }],
    ['fewer bits needed', { neededBits: 1_000 }],
    ['another proof', { proof: 'collective' }],
    ['the name of another pair', { tagPair: 'invite/joiner' }],
    ['another route', { route: 'direct' }],
    ['more planned noise', { plannedNoise: 0.1 }],
    ['more new pairs', { newPairs: 2 }],
    ['a leak cap', { leakCap: 1 }],
  ])('gets no message through with %s', (_name, terms) => {
    const hands: Hands = (_side, input) => {
      if (input.type !== 'message' || input.message.type !== 'propose') return [input]
      const message = { ...input.message, terms: { ...input.message.terms, ...terms } }
      return [messageInput(encodeMessage(message))!]
    }
    const run = new TwoSessions({ seed: 'terms', hands }).play()
    expect([sealed(run), opened(run)]).toEqual([false, false])
    expect(end(run, 'alice')).toMatch(/tampered|short|malformed/)
  })
})

describe('an Alice whose tag holds but whose `amplify` is wrong', () => {
  const needed = (run: TwoSessions): number => run.terms.neededBits
  const efficient: readonly [string, (m: Of<'amplify'>, run: TwoSessions) => Message][] = [
    ['no block', (m) => ({ ...m, blocks: [] })],
    ['a block too many', (m) => ({ ...m, blocks: [...m.blocks, { bits: 0, seed: new Uint8Array(0) }] })],
    ['a bit too many', (m, run) => ({ ...m, blocks: [{ ...m.blocks[0]!, bits: needed(run) + 1 }] })],
    ['a bit too few', (m, run) => ({ ...m, blocks: [{ ...m.blocks[0]!, bits: needed(run) - 1 }] })],
    ['2^32 - 1 bits', (m) => ({ ...m, blocks: [{ ...m.blocks[0]!, bits: 0xffff_ffff }] })],
    ['no bits', (m) => ({ ...m, blocks: [{ ...m.blocks[0]!, bits: 0 }] })],
    ['no bits and no seed', (m) => ({ ...m, blocks: [{ bits: 0, seed: new Uint8Array(0) }] })],
    ['no seed', (m) => ({ ...m, blocks: [{ ...m.blocks[0]!, seed: new Uint8Array(0) }] })],
    ['a seed with a byte less', (m) => ({ ...m, blocks: [{ ...m.blocks[0]!, seed: m.blocks[0]!.seed.slice(1) }] })],
    [
      'a seed with a byte more',
      (m) => ({ ...m, blocks: [{ ...m.blocks[0]!, seed: concat(m.blocks[0]!.seed, Uint8Array.of(0)) }] }),
    ],
    ['no ciphertext', (m) => ({ ...m, ciphertext: new Uint8Array(0) })],
    ['a ciphertext with a byte less', (m) => ({ ...m, ciphertext: m.ciphertext.slice(1) })],
    ['a ciphertext with a byte more', (m) => ({ ...m, ciphertext: concat(m.ciphertext, Uint8Array.of(0)) })],
    ['a ciphertext of 1 MiB', (m) => ({ ...m, ciphertext: new Uint8Array(2 ** 20) })],
    ['a text that is none', (m) => ({ ...m, ciphertext: flip(7)(m.ciphertext) })],
    ['padding that is not zero', (m) => ({ ...m, ciphertext: flip(-1)(m.ciphertext) })],
  ]

  test.each(efficient)('(%s) makes Bob stop as malformed: no throw, nothing opened, no alert', (_name, change) => {
    const run = faulty({ seed: 'faulty alice' }, 'amplify', change)
    expect(brokenRules(run)).toEqual([])
    expect(run.end('bob')).toEqual({ type: 'aborted', reason: 'malformed', alert: false, receipt: null })
    expect(opened(run)).toBe(false)
    expect(end(run, 'alice')).toBe('unconfirmed')
  })

  const textbook: readonly [string, (m: Of<'amplify'>, run: TwoSessions) => Message][] = [
    ['one block for two', (m) => ({ ...m, blocks: m.blocks.slice(0, 1) })],
    ['the blocks exchanged', (m) => ({ ...m, blocks: m.blocks.toReversed() })],
    [
      'all bits from one block',
      (m, run) => ({
        ...m,
        blocks: [
          { bits: needed(run), seed: m.blocks[0]!.seed },
          { bits: 0, seed: new Uint8Array(0) },
        ],
      }),
    ],
    [
      'a seed where no bit is taken',
      (m) => ({ ...m, blocks: [{ ...m.blocks[0]! }, { bits: 0, seed: m.blocks[1]!.seed }] }),
    ],
  ]

  test.each(textbook)('(textbook: %s) makes Bob stop as malformed', (_name, change) => {
    const run = faulty({ seed: 'faulty alice, textbook', mode: 'textbook' }, 'amplify', change)
    expect(run.end('bob')).toEqual({ type: 'aborted', reason: 'malformed', alert: false, receipt: null })
    expect(opened(run)).toBe(false)
  })

  test('gets no bit out of a block that is empty or gives none', () => {
    // Without a2 the block (a2,b1) has no round at all: its length is 0, and so is that of a seed for one bit of it.
    const terms = { alice: [26_214, 0, 39_322], bob: [13_107, 39_322, 13_107], pairs: 30_000 } as const
    const setup: Setup = { seed: 'no a2', mode: 'textbook', terms }
    const honest = new TwoSessions(setup).play()
    expect(honest.end('bob')?.type).toBe('accepted')
    const run = faulty(setup, 'amplify', (m) => {
      const bits = m.blocks[0]!.bits - 1
      // seedBytes(n, l) = 2 ceil((n + l - 1) / 8): cut to the length of one bit less where that is another.
      const { siftedBits } = honest.commit('bob', 'accepted')!.receipt
      const seed = m.blocks[0]!.seed.slice(0, 2 * Math.ceil((siftedBits + bits - 1) / 8))
      return {
        ...m,
        blocks: [
          { bits, seed },
          { bits: 1, seed: new Uint8Array(0) },
        ],
      }
    })
    expect(run.end('bob')).toEqual({ type: 'aborted', reason: 'malformed', alert: false, receipt: null })
  })
})

describe('a Bob whose tag holds but whose `estimated` is wrong', () => {
  const cases: readonly [string, (m: Of<'estimated'>) => Message][] = [
    ['readings that give no key', (m) => ({ ...m, outcomes: m.outcomes.map((bit, i) => bit ^ (i & 1)) })],
    ['keys that differ and enough all the same', (m) => ({ ...m, equal: [false] })],
    ['no word on the keys', (m) => ({ ...m, equal: [] })],
    ['a word on a block that is none', (m) => ({ ...m, equal: [true, true] })],
    ['an outcome less', (m) => ({ ...m, outcomes: m.outcomes.slice(1) })],
    ['no outcomes', (m) => ({ ...m, outcomes: new Uint8Array(0) })],
  ]

  test.each(cases)('(%s) makes Alice stop as malformed, with nothing sealed', (_name, change) => {
    const run = faulty({ seed: 'faulty bob' }, 'estimated', change)
    expect(brokenRules(run)).toEqual([])
    expect(end(run, 'alice')).toBe('malformed')
    expect([sealed(run), opened(run)]).toEqual([false, false])
  })

  test('loses the pair where Alice checked a tag under it and finds too little', () => {
    const run = faulty({ seed: 'faulty bob' }, 'estimated', (m) => ({ ...m, equal: [false] }))
    expect(run.commits('alice')).toEqual([
      { step: 'pairFailed', changes: [{ type: 'deleteTagPair', name: PAIR_NAME }] },
    ])
  })

  test.each<[string, Partial<Of<'estimated'>>]>([
    ['of the wrong length', { keyBits: new Uint8Array(7) }],
    ['of none', { keyBits: new Uint8Array(0) }],
  ])('and who sacrifices a key %s leaves the error rate unknown, without a throw', (_name, change) => {
    const hands: Hands = (_side, input) => {
      if (!isMessage(input, 'estimated') || input.type !== 'message') return [input]
      return [messageInput(encodeMessage({ ...(input.message as Of<'estimated'>), ...change }))!]
    }
    const run = new TwoSessions({ seed: 'short', terms: { pairs: 8_000 }, hands }).play()
    expect(run.end('alice')).toMatchObject({ type: 'aborted', reason: 'short', receipt: { qber: null } })
  })
})
