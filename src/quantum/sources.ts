// What a source makes: a state of two qubits, Alice's first, by its name or as the density matrix that a person gives.
// A matrix is hostile ground: it is a state only where it is hermitian, of trace 1 and positive.

import { fail, ok, type Result } from '../lib/result.ts'
import { type Complex, type Matrix, matrixOf } from './matrix.ts'
import type { State } from './states.ts'

/** sqrt2 times the amplitudes of |00>, |01>, |10>, |11>. */
const BELL = {
  'phi+': [1, 0, 0, 1],
  'phi-': [1, 0, 0, -1],
  'psi+': [0, 1, 1, 0],
  'psi-': [0, 1, -1, 0],
} as const

export const SOURCE_NAMES = ['phi+', 'phi-', 'psi+', 'psi-', 'correlated', 'mixed'] as const

/**
 * The four Bell states; `correlated`: (|00><00| + |11><11|) / 2, which agrees in Z and holds no entanglement;
 * `mixed`: I/4, noise alone.
 */
export type SourceName = (typeof SOURCE_NAMES)[number]

export function sourceState(name: SourceName): State {
  if (name === 'mixed') return diagonal([1 / 4, 1 / 4, 1 / 4, 1 / 4])
  if (name === 'correlated') return diagonal([1 / 2, 0, 0, 1 / 2])
  const amplitudes = BELL[name]
  return { qubits: 2, rho: matrixOf(amplitudes.map((a) => amplitudes.map((b) => (a * b) / 2))) }
}

/** Why a matrix is no state of two qubits. */
export type SourceFault = 'not-a-matrix' | 'not-hermitian' | 'not-of-trace-1' | 'not-positive'

/** How far a given matrix may be off, entry by entry: more than what six printed digits lose. */
const TOLERANCE = 1e-6

/**
 * The state of a density matrix in the basis |00>, |01>, |10>, |11>: four rows of four, each entry a number or
 * [real, imaginary]. What it is off within the tolerance is put right, so that trace and hermiticity are exact.
 */
export function parseSource(rows: unknown): Result<State, SourceFault> {
  const entries = readEntries(rows)
  if (entries === null) return fail('not-a-matrix')
  const rho = matrixOf(entries)
  if (skewness(rho) > TOLERANCE) return fail('not-hermitian')
  const trace = [0, 5, 10, 15].reduce((sum, at) => sum + rho.re[at]!, 0)
  if (Math.abs(trace - 1) > TOLERANCE) return fail('not-of-trace-1')
  const exact = hermitianPart(rho, trace)
  return isPositive(exact, TOLERANCE) ? ok({ qubits: 2, rho: exact }) : fail('not-positive')
}

/** True where a + tolerance I has a Cholesky factor, for hermitian a: no eigenvalue lies below -tolerance. */
export function isPositive({ size, re, im }: Matrix, tolerance: number): boolean {
  const factor = { re: new Float64Array(size * size), im: new Float64Array(size * size) }
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      let x = re[row * size + column]! + (row === column ? tolerance : 0)
      let y = im[row * size + column]!
      for (let k = 0; k < column; k++) {
        const [a, b] = [row * size + k, column * size + k]
        x -= factor.re[a]! * factor.re[b]! + factor.im[a]! * factor.im[b]!
        y -= factor.im[a]! * factor.re[b]! - factor.re[a]! * factor.im[b]!
      }
      if (row === column && !(x > 0)) return false
      const pivot = row === column ? Math.sqrt(x) : factor.re[column * size + column]!
      factor.re[row * size + column] = row === column ? pivot : x / pivot
      factor.im[row * size + column] = row === column ? 0 : y / pivot
    }
  }
  return true
}

const diagonal = (chances: readonly number[]): State => ({
  qubits: 2,
  rho: matrixOf(chances.map((chance, r) => chances.map((_, c) => (r === c ? chance : 0)))),
})

function readEntries(rows: unknown): Complex[][] | null {
  if (!isFour(rows)) return null
  const read = rows.map((row) => (isFour(row) ? row.map(readEntry) : []))
  const whole = read.every((row) => row.length === 4 && row.every((entry) => entry !== null))
  return whole ? (read as Complex[][]) : null
}

const isFour = (value: unknown): value is readonly unknown[] => Array.isArray(value) && value.length === 4

function readEntry(entry: unknown): Complex | null {
  const parts: readonly unknown[] = Array.isArray(entry) ? entry : [entry, 0]
  const [re, im] = parts
  return parts.length === 2 && Number.isFinite(re) && Number.isFinite(im) ? [re as number, im as number] : null
}

/** The largest difference between an entry and the conjugate of the one across. */
function skewness({ size, re, im }: Matrix): number {
  let worst = 0
  for (let r = 0; r < size; r++) {
    for (let c = 0; c <= r; c++) {
      const [at, across] = [r * size + c, c * size + r]
      worst = Math.max(worst, Math.abs(re[at]! - re[across]!), Math.abs(im[at]! + im[across]!))
    }
  }
  return worst
}

/** (a + a^dagger) / 2, brought from `trace` to 1. */
function hermitianPart({ size, re, im }: Matrix, trace: number): Matrix {
  const across = (at: number): number => (at % size) * size + Math.floor(at / size)
  return {
    size,
    re: re.map((x, at) => (x + re[across(at)]!) / 2 / trace),
    im: im.map((y, at) => (y - im[across(at)]!) / 2 / trace),
  }
}
