// Before all end-to-end tests: the app is built if it is stale, one server runs, and a Chromium is there.

import type { TestProject } from 'vitest/node'
// @ts-expect-error: a plain script, for Node runs it before there is anything that reads types.
import { build, isStale } from '../../scripts/build.mjs'
import { ensureChromium } from '../../scripts/chromium.ts'
import { startTestServer } from './server.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    baseUrl: string
    chromiumPath: string
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (isStale()) await build()
  const server = await startTestServer()
  project.provide('baseUrl', server.url)
  project.provide('chromiumPath', ensureChromium())
  return () => server.close()
}
