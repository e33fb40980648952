// Frames of the public channel: a message is cut into frames of at most 16 KiB, each with its own HMAC under the
// connection's frame key, and put together again under a cap. A frame of another connection is told by its tag and
// ignored; a frame of this one with a bad HMAC is the mark of a man in the middle.
//
// Frame: version 1 | path 1 | connection tag 8 | sequence 4 | part 2 | parts 2 | payload | HMAC-SHA-256 32

import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { assert } from '../lib/assert.ts'
import { type Bytes, concat, concatAll, equalBytes } from '../lib/bytes.ts'
import { Reader, Writer } from './codec.ts'

/** One byte below 16 KiB: on the link a kind byte goes before. */
export const FRAME_BYTES_MAX = 16_383
export const MESSAGE_BYTES_MAX = 8 * 2 ** 20
const VERSION = 1
const HEADER_BYTES = 18
const MAC_BYTES = 32
const PAYLOAD_BYTES_MAX = FRAME_BYTES_MAX - HEADER_BYTES - MAC_BYTES

/** Where a frame goes; under the HMAC, so that a frame of one path is none of the other. */
export type FramePath = 'link' | 'relay'

export interface FrameKey {
  /** 32 bytes, of the sending side. */
  readonly key: Bytes
  /** 8 bytes, the same for both sides of a connection. */
  readonly connection: Bytes
}

/** Cuts and seals what one side sends by one path of one connection. */
export class FrameSealer {
  readonly #key: FrameKey
  readonly #path: FramePath
  #sequence = 0

  constructor(key: FrameKey, path: FramePath) {
    this.#key = key
    this.#path = path
  }

  seal(message: Uint8Array): readonly Bytes[] {
    assert(
      message.length <= MESSAGE_BYTES_MAX,
      `a message of at most ${MESSAGE_BYTES_MAX} bytes, got ${message.length}`,
    )
    const parts = Math.max(1, Math.ceil(message.length / PAYLOAD_BYTES_MAX))
    return Array.from({ length: parts }, (_, part) => {
      const payload = message.subarray(part * PAYLOAD_BYTES_MAX, (part + 1) * PAYLOAD_BYTES_MAX)
      const writer = new Writer().u8(VERSION).u8(pathByte(this.#path)).raw(this.#key.connection)
      const body = writer
        .u32(this.#sequence++)
        .u16(part)
        .u16(parts)
        .raw(payload)
        .end()
      return concat(body, hmac(sha256, this.#key.key, body))
    })
  }
}

export type Opened =
  | { readonly type: 'message'; readonly bytes: Bytes }
  /** More parts are to come, or the frame was seen before. */
  | { readonly type: 'nothing' }
  /** Not of this connection, or no frame at all: to be ignored. */
  | { readonly type: 'foreign' }
  /** Of this connection by its tag, but not by its HMAC. */
  | { readonly type: 'forged' }

/** A frame as anybody reads it: what it says is believed only under its HMAC. */
export interface Frame {
  readonly path: FramePath
  readonly connection: Bytes
  readonly sequence: number
  readonly part: number
  readonly parts: number
  readonly payload: Bytes
}

/** The frame of these bytes, its HMAC unchecked; null when they are none. */
export function parseFrame(frame: Uint8Array): Frame | null {
  if (frame.length < HEADER_BYTES + MAC_BYTES || frame.length > FRAME_BYTES_MAX) return null
  const reader = new Reader(frame.subarray(0, frame.length - MAC_BYTES))
  const version = reader.u8()
  const path = PATHS[reader.u8() - 1]
  if (version !== VERSION || path === undefined) return null
  return {
    path,
    connection: reader.raw(8),
    sequence: reader.u32(),
    part: reader.u16(),
    parts: reader.u16(),
    payload: reader.rest(),
  }
}

/** Checks and joins what comes by one path of one connection. */
export class FrameOpener {
  readonly #key: FrameKey
  readonly #path: FramePath
  readonly #joiner = new FrameJoiner()

  constructor(key: FrameKey, path: FramePath) {
    this.#key = key
    this.#path = path
  }

  open(frame: Uint8Array): Opened {
    const parsed = parseFrame(frame)
    if (parsed?.path !== this.#path || !equalBytes(parsed.connection, this.#key.connection)) return { type: 'foreign' }
    const mac = frame.subarray(frame.length - MAC_BYTES)
    if (!equalBytes(hmac(sha256, this.#key.key, frame.subarray(0, -MAC_BYTES)), mac)) return { type: 'forged' }
    const bytes = this.#joiner.join(parsed)
    return bytes === null ? { type: 'nothing' } : { type: 'message', bytes }
  }
}

/** Puts the messages of one direction of one connection together again. */
export class FrameJoiner {
  #nextSequence = 0
  #parts: Bytes[] = []
  #partsBytes = 0

  /** What waits for its further parts. */
  get held(): { readonly parts: number; readonly bytes: number } {
    return { parts: this.#parts.length, bytes: this.#partsBytes }
  }

  /** The message that this frame completes, or null: a repeated frame is dropped, one after a gap starts anew. */
  join({ sequence, part, parts, payload }: Frame): Bytes | null {
    if (sequence < this.#nextSequence) return null
    if (sequence > this.#nextSequence || part === 0) this.#forget()
    this.#nextSequence = sequence + 1
    if (part !== this.#parts.length || this.#partsBytes + payload.length > MESSAGE_BYTES_MAX) {
      this.#forget()
      return null
    }
    this.#parts.push(payload)
    this.#partsBytes += payload.length
    if (this.#parts.length < parts) return null
    const bytes = concatAll(this.#parts)
    this.#forget()
    return bytes
  }

  #forget(): void {
    this.#parts = []
    this.#partsBytes = 0
  }
}

/** In the order of their byte, the first of which is 1. */
const PATHS = ['link', 'relay'] as const
const pathByte = (path: FramePath): number => PATHS.indexOf(path) + 1
