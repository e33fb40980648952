// Exact figures of a pair: the nine correlations, the CHSH value S and the error rates of the key settings.
// Source: Ekert, PRL 67, 661 (1991), signs for |Phi+>. Estimates from counts, with intervals, belong to src/distill.

import { expectation } from './measurement.ts'
import { ALICE_ANGLES, BOB_ANGLES, SETTING_PAIRS, type SettingPair, settingPair } from './settings.ts'
import { inPlane, type State } from './states.ts'

/** E of each pair of settings, in [-1, 1]. */
export type Correlations = Readonly<Record<SettingPair, number>>

/** S = E(a1,b1) - E(a1,b3) + E(a3,b1) + E(a3,b3). */
export const CHSH_SIGNS = { a1b1: 1, a1b3: -1, a3b1: 1, a3b3: 1 } as const

/** The largest S of quantum mechanics, 2 sqrt2 (Cirel'son 1980). */
export const S_QUANTUM_MAX = 2 * Math.SQRT2
/** The largest S of any local model: the bound for devices that nobody trusts. */
export const S_LOCAL_MAX = 2
/** The largest |S| of separable states in these settings, with trusted devices: sqrt2. */
export const S_SEPARABLE_MAX = Math.SQRT2

/** The CHSH value of the correlations, in [-2 sqrt2, 2 sqrt2]. */
export function chshValue(correlations: Readonly<Record<keyof typeof CHSH_SIGNS, number>>): number {
  return correlations.a1b1 - correlations.a1b3 + correlations.a3b1 + correlations.a3b3
}

/** The chance that two outcomes of correlation e differ: (1 - e) / 2. */
export const errorRate = (e: number): number => (1 - e) / 2

/** The error rates of the two key settings, as fractions. */
export const keyErrorRates = ({ a3b2, a2b1 }: Correlations): { readonly a3b2: number; readonly a2b1: number } => ({
  a3b2: errorRate(a3b2),
  a2b1: errorRate(a2b1),
})

/** The nine correlations of two qubits of a state: Alice's and Bob's. */
export function pairCorrelations(state: State, alice: number, bob: number): Correlations {
  const entries = SETTING_PAIRS.map((_, k) => {
    const a = Math.floor(k / 3)
    const b = k % 3
    const e = expectation(
      state,
      { qubit: alice, axis: inPlane(ALICE_ANGLES[a]!) },
      { qubit: bob, axis: inPlane(BOB_ANGLES[b]!) },
    )
    return [settingPair(a, b), Math.min(1, Math.max(-1, e))] as const // rounding may pass 1 by 2e-16
  })
  return Object.fromEntries(entries) as Record<SettingPair, number>
}
