// WebSockets wired to `rooms`: upgrade checks, events in, effects out, heartbeat, the end. The checks that need HTTP
// (origin, subprotocol) are here, all others in `rooms`.

import type { IncomingMessage } from 'node:http'
import { isIPv4 } from 'node:net'
import type { Duplex } from 'node:stream'
import { type RawData, type ServerOptions, WebSocket, WebSocketServer } from 'ws'
import { assertNever } from '../src/lib/assert.ts'
import {
  CLOSE_WITHIN_MS,
  HEARTBEAT_MS,
  type Limits,
  SOCKET_FRAGMENTS_MAX,
  SOCKET_MESSAGE_BYTES_MAX,
  TICK_MS,
} from './limits.ts'
import type { Log } from './log.ts'
import { encodeServerMessage, type Refusal, SIGNAL_PATH, SUBPROTOCOL } from './messages.ts'
import type { Metrics } from './metrics.ts'
import { type Overheard, Rooms, type RoomsEffect, type RoomsEvent, type SocketId } from './rooms.ts'

export interface SocketsOptions {
  readonly limits: Limits
  /** null: only pages of this very host and port. */
  readonly allowedOrigins: readonly string[] | null
  readonly log: Log
  readonly metrics: Metrics
  readonly heartbeatMs?: number
  /** Who listens in lab rooms; without it nobody does. */
  readonly overhear?: (overheard: Overheard) => void
}

/** Close codes of RFC 6455: going away, and a broken policy. */
const GOING_AWAY = 1001
const POLICY = 1008

/** `closeTimeout` and `maxFragments` are newer than the types of ws. */
const SERVER_OPTIONS: ServerOptions & { readonly closeTimeout: number; readonly maxFragments: number } = {
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  maxPayload: SOCKET_MESSAGE_BYTES_MAX,
  maxFragments: SOCKET_FRAGMENTS_MAX,
  closeTimeout: CLOSE_WITHIN_MS,
  handleProtocols: () => SUBPROTOCOL,
}

export class Sockets {
  readonly #options: SocketsOptions
  readonly #rooms: Rooms
  readonly #clients = new Map<SocketId, WebSocket>()
  readonly #awaitingPong = new Set<SocketId>()
  readonly #timers: readonly NodeJS.Timeout[]
  readonly #server = new WebSocketServer(SERVER_OPTIONS)
  #lastId = 0

