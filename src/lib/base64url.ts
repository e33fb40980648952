// Unpadded base64url (RFC 4648 section 5), strict: one text for one byte string, nothing else is read. Our own because
// the library for it weighs 2 kB of a first load that has none to spare.

import type { Bytes } from './bytes.ts'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const VALUES = new Map([...ALPHABET].map((letter, value) => [letter, value]))

export function encodeBase64Url(bytes: Uint8Array): string {
  let text = ''
  let waiting = 0
  let bits = 0
  for (const byte of bytes) {
    waiting = ((waiting << 8) | byte) & 0xffff
    for (bits += 8; bits >= 6; bits -= 6) text += ALPHABET[(waiting >> (bits - 6)) & 63]
  }
  return bits === 0 ? text : text + ALPHABET[(waiting << (6 - bits)) & 63]
}

/** Null for what no byte string is written as: other letters, padding, a length or last bits that can't be. */
export function decodeBase64Url(text: string): Bytes | null {
  const bytes = new Uint8Array(Math.floor((text.length * 6) / 8))
  let waiting = 0
  let bits = 0
  let at = 0
  for (const letter of text) {
    const value = VALUES.get(letter)
    if (value === undefined) return null
    waiting = ((waiting << 6) | value) & 0xffff
    bits += 6
    if (bits < 8) continue
    bits -= 8
    bytes[at++] = waiting >> bits
  }
  return bits < 6 && (waiting & ((1 << bits) - 1)) === 0 ? bytes : null
}
