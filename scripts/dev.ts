// `npm run dev`: the app with hot reload, and signaling, on one port. Vite puts styles into the page itself, so the
// Content-Security-Policy of the served app (signaling/headers.ts) is left out here; `npm start` has it.

import { createServer } from 'node:http'
import { createServer as createVite } from 'vite'
import { readEnv } from '../signaling/env.ts'
import { DEFAULT_LIMITS } from '../signaling/limits.ts'
import { makeLog } from '../signaling/log.ts'
import { Metrics } from '../signaling/metrics.ts'
import { answerService } from '../signaling/server.ts'
import { Sockets } from '../signaling/sockets.ts'

async function dev(): Promise<void> {
  const env = readEnv(process.env)
  if (!env.ok) throw new Error(env.reason)
  const { port, host, allowedOrigins, turn, logLevel } = env.value
  const metrics = new Metrics()
  const sockets = new Sockets({ limits: DEFAULT_LIMITS, allowedOrigins, log: makeLog(logLevel), metrics })
  const server = createServer((request, response) => {
    if (!answerService({ sockets, metrics, turn }, request, response)) vite.middlewares(request, response)
  })
  // Vite listens for the upgrades of its own socket on the same server; what isn't ours is left to it.
  server.on('upgrade', (request, socket, head) => sockets.upgrade(request, socket, head))
  const vite = await createVite({ server: { middlewareMode: true, hmr: { server } }, appType: 'spa' })
  const stop = () => process.exit(0)
  process.once('SIGTERM', stop).once('SIGINT', stop)
  server.once('error', (error) => fail(error))
  server.listen(port, host, () => {
    const address = server.address()
    const actual = typeof address === 'object' && address !== null ? address.port : port
    process.stdout.write(`http://${host}:${actual}\n`)
  })
}

function fail(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
}

dev().catch(fail)
