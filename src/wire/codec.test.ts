import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Reader, Writer } from './codec.ts'

/** One step of writing, and how to read it back. */
type Step =
  | { readonly type: 'u8' | 'u16' | 'u32' | 'f64'; readonly value: number }
  | { readonly type: 'bytes' | 'raw'; readonly value: Uint8Array }
  | { readonly type: 'text'; readonly value: string }

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ type: fc.constant('u8' as const), value: fc.nat(0xff) }),
  fc.record({ type: fc.constant('u16' as const), value: fc.nat(0xffff) }),
  fc.record({ type: fc.constant('u32' as const), value: fc.integer({ min: 0, max: 0xffff_ffff }) }),
  fc.record({
    type: fc.constant('f64' as const),
    value: fc.double({ noNaN: true, noDefaultInfinity: true }),
  }),
  fc.record({ type: fc.constantFrom('bytes' as const, 'raw' as const), value: fc.uint8Array({ maxLength: 40 }) }),
  fc.record({ type: fc.constant('text' as const), value: fc.string({ unit: 'grapheme', maxLength: 20 }) }),
)

function write(writer: Writer, step: Step): Writer {
  switch (step.type) {
    case 'text':
      return writer.text(step.value)
    case 'bytes':
    case 'raw':
      return writer[step.type](step.value)
    default:
      return writer[step.type](step.value)
  }
}

function read(reader: Reader, { type, value }: Step): unknown {
  switch (type) {
    case 'raw':
      return reader.raw(value.length)
    case 'bytes':
      return reader.bytes(40)
    case 'text':
      return reader.text(1_000)
    default:
      return reader[type]()
  }
}

const encode = (steps: readonly Step[]): Uint8Array<ArrayBuffer> => {
  const writer = new Writer()
  for (const each of steps) write(writer, each)
  return writer.end()
}

const plain = (value: unknown): unknown => (value instanceof Uint8Array ? [...value] : value)

describe('a Reader', () => {
  test('gives back what a Writer wrote, whatever the order, and is done after it', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const reader = new Reader(encode(steps))
        for (const each of steps) expect(plain(read(reader, each))).toEqual(plain(each.value))
        expect(reader.failed).toBe(false)
        expect(reader.done).toBe(true)
      }),
    )
  })

  test('is not done while a byte is left', () => {
    const reader = new Reader(Uint8Array.of(1, 2))
    reader.u8()
    expect(reader.failed).toBe(false)
    expect(reader.done).toBe(false)
  })

  test('has failed for good once a byte was missing, and never gives what stands behind', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 20 }), fc.nat(), (steps, at) => {
        const bytes = encode(steps)
        fc.pre(bytes.length > 0)
        const reader = new Reader(bytes.subarray(0, at % bytes.length))
        for (const each of steps) read(reader, each)
        expect(reader.failed).toBe(true)
        expect(reader.done).toBe(false)
        expect(reader.u32()).toBe(0)
        expect(reader.rest().length).toBe(0)
      }),
    )
  })

  test('never throws for arbitrary bytes read by arbitrary steps', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.array(step, { maxLength: 20 }), (bytes, steps) => {
        const reader = new Reader(bytes)
        for (const each of steps) read(reader, each)
        reader.choice(['a', 'b'])
        reader.rest()
      }),
    )
  })

  test('takes a byte string up to its limit and not a byte above', () => {
    const bytes = new Writer().bytes(new Uint8Array(10)).end()
    expect(new Reader(bytes).bytes(10).length).toBe(10)
    const strict = new Reader(bytes)
    expect(strict.bytes(9).length).toBe(0)
    expect(strict.failed).toBe(true)
  })

  test('allocates nothing for a claimed length of 2^32 - 1', () => {
    const reader = new Reader(new Writer().u32(0xffff_ffff).u8(1).end())
    expect(reader.bytes(Number.POSITIVE_INFINITY).length).toBe(0)
    expect(reader.failed).toBe(true)
    expect(new Reader(Uint8Array.of(1)).raw(2 ** 53).length).toBe(0)
  })

  test('reads a view into a larger buffer, and gives copies', () => {
    const whole = Uint8Array.of(9, 9, 1, 2, 3, 4, 9)
    const reader = new Reader(whole.subarray(2, 6))
    expect(reader.u16()).toBe(0x0102)
    const rest = reader.rest()
    expect([...rest]).toEqual([3, 4])
    whole.fill(0)
    expect([...rest]).toEqual([3, 4])
  })

  test.each([
    ['NaN', Number.NaN],
    ['infinity', Number.POSITIVE_INFINITY],
    ['minus infinity', Number.NEGATIVE_INFINITY],
  ])('does not let %s through as a number', (_name, value) => {
    const reader = new Reader(new Writer().f64(value).end())
    expect(reader.f64()).toBe(0)
    expect(reader.failed).toBe(true)
  })

  test.each([
    ['a lone continuation byte', [0x80]],
    ['an overlong slash', [0xc0, 0xaf]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['a cut sequence', [0xe2, 0x82]],
    ['a code point above U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
  ])('fails at bad UTF-8: %s', (_name, bytes) => {
    const reader = new Reader(new Writer().bytes(Uint8Array.from(bytes)).end())
    expect(reader.text(10)).toBe('')
    expect(reader.failed).toBe(true)
  })

  test('keeps a byte order mark at the beginning of a text', () => {
    expect(new Reader(new Writer().text('\uFEFFhello').end()).text(20)).toBe('\uFEFFhello')
  })

  test('reads a choice by its index and fails at one that does not exist', () => {
    expect(new Reader(Uint8Array.of(1)).choice(['a', 'b'])).toBe('b')
    const reader = new Reader(Uint8Array.of(2))
    expect(reader.choice(['a', 'b'])).toBe('a')
    expect(reader.failed).toBe(true)
  })
})

describe('a Writer', () => {
  test('writes big endian, and a length of 32 bits before a byte string', () => {
    const bytes = new Writer().u8(1).u16(0x0203).u32(0x8405_0607).bytes(Uint8Array.of(8)).end()
    expect([...bytes]).toEqual([1, 2, 3, 0x84, 5, 6, 7, 0, 0, 0, 1, 8])
  })

  test('makes U+FFFD of a lone surrogate', () => {
    expect(new Reader(new Writer().text('a\uD800b').end()).text(20)).toBe('a\uFFFDb')
  })
})
