/// <reference types="vitest/config" />
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { minify } from 'terser'
import { defineConfig, type Plugin } from 'vite'
import { VitePWA } from 'vite-plugin-pwa'
import solid from 'vite-plugin-solid'

/** Builds the app and finds the browser, once for all end-to-end tests. */
const e2eSetup = fileURLToPath(new URL('./test/e2e/setup.ts', import.meta.url))

/** simple-peer's packages, each replaced by the little of it that is used in a browser of today. */
const simplePeerParts = [
  'readable-stream',
  'events',
  'buffer',
  'randombytes',
  'debug',
  'err-code',
  'get-browser-rtc',
  'queue-microtask',
].map((name) => ({
  find: new RegExp(`^${name}$`),
  replacement: fileURLToPath(new URL(`./src/network/simple-peer-parts/${name}.cjs`, import.meta.url)),
}))

/** simple-peer's diary goes nowhere (simple-peer-parts/debug.cjs): its lines are left out of what people load. */
const withoutDiary: Plugin = {
  name: 'simple-peer-without-diary',
  apply: 'build',
  transform: {
    filter: { id: /node_modules\/simple-peer\/index\.js$/ },
    handler: (code) => ({ code: code.replace(/^ *(?:this|self)\._debug\((?:[^()]|\([^()]*\))*\)$/gm, ''), map: null }),
  },
}

/**
 * The app as one installs it. The service worker keeps the shell and the vault; a new one waits until the person says
 * "Update now" (src/app/service-worker.ts registers it: the plugin's own registration fails under Trusted Types).
 */
const installed = VitePWA({
  registerType: 'prompt',
  injectRegister: null,
  manifest: {
    id: '/',
    name: 'SeQure Chat',
    short_name: 'SeQure',
    description: 'A private chat between two browsers in which every message runs its own quantum key distribution.',
    lang: 'en',
    start_url: '/',
    scope: '/',
    display: 'standalone',
    theme_color: '#f2f5f6',
    background_color: '#f2f5f6',
    categories: ['communication', 'education'],
    icons: [
      { src: '/icon.svg', sizes: 'any', type: 'image/svg+xml' },
      { src: '/icon-192.png', sizes: '192x192', type: 'image/png' },
      { src: '/icon-512.png', sizes: '512x512', type: 'image/png' },
      { src: '/icon-maskable-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
    ],
    screenshots: [
      {
        src: '/screenshots/wide.png',
        sizes: '1280x800',
        type: 'image/png',
        form_factor: 'wide',
        label: 'A chat, and beside it the key distribution of its newest message',
      },
      {
        src: '/screenshots/narrow.png',
        sizes: '360x780',
        type: 'image/png',
        form_factor: 'narrow',
        label: 'A chat on a phone',
      },
    ],
    shortcuts: [
      { name: 'New chat', url: '/#new', icons: [{ src: '/icon-192.png', sizes: '192x192', type: 'image/png' }] },
    ],
  },
  workbox: {
    globPatterns: ['**/*.{html,js,css,svg,woff2,webmanifest}', 'icon-192.png'],
    // All pages are the one document; what the server answers itself is never taken from the cache.
    navigateFallback: '/index.html',
    navigateFallbackDenylist: [/^\/api\//, /^\/signal/, /^\/healthz/, /^\/metrics/],
    cleanupOutdatedCaches: true,
    inlineWorkboxRuntime: true,
    sourcemap: false,
  },
})

/**
 * A page from the cache keeps the headers that it came with, so the policy stands in the page too. The sockets' host is
 * known to the server alone: there the header is stricter (signaling/headers.ts), and of two policies both hold.
 */
const policyInPage: Plugin = {
  name: 'policy-in-page',
  apply: 'build',
  transformIndexHtml: () => [
    {
      tag: 'meta',
      injectTo: 'head-prepend',
      attrs: {
        'http-equiv': 'Content-Security-Policy',
        content: [
          "default-src 'none'",
          "script-src 'self'",
          "style-src 'self'",
          "img-src 'self' data: blob:",
          "font-src 'self'",
          "connect-src 'self' ws: wss:",
          "worker-src 'self'",
          "manifest-src 'self'",
          "base-uri 'none'",
          "form-action 'none'",
        ].join('; '),
      },
    },
  ],
}

/** Takes 0.8 kB more off the first load than Vite's own minifier, whose work it goes over; licences stay. */
const smaller = (): Plugin => ({
  name: 'smaller',
  apply: 'build',
  generateBundle: {
    order: 'post',
    async handler(_, bundle) {
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== 'chunk') continue
        const { code } = await minify(chunk.code, {
          module: true,
          compress: { passes: 3, ecma: 2020, sequences: false },
          format: { ecma: 2020, comments: /@license|@preserve|^!/ },
        })
        if (code === undefined) throw new Error(`terser gave nothing for ${chunk.fileName}`)
        chunk.code = code
      }
    },
  },
})

export default defineConfig({
  plugins: [solid(), withoutDiary, smaller(), installed, policyInPage],
  resolve: { alias: simplePeerParts },
  build: {
    target: 'es2023',
    outDir: 'dist',
    sourcemap: false,
    modulePreload: {
      // Every browser that can run the app preloads modules by itself.
      polyfill: false,
      // The page names what its entry needs. What comes later finds its modules by itself: a list of them costs more.
      resolveDependencies: (_, files, { hostType }) =>
        hostType === 'html' ? files : files.filter((file) => file.endsWith('.css')),
    },
  },
  worker: { format: 'es', plugins: () => [smaller()] },
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
      { test: { name: 'scripts', environment: 'node', include: ['scripts/**/*.test.ts'], testTimeout: 60_000 } },
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
