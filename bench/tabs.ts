// Tabs of one browser window, one of them in front and the others really hidden: their screens stand still and their
// timers are throttled. Playwright makes every page believe that it is in front, so this speaks the browser's own
// protocol (CDP) over its socket.

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'

export interface Tab {
  /** Runs an expression in the page and gives its value, awaited; rejects with what it throws. */
  evaluate<T>(expression: string): Promise<T>
  /** Types text at the focus, as a keyboard would. */
  type(text: string): Promise<void>
  pressEnter(): Promise<void>
  toFront(): Promise<void>
}

export interface Window {
  open(url: string): Promise<Tab>
  close(): Promise<void>
}

type Call = (method: string, params?: object, sessionId?: string) => Promise<Record<string, unknown>>

/** A new browser with one window, so many pixels wide, and an empty profile. */
export async function openWindow(chromiumPath: string, args: readonly string[], width = 1280): Promise<Window> {
  const profile = await mkdtemp(join(tmpdir(), 'sqc-tabs-'))
  const flags = ['--headless', '--remote-debugging-port=0', `--user-data-dir=${profile}`, `--window-size=${width},860`]
  const browser = spawn(chromiumPath, [...args, ...flags, 'about:blank'], { stdio: 'ignore' })
  const socket = new WebSocket(await endpoint(profile), { maxPayload: 2 ** 28 })
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  const call = makeCall(socket)
  return {
    open: (url) => openTab(call, url),
    close: () => end(browser, socket, profile),
  }
}

async function openTab(call: Call, url: string): Promise<Tab> {
  const { targetId } = await call('Target.createTarget', { url })
  const { sessionId } = await call('Target.attachToTarget', { targetId, flatten: true })
  const session = String(sessionId)
  const key = (type: string): Promise<unknown> =>
    call(
      'Input.dispatchKeyEvent',
      { type, key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 13, text: '\r' },
      session,
    )
  return {
    async evaluate<T>(expression: string): Promise<T> {
      const answer = await evaluateIn(call, session, expression)
      const { result, exceptionDetails } = answer as {
        result: { value: T }
        exceptionDetails?: { exception?: { description?: string } }
      }
      if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? 'the page threw')
      return result.value
    },
    async type(text) {
      await call('Input.insertText', { text }, session)
    },
    async pressEnter() {
      await key('keyDown')
      await key('keyUp')
    },
    async toFront() {
      await call('Target.activateTarget', { targetId })
    },
  }
}

/** A page that is on its way has nowhere to evaluate anything for some milliseconds: then nothing was run yet. */
async function evaluateIn(call: Call, session: string, expression: string): Promise<Record<string, unknown>> {
  for (let tries = 0; ; tries++) {
    try {
      return await call('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true }, session)
    } catch (error) {
      if (tries === 100 || !/Cannot find default execution context/.test(String(error))) throw error
      await sleep(20)
    }
  }
}

function makeCall(socket: WebSocket): Call {
  let last = 0
  const waiting = new Map<
    number,
    { resolve: (value: Record<string, unknown>) => void; reject: (reason: Error) => void }
  >()
  socket.on('message', (data) => {
    const { id, result, error } = JSON.parse(String(data))
    const call = waiting.get(id)
    waiting.delete(id)
    if (error) call?.reject(new Error(error.message))
    else call?.resolve(result)
  })
  return (method, params = {}, sessionId) =>
    new Promise((resolve, reject) => {
      const id = ++last
      waiting.set(id, { resolve, reject })
      socket.send(JSON.stringify({ id, method, params, ...(sessionId && { sessionId }) }))
    })
}

/** The browser writes port and path of its socket into its profile once it listens. */
async function endpoint(profile: string): Promise<string> {
  for (let tries = 0; tries < 200; tries++) {
    const text = await readFile(join(profile, 'DevToolsActivePort'), 'utf8').catch(() => '')
    const [port, path] = text.split('\n')
    if (port && path) return `ws://127.0.0.1:${port}${path}`
    await sleep(50)
  }
  throw new Error('Chromium did not start within 10 s.')
}

async function end(browser: ChildProcess, socket: WebSocket, profile: string): Promise<void> {
  socket.close()
  const gone = new Promise((resolve) => browser.once('exit', resolve))
  browser.kill('SIGKILL')
  await gone
  await rm(profile, { recursive: true, force: true, maxRetries: 5 })
}
