// The binding: the first frames on the data channel of every connection. Each side MACs the whole of what it knows of
// the connection, both certificate fingerprints and both descriptions included, under a key that only the other holder
// of the root has: from here on the DTLS link is the one that the invite spoke of.

import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { assert } from '../lib/assert.ts'
import { type Bytes, equalBytes } from '../lib/bytes.ts'
import { type Reader, Writer } from '../wire/codec.ts'
import { bindingKey, type Nonces, type Role } from './keys.ts'

const VERSION = 1
const NAMES_MAX = 64
/** Far above any chat. Only a faulty peer says it; the numbers that follow stay at it, and the chat goes on. */
export const MESSAGE_NUMBER_MAX = 2 ** 31
const NAME_BYTES_MAX = 64

/** What one side says of itself in a binding. */
export interface Binding {
  readonly mode: 'private' | 'lab'
  readonly side: Bytes
  readonly number: number
  /** The last binding number seen from the other side. */
  readonly lastSeen: number
  readonly highestNumber: number
  /** Names of its tag pairs, pending ones included. */
  readonly pairs: readonly string[]
}

/** What both sides know of the connection that is bound. */
export interface BindingContext {
  readonly nonces: Nonces
  readonly fingerprints: Readonly<Record<Role, Bytes>>
  /** SHA-256 of the description that each side sealed. */
  readonly descriptions: Readonly<Record<Role, Bytes>>
  readonly sides: Readonly<Record<Role, Bytes>>
}

export function encodeBinding(binding: Binding): Bytes {
  assert(binding.pairs.length <= NAMES_MAX, `at most ${NAMES_MAX} pairs, got ${binding.pairs.length}`)
  const writer = new Writer()
    .u8(VERSION)
    .u8(binding.mode === 'lab' ? 1 : 0)
    .raw(binding.side)
  writer.u32(binding.number).u32(binding.lastSeen).u32(binding.highestNumber).u8(binding.pairs.length)
  for (const name of binding.pairs) writer.text(name)
  return writer.end()
}

/** Reads a binding; the caller asks the reader whether it failed. */
export function decodeBinding(reader: Reader): Binding {
  if (reader.u8() !== VERSION) reader.fail()
  const mode = reader.choice(['private', 'lab'] as const)
  const side = reader.raw(16)
  const [number, lastSeen, highestNumber] = [reader.u32(), reader.u32(), reader.u32()]
  if (highestNumber > MESSAGE_NUMBER_MAX) reader.fail()
  const count = reader.u8()
  if (count > NAMES_MAX) reader.fail()
  const pairs: string[] = []
  for (let i = 0; i < count && !reader.failed; i++) pairs.push(reader.text(NAME_BYTES_MAX))
  return { mode, side, number, lastSeen, highestNumber, pairs }
}

/** HMAC-SHA-256 of `role`'s binding in its context. */
export function bindingMac(root: Uint8Array, role: Role, context: BindingContext, encoded: Uint8Array): Bytes {
  const writer = new Writer().text('sqc binding').u8(VERSION).text(role)
  for (const of of [context.fingerprints, context.descriptions, context.sides])
    writer.bytes(of.inviter).bytes(of.joiner)
  writer.bytes(context.nonces.inviter).bytes(context.nonces.joiner).bytes(encoded)
  return new Uint8Array(hmac(sha256, bindingKey(root, context.nonces, role), writer.end()))
}

export function bindingHolds(
  root: Uint8Array,
  role: Role,
  context: BindingContext,
  encoded: Uint8Array,
  mac: Uint8Array,
): boolean {
  return equalBytes(bindingMac(root, role, context, encoded), mac)
}
