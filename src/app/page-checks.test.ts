import { describe, expect, it } from 'vitest'
import { checkPage } from './page-checks.ts'

const able = { isSecureContext: true, crypto: { subtle: {} }, RTCPeerConnection: {}, WebSocket: {}, Worker: {} }

describe('checkPage', () => {
  it('finds nothing wrong with a secure page of a current browser', () => {
    expect(checkPage(able)).toBeNull()
  })

  it('calls a page without WebCrypto insecure', () => {
    expect(checkPage({ ...able, isSecureContext: false })?.reason).toBe('insecure-page')
    expect(checkPage({ ...able, crypto: {} })?.reason).toBe('insecure-page')
  })

  it.each(['RTCPeerConnection', 'WebSocket', 'Worker'] as const)('calls a browser without %s unsupported', (name) => {
    expect(checkPage({ ...able, [name]: undefined })).toMatchObject({ reason: 'unsupported', detail: name })
  })
})
