// Alice's worker over a source of any state, where `pair-source.ts` is for Werner pairs alone: her outcomes need not be
// fair bits, so each is drawn with the chance that the engine finds for her half.

import { assert } from '../lib/assert.ts'
import type { RandomSource } from '../lib/random.ts'
import { measured, reducedBloch } from './measurement.ts'
import { drawSettings, type PreparedPairs } from './pair-source.ts'
import { measureQubits } from './qubit-measurement.ts'
import { ALICE_ANGLES, type SettingWeights } from './settings.ts'
import { inPlane, type State } from './states.ts'

/**
 * Prepares `count` pairs in a state of two qubits and measures Alice's half, qubit 0, of each, in a setting drawn by
 * `weights`. The codebook is as in `preparePairs`: Bob's state for each (setting, outcome).
 */
export function preparePairsIn(
  state: State,
  count: number,
  weights: SettingWeights,
  random: RandomSource,
): PreparedPairs {
  assert(state.qubits === 2, `a state of two qubits, got ${state.qubits}`)
  const settings = drawSettings(count, weights, random)
  const half = { codebook: Float64Array.from(reducedBloch(state, 0)), indices: new Uint8Array(count) }
  const outcomes = measureQubits(half, settings, random, ALICE_ANGLES)
  const indices = settings.map((setting, i) => 2 * setting + outcomes[i]!)
  return { settings, outcomes, qubits: { codebook: collapsedStates(state), indices } }
}

/** Bob's Bloch vector for each of Alice's (setting, outcome); zeros where she can't find that outcome. */
function collapsedStates(state: State): Float64Array<ArrayBuffer> {
  const vectors = ALICE_ANGLES.flatMap((angle) =>
    measured(state, 0, inPlane(angle)).flatMap((branch) =>
      branch.state === null ? [0, 0, 0] : reducedBloch(branch.state, 1),
    ),
  )
  return Float64Array.from(vectors)
}
