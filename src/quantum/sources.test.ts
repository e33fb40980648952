import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chshValue, pairCorrelations, S_QUANTUM_MAX, S_SEPARABLE_MAX } from './chsh.ts'
import { runCircuit } from './circuits.ts'
import { identity, matrixOf } from './matrix.ts'
import { isPositive, parseSource, SOURCE_NAMES, type SourceName, sourceState } from './sources.ts'
import type { State } from './states.ts'

const rowsOf = ({ rho }: State): [number, number][][] =>
  Array.from({ length: 4 }, (_, r) =>
    Array.from({ length: 4 }, (_, c): [number, number] => [rho.re[4 * r + c]!, rho.im[4 * r + c]!]),
  )

const sOf = (name: SourceName): number => chshValue(pairCorrelations(sourceState(name), 0, 1))

describe('a source by name', () => {
  it('is a state, and reads back from its own matrix', () => {
    for (const name of SOURCE_NAMES) {
      const parsed = parseSource(rowsOf(sourceState(name)))
      expect(parsed.ok && [...parsed.value.rho.re], name).toEqual([...sourceState(name).rho.re])
    }
  })

  it('phi+ is what the circuit h, cx makes, and gives S = 2 sqrt2 in these settings', () => {
    const made = runCircuit(2, [
      ['h', 0],
      ['cx', 0, 1],
    ])
    sourceState('phi+').rho.re.forEach((x, at) => {
      expect(x).toBeCloseTo(made.rho.re[at]!, 15)
    })
    expect(sOf('phi+')).toBeCloseTo(S_QUANTUM_MAX, 13)
  })

  it('the others give what their correlations in X and Z make of sqrt2 (ZZ + XX)', () => {
    expect(sOf('psi-')).toBeCloseTo(-S_QUANTUM_MAX, 13)
    expect(sOf('phi-')).toBeCloseTo(0, 13)
    expect(sOf('psi+')).toBeCloseTo(0, 13)
    expect(sOf('correlated')).toBeCloseTo(S_SEPARABLE_MAX, 13)
    expect(sOf('mixed')).toBeCloseTo(0, 13)
  })
})

describe('a source by its density matrix', () => {
  const good = rowsOf(sourceState('phi+'))
  const changed = (row: number, column: number, value: unknown): unknown =>
    good.map((entries, r) => entries.map((entry, c) => (r === row && c === column ? value : entry)))

  it('takes plain numbers and [real, imaginary] side by side', () => {
    const parsed = parseSource([
      [0.5, 0, 0, [0, -0.5]],
      [0, 0, 0, 0],
      [0, 0, 0, 0],
      [[0, 0.5], 0, 0, 0.5],
    ])
    expect(parsed.ok && parsed.value.rho.im[12]).toBe(0.5)
  })

  it('takes every state that a circuit makes, after rounding to eight digits as well', () => {
    fc.assert(
      fc.property(fc.double({ min: -4, max: 4, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), (t, p) => {
        const state = runCircuit(2, [
          ['ry', t, 0],
          ['crx', 2 * t, 0, 1],
          ['depolarize1', p, 1],
        ])
        const rounded = rowsOf(state).map((row) => row.map((entry) => entry.map((x) => Number(x.toFixed(8)))))
        const parsed = parseSource(rounded)
        expect(parsed.ok).toBe(true)
        const { rho } = (parsed as { value: State }).value
        expect([0, 5, 10, 15].reduce((sum, at) => sum + rho.re[at]!, 0)).toBeCloseTo(1, 15)
      }),
    )
  })

  it.each([
    ['nothing', null, 'not-a-matrix'],
    ['a word', 'phi+', 'not-a-matrix'],
    ['three rows', good.slice(1), 'not-a-matrix'],
    ['a short row', good.map((row, r) => (r === 2 ? row.slice(1) : row)), 'not-a-matrix'],
    ['a word inside', changed(1, 1, '0'), 'not-a-matrix'],
    ['an entry of three parts', changed(1, 1, [0, 0, 0]), 'not-a-matrix'],
    ['NaN', changed(0, 3, Number.NaN), 'not-a-matrix'],
    ['an endless entry', changed(0, 3, [0, Number.POSITIVE_INFINITY]), 'not-a-matrix'],
    ['one corner alone', changed(0, 3, 0.4), 'not-hermitian'],
    ['an imaginary diagonal', changed(0, 0, [0.5, 0.01]), 'not-hermitian'],
    ['a trace of 1.1', changed(1, 1, 0.1), 'not-of-trace-1'],
    ['a trace of 0', good.map((row) => row.map(() => 0)), 'not-of-trace-1'],
  ] as const)('refuses %s', (_, rows, reason) => {
    expect(parseSource(rows)).toEqual({ ok: false, reason })
  })

  it('refuses a matrix with a negative eigenvalue, however good the rest is', () => {
    const rows = [
      [0.6, 0, 0, 0.55],
      [0, 0.05, 0, 0],
      [0, 0, 0.05, 0],
      [0.55, 0, 0, 0.3],
    ]
    expect(parseSource(rows)).toEqual({ ok: false, reason: 'not-positive' })
  })
})

describe('isPositive', () => {
  it('knows the sign of the least eigenvalue of any hermitian two by two matrix', () => {
    const entry = fc.double({ min: -2, max: 2, noNaN: true })
    fc.assert(
      fc.property(entry, entry, entry, entry, (a, d, x, y) => {
        const least = (a + d) / 2 - Math.hypot((a - d) / 2, x, y)
        fc.pre(Math.abs(least) > 1e-7)
        const matrix = matrixOf([
          [a, [x, y]],
          [[x, -y], d],
        ])
        expect(isPositive(matrix, 1e-9)).toBe(least > 0)
      }),
    )
    expect(isPositive(identity(4), 0)).toBe(true)
  })
})
