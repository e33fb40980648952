import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Bytes, concat, toHex } from '../lib/bytes.ts'
import { randomBytes, SeededRandom } from '../lib/random.ts'
import { Reader, Writer } from '../wire/codec.ts'
import { type Binding, type BindingContext, bindingHolds, bindingMac, decodeBinding, encodeBinding } from './binding.ts'
import { bindingKey } from './keys.ts'

const random = new SeededRandom('pairing/binding')
const bytes = (length: number): Bytes => randomBytes(random, length)

const ROOT = bytes(32)
const BINDING: Binding = {
  mode: 'private',
  side: bytes(16),
  number: 7,
  lastSeen: 6,
  highestNumber: 40,
  pairs: ['invite/inviter', `${toHex(bytes(16))}/0`, `${toHex(bytes(16))}/4`],
}
const CONTEXT: BindingContext = {
  nonces: { inviter: bytes(16), joiner: bytes(16) },
  fingerprints: { inviter: bytes(32), joiner: bytes(32) },
  descriptions: { inviter: bytes(32), joiner: bytes(32) },
  sides: { inviter: bytes(16), joiner: bytes(16) },
}
const ENCODED = encodeBinding(BINDING)
const MAC = bindingMac(ROOT, 'inviter', CONTEXT, ENCODED)

const flipped = (value: Bytes): Bytes => {
  const out = value.slice()
  out[out.length - 1]! ^= 1
  return out
}

function decode(encoded: Uint8Array): Binding | null {
  const reader = new Reader(encoded)
  const binding = decodeBinding(reader)
  return reader.done ? binding : null
}

/** A binding with so many names, whatever `encodeBinding` would say to it. */
function encodeNames(count: number): Bytes {
  const none = encodeBinding({ ...BINDING, pairs: [] })
  const writer = new Writer().raw(none.subarray(0, -1)).u8(count)
  for (let i = 0; i < count; i++) writer.text('a')
  return writer.end()
}

describe('what a side says of itself in a binding', () => {
  const binding: fc.Arbitrary<Binding> = fc.record({
    mode: fc.constantFrom('private' as const, 'lab' as const),
    side: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((side) => Uint8Array.from(side)),
    number: fc.integer({ min: 0, max: 0xffff_ffff }),
    lastSeen: fc.integer({ min: 0, max: 0xffff_ffff }),
    highestNumber: fc.integer({ min: 0, max: 2 ** 31 }),
    pairs: fc.array(fc.string({ unit: fc.constantFrom(...'0123456789abcdef/'), maxLength: 64 }), { maxLength: 64 }),
  })

  test('comes back', () => {
    fc.assert(
      fc.property(binding, (said) => {
        expect(decode(encodeBinding(said))).toEqual(said)
      }),
    )
  })

  test.each([
    ['no bytes', new Uint8Array(0)],
    ['a future version', concat(Uint8Array.of(2), ENCODED.subarray(1))],
    ['an unknown mode', concat(Uint8Array.of(1, 2), ENCODED.subarray(2))],
    ['a byte too many', concat(ENCODED, Uint8Array.of(0))],
    ['65 names', encodeNames(65)],
    ['a message number above the highest', encodeBinding({ ...BINDING, highestNumber: 2 ** 31 + 1 })],
    ['a name of 65 bytes', encodeBinding({ ...BINDING, pairs: ['a'.repeat(65)] })],
    ['a name in bad UTF-8', concat(encodeBinding({ ...BINDING, pairs: ['a'] }).slice(0, -1), Uint8Array.of(0xff))],
  ])('is not read from %s', (_name, encoded) => {
    expect(decode(encoded)).toBe(null)
  })

  test('may name up to 64 pairs, and saying more is the mistake of the caller', () => {
    expect(decode(encodeNames(64))?.pairs.length).toBe(64)
    const pairs = new Array<string>(65).fill('a')
    expect(() => encodeBinding({ ...BINDING, pairs })).toThrow(/assertion failed/)
  })

  test('cut anywhere is not read', () => {
    for (let length = 0; length < ENCODED.length; length++) expect(decode(ENCODED.subarray(0, length))).toBe(null)
  })

  test('never throws for arbitrary bytes, and holds at most 64 names', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (rest) => {
        const reader = new Reader(concat(Uint8Array.of(1, 0), rest))
        expect(decodeBinding(reader).pairs.length).toBeLessThanOrEqual(64)
      }),
    )
  })
})

