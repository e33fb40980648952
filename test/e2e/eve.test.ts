// The eavesdropper of a tab (`?eve=`) in the whole program: two tabs in Chromium, the real server, no mocks. Where she
// measures, both sides see the alert and nothing is sent; where she only listens, nothing is seen of her but her badge.

import type { Browser, BrowserContext, Page } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { bubble, connection, invite, join, launch, notice, texts, watchErrors, write } from './browser.ts'

const url = inject('baseUrl')
const TEXT = 'The door code is on the back of the blue folder.'
let browser: Browser
let context: BrowserContext
let errors: string[]

beforeAll(async () => {
  browser = await launch()
})

afterAll(() => browser?.close())

beforeEach(async () => {
  context = await browser.newContext()
  context.setDefaultTimeout(20_000)
  errors = watchErrors(context)
})

afterEach(async () => {
  await context.close()
  expect(errors).toEqual([])
})

interface Flags {
  readonly alice?: string
  readonly bob?: string
}

/** Two tabs, connected, each with its own flags: Alice invites, Bob joins. */
async function connectWith({ alice: hers = '', bob: his = '' }: Flags): Promise<readonly [Page, Page]> {
  const alice = await context.newPage()
  const link = await invite(alice, `${url}/${hers}`, 'Ada')
  const bob = await context.newPage()
  await join(bob, link.replace('/#', `/${his}#`), 'Ben')
  await connection(alice, 'connected').waitFor()
  await connection(bob, 'connected').waitFor()
  return [alice, bob]
}

const badge = (page: Page) => page.getByRole('status', { name: 'Eve', exact: true })
const alarm = (page: Page) => page.locator('[role="alert"][data-reason="eavesdropper"]')

/** A value of the alert, as a number. */
async function reading(page: Page, field: string): Promise<number> {
  const value = await alarm(page).locator(`[data-field="${field}"]`).getAttribute('data-value')
  return value === null || value === '' ? Number.NaN : Number(value)
}

/** Her report of the newest session. */
async function report(page: Page) {
  await page.getByRole('button', { name: 'What she knows' }).click()
  const dialog = page.getByRole('dialog', { name: 'What Eve knows' })
  await dialog.waitFor()
  return dialog
}

/** Both tabs show what the readings were, and the message waits, refused. S within 5 sigma of sqrt2 (about .2). */
async function expectAlert(sender: Page, receiver: Page, qber: number): Promise<void> {
  for (const page of [sender, receiver]) {
    await alarm(page).waitFor()
    expect(await alarm(page).textContent()).toMatch(/eavesdropper/i)
    expect(Math.abs((await reading(page, 's')) - Math.SQRT2)).toBeLessThan(0.25)
    expect(Math.abs((await reading(page, 'qber')) - qber)).toBeLessThan(0.03)
    expect(await reading(page, 'keyBits')).toBe(0)
  }
  await bubble(sender, 'me', 'refused').waitFor()
  expect(await texts(receiver)).toEqual([])
}

describe('an Eve who measures', () => {
  it('entangling in the sender’s tab is seen by both; once she is off the message goes through', async () => {
    const [alice, bob] = await connectWith({ alice: '?eve=ghz' })
    expect(await badge(alice).getAttribute('data-eve')).toBe('ghz')
    expect(await badge(bob).count()).toBe(0)
    await write(alice, TEXT)
    await expectAlert(alice, bob, 0.5)
    // Of the key she learns nothing, of what b1 measures 85.4 %.
    const dialog = await report(alice)
    const b1 = dialog.locator('[data-setting="b1"]')
    expect(Number.parseFloat((await b1.locator('.num').first().textContent()) ?? '')).toBeCloseTo(85.4, -1)
    const right = await dialog.locator('[data-field="guessedRight"]').getAttribute('data-value')
    expect(Math.abs(Number(right) - 0.5)).toBeLessThan(0.04)
    await dialog.getByRole('button', { name: 'Close' }).click()
    await alice.getByRole('button', { name: 'Receipt' }).click()
    const eve = alice.getByRole('dialog', { name: 'Receipt' }).locator('[data-field="eve"]')
    expect(await eve.getAttribute('data-value')).toBe('ghz')
    await alice.keyboard.press('Escape')

    await alice.getByRole('button', { name: 'Switch Eve off' }).click()
    await badge(alice).waitFor({ state: 'detached' })
    await alice.getByRole('button', { name: 'Retry', exact: true }).click()
    await bubble(alice, 'me', 'delivered').waitFor()
    await expect.poll(() => texts(bob)).toEqual([TEXT])
    await notice(alice, 'eavesdropper').waitFor({ state: 'detached' })
  })

  it('intercepting half-way between the key settings in the receiver’s tab stays under the usual QBER, and is seen', async () => {
    const [alice, bob] = await connectWith({ bob: '?eve=intercept' })
    expect(await badge(bob).textContent()).toContain('67.5°')
    await write(alice, TEXT)
    await expectAlert(alice, bob, 0.0732)
    const dialog = await report(bob)
    const right = await dialog.locator('[data-field="guessedRight"]').getAttribute('data-value')
    expect(Math.abs(Number(right) - 0.962)).toBeLessThan(0.02)
    expect(await dialog.textContent()).toContain('nothing was sealed')
    await bob.keyboard.press('Escape')
    await bob.getByRole('button', { name: 'Switch Eve off' }).click()
    await badge(bob).waitFor({ state: 'detached' })
    await alice.getByRole('button', { name: 'Retry', exact: true }).click()
    await bubble(alice, 'me', 'delivered').waitFor()
    // The session itself was clean, so its receipts know of no Eve.
    await bob.getByRole('button', { name: 'Receipt' }).click()
    const eve = bob.getByRole('dialog', { name: 'Receipt' }).locator('[data-field="eve"]')
    expect(await eve.getAttribute('data-value')).toBe('')
  })

  it('switched on again in mid-chat spoils the next message alone, and nothing is lost', async () => {
    const [alice, bob] = await connectWith({ alice: '?eve=intercept&angle=90' })
    await alice.getByRole('button', { name: 'Switch Eve off' }).click()
    await alice.getByRole('button', { name: 'Switch Eve on' }).waitFor()
    await write(alice, 'first')
    await bubble(alice, 'me', 'delivered').waitFor()
    await alice.getByRole('button', { name: 'Switch Eve on' }).click()
    await badge(alice).waitFor()
    // What the other side sends passes this tab too.
    await write(bob, 'second')
    await alarm(bob).waitFor()
    await bubble(bob, 'me', 'refused').waitFor()
    expect(await reading(bob, 'qber')).toBe(0)
    await alice.getByRole('button', { name: 'Switch Eve off' }).click()
    await bob.getByRole('button', { name: 'Retry', exact: true }).click()
    await bubble(bob, 'me', 'delivered').waitFor()
    for (const page of [alice, bob]) await expect.poll(() => texts(page)).toEqual(['first', 'second'])
  })
})

