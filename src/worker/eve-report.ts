// What an eavesdropper of this tab (`?eve=`) tells the page of one session once it has ended, as plain values.

import type { AbortReason, Finding, Refusal } from '../protocol/messages.ts'
import type { OwnEve } from '../protocol/receipt.ts'

export interface EveReport {
  readonly session: string
  readonly eve: OwnEve
  /** Whose message the session was for. */
  readonly proposedBy: 'me' | 'peer'
  readonly endedAtMs: number
  readonly pairs: number
  /** Pairs that came by her, and those of them that she measured. */
  readonly passed: number
  readonly touched: number
  /** Her guess of the whole sifted key; null where the settings were never compared. */
  readonly key: Guesses | null
  /** Her readings against the outcomes that the two said openly, setting by setting; none where she touched nothing. */
  readonly settings: readonly (Guesses & { readonly setting: SettingName })[]
  /** S, which anybody can work out of what was said; null where it never came to that. */
  readonly s: number | null
  /** What her guess of the key makes of the ciphertext; null where nothing was sealed. */
  readonly message: string | null
  readonly lines: readonly HeardLine[]
}

export type SettingName = 'a1' | 'a2' | 'a3' | 'b1' | 'b2' | 'b3'

export interface Guesses {
  readonly bits: number
  /** Guesses that were right, a half for each pair that she let pass; null where the session was gone before the count. */
  readonly right: number | null
  /** The share that theory gives this attack on perfect pairs. */
  readonly expected: number
}

/** One message of the public channel, in figures. */
export interface HeardLine {
  readonly atMs: number
  readonly from: 'alice' | 'bob'
  readonly said: Said
}

export type Said =
  | {
      readonly type: 'propose'
      readonly pairs: number
      readonly mode: 'textbook' | 'efficient'
      readonly neededBits: number
    }
  | { readonly type: 'refuse'; readonly reason: Refusal }
  | { readonly type: 'ready' }
  | { readonly type: 'measured'; readonly arrived: number }
  | { readonly type: 'sifted'; readonly testBits: number; readonly keyBits: number }
  | {
      readonly type: 'estimated'
      readonly testBits: number
      readonly equal: boolean
      readonly finding: Finding
      readonly sacrificedBits: number
      readonly s: number | null
    }
  | {
      readonly type: 'amplify'
      readonly usedBits: number
      readonly seedBytes: number
      readonly ciphertextBytes: number
      /** The first bytes of the ciphertext, hexadecimal. */
      readonly head: string
    }
  | { readonly type: 'received' }
  | { readonly type: 'abort'; readonly reason: AbortReason; readonly sacrificedBits: number }
