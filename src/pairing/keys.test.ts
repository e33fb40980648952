import { hkdfSync } from 'node:crypto'
import { hkdf } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Bytes, concat, hexBytes, toHex, xorBytes } from '../lib/bytes.ts'
import { randomBytes, SeededRandom } from '../lib/random.ts'
import {
  bindingKey,
  connectionTag,
  derivedPair,
  effectivePair,
  frameKey,
  helloKey,
  type Nonces,
  otherRole,
  type Role,
  roomId,
  signalKey,
} from './keys.ts'

const ROLES = ['inviter', 'joiner'] as const
const bytes = (length: number): fc.Arbitrary<Bytes> =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((value) => Uint8Array.from(value))
const nonces = fc.record({ inviter: bytes(16), joiner: bytes(16) })

/** HKDF-SHA-256 of OpenSSL. */
const openssl = (root: Uint8Array, salt: Uint8Array, label: string, length: number): string =>
  toHex(new Uint8Array(hkdfSync('sha256', root, salt, label, length)))

// RFC 5869, appendix A, test cases 1 to 3 (SHA-256).
const RFC_5869 = [
  {
    ikm: '0b'.repeat(22),
    salt: '000102030405060708090a0b0c',
    info: 'f0f1f2f3f4f5f6f7f8f9',
    okm: '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
  },
  {
    ikm: range(0x00, 0x4f),
    salt: range(0x60, 0xaf),
    info: range(0xb0, 0xff),
    okm:
      'b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09' +
      'da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87',
  },
  {
    ikm: '0b'.repeat(22),
    salt: '',
    info: '',
    okm: '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8',
  },
]

function range(from: number, to: number): string {
  return toHex(Uint8Array.from({ length: to - from + 1 }, (_, i) => from + i))
}

describe('HKDF-SHA-256', () => {
  test.each(RFC_5869)('gives the keys of RFC 5869, appendix A ($okm)', ({ ikm, salt, info, okm }) => {
    const length = okm.length / 2
    expect(toHex(hkdf(sha256, hexBytes(ikm), hexBytes(salt), hexBytes(info), length))).toBe(okm)
    const { buffer } = new Uint8Array(hkdfSync('sha256', hexBytes(ikm), hexBytes(salt), hexBytes(info), length))
    expect(toHex(new Uint8Array(buffer))).toBe(okm)
  })
})

describe('the keys of a pairing', () => {
  test('are those that OpenSSL derives with the labels of PROTOCOL section 7', () => {
    fc.assert(
      fc.property(bytes(32), nonces, fc.constantFrom(...ROLES), (root, both, role) => {
        const salt = concat(both.inviter, both.joiner)
        const none = new Uint8Array(0)
        expect(roomId(root)).toBe(openssl(root, none, 'sqc/room', 16))
        expect(toHex(signalKey(root, both, role))).toBe(openssl(root, salt, `sqc/sig/${role}`, 32))
        expect(toHex(bindingKey(root, both, role))).toBe(openssl(root, salt, `sqc/bind/${role}`, 32))
        expect(toHex(frameKey(root, both, role))).toBe(openssl(root, salt, `sqc/frame/${role}`, 32))
        expect(toHex(helloKey(root, role))).toBe(openssl(root, none, `sqc/hello/${role}`, 32))
        expect(toHex(connectionTag(root, both))).toBe(openssl(root, salt, 'sqc/connection', 8))
      }),
      { numRuns: 50 },
    )
  })

  test('all differ: by label, by role, by root, by either nonce, by their order', () => {
    const random = new SeededRandom('pairing/keys')
    const roots = [randomBytes(random, 32), randomBytes(random, 32)]
    const [a, b, c] = [randomBytes(random, 16), randomBytes(random, 16), randomBytes(random, 16)]
    const connections: Nonces[] = [
      { inviter: a, joiner: b },
      { inviter: b, joiner: a },
      { inviter: c, joiner: b },
      { inviter: a, joiner: c },
    ]
    const session = randomBytes(random, 16)
    const keys = roots.flatMap((root) => [
      roomId(root),
      ...ROLES.map((role) => toHex(helloKey(root, role))),
      ...connections.flatMap((both) => [
        toHex(connectionTag(root, both)),
        ...ROLES.flatMap((role) => [
          toHex(signalKey(root, both, role)),
          toHex(bindingKey(root, both, role)),
          toHex(frameKey(root, both, role)),
          toHex(derivedPair(root, both, role, session)),
        ]),
      ]),
    ])
    // No key begins like another: the length of an output is no part of HKDF's input.
    const beginnings = keys.map((key) => key.slice(0, 16))
    expect(keys.length).toBe(78)
    expect(new Set(beginnings).size).toBe(keys.length)
  })

  test('do not depend on the length of the room: the server learns 16 bytes and no key', () => {
    const root = randomBytes(new SeededRandom('room'), 32)
    expect(roomId(root)).toMatch(/^[0-9a-f]{32}$/)
    expect(toHex(root)).not.toContain(roomId(root))
  })

  test('have a role for each side', () => {
    expect(ROLES.map(otherRole)).toEqual(['joiner', 'inviter'])
  })
})

