// The app as one installs it: it opens without its server, it fits what Chromium asks of an installable app, and a newer
// version waits for the person.

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext, Page } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import type { RunningServer } from '../../signaling/server.ts'
import { launch, notice, watchErrors } from './browser.ts'
import { startTestServer } from './server.ts'

let browser: Browser
let context: BrowserContext
let errors: string[]
let server: RunningServer
let dist: string

beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())
beforeEach(async () => {
  dist = mkdtempSync(join(tmpdir(), 'sqc-dist-'))
  cpSync(fileURLToPath(new URL('../../dist', import.meta.url)), dist, { recursive: true })
  server = await startTestServer({ dist })
  context = await browser.newContext()
  errors = watchErrors(context)
})
afterEach(async () => {
  await context.close()
  await server.close().catch(() => undefined)
  rmSync(dist, { recursive: true })
  expect(errors).toEqual([])
})

const newChat = (page: Page) => page.getByRole('button', { name: 'New chat' })
const updateNow = (page: Page) => page.getByRole('button', { name: 'Update now' })

async function open(path = ''): Promise<Page> {
  const page = await context.newPage()
  await page.goto(server.url + path)
  await newChat(page).waitFor()
  await page.evaluate(() => navigator.serviceWorker.ready)
  return page
}

it('opens without its server, and makes a chat that waits', async () => {
  const page = await open()
  await server.close()
  await page.reload()
  await newChat(page).click()
  await notice(page, 'server-away').waitFor()
  expect(await page.getByRole('textbox', { name: 'Invite link' }).inputValue()).toContain('#i=1.')
})

it('says that it is offline, from its first moment on', async () => {
  const page = await open()
  await context.setOffline(true)
  await page.reload()
  await newChat(page).waitFor()
  await notice(page, 'offline').waitFor()
})

it('lacks nothing that Chromium asks of an app to install', async () => {
  const page = await open()
  const session = await context.newCDPSession(page)
  const { installabilityErrors } = await session.send('Page.getInstallabilityErrors')
  // A private window can't install anything; nothing else may be in the way.
  expect(installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito')).toEqual([])
  const { errors: faults, data } = await session.send('Page.getAppManifest')
  expect(faults).toEqual([])
  const manifest = JSON.parse(data ?? '{}')
  for (const { src } of [...manifest.icons, ...manifest.screenshots])
    expect((await page.request.get(new URL(src, server.url).href)).status()).toBe(200)
})

it('begins a chat from the shortcut', async () => {
  const page = await context.newPage()
  await page.goto(`${server.url}/#new`)
  await page.getByRole('textbox', { name: 'Invite link' }).waitFor()
  expect(new URL(page.url()).hash).toBe('')
})

it('offers a newer version, and loads it only when asked to', async () => {
  const page = await open()
  expect(await updateNow(page).isVisible()).toBe(false)
  putNewerBuild()
  // A page looks for a newer version when it is opened, and then every hour.
  const second = await context.newPage()
  await second.goto(server.url)
  await second.getByRole('button', { name: 'Use it here' }).waitFor()
  await updateNow(page).waitFor()
  await updateNow(second).waitFor()
  expect(await version(page)).toBe('old')
  await updateNow(page).click()
  await expect.poll(() => version(page).catch(() => '')).toBe('new')
  await newChat(page).waitFor()
  // The other tab stays as it is until its person says so.
  expect(await version(second)).toBe('old')
  await updateNow(second).click()
  await expect.poll(() => version(second).catch(() => '')).toBe('new')
})

const version = (page: Page): Promise<string> =>
  page.evaluate(() => (document.querySelector('meta[name="test-version"]') === null ? 'old' : 'new'))

/** The same app with another page: what a build after a change of index.html gives. */
function putNewerBuild(): void {
  const page = join(dist, 'index.html')
  writeFileSync(page, readFileSync(page, 'utf8').replace('</head>', '<meta name="test-version" content="new"></head>'))
  const worker = join(dist, 'sw.js')
  const before = readFileSync(worker, 'utf8')
  const after = before.replace(/(url:"index\.html",revision:")[0-9a-f]{32}/, `$1${'f'.repeat(32)}`)
  expect(after).not.toBe(before)
  writeFileSync(worker, after)
}
