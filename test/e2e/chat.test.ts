// The whole program in Chromium: two tabs, the real server, no mocks.

import type { Browser, BrowserContext, Page } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { bubble, connection, connectTwo, invite, join, launch, notice, texts, watchErrors, write } from './browser.ts'
import { startTestServer } from './server.ts'

const url = inject('baseUrl')
let browser: Browser
let context: BrowserContext
let errors: string[]

beforeAll(async () => {
  browser = await launch()
})

afterAll(() => browser?.close())

beforeEach(async () => {
  context = await browser.newContext()
  context.setDefaultTimeout(20_000)
  errors = watchErrors(context)
})

afterEach(async () => {
  await context.close()
  expect(errors).toEqual([])
})

/** Waits until both sides show `count` messages, and gives their texts. */
async function bothTexts(pages: readonly Page[], count: number): Promise<string[][]> {
  for (const page of pages) await page.locator(`[role="log"][data-count="${count}"]`).waitFor()
  return Promise.all(pages.map(texts))
}

async function delivered(page: Page, count: number): Promise<void> {
  await bubble(page, 'me', 'delivered')
    .nth(count - 1)
    .waitFor()
}

describe('two tabs', () => {
  it('chat both ways', async () => {
    const [alice, bob] = await connectTwo(context, url)
    await write(alice, 'Hello Ben')
    await delivered(alice, 1)
    await write(bob, 'Hello Ada')
    await delivered(bob, 1)
    expect(await bothTexts([alice, bob], 2)).toEqual([
      ['Hello Ben', 'Hello Ada'],
      ['Hello Ben', 'Hello Ada'],
    ])
    await expect.poll(() => alice.getByRole('heading', { level: 1 }).textContent()).toBe('Ben')
    await expect.poll(() => bob.getByRole('heading', { level: 1 }).textContent()).toBe('Ada')
  })

  it('chat both at once, in one order', async () => {
    const [alice, bob] = await connectTwo(context, url)
    const each = 12
    const talk = async (page: Page, name: string) => {
      for (let i = 0; i < each; i++) await write(page, `${name} ${i}`)
      await delivered(page, each)
    }
    await Promise.all([talk(alice, 'Ada'), talk(bob, 'Ben')])
    const [hers, his] = await bothTexts([alice, bob], 2 * each)
    expect(hers).toEqual(his)
    for (const name of ['Ada', 'Ben']) {
      expect(hers?.filter((text) => text.startsWith(name))).toEqual(
        Array.from({ length: each }, (_, i) => `${name} ${i}`),
      )
    }
  })

  it.each([
    ['128 characters', 'x'.repeat(128)],
    ['4 kB', '0123456789abcdef'.repeat(256)],
    ['64 KiB', '0123456789abcdef'.repeat(4_096)],
    [
      'many scripts',
      'Grüße 你好 שלום مرحبا 👩‍👩‍👧‍👦🏳️‍🌈 e\u0301\n\tsecond line  \u202Eright to left\u202C <b>&amp;</b>',
    ],
  ])('exchange %s unchanged', async (_, text) => {
    const [alice, bob] = await connectTwo(context, url)
    await write(bob, text)
    await delivered(bob, 1)
    expect(await bothTexts([alice, bob], 1)).toEqual([[text], [text]])
  })

  it('send by themselves what was written before the other was there', async () => {
    const alice = await context.newPage()
    const link = await invite(alice, url)
    await write(alice, 'first')
    await write(alice, 'second')
    await bubble(alice, 'me', 'queued').nth(1).waitFor()
    const bob = await context.newPage()
    await join(bob, link)
    await delivered(alice, 2)
    expect(await bothTexts([bob], 2)).toEqual([['first', 'second']])
  })

  it('say so when the other’s tab is closed', async () => {
    const [alice, bob] = await connectTwo(context, url)
    await write(bob, 'bye')
    await delivered(bob, 1)
    await bob.close({ runBeforeUnload: true })
    await notice(alice, 'peer-away').waitFor()
    await connection(alice, 'waiting').waitFor()
    expect(await texts(alice)).toEqual(['bye'])
  })

  it('say so when the other leaves', async () => {
    const [alice, bob] = await connectTwo(context, url)
    await bob.getByRole('button', { name: 'Delete chat' }).click()
    await bob.getByRole('dialog').getByRole('button', { name: 'Delete chat' }).click()
    await bob.getByRole('button', { name: 'New chat' }).waitFor()
    await notice(alice, 'peer-away').waitFor()
  })

  it('go on without the server', async () => {
    const server = await startTestServer()
    const [alice, bob] = await connectTwo(context, server.url)
    await write(alice, 'by the relay')
    await delivered(alice, 1)
    await server.close()
    await notice(alice, 'server-away').waitFor()
    await write(alice, 'directly')
    await write(bob, 'me too')
    await delivered(alice, 2)
    await delivered(bob, 1)
    const again = await startTestServer({ port: server.port })
    try {
      await notice(alice, 'server-away').waitFor({ state: 'detached', timeout: 40_000 })
      await write(alice, 'back')
      await delivered(alice, 3)
      await connection(alice, 'connected').waitFor()
    } finally {
      await again.close()
    }
  })

  it('say nothing at the server that it could read', async () => {
    const seen: Buffer[] = []
    context.on('page', (page) =>
      page.on('websocket', (socket) => {
        socket.on('framesent', ({ payload }) => seen.push(Buffer.from(payload)))
        socket.on('framereceived', ({ payload }) => seen.push(Buffer.from(payload)))
      }),
    )
    const requests: string[] = []
    context.on('request', (request) => requests.push(`${request.url()} ${request.postData() ?? ''}`))
    const alice = await context.newPage()
    const link = await invite(alice, url, 'Adalbert')
    const bob = await context.newPage()
    await join(bob, link, 'Benedict')
    // The first may still go directly, until both have joined the room of the pairing: some more, by the relay.
    for (let i = 1; i <= 4; i++) {
      await write(alice, `a sentence that nobody else reads ${i}`)
      await delivered(alice, i)
    }
    const secret = link.split('.').at(-1) ?? ''
    const raw = Buffer.from(secret, 'base64url')
    const all = Buffer.concat(seen)
    expect(all.length).toBeGreaterThan(10_000)
    for (const word of ['sentence', 'nobody else', 'Adalbert', 'Benedict', secret.slice(0, 12), secret.slice(-12)]) {
      expect(all.includes(word)).toBe(false)
      expect(requests.filter((request) => request.includes(word))).toEqual([])
    }
    for (let at = 0; at + 8 <= raw.length; at += 4) expect(all.includes(raw.subarray(at, at + 8))).toBe(false)
  })
})

