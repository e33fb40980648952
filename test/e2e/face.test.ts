// The face of a run in the real program: the bench beside the talk, the receipt and its file, the alarm and what it opens.

import { readFile } from 'node:fs/promises'
import type { Browser, BrowserContext, Download, Locator, Page } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import type { ReceiptFile } from '../../src/protocol/receipt-file.ts'
import { bubble, connection, connectTwo, invite, join, launch, watchErrors, write } from './browser.ts'

const url = inject('baseUrl')
const WIDE = { width: 1280, height: 860 }
const PHONE = { width: 360, height: 740 }

let browser: Browser
let context: BrowserContext
let errors: string[]

beforeAll(async () => {
  browser = await launch()
})

afterAll(() => browser?.close())

beforeEach(async () => {
  context = await browser.newContext({ viewport: WIDE, reducedMotion: 'reduce' })
  context.setDefaultTimeout(20_000)
  errors = watchErrors(context)
})

afterEach(async () => {
  await context.close()
  expect(errors).toEqual([])
})

const bench = (page: Page) => page.getByRole('region', { name: 'Key distribution' })
const receipt = (page: Page) => page.getByRole('dialog', { name: 'Receipt' })
/** Of the oldest message that has one. */
const receiptButton = (page: Page) => page.getByRole('button', { name: 'Receipt', exact: true }).first()

async function openReceipt(page: Page): Promise<void> {
  await receiptButton(page).click()
  await receipt(page).getByRole('table', { name: 'Correlations' }).waitFor()
}

const alarm = (page: Page) => page.locator('[role="alert"][data-reason="eavesdropper"]')
const value = (within: Locator, field: string) => within.locator(`[data-field="${field}"]`).getAttribute('data-value')

/** Messages from the `first`th of this side on, each once the one before has arrived. */
async function deliver(page: Page, first: number, last = first): Promise<void> {
  for (let i = first; i <= last; i++) {
    await write(page, `message ${i}`)
    await bubble(page, 'me', 'delivered')
      .nth(i - 1)
      .waitFor()
  }
}

interface Row {
  readonly pair: string
  readonly count: number
  readonly e: string
}

const rows = (within: Locator): Promise<readonly Row[]> =>
  within
    .getByRole('table', { name: 'Correlations' })
    .locator('tr[data-pair]')
    .evaluateAll((all) =>
      all.map((row) => ({
        pair: row.getAttribute('data-pair') ?? '',
        count: Number(row.getAttribute('data-count')),
        e: row.getAttribute('data-e') ?? '?',
      })),
    )

const sum = (all: readonly Row[]): number => all.reduce((total, { count }) => total + count, 0)

async function exported(page: Page): Promise<readonly [ReceiptFile, Download]> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    receipt(page).getByRole('button', { name: 'Export receipt' }).click(),
  ])
  return [JSON.parse(await readFile(await download.path(), 'utf8')), download]
}

