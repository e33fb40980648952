import { expect, test } from 'vitest'
import { readEnv } from './env.ts'

const readNothing = (path: string): string => {
  throw new Error(`no file ${path}`)
}

test('an empty environment is a server for this machine alone', () => {
  const byDefault = {
    port: 8080,
    host: '127.0.0.1',
    allowedOrigins: null,
    turn: null,
    tls: null,
    socketsPerAddress: 500,
    logLevel: 'info',
  }
  expect(readEnv({})).toEqual({ ok: true, value: byDefault })
  expect(readEnv({ PORT: '', HOST: ' ', ALLOWED_ORIGINS: '', LOG_LEVEL: '' })).toEqual({ ok: true, value: byDefault })
})

test('good values are taken over', () => {
  const env = readEnv({
    PORT: '0',
    HOST: '::1',
    ALLOWED_ORIGINS: 'https://chat.example, http://localhost:5173/',
    TURN_URLS: 'turn:turn.example:3478?transport=udp,turns:[2001:db8::1]:5349',
    TURN_SECRET: 's',
    SOCKETS_PER_ADDRESS: '5',
    LOG_LEVEL: 'debug',
  })
  expect(env).toEqual({
    ok: true,
    value: {
      port: 0,
      host: '::1',
      allowedOrigins: ['https://chat.example', 'http://localhost:5173'],
      turn: { urls: ['turn:turn.example:3478?transport=udp', 'turns:[2001:db8::1]:5349'], secret: 's' },
      tls: null,
      socketsPerAddress: 5,
      logLevel: 'debug',
    },
  })
})

test.each([
  [{ PORT: 'http' }, 'PORT'],
  [{ PORT: '65536' }, 'PORT'],
  [{ PORT: '-1' }, 'PORT'],
  [{ PORT: '80.5' }, 'PORT'],
  [{ PORT: '0x50' }, 'PORT'],
  [{ HOST: 'http://localhost' }, 'HOST'],
  [{ HOST: 'a b' }, 'HOST'],
  [{ ALLOWED_ORIGINS: 'chat.example' }, 'ALLOWED_ORIGINS'],
  [{ ALLOWED_ORIGINS: '*' }, 'ALLOWED_ORIGINS'],
  [{ ALLOWED_ORIGINS: 'https://chat.example/path' }, 'ALLOWED_ORIGINS'],
  [{ ALLOWED_ORIGINS: 'ftp://chat.example' }, 'ALLOWED_ORIGINS'],
  [{ ALLOWED_ORIGINS: ',' }, 'ALLOWED_ORIGINS'],
  [{ TURN_URLS: 'turn:turn.example' }, 'TURN_SECRET'],
  [{ TURN_SECRET: 's' }, 'TURN_URLS'],
  [{ TURN_URLS: 'http://turn.example', TURN_SECRET: 's' }, 'TURN_URLS'],
  [{ TLS_CERT: 'cert.pem' }, 'TLS_KEY'],
  [{ TLS_KEY: 'key.pem' }, 'TLS_CERT'],
  [{ TLS_CERT: 'cert.pem', TLS_KEY: 'key.pem' }, 'TLS_CERT'],
  [{ REDIS_URL: 'redis://localhost' }, 'REDIS_URL'],
  [{ SOCKETS_PER_ADDRESS: '0' }, 'SOCKETS_PER_ADDRESS'],
  [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL'],
])('%o is one sentence about %s', (variables, name) => {
  const env = readEnv(variables, readNothing)
  expect(env.ok).toBe(false)
  if (env.ok) return
  expect(env.reason).toContain(name)
  expect(env.reason).toMatch(/^[^\n]+\.$/)
})

test('files that are no certificate are one sentence', () => {
  const env = readEnv({ TLS_CERT: 'cert.pem', TLS_KEY: 'key.pem' }, () => 'no PEM')
  expect(env).toEqual({
    ok: false,
    reason: 'TLS_CERT and TLS_KEY must be a certificate and its private key in PEM form, but they are not.',
  })
})
