// The fixture page (src/ui/fixtures) built and served as the app itself is, security headers included; and the views of
// it: every case, and what a click away from one shows. For the pictures and for the tests of every screen.

/// <reference lib="dom" />

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright'
import { build } from 'vite'
import { makeLog } from '../signaling/log.ts'
import { startServer } from '../signaling/server.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const PAGE = 'src/ui/fixtures/index.html'
/** Time for what a screen shows late: words under a bubble after 300 ms, parts that are loaded when needed. */
const SETTLED_MS = 350

export interface Fixtures {
  /** Where a view is; without a name, the list of all cases. */
  url(view?: string): string
  close(): Promise<void>
}

/** Builds into a folder of its own, so that nobody's later change gets into the pages. */
export async function serveFixtures(): Promise<Fixtures> {
  const dist = await mkdtemp(join(tmpdir(), 'sequre-fixtures-'))
  // Under vitest it says "test", and Vite would take the libraries' development builds.
  process.env['NODE_ENV'] = 'production'
  await build({ root, logLevel: 'error', build: { outDir: dist, rolldownOptions: { input: join(root, PAGE) } } })
  const server = await startServer({ port: 0, host: '127.0.0.1', dist, log: makeLog('error') })
  return {
    url: (view = '') => `${server.url}/${PAGE}#${view}`,
    async close() {
      await server.close()
      await rm(dist, { recursive: true })
    },
  }
}

type Action = (page: Page) => Promise<unknown>

/** What is done once a case stands, by the name after the +. */
const ACTIONS: Readonly<Record<string, Action>> = {
  receipt: (page) => page.getByRole('button', { name: 'Receipt', exact: true }).last().click(),
  bench: (page) => page.getByRole('button', { name: 'Key distribution' }).click(),
  happened: (page) => page.getByRole('button', { name: 'See what happened' }).click(),
  run: async (page) => {
    await page.getByRole('button', { name: 'Receipt', exact: true }).first().click()
    await page.getByRole('button', { name: 'Show this run' }).click()
  },
  chats: (page) => page.getByRole('button', { name: 'Back to chats' }).click(),
  search: async (page) => {
    // On a phone it stands in the head of the list.
    const list = page.getByRole('button', { name: 'Back to chats' })
    if (await list.isVisible()) await list.click()
    await page.getByRole('button', { name: 'Search', exact: true }).click()
    await page.getByRole('searchbox', { name: 'Search messages' }).fill('THE')
  },
  knows: (page) => page.getByRole('button', { name: 'What she knows' }).click(),
  delete: (page) => page.getByRole('button', { name: 'Delete chat' }).click(),
  copied: async (page) => {
    // Headless Chromium has no clipboard to ask for: the field is copied from, as in a page that may not.
    await page.getByRole('button', { name: 'Copy invite' }).click()
    await page.getByRole('button', { name: 'Copied' }).waitFor()
  },
  write: (page) => page.getByRole('textbox', { name: 'Message', exact: true }).fill(LONG_DRAFT),
  fault: async (page) => {
    await page.getByRole('textbox', { name: 'Message', exact: true }).fill('fail')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').waitFor()
  },
}

const LONG_DRAFT =
  'The long alignment takes three hours, so let us start at noon.\nI can bring the second analyser.\n\n4\n5\n6\n7'

/** What is seen after an action, and at which widths: some of it stands open anyway where there is room. */
const AFTER_ACTIONS: Readonly<Record<string, readonly number[]>> = {
  'chat-done+receipt': [360, 820, 1280],
  'alert+receipt': [360, 1280],
  'states+receipt': [1280],
  'chat-done+bench': [360, 820],
  'alert+bench': [360],
  'alert-peer+happened': [360, 1280],
  'bench-series+run': [360, 820, 1280],
  'chat+bench': [360],
  'chats+chats': [360],
  'chats+search': [360, 820, 1280],
  'chat+delete': [360, 1280],
  'eve+knows': [360, 820, 1280],
  'eve-passive+knows': [360, 1280],
  'eve-start+knows': [360],
  'chat+write': [360, 1280],
  'chat+fault': [360, 1280],
  'invite+copied': [360],
}

export interface View {
  readonly name: string
  /** The widths at which it is something of its own; null for all. */
  readonly widths: readonly number[] | null
}

/** Every case of the fixture page, and what a click away from some of them shows. */
export async function listViews(browser: Browser, fixtures: Fixtures): Promise<readonly View[]> {
  const page = await browser.newPage()
  await page.goto(fixtures.url())
  const cases = await page.getByRole('link').allTextContents()
  await page.close()
  return [
    ...cases.map((name) => ({ name, widths: null })),
    ...Object.entries(AFTER_ACTIONS).map(([name, widths]) => ({ name, widths })),
  ]
}

/** Goes to a view and waits until it stands still. A page that is there already only draws the view anew. */
export async function openView(page: Page, fixtures: Fixtures, name: string): Promise<void> {
  await page.goto(fixtures.url())
  await page.goto(fixtures.url(name))
  await page.waitForTimeout(SETTLED_MS)
  const action = name.split('+')[1]
  if (action === undefined) return
  await ACTIONS[action]?.(page)
  await page.waitForTimeout(SETTLED_MS)
}

/** How much the page is wider than its window, and what sticks out: null when all is within. */
export async function sidewaysScroll(page: Page): Promise<string | null> {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.scrollingElement ?? document.documentElement
    if (scrollWidth <= clientWidth) return null
    const wide = [...document.querySelectorAll('body *')]
      .filter((element) => element.getBoundingClientRect().right > clientWidth + 1)
      .map((element) => `${element.localName}.${element.getAttribute('class') ?? ''}`)
    return `${scrollWidth - clientWidth} px too wide: ${wide.slice(0, 6).join(' ')}`
  })
}
