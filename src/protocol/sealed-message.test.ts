import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Bytes, concat } from '../lib/bytes.ts'
import { decodeSealed, encodeSealed, HEADER_BYTES, type SealedText, TEXT_BYTES_MAX } from './sealed-message.ts'

const ID = '000102030405060708090a0b0c0d0e0f'
const message = (text: string): SealedText => ({ id: ID, number: 7, writtenAtMs: 1_700_000_000_000, text })
const encoded = (text: string): Bytes => encodeSealed(message(text))

describe('the plaintext under the pad', () => {
  test('gives back id, number, text and the second in which it was written', () => {
    fc.assert(
      fc.property(
        fc.record({
          id: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((id) => Buffer.from(id).toString('hex')),
          number: fc.integer({ min: 0, max: 2 ** 31 }),
          writtenAtMs: fc.integer({ min: 0, max: 0xffff_ffff }).map((seconds) => 1_000 * seconds),
          text: fc.string({ unit: 'grapheme', maxLength: 400 }),
        }),
        (sent) => {
          expect(decodeSealed(encodeSealed(sent))).toEqual(sent)
        },
      ),
    )
  })

  test.each([
    ['no text', ''],
    ['emoji and families', '\u{1F468}\u200D\u{1F469}\u200D\u{1F467}\u{1F3FD}'],
    ['right to left, with overrides', '\u202Eabc \u05D0\u05D1 \u0627\u0644'],
    ['a byte order mark', '\uFEFFtext'],
    ['10,000 combining marks', `a${'\u0301'.repeat(10_000)}`],
    ['zeros', 'a\0\0'],
    ['line breaks', 'a\r\nb\n'],
    ['64 KiB', 'x'.repeat(TEXT_BYTES_MAX)],
  ])('keeps %s as it is', (_name, text) => {
    expect(decodeSealed(encoded(text))?.text).toBe(text)
  })

  test('makes U+FFFD of lone surrogates', () => {
    expect(decodeSealed(encoded('a\uD800'))?.text).toBe('a\uFFFD')
  })

  test('has one length for all texts up to 100 bytes, and the padded lengths of PROTOCOL section 4', () => {
    expect(HEADER_BYTES).toBe(28)
    for (const length of [0, 1, 50, 100]) expect(encoded('x'.repeat(length)).length).toBe(128)
    expect(encoded('x'.repeat(101)).length).toBeGreaterThan(128)
  })

  test('keeps clocks that are set before 1970 or after 2106 within its 32 bits', () => {
    const at = (writtenAtMs: number): number | undefined =>
      decodeSealed(encodeSealed({ ...message('x'), writtenAtMs }))?.writtenAtMs
    expect(at(-5)).toBe(0)
    expect(at(2 ** 60)).toBe(1_000 * (2 ** 32 - 1))
  })
})

describe('a plaintext of an authentic but faulty sender', () => {
  const changed = (change: (bytes: Bytes) => void): Bytes => {
    const bytes = encoded('hello')
    change(bytes)
    return bytes
  }

  test.each([
    ['no bytes', new Uint8Array(0)],
    ['a cut header', encoded('hello').slice(0, HEADER_BYTES - 1)],
    ['a kind that does not exist', changed((bytes) => bytes.fill(9, 0, 1))],
    ['kind 0: all zeros', new Uint8Array(128)],
    ['a text longer than what is there', changed((bytes) => bytes.fill(1, 26, 27))],
    ['a text of 2^24 - 1 bytes', changed((bytes) => bytes.fill(0xff, 25, 28))],
    ['a text above 64 KiB, all there', encoded('x'.repeat(TEXT_BYTES_MAX + 1))],
    ['padding that is not zero', changed((bytes) => bytes.fill(1, 127))],
    ['padding of another length', concat(encoded('hello'), new Uint8Array(128))],
    ['a number above the highest', encodeSealed({ ...message('hello'), number: 2 ** 31 + 1 })],
    ['bad UTF-8', changed((bytes) => bytes.fill(0xff, 28, 29))],
  ])('is none: %s', (_name, bytes) => {
    expect(decodeSealed(bytes)).toBe(null)
  })

  test('never makes a throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        decodeSealed(bytes)
        decodeSealed(concat(Uint8Array.of(1), bytes))
      }),
    )
  })
})
