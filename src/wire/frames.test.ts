import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Bytes, concat, toHex } from '../lib/bytes.ts'
import { randomBytes, SeededRandom } from '../lib/random.ts'
import { Writer } from './codec.ts'
import {
  FRAME_BYTES_MAX,
  type FrameKey,
  FrameOpener,
  type FramePath,
  FrameSealer,
  MESSAGE_BYTES_MAX,
  type Opened,
} from './frames.ts'

const HEADER_BYTES = 18
const MAC_BYTES = 32

const random = new SeededRandom('wire/frames')
const KEY: FrameKey = { key: randomBytes(random, 32), connection: randomBytes(random, 8) }
const OTHER: FrameKey = { key: randomBytes(random, 32), connection: randomBytes(random, 8) }

/** An authentic frame with a header of the test's own, its HMAC by Node's OpenSSL. */
function craft(header: { sequence: number; part: number; parts: number }, payload: Uint8Array): Bytes {
  const writer = new Writer().u8(1).u8(1).raw(KEY.connection)
  const body = writer.u32(header.sequence).u16(header.part).u16(header.parts).raw(payload).end()
  return concat(body, createHmac('sha256', KEY.key).update(body).digest())
}

const openAll = (opener: FrameOpener, frames: readonly Uint8Array[]): readonly Opened[] =>
  frames.map((frame) => opener.open(frame))

const message = (opened: Opened | undefined): string =>
  opened?.type === 'message' ? toHex(opened.bytes) : (opened?.type ?? 'none')

