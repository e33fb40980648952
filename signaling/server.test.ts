// The signaling sockets over real connections: the list "Signaling socket" of the faults, as far as it is the server's.

import { connect } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import type { Limits } from './limits.ts'
import { makeLog } from './log.ts'
import { encodeClientMessage, encodeRelay, SUBPROTOCOL } from './messages.ts'
import { type RunningServer, type ServerOptions, startServer } from './server.ts'

const room = 'a'.repeat(32)
const alice = '1'.repeat(32)
const bob = '2'.repeat(32)
const carol = '3'.repeat(32)

const running: RunningServer[] = []
const clients: WebSocket[] = []

async function start(options: Partial<ServerOptions> = {}): Promise<RunningServer> {
  const log = makeLog('silent')
  const server = await startServer({ port: 0, host: '127.0.0.1', dist: '/nowhere', log, ...options })
  running.push(server)
  return server
}
const startWith = (limits: Partial<Limits>) => start({ limits })

afterEach(async () => {
  for (const client of clients.splice(0)) client.terminate()
  await Promise.all(running.splice(0).map((server) => server.close()))
})

/** A client that keeps what it hears. */
class Client {
  readonly socket: WebSocket
  readonly heard: (string | Buffer)[] = []
  readonly closed: Promise<{ code: number; reason: string }>

  constructor(server: RunningServer, options: { origin?: string; protocol?: string; autoPong?: boolean } = {}) {
    const { protocol = SUBPROTOCOL, ...rest } = options
    this.socket = new WebSocket(`${server.url.replace('http', 'ws')}/signal`, protocol, rest)
    clients.push(this.socket)
    this.socket.on('message', (data, isBinary) => this.heard.push(isBinary ? (data as Buffer) : data.toString()))
    this.socket.on('error', () => undefined)
    this.closed = new Promise((resolve) => {
      this.socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }))
    })
  }

  async open(): Promise<this> {
    await new Promise((resolve, reject) => {
      this.socket.once('open', resolve)
      this.socket.once('error', reject)
      this.socket.once('unexpected-response', (_, response) => reject(new Error(`status ${response.statusCode}`)))
    })
    return this
  }

  async join(side: string, roomId = room): Promise<this> {
    await this.open()
    this.socket.send(encodeClientMessage({ type: 'join', room: roomId, side, lab: false }))
    await this.hears((item) => String(item).includes('"joined"'))
    return this
  }

  async hears(matches: (item: string | Buffer) => boolean): Promise<void> {
    await expect.poll(() => this.heard.some(matches), { timeout: 5000, interval: 5 }).toBe(true)
  }

  /** Waits for the end and gives the last words of the server. */
  async refusal(): Promise<string | undefined> {
    await this.closed
    const last = this.heard.at(-1)
    return last === undefined ? undefined : (JSON.parse(String(last)).reason as string)
  }
}

async function aliceAndBob(server: RunningServer): Promise<readonly [Client, Client]> {
  return [await new Client(server).join(alice), await new Client(server).join(bob)]
}

/** That the two of a room still reach each other. */
async function stillTalk(from: Client, to: Client): Promise<void> {
  const frame = encodeRelay('signal', crypto.getRandomValues(new Uint8Array(16)))
  from.socket.send(frame)
  await to.hears((item) => Buffer.isBuffer(item) && item.equals(frame))
}

describe('two sides', () => {
  test('meet, hear each other, and hear of each other', async () => {
    const server = await start()
    const [a, b] = await aliceAndBob(server)
    expect(a.heard[0]).toBe('{"type":"joined","peer":false}')
    expect(b.heard[0]).toBe('{"type":"joined","peer":true}')
    await a.hears((item) => item === '{"type":"peer","present":true}')
    await stillTalk(a, b)
    await stillTalk(b, a)
    expect(server.counts).toMatchObject({ sockets: 2, rooms: 1 })
    b.socket.close()
    await a.hears((item) => item === '{"type":"peer","present":false}')
  })

  test('get a burst of the largest public frames in order and whole', async () => {
    const server = await start()
    const [a, b] = await aliceAndBob(server)
    const frames = Array.from({ length: 30 }, (_, i) => encodeRelay('public', new Uint8Array(65_535).fill(i)))
    for (const frame of frames) a.socket.send(frame)
    await expect.poll(() => b.heard.length, { timeout: 5000 }).toBe(1 + frames.length)
    frames.forEach((frame, i) => {
      expect(Buffer.compare(b.heard[1 + i] as Buffer, frame)).toBe(0)
    })
  })
})

describe('a full room', () => {
  test('refuses a third client, and the two go on', async () => {
    const server = await start()
    const [a, b] = await aliceAndBob(server)
    const third = await new Client(server).open()
    third.socket.send(encodeClientMessage({ type: 'join', room, side: carol, lab: false }))
    expect(await third.refusal()).toBe('room-full')
    await stillTalk(a, b)
  })

  test('lets the same side in again and closes its older socket', async () => {
    const server = await start()
    const [a, b] = await aliceAndBob(server)
    const again = await new Client(server).join(alice)
    expect(await a.refusal()).toBe('replaced')
    await stillTalk(again, b)
    await stillTalk(b, again)
  })
})

