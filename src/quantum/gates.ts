// Unitary gates. Conventions of test/vectors/aer.json, which are Qiskit's: rx, ry, rz = exp(-i angle/2 sigma), angles
// in radians; a controlled gate takes its control first. On the Bloch ball a rotation turns by `angle`: ry(t) takes
// the Z axis to the axis at angle t of the X-Z plane.

import { type Complex, identity, type Matrix, matrixOf } from './matrix.ts'
import { conjugated, type State } from './states.ts'

const i: Complex = [0, 1]
const minusI: Complex = [0, -1]
const eighth: Complex = [Math.SQRT1_2, Math.SQRT1_2] // exp(i pi/4)

export const X = matrixOf([
  [0, 1],
  [1, 0],
])
export const Y = matrixOf([
  [0, minusI],
  [i, 0],
])
export const Z = matrixOf([
  [1, 0],
  [0, -1],
])
export const H = matrixOf([
  [Math.SQRT1_2, Math.SQRT1_2],
  [Math.SQRT1_2, -Math.SQRT1_2],
])
export const S = phase(i)
export const SDG = phase(minusI)
export const T = phase(eighth)
export const TDG = phase([eighth[0], -eighth[1]])

export const CX = controlled(X)
export const CZ = controlled(Z)
export const SWAP = matrixOf([
  [1, 0, 0, 0],
  [0, 0, 1, 0],
  [0, 1, 0, 0],
  [0, 0, 0, 1],
])

/** exp(-i angle/2 X). */
export function rx(angleRadians: number): Matrix {
  const c = Math.cos(angleRadians / 2)
  const s = Math.sin(angleRadians / 2)
  return matrixOf([
    [c, [0, -s]],
    [[0, -s], c],
  ])
}

/** exp(-i angle/2 Y). */
export function ry(angleRadians: number): Matrix {
  const c = Math.cos(angleRadians / 2)
  const s = Math.sin(angleRadians / 2)
  return matrixOf([
    [c, -s],
    [s, c],
  ])
}

/** exp(-i angle/2 Z). */
export function rz(angleRadians: number): Matrix {
  const c = Math.cos(angleRadians / 2)
  const s = Math.sin(angleRadians / 2)
  return matrixOf([
    [[c, -s], 0],
    [0, [c, s]],
  ])
}

/** The gate on two qubits that does `gate` (2 x 2) to the second where the first is |1>. */
export function controlled(gate: Matrix): Matrix {
  const out = identity(4)
  for (const [row, column] of [0, 1, 2, 3].map((k) => [k >> 1, k & 1] as const)) {
    out.re[(2 + row) * 4 + 2 + column] = gate.re[row * 2 + column]!
    out.im[(2 + row) * 4 + 2 + column] = gate.im[row * 2 + column]!
  }
  return out
}

/** U rho U^dagger, for a gate on the listed qubits. */
export const applyGate = (state: State, gate: Matrix, ...qubits: readonly number[]): State =>
  conjugated(state, gate, qubits)

function phase(factor: Complex): Matrix {
  return matrixOf([
    [1, 0],
    [0, factor],
  ])
}
