// The terms of one session, fixed at `propose`: what is to be measured, how much key is needed, under which proof.

import type { Bytes } from '../lib/bytes.ts'
import type { SettingWeights } from '../quantum/settings.ts'
import type { Proof } from './receipt.ts'

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
export const PAIRS_MAX = 2 ** 24

/** What both sides know of the session beside its terms; under both tags. */
export interface SessionContext {
  readonly room: string
  readonly sides: { readonly alice: Bytes; readonly bob: Bytes }
  readonly terms: Terms
  /** 64 bytes, the keys really used: Alice's tag key, Bob's tag key. */
  readonly tagKeys: Bytes
  readonly authentication: 'information-theoretic' | 'computational'
  readonly roundTripMs: number
}
