// An Eve who knows the secret of the pairing (somebody photographed the invite's QR) and stands at the relay: she reads
// the nonces of every connection in its greetings, so frames that she rewrites have a good HMAC. What still keeps her out
// are the one-time tags, whose keys the invite gave both sides or their sessions made.

import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { type Bytes, concat, toHex } from '../lib/bytes.ts'
import { connectionTag, frameKey, type Nonces } from '../pairing/keys.ts'
import { parseSignal } from '../pairing/signals.ts'
import type { MessageType } from '../protocol/messages.ts'
import type { Dice } from './dice.ts'
import type { SideIndex } from './port.ts'
import { peekHead } from './wire-reader.ts'

const CONNECTION_AT = 2
const CONNECTION_BYTES = 8
const HEADER_BYTES = 18
const MAC_BYTES = 32
/** In a message: version 1 | type 1 | session 16; changing those makes no rewritten message but another one. */
const MESSAGE_HEAD_BYTES = 18

export class Insider {
  readonly #dice: Dice
  /** I and R, as far as they exist. */
  readonly #roots: () => readonly Bytes[]
  readonly #connections = new Map<string, { readonly root: Bytes; readonly nonces: Nonces }>()

  /** What she changed of each session: from there on nothing of it may be sealed, or opened. */
  readonly rewritten = new Map<string, Set<MessageType>>()

  constructor(dice: Dice, roots: () => readonly Bytes[]) {
    this.#dice = dice
    this.#roots = roots
  }

  hear(signal: Bytes): void {
    for (const root of this.#roots()) {
      const parsed = parseSignal(root, signal)
      if (!parsed.ok || parsed.value.type !== 'welcome') continue
      const nonces = { inviter: parsed.value.nonce, joiner: parsed.value.answers }
      this.#connections.set(toHex(connectionTag(root, nonces)), { root, nonces })
    }
  }

  /** The frame with some bits of its message changed, under a good HMAC; as it is where she doesn't know the connection. */
  rewrite(frame: Bytes, from: SideIndex): Bytes {
    const tag = toHex(frame.subarray(CONNECTION_AT, CONNECTION_AT + CONNECTION_BYTES))
    const connection = this.#connections.get(tag)
    const first = HEADER_BYTES + MESSAGE_HEAD_BYTES
    const bytes = frame.length - MAC_BYTES - first
    if (connection === undefined || bytes < 1) return frame
    const head = peekHead(frame)
    if (head === null) return frame
    this.rewritten.set(head.session, (this.rewritten.get(head.session) ?? new Set()).add(head.type))
    const body = frame.slice(0, frame.length - MAC_BYTES)
    const changes = this.#dice.pick([1, 1, 20])
    for (let i = 0; i < changes; i++) body[first + this.#dice.integer(bytes)]! ^= 1 << this.#dice.integer(8)
    const key = frameKey(connection.root, connection.nonces, from === 0 ? 'inviter' : 'joiner')
    return concat(body, hmac(sha256, key, body))
  }
}
