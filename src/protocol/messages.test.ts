import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Bits } from '../lib/bits.ts'
import { type Bytes, concat, toHex } from '../lib/bytes.ts'
import { SeededRandom } from '../lib/random.ts'
import type { SettingWeights } from '../quantum/settings.ts'
import { Writer } from '../wire/codec.ts'
import { ABORTS, decodeMessage, encodeMessage, FINDINGS, type Message, REFUSALS, withoutTag } from './messages.ts'
import type { Terms } from './terms.ts'

const bytes = (minLength: number, maxLength = minLength): fc.Arbitrary<Bytes> =>
  fc.uint8Array({ minLength, maxLength }).map((value) => Uint8Array.from(value))
const values = (max: number, maxLength = 200): fc.Arbitrary<Bits> =>
  fc.array(fc.nat(max), { maxLength }).map((value) => Uint8Array.from(value))
const bits = values(1)
const settings = values(2)
const u32 = fc.integer({ min: 0, max: 0xffff_ffff })
const session = bytes(16).map(toHex)
const weights: fc.Arbitrary<SettingWeights> = fc.tuple(u32, u32, u32)
const number = fc.double({ noNaN: true, noDefaultInfinity: true })

const terms: fc.Arbitrary<Omit<Terms, 'session'>> = fc.record({
  pairs: u32,
  mode: fc.constantFrom('efficient' as const, 'textbook' as const),
  alice: weights,
  bob: weights,
  epsilon: number,
  proof: fc.constantFrom('trusted' as const, 'collective' as const),
  neededBits: u32,
  newPairs: fc.nat(255),
  plannedNoise: number,
  leakCap: u32,
  tagPair: fc.string({ unit: 'grapheme-ascii', maxLength: 64 }),
  route: fc.constantFrom('relay' as const, 'direct' as const),
})

const check = fc.record({ key: bytes(16), check: bytes(8) })
const block = fc.record({ bits: u32, seed: bytes(0, 60) })

/** One arbitrary for each type: a new type without one is a type error. */
const MESSAGES: { readonly [T in Message['type']]: fc.Arbitrary<Extract<Message, { type: T }>> } = {
  propose: fc.tuple(session, terms).map(([id, rest]) => ({
    type: 'propose',
    session: id,
    terms: { ...rest, session: id },
  })),
  refuse: fc.record({ type: fc.constant('refuse'), session, reason: fc.constantFrom(...REFUSALS) }),
  ready: fc.record({ type: fc.constant('ready'), session }),
  measured: fc.record({
    type: fc.constant('measured'),
    session,
    arrived: fc.array(fc.record({ start: u32, count: u32 }), { maxLength: 20 }),
    settings,
  }),
  sifted: fc.record({
    type: fc.constant('sifted'),
    session,
    settings,
    outcomes: bits,
    checks: fc.array(check, { maxLength: 2 }),
  }),
  estimated: fc
    .record({
      type: fc.constant('estimated' as const),
      session,
      outcomes: bits,
      equal: fc.array(fc.boolean(), { maxLength: 2 }),
      finding: fc.constantFrom(...FINDINGS),
      keyBits: bits,
      tag: bytes(16),
    })
    .map((message) => ({ ...message, tag: message.finding === 'enough' ? message.tag : new Uint8Array(0) })),
  amplify: fc.record({
    type: fc.constant('amplify'),
    session,
    blocks: fc.array(block, { maxLength: 2 }),
    ciphertext: bytes(0, 300),
    tag: bytes(16),
  }),
  received: fc.record({ type: fc.constant('received'), session, proof: bytes(16) }),
  abort: fc.record({ type: fc.constant('abort'), session, reason: fc.constantFrom(...ABORTS), keyBits: bits }),
}

const TYPES = Object.keys(MESSAGES) as Message['type'][]
const anyMessage: fc.Arbitrary<Message> = fc.oneof(...TYPES.map((type) => MESSAGES[type] as fc.Arbitrary<Message>))

const SESSION = '000102030405060708090a0b0c0d0e0f'
const head = (type: Message['type']): Writer => {
  const index = ['propose', 'refuse', 'ready', 'measured', 'sifted', 'estimated', 'amplify', 'received', 'abort']
  return new Writer().u8(1).u8(index.indexOf(type)).raw(Buffer.from(SESSION, 'hex'))
}

