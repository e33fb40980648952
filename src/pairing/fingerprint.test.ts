import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toHex } from '../lib/bytes.ts'
import { encodeText } from '../lib/text.ts'
import { readFingerprint, readSignal } from './fingerprint.ts'

const HEX = '00112233445566778899aabbccddeeff0123456789abcdef0123456789abcdef'
const COLONS = HEX.toUpperCase().match(/../g)!.join(':')
const OTHER = COLONS.replace('00:', 'FF:')
const line = (fingerprint: string): string => `a=fingerprint:sha-256 ${fingerprint}\r\n`
const sdp = (...lines: string[]): string =>
  `v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n${lines.join('')}a=mid:0\r\n`
const signal = (value: unknown): ReturnType<typeof readSignal> => readSignal(encodeText(JSON.stringify(value)))

describe('the fingerprint of a description', () => {
  test('is read as 32 bytes', () => {
    expect(toHex(readFingerprint(sdp(line(COLONS)))!)).toBe(HEX)
  })

  test('is the same in lower case and with bare line feeds', () => {
    expect(toHex(readFingerprint(sdp(line(COLONS.toLowerCase())))!)).toBe(HEX)
    expect(toHex(readFingerprint(sdp(line(COLONS)).replaceAll('\r', ''))!)).toBe(HEX)
    expect(toHex(readFingerprint(sdp(line(COLONS)).replace('sha-256', 'SHA-256'))!)).toBe(HEX)
  })

  test('said twice is one, whatever the case', () => {
    expect(toHex(readFingerprint(sdp(line(COLONS), line(COLONS.toLowerCase())))!)).toBe(HEX)
  })

  test.each([
    ['none', ''],
    ['two', line(COLONS) + line(OTHER)],
    ['31 bytes', line(COLONS.slice(3))],
    ['33 bytes', line(`${COLONS}:00`)],
    ['no hexadecimal', line(COLONS.replace('00', 'GG'))],
    ['something behind it', line(`${COLONS} x`)],
    ['it not at the beginning of a line', ` ${line(COLONS)}`],
    ['another attribute', line(COLONS).replace('fingerprint', 'fingerprints')],
    ['a hash other than SHA-256', `a=fingerprint:sha-1 ${COLONS.slice(0, 59)}\r\n`],
  ])('is null when there is %s', (_name, lines) => {
    expect(readFingerprint(sdp(lines))).toBe(null)
  })

  // A browser may check its peer against any of the fingerprints of a description, and it reads them more loosely.
  test.each([
    ['of another hash', `a=fingerprint:sha-512 ${'FF:'.repeat(63)}FF\r\n`],
    ['of SHA-1', `a=fingerprint:sha-1 ${COLONS.slice(0, 59)}\r\n`],
    ['with two spaces', line(OTHER).replace('sha-256 ', 'sha-256  ')],
    ['with a space at its end', `a=fingerprint:sha-256 ${OTHER} \r\n`],
  ])('is null when a second one stands there %s', (_name, second) => {
    expect(readFingerprint(sdp(line(COLONS), second))).toBe(null)
    expect(readFingerprint(sdp(second, line(COLONS)))).toBe(null)
  })

  test('takes no more than linear time in a long description', () => {
    const started = performance.now()
    readFingerprint(`a=fingerprint:sha-256 ${'00:'.repeat(20_000)}`)
    readFingerprint('a=fingerprint:sha-256 '.repeat(10_000))
    expect(performance.now() - started).toBeLessThan(500)
  })
})

describe("one of simple-peer's signals", () => {
  test.each(['offer', 'answer'])('that is an %s with a fingerprint is a description', (type) => {
    expect(signal({ type, sdp: sdp(line(COLONS)) })).toEqual({
      type: 'description',
      fingerprint: Uint8Array.from(Buffer.from(HEX, 'hex')),
    })
  })

  test.each([
    ['an offer without one', { type: 'offer', sdp: sdp() }],
    ['an answer with two', { type: 'answer', sdp: sdp(line(COLONS), line(OTHER)) }],
    ['an offer without sdp', { type: 'offer' }],
    ['an offer whose sdp is no text', { type: 'offer', sdp: [sdp(line(COLONS))] }],
  ])('is none when it is %s', (_name, value) => {
    expect(signal(value)).toBe(null)
  })

  // simple-peer 9.11.1, index.js, signal(): whatever has an `sdp` becomes the remote description, its type unchecked.
  test.each([
    ['a provisional answer', { type: 'pranswer', sdp: sdp(line(OTHER)) }],
    ['a description without a type', { sdp: sdp(line(OTHER)) }],
    ['a candidate that brings a description along', { type: 'candidate', candidate: {}, sdp: sdp(line(OTHER)) }],
    ['a renegotiation that brings a description along', { renegotiate: true, sdp: sdp(line(OTHER)) }],
  ])('is never waved through as another kind: %s', (_name, value) => {
    expect(signal(value)?.type).not.toBe('other')
  })

  test.each([
    ['a candidate', { type: 'candidate', candidate: { candidate: 'candidate:1 1 udp 1 10.0.0.1 5000 typ host' } }],
    ['a request to renegotiate', { type: 'renegotiate', renegotiate: true }],
    ['an empty object', {}],
    ['an object with a prototype of its own', JSON.parse('{"__proto__": {"type": "offer", "sdp": "x"}}')],
  ])('is another kind: %s', (_name, value) => {
    expect(signal(value)).toEqual({ type: 'other' })
  })

  test.each([
    ['nothing', ''],
    ['no JSON', 'offer'],
    ['null', 'null'],
    ['a number', '12'],
    ['a list', '[{"type":"offer"}]'],
    ['a text', '"offer"'],
    ['30,000 open brackets', '['.repeat(30_000)],
    ['15,000 nested lists', '['.repeat(15_000) + ']'.repeat(15_000)],
    ['nested objects, 30 kB deep', '{"a":'.repeat(6_000)],
    ['more than 32,768 bytes', JSON.stringify({ type: 'candidate', candidate: 'x'.repeat(32_768) })],
  ])('is none when the bytes are %s', (_name, text) => {
    expect(readSignal(encodeText(text))).toBe(null)
  })

  test('is none in bad UTF-8', () => {
    const bytes = encodeText('{"type":"candidate"}')
    bytes[10] = 0xff
    expect(readSignal(bytes)).toBe(null)
  })

  test('never throws for arbitrary bytes or arbitrary JSON', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void readSignal(bytes)))
    fc.assert(fc.property(fc.json(), (text) => void readSignal(encodeText(text))))
  })
})
