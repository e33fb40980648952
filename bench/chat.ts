// Latency as a person has it: two tabs of one window, the message typed and Enter pressed in the one in front, the time
// until its bubble says delivered, on that page's own clock. The other tab is hidden.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Tab, Window } from './tabs.ts'

/** 100 characters with the number before it. */
const TEXT = 'See you at the bench at four, then. I bring the beam splitter, you bring the second analyser, please.'
const TEXT_LENGTH = 100
/** A person takes longer than this to write the next one; the last bubble's filling is over by then. */
const PAUSE_MS = 500
/** From the last letter to Enter: the text in its box is drawn by then. */
const HAND_MS = 100
/** The first messages of a side also fill its lane of tag pairs, and the code is still cold: not counted. */
const WARM_UP = 5
/** Messages one after the other with the bench, and then without it. */
const TURN = 5

/** Milliseconds from Enter to delivered, one entry a message. */
export async function measureLatency(
  window: Window,
  baseUrl: string,
  query: string,
  messages: number,
): Promise<readonly number[]> {
  const [alice, bob] = await openChat(window, baseUrl, query)
  const hidden = await bob.evaluate<string>('document.visibilityState')
  if (hidden !== 'hidden') throw new Error(`The second tab should be hidden, it is ${hidden}.`)
  const runs: number[] = []
  for (let i = 0; i < messages + WARM_UP; i++) {
    const elapsedMs = await sendTimed(alice, `${i} ${TEXT}`.slice(0, TEXT_LENGTH))
    if (i >= WARM_UP) runs.push(elapsedMs)
    await sleep(PAUSE_MS)
  }
  return runs
}

/** The same with the bench beside the talk and without it, in turns: where the window has room for it only on wish. */
export async function measurePanel(
  window: Window,
  baseUrl: string,
  messages: number,
): Promise<{ readonly open: readonly number[]; readonly closed: readonly number[] }> {
  const [alice] = await openChat(window, baseUrl, '')
  const send = async (): Promise<number> => {
    const elapsedMs = await sendTimed(alice, `${Math.random()} ${TEXT}`.slice(0, TEXT_LENGTH))
    await sleep(PAUSE_MS)
    return elapsedMs
  }
  for (let i = 0; i < WARM_UP; i++) await send()
  const runs = { open: [] as number[], closed: [] as number[] }
  while (runs.closed.length < messages) {
    for (let i = 0; i < TURN; i++) runs.closed.push(await send())
    await alice.evaluate(`${WAIT}(() => document.querySelector('button.strip')?.click() ?? true)`)
    await alice.evaluate(
      `${WAIT}(() => document.querySelector('table[aria-label="Correlations"], .bench table') && true)`,
    )
    await alice.evaluate(`document.querySelector('textarea').focus()`)
    for (let i = 0; i < TURN; i++) runs.open.push(await send())
    await alice.evaluate(`document.querySelector('.bench button[aria-label="Close"]').click()`)
    await alice.evaluate(`document.querySelector('textarea').focus()`)
  }
  return runs
}

/** Milliseconds from Enter until both sides show that an eavesdropper was found, of messages that Eve measures all. */
export async function measureAlerts(window: Window, baseUrl: string, messages: number): Promise<readonly number[]> {
  const tabs = await openChat(window, baseUrl, '?eve=intercept', '')
  const [alice] = tabs
  const runs: number[] = []
  for (let i = 0; i < messages; i++) {
    await Promise.all(tabs.map((tab) => tab.evaluate(WATCH_ALERT)))
    await alice.type(`${i} ${TEXT}`.slice(0, TEXT_LENGTH))
    await sleep(HAND_MS)
    await alice.pressEnter()
    const seenMs = await Promise.all(tabs.map((tab) => tab.evaluate<number>('window.alerted')))
    runs.push(Math.max(...seenMs) - (await alice.evaluate<number>('window.enteredMs')))
    for (const tab of tabs)
      await tab.evaluate(
        `[...document.querySelectorAll('[data-reason="eavesdropper"] button')].find((b) => b.textContent.trim() === 'Close').click()`,
      )
    await alice.evaluate(`document.querySelector('textarea').focus()`)
    await sleep(PAUSE_MS)
  }
  return runs
}

/** Notes when Enter was pressed and when the alert stood, on the clock that all tabs of a machine share. */
const WATCH_ALERT = `{
  const nowMs = () => performance.timeOrigin + performance.now()
  addEventListener('keydown', () => { window.enteredMs = nowMs() }, { once: true, capture: true })
  window.alerted = new Promise((resolve, reject) => {
    const observer = new MutationObserver(() => {
      if (document.querySelector('[role="alert"][data-reason="eavesdropper"]') === null) return
      observer.disconnect()
      resolve(nowMs())
    })
    observer.observe(document.body, { subtree: true, childList: true })
    setTimeout(() => reject(new Error('no alert within 20 s')), 20_000)
  })
  0
}`

/** Two connected tabs: the inviter's in front, the joiner's behind it. */
export async function openChat(
  window: Window,
  baseUrl: string,
  query: string,
  joinersQuery = query,
): Promise<readonly [Tab, Tab]> {
  const alice = await window.open(`${baseUrl}/${query}`)
  await press(alice, 'New chat')
  const invite = await alice.evaluate<string>(`${WAIT}(() => document.querySelector('input[readonly]')?.value)`)
  const bob = await window.open(`${baseUrl}/${joinersQuery}${new URL(invite).hash}`)
  await press(bob, 'Join chat')
  for (const tab of [alice, bob])
    await tab.evaluate(`${WAIT}(() => document.querySelector('[data-state="connected"]') && true)`)
  await alice.toFront()
  await alice.evaluate(`document.querySelector('textarea').focus()`)
  return [alice, bob]
}

/** Asks again until there is an answer. */
const WAIT = `(async (ask) => {
  for (let tries = 0; tries < 400; tries++) {
    const answer = ask()
    if (answer) return answer
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('nothing came of ' + ask)
})`

const press = (tab: Tab, name: string): Promise<unknown> =>
  tab.evaluate(`${WAIT}(() => {
    const button = [...document.querySelectorAll('button')].find((candidate) => candidate.textContent.trim() === '${name}')
    button?.click()
    return button !== undefined
  })`)

async function sendTimed(tab: Tab, text: string): Promise<number> {
  await tab.evaluate(`{
    let startMs = 0
    addEventListener('keydown', () => { startMs = performance.now() }, { once: true, capture: true })
    window.delivered = new Promise((resolve, reject) => {
      const look = () => {
        const own = [...document.querySelectorAll('article[data-from="me"][data-state="delivered"]')]
        if (!own.some((article) => article.querySelector('[data-field="text"]').textContent === ${JSON.stringify(text)})) return
        observer.disconnect()
        resolve(performance.now() - startMs)
      }
      const observer = new MutationObserver(look)
      observer.observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-state'] })
      setTimeout(() => reject(new Error('not delivered within 20 s')), 20_000)
    })
    0
  }`)
  await tab.type(text)
  await sleep(HAND_MS)
  await tab.pressEnter()
  return await tab.evaluate<number>('window.delivered')
}
