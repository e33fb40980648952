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
  // simple-peer applies whatever has an sdp: a description of any other type is none of ours.
  if (type !== 'offer' && type !== 'answer') return sdp === undefined ? { type: 'other' } : null
  const fingerprint = typeof sdp === 'string' ? readFingerprint(sdp) : null
  return fingerprint === null ? null : { type: 'description', fingerprint }
}

/** The one SHA-256 fingerprint of a description; null when there is none, another, or one of another kind beside it. */
export function readFingerprint(sdp: string): Bytes | null {
  const lines = sdp.split(/\r?\n|\r/).filter((line) => /^\s*a\s*=\s*fingerprint/i.test(line))
  const found = lines.map((line) =>
    /^a=fingerprint:sha-256 ((?:[0-9A-F]{2}:){31}[0-9A-F]{2})$/i.exec(line)?.[1]?.toUpperCase(),
  )
  const [only] = found
  if (only === undefined || found.some((other) => other !== only)) return null
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
