// A browser for a test file, and what all chat tests do with it.

import { type Browser, type BrowserContext, chromium, type Page } from 'playwright'
import { inject } from 'vitest'

const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export const launch = (): Promise<Browser> => chromium.launch({ executablePath: inject('chromiumPath'), args: ARGS })

/** Whatever the pages of a context could not do without an error: a test ends by expecting none. */
export function watchErrors(context: BrowserContext): string[] {
  const errors: string[] = []
  context.on('weberror', (error) => errors.push(String(error.error().stack ?? error.error())))
  return errors
}

/** Inviter: a new chat; gives the invite link. */
export async function invite(page: Page, url: string, name = ''): Promise<string> {
  await page.goto(url)
  await page.getByRole('textbox', { name: 'Your name' }).fill(name)
  await page.getByRole('button', { name: 'New chat' }).click()
  return page.getByRole('textbox', { name: 'Invite link' }).inputValue()
}

/** Joiner: opens the link and clicks. */
export async function join(page: Page, link: string, name = ''): Promise<void> {
  await page.goto(link)
  await page.getByRole('textbox', { name: 'Your name' }).fill(name)
  await page.getByRole('button', { name: 'Join chat' }).click()
}

export const connection = (page: Page, state: string) =>
  page.locator(`[role="status"][aria-label="Connection"][data-state="${state}"]`)

/** Two pages of one context, connected. */
export async function connectTwo(context: BrowserContext, url: string): Promise<readonly [Page, Page]> {
  const alice = await context.newPage()
  const link = await invite(alice, url, 'Ada')
  const bob = await context.newPage()
  await join(bob, link, 'Ben')
  await connection(alice, 'connected').waitFor()
  await connection(bob, 'connected').waitFor()
  return [alice, bob]
}

export async function write(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Message', exact: true }).fill(text)
  await page.getByRole('button', { name: 'Send', exact: true }).click()
}

/** A bubble with exactly this text. */
export const bubble = (page: Page, from: 'me' | 'peer', state?: string) =>
  page.locator(`[role="log"] article[data-from="${from}"]${state === undefined ? '' : `[data-state="${state}"]`}`)

/** The texts of a side's conversation, oldest first; of a long one all is made to stand in the document first. */
export async function texts(page: Page): Promise<string[]> {
  const earlier = page.getByRole('button', { name: 'Earlier messages' })
  // Scrolling to it may already draw what it would: a click by hand could come too late.
  while ((await earlier.count()) > 0)
    await earlier.evaluateAll((all: HTMLElement[]) => {
      for (const one of all) one.click()
    })
  const all = page.locator('[role="log"] article [data-field="text"]')
  return all.evaluateAll((found) => found.map((one) => one.textContent ?? ''))
}

export const notice = (page: Page, reason: string) => page.locator(`[data-reason="${reason}"]`)
