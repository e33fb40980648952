// Many messages, both sides at once. MANY sets how many a side; the figure of the plan is 500.

import type { Page } from 'playwright'
import { expect, inject, it } from 'vitest'
import { connectTwo, launch, texts, watchErrors, write } from './browser.ts'

const EACH = Number(process.env['MANY'] ?? 60)
const MS_EACH = 2_000

it(
  `delivers ${EACH} messages each way, once, in one order`,
  async () => {
    const browser = await launch()
    try {
      const context = await browser.newContext()
      const errors = watchErrors(context)
      const pages = await connectTwo(context, inject('baseUrl'))
      await Promise.all(pages.map((page, side) => talk(page, side)))
      const [hers, his] = await Promise.all(pages.map(texts))
      expect(hers).toEqual(his)
      for (const side of [0, 1]) {
        const said = hers?.filter((text) => text.startsWith(`${side}/`))
        expect(said).toEqual(Array.from({ length: EACH }, (_, i) => `${side}/${i}`))
      }
      expect(errors).toEqual([])
    } finally {
      await browser.close()
    }
  },
  60_000 + EACH * MS_EACH,
)

async function talk(page: Page, side: number): Promise<void> {
  for (let i = 0; i < EACH; i++) await write(page, `${side}/${i}`)
  await page.locator(`[role="log"][data-count="${2 * EACH}"]`).waitFor({ timeout: EACH * MS_EACH })
  const underWay = page.locator('[role="log"] article:not([data-state="delivered"])')
  await expect.poll(() => underWay.count(), { timeout: EACH * MS_EACH }).toBe(0)
}
