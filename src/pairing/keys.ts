// Keys that grow from the root of a pairing by HKDF-SHA-256. A connection's keys take both its nonces, so that no
// connection shares a key with another; labels end in the role of the side that uses them.

import { hkdf } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { type Bytes, concat, toHex, xorBytes } from '../lib/bytes.ts'

export type Role = 'inviter' | 'joiner'

export const otherRole = (role: Role): Role => (role === 'inviter' ? 'joiner' : 'inviter')

/** 32 bytes, 16 of the inviter's nonce and 16 of the joiner's. */
export interface Nonces {
  readonly inviter: Bytes
  readonly joiner: Bytes
}

function derive(root: Uint8Array, salt: Uint8Array, label: string, length: number): Bytes {
  return new Uint8Array(hkdf(sha256, root, salt, utf8ToBytes(label), length))
}

const both = (nonces: Nonces): Bytes => concat(nonces.inviter, nonces.joiner)

/** All that the server sees of a pairing: 32 hexadecimal digits. */
export const roomId = (root: Uint8Array): string => toHex(derive(root, new Uint8Array(0), 'sqc/room', 16))

/** Proves, before there are two nonces, that a greeting comes from a holder of the root. */
export const helloKey = (root: Uint8Array, role: Role): Bytes =>
  derive(root, new Uint8Array(0), `sqc/hello/${role}`, 32)

/** AEAD around offer, answer and candidates of `role`. */
export const signalKey = (root: Uint8Array, nonces: Nonces, role: Role): Bytes =>
  derive(root, both(nonces), `sqc/sig/${role}`, 32)

/** HMAC of the binding that `role` sends. */
export const bindingKey = (root: Uint8Array, nonces: Nonces, role: Role): Bytes =>
  derive(root, both(nonces), `sqc/bind/${role}`, 32)

/** HMAC of each public frame that `role` sends. */
export const frameKey = (root: Uint8Array, nonces: Nonces, role: Role): Bytes =>
  derive(root, both(nonces), `sqc/frame/${role}`, 32)

/** Eight bytes that tell the frames of this connection from those of others; public. */
export const connectionTag = (root: Uint8Array, nonces: Nonces): Bytes =>
  derive(root, both(nonces), 'sqc/connection', 8)

/** The fall-back pair of a session whose lane is empty: 64 bytes, computationally authenticated. */
export function derivedPair(root: Uint8Array, nonces: Nonces, lane: Role, session: Uint8Array): Bytes {
  const key = bindingKey(root, nonces, lane)
  return derive(key, concat(session, both(nonces)), `sqc/derived/${lane}`, 64)
}

/** The keys really used: the pair xor a mask of this session and connection, so that two restored disks never tag twice under one key. */
export function effectivePair(pair: Uint8Array, root: Uint8Array, nonces: Nonces, session: Uint8Array): Bytes {
  return xorBytes(pair, derive(root, concat(session, both(nonces)), 'sqc/pair', 64))
}
