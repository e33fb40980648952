// What a session proved, kept with its message: readings, the length of the key under each proof, what it cost.

import type { Tally } from '../distill/tally.ts'
import type { Authentication } from '../pairing/tag-pairs.ts'
import type { SettingWeights } from '../quantum/settings.ts'

export type Proof = 'trusted' | 'collective'

/** Why a message was refused; each has a sentence and a way on in the app. */
export type RefusalReason = 'eavesdropper' | 'tampered' | 'noisy' | 'not-accepted'

/** An eavesdropper whom this side's own tab let in (`?eve=`): strength in [0, 1], a Bloch angle. */
export type OwnEve =
  | { readonly kind: 'passive' }
  | { readonly kind: 'ghz' | 'intercept'; readonly strength: number; readonly angleDegrees: number }

export interface Receipt {
  readonly session: string
  readonly outcome: 'delivered' | 'sent' | 'short' | 'noisy' | 'eavesdropper' | 'tampered'
  readonly pairs: number
  readonly arrivedPairs: number
  readonly mode: 'textbook' | 'efficient'
  /** How often each setting was drawn. */
  readonly alice: SettingWeights
  readonly bob: SettingWeights
  readonly proof: Proof
  readonly epsilon: number
  readonly route: 'relay' | 'direct'
  readonly plannedNoise: number
  /** Of the key's settings `unequal` is known only where the whole key was sacrificed. */
  readonly tally: Tally
  readonly s: number | null
  readonly sLow: number | null
  readonly sHigh: number | null
  /** Phase and bit error rates read from the halves of S, with 95 % intervals. */
  readonly phaseError: Interval | null
  readonly bitError: Interval | null
  /** Of the whole key, as a fraction: 0 when both keys were equal, exact when the key was sacrificed, else null. */
  readonly qber: number | null
  readonly siftedBits: number
  /** Said about the key beside the checks; where it could not be used: what correcting it was expected to say. */
  readonly leakedBits: number
  /** Bits said as verification checks. */
  readonly checkBits: number
  /** Length of the secret key under the deciding proof. */
  readonly keyBits: number
  readonly keyBitsCollective: number
  readonly neededBits: number
  readonly usedBits: number
  readonly authentication: Authentication
  /** Error correction; this version corrects nothing: unequal keys are refused. */
  readonly algorithm: 'none'
  /** Chance of readings like these on the planned link; null where none was computed. */
  readonly chance: number | null
  readonly timesMs: PhaseTimes
  /** Only what this side's own tab did to the pairs; whoever else listened is not known but by the readings. */
  readonly eve: OwnEve | null
}

export interface Interval {
  readonly value: number
  readonly low: number
  readonly high: number
}

/** Durations of the phases of a session as its side saw them, milliseconds. */
export interface PhaseTimes {
  readonly pairs: number
  readonly test: number
  readonly seal: number
  readonly total: number
}