describe('an Eve who only listens', () => {
  it('is seen by nobody, and her transcript never has the message', async () => {
    const [alice, bob] = await connectWith({ bob: '?eve=passive' })
    expect(await badge(bob).getAttribute('data-eve')).toBe('passive')
    await write(alice, TEXT)
    await bubble(alice, 'me', 'delivered').waitFor()
    await bubble(bob, 'peer').waitFor()
    expect(await alarm(alice).count()).toBe(0)
    expect(await alarm(bob).count()).toBe(0)
    const dialog = await report(bob)
    await expect.poll(() => dialog.getByRole('listitem').count()).toBe(6)
    const told = (await dialog.textContent()) ?? ''
    for (const words of ['Proposes', 'tells his settings', 'test outcomes', 'Hash seed, ciphertext', 'Has read it'])
      expect(told).toContain(words)
    for (const word of TEXT.split(' ').filter((one) => one.length > 4)) expect(told).not.toContain(word)
    const right = await dialog.locator('[data-field="guessedRight"]').getAttribute('data-value')
    expect(Math.abs(Number(right) - 0.5)).toBeLessThan(0.04)
    await bob.keyboard.press('Escape')
    await bob.getByRole('button', { name: 'Receipt' }).click()
    const eve = bob.getByRole('dialog', { name: 'Receipt' }).locator('[data-field="eve"]')
    expect(await eve.getAttribute('data-value')).toBe('passive')
  })
})

describe('the flag', () => {
  it('enters no invite, and her badge is there before and after a chat begins', async () => {
    const page = await context.newPage()
    const link = await invite(page, `${url}/?eve=intercept&strength=0.5&angle=45&noise=0.01`)
    expect(link).toMatch(/^http:\/\/[^/?#]+\/#i=1\.private\.[\w-]+$/)
    expect(await badge(page).textContent()).toMatch(/50\.0\s% of the pairs at 45°/)
    const friend = await context.newPage()
    await friend.goto(link)
    await friend.getByRole('button', { name: 'Join chat' }).waitFor()
    expect(await badge(friend).count()).toBe(0)
    expect(friend.url()).toBe(link)
  })

  it.each([
    ['clone', 'not yet'],
    ['mitm', 'not yet'],
    ['everything', 'means nothing'],
    ['', 'means nothing'],
  ])('eve=%s is told and ignored', async (value, words) => {
    const page = await context.newPage()
    await page.goto(`${url}/?eve=${value}`)
    await notice(page, 'bad-url').waitFor()
    expect(await notice(page, 'bad-url').textContent()).toContain(words)
    expect(await badge(page).count()).toBe(0)
    await page.getByRole('button', { name: 'New chat' }).waitFor()
  })

  it('off leaves the tab as if there were no flag', async () => {
    const page = await context.newPage()
    await page.goto(`${url}/?eve=off&strength=1&angle=45`)
    await page.getByRole('button', { name: 'New chat' }).waitFor()
    expect(await badge(page).count()).toBe(0)
    expect(await notice(page, 'bad-url').count()).toBe(0)
    expect(await page.getByRole('button', { name: 'Switch Eve on' }).count()).toBe(0)
  })
})
