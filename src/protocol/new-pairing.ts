// A pairing begins: the inviter makes the secret of the invite and R, the joiner reads it. Both make a side id, stored
// before the first signal.

import { toHex } from '../lib/bytes.ts'
import { type RandomSource, randomBytes } from '../lib/random.ts'
import { ok, type Result } from '../lib/result.ts'
import { formatInvite, INVITE_BYTES, parseInvite } from '../pairing/invite.ts'
import { roomId } from '../pairing/keys.ts'
import { inviteOf, invitePairs } from '../pairing/tag-pairs.ts'
import { applyChanges, type Change, type Stored } from './disk.ts'
import type { PairingRecord, RoomMode } from './records.ts'

export interface NewPairing {
  readonly stored: Stored
  /** To be committed before the conversation starts. */
  readonly changes: readonly Change[]
}

interface Beginning {
  readonly name: string
  readonly random: RandomSource
  readonly nowMs: number
}

/** `fragment` is what stands behind # in the link. */
export function inviteChat({
  mode,
  ...beginning
}: Beginning & { readonly mode: RoomMode }): NewPairing & { readonly fragment: string } {
  const bytes = randomBytes(beginning.random, INVITE_BYTES)
  const root = randomBytes(beginning.random, 32)
  return { ...begin({ ...beginning, role: 'inviter', mode, bytes, root }), fragment: formatInvite({ mode, bytes }) }
}

export function joinInvite({
  fragment,
  ...beginning
}: Beginning & { readonly fragment: string }): Result<NewPairing, 'invite-invalid'> {
  const invite = parseInvite(fragment)
  if (!invite.ok) return invite
  return ok(begin({ ...beginning, role: 'joiner', root: null, ...invite.value }))
}

/** What stands behind # in the link of an invite that this side made and nobody has used; null when there is none. */
export function unusedInvite({ pairing, tagPairs }: Stored): string | null {
  const { role, mode, invite, peerSideId } = pairing
  if (role !== 'inviter' || invite === null || peerSideId !== null) return null
  const bytes = inviteOf(invite, tagPairs)
  return bytes && formatInvite({ mode, bytes })
}

interface Roots {
  readonly role: PairingRecord['role']
  readonly mode: RoomMode
  readonly bytes: Uint8Array
  readonly root: PairingRecord['root']
}

function begin({ name, random, nowMs, role, mode, bytes, root }: Beginning & Roots): NewPairing {
  const invite = new Uint8Array(bytes.subarray(0, 32))
  const pairing: PairingRecord = {
    conversation: toHex(randomBytes(random, 16)),
    role,
    mode,
    createdAtMs: nowMs,
    invite,
    inviteRoom: roomId(invite),
    root,
    sideId: toHex(randomBytes(random, 16)),
    peerSideId: null,
    bindingNumber: 0,
    peerBindingNumber: 0,
    highestNumber: 0,
    name,
    peerName: '',
  }
  const changes: Change[] = [
    { type: 'putPairing', pairing },
    ...invitePairs(bytes).map((pair): Change => ({ type: 'putTagPair', pair })),
  ]
  const stored = applyChanges(null, changes)
  if (stored === null) throw new Error('assertion failed: a pairing was put')
  return { stored, changes }
}
