// Lab rooms in real tabs, through the command that a teacher types: `npm start -- --eve`.

import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext, Page } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { bubble, connection, connectTwo, invite, join, launch, notice, texts, watchErrors, write } from './browser.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The server as a process of its own, and what it wrote. */
class Started {
  out = ''
  err = ''
  /** Once it serves. */
  readonly url: Promise<string>
  readonly #process: ChildProcess
  readonly #ended: Promise<unknown>

  constructor(port: number) {
    const env = { ...process.env, PORT: `${port}`, HOST: '127.0.0.1' }
    const child = spawn(process.execPath, ['scripts/start.mjs', '--eve'], { cwd: root, env })
    this.url = new Promise((resolve, reject) => {
      child.stdout.on('data', (data) => {
        this.out += data
        if (this.out.endsWith('\n')) resolve(this.out.trim())
      })
      child.once('close', () => reject(new Error(`the server ended: ${this.err}`)))
    })
    child.stderr.on('data', (data) => {
      this.err += data
    })
    this.#ended = new Promise((resolve) => child.once('close', resolve))
    this.#process = child
  }

  /** What it told of lab rooms so far, a line each: in which room, of which side, what. */
  get told(): readonly { room: string; side: string; what: string }[] {
    return this.err
      .split('\n')
      .map((line) => /^eve: room ([0-9a-f]{4})\.\. (?:Alice's |Bob's )?side ([0-9a-f]{4})\.\. (.*)$/.exec(line))
      .flatMap((found) => (found === null ? [] : [{ room: found[1]!, side: found[2]!, what: found[3]! }]))
  }

  async end(): Promise<void> {
    this.#process.kill('SIGTERM')
    await this.#ended
  }
}

let browser: Browser
let context: BrowserContext
let errors: string[]
let server: Started
let url: string

beforeAll(async () => {
  server = new Started(0)
  ;[browser, url] = await Promise.all([launch(), server.url])
})

afterAll(async () => {
  await browser?.close()
  await server?.end()
})

beforeEach(async () => {
  context = await browser.newContext({ viewport: { width: 360, height: 740 } })
  context.setDefaultTimeout(20_000)
  errors = watchErrors(context)
})

afterEach(async () => {
  await context.close()
  expect(errors).toEqual([])
})

/** A browser of somebody else, closed with the test. */
async function another(): Promise<BrowserContext> {
  const made = await browser.newContext({ viewport: { width: 360, height: 740 } })
  made.on('weberror', (error) => errors.push(String(error.error())))
  context.once('close', () => void made.close())
  return made
}

const roomMode = (page: Page) => page.getByRole('status', { name: 'Room mode' })

/** The rooms that a page's sockets join, as which side and as what, and how many frames of the public channel they say. */
function listen(page: Page) {
  const joins: { room: string; side: string; lab?: true }[] = []
  const said = { joins, publicFrames: 0 }
  page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => {
      if (typeof payload === 'string') joins.push(JSON.parse(payload))
      else if (payload[0] === 2) said.publicFrames += 1
    }),
  )
  return said
}

async function inviteToLab(page: Page): Promise<string> {
  await page.goto(url)
  await page.getByRole('button', { name: 'New lab room' }).click()
  return page.getByRole('textbox', { name: 'Invite link' }).inputValue()
}

async function twoInLab(inContext = context): Promise<readonly [Page, Page]> {
  const alice = await inContext.newPage()
  const link = await inviteToLab(alice)
  const bob = await inContext.newPage()
  await join(bob, link)
  for (const page of [alice, bob]) await connection(page, 'connected').waitFor()
  return [alice, bob]
}