describe('an invite', () => {
  it('is forgotten by the address bar once it was decided on', async () => {
    const alice = await context.newPage()
    const link = await invite(alice, url)
    const bob = await context.newPage()
    await bob.goto(link)
    await bob.getByRole('button', { name: 'Not now' }).click()
    expect(new URL(bob.url()).hash).toBe('')
    await join(bob, link)
    await connection(bob, 'connected').waitFor()
    expect(new URL(bob.url()).hash).toBe('')
  })

  it('opens one chat only: who comes second is told', async () => {
    const [alice, bob] = [await context.newPage(), await context.newPage()]
    const link = await invite(alice, url)
    await join(bob, link)
    await connection(alice, 'connected').waitFor()
    const carol = await context.newPage()
    await join(carol, link)
    await notice(carol, 'invite-used').waitFor()
    await write(alice, 'still us')
    await delivered(alice, 1)
    expect(await texts(bob)).toEqual(['still us'])
  })

  it('of one’s own is told as such', async () => {
    const alice = await context.newPage()
    const link = await invite(alice, url)
    await alice.goto(link)
    await notice(alice, 'invite-own').waitFor()
    expect(new URL(alice.url()).hash).toBe('')
  })

  it.each([
    ['cut', (link: string) => link.slice(0, -9)],
    ['of 10 kB', (link: string) => link + 'A'.repeat(10_000)],
    ['in a wrong alphabet', (link: string) => `${link.slice(0, -1)}*`],
    ['of a later version', (link: string) => link.replace('#i=1.', '#i=2.')],
    ['of an unknown mode', (link: string) => link.replace('.private.', '.public.')],
    ['that is empty', (link: string) => link.replace(/#.*/, '#i=')],
  ])('that is %s is called incomplete', async (_, spoil) => {
    const alice = await context.newPage()
    const link = await invite(alice, url)
    const bob = await context.newPage()
    await bob.goto(spoil(link))
    await notice(bob, 'invite-invalid').waitFor()
  })

  it('works as messengers spoil it', async () => {
    const alice = await context.newPage()
    const link = await invite(alice, url)
    const bob = await context.newPage()
    await join(bob, `${link.replace('#i=', '#i%3D')}.`)
    await connection(alice, 'connected').waitFor()
  })
})

describe('the page', () => {
  it('tells a flag that means nothing, and works all the same', async () => {
    const alice = await context.newPage()
    await alice.goto(`${url}/?mode=quantum`)
    await notice(alice, 'bad-url').waitFor()
    await alice.getByRole('button', { name: 'New chat' }).waitFor()
  })

  it('chats in textbook mode', async () => {
    const alice = await context.newPage()
    const link = await invite(alice, `${url}/?mode=textbook`)
    const bob = await context.newPage()
    await join(bob, link)
    await write(alice, 'nine equal settings')
    await delivered(alice, 1)
  })

  it('says plainly that it has ended when its worker dies', async () => {
    const [alice] = await connectTwo(context, url)
    await Promise.all(
      alice
        .workers()
        .map((worker) => worker.evaluate(() => setTimeout(() => Promise.reject(new Error('a text of the chat'))))),
    )
    await alice.getByRole('alertdialog', { name: 'This chat has ended' }).waitFor()
    // The fault itself, and what the app says of it; the words of the first don't stand in the second.
    await expect.poll(() => errors.length).toBe(2)
    const [fault, told] = errors.splice(0)
    expect(fault).toContain('a text of the chat')
    expect(told).toContain('the vault ended')
    expect(told).not.toContain('a text of the chat')
  })

  it('goes on where it was after a reload', async () => {
    const [alice, bob] = await connectTwo(context, url)
    await write(alice, 'before')
    await delivered(alice, 1)
    await bob.reload()
    await connection(bob, 'connected').waitFor()
    await write(bob, 'after')
    await delivered(bob, 1)
    expect(await texts(bob)).toEqual(['before', 'after'])
    expect(await texts(alice)).toEqual(['before', 'after'])
  })

  it('warns before a message that waits is lost', async () => {
    const alice = await context.newPage()
    await invite(alice, url)
    await write(alice, 'waits')
    await bubble(alice, 'me', 'queued').waitFor()
    const asked = alice.waitForEvent('dialog')
    void alice.close({ runBeforeUnload: true })
    const dialog = await asked
    expect(dialog.type()).toBe('beforeunload')
    await dialog.dismiss()
  })

  it('says when it is offline', async () => {
    const alice = await context.newPage()
    await invite(alice, url)
    await context.setOffline(true)
    await notice(alice, 'offline').waitFor()
    await connection(alice, 'offline').waitFor()
    await context.setOffline(false)
    await notice(alice, 'offline').waitFor({ state: 'detached' })
    await connection(alice, 'waiting').waitFor()
  })
})
