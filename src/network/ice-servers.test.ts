import { describe, expect, it } from 'vitest'
import { parseIceServers } from './ice-servers.ts'

describe('parseIceServers', () => {
  it('keeps STUN and TURN servers', () => {
    const answer = {
      iceServers: [
        { urls: 'stun:stun.example.org:3478' },
        { urls: ['turn:turn.example.org?transport=udp', 'turns:[2001:db8::1]:5349'], username: 'u', credential: 'c' },
      ],
    }
    expect(parseIceServers(answer)).toEqual([
      { urls: ['stun:stun.example.org:3478'] },
      { urls: ['turn:turn.example.org?transport=udp', 'turns:[2001:db8::1]:5349'], username: 'u', credential: 'c' },
    ])
  })

  it.each([
    [null],
    [[]],
    [{ iceServers: 'stun:x' }],
    [{ iceServers: [null, 1, {}, { urls: [] }, { urls: 'https://example.org' }] }],
    [{ iceServers: [{ urls: 'turn:turn.example.org' }] }],
  ])('takes nothing from %j', (answer) => {
    expect(parseIceServers(answer)).toEqual([])
  })
})
