import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  encodeClientMessage,
  encodeRelay,
  encodeServerMessage,
  PUBLIC_FRAME_BYTES_MAX,
  parseClientMessage,
  parseRelay,
  parseServerMessage,
  REFUSALS,
  type ServerMessage,
  SIGNAL_PAYLOAD_BYTES_MAX,
} from './messages.ts'

const room = '0123456789abcdef0123456789abcdef'
const side = 'ffffffffffffffffffffffffffffffff'
const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)

describe('text frames', () => {
  test('a join comes back as it was said', () => {
    for (const lab of [true, false]) {
      const message = { type: 'join', room, side, lab } as const
      expect(parseClientMessage(encodeClientMessage(message))).toEqual({ ok: true, value: message })
    }
  })

  test('a private join says no word of labs, and a join that says none is private', () => {
    const join = `{"type":"join","room":"${room}","side":"${side}"}`
    expect(encodeClientMessage({ type: 'join', room, side, lab: false })).toBe(join)
    expect(parseClientMessage(join)).toEqual({ ok: true, value: { type: 'join', room, side, lab: false } })
  })

  test('every message of the server comes back as it was said', () => {
    const messages: readonly ServerMessage[] = [
      { type: 'joined', peer: true },
      { type: 'peer', present: false },
      ...REFUSALS.map((reason) => ({ type: 'refused', reason }) as const),
    ]
    for (const message of messages) {
      expect(parseServerMessage(encodeServerMessage(message))).toEqual({ ok: true, value: message })
    }
  })

  test.each([
    ['nothing', ''],
    ['no JSON', 'join please'],
    ['null', 'null'],
    ['a number', '1'],
    ['a list', '[]'],
    ['a list that looks like an object', '[["type","join"]]'],
    ['an empty object', '{}'],
    ['another type', `{"type":"leave","room":"${room}","side":"${side}"}`],
    ['no side', `{"type":"join","room":"${room}"}`],
    ['one member too many', `{"type":"join","room":"${room}","side":"${side}","more":1}`],
    ['a lab that is false', `{"type":"join","room":"${room}","side":"${side}","lab":false}`],
    ['a lab that is 1', `{"type":"join","room":"${room}","side":"${side}","lab":1}`],
    ['a lab in words', `{"type":"join","room":"${room}","side":"${side}","lab":"true"}`],
    ['a lab that is null', `{"type":"join","room":"${room}","side":"${side}","lab":null}`],
    ['a lab and no side', `{"type":"join","room":"${room}","lab":true,"more":1}`],
    ['a lab in capitals', `{"type":"join","room":"${room}","side":"${side}","Lab":true}`],
    ['a lab and one member too many', `{"type":"join","room":"${room}","side":"${side}","lab":true,"more":1}`],
    ['members by way of __proto__', `{"__proto__":{"type":"join","room":"${room}","side":"${side}"}}`],
    ['__proto__ beside the members', `{"type":"join","room":"${room}","side":"${side}","__proto__":{}}`],
    ['a room that is too short', `{"type":"join","room":"abc","side":"${side}"}`],
    ['a room in capitals', `{"type":"join","room":"${room.toUpperCase()}","side":"${side}"}`],
    ['a room with a line end', `{"type":"join","room":"${room}\\n","side":"${side}"}`],
    ['a room that is a list', `{"type":"join","room":["${room}"],"side":"${side}"}`],
    ['nesting of 400', nested(400)],
    ['nesting of 30,000', nested(30_000)],
    ['a value nested 30,000 deep', `{"type":"join","room":${nested(30_000)},"side":"${side}"}`],
    ['a join padded to a megabyte', `{"type":"join","room":"${room}","side":"${side}"}${' '.repeat(1_000_000)}`],
  ])('refuses %s', (_, text) => {
    expect(parseClientMessage(text)).toEqual({ ok: false, reason: 'malformed' })
    expect(parseServerMessage(text)).toEqual({ ok: false, reason: 'malformed' })
  })

  test('no text makes a parser throw', () => {
    const anyText = fc.oneof(fc.string(), fc.json(), fc.string({ unit: 'binary', maxLength: 300 }))
    fc.assert(
      fc.property(anyText, (text) => {
        parseClientMessage(text)
        parseServerMessage(text)
      }),
    )
  })
})

describe('binary frames', () => {
  test('a frame comes back as its kind and payload', () => {
    const payload = Uint8Array.of(5, 6, 7)
    expect(parseRelay(encodeRelay('signal', payload))).toEqual({ ok: true, value: { kind: 'signal', payload } })
    expect(parseRelay(encodeRelay('public', payload))).toEqual({ ok: true, value: { kind: 'public', payload } })
  })

  test('refuses empty frames, empty payloads and unknown kinds', () => {
    for (const bytes of [[], [1], [2], [0, 1], [3, 1], [255, 1]]) {
      expect(parseRelay(Uint8Array.from(bytes))).toEqual({ ok: false, reason: 'malformed' })
    }
  })

  test('takes the largest frames and refuses one byte more', () => {
    const frame = (kind: number, length: number) => {
      const bytes = new Uint8Array(length)
      bytes[0] = kind
      return bytes
    }
    expect(parseRelay(frame(1, SIGNAL_PAYLOAD_BYTES_MAX + 1)).ok).toBe(true)
    expect(parseRelay(frame(1, SIGNAL_PAYLOAD_BYTES_MAX + 2))).toEqual({ ok: false, reason: 'too-large' })
    expect(parseRelay(frame(2, PUBLIC_FRAME_BYTES_MAX)).ok).toBe(true)
    expect(parseRelay(frame(2, PUBLIC_FRAME_BYTES_MAX + 1))).toEqual({ ok: false, reason: 'too-large' })
    expect(() => encodeRelay('signal', new Uint8Array(SIGNAL_PAYLOAD_BYTES_MAX + 1))).toThrow('a signal frame of')
  })
})
