import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Bytes, concat, toHex } from '../lib/bytes.ts'
import { randomBytes, SeededRandom } from '../lib/random.ts'
import { encodeText } from '../lib/text.ts'
import { helloKey, type Nonces } from './keys.ts'
import { encodeHello, encodePlain, encodeWelcome, NONCE_BYTES, parseSignal, SIDE_BYTES, SignalSeal } from './signals.ts'

const random = new SeededRandom('pairing/signals')
const ROOT = randomBytes(random, 32)
const OTHER_ROOT = randomBytes(random, 32)
const NONCES: Nonces = { inviter: randomBytes(random, 16), joiner: randomBytes(random, 16) }
const ROOM = '00112233445566778899aabbccddeeff'
const NONCE = randomBytes(random, NONCE_BYTES)
const ANSWERS = randomBytes(random, NONCE_BYTES)
const SIDE = randomBytes(random, SIDE_BYTES)

const inviterSeal = (root = ROOT, room = ROOM, nonces = NONCES): SignalSeal =>
  new SignalSeal(root, room, nonces, 'inviter', 'joiner')
const joinerSeal = (root = ROOT, room = ROOM, nonces = NONCES): SignalSeal =>
  new SignalSeal(root, room, nonces, 'joiner', 'inviter')

/** What the seal makes of the bytes of a signal. */
function opened(seal: SignalSeal, bytes: Uint8Array): string | null {
  const signal = parseSignal(ROOT, bytes)
  if (!signal.ok || signal.value.type !== 'sealed') return null
  const plain = seal.open(signal.value.sequence, signal.value.sealed)
  return plain === null ? null : Buffer.from(plain).toString()
}

describe('a greeting', () => {
  test('comes back with nonce and side', () => {
    expect(parseSignal(ROOT, encodeHello(ROOT, NONCE, SIDE))).toEqual({
      ok: true,
      value: { type: 'hello', nonce: NONCE, side: SIDE },
    })
    expect(parseSignal(ROOT, encodeWelcome(ROOT, NONCE, SIDE, ANSWERS))).toEqual({
      ok: true,
      value: { type: 'welcome', nonce: NONCE, side: SIDE, answers: ANSWERS },
    })
  })

  test('carries an HMAC-SHA-256 under its role, as OpenSSL computes it', () => {
    const hello = encodeHello(ROOT, NONCE, SIDE)
    const mac = createHmac('sha256', helloKey(ROOT, 'joiner')).update(hello.subarray(0, -32)).digest('hex')
    expect(toHex(hello.subarray(-32))).toBe(mac)
  })

  test('of somebody without the root proves nothing', () => {
    for (const bytes of [encodeHello(OTHER_ROOT, NONCE, SIDE), encodeWelcome(OTHER_ROOT, NONCE, SIDE, ANSWERS)]) {
      expect(parseSignal(ROOT, bytes)).toEqual({ ok: false, reason: 'unproved' })
    }
  })

  test('with any single bit flipped is not taken', () => {
    for (const bytes of [encodeHello(ROOT, NONCE, SIDE), encodeWelcome(ROOT, NONCE, SIDE, ANSWERS)]) {
      for (let bit = 0; bit < 8 * bytes.length; bit++) {
        const flipped = bytes.slice()
        flipped[bit >> 3]! ^= 0x80 >> (bit & 7)
        const signal = parseSignal(ROOT, flipped)
        expect([bit, signal.ok && (signal.value.type === 'hello' || signal.value.type === 'welcome')]).toEqual([
          bit,
          false,
        ])
      }
    }
  })

  test('of one role is none of the other: a hello sent back as a welcome proves nothing', () => {
    const hello = encodeHello(ROOT, NONCE, SIDE)
    const body = concat(Uint8Array.of(1, 2), NONCE, SIDE, ANSWERS)
    const forged = concat(body, new Uint8Array(createHmac('sha256', helloKey(ROOT, 'joiner')).update(body).digest()))
    expect(parseSignal(ROOT, forged)).toEqual({ ok: false, reason: 'unproved' })
    const turned = hello.slice()
    turned[1] = 2
    expect(parseSignal(ROOT, turned).ok).toBe(false)
  })
})

describe('a plain signal', () => {
  test.each(['call', 'used'] as const)('%s comes back, and with a byte more is malformed', (type) => {
    expect(parseSignal(ROOT, encodePlain(type))).toEqual({ ok: true, value: { type } })
    expect(parseSignal(ROOT, concat(encodePlain(type), Uint8Array.of(0)))).toEqual({ ok: false, reason: 'malformed' })
  })
})