describe('the MAC of a binding', () => {
  test('holds at the other side', () => {
    expect(bindingHolds(ROOT, 'inviter', structuredClone(CONTEXT), ENCODED.slice(), MAC)).toBe(true)
  })

  test("is the HMAC-SHA-256 of OpenSSL under the sender's binding key, over every part with its length before it", () => {
    const writer = new Writer().text('sqc binding').u8(1).text('inviter')
    const { nonces, fingerprints, descriptions, sides } = CONTEXT
    for (const { inviter, joiner } of [fingerprints, descriptions, sides, nonces]) writer.bytes(inviter).bytes(joiner)
    const hmac = createHmac('sha256', bindingKey(ROOT, nonces, 'inviter')).update(writer.bytes(ENCODED).end())
    expect(toHex(MAC)).toBe(hmac.digest('hex'))
  })

  const BY_ROLE = ['inviter', 'joiner'] as const
  const contexts = (['nonces', 'fingerprints', 'descriptions', 'sides'] as const).flatMap((field) =>
    BY_ROLE.map((role): [string, BindingContext] => [
      `${field} of the ${role}`,
      { ...CONTEXT, [field]: { ...CONTEXT[field], [role]: flipped(CONTEXT[field][role]) } },
    ]),
  )

  test.each(contexts)('fails when one bit differs in the %s', (_name, context) => {
    expect(bindingHolds(ROOT, 'inviter', context, ENCODED, MAC)).toBe(false)
  })

  test.each(['nonces', 'fingerprints', 'descriptions', 'sides'] as const)(
    'fails when the %s of the two sides are exchanged',
    (field) => {
      const { inviter, joiner } = CONTEXT[field]
      const context = { ...CONTEXT, [field]: { inviter: joiner, joiner: inviter } }
      expect(bindingHolds(ROOT, 'inviter', context, ENCODED, MAC)).toBe(false)
    },
  )

  test('fails when bytes move from one part to the next', () => {
    const { inviter, joiner } = CONTEXT.descriptions
    const descriptions = { inviter: concat(inviter, joiner.subarray(0, 1)), joiner: joiner.slice(1) }
    expect(bindingHolds(ROOT, 'inviter', { ...CONTEXT, descriptions }, ENCODED, MAC)).toBe(false)
  })

  const changed: readonly [string, Partial<Binding>][] = [
    ['mode (private to lab)', { mode: 'lab' }],
    ['side', { side: flipped(BINDING.side) }],
    ['number', { number: 8 }],
    ['last number seen', { lastSeen: 5 }],
    ['highest message number', { highestNumber: 41 }],
    ['names: one less', { pairs: BINDING.pairs.slice(1) }],
    ['names: one more', { pairs: [...BINDING.pairs, 'more/0'] }],
    ['names: another order', { pairs: BINDING.pairs.toReversed() }],
    ['names: two run together', { pairs: [BINDING.pairs.slice(0, 2).join(''), BINDING.pairs[2]!] }],
  ]

  test.each(changed)('fails when the other side said another %s', (_name, change) => {
    expect(bindingHolds(ROOT, 'inviter', CONTEXT, encodeBinding({ ...BINDING, ...change }), MAC)).toBe(false)
  })

  test('fails for every bit flipped in what was said or in the MAC itself', () => {
    for (let bit = 0; bit < 8 * ENCODED.length; bit++) {
      const said = ENCODED.slice()
      said[bit >> 3]! ^= 0x80 >> (bit & 7)
      expect([bit, bindingHolds(ROOT, 'inviter', CONTEXT, said, MAC)]).toEqual([bit, false])
    }
    for (let bit = 0; bit < 8 * MAC.length; bit++) {
      const mac = MAC.slice()
      mac[bit >> 3]! ^= 0x80 >> (bit & 7)
      expect([bit, bindingHolds(ROOT, 'inviter', CONTEXT, ENCODED, mac)]).toEqual([bit, false])
    }
  })

  test('fails under another root, and when it is reflected as the other side’s', () => {
    expect(bindingHolds(flipped(ROOT), 'inviter', CONTEXT, ENCODED, MAC)).toBe(false)
    expect(bindingHolds(ROOT, 'joiner', CONTEXT, ENCODED, MAC)).toBe(false)
  })

  test.each([0, 16, 31, 33])('of %i bytes fails, without a throw', (length) => {
    expect(bindingHolds(ROOT, 'inviter', CONTEXT, ENCODED, new Uint8Array(length))).toBe(false)
  })
})