describe('a message', () => {
  test.each(TYPES)('%s comes back from its bytes as it was', (type) => {
    fc.assert(
      fc.property(MESSAGES[type] as fc.Arbitrary<Message>, (message) => {
        expect(decodeMessage(encodeMessage(message))).toEqual(message)
      }),
    )
  })

  test('cut anywhere, or with a byte more, is none', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        const encoded = encodeMessage(message)
        for (let length = 0; length < encoded.length; length++) {
          expect(decodeMessage(encoded.subarray(0, length))).toBe(null)
        }
        expect(decodeMessage(concat(encoded, Uint8Array.of(0)))).toBe(null)
      }),
      { numRuns: 50 },
    )
  })

  test('of another version, or of a type that does not exist, is none', () => {
    const encoded = encodeMessage({ type: 'ready', session: SESSION })
    for (let byte = 0; byte < 256; byte++) {
      expect(decodeMessage(concat(Uint8Array.of(byte), encoded.subarray(1))) === null).toBe(byte !== 1)
      const turned = encoded.slice()
      turned[1] = byte
      if (byte > 8) expect(decodeMessage(turned)).toBe(null)
    }
  })

  test('has its tag at its end, where `withoutTag` takes it off', () => {
    fc.assert(
      fc.property(MESSAGES.amplify, (message) => {
        const encoded = encodeMessage(message)
        expect(concat(withoutTag(encoded), message.tag)).toEqual(encoded)
        const other = encodeMessage({ ...message, tag: new Uint8Array(16) })
        expect(withoutTag(other)).toEqual(withoutTag(encoded))
      }),
    )
  })

  test('says every field: two different messages have different bytes', () => {
    fc.assert(
      fc.property(anyMessage, anyMessage, (a, b) => {
        const equal = Buffer.compare(encodeMessage(a), encodeMessage(b)) === 0
        if (equal) expect(a).toEqual(b)
      }),
      { numRuns: 500 },
    )
  })
})

/** What comes of hostile bytes: null, or a message whose parts are within their limits and bounded by the bytes. */
function expectBounded(given: Uint8Array): void {
  const message = decodeMessage(given)
  if (message === null) return
  const lengths = Object.values(message).map((value: unknown) =>
    value instanceof Uint8Array || Array.isArray(value) ? value.length : 0,
  )
  expect(Math.max(...lengths)).toBeLessThanOrEqual(8 * given.length)
  if ('settings' in message) expect(message.settings.every((setting) => setting < 3)).toBe(true)
  if ('outcomes' in message) expect(message.outcomes.every((bit) => bit < 2)).toBe(true)
  if ('keyBits' in message) expect(message.keyBits.every((bit) => bit < 2)).toBe(true)
  if ('checks' in message) expect(message.checks.length).toBeLessThanOrEqual(2)
  if ('blocks' in message) expect(message.blocks.length).toBeLessThanOrEqual(2)
  if ('equal' in message) expect(message.equal.length).toBeLessThanOrEqual(2)
  if (message.type === 'propose') expect(Number.isFinite(message.terms.epsilon)).toBe(true)
}

