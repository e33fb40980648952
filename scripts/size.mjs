// `npm run size`: what the build weighs, gzipped, file by file, and the first load: everything that a browser fetches
// as JavaScript until the first message, worker included. Ends with 1 when the first load is over its budget.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const BUDGET_BYTES = 90_000
const dist = fileURLToPath(new URL('../dist', import.meta.url))

/** `import ... from './x.js'`, `import './x.js'`, `export ... from './x.js'`, but not `import('./x.js')`. */
const STATIC_IMPORT = /(?:^|[;}\s])(?:import|export)(?:[^'"`()]*?\bfrom)?\s*["']\.\/([\w.-]+\.js)["']/g
/** Chunks that a worker is made of: `new Worker(new URL("/assets/x.js", ...), ...)`. */
const WORKER = /\bWorker\((?:[^)]{0,60}?)["'`][^"'`]*?([\w.-]+\.js)["'`]/g
/** The lab's own worker runs only in the lab. */
const NOT_FIRST = /^lab/
/** Loaded when asked for, but asked for before the first message: the invite shows its QR code. */
const ASKED_FOR_BEFORE = /^qr-code/

if (!existsSync(join(dist, 'index.html'))) {
  process.stderr.write('There is no dist/index.html: run npm run build first.\n')
  process.exit(1)
}

const assets = join(dist, 'assets')
const scripts = readdirSync(assets).filter((name) => name.endsWith('.js'))
const sources = new Map(scripts.map((name) => [name, readFileSync(join(assets, name), 'utf8')]))
const gzipBytes = (text) => gzipSync(text, { level: 9 }).length
const matches = (text, pattern) => [...text.matchAll(pattern)].map((match) => match[1])

const html = readFileSync(join(dist, 'index.html'), 'utf8')
const entries = matches(html, /<(?:script|link)\b[^>]*(?:src|href)="[^"]*?([\w.-]+\.js)"/g)
const workers = [...sources.values()].flatMap((text) => matches(text, WORKER)).filter((name) => !NOT_FIRST.test(name))
const first = withImports([...entries, ...workers, ...scripts.filter((name) => ASKED_FOR_BEFORE.test(name))])

let firstBytes = 0
for (const [name, text] of [...sources].sort(([, a], [, b]) => b.length - a.length)) {
  const bytes = gzipBytes(text)
  if (first.has(name)) firstBytes += bytes
  const what = entries.includes(name)
    ? 'entry'
    : workers.includes(name)
      ? 'worker'
      : first.has(name)
        ? 'import'
        : 'later'
  print(name, bytes, what)
}
const styles = readdirSync(assets).filter((name) => name.endsWith('.css'))
for (const name of styles) print(name, gzipBytes(readFileSync(join(assets, name))), 'style')
print('first load (JavaScript, gzip)', firstBytes, `of ${(BUDGET_BYTES / 1000).toFixed(1)} kB`)

if (firstBytes > BUDGET_BYTES) {
  process.stderr.write(`The first load is ${firstBytes - BUDGET_BYTES} bytes over its budget of ${BUDGET_BYTES}.\n`)
  process.exitCode = 1
}

/** These files and what they import at once, all the way down. */
function withImports(names) {
  const all = new Set()
  const queue = [...names]
  for (const name of queue) {
    if (all.has(name) || !sources.has(name)) continue
    all.add(name)
    queue.push(...matches(sources.get(name), STATIC_IMPORT))
  }
  return all
}

function print(name, bytes, what) {
  process.stdout.write(`${name.padEnd(40)} ${(bytes / 1000).toFixed(1).padStart(7)} kB  ${what}\n`)
}
