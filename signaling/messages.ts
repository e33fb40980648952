// The signaling wire: what a browser and the signaling server say to each other. The only file here that `src` may
// import, so it knows neither Node nor the DOM.
//
// One WebSocket holds one room. Text frames are JSON for the server itself; binary frames are relayed unread to the
// other side of the room, and their first byte is the kind. Whatever cannot be parsed is a reason, never a throw.
// Nothing here hides anything: what must stay secret is sealed before it becomes a frame.

import { fail, ok, type Result } from '../src/lib/result.ts'

/** The WebSocket subprotocol; the server refuses any other. */
export const SUBPROTOCOL = 'sqc.1'
export const SIGNAL_PATH = '/signal'

/** Characters of a text frame: a join has about 120, so more is no message of ours. */
export const TEXT_CHARACTERS_MAX = 1024
/** Payload of a signal frame: an offer with all its candidates has some 4 KiB. */
export const SIGNAL_PAYLOAD_BYTES_MAX = 32 * 1024
/** A whole relayed frame of the public channel, kind included; `wire` cuts at 16 KiB. */
export const PUBLIC_FRAME_BYTES_MAX = 64 * 1024
/** A room and a side are each this many lower-case hexadecimal characters (16 bytes). */
export const ID_CHARACTERS = 32

/** First byte of a relayed frame. */
export const KIND = { signal: 1, public: 2 } as const
export type RelayKind = keyof typeof KIND

export type ClientMessage = {
  readonly type: 'join'
  /** Derived from the invite or the pairing's root; tells the server nothing else. */
  readonly room: string
  /** Random per tab: joining again with the same side replaces this side's older socket. */
  readonly side: string
  /** Only where every side of a room says so is it a lab room, which may be listened to. One that says nothing is private. */
  readonly lab: boolean
}

export const REFUSALS = ['room-full', 'malformed', 'too-many', 'replaced', 'too-slow', 'too-late', 'draining'] as const
export type Refusal = (typeof REFUSALS)[number]

export type ServerMessage =
  /** In the room; `peer`: whether the other side is there already. */
  | { readonly type: 'joined'; readonly peer: boolean }
  /** The other side came (also: came again, on a new socket) or went. */
  | { readonly type: 'peer'; readonly present: boolean }
  /** The last message: the server closes the socket after it. */
  | { readonly type: 'refused'; readonly reason: Refusal }

export type RelayFrame = { readonly kind: RelayKind; readonly payload: Uint8Array<ArrayBuffer> }
export type RelayFault = 'malformed' | 'too-large'

/** A private join says nothing of it, so that it looks as it did before there were lab rooms. */
export const encodeClientMessage = ({ lab, ...join }: ClientMessage): string =>
  JSON.stringify(lab ? { ...join, lab } : join)
export const encodeServerMessage = (message: ServerMessage): string => JSON.stringify(message)

/** Reads a text frame that a client sent. */
export function parseClientMessage(text: string): Result<ClientMessage, 'malformed'> {
  const fields = parseFields(text)
  if (fields === null || fields.get('type') !== 'join') return fail('malformed')
  const room = fields.get('room')
  const side = fields.get('side')
  const lab = fields.has('lab')
  if (fields.size !== (lab ? 4 : 3) || (lab && fields.get('lab') !== true)) return fail('malformed')
  return isId(room) && isId(side) ? ok({ type: 'join', room, side, lab }) : fail('malformed')
}

/** Reads a text frame that the server sent; browsers trust it no more than it trusts them. */
export function parseServerMessage(text: string): Result<ServerMessage, 'malformed'> {
  const fields = parseFields(text)
  if (fields === null || fields.size !== 2) return fail('malformed')
  const peer = fields.get('peer')
  const present = fields.get('present')
  const reason = fields.get('reason')
  switch (fields.get('type')) {
    case 'joined':
      return typeof peer === 'boolean' ? ok({ type: 'joined', peer }) : fail('malformed')
    case 'peer':
      return typeof present === 'boolean' ? ok({ type: 'peer', present }) : fail('malformed')
    case 'refused':
      return isRefusal(reason) ? ok({ type: 'refused', reason }) : fail('malformed')
    default:
      return fail('malformed')
  }
}

/** The largest payload that a frame of this kind carries. */
export const payloadBytesMax = (kind: RelayKind): number =>
  kind === 'signal' ? SIGNAL_PAYLOAD_BYTES_MAX : PUBLIC_FRAME_BYTES_MAX - 1

/** A frame for the other side; too large or empty is the caller's mistake, and the server would refuse it. */
export function encodeRelay(kind: RelayKind, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  if (payload.length === 0 || payload.length > payloadBytesMax(kind)) {
    throw new Error(`assertion failed: a ${kind} frame of 1 to ${payloadBytesMax(kind)} bytes, got ${payload.length}`)
  }
  const frame = new Uint8Array(1 + payload.length)
  frame[0] = KIND[kind]
  frame.set(payload, 1)
  return frame
}

/** Reads a binary frame: its kind, and a view of its payload (not a copy). */
export function parseRelay(frame: Uint8Array<ArrayBuffer>): Result<RelayFrame, RelayFault> {
  const kind = frame[0] === KIND.signal ? 'signal' : frame[0] === KIND.public ? 'public' : null
  if (kind === null || frame.length < 2) return fail('malformed')
  if (frame.length - 1 > payloadBytesMax(kind)) return fail('too-large')
  return ok({ kind, payload: frame.subarray(1) })
}

const ID = new RegExp(`^[0-9a-f]{${ID_CHARACTERS}}$`)
const isId = (value: unknown): value is string => typeof value === 'string' && ID.test(value)
const isRefusal = (value: unknown): value is Refusal => REFUSALS.some((refusal) => refusal === value)

/**
 * The own members of a flat JSON object, or null. A map, so that `__proto__` and `constructor` are names like others;
 * a short text, so that nesting stays shallow whatever the parser does about it.
 */
function parseFields(text: string): ReadonlyMap<string, unknown> | null {
  if (text.length > TEXT_CHARACTERS_MAX) return null
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
    return new Map<string, unknown>(Object.entries(value))
  } catch {
    return null
  }
}
