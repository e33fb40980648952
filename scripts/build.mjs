// Builds dist/ and stamps it, so that `npm start` builds only what is missing or stale. Everything that a build says
// goes to stderr: stdout is for the URL. Run alone (`npm run build`) it builds in any case.

import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = join(root, 'dist')
const stampFile = join(dist, '.stamp')
/** What a build depends on. */
const INPUTS = ['src', 'public', 'index.html', 'vite.config.ts', 'package-lock.json', 'signaling/messages.ts']

/** Whether dist/ is missing, half built, or older than what it is built from. */
export function isStale() {
  if (!existsSync(join(dist, 'index.html')) || !existsSync(stampFile)) return true
  return readFileSync(stampFile, 'utf8') !== stamp()
}

/** Builds; rejects with a sentence when the build fails. Aborting `signal` ends it half done. */
export async function build(signal) {
  // Taken before the build: a file that is saved meanwhile makes the next start build again.
  const before = stamp()
  await runVite(signal)
  writeFileSync(stampFile, before)
}

function runVite(signal) {
  return new Promise((resolve, reject) => {
    const vite = join(root, 'node_modules/vite/bin/vite.js')
    // Whoever calls may be a test, where it says "test": Vite would then build in the libraries' development versions.
    const env = { ...process.env, NODE_ENV: 'production' }
    const child = spawn(process.execPath, [vite, 'build'], { cwd: root, env, stdio: ['ignore', 2, 2], signal })
    child.once('error', reject)
    child.once('close', (code) => {
      if (code === 0) resolve()
      else reject(new Error('The app could not be built; what vite said about it stands above.'))
    })
  })
}

/** A digest over the path, size and time of every input, so that a file that went away counts too. */
function stamp() {
  const hash = createHash('sha256')
  for (const path of INPUTS.flatMap((input) => filesBelow(join(root, input)))) {
    const { size, mtimeMs } = statSync(path)
    hash.update(`${relative(root, path)} ${size} ${mtimeMs}\n`)
  }
  return hash.digest('hex')
}

function filesBelow(path) {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined) return []
  if (!stat.isDirectory()) return /\.test\.tsx?$/.test(path) ? [] : [path]
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesBelow(join(path, name)))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await build().catch((error) => {
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
  })
}
