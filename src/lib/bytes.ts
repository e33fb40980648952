// Byte strings: joining, comparing, hexadecimal, base64url. No Node or browser API, so that pure rooms can use it.

import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { decodeBase64Url, encodeBase64Url } from './base64url.ts'
import { fail, ok, type Result } from './result.ts'

export type Bytes = Uint8Array<ArrayBuffer>

/** Joins byte strings into one. */
export const concat = (...parts: readonly Uint8Array[]): Bytes => concatAll(parts)

/** The same for a list of any length: a call takes only so many arguments. */
export function concatAll(parts: readonly Uint8Array[]): Bytes {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let offset = 0
  for (const part of parts) {
    out.set(part, offset)
    offset += part.length
  }
  return out
}

/** Compares in time that depends on the lengths alone. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  let difference = 0
  for (let i = 0; i < a.length; i++) difference |= a[i]! ^ b[i]!
  return difference === 0
}

/** a xor b, of equal lengths. */
export function xorBytes(a: Uint8Array, b: Uint8Array): Bytes {
  if (a.length !== b.length) throw new Error(`assertion failed: xor of ${a.length} and ${b.length} bytes`)
  const out = new Uint8Array(a.length)
  for (let i = 0; i < a.length; i++) out[i] = a[i]! ^ b[i]!
  return out
}

export const toHex = (bytes: Uint8Array): string => bytesToHex(bytes)
export const toBase64Url = (bytes: Uint8Array): string => encodeBase64Url(bytes)

/** Reads unpadded base64url; anything else is a reason, not a throw. */
export function fromBase64Url(text: string): Result<Bytes, 'not base64url'> {
  const bytes = decodeBase64Url(text)
  return bytes === null ? fail('not base64url') : ok(bytes)
}

/** The bytes of hexadecimal that is our own: an even number of digits. */
export const hexBytes = (digits: string): Bytes => new Uint8Array(hexToBytes(digits))

/** Reads hexadecimal; anything else is a reason, not a throw. */
export function fromHex(text: string): Result<Bytes, 'not hexadecimal'> {
  try {
    return ok(new Uint8Array(hexToBytes(text)))
  } catch {
    return fail('not hexadecimal')
  }
}