describe('reading a signal', () => {
  test.each([
    ['no bytes', []],
    ['a version alone', [1]],
    ['a future version', [2, 0]],
    ['an unknown kind', [1, 5]],
    ['kind 255', [1, 255]],
    ['a cut greeting', [1, 1, 0, 0]],
    ['a sealed signal without its sequence', [1, 3, 0, 0]],
    ['a sealed signal too short for its tag', [1, 3, 0, 0, 0, 0, ...new Array<number>(15).fill(0)]],
  ])('finds %s malformed', (_name, bytes) => {
    expect(parseSignal(ROOT, Uint8Array.from(bytes))).toEqual({ ok: false, reason: 'malformed' })
  })

  test('never throws for arbitrary bytes, and believes no greeting in them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), fc.nat(6), (rest, kind) => {
        const signal = parseSignal(ROOT, concat(Uint8Array.of(1, kind), rest))
        expect(signal.ok && ['hello', 'welcome'].includes(signal.value.type)).toBe(false)
        parseSignal(ROOT, rest)
      }),
    )
  })

  test('works on a view into a larger buffer', () => {
    const sealed = inviterSeal().seal(encodeText('offer'))
    const larger = concat(new Uint8Array(7), sealed)
    expect(opened(joinerSeal(), larger.subarray(7))).toBe('offer')
  })
})

describe('a sealed signal', () => {
  test('opens at the other side, once', () => {
    const [inviter, joiner] = [inviterSeal(), joinerSeal()]
    const offer = inviter.seal(encodeText('offer'))
    expect(opened(joiner, offer)).toBe('offer')
    expect(opened(joiner, offer)).toBe(null)
    expect(opened(inviter, joiner.seal(encodeText('answer')))).toBe('answer')
  })

  test('shows nothing of its text', () => {
    const text = encodeText('a=fingerprint:sha-256 00:11:22')
    const sealed = Buffer.from(inviterSeal().seal(text))
    expect(sealed.includes(Buffer.from(text))).toBe(false)
    expect(sealed.length).toBe(text.length + 6 + 16)
  })

  test('opens in any order, as candidates may be reordered', () => {
    const [inviter, joiner] = [inviterSeal(), joinerSeal()]
    const signals = ['offer', 'candidate 1', 'candidate 2', 'candidate 3']
    const sealed = signals.map((text) => inviter.seal(encodeText(text)))
    expect([3, 0, 2, 1, 2, 0].map((i) => opened(joiner, sealed[i]!))).toEqual([
      'candidate 3',
      'offer',
      'candidate 2',
      'candidate 1',
      null,
      null,
    ])
  })

  test.each([
    ['of another root', joinerSeal(OTHER_ROOT)],
    ['of another room', joinerSeal(ROOT, 'ff112233445566778899aabbccddeeff')],
    [
      "of another connection (inviter's nonce)",
      joinerSeal(ROOT, ROOM, { ...NONCES, inviter: randomBytes(random, 16) }),
    ],
    ["of another connection (joiner's nonce)", joinerSeal(ROOT, ROOM, { ...NONCES, joiner: randomBytes(random, 16) })],
    ['reflected to its sender', inviterSeal()],
  ])('does not open %s', (_name, seal: SignalSeal) => {
    expect(opened(seal, inviterSeal().seal(encodeText('offer')))).toBe(null)
  })

  test('does not open under another number than its own', () => {
    const signal = inviterSeal().seal(encodeText('offer'))
    const parsed = parseSignal(ROOT, signal)
    if (!parsed.ok || parsed.value.type !== 'sealed') throw new Error('not sealed')
    const joiner = joinerSeal()
    expect(joiner.open(1, parsed.value.sealed)).toBe(null)
    expect(joiner.open(2 ** 32 - 1, parsed.value.sealed)).toBe(null)
    // The failed attempts did not spend its number.
    expect(joiner.open(0, parsed.value.sealed)).not.toBe(null)
  })

  test('with any single bit flipped does not open, and the intact one still does', () => {
    const joiner = joinerSeal()
    const signal = inviterSeal().seal(encodeText('offer'))
    for (let bit = 0; bit < 8 * signal.length; bit++) {
      const flipped = signal.slice()
      flipped[bit >> 3]! ^= 0x80 >> (bit & 7)
      expect([bit, opened(joiner, flipped)]).toEqual([bit, null])
    }
    expect(opened(joiner, signal)).toBe('offer')
  })

  test('of two attempts under the same nonces is never the same number twice at one side', () => {
    const inviter = inviterSeal()
    const sequences = Array.from({ length: 5 }, () => {
      const parsed = parseSignal(ROOT, inviter.seal(encodeText('x')))
      return parsed.ok && parsed.value.type === 'sealed' ? parsed.value.sequence : -1
    })
    expect(sequences).toEqual([0, 1, 2, 3, 4])
  })

  test('gives a copy of its text: what is done to it later does not change the signal', () => {
    const signal: Bytes = inviterSeal().seal(encodeText('offer'))
    const before = toHex(signal)
    const parsed = parseSignal(ROOT, signal)
    if (!parsed.ok || parsed.value.type !== 'sealed') throw new Error('not sealed')
    parsed.value.sealed.fill(0)
    expect(toHex(signal)).toBe(before)
  })
})
