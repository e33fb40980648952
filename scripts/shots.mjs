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
  --list         names the views and takes no picture
  --help         says this

  A view is a case of src/ui/fixtures/cases.ts; what stands after a + was done to it first.
`
/** Heights by width: a phone, a tablet, a desk. */
const HEIGHTS = { 360: 740, 820: 1000, 1280: 860 }
const PAGES_AT_ONCE = 2

const { values: options, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: {
    out: { type: 'string', default: 'shots' },
    width: { type: 'string', multiple: true, default: Object.keys(HEIGHTS) },
    theme: { type: 'string', multiple: true, default: ['light', 'dark'] },
    list: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (options.help) process.stdout.write(HELP)
else await run()

async function run() {
  const fixtures = await serveFixtures()
  const browser = await chromium.launch({ executablePath: ensureChromium(), args: ['--no-sandbox', '--disable-gpu'] })
  try {
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
    for (let job = jobs.shift(); job; job = jobs.shift()) faults.push(...(await shoot(browser, fixtures, job)))
  }
  await Promise.all(Array.from({ length: PAGES_AT_ONCE }, work))
  process.stdout.write([...faults, `${views.length} views, ${faults.length} faults`, ''].join('\n'))
  if (faults.length > 0) process.exitCode = 1
}

/** One view at one width, in both themes; on a phone with large text too. Gives what is wrong with it. */
async function shoot(browser, fixtures, { name, width }) {
  const faults = []
  const page = await browser.newPage({ viewport: { width, height: HEIGHTS[width] }, reducedMotion: 'reduce' })
  page.on('pageerror', (error) => faults.push(`${name}: ${error.message}`))
  const picture = async (label, fullPage) => {
    await page.screenshot({ path: join(options.out, `${name}-${label}-${width}.png`), fullPage })
    const wide = await sidewaysScroll(page)
    if (wide !== null) faults.push(`${name} ${label} ${width}: ${wide}`)
  }
  await openView(page, fixtures, name)
  for (const colorScheme of options.theme) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await picture(colorScheme, !name.includes('+'))
  }
  if (width === 360) {
    await page.evaluate(() => {
      document.documentElement.style.fontSize = '200%'
    })
    await picture('large', false)
  }
  await page.close()
  return faults
}
