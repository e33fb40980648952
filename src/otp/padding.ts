// Lengths that tell little: a sealed message is padded to 128 bytes, above that by Padme (Nikitin, Barman, Lueks,
// Underwood, Hubaux, Ford, "Reducing Metadata Leakage from Encrypted Files and Communication with PURBs", PoPETs 2019):
// at most O(log log L) bits of the length show, for at most 12 % more bytes.

import { assert } from '../lib/assert.ts'
import type { Bytes } from '../lib/bytes.ts'

export const PADDED_BYTES_MIN = 128

/** The length to which `bytes` bytes are padded: never shorter, and never less for a longer message. */
export function paddedLength(bytes: number): number {
  assert(Number.isSafeInteger(bytes) && bytes >= 0, `a length in bytes, got ${bytes}`)
  return bytes <= PADDED_BYTES_MIN ? PADDED_BYTES_MIN : padme(bytes)
}

/** Zeros after the message; its length must stand in it. */
export function pad(message: Uint8Array): Bytes {
  const padded = new Uint8Array(paddedLength(message.length))
  padded.set(message)
  return padded
}

/** The first `length` bytes, or null when anything but the right number of zeros follows them. */
export function unpad(padded: Uint8Array, length: number): Bytes | null {
  if (length > padded.length || paddedLength(length) !== padded.length) return null
  return padded.subarray(length).every((byte) => byte === 0) ? new Uint8Array(padded.subarray(0, length)) : null
}

/** Rounds up so that only the floor(log2 E) + 1 highest bits below the leading one may be set, E = floor(log2 L). */
function padme(length: number): number {
  const exponent = Math.floor(Math.log2(length))
  const kept = Math.floor(Math.log2(exponent)) + 1
  const step = 2 ** (exponent - kept)
  return Math.ceil(length / step) * step
}