  constructor(options: SocketsOptions) {
    this.#options = options
    this.#rooms = new Rooms(options.limits)
    this.#timers = [
      setInterval(() => this.#feed({ type: 'tick' }), TICK_MS),
      setInterval(() => this.#heartbeat(), options.heartbeatMs ?? HEARTBEAT_MS),
    ]
  }

  get counts(): { readonly sockets: number; readonly rooms: number } {
    return this.#rooms.counts
  }

  /** Takes an HTTP upgrade, or refuses it in words. False when it is for another path and so for somebody else. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    if (pathOf(request) !== SIGNAL_PATH) return false
    // Until the handshake is done nobody else listens, and an error that nobody hears ends the process.
    socket.on('error', ignore)
    if (!this.#mayCome(request)) {
      refuseUpgrade(socket, '403 Forbidden', 'This page may not use this server: its origin is not allowed.')
    } else if (!protocolsOf(request).includes(SUBPROTOCOL)) {
      refuseUpgrade(socket, '400 Bad Request', `The WebSocket subprotocol must be ${SUBPROTOCOL}.`)
    } else {
      this.#server.handleUpgrade(request, socket, head, (client) => {
        socket.off('error', ignore)
        this.#open(client, addressOf(request))
      })
    }
    return true
  }

  /** Tells everybody that the server goes, waits until they are gone, cuts who stays. */
  async drain(): Promise<void> {
    const gone = [...this.#clients.values()].map((client) => new Promise((done) => client.once('close', done)))
    this.#feed({ type: 'drain' })
    await Promise.all(gone)
    for (const timer of this.#timers) clearInterval(timer)
  }

  #open(client: WebSocket, address: string): void {
    this.#lastId += 1
    const id = this.#lastId
    this.#clients.set(id, client)
    this.#options.metrics.opened()
    client.on('message', (data, isBinary) => this.#feed(messageEvent(id, data, isBinary)))
    client.on('pong', () => this.#awaitingPong.delete(id))
    client.on('error', (error) => this.#options.log.debug(`a socket broke the protocol or the line: ${error.message}`))
    client.on('close', () => {
      this.#clients.delete(id)
      this.#awaitingPong.delete(id)
      this.#feed({ type: 'closed', socket: id })
    })
    this.#feed({ type: 'open', socket: id, address })
  }

  #feed(event: RoomsEvent): void {
    for (const effect of this.#rooms.handle(event, performance.now())) this.#perform(effect)
  }

  #perform(effect: RoomsEffect): void {
    if (effect.type === 'overheard') return this.#options.overhear?.(effect)
    const client = this.#clients.get(effect.socket)
    if (client === undefined || client.readyState !== WebSocket.OPEN) return
    switch (effect.type) {
      case 'send':
        client.send(encodeServerMessage(effect.message), ignore)
        return this.#feed({ type: 'buffered', socket: effect.socket, bytes: client.bufferedAmount })
      case 'relay':
        client.send(effect.frame, { binary: true }, ignore)
        this.#options.metrics.relayed(effect.kind, effect.frame.length)
        return this.#feed({ type: 'buffered', socket: effect.socket, bytes: client.bufferedAmount })
      case 'refuse':
        return this.#refuse(client, effect.reason)
      default:
        return assertNever(effect)
    }
  }

  #refuse(client: WebSocket, reason: Refusal): void {
    this.#options.metrics.refused(reason)
    this.#options.log.debug(`a socket was refused: ${reason}`)
    client.send(encodeServerMessage({ type: 'refused', reason }), ignore)
    // The layer below cuts the line after CLOSE_WITHIN_MS if the other end doesn't close its half.
    client.close(reason === 'draining' ? GOING_AWAY : POLICY, reason)
  }

  #heartbeat(): void {
    for (const [id, client] of this.#clients) {
      if (this.#awaitingPong.has(id)) {
        this.#options.metrics.unresponsive()
        client.terminate()
      } else if (client.readyState === WebSocket.OPEN) {
        this.#awaitingPong.add(id)
        client.ping(undefined, false, ignore)
      }
    }
  }

  /** Browsers always name the page's origin; a client that names none is no browser, so no page can be behind it. */
  #mayCome(request: IncomingMessage): boolean {
    const { origin, host } = request.headers
    if (origin === undefined) return true
    const { allowedOrigins } = this.#options
    if (allowedOrigins !== null) return allowedOrigins.includes(origin)
    return host !== undefined && URL.canParse(origin) && new URL(origin).host === host.toLowerCase()
  }
}

/** The path of a request without its query. */
export const pathOf = (request: IncomingMessage): string => (request.url ?? '/').split('?', 1)[0] ?? '/'

function ignore(): void {
  // A send that fails is followed by 'close', and that is where it is seen to.
}

function messageEvent(socket: SocketId, data: RawData, isBinary: boolean): RoomsEvent {
  // With ws's default binaryType a message is one Buffer, whatever it came in.
  const bytes = data as Buffer<ArrayBuffer>
  return isBinary ? { type: 'binary', socket, frame: bytes } : { type: 'text', socket, text: bytes.toString('utf8') }
}

function protocolsOf(request: IncomingMessage): readonly string[] {
  return (request.headers['sec-websocket-protocol'] ?? '').split(',').map((protocol) => protocol.trim())
}

/** Whom the limits count as one: an IPv4 address, or the /64 that one IPv6 customer has. */
export function addressOf(request: Pick<IncomingMessage, 'socket'>): string {
  const address = (request.socket.remoteAddress ?? '').replace(/^::ffff:/i, '')
  if (isIPv4(address)) return address
  const [left = '', right = ''] = (address.split('%', 1)[0] ?? '').split('::')
  const head = left === '' ? [] : left.split(':')
  const tail = right === '' ? [] : right.split(':')
  const zeros = address.includes('::') ? new Array<string>(Math.max(0, 8 - head.length - tail.length)).fill('0') : []
  return [...head, ...zeros, ...tail].slice(0, 4).join(':')
}

function refuseUpgrade(socket: Duplex, status: string, sentence: string): void {
  const body = `${sentence}\n`
  const headers = `Connection: close\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${body.length}`
  socket.end(`HTTP/1.1 ${status}\r\n${headers}\r\n\r\n${body}`, () => socket.destroy())
}