describe('hostile bytes', () => {
  test('never make a throw, nor anything larger than eight times themselves', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.constantFrom(...TYPES), (rest, type) => {
        expectBounded(rest)
        expectBounded(head(type).raw(rest).end())
      }),
      { numRuns: 2_000 },
    )
  })

  test.each(TYPES)('made of a %s by flips, cuts, insertions and swaps never make a throw', (type) => {
    const seed = `messages, mutated ${type}`
    const random = new SeededRandom(seed)
    const samples = fc.sample(MESSAGES[type] as fc.Arbitrary<Message>, { numRuns: 40, seed: 7 })
    for (const sample of samples) {
      const encoded = encodeMessage(sample)
      for (let bit = 0; bit < 8 * Math.min(encoded.length, 120); bit++) {
        const flipped = encoded.slice()
        flipped[bit >> 3]! ^= 0x80 >> (bit & 7)
        expectBounded(flipped)
      }
      for (let run = 0; run < 50; run++) {
        const [a, b] = [random.integer(encoded.length), random.integer(encoded.length)].sort((x, y) => x - y)
        expectBounded(concat(encoded.subarray(0, a), encoded.subarray(b)))
        expectBounded(concat(encoded.subarray(0, b), encoded.subarray(a)))
        const mutated = encoded.slice()
        for (let i = 0; i < 5; i++) mutated[random.integer(mutated.length)] = random.integer(256)
        expectBounded(mutated)
      }
    }
  })

  const HUGE = 0xffff_ffff
  test.each<[string, Writer]>([
    ['2^32 - 1 ranges', head('measured').u32(HUGE)],
    [
      '65,537 ranges, all there',
      head('measured')
        .u32(65_537)
        .raw(new Uint8Array(8 * 65_537))
        .u32(0),
    ],
    [
      '65,536 ranges, all there but the last byte',
      head('measured')
        .u32(65_536)
        .raw(new Uint8Array(8 * 65_536 - 1)),
    ],
    ['2^32 - 1 settings', head('measured').u32(0).u32(HUGE)],
    ['2^24 settings and no bytes', head('sifted').u32(2 ** 24)],
    ['2^32 - 1 outcomes', head('sifted').u32(0).u32(HUGE)],
    ['2^32 - 1 bits of a key', head('abort').u8(0).u32(HUGE)],
    [
      '2^25 + 1 bits of a key, all there',
      head('abort')
        .u8(0)
        .u32(2 ** 25 + 1)
        .raw(new Uint8Array(2 ** 22 + 1)),
    ],
    ['three checks', head('sifted').u32(0).u32(0).u8(3).raw(new Uint8Array(72))],
    ['three equals', head('estimated').u32(0).u8(3).raw(new Uint8Array(3)).u8(1).u32(0)],
    ['a flag that is neither yes nor no', head('estimated').u32(0).u8(1).u8(2).u8(1).u32(0)],
    ['255 blocks', head('amplify').u8(255).raw(new Uint8Array(4_000))],
    ['a seed of 2^32 - 1 bytes', head('amplify').u8(1).u32(1).u32(HUGE)],
    [
      'a ciphertext above 1 MiB, all there',
      head('amplify')
        .u8(0)
        .bytes(new Uint8Array(2 ** 20 + 1))
        .raw(new Uint8Array(16)),
    ],
    ['a setting 3', head('measured').u32(0).u32(4).u8(0b00_01_10_11)],
  ])('that claim %s are no message, at once', (_name, writer) => {
    const encoded = writer.end()
    const started = performance.now()
    expect(decodeMessage(encoded)).toBe(null)
    expect(performance.now() - started).toBeLessThan(1_000)
  })

  test('hold a number that is none in no field: NaN and infinity are no terms', () => {
    fc.assert(
      fc.property(MESSAGES.propose, fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY), (message, value) => {
        const noise = { ...message, terms: { ...message.terms, plannedNoise: value } }
        const epsilon = { ...message, terms: { ...message.terms, epsilon: value } }
        expect([decodeMessage(encodeMessage(noise)), decodeMessage(encodeMessage(epsilon))]).toEqual([null, null])
      }),
    )
  })

  test('may name 65,536 ranges, as many as a session may have frames', () => {
    const writer = head('measured').u32(65_536)
    expect(
      decodeMessage(
        writer
          .raw(new Uint8Array(8 * 65_536))
          .u32(0)
          .end(),
      )?.type,
    ).toBe('measured')
  })

  test('hold no name of a tag pair above 64 bytes', () => {
    const [message] = fc.sample(MESSAGES.propose, { numRuns: 1, seed: 1 })
    const named = (tagPair: string): Message => ({ ...message!, terms: { ...message!.terms, tagPair } })
    expect(decodeMessage(encodeMessage(named('a'.repeat(64))))).not.toBe(null)
    expect(decodeMessage(encodeMessage(named('a'.repeat(65))))).toBe(null)
    expect(decodeMessage(encodeMessage(named('\u00e4'.repeat(33))))).toBe(null)
  })
})

describe('the size of a message', () => {
  test('is 2 bits for a setting and a bit for an outcome', () => {
    const measured = encodeMessage({
      type: 'measured',
      session: SESSION,
      arrived: [{ start: 0, count: 20_000 }],
      settings: new Uint8Array(20_000),
    })
    expect(measured.length).toBe(18 + 4 + 8 + 4 + 5_000)
    const estimated = encodeMessage({
      type: 'estimated',
      session: SESSION,
      outcomes: new Uint8Array(8_001),
      equal: [true],
      finding: 'short',
      keyBits: new Uint8Array(0),
      tag: new Uint8Array(0),
    })
    expect(estimated.length).toBe(18 + 4 + 1_001 + 2 + 1 + 4)
  })
})