describe('the bench', () => {
  it('is loaded when the first message has arrived, not before', async () => {
    const asked: string[] = []
    const statesThen: (string | null)[] = []
    const [alice, bob] = await connectTwo(context, url)
    await alice.route(/assets\/(bench|receipt-dialog)-/, async (route) => {
      asked.push(route.request().url())
      statesThen.push(await alice.locator('article').first().getAttribute('data-state'))
      await route.continue()
    })
    expect(await bench(alice).getAttribute('data-phase')).toBe('idle')
    expect(await bench(alice).getByRole('table').count()).toBe(0)
    await write(alice, 'the first')
    await bubble(alice, 'me', 'delivered').waitFor()
    await bench(alice).getByRole('table', { name: 'Correlations' }).waitFor()
    expect(asked).toHaveLength(2)
    expect(statesThen).toEqual(['delivered', 'delivered'])
    // At the other side too, where nobody wrote anything.
    await bench(bob).getByRole('table', { name: 'Correlations' }).waitFor()
    const scripts = await bob.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name))
    expect(scripts.filter((name) => /assets\/bench-/.test(name))).toHaveLength(1)
  })

  it('counts every pair that arrived in nine rows, the same on both sides, and says no outcome of a key in use', async () => {
    const [alice, bob] = await connectTwo(context, url)
    await deliver(alice, 1)
    await openReceipt(alice)
    const [file] = await exported(alice)
    for (const page of [alice, bob]) {
      const all = await rows(bench(page))
      expect(all.map(({ pair }) => pair).sort()).toEqual(Object.keys(file.tally).sort())
      expect(sum(all)).toBe(file.arrivedPairs)
      for (const { pair, count, e } of all) {
        const { rounds, unequal } = file.tally[pair as keyof ReceiptFile['tally']]
        expect(count).toBe(rounds)
        if (unequal === null) expect(e).toBe('')
        else expect(Number(e)).toBeCloseTo(1 - (2 * unequal) / rounds, 12)
      }
      expect(all.filter(({ e }) => e === '').map(({ pair }) => pair)).toEqual(['a3b2'])
      await expect.poll(() => bench(page).getAttribute('data-phase')).toBe('received')
    }
    expect(file.arrivedPairs).toBeLessThanOrEqual(file.terms.pairs)
  })

  it('shows the run of an earlier message from its receipt, and goes back to the newest', async () => {
    const [alice] = await connectTwo(context, url)
    await deliver(alice, 1, 2)
    await openReceipt(alice)
    const first = await rows(receipt(alice))
    await expect.poll(() => rows(bench(alice))).not.toEqual(first)
    const newest = await rows(bench(alice))
    await receipt(alice).getByRole('button', { name: 'Show this run' }).click()
    await receipt(alice).waitFor({ state: 'detached' })
    await expect.poll(() => rows(bench(alice))).toEqual(first)
    expect(await bench(alice).textContent()).toContain('message 1')
    await bench(alice).getByRole('button', { name: 'Show the newest' }).click()
    await expect.poll(() => rows(bench(alice))).toEqual(newest)
    // It stays with a run that was picked, whatever comes.
    await openReceipt(alice)
    await receipt(alice).getByRole('button', { name: 'Show this run' }).click()
    await deliver(alice, 3)
    expect(await rows(bench(alice))).toEqual(first)
  })

  it('on a phone is a sheet over the talk: Escape closes it and gives the focus back', async () => {
    const [alice] = await connectTwo(context, url)
    await alice.setViewportSize(PHONE)
    await deliver(alice, 1)
    await openReceipt(alice)
    await receipt(alice).getByRole('button', { name: 'Show this run' }).click()
    await expect.poll(() => bench(alice).isVisible()).toBe(true)
    expect(await alice.getByRole('textbox', { name: 'Message', exact: true }).isVisible()).toBe(false)
    expect(await bench(alice).evaluate((element) => element === document.activeElement)).toBe(true)
    await alice.keyboard.press('Escape')
    await expect.poll(() => bench(alice).isVisible()).toBe(false)
    expect(await alice.evaluate(() => document.activeElement?.textContent)).toBe('Receipt')
    const strip = alice.getByRole('button', { name: 'Key distribution' })
    await strip.click()
    await bench(alice).getByRole('button', { name: 'Close' }).click()
    expect(await strip.evaluate((element) => element === document.activeElement)).toBe(true)
  })
})

const NUMBERS = [
  'pairs',
  's',
  'sLow',
  'sHigh',
  'qber',
  'siftedBits',
  'leakedBits',
  'keyBits',
  'keyBitsCollective',
  'usedBits',
  'epsilon',
] as const
const WORDS = {
  mode: /^(efficient|textbook)$/,
  proof: /^trusted$/,
  authentication: /^(information-theoretic|computational)$/,
  algorithm: /^none$/,
  efficiency: /^$/,
  eve: /^$/,
} as const

describe('a receipt', () => {
  it('has every field of the contract, raw beside what is read', async () => {
    const [alice, bob] = await connectTwo(context, url)
    await deliver(alice, 1)
    for (const page of [alice, bob]) {
      await openReceipt(page)
      for (const field of NUMBERS) {
        const raw = await value(receipt(page), field)
        expect(Number.isFinite(Number(raw)) && raw !== '', `${field} = ${raw}`).toBe(true)
        expect(await receipt(page).locator(`[data-field="${field}"]`).count(), field).toBe(1)
      }
      for (const [field, wanted] of Object.entries(WORDS)) expect(await value(receipt(page), field)).toMatch(wanted)
      expect(await value(receipt(page), 'qber')).toBe('0')
      const [low, s, high] = await Promise.all(['sLow', 's', 'sHigh'].map((field) => value(receipt(page), field)))
      expect(Number(low)).toBeLessThan(Number(s))
      expect(Number(s)).toBeLessThan(Number(high))
    }
  })

  it('becomes a file whose figures are those of the dialog, and which holds nothing of what was said', async () => {
    const [alice] = await connectTwo(context, url)
    // What the page's policy forbids is told to the console only.
    const complaints: string[] = []
    alice.on('console', (line) => complaints.push(line.text()))
    await write(alice, 'nobody else reads this')
    await bubble(alice, 'me', 'delivered').waitFor()
    await openReceipt(alice)
    const [file, download] = await exported(alice)
    expect(download.suggestedFilename()).toBe(`sequre-receipt-${file.terms.session.slice(0, 8)}.json`)
    const { terms, readings, key, leak } = file
    expect({ format: file.format, version: file.version }).toEqual({ format: 'sequre-chat receipt', version: 1 })
    const shown = Object.fromEntries(
      await Promise.all(NUMBERS.map(async (field) => [field, Number(await value(receipt(alice), field))] as const)),
    )
    expect(shown).toEqual({
      pairs: terms.pairs,
      s: readings.s,
      sLow: readings.sLow,
      sHigh: readings.sHigh,
      qber: readings.qber,
      siftedBits: key.siftedBits,
      leakedBits: leak.foreseen + leak.parities,
      keyBits: key.secretBits,
      keyBitsCollective: key.proofs.collective,
      usedBits: key.usedBits,
      epsilon: terms.epsilon,
    })
    const text = JSON.stringify(file)
    for (const word of ['nobody else', 'Ada', 'Ben']) expect(text).not.toContain(word)
    expect(complaints).toEqual([])
  })

  it('closes on Escape and gives the focus back to its button', async () => {
    const [alice] = await connectTwo(context, url)
    await deliver(alice, 1)
    await receiptButton(alice).focus()
    await alice.keyboard.press('Enter')
    await receipt(alice).waitFor()
    await alice.keyboard.press('Escape')
    await receipt(alice).waitFor({ state: 'detached' })
    expect(await receiptButton(alice).evaluate((element) => element === document.activeElement)).toBe(true)
  })
})

