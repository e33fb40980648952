// The rooms of the signaling server as a pure machine: events in, effects out; sockets are numbers, time is an argument.
// A room is two sides and no more. Nothing is kept for a side that isn't there, and nothing relayed is looked into
// beyond its first byte. What passes in a lab room is told to whoever listens, by an effect of its own.
//
// 1. A room has at most two sides, a side at most one socket.
// 2. A frame goes to the one other side of the sender's room, or nowhere.
// 3. Nothing is relayed from or to a socket that hasn't joined, or that was refused.
// 4. A refused socket gets the reason and no effect after it.
// 5. What is remembered is bounded by the sockets that are open and the addresses of the last seconds.
// 6. A frame is overheard only where its sender and its receiver both joined the room as a lab: one side that says
//    nothing of it, or a server that would like to listen, makes no lab.

import { assert, assertNever } from '../src/lib/assert.ts'
import { type Limits, TokenBucket } from './limits.ts'
import {
  type ClientMessage,
  parseClientMessage,
  parseRelay,
  type Refusal,
  type RelayKind,
  type ServerMessage,
} from './messages.ts'

export type SocketId = number

export type RoomsEvent =
  | { readonly type: 'open'; readonly socket: SocketId; readonly address: string }
  | { readonly type: 'text'; readonly socket: SocketId; readonly text: string }
  | { readonly type: 'binary'; readonly socket: SocketId; readonly frame: Uint8Array<ArrayBuffer> }
  /** What waits in the socket's send buffer after something was sent to it. */
  | { readonly type: 'buffered'; readonly socket: SocketId; readonly bytes: number }
  | { readonly type: 'closed'; readonly socket: SocketId }
  | { readonly type: 'tick' }
  /** The server is going down: everybody is told, nobody comes in any more. */
  | { readonly type: 'drain' }

export type RoomsEffect =
  | { readonly type: 'send'; readonly socket: SocketId; readonly message: ServerMessage }
  | {
      readonly type: 'relay'
      readonly socket: SocketId
      readonly kind: RelayKind
      readonly frame: Uint8Array<ArrayBuffer>
    }
  | Overheard
  /** Say why, then close. */
  | { readonly type: 'refuse'; readonly socket: SocketId; readonly reason: Refusal }

/** A frame of a lab room that was relayed: which side said it, and what. */
export type Overheard = {
  readonly type: 'overheard'
  readonly room: string
  readonly from: string
  readonly kind: RelayKind
  readonly frame: Uint8Array<ArrayBuffer>
}

type Socket = {
  readonly id: SocketId
  readonly address: Address
  readonly openedMs: number
  readonly messages: TokenBucket
  seat: Seat | null
}
type Seat = { readonly roomId: string; readonly room: Room; readonly side: string; readonly lab: boolean }
/** Side -> its socket. */
type Room = Map<string, Socket>
type Address = { readonly name: string; readonly openings: TokenBucket; sockets: number }

const SIDES_MAX = 2

export class Rooms {
  readonly #limits: Limits
  readonly #sockets = new Map<SocketId, Socket>()
  readonly #rooms = new Map<string, Room>()
  readonly #addresses = new Map<string, Address>()
  #draining = false

  constructor(limits: Limits) {
    this.#limits = limits
  }

  get counts(): { readonly sockets: number; readonly rooms: number; readonly addresses: number } {
    return { sockets: this.#sockets.size, rooms: this.#rooms.size, addresses: this.#addresses.size }
  }

  /** Takes one event and says what is to be done, in order. Events of a socket that was refused are ignored. */
  handle(event: RoomsEvent, nowMs: number): readonly RoomsEffect[] {
    switch (event.type) {
      case 'open':
        return this.#open(event.socket, event.address, nowMs)
      case 'text':
        return this.#with(event.socket, (socket) => this.#text(socket, event.text, nowMs))
      case 'binary':
        return this.#with(event.socket, (socket) => this.#binary(socket, event.frame, nowMs))
      case 'buffered':
        return this.#with(event.socket, (socket) =>
          event.bytes > this.#limits.bufferedBytesMax ? this.#refuse(socket, 'too-slow') : [],
        )
      case 'closed':
        return this.#with(event.socket, (socket) => this.#forget(socket))
      case 'tick':
        return this.#tick(nowMs)
      case 'drain':
        this.#draining = true
        return [...this.#sockets.values()].flatMap((socket) => this.#refuseQuietly(socket, 'draining'))
      default:
        return assertNever(event)
    }
  }

  #with(id: SocketId, then: (socket: Socket) => readonly RoomsEffect[]): readonly RoomsEffect[] {
    const socket = this.#sockets.get(id)
    return socket === undefined ? [] : then(socket)
  }

