// Every view of the fixture page (all screens and states, and what a click away from them shows) at the width of a phone
// and of a desk: what axe can see of WCAG 2.2 AA in both themes, what sticks out sideways, what still moves.

import axe from 'axe-core'
import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Fixtures, listViews, openView, serveFixtures, sidewaysScroll, type View } from '../../scripts/fixtures.ts'
import { launch } from './browser.ts'

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
const SIZES = [
  { width: 360, height: 740 },
  { width: 1280, height: 860 },
]
const PAGES_AT_ONCE = 2

/** Faults by kind, each with the view it was found in. */
const found = { axe: [] as string[], sideways: [] as string[], moving: [] as string[], errors: [] as string[] }
let browser: Browser
let fixtures: Fixtures
let views: readonly View[]

beforeAll(async () => {
  fixtures = await serveFixtures()
  browser = await launch()
  views = await listViews(browser, fixtures)
  const jobs = views.flatMap((view) =>
    SIZES.filter(({ width }) => view.widths?.includes(width) ?? true).map((size) => ({ view, size })),
  )
  const work = async () => {
    const page = await browser.newPage({ reducedMotion: 'reduce' })
    let at = ''
    page.on('pageerror', (error) => found.errors.push(`${at}: ${error.message}`))
    await page.goto(fixtures.url())
    await page.evaluate(axe.source)
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
      at = `${job.view.name} ${job.size.width}`
      await page.setViewportSize(job.size)
      await look(page, job.view.name, at)
    }
  }
  await Promise.all(Array.from({ length: PAGES_AT_ONCE }, work))
}, 600_000)

afterAll(async () => {
  await browser?.close()
  await fixtures?.close()
})

/** Looks at a view in every way and writes down what is wrong. */
async function look(page: Page, name: string, at: string): Promise<void> {
  await setTextSize(page, '')
  await page.emulateMedia({ colorScheme: 'light', contrast: 'no-preference' })
  await openView(page, fixtures, name)
  const write = (kind: keyof typeof found, how: string, faults: readonly string[]) =>
    found[kind].push(...faults.map((fault) => `${at} ${how}: ${fault}`))
  write('axe', 'light', await runAxe(page, { type: 'tag', values: TAGS }))
  write('moving', 'reduced motion', await moving(page))
  write('sideways', '', await wide(page))
  await page.emulateMedia({ colorScheme: 'dark' })
  // The rest doesn't depend on the theme.
  write('axe', 'dark', await runAxe(page, { type: 'rule', values: ['color-contrast'] }))
  await page.emulateMedia({ contrast: 'more' })
  write('sideways', 'more contrast', await wide(page))
  await setTextSize(page, '200%')
  write('sideways', 'text at 200 %', await wide(page))
}

const setTextSize = (page: Page, size: string): Promise<void> =>
  page.evaluate((to) => {
    document.documentElement.style.fontSize = to
  }, size)

/** What axe finds, a line each. */
const runAxe = (page: Page, runOnly: axe.RunOnly): Promise<readonly string[]> =>
  page.evaluate(async (only) => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run(document, {
      runOnly: only,
      resultTypes: ['violations'],
      preload: false,
    })
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
  }, runOnly)

const wide = async (page: Page): Promise<readonly string[]> =>
  [await sidewaysScroll(page)].filter((one) => one !== null)

const moving = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() =>
    document.getAnimations().map(({ effect }) => String((effect as KeyframeEffect).target?.className)),
  )

describe('every view', () => {
  it('is there', () => {
    expect(views.length).toBeGreaterThan(30)
    expect(found.errors).toEqual([])
  })

  it('has nothing that axe finds, light and dark', () => {
    expect(found.axe).toEqual([])
  })

  it('never scrolls sideways: as it is, with more contrast, with text at 200 %', () => {
    expect(found.sideways).toEqual([])
  })

  it('stands still for who asks for less motion', () => {
    expect(found.moving).toEqual([])
  })
})

describe('with forced colours', () => {
  it('a message’s state is told by the outline and in words', async () => {
    const page = await browser.newPage({ forcedColors: 'active', reducedMotion: 'reduce' })
    await openView(page, fixtures, 'states')
    const outlines = await page.locator('article[data-from="me"]').evaluateAll((all) =>
      all.map((message) => {
        const { borderTopStyle } = getComputedStyle(message.querySelector('.bubble') ?? message)
        return [message.getAttribute('data-state'), borderTopStyle, message.querySelector('.state')?.textContent]
      }),
    )
    const outlineOf = (state: string) => outlines.filter(([of]) => of === state).map(([, outline]) => outline)
    expect(new Set(outlineOf('queued'))).toEqual(new Set(['dashed']))
    for (const state of ['distilling', 'sent', 'delivered', 'refused']) {
      expect(new Set(outlineOf(state))).toEqual(new Set(['solid']))
    }
    expect(outlines.filter(([, , words]) => !words)).toEqual([])
    await page.close()
  })
})
