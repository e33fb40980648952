// The DTLS certificate's fingerprint in a session description: what a connection is bound to.

import type { Bytes } from '../lib/bytes.ts'
import { decodeText } from '../lib/text.ts'

const DESCRIPTION_BYTES_MAX = 32_768

/** What one of simple-peer's signals is, told from its UTF-8 JSON; null when it is none. */
export function readSignal(
  bytes: Uint8Array,
): { readonly type: 'description'; readonly fingerprint: Bytes } | { readonly type: 'other' } | null {
  const signal = parseJson(bytes)
  if (signal === null) return null
  const { type, sdp } = signal
  if (type !== 'offer' && type !== 'answer') return { type: 'other' }
  const fingerprint = typeof sdp === 'string' ? readFingerprint(sdp) : null
  return fingerprint === null ? null : { type: 'description', fingerprint }
}

/** The one SHA-256 fingerprint of a description; null when there is none or there are two. */
export function readFingerprint(sdp: string): Bytes | null {
  const found = [...sdp.matchAll(/^a=fingerprint:sha-256 ((?:[0-9A-F]{2}:){31}[0-9A-F]{2})\r?$/gim)]
  const distinct = new Set(found.map((match) => match[1]?.toUpperCase()))
  const [only] = distinct
  if (distinct.size !== 1 || only === undefined) return null
  return Uint8Array.from(only.split(':'), (digits) => Number.parseInt(digits, 16))
}

function parseJson(bytes: Uint8Array): { readonly type?: unknown; readonly sdp?: unknown } | null {
  if (bytes.length > DESCRIPTION_BYTES_MAX) return null
  try {
    const value: unknown = JSON.parse(decodeText(bytes) ?? '')
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null
  } catch {
    return null
  }
}
