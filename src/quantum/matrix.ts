// Small dense complex matrices for the exact engine. Made for at most 5 qubits (32 x 32): plain loops, no blocking.

import { assert } from '../lib/assert.ts'

/** A square complex matrix: entry (row, column) is re + i im at row * size + column. */
export interface Matrix {
  readonly size: number
  readonly re: Float64Array<ArrayBuffer>
  readonly im: Float64Array<ArrayBuffer>
}

/** A complex number as [re, im]. */
export type Complex = readonly [number, number]

/** The size x size matrix of zeros. */
export const zeros = (size: number): Matrix => ({
  size,
  re: new Float64Array(size * size),
  im: new Float64Array(size * size),
})

/** A matrix from its rows; a plain number is real. Every row must be as long as there are rows. */
export function matrixOf(rows: readonly (readonly (number | Complex)[])[]): Matrix {
  const out = zeros(rows.length)
  rows.forEach((row, r) => {
    assert(row.length === rows.length, `a square matrix, got a row of ${row.length} in ${rows.length}`)
    row.forEach((entry, c) => {
      const [re, im] = typeof entry === 'number' ? [entry, 0] : entry
      out.re[r * out.size + c] = re
      out.im[r * out.size + c] = im
    })
  })
  return out
}

/** The identity. */
export function identity(size: number): Matrix {
  const out = zeros(size)
  for (let i = 0; i < size; i++) out.re[i * size + i] = 1
  return out
}

/** The conjugate transpose. */
export function adjoint(a: Matrix): Matrix {
  const { size } = a
  const out = zeros(size)
  for (let r = 0; r < size; r++) {
    for (let c = 0; c < size; c++) {
      out.re[c * size + r] = a.re[r * size + c]!
      out.im[c * size + r] = -a.im[r * size + c]!
    }
  }
  return out
}

/** a times b, of equal sizes. */
export function multiply(a: Matrix, b: Matrix): Matrix {
  assert(a.size === b.size, `equal sizes, got ${a.size} and ${b.size}`)
  const { size } = a
  const out = zeros(size)
  for (let r = 0; r < size; r++) {
    for (let k = 0; k < size; k++) {
      const re = a.re[r * size + k]!
      const im = a.im[r * size + k]!
      for (let c = 0; c < size; c++) {
        const at = k * size + c
        out.re[r * size + c]! += re * b.re[at]! - im * b.im[at]!
        out.im[r * size + c]! += re * b.im[at]! + im * b.re[at]!
      }
    }
  }
  return out
}

/** x a + y b for real x and y. */
export function combine(x: number, a: Matrix, y: number, b: Matrix): Matrix {
  assert(a.size === b.size, `equal sizes, got ${a.size} and ${b.size}`)
  return {
    size: a.size,
    re: a.re.map((value, i) => x * value + y * b.re[i]!),
    im: a.im.map((value, i) => x * value + y * b.im[i]!),
  }
}

/** x a for real x. */
export const scale = (x: number, a: Matrix): Matrix => ({
  size: a.size,
  re: a.re.map((value) => x * value),
  im: a.im.map((value) => x * value),
})

/** The Kronecker product: a's indices are the more significant ones. */
export function kronecker(a: Matrix, b: Matrix): Matrix {
  const size = a.size * b.size
  const out = zeros(size)
  for (let r = 0; r < size; r++) {
    for (let c = 0; c < size; c++) {
      const i = Math.floor(r / b.size) * a.size + Math.floor(c / b.size)
      const j = (r % b.size) * b.size + (c % b.size)
      out.re[r * size + c] = a.re[i]! * b.re[j]! - a.im[i]! * b.im[j]!
      out.im[r * size + c] = a.re[i]! * b.im[j]! + a.im[i]! * b.re[j]!
    }
  }
  return out
}

/** The trace, as [re, im]. */
export function trace(a: Matrix): Complex {
  let re = 0
  let im = 0
  for (let i = 0; i < a.size; i++) {
    re += a.re[i * a.size + i]!
    im += a.im[i * a.size + i]!
  }
  return [re, im]
}
