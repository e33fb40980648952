// The server as a process: what it writes, and how it ends.

import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { encodeClientMessage, encodeRelay, SUBPROTOCOL } from './messages.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

const run = (env: Record<string, string>, ...options: readonly string[]) =>
  start(['--import', 'tsx', 'signaling/main.ts', ...options], env)

function start(parts: readonly string[], env: Record<string, string>) {
  const child = spawn(process.execPath, parts, {
    cwd: root,
    env: { PATH: process.env['PATH'], ...env },
  })
  const said = { out: '', err: '' }
  child.stdout.on('data', (data) => {
    said.out += data
  })
  child.stderr.on('data', (data) => {
    said.err += data
  })
  const exit = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)))
  const url = async () => {
    await expect.poll(() => said.out, { timeout: 20_000, interval: 20 }).toContain('\n')
    return said.out.trim()
  }
  return { child, said, exit, url }
}

describe('the process', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    'says one line, and on %s tells its sockets and exits 0',
    async (signal) => {
      const { child, said, exit, url } = run({ PORT: '0' })
      const socket = new WebSocket(`${(await url()).replace('http', 'ws')}/signal`, SUBPROTOCOL)
      const heard: string[] = []
      socket.on('message', (data) => heard.push(data.toString()))
      socket.on('open', () =>
        socket.send(encodeClientMessage({ type: 'join', room: '0'.repeat(32), side: '1'.repeat(32), lab: false })),
      )
      await expect.poll(() => heard).toEqual(['{"type":"joined","peer":false}'])
      child.kill(signal)
      expect(await exit).toBe(0)
      expect(heard.at(-1)).toBe('{"type":"refused","reason":"draining"}')
      expect(said.out).toMatch(/^http:\/\/127\.0\.0\.1:\d+\n$/)
      expect(said.err, 'no room in the log').not.toContain('0000')
    },
  )

  test('a bad value stops the start with one sentence', async () => {
    const { said, exit } = run({ PORT: 'eighty' })
    expect(await exit).toBe(1)
    expect(said).toEqual({ out: '', err: 'PORT must be a whole number from 0 to 65535, but it is "eighty".\n' })
  })

  test('a port that is taken, and an address that this machine has not, are one sentence each', async () => {
    const other = createServer()
    const port = await new Promise<number>((resolve) => {
      other.listen(0, '127.0.0.1', () => {
        const address = other.address()
        resolve(typeof address === 'object' && address !== null ? address.port : 0)
      })
    })
    const taken = run({ PORT: `${port}` })
    expect(await taken.exit).toBe(1)
    expect(taken.said.err).toBe(`Port ${port} is taken by another program: end it, or set PORT to another one.\n`)
    other.close()
    const foreign = run({ PORT: '0', HOST: '192.0.2.1' })
    expect(await foreign.exit).toBe(1)
    expect(foreign.said.err).toBe('HOST is 192.0.2.1, but this machine has no such address.\n')
  })
})

describe('npm start', () => {
  test.each([
    [['--lan'], "The option --lan (a classroom on the local network) isn't in this version yet.\n"],
    [['--eve', '--lan'], "The option --lan (a classroom on the local network) isn't in this version yet.\n"],
    [
      ['--Eve'],
      'The option "--Eve" is unknown: npm start takes --eve alone. Ports and hosts are environment variables.\n',
    ],
  ])('with %j says why not, and starts nothing', async (options, sentence) => {
    const { said, exit } = start(['scripts/start.mjs', ...options], { PORT: '0' })
    expect(await exit).toBe(1)
    expect(said).toEqual({ out: '', err: sentence })
  })
})

describe('--eve', () => {
  const name = (digits: string) => digits.repeat(32 / digits.length)
  const seat = (room: string, side: string, lab: boolean) => ({ type: 'join', room, side, lab }) as const

  /** A socket in a room; what it says last is heard by the other side, so that a test knows when all was relayed. */
  async function enter(url: string, join: ReturnType<typeof seat>) {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/signal`, SUBPROTOCOL)
    const heard: string[] = []
    socket.on('message', (data, isBinary) => heard.push(isBinary ? (data as Buffer).toString('hex') : data.toString()))
    await new Promise((resolve) => socket.once('open', resolve))
    socket.send(encodeClientMessage(join))
    await expect.poll(() => heard.some((item) => item.includes('"joined"'))).toBe(true)
    return { socket, heard, say: (kind: 'signal' | 'public', text: string) => socket.send(encode(kind, text)) }
  }

  const encode = (kind: 'signal' | 'public', text: string) => encodeRelay(kind, new TextEncoder().encode(text))

  test('tells of a lab room, and of no room that somebody joined as a private one', async () => {
    const { child, said, exit, url } = run({ PORT: '0' }, '--eve')
    const server = await url()
    const rooms = { private: name('aa'), mixed: name('bb'), late: name('cc'), lab: name('dd') }
    const privates = [await enter(server, seat(rooms.private, name('01'), false))]
    privates.push(await enter(server, seat(rooms.private, name('02'), false)))
    const mixed = [await enter(server, seat(rooms.mixed, name('03'), true))]
    mixed.push(await enter(server, seat(rooms.mixed, name('04'), false)))
    // Two of a lab, until one comes again as a private side.
    const late = [await enter(server, seat(rooms.late, name('05'), true))]
    late.push(await enter(server, seat(rooms.late, name('06'), true)))
    const again = await enter(server, seat(rooms.late, name('06'), false))
    const labs = [await enter(server, seat(rooms.lab, name('07'), true))]
    labs.push(await enter(server, seat(rooms.lab, name('08'), true)))

    const pairs = [privates, mixed, [late[0]!, again], labs]
    for (const pair of pairs) {
      for (const [from, to] of [pair, [...pair].reverse()]) {
        from?.say('signal', 'a signal')
        from?.say('public', 'a public frame')
        const last = Buffer.from(encode('public', 'a public frame')).toString('hex')
        await expect.poll(() => to?.heard.includes(last)).toBe(true)
      }
    }
    // The lab's came last: all that was said before has been told by then, or not.
    await expect.poll(() => said.err.match(/room dddd/g)?.length).toBe(4)
    child.kill('SIGTERM')
    expect(await exit).toBe(0)

    expect(said.out).toMatch(/^http:\/\/127\.0\.0\.1:\d+\n$/)
    const lines = said.err.split('\n').filter((line) => line.startsWith('eve: '))
    expect(lines).toEqual([
      'eve: listens on the public channel of lab rooms; a private room is never told',
      'eve: room dddd.. side 0707.. says 8 bytes that are no signal',
      'eve: room dddd.. side 0707.. says 14 bytes that are no frame',
      'eve: room dddd.. side 0808.. says 8 bytes that are no signal',
      'eve: room dddd.. side 0808.. says 14 bytes that are no frame',
    ])
    for (const word of ['aaaa', 'bbbb', 'cccc', '0101', '0202', '0303', '0404', '0505', '0606', 'public frame'])
      expect(said.err).not.toContain(word)
  })

  test('is the only way to hear anything: without it a lab room is told as little as a private one', async () => {
    const { child, said, exit, url } = run({ PORT: '0', LOG_LEVEL: 'debug' })
    const server = await url()
    const [a, b] = [
      await enter(server, seat(name('dd'), name('07'), true)),
      await enter(server, seat(name('dd'), name('08'), true)),
    ]
    a.say('public', 'a public frame')
    await expect.poll(() => b.heard.length).toBe(2)
    child.kill('SIGTERM')
    expect(await exit).toBe(0)
    expect(said.err).not.toContain('dddd')
    expect(said.err).not.toContain('eve:')
  })
})
