// The environment of the server, read once at the start. A value that makes no sense stops the start with a sentence
// that names the variable and says what would do.

import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { fail, ok, type Result } from '../src/lib/result.ts'
import { LOG_LEVELS, type LogLevel } from './log.ts'
import type { TurnConfig } from './turn.ts'

export interface Env {
  readonly port: number
  readonly host: string
  /** Origins whose pages may open a socket; null: only pages that this server itself serves. */
  readonly allowedOrigins: readonly string[] | null
  readonly turn: TurnConfig | null
  readonly tls: Tls | null
  readonly socketsPerAddress: number
  readonly logLevel: LogLevel
}

export interface Tls {
  readonly cert: string
  readonly key: string
}

type Read<T> = Result<T, string>
type Variables = Readonly<Record<string, string | undefined>>
type ReadFile = (path: string) => string

const readText: ReadFile = (path) => readFileSync(path, 'utf8')

/** All settings, or the sentence that says what is wrong with the first bad one. */
export function readEnv(variables: Variables, readFile: ReadFile = readText): Read<Env> {
  const port = readInteger('PORT', variables['PORT'], 8080, 0, 65_535)
  if (!port.ok) return port
  const allowedOrigins = readOrigins(variables['ALLOWED_ORIGINS'])
  if (!allowedOrigins.ok) return allowedOrigins
  const turn = readTurn(variables['TURN_URLS'], variables['TURN_SECRET'])
  if (!turn.ok) return turn
  const tls = readTls(variables['TLS_CERT'], variables['TLS_KEY'], readFile)
  if (!tls.ok) return tls
  const socketsPerAddress = readInteger('SOCKETS_PER_ADDRESS', variables['SOCKETS_PER_ADDRESS'], 500, 1, 1_000_000)
  if (!socketsPerAddress.ok) return socketsPerAddress
  const host = readHost(variables['HOST'])
  if (!host.ok) return host
  const logLevel = readLogLevel(variables['LOG_LEVEL'])
  if (!logLevel.ok) return logLevel
  if (isSet(variables['REDIS_URL'])) {
    return fail('REDIS_URL is set, but this version keeps its rooms in one process: unset it and run one server.')
  }
  return ok({
    port: port.value,
    host: host.value,
    allowedOrigins: allowedOrigins.value,
    turn: turn.value,
    tls: tls.value,
    socketsPerAddress: socketsPerAddress.value,
    logLevel: logLevel.value,
  })
}

/** An empty variable counts as one that isn't there. */
const isSet = (value: string | undefined): value is string => value !== undefined && value.trim() !== ''
const listOf = (value: string): readonly string[] =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')

function readInteger(name: string, value: string | undefined, byDefault: number, min: number, max: number) {
  if (!isSet(value)) return ok(byDefault)
  const number = /^\d{1,9}$/.test(value.trim()) ? Number(value) : Number.NaN
  return number >= min && number <= max
    ? ok(number)
    : fail(`${name} must be a whole number from ${min} to ${max}, but it is ${JSON.stringify(value)}.`)
}

function readHost(value: string | undefined): Read<string> {
  if (!isSet(value)) return ok('127.0.0.1')
  return /^[A-Za-z0-9.:_-]+$/.test(value.trim())
    ? ok(value.trim())
    : fail(`HOST must be a host name or an IP address without a port, but it is ${JSON.stringify(value)}.`)
}

function readOrigins(value: string | undefined): Read<readonly string[] | null> {
  if (!isSet(value)) return ok(null)
  const origins: string[] = []
  for (const item of listOf(value)) {
    const url = URL.canParse(item) ? new URL(item) : null
    if (url === null || !/^https?:$/.test(url.protocol) || (url.origin !== item && `${url.origin}/` !== item)) {
      return fail(
        `ALLOWED_ORIGINS must be a list of origins such as https://chat.example, but ${JSON.stringify(item)} is none.`,
      )
    }
    origins.push(url.origin)
  }
  return origins.length > 0 ? ok(origins) : fail('ALLOWED_ORIGINS is set, but there is no origin in it.')
}

function readTurn(urls: string | undefined, secret: string | undefined): Read<TurnConfig | null> {
  if (!isSet(urls)) {
    return isSet(secret) ? fail('TURN_SECRET is set, but TURN_URLS, the list of TURN servers, is not.') : ok(null)
  }
  const list = listOf(urls)
  const bad = list.find((url) => !/^(stuns?|turns?):[A-Za-z0-9.:[\]-]+(\?transport=(udp|tcp))?$/.test(url))
  if (bad !== undefined || list.length === 0) {
    return fail(`TURN_URLS must be a list such as turn:turn.example:3478, but it has ${JSON.stringify(bad ?? urls)}.`)
  }
  const needsSecret = list.some((url) => url.startsWith('turn'))
  if (needsSecret && !isSet(secret)) {
    return fail('TURN_URLS is set, but TURN_SECRET, the secret shared with the TURN server, is not.')
  }
  return ok({ urls: list, secret: secret ?? '' })
}

function readTls(certPath: string | undefined, keyPath: string | undefined, readFile: ReadFile): Read<Tls | null> {
  if (!isSet(certPath) && !isSet(keyPath)) return ok(null)
  if (!isSet(certPath)) return fail('TLS_KEY is set, but TLS_CERT, the path of the certificate, is not.')
  if (!isSet(keyPath)) return fail('TLS_CERT is set, but TLS_KEY, the path of its private key, is not.')
  const cert = readPem('TLS_CERT', certPath, readFile)
  if (!cert.ok) return cert
  const key = readPem('TLS_KEY', keyPath, readFile)
  if (!key.ok) return key
  try {
    createSecureContext({ cert: cert.value, key: key.value })
  } catch {
    return fail('TLS_CERT and TLS_KEY must be a certificate and its private key in PEM form, but they are not.')
  }
  return ok({ cert: cert.value, key: key.value })
}

function readPem(name: string, path: string, readFile: ReadFile): Read<string> {
  try {
    return ok(readFile(path))
  } catch {
    return fail(`${name} must be the path of a file, but ${JSON.stringify(path)} can't be read.`)
  }
}

function readLogLevel(value: string | undefined): Read<LogLevel> {
  if (!isSet(value)) return ok('info')
  const level = LOG_LEVELS.find((known) => known === value.trim())
  return level === undefined
    ? fail(`LOG_LEVEL must be one of ${LOG_LEVELS.join(', ')}, but it is ${JSON.stringify(value)}.`)
    : ok(level)
}
