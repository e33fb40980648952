import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { concat, toHex } from '../lib/bytes.ts'
import { type Control, decodeControl, encodeControl, encodePublic, LINK_CONTROL, LINK_PUBLIC } from './control.ts'

const bytes = (minLength: number, maxLength = minLength) =>
  fc.uint8Array({ minLength, maxLength }).map((value) => Uint8Array.from(value))
const count = fc.integer({ min: 0, max: 0xffff_ffff })

const control: fc.Arbitrary<Control> = fc.oneof(
  fc.record({ type: fc.constant('bind' as const), binding: bytes(0, 400), mac: bytes(32) }),
  fc.record({ type: fc.constant('root' as const), root: bytes(32) }),
  fc.record({ type: fc.constantFrom('rooted' as const, 'bye' as const) }),
  fc.record({ type: fc.constant('profile' as const), name: fc.string({ unit: 'grapheme', maxLength: 20 }) }),
  fc.record({ type: fc.constantFrom('ping' as const, 'pong' as const), count }),
  fc.record({
    type: fc.constant('numbers' as const),
    numbers: fc.array(fc.record({ id: bytes(16).map(toHex), number: fc.integer({ min: 0, max: 2 ** 31 }) }), {
      maxLength: 20,
    }),
  }),
)

describe('a control frame', () => {
  test('comes back, and begins with its kind', () => {
    fc.assert(
      fc.property(control, (said) => {
        fc.pre(said.type !== 'profile' || Buffer.byteLength(said.name) <= 256)
        expect(decodeControl(encodeControl(said))).toEqual(said)
        expect(encodeControl(said)[0]).toBe(LINK_CONTROL)
      }),
    )
  })

  test('cut anywhere, or with a byte more, is none', () => {
    fc.assert(
      fc.property(control, (said) => {
        const encoded = encodeControl(said)
        for (let length = 0; length < encoded.length; length++)
          expect(decodeControl(encoded.subarray(0, length))).toBe(null)
        expect(decodeControl(concat(encoded, Uint8Array.of(0)))).toBe(null)
      }),
      { numRuns: 30 },
    )
  })

  test.each([
    ['no bytes', []],
    ['a kind to come', [3]],
    ['a type that does not exist', [LINK_CONTROL, 7]],
    ['a public frame', [...encodePublic(Uint8Array.of(1, 2))]],
    ['a name of 2^32 - 1 bytes', [LINK_CONTROL, 3, 0xff, 0xff, 0xff, 0xff, 65]],
    ['a name in bad UTF-8', [LINK_CONTROL, 3, 0, 0, 0, 1, 0xff]],
  ])('is not read from %s', (_name, given) => {
    expect(decodeControl(Uint8Array.from(given))).toBe(null)
  })

  test('holds a name of at most 256 bytes and a binding of at most 8,192', () => {
    expect(decodeControl(encodeControl({ type: 'profile', name: 'x'.repeat(256) }))).not.toBe(null)
    expect(decodeControl(encodeControl({ type: 'profile', name: 'x'.repeat(257) }))).toBe(null)
    const bind = (length: number) =>
      decodeControl(encodeControl({ type: 'bind', binding: new Uint8Array(length), mac: new Uint8Array(32) }))
    expect(bind(8_192)).not.toBe(null)
    expect(bind(8_193)).toBe(null)
  })

  test('holds at most 700 numbers of messages, none above the highest', () => {
    const numbers = (count: number, number: number) =>
      decodeControl(
        encodeControl({
          type: 'numbers',
          numbers: Array.from({ length: count }, () => ({ id: 'ab'.repeat(16), number })),
        }),
      )
    expect(numbers(700, 2 ** 31)).toMatchObject({ numbers: { length: 700 } })
    expect(numbers(701, 1)).toBe(null)
    expect(numbers(1, 2 ** 31 + 1)).toBe(null)
    expect(numbers(1, 2 ** 32 - 1)).toBe(null)
  })

  test('never makes a throw of arbitrary bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(8), (rest, type) => {
        decodeControl(rest)
        decodeControl(concat(Uint8Array.of(LINK_CONTROL, type), rest))
      }),
    )
  })

  test('is told from a public frame by its first byte', () => {
    expect([...encodePublic(Uint8Array.of(9))]).toEqual([LINK_PUBLIC, 9])
  })
})
