// What happens in a world from outside: what the persons do, and what befalls machines and network. Plain data, drawn
// from the seed by faults.ts or put together by hand.

import type { CommitFailure } from '../protocol/disk.ts'
import type { RoomMode } from '../protocol/records.ts'
import type { Attack } from '../quantum/attacks.ts'
import type { Meal, Tampering } from './eve.ts'
import type { FibreConditions } from './links.ts'
import { SIDES, type SideIndex } from './port.ts'

export interface SideScript {
  readonly mode: 'efficient' | 'textbook'
  readonly publicChannel: 'relay' | 'direct'
  readonly visibility: number
  /** Mean time of a commit. */
  readonly diskMs: number
  /** Its person's clock against the world's. */
  readonly clockOffsetMs: number
  /** When its tab opens first. */
  readonly opensAtMs: number
}

export interface Script {
  readonly seed: string
  readonly room: RoomMode
  readonly sides: readonly [SideScript, SideScript]
  readonly latencyMs: number
  readonly jitterMs: number
  readonly fibre: FibreConditions
  readonly tellsReplaced: boolean
  /** By time. */
  readonly deeds: readonly Timed[]
  /** From then on all faults are over, but for Eve where she stays. */
  readonly healsAtMs: number
  readonly eveStays: boolean
  /** Who writes once more when all is delivered. */
  readonly lastWriters: readonly SideIndex[]
}

export interface Timed {
  readonly atMs: number
  readonly deed: Deed
}

export type Deed = SideDeed | NetworkDeed

/** What a person does, or what befalls a side's machine. */
export type SideDeed = { readonly side: SideIndex } & (
  | { readonly do: 'write'; readonly text: string }
  /** The `nth` message that this side wrote. */
  | { readonly do: 'cancel'; readonly nth: number }
  /** All that was refused. */
  | { readonly do: 'retry' }
  | { readonly do: 'leave'; readonly backMs: number }
  /** After so many more outputs: in the midst of a batch, before or after a commit. */
  | { readonly do: 'crash'; readonly what: 'worker' | 'tab'; readonly outputs: number; readonly downMs: number }
  | { readonly do: 'freeze'; readonly forMs: number }
  | { readonly do: 'snapshot' }
  | { readonly do: 'restore'; readonly downMs: number }
  | { readonly do: 'diskFails'; readonly reason: CommitFailure; readonly count: number }
)

export type NetworkDeed =
  | { readonly do: 'server'; readonly runs: boolean }
  | { readonly do: 'breakSocket'; readonly of: SideIndex }
  | { readonly do: 'stallSocket'; readonly of: SideIndex; readonly forMs: number }
  | { readonly do: 'cut'; readonly noticedMs: number }
  | { readonly do: 'stall'; readonly forMs: number }
  | { readonly do: 'block'; readonly blocked: boolean }
  | { readonly do: 'fibre'; readonly conditions: FibreConditions }
  | { readonly do: 'attack'; readonly attack: Attack | null }
  | { readonly do: 'eat'; readonly meals: readonly Meal[] }
  | { readonly do: 'tamper'; readonly tampering: readonly Tampering[] }

const has = (script: Script, does: (deed: Deed) => boolean): boolean => script.deeds.some(({ deed }) => does(deed))

/** Sources are perfect: no run may come out noisy but by loss or by Eve. */
export const isNoiseless = (script: Script): boolean => script.sides.every(({ visibility }) => visibility === 1)
export const hasRestores = (script: Script): boolean => has(script, (deed) => deed.do === 'restore')
export const hasDiskFaults = (script: Script): boolean => has(script, (deed) => deed.do === 'diskFails')
export const hasEve = (script: Script): boolean => has(script, (deed) => deed.do === 'attack' && deed.attack !== null)
export const hasTampering = (script: Script): boolean =>
  has(script, (deed) => deed.do === 'tamper' && deed.tampering.length > 0)

const CALM_SIDE: SideScript = {
  mode: 'efficient',
  publicChannel: 'relay',
  visibility: 1,
  diskMs: 1,
  clockOffsetMs: 0,
  opensAtMs: 0,
}

/** A world in which nothing goes wrong but by these deeds. */
export function calmScript(seed: string, deeds: readonly Timed[], healsAtMs: number): Script {
  return {
    seed,
    room: 'private',
    sides: [CALM_SIDE, CALM_SIDE],
    latencyMs: 5,
    jitterMs: 0,
    fibre: { lost: 0, repeated: 0, jitterMs: 0 },
    tellsReplaced: true,
    deeds,
    healsAtMs,
    eveStays: false,
    lastWriters: SIDES,
  }
}
