// Tabs of one browser and the profiles they take: reloads, copies, second persons, hand-over.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright'
import { build } from 'vite'
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, it } from 'vitest'
import type { RunningServer } from '../../signaling/server.ts'
import { launch, watchErrors } from './browser.ts'
import type { ProfileTab } from './profile-pages/profile-page.ts'
import { startTestServer } from './server.ts'

let dist: string
let server: RunningServer
let browser: Browser
let context: BrowserContext
let errors: string[]

beforeAll(async () => {
  dist = await mkdtemp(join(tmpdir(), 'profiles-'))
  await build({
    root: fileURLToPath(new URL('./profile-pages', import.meta.url)),
    configFile: fileURLToPath(new URL('../../vite.config.ts', import.meta.url)),
    logLevel: 'error',
    build: { outDir: dist, target: 'es2023', emptyOutDir: true },
  })
  server = await startTestServer({ dist })
  browser = await launch()
})

afterAll(async () => {
  await browser?.close()
  await server?.close()
  await rm(dist, { recursive: true, force: true })
})

beforeEach(async () => {
  context = await browser.newContext()
  errors = watchErrors(context)
})

afterEach(async () => {
  await context.close()
  expect(errors).toEqual([])
})

type Seen = Pick<ProfileTab, 'state' | 'profile' | 'others'>
type Scope = { tab?: ProfileTab }

/** What a tab has become. */
async function become(page: Page): Promise<Seen> {
  await page.waitForFunction(() => ((globalThis as Scope).tab?.state ?? 'asking') !== 'asking')
  return page.evaluate(() => {
    const { state, profile, others } = (globalThis as unknown as Required<Scope>).tab
    return { state, profile, others }
  })
}

async function open(address = ''): Promise<Page> {
  const page = await context.newPage()
  await page.goto(server.url + address)
  await become(page)
  return page
}

const onTab = <T>(page: Page, work: (tab: ProfileTab) => T | Promise<T>): Promise<T> =>
  page.evaluate(`(${work.toString()})(tab)`)

const held = (profile: string): Seen => ({ state: 'held', profile, others: [] })
const offered = (profile: string, ...others: string[]): Seen => ({ state: 'offered', profile, others })

it('a second tab is offered the first’s profile; with the first’s invite it is a second person', async () => {
  const first = await open()
  expect(await become(first)).toEqual(held('1'))
  expect(await become(await open())).toEqual(offered('1'))
  const invite = await onTab(first, (tab) => tab.makeInvite())
  const second = await open(`/#${invite}`)
  expect(await become(second)).toEqual(held('2'))
  expect(await onTab(first, (tab) => tab.write())).toBe('done')
  expect(await onTab(second, (tab) => tab.write())).toBe('done')
  // Nobody's invite, and the second's.
  expect(await become(await open(`/#${'00'.repeat(32)}`))).toEqual(offered('1'))
  const next = await onTab(second, (tab) => tab.makeInvite())
  expect(await become(await open(`/#${next}`))).toEqual(held('3'))
})

it('a reload stays who it is, also while others sit on the offer, again and again', async () => {
  const first = await open()
  const invite = await onTab(first, (tab) => tab.makeInvite())
  const second = await open(`/#${invite}`)
  const waiting = await open()
  for (let round = 0; round < 8; round++) {
    await Promise.all([first.reload(), second.reload()])
    expect(await become(first)).toEqual(held('1'))
    expect(await become(second)).toEqual(held('2'))
    expect(await become(waiting)).toEqual(offered('1'))
  }
  await waiting.reload()
  expect(await become(waiting)).toEqual(offered('1'))
})

it('a copy of a tab, with all that it remembers, is a second tab like any other', async () => {
  const first = await open()
  const invite = await onTab(first, (tab) => tab.makeInvite())
  const opened = async (address: string): Promise<Page> => {
    const [page] = await Promise.all([
      context.waitForEvent('page'),
      first.evaluate((address) => void window.open(address), server.url + address),
    ])
    return page
  }
  const copy = await opened('/?copy')
  expect(await become(copy)).toEqual(offered('1'))
  await first.reload()
  await copy.reload()
  expect([await become(first), await become(copy)]).toEqual([held('1'), offered('1')])
  expect(await become(await opened(`/?copy#${invite}`))).toEqual(held('2'))
})

