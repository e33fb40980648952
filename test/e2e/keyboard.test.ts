// The whole app without a mouse: every way is gone by Tab, Enter, Escape and typing alone, every stop on the way shows
// that it has the focus and lies in sight, and no step leaves the focus on nothing.

import type { Browser, BrowserContext, Locator, Page } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { type Fixtures, openView, serveFixtures } from '../../scripts/fixtures.ts'
import { bubble, connection, invite, launch, texts, watchErrors } from './browser.ts'

const url = inject('baseUrl')
const STOPS_MAX = 40
let browser: Browser
let context: BrowserContext
let errors: string[]

beforeAll(async () => {
  browser = await launch()
})

afterAll(() => browser?.close())

beforeEach(async () => {
  context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'], reducedMotion: 'reduce' })
  context.setDefaultTimeout(20_000)
  errors = watchErrors(context)
})

afterEach(async () => {
  await context.close()
  expect(errors).toEqual([])
})

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const messageBox = (page: Page) => page.getByRole('textbox', { name: 'Message', exact: true })
const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { name })

const hasFocus = (target: Locator): Promise<boolean> =>
  target.evaluateAll((all) => all.some((element) => element === document.activeElement))

/** The focus comes there by itself: soon, since parts may still be on their way. */
const expectFocus = (target: Locator) => expect.poll(() => hasFocus(target)).toBe(true)

/** A dialog that is closed has no role any more, but is still there for a moment. */
const gone = (dialog: Locator): Promise<void> => dialog.page().locator('dialog').waitFor({ state: 'detached' })

/** Goes on by a key until the target has the focus. */
async function goTo(target: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  const page = target.page()
  await target.waitFor()
  for (let stop = 0; stop < STOPS_MAX; stop += 1) {
    await page.keyboard.press(key)
    expect(await focusFault(page)).toBe(null)
    if (await hasFocus(target)) return
  }
  expect.fail(`${target} can't be reached by ${key}`)
}

/** What is wrong with the stop that the focus is at, or null: a ring that nobody sees, a thing out of sight. */
const focusFault = (page: Page): Promise<string | null> =>
  page.evaluate(() => {
    const stop = document.activeElement
    // At the end of the page the focus passes through the browser's own controls.
    if (stop === null || stop === document.body) return null
    const name = `${stop.localName} ${stop.getAttribute('aria-label') ?? stop.textContent?.slice(0, 30)}`
    const { outlineStyle, outlineWidth } = getComputedStyle(stop)
    if (outlineStyle === 'none' || Number.parseFloat(outlineWidth) < 2) return `${name} shows no focus`
    const { left, top, width, height } = stop.getBoundingClientRect()
    const inside = (at: number, end: number) => Math.min(Math.max(at, 1), end - 2)
    const seen = document.elementFromPoint(
      inside(left + width / 2, innerWidth),
      inside(top + Math.min(height / 2, 20), innerHeight),
    )
    return stop.contains(seen) || seen?.contains(stop)
      ? null
      : `${name} lies under ${seen?.localName}.${seen?.className}`
  })

/** Starts a chat; gives the invite as it is in the clipboard. */
async function inviteByKeys(page: Page, name: string): Promise<string> {
  await page.goto(url)
  await goTo(page.getByRole('textbox', { name: 'Your name' }))
  await page.keyboard.type(name)
  await goTo(button(page, 'New chat'))
  await page.keyboard.press('Enter')
  await expectFocus(heading(page, 'Invite one person'))
  await goTo(button(page, 'Copy invite'))
  await page.keyboard.press('Enter')
  await button(page, 'Copied').waitFor()
  return page.evaluate(() => navigator.clipboard.readText())
}

async function joinByKeys(link: string, name: string): Promise<Page> {
  const page = await context.newPage()
  await page.goto(link)
  await goTo(page.getByRole('textbox', { name: 'Your name' }))
  await page.keyboard.type(name)
  await goTo(button(page, 'Join chat'))
  await page.keyboard.press('Enter')
  return page
}

