// Projective measurement of the exact states: projectors along a Bloch axis, probabilities, collapse, expectation
// values, and the best a holder of one qubit can tell two states apart. Outcome +1 is bit 0.

import { assert } from '../lib/assert.ts'
import { combine, identity, type Matrix, matrixOf, trace } from './matrix.ts'
import { appliedLeft, type Bloch, blochVector, conjugated, normalised, partialTrace, type State } from './states.ts'

/** What a measurement leaves: the chance of the outcome, and the state then; null where the outcome can't happen. */
export interface Branch {
  readonly probability: number
  readonly state: State | null
}

/** A direction measured on one qubit. */
export interface Observable {
  readonly qubit: number
  readonly axis: Bloch
}

/** Below this a probability is rounding, and its branch is taken for impossible. */
const PROBABILITY_MIN = 1e-14

/** n . sigma for a unit axis n. */
export const pauliAlong = ([x, y, z]: Bloch): Matrix =>
  matrixOf([
    [z, [x, -y]],
    [[x, y], -z],
  ])

/** The projector on outcome 0 (+1) or 1 (-1) along a unit axis: (I +- n . sigma) / 2. */
export function projector(axis: Bloch, outcome: 0 | 1): Matrix {
  assert(Math.abs(Math.hypot(...axis) - 1) < 1e-9, `an axis of length 1, got ${axis.join(', ')}`)
  return combine(0.5, identity(2), outcome === 0 ? 0.5 : -0.5, pauliAlong(axis))
}

/** Measures one qubit along a unit axis: the branches of outcomes 0 and 1, all qubits kept. */
export function measured(state: State, qubit: number, axis: Bloch): readonly [Branch, Branch] {
  return [branch(state, qubit, axis, 0), branch(state, qubit, axis, 1)]
}

/** The chance of each basis state, 2^qubits of them, qubit 0 the most significant bit. */
export const probabilities = ({ rho }: State): Float64Array<ArrayBuffer> =>
  Float64Array.from({ length: rho.size }, (_, k) => rho.re[k * rho.size + k]!)

/** The mean of the product of outcomes (+1, -1) of the observables, on distinct qubits. */
export function expectation(state: State, ...observables: readonly Observable[]): number {
  let rho = state.rho
  for (const { qubit, axis } of observables) {
    rho = appliedLeft({ qubits: state.qubits, rho }, pauliAlong(axis), [qubit])
  }
  return trace(rho)[0]
}

/** The chance of outcome 0 for one qubit of Bloch vector r along unit axis n: Tr(rho P) = (1 + r . n) / 2. */
export function bornProbability(r: Bloch, n: Bloch): number {
  return Math.min(1, Math.max(0, (1 + r[0] * n[0] + r[1] * n[1] + r[2] * n[2]) / 2))
}

/**
 * The best chance to guess the outcome of `observable` from one other qubit, `holder`.
 * Helstrom: 1/2 + ||D||_1 / 2 with D = p0 rho0 - p1 rho1 = (t I + v . sigma) / 2, whose norm is max(|t|, |v|).
 */
export function bestGuess(state: State, { qubit, axis }: Observable, holder: number): number {
  const reduced = partialTrace(state, [qubit, holder])
  const along = (direction: Bloch): number => expectation(reduced, { qubit: 0, axis }, { qubit: 1, axis: direction })
  const t = expectation(reduced, { qubit: 0, axis })
  const v = Math.hypot(along([1, 0, 0]), along([0, 1, 0]), along([0, 0, 1]))
  return (1 + Math.max(Math.abs(t), v)) / 2
}

/** The Bloch vector of one qubit of a state, the others forgotten. */
export const reducedBloch = (state: State, qubit: number): Bloch => blochVector(partialTrace(state, [qubit]))

function branch(state: State, qubit: number, axis: Bloch, outcome: 0 | 1): Branch {
  const collapsed = conjugated(state, projector(axis, outcome), [qubit])
  const [probability] = trace(collapsed.rho)
  if (probability < PROBABILITY_MIN) return { probability: 0, state: null }
  return { probability, state: normalised(collapsed, probability) }
}
