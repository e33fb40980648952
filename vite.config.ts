/// <reference types="vitest/config" />
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import solid from 'vite-plugin-solid'

/** Builds the app and finds the browser, once for all end-to-end tests. */
const e2eSetup = fileURLToPath(new URL('./test/e2e/setup.ts', import.meta.url))

/** simple-peer's Node packages, each replaced by the little of it that is used in a browser. */
const simplePeerParts = ['readable-stream', 'buffer', 'randombytes', 'debug'].map((name) => ({
  find: new RegExp(`^${name}$`),
  replacement: fileURLToPath(new URL(`./src/network/simple-peer-parts/${name}.cjs`, import.meta.url)),
}))

export default defineConfig({
  plugins: [solid()],
  resolve: { alias: simplePeerParts },
  build: { target: 'es2023', outDir: 'dist', sourcemap: false },
  worker: { format: 'es' },
  test: {
    // The Solid plugin would ask for jsdom here; what needs a document runs in a real browser.
    environment: 'node',
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          environment: 'node',
          include: ['src/**/*.test.ts'],
          exclude: ['**/*.browser.test.ts'],
          testTimeout: 60_000,
        },
      },
      // Without the Solid plugin, which would make Node packages resolve to their browser builds.
      { test: { name: 'signaling', environment: 'node', include: ['signaling/**/*.test.ts'], testTimeout: 60_000 } },
      { test: { name: 'tidy', environment: 'node', include: ['test/tidy.test.ts'] } },
      {
        test: {
          name: 'e2e',
          environment: 'node',
          include: ['test/e2e/**/*.test.ts'],
          ...(existsSync(e2eSetup) ? { globalSetup: e2eSetup } : {}),
          fileParallelism: false,
          expect: { poll: { timeout: 20_000 } },
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
