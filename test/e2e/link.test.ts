// The real link between real RTCPeerConnections in Chromium, friendly and hostile.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunningServer } from '../../signaling/server.ts'
import { launch } from './browser.ts'
import type { Experiments } from './pages/link-page.ts'
import { startTestServer } from './server.ts'

const pages = fileURLToPath(new URL('./pages', import.meta.url))
const errors: string[] = []
let dist: string
let server: RunningServer
let browser: Browser
let page: Page

beforeAll(async () => {
  dist = await mkdtemp(join(tmpdir(), 'links-'))
  await build({
    root: pages,
    configFile: fileURLToPath(new URL('../../vite.config.ts', import.meta.url)),
    logLevel: 'error',
    build: { outDir: dist, target: 'es2023', emptyOutDir: true },
  })
  server = await startTestServer({ dist })
  browser = await launch()
  page = await browser.newPage()
  page.on('pageerror', (error) => errors.push(String(error)))
  await page.goto(server.url)
  await page.waitForFunction(() => 'experiments' in globalThis)
})

afterAll(async () => {
  await browser?.close()
  await server?.close()
  await rm(dist, { recursive: true, force: true })
})

/** Runs an experiment in the page. */
function run<K extends keyof Experiments>(
  name: K,
  ...args: Parameters<Experiments[K]>
): Promise<Awaited<ReturnType<Experiments[K]>>> {
  return page.evaluate(
    ([name, args]) =>
      (globalThis as unknown as { experiments: Record<string, (...args: unknown[]) => never> }).experiments[name]?.(
        ...args,
      ),
    [name, args] as const,
  ) as never
}

describe('two links', () => {
  it('connect, and frames arrive both ways', async () => {
    expect(await run('connect')).toMatchObject({ a: 9, b: 7 })
  })

  it('lose nothing that was sent before both knew that they are up, and tell it after that', async () => {
    expect(await run('early')).toEqual({ frames: [1, 1], heardBeforeUp: [false, false] })
  })

  it('keep the order and the bounds of frames', async () => {
    expect(await run('order', 500)).toBe(true)
  })

  it('move 32 MB given at once, in order', async () => {
    const { received, frames, inOrder } = await run('bulk', 32)
    expect([received, inOrder]).toEqual([frames, true])
  })

  // Measured: none of 1,000 is lost with at most 256 kB in Chromium's buffer; a tenth is with 1 MB.
  it('let nearly all light through', async () => {
    const { arrived, whole } = await run('fibre', 1_000, 1_100)
    expect(arrived).toBeGreaterThan(950)
    expect(whole).toBe(true)
  })

  it('deliver all that was sent before a hang-up, which the other side hears of at once', async () => {
    const { mine, theirs, received, ms } = await run('hangUp', 200)
    expect({ mine, theirs, received }).toEqual({ mine: 'closed', theirs: 'lost', received: 200 })
    expect(ms).toBeLessThan(3_000)
  })

  it('take everything without a throw after their end', async () => {
    expect(await run('afterwards')).toBe(true)
    expect(await run('abandoned')).toBe('closed')
  })
})

describe('a hostile server', () => {
  it('can’t renegotiate a link that is up', async () => {
    expect(await run('reoffer')).toEqual({ frames: [1, 1], strangers: 'new' })
  })

  it('can’t destroy a link by malformed signals', async () => {
    expect(await run('malformed')).toBe(true)
  })
})

describe('a hostile peer ends its link', () => {
  it('by a description that is none', async () => {
    expect(await run('badDescription')).toBe('lost')
  })

  it('by another data channel', async () => {
    expect(await run('secondChannel')).toBe('hostile-channel')
  })

  it('by a media track', async () => {
    expect(await run('mediaTrack')).toBe('hostile-channel')
  })

  it.each(['main', 'fibre'] as const)('by text or too much on %s', async (channel) => {
    expect(await run('strangerSends', channel, 'text')).toEqual({ reason: 'hostile-frame', lengths: [] })
    expect(await run('strangerSends', channel, 16_385)).toEqual({ reason: 'hostile-frame', lengths: [] })
    expect(await run('strangerSends', channel, 262_144)).toEqual({ reason: 'hostile-frame', lengths: [] })
  })

  it('but not by small frames, and empty ones are none', async () => {
    expect(await run('strangerSends', 'main', 1)).toEqual({ reason: 'nothing', lengths: [1] })
    expect(await run('strangerSends', 'main', 0)).toEqual({ reason: 'nothing', lengths: [] })
    expect(await run('strangerSends', 'main', 16_384)).toEqual({ reason: 'nothing', lengths: [16_384] })
  })
})

it('leaves no uncaught error behind', () => {
  expect(errors).toEqual([])
})
