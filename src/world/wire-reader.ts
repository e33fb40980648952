// Reads what anybody can read who listens to the public channel: frames are authenticated, not hidden. Puts the frames
// of each direction of each connection together and decodes the message. (Frame: wire/frames.ts)

import { type Bytes, toHex } from '../lib/bytes.ts'
import { LINK_PUBLIC } from '../protocol/control.ts'
import { decodeMessage, MESSAGE_TYPES, type Message, type MessageType } from '../protocol/messages.ts'
import { FrameJoiner, type FramePath, parseFrame } from '../wire/frames.ts'
import type { SideIndex } from './port.ts'

const HEADER_BYTES = 18
const MAC_BYTES = 32
const PART_AT = 14
/** In a message: version 1 | type 1 | session 16. */
const SESSION_AT = 2
const SESSION_BYTES = 16

/** The type of the message that a relay frame begins; null for a further part and for what is no frame. */
export function peekType(frame: Uint8Array): MessageType | null {
  if (frame.length < HEADER_BYTES + MAC_BYTES + 2 || u16(frame, PART_AT) !== 0) return null
  return MESSAGE_TYPES[frame[HEADER_BYTES + 1]!] ?? null
}

/** Type and session of the message that a frame begins, by which it is known; null where it begins none. */
export function peekHead(frame: Uint8Array): { readonly type: MessageType; readonly session: string } | null {
  const type = peekType(frame)
  if (type === null || frame.length < HEADER_BYTES + MAC_BYTES + SESSION_AT + SESSION_BYTES) return null
  const at = HEADER_BYTES + SESSION_AT
  return { type, session: toHex(frame.subarray(at, at + SESSION_BYTES)) }
}

/** The public frame that a link frame carries; null for control. */
export function publicFrame(linkFrame: Bytes): Bytes | null {
  return linkFrame[0] === LINK_PUBLIC ? linkFrame.subarray(1) : null
}

export class WireReader {
  /** By direction, path and connection. */
  readonly #joiners = new Map<string, FrameJoiner>()

  /** The message that this frame completes. */
  read(from: SideIndex, via: FramePath, frame: Bytes): Message | null {
    const parsed = parseFrame(frame)
    if (parsed === null) return null
    const key = `${from}${via}${toHex(parsed.connection)}`
    const joiner = this.#joiners.get(key) ?? new FrameJoiner()
    this.#joiners.set(key, joiner)
    const bytes = joiner.join(parsed)
    return bytes === null ? null : decodeMessage(bytes)
  }
}

const u16 = (bytes: Uint8Array, at: number): number => (bytes[at]! << 8) | bytes[at + 1]!
