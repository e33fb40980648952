// Several chats of one person in the real app: the list, what is unread, the search over all of them, deleting one.

import type { Browser, BrowserContext, Page } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, it } from 'vitest'
import { bubble, connection, invite, join, launch, texts, watchErrors, write } from './browser.ts'

const url = inject('baseUrl')
let browser: Browser
let contexts: BrowserContext[]
let errors: string[][]

beforeAll(async () => {
  browser = await launch()
})

afterAll(() => browser?.close())

beforeEach(() => {
  contexts = []
  errors = []
})

afterEach(async () => {
  await Promise.all(contexts.map((context) => context.close()))
  expect(errors.flat()).toEqual([])
})

/** A person with a browser of their own. */
async function somebody(): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, reducedMotion: 'reduce' })
  contexts.push(context)
  errors.push(watchErrors(context))
  return context.newPage()
}

const links = (page: Page) => page.getByRole('navigation', { name: 'Chats' }).locator('[data-chat]')
const link = (page: Page, name: string) => links(page).filter({ hasText: name })
const results = (page: Page) => page.getByRole('list', { name: 'Search results' }).getByRole('button')
const searchBox = (page: Page) => page.getByRole('searchbox', { name: 'Search messages' })
const openSearch = (page: Page) => page.getByRole('button', { name: 'Search', exact: true }).click()

/** Ada with a chat to Ben and one to Cleo, which is open. */
async function threePeople(): Promise<readonly [Page, Page, Page]> {
  const [ada, ben, cleo] = [await somebody(), await somebody(), await somebody()]
  await join(ben, await invite(ada, url, 'Ada'), 'Ben')
  await connection(ada, 'connected').waitFor()
  await ada.getByRole('button', { name: 'New chat' }).click()
  await join(cleo, await ada.getByRole('textbox', { name: 'Invite link' }).inputValue(), 'Cleo')
  await connection(ada, 'connected').waitFor()
  await link(ada, 'Cleo').waitFor()
  return [ada, ben, cleo]
}

it('the list tells who, the last message, its state and what is unread, the newest activity first, also after a reload', async () => {
  const [ada, ben] = await threePeople()
  await write(ada, 'To Cleo')
  await bubble(ada, 'me', 'delivered').waitFor()
  await write(ben, 'First from Ben')
  await write(ben, 'Second from Ben')
  await ada.locator('[data-chat][data-unread="2"]').waitFor()
  const listed = () => links(ada).evaluateAll((all) => all.map((one) => one.querySelector('.last')?.textContent))
  await expect.poll(listed).toEqual(['Second from Ben', 'You: To Cleo'])
  expect(await link(ada, 'Ben').locator('time').textContent()).toMatch(/^\d\d:\d\d$/)
  expect(await link(ada, 'Cleo').getAttribute('aria-current')).toBe('page')
  await expect.poll(() => ada.title()).toMatch(/^\(2\) /)
  // What was written and not sent is told of the chats that are not open.
  await ada.getByRole('textbox', { name: 'Message', exact: true }).fill('half a thought')
  await link(ada, 'Ben').click()
  await expect.poll(() => link(ada, 'Ben').getAttribute('data-unread')).toBe('0')
  await expect.poll(listed).toEqual(['Second from Ben', 'Draft: half a thought'])
  // Longer than a draft takes to be kept.
  await ada.waitForTimeout(800)
  await ada.reload()
  await expect.poll(listed).toEqual(['Second from Ben', 'Draft: half a thought'])
  expect(await links(ada).evaluateAll((all) => all.map((one) => one.getAttribute('data-unread')))).toEqual(['0', '0'])
}, 60_000)

it('a search finds a message of any chat, whatever the case and accents, and brings it into view', async () => {
  const ada = await somebody()
  await invite(ada, url, 'Ada')
  await write(ada, 'The café is at 5 Straße')
  for (let i = 0; i < 210; i++) await write(ada, `line ${i}`)
  await expect.poll(() => ada.getByRole('log').getAttribute('data-count')).toBe('211')
  // Only a window of it is drawn once the chat is opened again.
  await ada.getByRole('button', { name: 'New chat' }).click()
  await expect.poll(() => links(ada).count()).toBe(2)
  await write(ada, 'Another cafe')
  await openSearch(ada)
  await searchBox(ada).fill('CAFÉ')
  await expect.poll(() => results(ada).count()).toBe(2)
  expect(await results(ada).locator('mark').allTextContents()).toEqual(['cafe', 'café'])
  expect(await results(ada).first().textContent()).toContain('You: Another cafe')
  await searchBox(ada).fill('nowhere to be found')
  await expect.poll(() => results(ada).count()).toBe(0)
  await searchBox(ada).fill('5 strasse')
  await results(ada).click()
  const found = bubble(ada, 'me').filter({ hasText: 'The café is at 5 Straße' })
  await found.waitFor()
  await expect.poll(() => found.evaluate((one) => one === document.activeElement)).toBe(true)
  const inSight = () =>
    found.evaluate((one) => {
      const { top, bottom } = one.getBoundingClientRect()
      return top >= 0 && bottom <= innerHeight
    })
  await expect.poll(inSight).toBe(true)
}, 180_000)

it('Escape closes the search and gives the focus back', async () => {
  const ada = await somebody()
  await invite(ada, url)
  await openSearch(ada)
  await searchBox(ada).fill('something')
  await ada.keyboard.press('Escape')
  await ada.locator('dialog').waitFor({ state: 'detached' })
  const search = ada.getByRole('button', { name: 'Search', exact: true })
  await expect.poll(() => search.evaluate((one) => one === document.activeElement)).toBe(true)
}, 30_000)

it('deleting a chat is asked once, and leaves the other as it is', async () => {
  const [ada, ben] = await threePeople()
  await write(ada, 'To Cleo')
  await bubble(ada, 'me', 'delivered').waitFor()
  await write(ben, 'To stay')
  await link(ada, 'Ben').locator('[class=count]').waitFor()
  await ada.getByRole('button', { name: 'Delete chat' }).click()
  await ada.getByRole('dialog').getByRole('button', { name: 'Delete chat' }).click()
  await expect.poll(() => links(ada).count()).toBe(1)
  expect(await texts(ada)).toEqual(['To stay'])
  await ada.reload()
  await bubble(ada, 'peer').waitFor()
  expect(await links(ada).count()).toBe(1)
  expect(await texts(ada)).toEqual(['To stay'])
}, 60_000)
