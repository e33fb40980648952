// Short-lived TURN credentials after the "REST API for access to TURN services" (draft-uberti-behave-turn-rest-00), as
// coturn's `use-auth-secret` checks them: the user name is an expiry time, the password its HMAC-SHA1 under the secret.
// SHA-1 is what that draft and coturn say; it authenticates a relay of ciphertext, nothing of a chat rests on it.

import { createHmac, randomBytes } from 'node:crypto'

export interface TurnConfig {
  readonly urls: readonly string[]
  readonly secret: string
}

/** An entry of RTCConfiguration.iceServers. */
export interface IceServer {
  readonly urls: readonly string[]
  readonly username?: string
  readonly credential?: string
}

/** Long enough for a working day; a running call outlives its credentials. */
const LIFETIME_SECONDS = 8 * 3600

/** The ICE servers for one browser: STUN entries are open, TURN entries get a credential of their own. */
export function makeIceServers(turn: TurnConfig | null, nowMs: number): readonly IceServer[] {
  if (turn === null) return []
  const stun = turn.urls.filter((url) => url.startsWith('stun'))
  const relays = turn.urls.filter((url) => url.startsWith('turn'))
  const username = `${Math.floor(nowMs / 1000) + LIFETIME_SECONDS}:${randomBytes(6).toString('hex')}`
  const credential = createHmac('sha1', turn.secret).update(username).digest('base64')
  return [
    ...(stun.length > 0 ? [{ urls: stun }] : []),
    ...(relays.length > 0 ? [{ urls: relays, username, credential }] : []),
  ]
}
