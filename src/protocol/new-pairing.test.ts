import { describe, expect, test } from 'vitest'
import { toHex } from '../lib/bytes.ts'
import { SeededRandom } from '../lib/random.ts'
import { roomId } from '../pairing/keys.ts'
import { applyChanges } from './disk.ts'
import { inviteChat, joinInvite } from './new-pairing.ts'

const invited = inviteChat({ name: 'Ada', mode: 'lab', random: new SeededRandom('inviter'), nowMs: 5 })
const joined = (fragment: string) => joinInvite({ name: 'Bo', fragment, random: new SeededRandom('joiner'), nowMs: 6 })

describe('a pairing', () => {
  test('begins with the same I, mode and invite pairs at both sides, and R at the inviter alone', () => {
    const result = joined(invited.fragment)
    if (!result.ok) throw new Error(result.reason)
    const [inviter, joiner] = [invited.stored, result.value.stored]
    expect(toHex(joiner.pairing.invite!)).toBe(toHex(inviter.pairing.invite!))
    expect(joiner.pairing.mode).toBe('lab')
    expect(joiner.tagPairs).toEqual(inviter.tagPairs)
    expect([inviter.pairing.role, joiner.pairing.role]).toEqual(['inviter', 'joiner'])
    expect(inviter.pairing.root?.length).toBe(32)
    expect(joiner.pairing.root).toBe(null)
  })

  test('has side ids and conversation names of its own at each side', () => {
    const result = joined(invited.fragment)
    if (!result.ok) throw new Error(result.reason)
    const { pairing } = result.value.stored
    const ids = [
      invited.stored.pairing.sideId,
      pairing.sideId,
      invited.stored.pairing.conversation,
      pairing.conversation,
    ]
    expect(new Set(ids).size).toBe(4)
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/)
  })

  test('does not lead from the invite to R: R is no part of the link', () => {
    const { root, invite } = invited.stored.pairing
    const bytes = Buffer.from(invited.fragment.split('.')[2]!, 'base64url')
    expect(bytes.includes(Buffer.from(root!))).toBe(false)
    expect(roomId(root!)).not.toBe(roomId(invite!))
  })

  test('is on the disk by the changes it asks for', () => {
    expect(applyChanges(null, invited.changes)).toEqual(invited.stored)
  })

  test('is not begun by a link that is none', () => {
    for (const fragment of ['', '#', invited.fragment.slice(0, -1), `${invited.fragment}AA`]) {
      expect(joined(fragment)).toEqual({ ok: false, reason: 'invite-invalid' })
    }
  })

  test('differs from the next in everything secret', () => {
    const random = new SeededRandom('two of them')
    const [a, b] = [0, 1].map(() => inviteChat({ name: 'Ada', mode: 'private', random, nowMs: 0 }))
    expect(a!.fragment).not.toBe(b!.fragment)
    expect(toHex(a!.stored.pairing.root!)).not.toBe(toHex(b!.stored.pairing.root!))
  })
})