  #open(id: SocketId, addressName: string, nowMs: number): readonly RoomsEffect[] {
    assert(!this.#sockets.has(id), `a new number for each socket, got ${id} twice`)
    if (this.#draining) return [{ type: 'refuse', socket: id, reason: 'draining' }]
    const address = this.#address(addressName, nowMs)
    if (address.sockets >= this.#limits.socketsPerAddress || !address.openings.take(nowMs)) {
      return [{ type: 'refuse', socket: id, reason: 'too-many' }]
    }
    address.sockets += 1
    const messages = new TokenBucket(this.#limits.messagesPerSecond, this.#limits.messagesBurst, nowMs)
    this.#sockets.set(id, { id, address, openedMs: nowMs, messages, seat: null })
    return []
  }

  #address(name: string, nowMs: number): Address {
    const known = this.#addresses.get(name)
    if (known !== undefined) return known
    const openings = new TokenBucket(this.#limits.openingsPerSecond, this.#limits.socketsPerAddress, nowMs)
    const address: Address = { name, openings, sockets: 0 }
    this.#addresses.set(name, address)
    return address
  }

  #text(socket: Socket, text: string, nowMs: number): readonly RoomsEffect[] {
    if (!socket.messages.take(nowMs)) return this.#refuse(socket, 'too-many')
    const message = parseClientMessage(text)
    if (!message.ok || socket.seat !== null) return this.#refuse(socket, 'malformed')
    return this.#join(socket, message.value)
  }

  #join(socket: Socket, { room: roomId, side, lab }: ClientMessage): readonly RoomsEffect[] {
    const room = this.#rooms.get(roomId) ?? new Map<string, Socket>()
    const older = room.get(side)
    if (older === undefined && room.size >= SIDES_MAX) return this.#refuse(socket, 'room-full')
    this.#rooms.set(roomId, room)
    room.set(side, socket)
    socket.seat = { roomId, room, side, lab }
    const peer = peerOf(socket)
    return [
      ...(older === undefined ? [] : this.#refuseQuietly(older, 'replaced')),
      { type: 'send', socket: socket.id, message: { type: 'joined', peer: peer !== null } },
      ...tell(peer, true),
    ]
  }

  #binary(socket: Socket, frame: Uint8Array<ArrayBuffer>, nowMs: number): readonly RoomsEffect[] {
    const parsed = parseRelay(frame)
    if (!parsed.ok || socket.seat === null) return this.#refuse(socket, 'malformed')
    const { seat } = socket
    const { kind } = parsed.value
    if (kind === 'signal' && !socket.messages.take(nowMs)) return this.#refuse(socket, 'too-many')
    const peer = peerOf(socket)
    if (peer === null) return []
    const relay: RoomsEffect = { type: 'relay', socket: peer.id, kind, frame }
    const isLab = seat.lab && peer.seat?.lab === true
    return isLab ? [relay, { type: 'overheard', room: seat.roomId, from: seat.side, kind, frame }] : [relay]
  }

  #tick(nowMs: number): readonly RoomsEffect[] {
    for (const address of this.#addresses.values()) {
      if (address.sockets === 0 && address.openings.isFull(nowMs)) this.#addresses.delete(address.name)
    }
    const late = [...this.#sockets.values()].filter(
      (socket) => socket.seat === null && nowMs - socket.openedMs >= this.#limits.joinWithinMs,
    )
    return late.flatMap((socket) => this.#refuse(socket, 'too-late'))
  }

  #refuse(socket: Socket, reason: Refusal): readonly RoomsEffect[] {
    return [{ type: 'refuse', socket: socket.id, reason }, ...this.#forget(socket)]
  }

  /** Without telling the other side, where it is told something else. */
  #refuseQuietly(socket: Socket, reason: Refusal): readonly RoomsEffect[] {
    this.#forget(socket)
    return [{ type: 'refuse', socket: socket.id, reason }]
  }

  /** Takes the socket out of everything; the other side hears that it went, unless a newer socket has its place. */
  #forget(socket: Socket): readonly RoomsEffect[] {
    this.#sockets.delete(socket.id)
    socket.address.sockets -= 1
    const { seat } = socket
    if (seat === null || seat.room.get(seat.side) !== socket) return []
    const peer = peerOf(socket)
    seat.room.delete(seat.side)
    if (seat.room.size === 0) this.#rooms.delete(seat.roomId)
    return tell(peer, false)
  }
}

function peerOf(socket: Socket): Socket | null {
  for (const other of socket.seat?.room.values() ?? []) {
    if (other !== socket) return other
  }
  return null
}

function tell(peer: Socket | null, present: boolean): readonly RoomsEffect[] {
  return peer === null ? [] : [{ type: 'send', socket: peer.id, message: { type: 'peer', present } }]
}