describe('an alarm', () => {
  async function connectTapped(): Promise<readonly [Page, Page]> {
    const alice = await context.newPage()
    const link = await invite(alice, `${url}/?eve=intercept`, 'Ada')
    const bob = await context.newPage()
    await join(bob, link.replace('/?eve=intercept', '/'), 'Ben')
    await connection(alice, 'connected').waitFor()
    await connection(bob, 'connected').waitFor()
    return [alice, bob]
  }

  it('opens the same run on both sides: QBER of the whole sacrificed key, whose outcomes are said', async () => {
    const [alice, bob] = await connectTapped()
    await write(alice, 'the door code')
    const files: ReceiptFile[] = []
    for (const page of [alice, bob]) {
      await alarm(page).getByRole('button', { name: 'See what happened' }).click()
      await receipt(page).getByRole('table', { name: 'Correlations' }).waitFor()
      const [file] = await exported(page)
      expect(file.verdict.outcome).toBe('eavesdropper')
      for (const [field, raw] of [
        ['s', file.readings.s],
        ['qber', file.readings.qber],
        ['keyBits', file.key.secretBits],
      ] as const) {
        expect(Number(await value(alarm(page), field))).toBe(raw)
        expect(Number(await value(receipt(page), field))).toBe(raw)
      }
      const { rounds, unequal } = file.tally.a3b2
      expect(file.readings.qber).toBeCloseTo((unequal ?? Number.NaN) / rounds, 12)
      const all = await rows(receipt(page))
      expect(all.filter(({ e }) => e === '')).toEqual([])
      await receipt(page).getByRole('button', { name: 'Show this run' }).click()
      expect(await rows(bench(page))).toEqual(all)
      files.push(file)
    }
    expect(files[0]).toEqual(files[1])
    expect(await value(alarm(alice), 'keyBits')).toBe('0')
  })

  it('leaves the message with Retry and Cancel when it is closed; several are retried at once', async () => {
    const [alice, bob] = await connectTapped()
    await write(alice, 'one')
    await write(alice, 'two')
    await bubble(alice, 'me', 'refused').nth(1).waitFor()
    // One block speaks for both.
    await expect.poll(() => alarm(alice).count()).toBe(1)
    await alarm(alice).getByRole('button', { name: 'Close' }).click()
    await alarm(alice).waitFor({ state: 'detached' })
    expect(await alice.getByRole('button', { name: 'Retry', exact: true }).count()).toBe(2)
    expect(await alice.locator('article').getByRole('button', { name: 'Cancel', exact: true }).count()).toBe(2)
    await alice.getByRole('button', { name: 'Switch Eve off' }).click()
    await alice.getByRole('button', { name: 'Retry all' }).click()
    await bubble(alice, 'me', 'delivered').nth(1).waitFor()
    await bubble(bob, 'peer').nth(1).waitFor()
  })

  it('closes a sheet that lies over it', async () => {
    const [alice] = await connectTapped()
    await alice.setViewportSize(PHONE)
    await write(alice, 'one')
    await alarm(alice).waitFor()
    await alarm(alice).getByRole('button', { name: 'Close' }).click()
    // The next one is tried while the bench lies over the talk.
    await alice.getByRole('button', { name: 'Retry', exact: true }).focus()
    await alice.getByRole('button', { name: 'Key distribution' }).click()
    await expect.poll(() => bench(alice).isVisible()).toBe(true)
    await alice.getByRole('button', { name: 'Retry', exact: true, includeHidden: true }).evaluate((button) => {
      if (button instanceof HTMLElement) button.click()
    })
    await expect.poll(() => bench(alice).isVisible()).toBe(false)
    await alarm(alice).waitFor()
  })
})
