// The server as a process: what it writes, and how it ends.

import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { encodeClientMessage, SUBPROTOCOL } from './messages.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

function run(env: Record<string, string>) {
  const child = spawn(process.execPath, ['--import', 'tsx', 'signaling/main.ts'], {
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
        socket.send(encodeClientMessage({ type: 'join', room: '0'.repeat(32), side: '1'.repeat(32) })),
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
