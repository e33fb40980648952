// What axe can see of accessibility, WCAG 2.2 AA, on every screen of a chat's life, light and dark, wide and narrow.

import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { bubble, connectTwo, invite, launch, write } from './browser.ts'

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
const VIEWS = [
  { colorScheme: 'light', viewport: { width: 1280, height: 860 } },
  { colorScheme: 'dark', viewport: { width: 360, height: 740 } },
] as const

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

/** What axe finds, a line each. */
async function faults(page: Page): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze()
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
}

describe.each(VIEWS)('axe finds nothing ($colorScheme, $viewport.width wide)', (view) => {
  it('on the start page, the invite and the way in', async () => {
    const context = await browser.newContext({ ...view, reducedMotion: 'reduce' })
    const page = await context.newPage()
    await page.goto(inject('baseUrl'))
    expect(await faults(page)).toEqual([])
    const link = await invite(page, inject('baseUrl'))
    expect(await faults(page)).toEqual([])
    const friend = await context.newPage()
    await friend.goto(link)
    await friend.getByRole('button', { name: 'Join chat' }).waitFor()
    expect(await faults(friend)).toEqual([])
    await context.close()
  })

  it('in a chat and on a receipt', async () => {
    const context = await browser.newContext({ ...view, reducedMotion: 'reduce' })
    const [page] = await connectTwo(context, inject('baseUrl'))
    await write(page, 'See you at the bench at four.')
    await bubble(page, 'me', 'delivered').waitFor()
    expect(await faults(page)).toEqual([])
    await page.getByRole('button', { name: 'Receipt' }).first().click()
    await page.getByRole('dialog', { name: 'Receipt' }).waitFor()
    expect(await faults(page)).toEqual([])
    await context.close()
  })
})