describe('the keyboard alone', () => {
  it('starts a chat, joins it, writes, reads a receipt and leaves', async () => {
    const alice = await context.newPage()
    const link = await inviteByKeys(alice, 'Ada')
    const bob = await joinByKeys(link, 'Ben')
    await expectFocus(messageBox(bob))
    await connection(alice, 'connected').waitFor()
    // The invite went, and with it the button that had the focus.
    await expectFocus(messageBox(alice))
    await alice.keyboard.type('Not a single click')
    await alice.keyboard.press('Enter')
    await bubble(alice, 'me', 'delivered').waitFor()
    await expect.poll(() => texts(bob)).toEqual(['Not a single click'])
    await expectFocus(messageBox(alice))

    await goTo(button(alice, 'Receipt'), 'Shift+Tab')
    await alice.keyboard.press('Enter')
    const receipt = alice.getByRole('dialog', { name: 'Receipt' })
    await receipt.waitFor()
    await goTo(receipt.getByRole('button').last())
    await alice.keyboard.press('Escape')
    await gone(receipt)
    await expectFocus(button(alice, 'Receipt'))

    await goTo(button(alice, 'Delete chat'), 'Shift+Tab')
    await alice.keyboard.press('Enter')
    const question = alice.getByRole('dialog', { name: 'Delete this chat?' })
    await question.waitFor()
    await alice.keyboard.press('Escape')
    await gone(question)
    await expectFocus(button(alice, 'Delete chat'))
    await alice.keyboard.press('Enter')
    await goTo(question.getByRole('button', { name: 'Delete chat' }))
    await alice.keyboard.press('Enter')
    await expectFocus(heading(alice, /^A private chat/))
  })

  it('reads what this is and comes back, from the start and from an invite', async () => {
    const [alice, bob] = [await context.newPage(), await context.newPage()]
    const readAbout = async (page: Page) => {
      await goTo(button(page, 'What this is, and what it is not'))
      await page.keyboard.press('Enter')
      await expectFocus(heading(page, 'What this is, and what it is not'))
      await goTo(button(page, 'Back'), 'Shift+Tab')
      await page.keyboard.press('Enter')
      await expectFocus(page.getByRole('heading', { level: 1 }))
    }
    await alice.goto(url)
    await readAbout(alice)
    await bob.goto(await inviteByKeys(alice, ''))
    await readAbout(bob)
    await button(bob, 'Join chat').waitFor()
  })

  it('jumps over the chats to the message box', async () => {
    const page = await context.newPage()
    await invite(page, url)
    await page.getByRole('heading', { name: 'Invite one person' }).waitFor()
    await goTo(button(page, 'Go to the message box'), 'Shift+Tab')
    await page.keyboard.press('Enter')
    await expectFocus(messageBox(page))
  })

  it('takes a waiting message back, and goes on writing', async () => {
    const page = await context.newPage()
    await invite(page, url)
    await goTo(messageBox(page))
    for (const text of ['first', 'second']) {
      await page.keyboard.type(text)
      await page.keyboard.press('Enter')
    }
    await bubble(page, 'me', 'queued').nth(1).waitFor()
    await goTo(button(page, 'Cancel').first(), 'Shift+Tab')
    await page.keyboard.press('Enter')
    await expect.poll(() => texts(page)).toHaveLength(1)
    await expectFocus(messageBox(page))
  })
})

describe('an input method', () => {
  it('takes Enter for itself while it composes', async () => {
    const page = await context.newPage()
    await invite(page, url)
    await messageBox(page).focus()
    const browserSide = await context.newCDPSession(page)
    await browserSide.send('Input.imeSetComposition', { text: 'こんにち', selectionStart: 4, selectionEnd: 4 })
    // As the browser hears it: the method keeps the key, so that no text comes with it.
    const enter = { type: 'rawKeyDown', key: 'Enter', code: 'Enter' } as const
    await browserSide.send('Input.dispatchKeyEvent', { ...enter, windowsVirtualKeyCode: 13 })
    // Some methods report their keys as 229, and the last one after they have stopped composing.
    await browserSide.send('Input.dispatchKeyEvent', { ...enter, windowsVirtualKeyCode: 229 })
    expect(await messageBox(page).inputValue()).toBe('こんにち')
    await browserSide.send('Input.insertText', { text: 'こんにちは' })
    expect(await texts(page)).toEqual([])
    await page.keyboard.press('Enter')
    await expect.poll(() => texts(page)).toEqual(['こんにちは'])
  })
})

describe('on a phone', () => {
  let fixtures: Fixtures
  let page: Page

  beforeAll(async () => {
    fixtures = await serveFixtures()
  })

  afterAll(() => fixtures?.close())

  beforeEach(async () => {
    page = await context.newPage()
    await page.setViewportSize({ width: 360, height: 740 })
    await openView(page, fixtures, 'chat-done')
  })

  it('a sheet takes the focus, keeps it, and gives it back on Escape', async () => {
    const sheets = [
      {
        opener: page.getByRole('button', { name: /Key distribution/ }),
        sheet: page.getByRole('region', { name: 'Key distribution' }),
      },
      { opener: button(page, 'Back to chats'), sheet: page.getByRole('navigation', { name: 'Chats' }) },
    ]
    for (const { opener, sheet } of sheets) {
      await goTo(opener, 'Shift+Tab')
      await page.keyboard.press('Enter')
      const inside = sheet.locator(':scope:focus, :focus')
      await inside.waitFor()
      for (let stop = 0; stop < 8; stop += 1) {
        await page.keyboard.press('Tab')
        expect(await focusFault(page)).toBe(null)
        expect(await page.locator('main :focus').count()).toBe(0)
      }
      await sheet.getByRole('button', { name: 'Close' }).focus()
      await page.keyboard.press('Escape')
      await expectFocus(opener)
    }
  })

  it('another chat is opened from the list', async () => {
    await goTo(button(page, 'Back to chats'), 'Shift+Tab')
    await page.keyboard.press('Enter')
    await goTo(page.getByRole('link', { name: /Ben Adeyemi/ }))
    await page.keyboard.press('Enter')
    await heading(page, 'Ben Adeyemi').waitFor()
    await expectFocus(messageBox(page))
  })
})