describe('a derived pair', () => {
  test('is HKDF of the binding key over session and nonces, one for each lane', () => {
    const random = new SeededRandom('derived')
    const root = randomBytes(random, 32)
    const both = { inviter: randomBytes(random, 16), joiner: randomBytes(random, 16) }
    const session = randomBytes(random, 16)
    for (const lane of ROLES) {
      const key = bindingKey(root, both, lane)
      const salt = concat(session, both.inviter, both.joiner)
      expect(toHex(derivedPair(root, both, lane, session))).toBe(openssl(key, salt, `sqc/derived/${lane}`, 64))
    }
  })

  test('is another for every session and every connection', () => {
    const random = new SeededRandom('derived, again')
    const root = randomBytes(random, 32)
    const [a, b, c] = [randomBytes(random, 16), randomBytes(random, 16), randomBytes(random, 16)]
    const pairs = [
      derivedPair(root, { inviter: a, joiner: b }, 'inviter', c),
      derivedPair(root, { inviter: a, joiner: b }, 'inviter', a),
      derivedPair(root, { inviter: a, joiner: c }, 'inviter', c),
      derivedPair(root, { inviter: b, joiner: a }, 'inviter', c),
    ].map(toHex)
    expect(new Set(pairs).size).toBe(4)
  })
})

describe('the pair really used', () => {
  const random = new SeededRandom('effective')
  const root = randomBytes(random, 32)
  const pair = randomBytes(random, 64)
  const both = { inviter: randomBytes(random, 16), joiner: randomBytes(random, 16) }
  const session = randomBytes(random, 16)

  test('is the stored one xor HKDF over session and nonces', () => {
    const mask = hexBytes(openssl(root, concat(session, both.inviter, both.joiner), 'sqc/pair', 64))
    expect(toHex(effectivePair(pair, root, both, session))).toBe(toHex(xorBytes(pair, mask)))
  })

  test('differs in both its keys between two sessions, two connections and two roots: restored disks never tag twice under one', () => {
    const used = [
      effectivePair(pair, root, both, session),
      effectivePair(pair, root, both, randomBytes(random, 16)),
      effectivePair(pair, root, { ...both, inviter: randomBytes(random, 16) }, session),
      effectivePair(pair, root, { ...both, joiner: randomBytes(random, 16) }, session),
      effectivePair(pair, randomBytes(random, 32), both, session),
    ]
    for (const half of [0, 32]) expect(new Set(used.map((keys) => toHex(keys.slice(half, half + 32)))).size).toBe(5)
  })

  test('is the same at both ends', () => {
    for (const _role of ROLES satisfies readonly Role[]) {
      expect(effectivePair(pair, root, { ...both }, session)).toEqual(effectivePair(pair, root, both, session))
    }
  })
})
