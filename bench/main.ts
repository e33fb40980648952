// `npm run bench [-- --json FILE]`: speed as ratios within one run, medians with their range beside them.

import { writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { chromium } from 'playwright'
import { ensureChromium } from '../scripts/chromium.ts'
import { startTestServer } from '../test/e2e/server.ts'
import { measureAlerts, measureLatency, measurePanel } from './chat.ts'
import { measurePhysics } from './physics.ts'
import { openWindow, type Window } from './tabs.ts'

interface Result {
  readonly name: string
  readonly unit: string
  readonly value: number
  readonly median: number
  readonly min: number
  readonly max: number
  readonly runs: number
  readonly ratio?: { readonly to: string; readonly value: number }
}

const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
const MESSAGES = 30
const ALERTS = 20
/** Where the bench comes on wish. */
const NARROW = 900

const { values } = parseArgs({ options: { json: { type: 'string' } } })
const executablePath = ensureChromium()
const browser = await chromium.launch({ executablePath, args: ARGS })
const server = await startTestServer()
try {
  const physics = await measurePhysics(browser)
  const efficient = await inWindow((window) => measureLatency(window, server.url, '', MESSAGES))
  const textbook = await inWindow((window) => measureLatency(window, server.url, '?mode=textbook', MESSAGES))
  const panel = await inWindow((window) => measurePanel(window, server.url, MESSAGES), NARROW)
  const alerts = await inWindow((window) => measureAlerts(window, server.url, ALERTS))
  const results = [
    ...physics.map(({ name, unit, runs, yardstick }) => ({
      ...result(name, unit, runs),
      ratio: { to: 'drawing 4 random bytes a pair', value: median(runs) / median(yardstick) },
    })),
    result('message.latency', 'ms', efficient),
    {
      ...result('message.latency.textbook', 'ms', textbook),
      ratio: { to: 'message.latency', value: median(textbook) / median(efficient) },
    },
    result('message.latency.panel.closed', 'ms', panel.closed),
    {
      ...result('message.latency.panel.open', 'ms', panel.open),
      ratio: { to: 'message.latency.panel.closed', value: median(panel.open) / median(panel.closed) },
    },
    result('message.alert', 'ms', alerts),
  ]
  print(results)
  if (values.json) await writeFile(values.json, `${JSON.stringify({ machine: machine(), results }, null, 2)}\n`)
} finally {
  await browser.close()
  await server.close()
}

/** In a browser of its own, with nothing but the tabs of this measurement in its window. */
async function inWindow<T>(measure: (window: Window) => Promise<T>, width?: number): Promise<T> {
  const window = await openWindow(executablePath, ARGS, width)
  try {
    return await measure(window)
  } finally {
    await window.close()
  }
}

function result(name: string, unit: string, runs: readonly number[]): Result {
  const value = median(runs)
  return { name, unit, value, median: value, min: Math.min(...runs), max: Math.max(...runs), runs: runs.length }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

function machine(): Record<string, unknown> {
  return { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, node: process.version, browser: browser.version() }
}

function print(results: readonly Result[]): void {
  for (const { name, unit, median: middle, min, max, ratio } of results) {
    const digits = unit === 'ms' ? 1 : 0
    const range = `${min.toFixed(digits)} to ${max.toFixed(digits)}`
    const compared = ratio ? `   ${ratio.value.toFixed(2)} x ${ratio.to}` : ''
    console.log(`${name.padEnd(30)} ${middle.toFixed(digits).padStart(12)} ${unit}   (${range})${compared}`)
  }
}
