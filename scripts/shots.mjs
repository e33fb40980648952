// `npm run shots [-- CASE...]`: pictures of every screen and state, in both themes, at 360, 820 and 1280, into shots/.
// Fails when a page scrolls sideways at 360 px, as it is or with text at 200 %. Chromium: CHROMIUM_PATH or Debian's.

import { mkdirSync } from 'node:fs'
import { chromium } from 'playwright'
import { createServer } from 'vite'

const WIDTHS = { 360: 740, 820: 1000, 1280: 860 }
/** What is done before the picture, by the name after the +. */
const ACTIONS = {
  receipt: (page) => page.getByRole('button', { name: 'Receipt', exact: true }).last().click(),
  bench: (page) => page.getByRole('button', { name: 'Key distribution' }).click(),
  chats: (page) => page.getByRole('button', { name: 'Back to chats' }).click(),
  leave: (page) => page.getByRole('button', { name: 'Leave chat' }).click(),
  write: (page) =>
    page
      .getByRole('textbox', { name: 'Message' })
      .fill(
        'The long alignment takes three hours, so let us start at noon.\nI can bring the second analyser.\n\n4\n5\n6\n7',
      ),
  fail: async (page) => {
    await page.getByRole('textbox', { name: 'Message' }).fill('fail')
    await page.keyboard.press('Enter')
  },
}
const EXTRA = {
  'chat-done+receipt': [360, 820, 1280],
  'alert+receipt': [360, 1280],
  'states+receipt': [1280],
  'chat-done+bench': [360, 820],
  'alert+bench': [360],
  'chat+bench': [360],
  'chat+chats': [360],
  'chat+leave': [360, 1280],
  'chat+write': [360, 1280],
  'chat+fail': [360, 1280],
}

const server = await createServer({ server: { port: 0, host: '127.0.0.1' }, logLevel: 'error' })
await server.listen()
const url = `${server.resolvedUrls.local[0]}src/ui/fixtures/index.html`
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH || '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
})
mkdirSync('shots', { recursive: true })
let bad = 0

async function open(name, width) {
  const page = await browser.newPage({
    viewport: { width, height: WIDTHS[width] },
    reducedMotion: 'reduce',
  })
  page.on('pageerror', (error) => report(`${name}: ${error.message}`))
  const [state, action] = name.split('+')
  await page.goto(`${url}?case=${state}`)
  await page.waitForFunction(() => document.querySelector('#root')?.childElementCount)
  await page.evaluate(() => document.fonts.ready.then(() => 0))
  await page.waitForTimeout(400)
  if (action) await ACTIONS[action](page)
  await page.waitForLoadState('networkidle')
  await page.waitForTimeout(200)
  return page
}

function report(line) {
  bad += 1
  console.log(line)
}

async function checkWidth(page, name) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  if (over <= 0) return
  const who = await page.evaluate(() =>
    [...document.querySelectorAll('body *')]
      .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
      .map((one) => `${one.tagName.toLowerCase()}.${one.getAttribute('class') ?? ''}`)
      .slice(0, 6)
      .join(' '),
  )
  report(`${name}: ${over} px too wide: ${who}`)
}

/** One screen at one width: both themes, and on a phone with large text too. */
async function shoot(name, width) {
  const page = await open(name, width)
  const fullPage = !name.includes('+')
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.screenshot({ path: `shots/${name}-${colorScheme}-${width}.png`, fullPage })
    await checkWidth(page, `${name} ${colorScheme} ${width}`)
  }
  if (width === 360) {
    await page.addStyleTag({ content: 'html{font-size:200%}' })
    await page.screenshot({ path: `shots/${name}-large-360.png` })
    await checkWidth(page, `${name} with text at 200 %`)
  }
  await page.close()
}

const index = await browser.newPage()
await index.goto(url)
await index.waitForFunction(() => globalThis.caseNames)
const names = await index.evaluate(() => globalThis.caseNames)
const only = process.argv.slice(2)
const wanted = [...names, ...Object.keys(EXTRA)].filter((name) => only.length === 0 || only.includes(name))
const jobs = wanted.flatMap((name) =>
  (EXTRA[name] ?? Object.keys(WIDTHS).map(Number)).map((width) => () => shoot(name, width)),
)
await Promise.all(
  Array.from({ length: 6 }, async () => {
    for (let job = jobs.shift(); job; job = jobs.shift()) await job()
  }),
)
await browser.close()
await server.close()
console.log(`${wanted.length} screens, ${bad} faults`)
process.exit(bad ? 1 : 0)
