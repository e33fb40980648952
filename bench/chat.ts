// Latency as a person has it: two tabs of one window, the message typed and Enter pressed in one, the time until the
// bubble says delivered, on that page's own clock. One of the two tabs is always hidden.

import type { Browser, BrowserContext, Page } from 'playwright'

const TEXT = 'x'.repeat(100)

/** Milliseconds from Enter to delivered, one entry a message. */
export async function measureLatency(
  browser: Browser,
  baseUrl: string,
  query: string,
  messages: number,
): Promise<readonly number[]> {
  const context = await browser.newContext()
  const [alice] = await openChat(context, baseUrl, query)
  const runs: number[] = []
  // The first messages of a side also fill its lane of tag pairs: they are longer, and not counted.
  for (let i = 0; i < messages + 3; i++) {
    const elapsedMs = await sendTimed(alice, `${i} ${TEXT}`.slice(0, 100))
    if (i >= 3) runs.push(elapsedMs)
  }
  await context.close()
  return runs
}

/** Two connected pages of one context: the inviter's, the joiner's; the joiner's tab is hidden. */
export async function openChat(context: BrowserContext, baseUrl: string, query = ''): Promise<readonly [Page, Page]> {
  // tsx marks the names of functions by a helper that functions handed to a page would miss there.
  await context.addInitScript('globalThis.__name = (named) => named')
  const alice = await context.newPage()
  await alice.goto(`${baseUrl}/${query}`)
  await alice.getByRole('button', { name: 'New chat' }).click()
  const invite = await alice.getByRole('textbox', { name: 'Invite link' }).inputValue()
  const bob = await context.newPage()
  const url = new URL(invite)
  await bob.goto(`${baseUrl}/${query}${url.hash}`)
  await bob.getByRole('button', { name: 'Join chat' }).click()
  for (const page of [alice, bob]) {
    await page.locator('[role="status"][aria-label="Connection"][data-state="connected"]').waitFor({ timeout: 30_000 })
  }
  await hide(context, bob)
  await alice.bringToFront()
  return [alice, bob]
}

/** Playwright makes every page believe that it has the focus; this one shall know that it is hidden. */
async function hide(context: BrowserContext, page: Page): Promise<void> {
  const session = await context.newCDPSession(page)
  await session.send('Emulation.setFocusEmulationEnabled', { enabled: false })
}

async function sendTimed(page: Page, text: string): Promise<number> {
  await page.getByRole('textbox', { name: 'Message' }).fill(text)
  const timed = page.evaluate(
    (wanted) =>
      new Promise<number>((resolve, reject) => {
        let startMs = 0
        addEventListener(
          'keydown',
          () => {
            startMs = performance.now()
          },
          { once: true, capture: true },
        )
        const look = (): void => {
          const found = [...document.querySelectorAll('article[data-from="me"]')].some(
            (article) =>
              article.getAttribute('data-state') === 'delivered' &&
              article.querySelector('[data-field="text"]')?.textContent === wanted,
          )
          if (!found) return
          observer.disconnect()
          resolve(performance.now() - startMs)
        }
        const observer = new MutationObserver(look)
        observer.observe(document.body, {
          subtree: true,
          childList: true,
          attributes: true,
          attributeFilter: ['data-state'],
        })
        setTimeout(() => reject(new Error(`not delivered within 20 s: ${wanted}`)), 20_000)
      }),
    text,
  )
  await page.getByRole('textbox', { name: 'Message' }).press('Enter')
  return await timed
}