describe('a lab room', () => {
  it('is told in words by the server, and a private room beside it is not', async () => {
    const labs: ReturnType<typeof listen>[] = []
    const privates: ReturnType<typeof listen>[] = []
    context.on('page', (page) => privates.push(listen(page)))
    const [ada, ben] = await connectTwo(context, url)
    const beside = await another()
    beside.on('page', (page) => labs.push(listen(page)))
    const [alice, bob] = await twoInLab(beside)

    for (const page of [alice, bob]) expect(await roomMode(page).getAttribute('data-mode')).toBe('lab')
    for (const page of [ada, ben]) expect(await roomMode(page).getAttribute('data-mode')).toBe('private')
    for (const page of [alice, bob, ada, ben]) expect(await roomMode(page).isVisible()).toBe(true)

    await write(alice, 'the lab hears nothing of this sentence')
    await write(ada, 'a private sentence')
    await bubble(alice, 'me', 'delivered').waitFor()
    await write(bob, 'nor of this answer')
    await bubble(bob, 'me', 'delivered').waitFor()
    // The first of a private chat may still go directly, until both have joined the room of the pairing.
    for (const [count, text] of ['second', 'third'].entries()) {
      await bubble(ada, 'me', 'delivered').nth(count).waitFor()
      await write(ada, `a private sentence, the ${text}`)
    }
    await bubble(ada, 'me', 'delivered').nth(2).waitFor()
    expect(await texts(bob)).toEqual(['the lab hears nothing of this sentence', 'nor of this answer'])

    // The last word of the lab was relayed before it was told.
    await expect.poll(() => server.told.filter(({ what }) => what.startsWith('acknowledges')).length).toBe(2)
    const { told, err } = server
    const of = (word: string) => told.filter(({ what }) => what.includes(word)).map(({ side }) => side)
    const sides = labs.map(({ joins }) => joins[0]?.side.slice(0, 4))
    for (const word of ['proposes a key of', 'says which settings it used for'])
      expect(new Set(of(word))).toEqual(new Set(sides))
    expect(of('sends amplify: ciphertext of 1,024 bits: ')).toEqual(sides)
    expect(of('acknowledges')).toEqual([...sides].reverse())
    expect(of('sealed: ').length).toBeGreaterThan(1)

    // Whatever is told is of a room and a side that joined as a lab.
    const place = (room: string, side: string) => `${room.slice(0, 4)} ${side.slice(0, 4)}`
    const known = new Set(labs.flatMap(({ joins }) => joins.map(({ room, side }) => place(room, side))))
    expect(told.filter(({ room, side }) => !known.has(place(room, side)))).toEqual([])
    expect(labs.flatMap(({ joins }) => joins).every(({ lab }) => lab === true)).toBe(true)
    expect(privates.flatMap(({ joins }) => joins).every(({ lab }) => lab === undefined)).toBe(true)
    expect(
      privates.reduce((sum, { publicFrames }) => sum + publicFrames, 0),
      'it did go by the server',
    ).toBeGreaterThan(5)
    for (const word of [
      'sentence',
      'answer',
      'Ada',
      'Ben',
      ...privates.flatMap(({ joins }) => joins.map(({ room }) => room.slice(0, 12))),
    ])
      expect(err).not.toContain(word)
    expect(server.out).toBe(`${url}\n`)
  })

  it('waits while its server is away, says so, and goes on when it is back', async () => {
    const own = new Started(0)
    const before = url
    url = await own.url
    try {
      const [alice, bob] = await twoInLab()
      await write(alice, 'before')
      await bubble(alice, 'me', 'delivered').waitFor()
      await own.end()
      await notice(alice, 'server-away').getByText('waits here until it is back').waitFor()
      await write(alice, 'without')
      await write(bob, 'without too')
      for (const page of [alice, bob]) await bubble(page, 'me', 'queued').waitFor()
      // A private chat would have gone on directly, within a second.
      await alice.waitForTimeout(3_000)
      for (const page of [alice, bob]) expect(await bubble(page, 'me', 'queued').count()).toBe(1)
      const again = new Started(Number(new URL(url).port))
      try {
        await again.url
        await bubble(alice, 'me', 'delivered').nth(1).waitFor({ timeout: 60_000 })
        await bubble(bob, 'me', 'delivered').waitFor({ timeout: 60_000 })
        expect(again.told.filter(({ what }) => what.startsWith('sends amplify'))).toHaveLength(2)
      } finally {
        await again.end()
      }
    } finally {
      url = before
      await own.end()
    }
  })
})

describe('an invite whose mode was changed on its way', () => {
  it.each([
    ['private', 'lab', (page: Page) => invite(page, url)],
    ['lab', 'private', inviteToLab],
  ] as const)('from %s to %s makes no room of either kind: both are told', async (was, is, make) => {
    const before = server.told.length
    const alice = await context.newPage()
    const link = await make(alice)
    expect(link).toContain(`#i=1.${was}.`)
    const bob = await context.newPage()
    await join(bob, link.replace(`.${was}.`, `.${is}.`))
    for (const page of [alice, bob]) await notice(page, 'tampered').waitFor()
    expect(await roomMode(alice).getAttribute('data-mode')).toBe(was)
    for (const page of [alice, bob]) expect(await connection(page, 'connected').count()).toBe(0)
    // The invite is burnt: nothing goes, and the server that was asked to listen has nothing to tell.
    await write(bob, 'is anybody there?')
    await bubble(bob, 'me', 'queued').waitFor()
    expect(await texts(alice)).toEqual([])
    expect(server.told.length).toBe(before)
  })
})

describe('before one joins', () => {
  it('the page says that it is a lab room, and what that means', async () => {
    const alice = await context.newPage()
    const link = await inviteToLab(alice)
    const bob = await context.newPage()
    await bob.goto(link)
    await bob.getByRole('heading', { name: 'lab room' }).waitFor()
    await bob.getByText('the server may show what the two browsers say in the open').waitFor()
    await bob.goto('about:blank')
    await bob.goto(await invite(await (await another()).newPage(), url))
    await bob.getByRole('heading', { name: 'private chat' }).waitFor()
    expect(await bob.getByText('lab room').count()).toBe(0)
  })
})
