// A person at a killable browser: writes, sees, and remembers all that was ever on their screen, also for a moment.

/// <reference lib="dom" />

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { BrowserProcess } from './browser-process.ts'

export interface Bubble {
  readonly from: 'me' | 'peer'
  readonly state: string
  readonly text: string
}

const SCREEN_MS_MAX = 30_000
const BUBBLES = '[role="log"] article'

/** Tells every bubble that appears, and every state that it gets. (Text, for it runs before anything of the page.) */
const WATCH = `{
  const told = new WeakMap()
  const look = () => {
    for (const bubble of document.querySelectorAll('${BUBBLES}')) {
      const { from, state } = bubble.dataset
      if (told.get(bubble) === state) continue
      told.set(bubble, state)
      globalThis.tellBubble({ from, state, text: bubble.querySelector('[data-field="text"]').textContent })
    }
  }
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-state'] })
}`

export class Person {
  readonly name: string
  /** All that was tried, oldest first. */
  readonly written: string[] = []
  /** What was taken of it: the bubble stood. */
  readonly accepted: string[] = []
  /** What was seen as delivered of it. */
  readonly delivered = new Set<string>()
  /** What was seen of the peer. */
  readonly received = new Set<string>()
  /** What no page may do: errors that nobody caught. */
  readonly errors: string[] = []
  readonly #chromiumPath: string
  readonly #folder: string
  readonly #url: string
  #browser: BrowserProcess | null = null
  #page: Page | null = null
  #isKilled = false

  private constructor(name: string, chromiumPath: string, folder: string, url: string) {
    this.name = name
    this.#chromiumPath = chromiumPath
    this.#folder = folder
    this.#url = url
  }

  static async make(name: string, chromiumPath: string, url: string): Promise<Person> {
    return new Person(name, chromiumPath, await mkdtemp(join(tmpdir(), 'sequre-soak-')), url)
  }

  get page(): Page {
    if (this.#page === null) throw new Error(`${this.name} has no page.`)
    return this.#page
  }

  get isThere(): boolean {
    return !this.#isKilled
  }

  /** Starts the browser and opens an address of the app; whoever comes back opens none but the app. */
  async open(path = '/'): Promise<void> {
    this.#browser = await BrowserProcess.start(this.#chromiumPath, this.#folder)
    const { context } = this.#browser
    context.setDefaultTimeout(SCREEN_MS_MAX)
    context.on('weberror', (error) => this.errors.push(String(error.error().stack ?? error.error())))
    await context.exposeBinding('tellBubble', (_, bubble: Bubble) => this.#see(bubble))
    await context.addInitScript(WATCH)
    this.#page = await context.newPage()
    await this.#page.goto(new URL(path, this.#url).href)
    this.#isKilled = false
  }

  async introduce(): Promise<void> {
    await this.page.getByRole('textbox', { name: 'Your name' }).fill(this.name)
  }

  async kill(): Promise<void> {
    this.#isKilled = true
    await this.#browser?.kill()
    this.#browser = null
  }

  /** Ends for good: nothing is left of this person. */
  async end(): Promise<void> {
    await this.kill()
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 })
  }

  /** Types, rests for so long, and presses Enter. False when a kill came before the bubble stood. */
  async write(text: string, restMs: number): Promise<boolean> {
    this.written.push(text)
    try {
      const box = this.page.getByRole('textbox', { name: 'Message', exact: true })
      await box.fill(text)
      await this.page.waitForTimeout(restMs)
      await box.press('Enter')
      await this.page.getByRole('log').getByText(text, { exact: true }).waitFor()
      return true
    } catch (error) {
      if (this.#isKilled) return false
      throw error
    }
  }

  /** What stands on the screen, the newest of it where the talk is long. */
  shown(): Promise<readonly Bubble[]> {
    return this.page.locator(BUBBLES).evaluateAll((all) =>
      all.map((bubble) => ({
        from: bubble.dataset['from'] as Bubble['from'],
        state: bubble.dataset['state'] ?? '',
        text: bubble.querySelector('[data-field="text"]')?.textContent ?? '',
      })),
    )
  }

  /** The whole talk, oldest first. */
  async history(): Promise<readonly Bubble[]> {
    const earlier = this.page.getByRole('button', { name: 'Earlier messages' })
    // Scrolling to it may already draw what it would: a click by hand could come too late.
    while ((await earlier.count()) > 0)
      await earlier.evaluateAll((all: HTMLElement[]) => {
        for (const one of all) one.click()
      })
    return this.shown()
  }

  draft(): Promise<string> {
    return this.page.getByRole('textbox', { name: 'Message', exact: true }).inputValue()
  }

  /** The screen in words, for who looks for the fault. */
  async describe(): Promise<string> {
    if (this.#isKilled) return `${this.name} is not there`
    const connection = await this.page.getByRole('status', { name: 'Connection' }).getAttribute('data-state')
    const notices = await this.page
      .locator('[data-reason]')
      .evaluateAll((all) => all.map((one) => one.dataset['reason']))
    const waiting = (await this.shown()).filter(({ from, state }) => from === 'me' && state !== 'delivered')
    const states = waiting.map(({ text, state }) => `${text} ${state}`).join(', ')
    return `${this.name}: ${connection}; notices: ${notices.join(', ') || 'none'}; not delivered: ${states || 'none'}`
  }

  #see({ from, state, text }: Bubble): void {
    if (from === 'peer') this.received.add(text)
    else {
      if (state === 'delivered' || state === 'read') this.delivered.add(text)
      if (!this.accepted.includes(text)) this.accepted.push(text)
    }
  }
}
