// The flags in the address (CONTRACT, URLs): they act on this tab only. A bad value is told and ignored; names that are
// none of ours (messengers append theirs) are left alone.

import type { OwnEve } from '../protocol/receipt.ts'
import type { VaultConfig } from '../worker/api.ts'

export interface UrlFlags {
  readonly mode: VaultConfig['mode']
  /** The person who this tab shall be. */
  readonly profile: string | null
  /** Werner error 1 - V of this side's source. */
  readonly noise: number
  /** Who listens in this tab, from the first qubit on. */
  readonly eve: OwnEve | null
  /** The flags that were ignored, as they stand in the address. */
  readonly bad: readonly string[]
}

const MODES = ['efficient', 'textbook'] as const
const EVES = ['off', 'passive', 'ghz', 'intercept'] as const
/** Half-way between the two key settings: the trap that QBER alone doesn't see. */
const INTERCEPT_DEGREES = 67.5
const DETAIL_CHARACTERS_MAX = 40

/** A flag's value is good, or not; what it sets is read after that. */
const CHECKS: Readonly<Record<string, (value: string) => boolean>> = {
  mode: (value) => isOneOf(MODES, value),
  noise: (value) => fraction(value) !== null,
  eve: (value) => isOneOf(EVES, value),
  strength: (value) => fraction(value) !== null,
  angle: (value) => number(value) !== null,
  profile: (value) => /^[\w-]{1,32}$/.test(value),
  lang: (value) => value === 'en',
}

export function parseUrlFlags(search: string): UrlFlags {
  const params = new URLSearchParams(search)
  const bad: string[] = []
  const good = new Map<string, string>()
  for (const [name, check] of Object.entries(CHECKS)) {
    const value = params.get(name)
    if (value === null) continue
    if (check(value)) good.set(name, value)
    else bad.push(`${name}=${value}`.slice(0, DETAIL_CHARACTERS_MAX))
  }
  const mode = good.get('mode')
  return {
    mode: mode !== undefined && isOneOf(MODES, mode) ? mode : 'efficient',
    profile: good.get('profile') ?? null,
    noise: fraction(good.get('noise') ?? '0') ?? 0,
    eve: readEve(good),
    bad,
  }
}

function readEve(good: ReadonlyMap<string, string>): OwnEve | null {
  const kind = good.get('eve')
  if (kind === 'passive') return { kind }
  if (kind !== 'ghz' && kind !== 'intercept') return null
  const strength = fraction(good.get('strength') ?? '1') ?? 1
  const angleDegrees = number(good.get('angle') ?? '') ?? (kind === 'intercept' ? INTERCEPT_DEGREES : 0)
  return { kind, strength, angleDegrees }
}

function isOneOf<const T extends string>(choices: readonly T[], value: string): value is T {
  return choices.some((choice) => choice === value)
}

/** A plain decimal number; hexadecimal, exponents and the empty text are none. */
function number(text: string): number | null {
  return /^-?\d{1,6}(\.\d{1,9})?$/.test(text) ? Number(text) : null
}

function fraction(text: string): number | null {
  const value = number(text)
  return value !== null && value >= 0 && value <= 1 ? value : null
}
