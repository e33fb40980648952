import { createHmac } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeLog } from './log.ts'
import { type RunningServer, startServer } from './server.ts'

const folder = mkdtempSync(join(tmpdir(), 'sqc-http-'))
const dist = join(folder, 'dist')
let server: RunningServer

beforeAll(async () => {
  mkdirSync(join(dist, 'assets'), { recursive: true })
  writeFileSync(join(folder, 'secret.txt'), 'secret')
  writeFileSync(join(dist, 'index.html'), '<!doctype html><title>SeQure Chat</title>')
  writeFileSync(join(dist, 'assets/app-abc123.js'), `export const a = ${JSON.stringify('a'.repeat(5000))}`)
  writeFileSync(join(dist, 'assets/app-abc123.css'), 'a{}')
  writeFileSync(join(dist, 'icon.svg'), '<svg/>')
  writeFileSync(join(dist, '.stamp'), 'no business of anybody')
  symlinkSync(join(folder, 'secret.txt'), join(dist, 'link.txt'))
  const turn = { urls: ['stun:turn.example', 'turn:turn.example:3478'], secret: 'open sesame' }
  server = await startServer({ port: 0, host: '127.0.0.1', dist, turn, log: makeLog('silent') })
})
afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true })
})

const get = (path: string, headers: Record<string, string> = {}) => fetch(`${server.url}${path}`, { headers })

/** A request whose path is sent as it is written, which fetch would tidy up. */
function getRaw(path: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port: server.port, path }, (response) => {
      let body = ''
      response.on('data', (data) => {
        body += data
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
    })
      .on('error', reject)
      .end()
  })
}

describe('the app', () => {
  test.each(['/', '/lab', '/eve', '/?eve=off', '/index.html'])(
    '%s is the one document, asked for anew',
    async (path) => {
      const response = await get(path)
      expect(response.status).toBe(200)
      expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
      expect(response.headers.get('cache-control')).toBe('no-cache')
      expect(await response.text()).toContain('SeQure Chat')
    },
  )

  test('files have their types; hashed ones may be kept for ever', async () => {
    const script = await get('/assets/app-abc123.js')
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(script.headers.get('content-encoding')).toBe('gzip')
    expect(await script.text()).toContain('aaaa')
    expect((await get('/assets/app-abc123.css')).headers.get('content-type')).toBe('text/css; charset=utf-8')
    expect((await get('/icon.svg')).headers.get('content-type')).toBe('image/svg+xml; charset=utf-8')
    expect((await get('/icon.svg')).headers.get('cache-control')).toBe('no-cache')
  })

  test('a known ETag is answered by 304, a changed file by the file', async () => {
    const tag = (await get('/')).headers.get('etag') ?? ''
    expect((await get('/', { 'if-none-match': tag })).status).toBe(304)
    expect((await get('/', { 'if-none-match': `W/${tag}` })).status).toBe(304)
    const path = join(dist, 'index.html')
    writeFileSync(path, '<!doctype html><title>SeQure Chat 2</title>')
    utimesSync(path, 1, 1)
    const changed = await get('/', { 'if-none-match': tag })
    expect(changed.status).toBe(200)
    expect(await changed.text()).toContain('SeQure Chat 2')
  })

  test.each([
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/..\\secret.txt',
    '//secret.txt',
    '/assets/',
    '/assets',
    '/.stamp',
    '/link.txt',
    '/index.html%00',
    '/%',
    '/nowhere',
    '/assets/gone-123.js',
    '/a'.repeat(5000),
  ])('%s is not found', async (path) => {
    const response = await getRaw(path)
    expect(response.status).toBe(404)
    expect(response.body).toBe('There is nothing here.\n')
  })

  test('other methods are refused', async () => {
    const response = await fetch(server.url, { method: 'POST', body: 'x' })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('GET, HEAD')
    expect(await (await fetch(server.url, { method: 'HEAD' })).text()).toBe('')
  })
})

describe('headers', () => {
  test.each(['/', '/assets/app-abc123.js', '/nowhere', '/healthz'])(
    'of %s keep everything foreign out',
    async (path) => {
      const { headers } = await get(path)
      const policy = headers.get('content-security-policy') ?? ''
      expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'")
      expect(policy).toContain(`connect-src 'self' ws://127.0.0.1:${server.port} wss://127.0.0.1:${server.port}`)
      expect(policy).not.toMatch(/unsafe|\*/)
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.get('permissions-policy')).toContain('camera=()')
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
      expect(headers.get('strict-transport-security'), 'only over TLS').toBeNull()
    },
  )

  test('a Host that is none does not get into the policy', async () => {
    const policy = await new Promise<string>((resolve, reject) => {
      const headers = { host: "x; script-src 'unsafe-inline'" }
      request({ host: '127.0.0.1', port: server.port, headers }, (response) => {
        response.resume()
        resolve(String(response.headers['content-security-policy']))
      })
        .on('error', reject)
        .end()
    })
    expect(policy).not.toContain('unsafe')
    expect(policy).toContain("connect-src 'self';")
  })
})

describe('the small answers', () => {
  test('/healthz says that it is well, in JSON', async () => {
    const response = await get('/healthz')
    expect(response.headers.get('content-type')).toContain('application/json')
    expect(await response.json()).toMatchObject({ status: 'ok', sockets: 0, rooms: 0 })
  })

  test('/metrics is Prometheus text', async () => {
    const response = await get('/metrics')
    expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4')
    const lines = (await response.text()).trimEnd().split('\n')
    for (const line of lines) expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{\w+="[\w-]+"\})? \d+)$/)
    expect(lines).toContain('sequre_sockets 0')
  })

  test('/api/ice gives TURN credentials that the TURN server will accept, for some hours', async () => {
    const response = await get('/api/ice')
    expect(response.headers.get('cache-control')).toBe('no-store')
    const { iceServers } = await response.json()
    expect(iceServers[0]).toEqual({ urls: ['stun:turn.example'] })
    const { urls, username, credential } = iceServers[1]
    expect(urls).toEqual(['turn:turn.example:3478'])
    expect(credential).toBe(createHmac('sha1', 'open sesame').update(username).digest('base64'))
    const secondsLeft = Number(username.split(':')[0]) - Date.now() / 1000
    expect(secondsLeft).toBeGreaterThan(3600)
    expect(secondsLeft).toBeLessThan(86_400)
  })

  test('/signal without an upgrade says what it is', async () => {
    expect((await get('/signal')).status).toBe(426)
  })
})
