// `npm run shots`: pictures of every screen and state, in both themes, at 360, 820 and 1280, and at 360 with text at
// 200 % too. Fails when a page has an error or scrolls sideways.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { chromium } from 'playwright'
import { ensureChromium } from './chromium.ts'
import { listViews, openView, serveFixtures, sidewaysScroll } from './fixtures.ts'

const HELP = `npm run shots -- [options] [NAME...]
  Takes pictures of the views whose name contains one of the NAMEs, or of all: VIEW-THEME-WIDTH.png.

  --out DIR      where the pictures go (shots/, which git ignores)
  --width W      only this width: 360, 820 or 1280; may be given several times
  --theme T      only light or dark
  --manifest     takes the two of the web app manifest instead, into public/screenshots (vite.config.ts names them)
  --list         names the views and takes no picture
  --help         says this

  A view is a case of src/ui/fixtures/cases.ts; what stands after a + was done to it first.
`
/** Heights by width: a phone, a tablet, a desk. */
const HEIGHTS = { 360: 740, 820: 1000, 1280: 860 }
const PAGES_AT_ONCE = 2
/** What an installer shows of the app, at the sizes that the manifest says. */
const MANIFEST_PICTURES = [
  { file: 'wide.png', view: 'chat-delivered', viewport: { width: 1280, height: 800 } },
  { file: 'narrow.png', view: 'chat-delivered', viewport: { width: 360, height: 780 } },
]

const { values: options, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: {
    out: { type: 'string', default: 'shots' },
    width: { type: 'string', multiple: true, default: Object.keys(HEIGHTS) },
    theme: { type: 'string', multiple: true, default: ['light', 'dark'] },
    manifest: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

async function run() {
  const fixtures = await serveFixtures()
  const browser = await chromium.launch({ executablePath: ensureChromium(), args: ['--no-sandbox', '--disable-gpu'] })
  try {
    if (options.manifest) return await shootManifest(browser, fixtures)
    const views = (await listViews(browser, fixtures)).filter(isWanted)
    if (options.list) process.stdout.write(views.map(({ name }) => `${name}\n`).join(''))
    else await shootAll(browser, fixtures, views)
  } finally {
    await browser.close()
    await fixtures.close()
  }
}

function isWanted({ name }) {
  return wanted.length === 0 || wanted.some((part) => name.includes(part))
}

async function shootAll(browser, fixtures, views) {
  mkdirSync(options.out, { recursive: true })
  const widths = options.width.map(Number)
  const jobs = views.flatMap((view) =>
    widths.filter((width) => view.widths?.includes(width) ?? true).map((width) => ({ name: view.name, width })),
  )
  const faults = []
  const work = async () => {
    const page = await browser.newPage({ reducedMotion: 'reduce' })
    for (let job = jobs.shift(); job; job = jobs.shift()) faults.push(...(await shoot(page, fixtures, job)))
  }
  await Promise.all(Array.from({ length: PAGES_AT_ONCE }, work))
  process.stdout.write([...faults, `${views.length} views, ${faults.length} faults`, ''].join('\n'))
  if (faults.length > 0) process.exitCode = 1
}

async function shootManifest(browser, fixtures) {
  for (const { file, view, viewport } of MANIFEST_PICTURES) {
    const page = await browser.newPage({ viewport, colorScheme: 'light', reducedMotion: 'reduce' })
    await openView(page, fixtures, view)
    await page.screenshot({ path: join('public/screenshots', file) })
    await page.close()
  }
}

/** One view at one width, in both themes; on a phone with large text too. Gives what is wrong with it. */
async function shoot(page, fixtures, { name, width }) {
  const faults = []
  const note = (error) => faults.push(`${name}: ${error.message}`)
  page.on('pageerror', note)
  const picture = async (label, fullPage) => {
    await page.screenshot({ path: join(options.out, `${name}-${label}-${width}.png`), fullPage })
    const wide = await sidewaysScroll(page)
    if (wide !== null) faults.push(`${name} ${label} ${width}: ${wide}`)
  }
  await page.setViewportSize({ width, height: HEIGHTS[width] })
  await openView(page, fixtures, name)
  for (const colorScheme of options.theme) {
    await page.emulateMedia({ colorScheme })
    await picture(colorScheme, !name.includes('+'))
  }
  if (width === 360) {
    await setTextSize(page, '200%')
    await picture('large', false)
    await setTextSize(page, '')
  }
  page.off('pageerror', note)
  return faults
}

const setTextSize = (page, size) =>
  page.evaluate((to) => {
    document.documentElement.style.fontSize = to
  }, size)

if (options.help) process.stdout.write(HELP)
else await run()
