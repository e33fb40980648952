// What the checks know of a world: what the persons wrote, the two disks, what was done to them, and the list of what
// went wrong. Each finding names the invariant that it breaks (DESIGN, "Invariants") and what was seen.

import type { Stored } from '../protocol/disk.ts'
import type { Clock } from './clock.ts'
import type { Meddler } from './eve.ts'
import { otherSide, type SideIndex } from './port.ts'
import type { Script } from './script.ts'

export type Invariant =
  | '1 one key, one use'
  | '2 no setting too early'
  | '3 nothing before its tag'
  | '4 what is shown is so'
  | '4 nothing is lost'
  | '4 one order'
  | '5 no throw'
  | '5 bounded'
  | '6 security as shown'
  | '7 no secret outside'
  | '8 private stays private'
  | '9 it goes on'
  | 'no false alert'

export interface Finding {
  readonly seed: string
  readonly invariant: Invariant
  readonly detail: string
  readonly atMs: number
}

/** A text that a person wrote. */
export interface Written {
  readonly id: string
  readonly side: SideIndex
  readonly text: string
  readonly writtenAtMs: number
  /** Was on the disk: from then on it must not be lost. */
  kept: boolean
  /** The person was told that it could not be stored. */
  notStored: boolean
}

const FINDINGS_MAX = 20

export class Scene {
  readonly script: Script
  readonly clock: Clock
  readonly eve: Meddler
  readonly written = new Map<string, Written>()
  /** How often each side's disk was put back to an old copy. */
  readonly restores = [0, 0]
  readonly findings: Finding[] = []
  /** The disks as they are now. */
  readonly #stored: (side: SideIndex) => Stored

  constructor(script: Script, clock: Clock, eve: Meddler, stored: (side: SideIndex) => Stored) {
    this.script = script
    this.clock = clock
    this.eve = eve
    this.#stored = stored
  }

  stored(side: SideIndex): Stored {
    return this.#stored(side)
  }

  peer(side: SideIndex): Stored {
    return this.#stored(otherSide(side))
  }

  restored(side: SideIndex): boolean {
    return this.restores[side]! > 0
  }

  get anyRestored(): boolean {
    return this.restored(0) || this.restored(1)
  }

  find(invariant: Invariant, detail: string): void {
    if (this.findings.length >= FINDINGS_MAX) return
    this.findings.push({ seed: this.script.seed, invariant, detail, atMs: Math.round(this.clock.nowMs) })
  }

  /** Notes a finding where `holds` is false. */
  check(holds: boolean, invariant: Invariant, detail: () => string): void {
    if (!holds) this.find(invariant, detail())
  }
}

export const short = (id: string): string => id.slice(0, 8)