describe('before the socket is open', () => {
  test('another subprotocol is refused', async () => {
    await expect(new Client(await start(), { protocol: 'sqc.9' }).open()).rejects.toThrow('status 400')
  })

  test('a page of another host is refused, a page of this one and a client without a page are not', async () => {
    const server = await start()
    await expect(new Client(server, { origin: 'https://evil.example' }).open()).rejects.toThrow('status 403')
    await expect(new Client(server, { origin: 'null' }).open()).rejects.toThrow('status 403')
    await expect(new Client(server, { origin: `http://127.0.0.1:1` }).open()).rejects.toThrow('status 403')
    await new Client(server, { origin: server.url }).open()
    await new Client(server).open()
  })

  test('a list of origins goes before the own host', async () => {
    const server = await start({ allowedOrigins: ['https://chat.example'] })
    await new Client(server, { origin: 'https://chat.example' }).open()
    await expect(new Client(server, { origin: server.url }).open()).rejects.toThrow('status 403')
  })

  test('an upgrade to another path, and one that is no WebSocket, end', async () => {
    const server = await start()
    for (const path of ['/other', '/signal']) {
      const answer = await new Promise<string>((resolve) => {
        const socket = connect(server.port, '127.0.0.1')
        let text = ''
        socket.on('data', (data) => {
          text += data
        })
        socket.on('close', () => resolve(text))
        socket.on('error', () => undefined)
        socket.write(
          `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: sqc.1\r\n\r\n`,
        )
      })
      expect(answer).not.toContain(' 101 ')
    }
    await new Client(server).open()
  })
})

describe('bad input', () => {
  const hostile: readonly (readonly [string, string | Uint8Array])[] = [
    ['no JSON', 'hello'],
    ['null', 'null'],
    ['a list', '[]'],
    ['__proto__', '{"__proto__":{"type":"join"}}'],
    ['nesting of 30,000', '['.repeat(30_000)],
    ['an empty text', ''],
    ['an empty frame', new Uint8Array(0)],
    ['an unknown kind', Uint8Array.of(9, 1, 2, 3)],
    ['a frame before the join', Uint8Array.of(1, 1)],
    ['a frame just over the limit', new Uint8Array(64 * 1024 + 1).fill(2)],
  ]

  test.each(hostile)('%s is answered by a refusal, and others go on', async (_, data) => {
    const server = await start()
    const [a, b] = await aliceAndBob(server)
    const bad = await new Client(server).open()
    bad.socket.send(data)
    expect(await bad.refusal()).toBe('malformed')
    expect((await bad.closed).code).toBe(1008)
    await stillTalk(a, b)
  })

  test('a frame far over the limit closes the socket unread', async () => {
    const server = await start()
    const [a, b] = await aliceAndBob(server)
    a.socket.send(new Uint8Array(10_000_000).fill(2))
    expect((await a.closed).code).toBe(1009)
    await b.hears((item) => item === '{"type":"peer","present":false}')
    expect(b.heard.filter((item) => Buffer.isBuffer(item))).toEqual([])
  })

  test('20,000 one-byte fragments, never finished, close the socket', async () => {
    const server = await start()
    const [a, b] = await aliceAndBob(server)
    for (let i = 0; i < 20_000; i++) a.socket.send(Uint8Array.of(2), { fin: false })
    expect((await a.closed).code).toBe(1008)
    await b.hears((item) => item === '{"type":"peer","present":false}')
    expect(server.counts.sockets).toBe(1)
  })

  test('text that is no UTF-8 closes the socket', async () => {
    const server = await start()
    const bad = await new Client(server).open()
    bad.socket.send(Buffer.from([0xc3, 0x28]), { binary: false })
    expect((await bad.closed).code).toBe(1007)
  })

  test('a flood of signals is cut off', async () => {
    const server = await start()
    const [a, b] = await aliceAndBob(server)
    for (let i = 0; i < 200; i++) a.socket.send(encodeRelay('signal', Uint8Array.of(i)))
    expect(await a.refusal()).toBe('too-many')
    expect(b.heard.filter((item) => Buffer.isBuffer(item)).length).toBeLessThan(60)
  })
})

describe('time and place', () => {
  test('a socket that never joins is closed', async () => {
    const server = await startWith({ joinWithinMs: 100 })
    const idle = await new Client(server).open()
    expect(await idle.refusal()).toBe('too-late')
  })

  test('a socket that never reads is cut, what waits for it stays bounded', async () => {
    const server = await start()
    const [a, b] = await aliceAndBob(server)
    b.socket.pause()
    const frame = encodeRelay('public', new Uint8Array(65_535))
    const before = process.memoryUsage().rss
    const gone = a.hears((item) => item === '{"type":"peer","present":false}')
    let sent = 0
    while (server.counts.sockets === 2 && sent < 4000) {
      await new Promise((resolve) => a.socket.send(frame, resolve))
      sent += 1
    }
    await gone
    expect(sent).toBeLessThan(4000)
    // The kernel's buffers take some megabytes before ours fills.
    expect(process.memoryUsage().rss - before).toBeLessThan(150e6)
  })

  test('a socket that answers no ping is cut, one that does is not', async () => {
    const server = await start({ heartbeatMs: 100 })
    const alive = await new Client(server).join(alice)
    const dead = await new Client(server, { autoPong: false }).join(bob)
    await dead.closed
    await alive.hears((item) => item === '{"type":"peer","present":false}')
    expect(server.counts.sockets).toBe(1)
  })

  test('one address has a limited number of sockets', async () => {
    const server = await startWith({ socketsPerAddress: 3, openingsPerSecond: 1000 })
    for (let i = 0; i < 3; i++) await new Client(server).join(alice, `${i}`.repeat(32))
    expect(await (await new Client(server).open()).refusal()).toBe('too-many')
  })

  test('the end is told to everybody, and waits for nobody for long', async () => {
    const server = await start()
    const [a, b] = await aliceAndBob(server)
    b.socket.pause()
    const startedMs = performance.now()
    await server.close()
    expect(performance.now() - startedMs).toBeLessThan(4000)
    expect(await a.refusal()).toBe('draining')
    expect((await a.closed).code).toBe(1001)
  })
})
