// Builds the bench page, opens it in Chromium, and reads what its worker measured.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright'
import { build, preview } from 'vite'
import type { Measured } from './physics.worker.ts'

export async function measurePhysics(browser: Browser): Promise<readonly Measured[]> {
  const outDir = await mkdtemp(join(tmpdir(), 'sqc-bench-'))
  const common = { configFile: false, root: import.meta.dirname, logLevel: 'error', worker: { format: 'es' } } as const
  await build({ ...common, build: { outDir, emptyOutDir: true, target: 'es2023' } })
  const server = await preview({ ...common, build: { outDir }, preview: { port: 0, host: '127.0.0.1' } })
  try {
    const page = await browser.newPage()
    await page.goto(server.resolvedUrls?.local[0] ?? '')
    await page.waitForFunction(() => 'measure' in window)
    const measured = await page.evaluate(() => window.measure())
    await page.close()
    return measured
  } finally {
    await server.close()
    await rm(outDir, { recursive: true })
  }
}
