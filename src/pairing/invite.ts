// The invite: the fragment of a link, `i=1.<mode>.<base64url of 160 random bytes>`, of which no server ever hears.
// It may come back from a messenger percent-encoded or with a full stop at its end.

import { type Bytes, fromBase64Url, toBase64Url } from '../lib/bytes.ts'
import { fail, ok, type Result } from '../lib/result.ts'

export const INVITE_BYTES = 160
const FRAGMENT_LENGTH_MAX = 600
const SECRET_LENGTH = Math.ceil((INVITE_BYTES * 8) / 6)

export interface Invite {
  readonly mode: 'private' | 'lab'
  /** 160 bytes: I, then one tag pair for the inviter's lane, one for the joiner's. */
  readonly bytes: Bytes
}

export function formatInvite(invite: Invite): string {
  return `i=1.${invite.mode}.${toBase64Url(invite.bytes)}`
}

/** Reads a fragment, with or without its #. Whatever is wrong with it: the link is incomplete, copy all of it. */
export function parseInvite(fragment: string): Result<Invite, 'invite-invalid'> {
  if (fragment.length > FRAGMENT_LENGTH_MAX) return fail('invite-invalid')
  const match = /^#?i=1\.(private|lab)\.([A-Za-z0-9_-]+)[.,;:!?)\]>'"]*$/.exec(unescaped(fragment).trim())
  if (match?.[2]?.length !== SECRET_LENGTH) return fail('invite-invalid')
  const bytes = fromBase64Url(match[2])
  if (!bytes.ok || bytes.value.length !== INVITE_BYTES) return fail('invite-invalid')
  return ok({ mode: match[1] === 'lab' ? 'lab' : 'private', bytes: bytes.value })
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
