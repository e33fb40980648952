// The real server for tests and benches: in this process, on a free port, so that a test can end it in mid-chat and
// start it again where it was.

import { fileURLToPath } from 'node:url'
import { makeLog } from '../../signaling/log.ts'
import { type RunningServer, startServer } from '../../signaling/server.ts'

const APP = fileURLToPath(new URL('../../dist', import.meta.url))

/** Serves the built app, or another folder. */
export function startTestServer({
  port = 0,
  dist = APP,
}: {
  port?: number
  dist?: string
} = {}): Promise<RunningServer> {
  return startServer({ port, host: '127.0.0.1', dist, log: makeLog('error') })
}
