// One-time tag pairs and their life. A pair holds two Poly1305 keys, Alice's and Bob's of the one session that spends
// it; it lies in the lane of the side that may propose with it. Pending at Alice from the transaction before her
// `amplify`, usable once Bob has shown that he stored it; deleted before a side makes its own tag: deletion is the only
// spent mark. (PROTOCOL section 7)

import { type Bytes, concat, hexBytes } from '../lib/bytes.ts'
import { derivedPair, effectivePair, type Nonces, type Role } from './keys.ts'

export type Authentication = 'information-theoretic' | 'computational'

export interface TagPair {
  /** session id / index, or invite/lane. */
  readonly name: string
  /** The side that may propose with it. */
  readonly lane: Role
  /** 64 bytes: Alice's key, Bob's key. */
  readonly keys: Bytes
  readonly state: 'pending' | 'usable'
  readonly origin: Authentication
}

export const PAIR_BYTES = 64
export const LANE_FULL = 8
const REFILL_MAX = 4
/** The name that stands for a pair derived from the binding key, where a lane is empty. */
export const DERIVED = 'derived'

/** The two pairs that the invite itself brings, one a lane. */
export function invitePairs(invite: Uint8Array): readonly TagPair[] {
  const lanes = ['inviter', 'joiner'] as const
  return lanes.map((lane, index) => {
    const start = 32 + index * PAIR_BYTES
    const keys = concat(invite.subarray(start, start + PAIR_BYTES))
    return { name: `invite/${lane}`, lane, keys, state: 'usable', origin: 'information-theoretic' }
  })
}

/** The bytes of an invite again, from its first 32 and the pairs that it brought; null when one of these is gone. */
export function inviteOf(secret: Uint8Array, pairs: readonly TagPair[]): Bytes | null {
  const [inviter, joiner] = (['inviter', 'joiner'] as const).map((lane) =>
    pairs.find(({ name }) => name === `invite/${lane}`),
  )
  return inviter && joiner ? concat(secret, inviter.keys, joiner.keys) : null
}

/** The pair to propose with next: the invite's first, else the oldest usable one; null when the lane has none. */
export function choosePair(pairs: readonly TagPair[], lane: Role): TagPair | null {
  const usable = pairs.filter((pair) => pair.lane === lane && pair.state === 'usable')
  return usable.find((pair) => pair.name.startsWith('invite/')) ?? usable[0] ?? null
}

/**
 * How many new pairs a session of this lane makes: its own again, and up to four that the lane lacks. A session under a
 * derived pair spends none: pending pairs of runs that were never confirmed fill the lane too, so it can't outgrow.
 */
export function newPairCount(pairs: readonly TagPair[], lane: Role): number {
  const inLane = pairs.filter((pair) => pair.lane === lane).length
  const spent = choosePair(pairs, lane) === null ? 0 : 1
  return Math.max(0, Math.min(1 + REFILL_MAX, LANE_FULL - inLane + spent))
}

/** Keys of a connection, as far as tags need them. */
export interface TagRoot {
  readonly root: Bytes
  readonly nonces: Nonces
}

/** The 64 bytes really used in a session: the stored pair's, or derived ones where the lane is empty; masked for it. */
export function sessionTagKeys({ root, nonces }: TagRoot, pair: TagPair | null, lane: Role, session: string): Bytes {
  const id = hexBytes(session)
  return effectivePair(pair?.keys ?? derivedPair(root, nonces, lane, id), root, nonces, id)
}

/** New pairs from key bytes (64 each), named after their session. */
export function growPairs(
  session: string,
  lane: Role,
  bytes: Bytes,
  state: TagPair['state'],
  origin: Authentication,
): readonly TagPair[] {
  return Array.from({ length: bytes.length / PAIR_BYTES }, (_, index) => ({
    name: `${session}/${index}`,
    lane,
    keys: bytes.slice(index * PAIR_BYTES, (index + 1) * PAIR_BYTES),
    state,
    origin,
  }))
}

/** At a binding: the pairs that both sides list stay and are usable, all others go. */
export function keepCommon(
  pairs: readonly TagPair[],
  listed: ReadonlySet<string>,
): { readonly kept: readonly TagPair[]; readonly dropped: readonly string[] } {
  const kept = pairs.filter((pair) => listed.has(pair.name)).map((pair) => ({ ...pair, state: 'usable' as const }))
  return { kept, dropped: pairs.filter((pair) => !listed.has(pair.name)).map((pair) => pair.name) }
}
