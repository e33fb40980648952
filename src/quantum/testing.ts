// For tests: correlations counted from shots, with their standard errors.

import { SETTING_PAIRS, type SettingPair } from './settings.ts'

/** Rounds of one pair of settings: how many, their correlation, and its sigma = sqrt((1 - E^2) / m) at the exact E. */
export interface Tally {
  readonly rounds: number
  readonly e: number
}

/** Counts E of each pair of settings from Alice's and Bob's settings (0 to 2) and outcomes (0 or 1). */
export function tally(
  alice: { readonly settings: Uint8Array; readonly outcomes: Uint8Array },
  bob: { readonly settings: Uint8Array; readonly outcomes: Uint8Array },
): Record<SettingPair, Tally> {
  const rounds = new Float64Array(SETTING_PAIRS.length)
  const sums = new Float64Array(SETTING_PAIRS.length)
  for (let i = 0; i < alice.settings.length; i++) {
    const pair = 3 * alice.settings[i]! + bob.settings[i]!
    rounds[pair]! += 1
    sums[pair]! += alice.outcomes[i] === bob.outcomes[i] ? 1 : -1
  }
  const entries = SETTING_PAIRS.map((name, k) => [name, { rounds: rounds[k]!, e: sums[k]! / rounds[k]! }] as const)
  return Object.fromEntries(entries) as Record<SettingPair, Tally>
}

/** Standard errors between a counted and an exact correlation; 0 where both are certain and equal. */
export function deviation({ rounds, e }: Tally, exact: number): number {
  const sigma = Math.sqrt(Math.max(0, 1 - exact * exact) / rounds)
  return Math.abs(e - exact) < 1e-9 ? 0 : Math.abs(e - exact) / sigma
}
