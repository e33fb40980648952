// What two sides say through the signaling server before they have a link: greetings with nonces, then sealed offers,
// answers and candidates. The server learns that two sides of a room are there, and nothing else.
//
// - call: the inviter asks the joiner for a greeting (unauthenticated: all that it can cause is a greeting).
// - hello: the joiner's nonce and side id, under an HMAC that only a holder of the invite or root can make.
// - welcome: the inviter's answer to one hello, with her nonce; from here both have the connection's keys.
// - sealed: one signal of simple-peer, ChaCha20-Poly1305 under the sender's signal key, numbered.
// - used: the inviter tells a holder of a spent invite so (unauthenticated, like any refusal).

import { chacha20poly1305 } from '@noble/ciphers/chacha.js'
import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { type Bytes, concat, equalBytes } from '../lib/bytes.ts'
import { fail, ok, type Result } from '../lib/result.ts'
import { helloKey, type Nonces, type Role, signalKey } from './keys.ts'

export const NONCE_BYTES = 16
export const SIDE_BYTES = 16
const MAC_BYTES = 32
const VERSION = 1
const KINDS = ['call', 'hello', 'welcome', 'sealed', 'used'] as const

export type Signal =
  | { readonly type: 'call' }
  | { readonly type: 'used' }
  | { readonly type: 'hello'; readonly nonce: Bytes; readonly side: Bytes }
  | { readonly type: 'welcome'; readonly nonce: Bytes; readonly side: Bytes; readonly answers: Bytes }
  | { readonly type: 'sealed'; readonly sequence: number; readonly sealed: Bytes }

export function encodePlain(type: 'call' | 'used'): Bytes {
  return Uint8Array.of(VERSION, KINDS.indexOf(type))
}

export function encodeHello(root: Uint8Array, nonce: Bytes, side: Bytes): Bytes {
  const body = concat(Uint8Array.of(VERSION, KINDS.indexOf('hello')), nonce, side)
  return concat(body, hmac(sha256, helloKey(root, 'joiner'), body))
}

export function encodeWelcome(root: Uint8Array, nonce: Bytes, side: Bytes, answers: Bytes): Bytes {
  const body = concat(Uint8Array.of(VERSION, KINDS.indexOf('welcome')), nonce, side, answers)
  return concat(body, hmac(sha256, helloKey(root, 'inviter'), body))
}

/** What kind of signal it says it is, as anybody can read; null when it is none. */
export const peekSignal = (bytes: Uint8Array): Signal['type'] | null =>
  (bytes[0] === VERSION ? KINDS[bytes[1] ?? KINDS.length] : undefined) ?? null

/** Parses a signal and checks the HMAC of greetings under `root`. */
export function parseSignal(root: Uint8Array, bytes: Uint8Array): Result<Signal, 'malformed' | 'unproved'> {
  const kind = peekSignal(bytes)
  switch (kind) {
    case null:
      return fail('malformed')
    case 'call':
    case 'used':
      return bytes.length === 2 ? ok({ type: kind }) : fail('malformed')
    case 'sealed':
      return parseSealed(bytes)
    case 'hello':
    case 'welcome':
      return parseGreeting(root, kind, bytes)
  }
}

function parseGreeting(
  root: Uint8Array,
  kind: 'hello' | 'welcome',
  bytes: Uint8Array,
): Result<Signal, 'malformed' | 'unproved'> {
  const length = 2 + NONCE_BYTES + SIDE_BYTES + (kind === 'welcome' ? NONCE_BYTES : 0)
  if (bytes.length !== length + MAC_BYTES) return fail('malformed')
  const body = bytes.slice(0, length) as Bytes
  const role: Role = kind === 'hello' ? 'joiner' : 'inviter'
  if (!equalBytes(hmac(sha256, helloKey(root, role), body), bytes.subarray(length))) return fail('unproved')
  const nonce = body.slice(2, 18)
  const side = body.slice(18, 34)
  return ok(
    kind === 'hello' ? { type: 'hello', nonce, side } : { type: 'welcome', nonce, side, answers: body.slice(34, 50) },
  )
}

function parseSealed(bytes: Uint8Array): Result<Signal, 'malformed'> {
  if (bytes.length < 6 + 16) return fail('malformed')
  const sequence = new DataView(bytes.buffer, bytes.byteOffset).getUint32(2)
  return ok({ type: 'sealed', sequence, sealed: bytes.slice(6) as Bytes })
}

/** The sealing of one connection attempt's signals, both ways; each sequence number opens once. */
export class SignalSeal {
  readonly #keys: { readonly mine: Bytes; readonly theirs: Bytes }
  readonly #room: string
  readonly #roles: { readonly mine: Role; readonly theirs: Role }
  readonly #seen = new Set<number>()
  #next = 0

  constructor(root: Uint8Array, room: string, nonces: Nonces, mine: Role, theirs: Role) {
    this.#keys = { mine: signalKey(root, nonces, mine), theirs: signalKey(root, nonces, theirs) }
    this.#room = room
    this.#roles = { mine, theirs }
  }

  seal(signal: Uint8Array): Bytes {
    const sequence = this.#next++
    const cipher = chacha20poly1305(this.#keys.mine, sequenceNonce(sequence), this.#context(this.#roles.mine, sequence))
    const head = new Uint8Array(6)
    head.set([VERSION, KINDS.indexOf('sealed')])
    new DataView(head.buffer).setUint32(2, sequence)
    return concat(head, cipher.encrypt(signal))
  }

  /** The signal, or null when it was not sealed by the other side of this attempt or was opened before. */
  open(sequence: number, sealed: Uint8Array): Bytes | null {
    if (this.#seen.has(sequence)) return null
    try {
      const context = this.#context(this.#roles.theirs, sequence)
      const plain = chacha20poly1305(this.#keys.theirs, sequenceNonce(sequence), context).decrypt(sealed)
      this.#seen.add(sequence)
      return new Uint8Array(plain)
    } catch {
      return null
    }
  }

  /** Associated data: version, room, role, sequence; the session stands in the key, by both nonces. */
  #context(role: Role, sequence: number): Bytes {
    return new Uint8Array(utf8ToBytes(`sqc.${VERSION}/${this.#room}/${role}/${sequence}`))
  }
}

function sequenceNonce(sequence: number): Bytes {
  const nonce = new Uint8Array(12)
  new DataView(nonce.buffer).setUint32(8, sequence)
  return nonce
}