it('the second person comes back: reloaded, by choice, by address', async () => {
  const first = await open()
  const second = await open(`/#${await onTab(first, (tab) => tab.makeInvite())}`)
  expect(await become(second)).toEqual(held('2'))
  await Promise.all([first.close(), second.close()])
  expect(await become(await open())).toEqual(held('1'))
  const again = await open()
  expect(await become(again)).toEqual(offered('1', '2'))
  await onTab(again, (tab) => tab.move('2'))
  expect(await become(again)).toEqual(held('2'))
  await again.reload()
  expect(await become(again)).toEqual(held('2'))
  await again.close()
  expect(await become(await open('/?profile=2'))).toEqual(held('2'))
})

it('of two tabs that come at once one is the holder', async () => {
  for (let round = 0; round < 5; round++) {
    const tabs = await Promise.all([open(), open(), open()])
    const seen = await Promise.all(tabs.map(become))
    expect(seen.map(({ state }) => state).sort()).toEqual(['held', 'offered', 'offered'])
    expect(seen.every(({ profile }) => profile === '1')).toBe(true)
    await Promise.all(tabs.map((tab) => tab.close()))
  }
})

it('a profile moves to the window where it is wanted, and back, never in both', async () => {
  const first = await open()
  const second = await open()
  for (const [from, to] of [
    [first, second],
    [second, first],
  ] as const) {
    await onTab(to, (tab) => tab.move('1'))
    expect(await become(to)).toEqual(held('1'))
    expect((await become(from)).state).toBe('moved')
    expect(await onTab(to, (tab) => tab.write())).toBe('done')
    expect(await onTab(from, (tab) => tab.write())).toBe('closed')
  }
  // It was let go of, so its reload doesn't take it back.
  await second.reload()
  expect(await become(second)).toEqual(offered('1'))
  expect(await become(first)).toEqual(held('1'))
})

it('a profile is taken from a tab that doesn’t answer, which can’t write any more', async () => {
  const first = await open()
  await onTab(first, (tab) => void Object.assign(tab, { deaf: true }))
  const second = await open()
  await onTab(second, (tab) => tab.move('1'))
  expect(await become(second)).toEqual(held('1'))
  expect(await onTab(first, (tab) => tab.write())).toBe('closed')
  expect(await onTab(first, (tab) => tab.closed)).toEqual(['taken'])
  expect((await become(first)).state).toBe('moved')
})

it('a tab that crashed holds nothing', async () => {
  const first = await open()
  const crashed = first.waitForEvent('crash')
  void first.goto('chrome://crash').catch(() => {})
  await crashed
  expect(await become(await open())).toEqual(held('1'))
})

it('a restored session has the same people again, each in one tab', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'session-'))
  const start = (...args: string[]) =>
    chromium.launchPersistentContext(folder, {
      executablePath: inject('chromiumPath'),
      args: ['--no-sandbox', '--disable-gpu', ...args],
    })
  context = await start()
  const first = await open('/?first')
  await open(`/?second#${await onTab(first, (tab) => tab.makeInvite())}`)
  await open('/?waiting')
  await context.close()

  context = await start('--restore-last-session')
  const restored = (): Page[] => context.pages().filter((page) => page.url().startsWith(server.url))
  await expect.poll(() => restored().length).toBe(3)
  const tabs = await Promise.all(
    restored().map(async (page) => [new URL(page.url()).search, await become(page)] as const),
  )
  const seen = new Map(tabs.map(([search, { state, profile }]) => [search, `${state} ${profile}`]))
  expect(seen.get('?second')).toBe('held 2')
  // Of the two whose person is the first, the one that comes first has them: mostly the one in front.
  expect([seen.get('?first'), seen.get('?waiting')].sort()).toEqual(['held 1', 'offered 1'])
  await context.close()
  await rm(folder, { recursive: true, force: true })
})

it('an address asks for a person', async () => {
  const work = await open('/?profile=work')
  expect(await become(work)).toEqual(held('work'))
  expect(await become(await open('/?profile=work'))).toEqual(offered('work'))
  const first = await open()
  expect(await become(first)).toEqual(held('1'))
  await work.close()
  expect(await become(await open())).toEqual(offered('1', 'work'))
})
