// The STUN and TURN servers that the app's own server names. Without them (or without it) two browsers of one network
// still meet; a stranger's servers are never asked.

const URLS_MAX = 16
const KEPT_MS = 10 * 60_000
const PATIENCE_MS = 3_000

export type GetIceServers = () => Promise<readonly RTCIceServer[]>

/** Asks `url`, and keeps the answer for ten minutes: TURN credentials live for a while only. */
export function makeIceServers(url: string): GetIceServers {
  let kept: { readonly servers: Promise<readonly RTCIceServer[]>; readonly atMs: number } | null = null
  return () => {
    if (kept === null || performance.now() - kept.atMs > KEPT_MS) kept = { servers: ask(url), atMs: performance.now() }
    const { servers } = kept
    return servers.catch(() => {
      kept = null
      return []
    })
  }
}

async function ask(url: string): Promise<readonly RTCIceServer[]> {
  const response = await fetch(url, {
    signal: AbortSignal.timeout(PATIENCE_MS),
    cache: 'no-store',
    credentials: 'omit',
  })
  if (!response.ok) throw new Error(`no ICE servers: status ${response.status}`)
  return parseIceServers(await response.json())
}

/** What can be used of an answer `{iceServers: [...]}`: a bad entry would make RTCPeerConnection throw. */
export function parseIceServers(answer: unknown): readonly RTCIceServer[] {
  const list = isObject(answer) ? answer['iceServers'] : null
  if (!Array.isArray(list)) return []
  return list.slice(0, URLS_MAX).flatMap((entry: unknown) => parseServer(entry) ?? [])
}

function parseServer(entry: unknown): RTCIceServer | null {
  if (!isObject(entry)) return null
  const { urls, username, credential } = entry
  const all: readonly unknown[] = Array.isArray(urls) ? urls : [urls]
  const good = all
    .slice(0, URLS_MAX)
    .filter(
      (url): url is string =>
        typeof url === 'string' && /^(stun|turns?):[\w.[\]:-]+(\?transport=(udp|tcp))?$/.test(url),
    )
  if (good.length === 0) return null
  if (!good.some((url) => url.startsWith('turn'))) return { urls: good }
  // TURN without credentials is a TypeError of the browser.
  return typeof username === 'string' && typeof credential === 'string' ? { urls: good, username, credential } : null
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
