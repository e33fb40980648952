// What outlives a tab: a reload at any moment, both sides closed and back, a start without the server, another tab that
// wants to be the same person. In the real app, with its real storage.

import type { Browser, BrowserContext, Page } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { RunningServer } from '../../signaling/server.ts'
import { bubble, connection, invite, join, launch, notice, texts, watchErrors, write } from './browser.ts'
import { startTestServer } from './server.ts'

let browser: Browser
let server: RunningServer
let adas: BrowserContext
let bens: BrowserContext
let errors: readonly string[][]

beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())
beforeEach(async () => {
  server = await startTestServer()
  adas = await browser.newContext()
  bens = await browser.newContext()
  errors = [watchErrors(adas), watchErrors(bens)]
})
afterEach(async () => {
  await Promise.all([adas.close(), bens.close()])
  await server.close().catch(() => undefined)
  expect(errors.flat()).toEqual([])
})

const messageBox = (page: Page) => page.getByRole('textbox', { name: 'Message', exact: true })
const inviteLink = (page: Page) => page.getByRole('textbox', { name: 'Invite link' })
const useItHere = (page: Page) => page.getByRole('button', { name: 'Use it here' })

/** Two browsers that talk. */
async function meet(): Promise<[Page, Page]> {
  const [ada, ben] = [await adas.newPage(), await bens.newPage()]
  await join(ben, await invite(ada, server.url, 'Ada'), 'Ben')
  await connected(ada, ben)
  return [ada, ben]
}

async function connected(...pages: readonly Page[]): Promise<void> {
  for (const page of pages) await connection(page, 'connected').waitFor()
}

/** The app opened anew, without an invite. */
async function comeBack(context: BrowserContext): Promise<Page> {
  const page = await context.newPage()
  await page.goto(server.url)
  return page
}

/** All of it, once, in one order, at both. */
async function bothHave(ada: Page, ben: Page, said: readonly string[]): Promise<void> {
  for (const page of [ada, ben]) {
    await page.locator(`[role="log"][data-count="${said.length}"]`).waitFor()
    await expect.poll(() => page.locator('[role="log"] article:not([data-state="delivered"])').count()).toBe(0)
    expect(await texts(page)).toEqual(said)
  }
}

describe('a reload', () => {
  it('of either side at any moment of a message loses nothing and shows nothing twice', async () => {
    const [ada, ben] = await meet()
    const said: string[] = []
    // A page with a message under way asks before it goes.
    for (const page of [ada, ben]) page.on('dialog', (dialog) => void dialog.accept())
    for (const [round, pauseMs] of [0, 15, 40, 80].entries()) {
      for (const page of [ada, ben]) {
        said.push(`round ${round} ${page === ada ? 'Ada' : 'Ben'} goes`)
        await write(ada, said.at(-1) ?? '')
        // Shown is stored: what is still in the box isn't written yet.
        await bubble(ada, 'me')
          .nth(said.length - 1)
          .waitFor()
        await page.waitForTimeout(pauseMs)
        await page.reload()
        await connected(ada, ben)
      }
    }
    await bothHave(ada, ben, said)
  })

  it('keeps what was typed and not sent, and the name', async () => {
    const page = await adas.newPage()
    await invite(page, server.url, 'Ada')
    await messageBox(page).fill('half a thought')
    // A draft is kept as soon as the person pauses.
    await page.waitForTimeout(1_000)
    await page.reload()
    await expect.poll(() => messageBox(page).inputValue()).toBe('half a thought')
  })

  it('of an inviter who waits keeps the invite good', async () => {
    const [ada, ben] = [await adas.newPage(), await bens.newPage()]
    const link = await invite(ada, server.url)
    await ada.reload()
    await expect.poll(() => inviteLink(ada).inputValue()).toBe(link)
    await join(ben, link)
    await connected(ada, ben)
    await write(ben, 'found you')
    await bothHave(ada, ben, ['found you'])
  })
})

describe('both closed', () => {
  it.each(['Ada', 'Ben'])(
    'and %s back first: what waited goes out, oldest first, without a new invite',
    async (first) => {
      const [ada, ben] = await meet()
      await write(ada, 'before')
      await bubble(ben, 'peer').waitFor()
      await ben.close()
      await notice(ada, 'peer-away').waitFor()
      const waited = ['one', 'two', 'three']
      for (const text of waited) await write(ada, text)
      await bubble(ada, 'me', 'queued').nth(2).waitFor()
      await ada.close()

      const order = first === 'Ada' ? [adas, bens] : [bens, adas]
      const pages = new Map<BrowserContext, Page>()
      for (const context of order) pages.set(context, await comeBack(context))
      await bothHave(pages.get(adas)!, pages.get(bens)!, ['before', ...waited])
    },
  )
})

describe('without the server', () => {
  it('the app opens with its history, and what is written waits until the server is back', async () => {
    const [ada, ben] = await meet()
    await write(ben, 'kept')
    await bothHave(ada, ben, ['kept'])
    await ada.evaluate(() => navigator.serviceWorker.ready)
    const { port } = new URL(server.url)
    await server.close()
    await ada.reload()
    await bubble(ada, 'peer').waitFor()
    await notice(ada, 'server-away').waitFor()
    await write(ada, 'written alone')
    await bubble(ada, 'me', 'queued').waitFor()
    server = await startTestServer({ port: Number(port) })
    await bothHave(ada, ben, ['kept', 'written alone'])
  })
})

describe('a second tab of one browser', () => {
  it('is offered the person, has it when asked, and then the first tab has it no more', async () => {
    const [ada, ben] = await meet()
    await write(ada, 'from the first')
    await bothHave(ada, ben, ['from the first'])
    const second = await comeBack(adas)
    await useItHere(second).click()
    await useItHere(ada).waitFor()
    await connected(second, ben)
    await write(second, 'from the second')
    await bothHave(second, ben, ['from the first', 'from the second'])
  })
})

it('a chat that was deleted stays away', async () => {
  const [ada, ben] = await meet()
  await write(ada, 'gone soon')
  await bothHave(ada, ben, ['gone soon'])
  await ada.getByRole('button', { name: 'Delete chat' }).first().click()
  await ada.getByRole('dialog').getByRole('button', { name: 'Delete chat' }).click()
  await ada.getByRole('button', { name: 'New chat' }).waitFor()
  await ada.reload()
  await ada.getByRole('button', { name: 'New chat' }).waitFor()
  expect(await ada.getByRole('log').count()).toBe(0)
  // The friend keeps theirs.
  expect(await texts(ben)).toEqual(['gone soon'])
})
