// One room at the signaling server, over one WebSocket that comes back by itself. The server relays sealed signals and
// the public channel between the two sides of a room; what it says and what it relays is believed by nobody.

import {
  encodeClientMessage,
  encodeRelay,
  parseRelay,
  parseServerMessage,
  payloadBytesMax,
  type Refusal,
  type RelayKind,
  SIGNAL_PATH,
  SUBPROTOCOL,
} from '../../signaling/messages.ts'
import type { Bytes } from '../lib/bytes.ts'

export interface RoomEvents {
  /** joined: this side is in the room; peer: so is the other. */
  state(joined: boolean, peer: boolean): void
  refused(reason: Refusal): void
  frame(kind: RelayKind, bytes: Bytes): void
  /** The server can't be reached (true), or is back. */
  away(away: boolean): void
}

export interface RoomOptions {
  readonly room: string
  readonly side: string
  /** The server may let somebody listen, where the other side says so too. */
  readonly lab: boolean
}

export interface Room {
  /** Sends by the relay; without it the frame is lost, and `state` has said so. */
  send(kind: RelayKind, payload: Bytes): void
  leave(): void
}

export type OpenRoom = (options: RoomOptions, events: RoomEvents) => Room

const RETRY_MS_FIRST = 250
const RETRY_MS_MAX = 15_000
/** What is refused for such a reason is refused again if asked at once. */
const RETRY_MS_REFUSED = 5_000
const LASTING: readonly Refusal[] = ['room-full', 'malformed', 'too-many', 'replaced']

/** `wss://host/signal` of the server that the page came from. */
export function signalUrl(page: string): string {
  const url = new URL(SIGNAL_PATH, page)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  return url.href
}

export const openRoom =
  (url: string): OpenRoom =>
  (options, events) =>
    new SocketRoom(url, options, events)

class SocketRoom implements Room {
  readonly #url: string
  readonly #options: RoomOptions
  readonly #events: RoomEvents
  #socket: WebSocket | null = null
  #joined = false
  #peer = false
  #left = false
  #refused = false
  #failures = 0
  #away = false
  #retry: ReturnType<typeof setTimeout> | undefined
  readonly #online = (): void => {
    if (this.#socket === null) this.#connect()
  }

  constructor(url: string, options: RoomOptions, events: RoomEvents) {
    this.#url = url
    this.#options = options
    this.#events = events
    addEventListener('online', this.#online)
    this.#connect()
  }

  send(kind: RelayKind, payload: Bytes): void {
    if (!this.#joined || this.#socket?.readyState !== WebSocket.OPEN) return
    if (payload.length === 0 || payload.length > payloadBytesMax(kind)) return
    this.#socket.send(encodeRelay(kind, payload))
  }

  leave(): void {
    this.#left = true
    removeEventListener('online', this.#online)
    clearTimeout(this.#retry)
    this.#socket?.close()
    this.#socket = null
  }

  #connect(): void {
    clearTimeout(this.#retry)
    if (this.#left) return
    this.#refused = false
    const socket = new WebSocket(this.#url, SUBPROTOCOL)
    this.#socket = socket
    socket.binaryType = 'arraybuffer'
    socket.onopen = () => socket.send(encodeClientMessage({ type: 'join', ...this.#options }))
    socket.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (socket === this.#socket) this.#onData(data)
    }
    socket.onclose = () => {
      if (socket === this.#socket) this.#onClose()
    }
  }

  #onData(data: unknown): void {
    if (typeof data === 'string') return this.#onText(data)
    if (!(data instanceof ArrayBuffer)) return
    const frame = parseRelay(new Uint8Array(data))
    // A copy, for the view stands behind the kind byte and its buffer can't be handed over.
    if (frame.ok) this.#events.frame(frame.value.kind, frame.value.payload.slice())
  }

  #onText(text: string): void {
    const message = parseServerMessage(text)
    if (!message.ok) return
    switch (message.value.type) {
      case 'joined':
        this.#failures = 0
        this.#setAway(false)
        return this.#setState(true, message.value.peer)
      case 'peer':
        return this.#joined ? this.#onPeer(message.value.present) : undefined
      case 'refused':
        this.#refused = LASTING.includes(message.value.reason)
        return this.#events.refused(message.value.reason)
    }
  }

  /** A peer that came again, on a new socket, is one that went and came: it has forgotten all before. */
  #onPeer(present: boolean): void {
    if (present && this.#peer) this.#setState(true, false)
    this.#setState(true, present)
  }

  #onClose(): void {
    this.#socket = null
    this.#setState(false, false)
    if (this.#left) return
    // A connection that was lost is tried again before it is called away.
    if (++this.#failures > 1 && !this.#refused) this.#setAway(true)
    const waitMs = this.#refused ? RETRY_MS_REFUSED : Math.min(RETRY_MS_MAX, RETRY_MS_FIRST * 2 ** (this.#failures - 1))
    this.#retry = setTimeout(() => this.#connect(), waitMs * (0.75 + Math.random() / 2))
  }

  #setState(joined: boolean, peer: boolean): void {
    if (joined === this.#joined && peer === this.#peer) return
    this.#joined = joined
    this.#peer = peer
    this.#events.state(joined, peer)
  }

  #setAway(away: boolean): void {
    if (away === this.#away) return
    this.#away = away
    this.#events.away(away)
  }
}
