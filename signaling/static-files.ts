// The built app as files over HTTP. A path is a chain of plain names below the folder, checked name by name, so that
// there is nothing to climb out with: no dot file, no `..`, no encoded slash. Files are kept in memory with their
// gzip twin until they change on the disk; the folder is what our own build wrote, so it is small.

import { createHash } from 'node:crypto'
import { lstat, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'

export interface StaticFile {
  readonly type: string
  readonly etag: string
  readonly cacheControl: string
  readonly body: Buffer
  /** null where compressing is no use. */
  readonly gzipped: Buffer | null
}

type Cached = { readonly file: StaticFile; readonly mtimeMs: number; readonly size: number }

/** Pages of the app: all of them are the one document. */
const PAGES: ReadonlySet<string> = new Set(['/', '/lab', '/eve'])
const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/
const DEPTH_MAX = 8

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
}

const gzipAsync = promisify(gzip)

export class StaticFiles {
  readonly #folder: string
  readonly #cache = new Map<string, Cached>()

  constructor(folder: string) {
    this.#folder = folder
  }

  /** The file for a URL's path as the request has it (percent-encoding included), or null where there is none. */
  async find(path: string): Promise<StaticFile | null> {
    const names = PAGES.has(path) ? ['index.html'] : namesOf(path)
    return names === null ? null : this.#read(names)
  }

  async #read(names: readonly string[]): Promise<StaticFile | null> {
    const key = names.join('/')
    const path = join(this.#folder, ...names)
    const stat = await lstat(path).catch(() => null)
    if (stat === null || !stat.isFile()) {
      this.#cache.delete(key)
      return null
    }
    const cached = this.#cache.get(key)
    if (cached !== undefined && cached.mtimeMs === stat.mtimeMs && cached.size === stat.size) return cached.file
    const body = await readFile(path).catch(() => null)
    if (body === null) return null
    const file = await describe(key, body)
    this.#cache.set(key, { file, mtimeMs: stat.mtimeMs, size: stat.size })
    return file
  }
}

/** The names in a path, or null when one of them isn't plain. Nothing that the build writes needs encoding. */
function namesOf(path: string): readonly string[] | null {
  const [root, ...names] = path.split('/')
  return root === '' && names.length <= DEPTH_MAX && names.every((name) => NAME.test(name)) ? names : null
}

async function describe(key: string, body: Buffer): Promise<StaticFile> {
  const type = TYPES[extname(key).toLowerCase()] ?? 'application/octet-stream'
  const compressible = /^text|json|svg|wasm/.test(type) && body.length > 512
  return {
    type,
    etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
    // The build puts a hash of the content into every name below assets/: those never change.
    cacheControl: key.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    body,
    gzipped: compressible ? await gzipAsync(body, { level: 9 }) : null,
  }
}
