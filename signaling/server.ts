// The HTTP server: the built app, a few small answers, and the signaling sockets, on one port.

import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Tls } from './env.ts'
import { securityHeaders } from './headers.ts'
import { DEFAULT_LIMITS, type Limits } from './limits.ts'
import { type Log, makeLog } from './log.ts'
import { SIGNAL_PATH } from './messages.ts'
import { Metrics } from './metrics.ts'
import { pathOf, Sockets, type SocketsOptions } from './sockets.ts'
import { type StaticFile, StaticFiles } from './static-files.ts'
import { makeIceServers, type TurnConfig } from './turn.ts'

export interface ServerOptions {
  /** 0: any free port. */
  readonly port: number
  readonly host: string
  /** The folder of the built app. */
  readonly dist: string
  readonly allowedOrigins?: readonly string[] | null
  readonly turn?: TurnConfig | null
  readonly tls?: Tls | null
  readonly limits?: Partial<Limits>
  readonly log?: Log
  readonly heartbeatMs?: number
  readonly overhear?: NonNullable<SocketsOptions['overhear']>
}

export interface RunningServer {
  /** Without a slash at the end. */
  readonly url: string
  readonly port: number
  readonly counts: { readonly sockets: number; readonly rooms: number }
  /** Tells everybody, closes every socket, frees the port. */
  close(): Promise<void>
}

export interface Services {
  readonly sockets: Sockets
  readonly metrics: Metrics
  readonly turn: TurnConfig | null
}

type App = Services & { readonly files: StaticFiles; readonly tls: boolean }

/** Starts to listen; rejects with Node's error when the port or the address can't be had. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const app = makeApp(options)
  const server = listener(options.tls ?? null, (request, response) => {
    answer(app, request, response).catch(() => fault(response))
  })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (!app.sockets.upgrade(request, socket, head)) socket.destroy()
  })
  try {
    await listen(server, options.port, options.host)
  } catch (error) {
    await app.sockets.drain()
    throw error
  }
  const { port } = server.address() as AddressInfo
  return {
    url: urlOf(options.host, port, app.tls),
    port,
    get counts() {
      return app.sockets.counts
    },
    close: () => close(server, app.sockets),
  }
}

function makeApp(options: ServerOptions): App {
  const metrics = new Metrics()
  const sockets = new Sockets({
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    allowedOrigins: options.allowedOrigins ?? null,
    log: options.log ?? makeLog('warn'),
    metrics,
    ...(options.heartbeatMs === undefined ? {} : { heartbeatMs: options.heartbeatMs }),
    ...(options.overhear === undefined ? {} : { overhear: options.overhear }),
  })
  const tls = options.tls !== undefined && options.tls !== null
  return { files: new StaticFiles(options.dist), sockets, metrics, turn: options.turn ?? null, tls }
}

function listener(tls: Tls | null, onRequest: RequestListener): Server {
  // Requests here have no body: whoever takes long over one is holding a socket open.
  const slow = { headersTimeout: 10_000, requestTimeout: 30_000 }
  return tls === null
    ? createServer(slow, onRequest)
    : createTlsServer({ ...slow, cert: tls.cert, key: tls.key }, onRequest)
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

async function close(server: Server, sockets: Sockets): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  await sockets.drain()
  server.closeAllConnections()
  await closed
}

function urlOf(host: string, port: number, tls: boolean): string {
  const isEverywhere = host === '0.0.0.0' || host === '::'
  const name = isEverywhere ? 'localhost' : host.includes(':') ? `[${host}]` : host
  return `${tls ? 'https' : 'http'}://${name}:${port}`
}

async function answer(app: App, request: IncomingMessage, response: ServerResponse): Promise<void> {
  for (const [name, value] of Object.entries(securityHeaders({ host: request.headers.host, tls: app.tls }))) {
    response.setHeader(name, value)
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD')
    return text(response, 405, 'Only GET and HEAD are answered here.\n')
  }
  if (answerService(app, request, response)) return
  const file = await app.files.find(pathOf(request))
  if (file === null) text(response, 404, 'There is nothing here.\n')
  else sendFile(request, response, file)
}

/** Answers what isn't a page: health, metrics, ICE servers. False when the path is none of them. */
export function answerService(services: Services, request: IncomingMessage, response: ServerResponse): boolean {
  const { sockets, metrics, turn } = services
  switch (pathOf(request)) {
    case '/healthz':
      json(response, { status: 'ok', uptimeSeconds: Math.round(metrics.uptimeSeconds), ...sizes(sockets) })
      return true
    case '/metrics':
      send(response, 200, 'text/plain; version=0.0.4; charset=utf-8', metrics.render(sizes(sockets)))
      return true
    case '/api/ice':
      json(response, { iceServers: makeIceServers(turn, Date.now()) })
      return true
    case SIGNAL_PATH:
      response.setHeader('Upgrade', 'websocket')
      text(response, 426, 'This address speaks WebSocket.\n')
      return true
    default:
      return false
  }
}

const sizes = ({ counts }: Sockets) => ({ sockets: counts.sockets, rooms: counts.rooms })

function sendFile(request: IncomingMessage, response: ServerResponse, file: StaticFile): void {
  response.setHeader('ETag', file.etag)
  response.setHeader('Cache-Control', file.cacheControl)
  if (file.gzipped !== null) response.setHeader('Vary', 'Accept-Encoding')
  if (hasTag(request.headers['if-none-match'], file.etag)) {
    response.writeHead(304).end()
    return
  }
  const zip = file.gzipped !== null && /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))
  if (zip) response.setHeader('Content-Encoding', 'gzip')
  const body = zip ? file.gzipped : file.body
  response.writeHead(200, { 'Content-Type': file.type, 'Content-Length': body.length }).end(body)
}

const hasTag = (header: string | undefined, etag: string): boolean =>
  (header ?? '').split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag)

const json = (response: ServerResponse, value: unknown): void =>
  send(response, 200, 'application/json; charset=utf-8', `${JSON.stringify(value)}\n`)
const text = (response: ServerResponse, status: number, sentence: string): void =>
  send(response, status, 'text/plain; charset=utf-8', sentence)

/** An answer that no cache may keep. Node leaves the body out of an answer to HEAD by itself. */
function send(response: ServerResponse, status: number, type: string, body: string): void {
  response
    .writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body), 'Cache-Control': 'no-store' })
    .end(body)
}

function fault(response: ServerResponse): void {
  if (response.headersSent) response.destroy()
  else text(response, 500, 'The server made a mistake.\n')
}