describe('frames', () => {
  test('carry every message from one side to the other', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40_000 }), { maxLength: 4 }), (messages) => {
        const sealer = new FrameSealer(KEY, 'link')
        const opener = new FrameOpener(KEY, 'link')
        for (const sent of messages) {
          const opened = openAll(opener, sealer.seal(sent))
          expect(message(opened.at(-1))).toBe(toHex(sent))
          expect(opened.slice(0, -1).every(({ type }) => type === 'nothing')).toBe(true)
        }
      }),
      { numRuns: 30 },
    )
  })

  test('are one for an empty message, and at most 16,383 bytes each for a long one', () => {
    const sealer = new FrameSealer(KEY, 'link')
    expect(sealer.seal(new Uint8Array(0)).length).toBe(1)
    const payload = FRAME_BYTES_MAX - HEADER_BYTES - MAC_BYTES
    expect(sealer.seal(new Uint8Array(payload)).map(({ length }) => length)).toEqual([FRAME_BYTES_MAX])
    expect(sealer.seal(new Uint8Array(payload + 1)).map(({ length }) => length)).toEqual([FRAME_BYTES_MAX, 51])
  })

  test('carry the HMAC-SHA-256 that OpenSSL computes', () => {
    const [frame] = new FrameSealer(KEY, 'link').seal(Uint8Array.of(1, 2, 3))
    const body = frame!.subarray(0, -MAC_BYTES)
    expect(toHex(frame!.subarray(-MAC_BYTES))).toBe(createHmac('sha256', KEY.key).update(body).digest('hex'))
  })

  test('of the largest message come through; a longer one is the mistake of the caller', () => {
    const sealer = new FrameSealer(KEY, 'link')
    const opener = new FrameOpener(KEY, 'link')
    const opened = openAll(opener, sealer.seal(new Uint8Array(MESSAGE_BYTES_MAX))).at(-1)
    expect(opened?.type === 'message' && opened.bytes.length).toBe(MESSAGE_BYTES_MAX)
    expect(() => sealer.seal(new Uint8Array(MESSAGE_BYTES_MAX + 1))).toThrow(/assertion failed/)
  })

  test('of one connection are foreign on another, and of one path on the other path', () => {
    const [frame] = new FrameSealer(KEY, 'link').seal(Uint8Array.of(1))
    expect(new FrameOpener(OTHER, 'link').open(frame!)).toEqual({ type: 'foreign' })
    expect(new FrameOpener(KEY, 'relay').open(frame!)).toEqual({ type: 'foreign' })
    const [relayed] = new FrameSealer(KEY, 'relay').seal(Uint8Array.of(1))
    expect(new FrameOpener(KEY, 'link').open(relayed!)).toEqual({ type: 'foreign' })
  })

  test('with the path byte rewritten by whoever carries them are forged', () => {
    const [frame] = new FrameSealer(KEY, 'link').seal(Uint8Array.of(1))
    frame![1] = 2
    expect(new FrameOpener(KEY, 'relay').open(frame!)).toEqual({ type: 'forged' })
  })

  test("reflected to their sender are forged: each side has its own key under the connection's tag", () => {
    const [frame] = new FrameSealer(KEY, 'link').seal(Uint8Array.of(1))
    const openerOfPeer = new FrameOpener({ key: OTHER.key, connection: KEY.connection }, 'link')
    expect(openerOfPeer.open(frame!)).toEqual({ type: 'forged' })
  })

  test('with any single bit flipped are foreign (version, path, tag) or forged (all else), and the intact one still opens', () => {
    const [frame] = new FrameSealer(KEY, 'relay').seal(randomBytes(random, 20))
    for (let bit = 0; bit < 8 * frame!.length; bit++) {
      const flipped = frame!.slice()
      flipped[bit >> 3]! ^= 0x80 >> (bit & 7)
      const opener = new FrameOpener(KEY, 'relay')
      expect([bit, opener.open(flipped).type]).toEqual([bit, bit < 80 ? 'foreign' : 'forged'])
      expect(opener.open(frame!).type).toBe('message')
    }
  })

  test('cut or lengthened by any number of bytes open as nothing', () => {
    const [frame] = new FrameSealer(KEY, 'link').seal(randomBytes(random, 20))
    const opener = new FrameOpener(KEY, 'link')
    for (let length = 0; length < frame!.length; length++) {
      expect(['foreign', 'forged']).toContain(opener.open(frame!.subarray(0, length)).type)
    }
    expect(opener.open(concat(frame!, Uint8Array.of(0))).type).toBe('forged')
  })

  test.each([0, 1, 49, 16_384, 262_144])('of %i arbitrary bytes are foreign', (length) => {
    expect(new FrameOpener(KEY, 'link').open(randomBytes(random, length))).toEqual({ type: 'foreign' })
  })

  test('of arbitrary bytes behind the right tag never throw and never make a message', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (rest) => {
        const opened = new FrameOpener(KEY, 'link').open(concat(Uint8Array.of(1, 1), KEY.connection, rest))
        expect(['foreign', 'forged']).toContain(opened.type)
      }),
    )
  })

  test('seen twice open once', () => {
    const frames = new FrameSealer(KEY, 'link').seal(new Uint8Array(40_000))
    const opener = new FrameOpener(KEY, 'link')
    const types = openAll(opener, [...frames.flatMap((frame) => [frame, frame]), ...frames]).map(({ type }) => type)
    expect(types.filter((type) => type === 'message').length).toBe(1)
    expect(types.filter((type) => type === 'nothing').length).toBe(8)
  })

  test('of a message with one lost make nothing, and the next message comes through', () => {
    const sealer = new FrameSealer(KEY, 'link')
    const sent = new Uint8Array(60_000).fill(7)
    for (let lost = 0; lost < 4; lost++) {
      const opener = new FrameOpener(KEY, 'link')
      const kept = sealer.seal(sent).filter((_, part) => part !== lost)
      expect(openAll(opener, kept).every(({ type }) => type === 'nothing')).toBe(true)
      expect(message(openAll(opener, sealer.seal(Uint8Array.of(9))).at(-1))).toBe('09')
    }
  })

  test('in the wrong order never make a message that was not sent', () => {
    const seed = 'frames shuffled'
    const dice = new SeededRandom(seed)
    for (let run = 0; run < 200; run++) {
      const sealer = new FrameSealer(KEY, 'link')
      const sent = [1, 2, 3].map((value) => new Uint8Array(16_400 * value).fill(value))
      const frames = sent.flatMap((each) => sealer.seal(each))
      const order = frames.map((frame) => ({ frame, key: dice.unit() })).sort((a, b) => a.key - b.key)
      const opener = new FrameOpener(KEY, 'link')
      const opened = openAll(
        opener,
        order.map(({ frame }) => frame),
      )
      for (const each of opened) {
        if (each.type !== 'message') continue
        const whole = sent.some((bytes) => bytes.length === each.bytes.length && bytes[0] === each.bytes[0])
        expect(whole && each.bytes.every((byte) => byte === each.bytes[0]), `seed ${seed}, run ${run}`).toBe(true)
      }
    }
  })

  test('of one byte each, 20,000 of them and never finished, make nothing; the next message comes through', () => {
    const opener = new FrameOpener(KEY, 'link')
    for (let part = 0; part < 20_000; part++) {
      const opened = opener.open(craft({ sequence: part, part, parts: 30_000 }, Uint8Array.of(part & 0xff)))
      expect(opened.type).toBe('nothing')
    }
    expect(message(opener.open(craft({ sequence: 20_000, part: 0, parts: 1 }, Uint8Array.of(5))))).toBe('05')
  })

  test('of one byte each, all there, make the message', () => {
    const opener = new FrameOpener(KEY, 'link')
    const opened = Array.from({ length: 300 }, (_, part) =>
      opener.open(craft({ sequence: part, part, parts: 300 }, Uint8Array.of(part & 0xff))),
    )
    expect(message(opened.at(-1))).toBe(toHex(Uint8Array.from({ length: 300 }, (_, i) => i)))
  })

  test('above the cap of a message are dropped, and what was held is forgotten', () => {
    const opener = new FrameOpener(KEY, 'link')
    const payload = new Uint8Array(16_333)
    const parts = Math.floor(MESSAGE_BYTES_MAX / payload.length) + 2
    for (let part = 0; part < parts; part++) {
      expect(opener.open(craft({ sequence: part, part, parts }, payload)).type).toBe('nothing')
    }
    expect(message(opener.open(craft({ sequence: parts, part: 0, parts: 1 }, Uint8Array.of(5))))).toBe('05')
  })

  test.each([
    ['a part number beyond the parts', { sequence: 0, part: 5, parts: 3 }],
    ['a part in the middle without a beginning', { sequence: 0, part: 1, parts: 3 }],
    ['no parts at all, not the first', { sequence: 0, part: 1, parts: 0 }],
  ])('from an authentic but faulty sender make nothing: %s', (_name, header) => {
    const opener = new FrameOpener(KEY, 'link')
    expect(opener.open(craft(header, Uint8Array.of(1))).type).toBe('nothing')
    expect(message(opener.open(craft({ sequence: 1, part: 0, parts: 1 }, Uint8Array.of(5))))).toBe('05')
  })

  test('begun anew before the message was whole take the place of the first', () => {
    const opener = new FrameOpener(KEY, 'link')
    opener.open(craft({ sequence: 0, part: 0, parts: 2 }, Uint8Array.of(1)))
    opener.open(craft({ sequence: 1, part: 0, parts: 2 }, Uint8Array.of(2)))
    expect(message(opener.open(craft({ sequence: 2, part: 1, parts: 2 }, Uint8Array.of(3))))).toBe('0203')
  })

  test('keep their count from one message to the next, so that an old message never opens again', () => {
    const sealer = new FrameSealer(KEY, 'link')
    const opener = new FrameOpener(KEY, 'link')
    const old = sealer.seal(Uint8Array.of(1))
    openAll(opener, old)
    openAll(opener, sealer.seal(Uint8Array.of(2)))
    expect(openAll(opener, old)).toEqual([{ type: 'nothing' }])
  })

  test.each<FramePath>(['link', 'relay'])('by %s have their own count', (path) => {
    const other: FramePath = path === 'link' ? 'relay' : 'link'
    const sealers = { [path]: new FrameSealer(KEY, path), [other]: new FrameSealer(KEY, other) }
    const openers = { [path]: new FrameOpener(KEY, path), [other]: new FrameOpener(KEY, other) }
    for (let i = 0; i < 3; i++) openAll(openers[path]!, sealers[path]!.seal(Uint8Array.of(i)))
    expect(message(openAll(openers[other]!, sealers[other]!.seal(Uint8Array.of(7))).at(-1))).toBe('07')
  })
})
