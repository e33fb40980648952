// The gate in front of simple-peer's signal(): it would accept a renegotiation in mid-session, and destroys the peer at
// malformed input. Through the gate goes one description of the kind that this side awaits, and candidates, until the
// link is up; from then on, nothing.

import type { Bytes } from '../lib/bytes.ts'

const SIGNAL_BYTES_MAX = 32_768
const CANDIDATES_MAX = 64

export type PeerSignal =
  | { readonly type: 'offer' | 'answer'; readonly sdp: string }
  | { readonly type: 'candidate'; readonly candidate: RTCIceCandidateInit }

export class SignalGate {
  readonly #awaits: 'offer' | 'answer'
  #candidates = 0
  #described = false
  #sealed = false

  constructor(initiator: boolean) {
    this.#awaits = initiator ? 'answer' : 'offer'
  }

  /** Once, when the link is up. */
  seal(): void {
    this.#sealed = true
  }

  /** What may be handed on, or null. */
  pass(bytes: Bytes): PeerSignal | null {
    if (this.#sealed) return null
    const signal = parsePeerSignal(bytes)
    if (signal === null) return null
    if (signal.type === 'candidate') return ++this.#candidates <= CANDIDATES_MAX ? signal : null
    if (signal.type !== this.#awaits || this.#described) return null
    this.#described = true
    return signal
  }
}

/** A description or a candidate with just the members that it has; null for whatever else. */
export function parsePeerSignal(bytes: Bytes): PeerSignal | null {
  if (bytes.length > SIGNAL_BYTES_MAX) return null
  const value = parseObject(bytes)
  if (value === null) return null
  const { type, sdp } = value
  if (type === 'offer' || type === 'answer') return typeof sdp === 'string' && sdp !== '' ? { type, sdp } : null
  return type === 'candidate' ? parseCandidate(value['candidate']) : null
}

function parseCandidate(value: unknown): PeerSignal | null {
  if (!isObject(value)) return null
  const { candidate, sdpMid, sdpMLineIndex } = value
  if (typeof candidate !== 'string') return null
  const mid = typeof sdpMid === 'string' ? sdpMid : null
  const line =
    typeof sdpMLineIndex === 'number' && Number.isInteger(sdpMLineIndex) && sdpMLineIndex >= 0 ? sdpMLineIndex : null
  // Without either, the browser's constructor throws.
  if (mid === null && line === null) return null
  return { type: 'candidate', candidate: { candidate, sdpMid: mid, sdpMLineIndex: line } }
}

const decoder = new TextDecoder('utf-8', { fatal: true })

function parseObject(bytes: Bytes): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(decoder.decode(bytes))
    return isObject(value) ? value : null
  } catch {
    return null
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
