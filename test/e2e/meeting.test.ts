// Where the two browsers are: two contexts of one browser, two browsers, many messages.

import type { BrowserContext, Page } from 'playwright'
import { afterEach, describe, expect, inject, it } from 'vitest'
import { bubble, connection, invite, join, launch, texts, watchErrors, write } from './browser.ts'

const url = inject('baseUrl')
const opened: { close(): Promise<void> }[] = []

afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close()
})

async function chatBetween(contexts: readonly [BrowserContext, BrowserContext]): Promise<void> {
  const errors = contexts.map(watchErrors)
  const [alice, bob] = [await contexts[0].newPage(), await contexts[1].newPage()]
  await join(bob, await invite(alice, url))
  await Promise.all([talk(alice, 'a'), talk(bob, 'b')])
  for (const page of [alice, bob]) await page.locator('[role="log"][data-count="6"]').waitFor()
  expect(await texts(alice)).toEqual(await texts(bob))
  await connection(alice, 'connected').waitFor()
  expect(errors.flat()).toEqual([])
}

async function talk(page: Page, name: string): Promise<void> {
  for (let i = 0; i < 3; i++) await write(page, `${name}${i}`)
  await bubble(page, 'me', 'delivered').nth(2).waitFor({ timeout: 60_000 })
}

describe('two people', () => {
  it('chat between two contexts of one browser', async () => {
    const browser = await launch()
    opened.push(browser)
    await chatBetween([await browser.newContext(), await browser.newContext()])
  })

  it('chat between two browsers', async () => {
    const [mine, theirs] = [await launch(), await launch()]
    opened.push(mine, theirs)
    await chatBetween([await mine.newContext(), await theirs.newContext()])
  })
})
