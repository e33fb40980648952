// The terms of one session, fixed at `propose`: what is to be measured, how much key is needed, under which proof.

import type { Bytes } from '../lib/bytes.ts'
import type { SettingWeights } from '../quantum/settings.ts'
import type { OwnEve, Proof } from './receipt.ts'

export interface Terms {
  /** 32 hexadecimal digits, random. */
  readonly session: string
  readonly pairs: number
  readonly mode: 'textbook' | 'efficient'
  readonly alice: SettingWeights
  readonly bob: SettingWeights
  readonly epsilon: number
  readonly proof: Proof
  readonly neededBits: number
  /** Tag pairs that this session's key renews. */
  readonly newPairs: number
  /** Werner error 1 - V of the link as planned. */
  readonly plannedNoise: number
  /** Most bits that error correction may say about the key. */
  readonly leakCap: number
  /** Name of the tag pair to be spent, or `derived`. */
  readonly tagPair: string
  readonly route: 'relay' | 'direct'
}

/** Above this many pairs Alice waits for `ready` before she sends qubits, and the session goes directly. */
export const BULK_PAIRS = 200_000
/** Of each session, unless the user sets another; a peer's proposal may not be weaker. */
export const DEFAULT_EPSILON = 1e-10
export const PAIRS_MAX = 2 ** 24

/** Qubits a frame: at least 16 frames a session; 1,100 bytes a frame in a chat, 16 KiB in bulk (3 bits a qubit). */
export function frameQubits(pairs: number): number {
  const bytes = pairs > BULK_PAIRS ? 16_000 : 1_000
  return Math.max(1, Math.min(Math.ceil(pairs / 16), Math.floor((bytes * 8) / 3)))
}

/** What both sides know of the session beside its terms; under both tags. */
export interface SessionContext {
  readonly room: string
  readonly sides: { readonly alice: Bytes; readonly bob: Bytes }
  readonly terms: Terms
  /** 64 bytes, the keys really used: Alice's tag key, Bob's tag key. */
  readonly tagKeys: Bytes
  readonly authentication: 'information-theoretic' | 'computational'
  readonly roundTripMs: number
  /** Who listened to this session in this side's own tab so far; for its receipt alone. */
  readonly eve: () => OwnEve | null
}
