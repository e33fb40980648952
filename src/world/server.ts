// The signaling server of a world and the two sockets to it: rooms by side, presence, signals and the relay. It can be
// down, a socket can break without a word, and what is under way then is lost; else it is ordered.

import type { Bytes } from '../lib/bytes.ts'
import type { Clock } from './clock.ts'
import type { Dice } from './dice.ts'
import type { Meddler } from './eve.ts'
import { Pipe } from './pipe.ts'
import { type Deliver, otherSide, SIDES, type SideIndex } from './port.ts'

interface Socket {
  readonly up: Pipe
  readonly down: Pipe
}

/** The page's end: what it wants, what it has, and what it was last told of each room. */
interface Client {
  wanted: readonly string[]
  socket: Socket | null
  readonly told: Map<string, { readonly joined: boolean; readonly peer: boolean }>
}

export interface ServerOptions {
  readonly delayMs: () => number
  /** Whether a side that joins anew in the place of its old socket is shown as gone and come. */
  readonly tellsReplaced: boolean
}

export class Server {
  readonly #clock: Clock
  readonly #dice: Dice
  readonly #options: ServerOptions
  readonly #deliver: Deliver
  readonly #eve: Meddler
  readonly #clients: readonly [Client, Client] = [newClient(), newClient()]
  /** Room to the sockets that joined it. */
  readonly #rooms = new Map<string, Map<SideIndex, Socket>>()
  #running = true

  constructor(clock: Clock, dice: Dice, options: ServerOptions, deliver: Deliver, eve: Meddler) {
    this.#clock = clock
    this.#dice = dice
    this.#options = options
    this.#deliver = deliver
    this.#eve = eve
  }

  /** The conversation of `side` names its rooms; one that begins anew is told where it is already. */
  wish(side: SideIndex, rooms: readonly string[]): void {
    const client = this.#clients[side]
    const { socket } = client
    for (const room of client.wanted) {
      if (rooms.includes(room)) continue
      client.told.delete(room)
      socket?.up.send(() => this.#leave(side, socket, room))
    }
    const added = rooms.filter((room) => !client.wanted.includes(room))
    client.wanted = rooms
    if (socket === null) return this.#connect(side)
    for (const room of added) socket.up.send(() => this.#join(side, socket, room))
  }

  /** What a page tells a new conversation that takes over its socket. */
  remind(side: SideIndex): void {
    for (const [room, state] of this.#clients[side].told) this.#deliver(side, { type: 'room', room, ...state })
  }

  signal(side: SideIndex, room: string, bytes: Bytes): void {
    this.#send(side, room, this.#eve.onSignal(bytes, side), (to, copy) =>
      this.#deliver(to, { type: 'signal', room, bytes: copy }),
    )
  }

  relay(side: SideIndex, room: string, bytes: Bytes): void {
    this.#send(side, room, this.#eve.onRelay(bytes, side), (to, copy) =>
      this.#deliver(to, { type: 'frame', path: { via: 'relay', room }, bytes: copy }),
    )
  }

  /** The server ends: every socket breaks; pages notice, and try again until it is back. */
  stop(): void {
    this.#running = false
    for (const side of SIDES) this.breakSocket(side)
  }

  start(): void {
    this.#running = true
    for (const side of SIDES) if (this.#clients[side].socket === null) this.#connect(side)
  }

  /** The socket of a side dies; its page notices after a while, the server too, and not at the same time. */
  breakSocket(side: SideIndex): void {
    const client = this.#clients[side]
    const { socket } = client
    if (socket === null) return
    this.#abandon(side, socket)
    this.#clock.after(this.#dice.waitMs(1_500), () => this.#noticeBroken(side))
  }

  /** The tab is gone, with its socket and all that it knew. */
  closeTab(side: SideIndex): void {
    const client = this.#clients[side]
    if (client.socket !== null) this.#abandon(side, client.socket)
    client.wanted = []
    client.told.clear()
  }

  /** Delays all that passes a side's socket. */
  stall(side: SideIndex, untilMs: number): void {
    const { socket } = this.#clients[side]
    socket?.up.stall(untilMs)
    socket?.down.stall(untilMs)
  }

  #abandon(side: SideIndex, socket: Socket): void {
    socket.up.cut()
    socket.down.cut()
    this.#clients[side].socket = null
    const noticedMs = this.#running ? this.#dice.pick([1, 100, 5_000, 25_000]) : 0
    this.#clock.after(noticedMs, () => {
      for (const room of [...this.#rooms.keys()]) this.#leave(side, socket, room)
    })
  }

  #noticeBroken(side: SideIndex): void {
    const client = this.#clients[side]
    if (client.socket !== null) return
    for (const room of client.wanted) this.#tell(side, room, false, false)
    this.#connect(side)
  }

  #connect(side: SideIndex): void {
    const client = this.#clients[side]
    if (!this.#running || client.wanted.length === 0) return
    this.#clock.after(this.#dice.between(5, 2_000), () => {
      if (!this.#running || client.socket !== null || client.wanted.length === 0) return
      const { delayMs } = this.#options
      const socket: Socket = { up: new Pipe(this.#clock, delayMs), down: new Pipe(this.#clock, delayMs) }
      client.socket = socket
      for (const room of client.wanted) socket.up.send(() => this.#join(side, socket, room))
    })
  }

  #join(side: SideIndex, socket: Socket, room: string): void {
    const members = this.#rooms.get(room) ?? new Map<SideIndex, Socket>()
    this.#rooms.set(room, members)
    const replaced = members.has(side)
    members.set(side, socket)
    const peer = members.get(otherSide(side))
    this.#say(side, socket, room, peer !== undefined)
    if (peer === undefined) return
    if (replaced && !this.#options.tellsReplaced) return
    if (replaced) this.#say(otherSide(side), peer, room, false)
    this.#say(otherSide(side), peer, room, true)
  }

  #leave(side: SideIndex, socket: Socket, room: string): void {
    const members = this.#rooms.get(room)
    if (members?.get(side) !== socket) return
    members.delete(side)
    const peer = members.get(otherSide(side))
    if (peer !== undefined) this.#say(otherSide(side), peer, room, false)
  }

  #say(side: SideIndex, socket: Socket, room: string, peer: boolean): void {
    socket.down.send(() => {
      if (this.#clients[side].wanted.includes(room)) this.#tell(side, room, true, peer)
    })
  }

  #tell(side: SideIndex, room: string, joined: boolean, peer: boolean): void {
    this.#clients[side].told.set(room, { joined, peer })
    this.#deliver(side, { type: 'room', room, joined, peer })
  }

  /** Passes what Eve leaves of it to the other side of the room, if it is there when it comes by. */
  #send(side: SideIndex, room: string, passed: readonly Bytes[], arrive: (to: SideIndex, bytes: Bytes) => void): void {
    const { socket } = this.#clients[side]
    for (const bytes of passed) {
      const copy = bytes.slice()
      socket?.up.send(() => {
        if (this.#rooms.get(room)?.get(side) !== socket) return
        const to = otherSide(side)
        this.#rooms
          .get(room)
          ?.get(to)
          ?.down.send(() => arrive(to, copy))
      })
    }
  }
}

const newClient = (): Client => ({ wanted: [], socket: null, told: new Map() })
