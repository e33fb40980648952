// Noise as Kraus operators: rho -> sum K rho K^dagger with sum K^dagger K = I.
// Source: Nielsen and Chuang, chapter 8.3; depolarising with p of I/2^n mixed in, as Qiskit Aer does.

import { assert } from '../lib/assert.ts'
import { ry, X, Y, Z } from './gates.ts'
import { combine, identity, kronecker, type Matrix, matrixOf, multiply, scale } from './matrix.ts'
import { pauliAlong } from './measurement.ts'
import { type Bloch, conjugated, type State } from './states.ts'

/** Kraus operators of a channel, all of one size. */
export type Channel = readonly Matrix[]

const PAULIS = [identity(2), X, Y, Z] as const

/** rho -> (1-p) rho + p I/2, on one qubit. p in [0, 1]. */
export const depolarize1 = (p: number): Channel => depolarizing(PAULIS, p)

/** rho -> (1-p) rho + p I/4, on two qubits: a source of visibility 1 - p makes Werner pairs. p in [0, 1]. */
export const depolarize2 = (p: number): Channel =>
  depolarizing(
    PAULIS.flatMap((a) => PAULIS.map((b) => kronecker(a, b))),
    p,
  )

/** |1> decays to |0> with probability g in [0, 1]. */
export function amplitudeDamping(g: number): Channel {
  assertProbability(g)
  return [
    matrixOf([
      [1, 0],
      [0, Math.sqrt(1 - g)],
    ]),
    matrixOf([
      [0, Math.sqrt(g)],
      [0, 0],
    ]),
  ]
}

/** Off-diagonals shrink by sqrt(1 - l), l in [0, 1]. */
export function phaseDamping(l: number): Channel {
  assertProbability(l)
  return [
    matrixOf([
      [1, 0],
      [0, Math.sqrt(1 - l)],
    ]),
    matrixOf([
      [0, 0],
      [0, Math.sqrt(l)],
    ]),
  ]
}

/**
 * What is across a unit axis shrinks by 1 - p, what is along it stays: with weight p a measurement along the axis whose
 * outcome is forgotten, as intercept-resend of a fraction p does.
 */
export function dephasing(axis: Bloch, p = 1): Channel {
  assertProbability(p)
  assert(Math.abs(Math.hypot(...axis) - 1) < 1e-9, `an axis of length 1, got ${axis.join(', ')}`)
  return [scale(Math.sqrt(1 - p / 2), identity(2)), scale(Math.sqrt(p / 2), pauliAlong(axis))]
}

/** Turns a qubit by a fixed angle in the X-Z plane: analysers that stand askew to each other. */
export const misalignment = (angleRadians: number): Channel => [ry(angleRadians)]

/** One channel after the other, on the same qubits. Operators that are 0 are left out. */
export function composed(first: Channel, ...others: readonly Channel[]): Channel {
  return others.reduce(
    (before, after) => after.flatMap((a) => before.map((b) => multiply(a, b))).filter((kraus) => !isZero(kraus)),
    first,
  )
}

/** The state after a channel on the listed qubits. */
export function applyChannel(state: State, channel: Channel, ...qubits: readonly number[]): State {
  const parts = channel.map((kraus) => conjugated(state, kraus, qubits).rho)
  return { qubits: state.qubits, rho: parts.reduce((sum, part) => combine(1, sum, 1, part)) }
}

/** The mean over all d^2 Pauli products is I/d: the identity keeps 1 - p + p/d^2, each other one gets p/d^2. */
function depolarizing(products: readonly Matrix[], p: number): Channel {
  assertProbability(p)
  const share = p / products.length
  return products.map((product, k) => scale(Math.sqrt(k === 0 ? 1 - p + share : share), product))
}

function assertProbability(p: number): void {
  assert(p >= 0 && p <= 1, `a probability in [0, 1], got ${p}`)
}

const isZero = ({ re, im }: Matrix): boolean => re.every((x) => x === 0) && im.every((x) => x === 0)
