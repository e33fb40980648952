// Whether this page can be used at all, before anything is started.

import type { Notice } from './state.ts'

/** What is looked at of the global object. */
export interface PageScope {
  readonly isSecureContext?: boolean
  readonly crypto?: { readonly subtle?: unknown }
  readonly RTCPeerConnection?: unknown
  readonly WebSocket?: unknown
  readonly Worker?: unknown
}

/** What stands in the way, or null: http on a LAN address has no WebCrypto, an odd browser no WebRTC. */
export function checkPage(scope: PageScope): Notice | null {
  if (scope.isSecureContext !== true || scope.crypto?.subtle === undefined) return obstacle('insecure-page', null)
  const missing = (['RTCPeerConnection', 'WebSocket', 'Worker'] as const).find((name) => scope[name] === undefined)
  return missing === undefined ? null : obstacle('unsupported', missing)
}

const obstacle = (reason: 'insecure-page' | 'unsupported', detail: string | null): Notice => ({
  reason,
  receipt: null,
  message: null,
  detail,
})
