// States of a few qubits as density matrices: making, joining and reducing them, and the Bloch vector of one qubit.
// Qubit 0 is the first, most significant bit of a basis index (reference: Nielsen and Chuang, chapter 2.4).
// Exact up to rounding and exponential in the qubits: for circuits of at most 5, not for shots.

import { assert } from '../lib/assert.ts'
import { adjoint, combine, kronecker, type Matrix, matrixOf, scale, zeros } from './matrix.ts'

/** A density matrix of 2^qubits rows: hermitian, positive; its trace is 1 unless a function says otherwise. */
export interface State {
  readonly qubits: number
  readonly rho: Matrix
}

/** A vector in Bloch space: the direction of an axis (length 1), or a state (length at most 1). */
export type Bloch = readonly [x: number, y: number, z: number]

const QUBITS_MAX = 6

/** The unit axis at Bloch angle `angleRadians` in the X-Z plane: its observable is cos t Z + sin t X. */
export const inPlane = (angleRadians: number): Bloch => [Math.sin(angleRadians), 0, Math.cos(angleRadians)]

/** `qubits` qubits (1 to 6), each in |0>. */
export function groundState(qubits: number): State {
  assert(qubits >= 1 && qubits <= QUBITS_MAX, `1 to ${QUBITS_MAX} qubits, got ${qubits}`)
  const rho = zeros(2 ** qubits)
  rho.re[0] = 1
  return { qubits, rho }
}

/** One qubit of Bloch vector r: (I + x X + y Y + z Z) / 2. */
export const qubitState = ([x, y, z]: Bloch): State => ({
  qubits: 1,
  rho: matrixOf([
    [(1 + z) / 2, [x / 2, -y / 2]],
    [[x / 2, y / 2], (1 - z) / 2],
  ]),
})

/** The Bloch vector of a state of one qubit: 2 Re rho_01, -2 Im rho_01, rho_00 - rho_11. */
export function blochVector({ qubits, rho }: State): Bloch {
  assert(qubits === 1, `one qubit, got ${qubits}`)
  return [2 * rho.re[1]!, -2 * rho.im[1]!, rho.re[0]! - rho.re[3]!]
}

/** Two systems side by side: a's qubits first. */
export const joined = (a: State, b: State): State => ({ qubits: a.qubits + b.qubits, rho: kronecker(a.rho, b.rho) })

/** The mixture of `a` with weight 1 - p and `b` with weight p. */
export const mixed = (a: State, b: State, p: number): State => ({
  qubits: a.qubits,
  rho: combine(1 - p, a.rho, p, b.rho),
})

/** K rho K^dagger for an operator on the listed qubits, the first listed being the operator's most significant one. */
export function conjugated(state: State, operator: Matrix, qubits: readonly number[]): State {
  const once = adjoint(appliedLeft(state, operator, qubits))
  return { qubits: state.qubits, rho: adjoint(appliedLeft({ qubits: state.qubits, rho: once }, operator, qubits)) }
}

/** K rho for an operator on the listed qubits: (K rho)_rc = sum_j K_ij rho_(r with its listed bits set to j, c). */
export function appliedLeft({ qubits: total, rho }: State, operator: Matrix, qubits: readonly number[]): Matrix {
  assert(operator.size === 2 ** qubits.length, `an operator on ${qubits.length} qubits, got size ${operator.size}`)
  assert(new Set(qubits).size === qubits.length, `distinct qubits, got ${qubits.join(', ')}`)
  const spread = spreadBits(total, qubits)
  const mask = spread.at(-1)!
  const out = zeros(rho.size)
  for (let row = 0; row < rho.size; row++) {
    const i = spread.indexOf(row & mask)
    spread.forEach((bits, j) => {
      const at = i * operator.size + j
      addRow(out, row, rho, (row & ~mask) | bits, operator.re[at]!, operator.im[at]!)
    })
  }
  return out
}

/** The state of the qubits in `keep` (in that order), the others forgotten. */
export function partialTrace({ qubits: total, rho }: State, keep: readonly number[]): State {
  const others = Array.from({ length: total }, (_, qubit) => qubit).filter((qubit) => !keep.includes(qubit))
  assert(keep.length + others.length === total, `distinct qubits below ${total}, got ${keep.join(', ')}`)
  const kept = spreadBits(total, keep)
  const forgotten = spreadBits(total, others)
  const out = zeros(kept.length)
  kept.forEach((row, r) => {
    kept.forEach((column, c) => {
      for (const bits of forgotten) {
        out.re[r * out.size + c]! += rho.re[(row | bits) * rho.size + (column | bits)]!
        out.im[r * out.size + c]! += rho.im[(row | bits) * rho.size + (column | bits)]!
      }
    })
  })
  return { qubits: keep.length, rho: out }
}

/** A state of trace `weight` brought to trace 1. */
export const normalised = (state: State, weight: number): State => ({
  qubits: state.qubits,
  rho: scale(1 / weight, state.rho),
})

/** For each pattern of bits on the listed qubits (first listed = most significant), that pattern in a basis index. */
function spreadBits(total: number, qubits: readonly number[]): number[] {
  assert(
    qubits.every((qubit) => Number.isInteger(qubit) && qubit >= 0 && qubit < total),
    `qubits below ${total}, got ${qubits.join(', ')}`,
  )
  return Array.from({ length: 2 ** qubits.length }, (_, pattern) =>
    qubits.reduce((bits, qubit, k) => bits | (((pattern >> (qubits.length - 1 - k)) & 1) << (total - 1 - qubit)), 0),
  )
}

/** Adds (re + i im) times a row of `from` to a row of `to`. */
function addRow(to: Matrix, toRow: number, from: Matrix, fromRow: number, re: number, im: number): void {
  if (re === 0 && im === 0) return
  for (let c = 0; c < to.size; c++) {
    const x = from.re[fromRow * from.size + c]!
    const y = from.im[fromRow * from.size + c]!
    to.re[toRow * to.size + c]! += re * x - im * y
    to.im[toRow * to.size + c]! += re * y + im * x
  }
}
