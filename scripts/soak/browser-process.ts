// A Chromium as a process that one can kill: it runs on a profile folder that outlives it, in a process group of its
// own, so that a SIGKILL ends all of it (browser, storage, renderers) at one moment, as a crash of the machine would.

import { type ChildProcess, spawn } from 'node:child_process'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type BrowserContext, chromium } from 'playwright'

const ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // What a killed Chromium asks a person at its next start.
  '--hide-crash-restore-bubble',
  '--remote-debugging-port=0',
]
/** The lock names process and machine; after a kill it is stale, and another Chromium may have that number by then. */
const LOCKS = ['SingletonLock', 'SingletonSocket', 'SingletonCookie']
/** Port and path of the browser's socket, written once it listens. */
const ENDPOINT = 'DevToolsActivePort'
const START_MS_MAX = 30_000

const alive = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of alive) killGroup(child)
})

export class BrowserProcess {
  readonly context: BrowserContext
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, context: BrowserContext) {
    this.#child = child
    this.context = context
  }

  static async start(chromiumPath: string, folder: string): Promise<BrowserProcess> {
    await Promise.all([...LOCKS, ENDPOINT].map((name) => rm(join(folder, name), { force: true })))
    const args = [...ARGS, `--user-data-dir=${folder}`, 'about:blank']
    const child = spawn(chromiumPath, args, { stdio: 'ignore', detached: true })
    alive.add(child)
    const browser = await chromium.connectOverCDP(await endpoint(folder))
    const [context] = browser.contexts()
    if (context === undefined) throw new Error('Chromium has no context of its profile.')
    return new BrowserProcess(child, context)
  }

  async kill(): Promise<void> {
    const child = this.#child
    const gone = new Promise((resolve) => child.once('exit', resolve))
    killGroup(child)
    if (child.exitCode === null && child.signalCode === null) await gone
    alive.delete(child)
  }
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}

async function endpoint(folder: string): Promise<string> {
  for (let waitedMs = 0; waitedMs < START_MS_MAX; waitedMs += 50) {
    const text = await readFile(join(folder, ENDPOINT), 'utf8').catch(() => '')
    const [port, path] = text.split('\n')
    if (port && path) return `ws://127.0.0.1:${port}${path}`
    await sleep(50)
  }
  throw new Error(`Chromium did not start within ${START_MS_MAX / 1_000} s.`)
}
