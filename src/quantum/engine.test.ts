// The engine as a whole, against Qiskit Aer and QuTiP (test/vectors/aer.json) and against its own laws.

import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  amplitudeDamping,
  applyChannel,
  type Channel,
  composed,
  dephasing,
  depolarize1,
  depolarize2,
  misalignment,
  phaseDamping,
} from './channels.ts'
import { chshValue, keyErrorRates, pairCorrelations } from './chsh.ts'
import { type Operation, runCircuit } from './circuits.ts'
import { applyGate, CX, CZ, controlled, H, rx, ry, rz, S, SDG, SWAP, T, TDG, X, Y, Z } from './gates.ts'
import { adjoint, combine, identity, type Matrix, multiply, trace } from './matrix.ts'
import {
  bestGuess,
  bornProbability,
  expectation,
  measured,
  probabilities,
  projector,
  reducedBloch,
} from './measurement.ts'
import { SETTING_PAIRS, type SettingPair } from './settings.ts'
import {
  type Bloch,
  blochVector,
  groundState,
  inPlane,
  joined,
  partialTrace,
  qubitState,
  type State,
} from './states.ts'

interface Vectors {
  readonly e91: readonly {
    readonly name: string
    readonly qubits: number
    readonly operations: readonly Operation[]
    readonly correlations: Record<SettingPair, number>
    readonly s: number
    readonly qber: { readonly a3b2: number; readonly a2b1: number }
  }[]
  readonly circuits: readonly {
    readonly qubits: number
    readonly operations: readonly Operation[]
    readonly probabilities: readonly number[]
  }[]
}

const vectors = JSON.parse(readFileSync(new URL('../../test/vectors/aer.json', import.meta.url), 'utf8')) as Vectors

describe('against Qiskit Aer', () => {
  it.each(vectors.e91)('gives the correlations, S and QBER of "$name"', (scenario) => {
    const state = runCircuit(scenario.qubits, scenario.operations)
    const correlations = pairCorrelations(state, 0, 1)
    for (const pair of SETTING_PAIRS)
      expect(Math.abs(correlations[pair] - scenario.correlations[pair])).toBeLessThan(1e-12)
    const { a3b2, a2b1 } = keyErrorRates(correlations)
    expect(Math.abs(chshValue(correlations) - scenario.s)).toBeLessThan(1e-12)
    expect(Math.abs(a3b2 - scenario.qber.a3b2)).toBeLessThan(1e-12)
    expect(Math.abs(a2b1 - scenario.qber.a2b1)).toBeLessThan(1e-12)
  })

  it.each(vectors.circuits.map((circuit, k) => ({ k, circuit })))(
    'gives the probabilities of circuit $k',
    ({ circuit }) => {
      const found = probabilities(runCircuit(circuit.qubits, circuit.operations))
      expect(found.length).toBe(circuit.probabilities.length)
      found.forEach((p, k) => {
        expect(Math.abs(p - circuit.probabilities[k]!)).toBeLessThan(1e-12)
      })
    },
  )
})

const angle = fc.double({ min: -7, max: 7, noNaN: true })
const share = fc.double({ min: 0, max: 1, noNaN: true })
const axis = fc
  .tuple(fc.double({ min: 0, max: Math.PI, noNaN: true }), angle)
  .map(([t, p]): Bloch => [Math.sin(t) * Math.cos(p), Math.sin(t) * Math.sin(p), Math.cos(t)])

/** Circuits of every gate and channel on `qubits` qubits. */
function circuits(qubits: number): fc.Arbitrary<Operation[]> {
  const one = fc.nat(qubits - 1)
  const two = fc.tuple(one, fc.nat(qubits - 2)).map(([a, b]) => [a, b < a ? b : b + 1] as const)
  const step: fc.Arbitrary<Operation> = fc.oneof(
    fc.tuple(fc.constantFrom('x', 'y', 'z', 'h', 's', 'sdg', 't', 'tdg'), one),
    fc.tuple(fc.constantFrom('rx', 'ry', 'rz', 'dephaseAlong'), angle, one),
    fc.tuple(fc.constantFrom('depolarize1', 'amplitudeDamping', 'phaseDamping'), share, one),
    fc.tuple(fc.constantFrom('cx', 'cz', 'swap'), two).map(([name, [a, b]]): Operation => [name, a, b]),
    fc.tuple(fc.constantFrom('crx', 'cry', 'crz'), angle, two).map(([name, t, [a, b]]): Operation => [name, t, a, b]),
    fc.tuple(share, two).map(([p, [a, b]]): Operation => ['depolarize2', p, a, b]),
  )
  return fc.array(step, { maxLength: 12 })
}

const state = fc
  .integer({ min: 2, max: 5 })
  .chain((qubits) => circuits(qubits).map((steps) => runCircuit(qubits, steps)))

const distance = (a: Matrix, b: Matrix): number =>
  Math.max(...a.re.map((x, k) => Math.hypot(x - b.re[k]!, a.im[k]! - b.im[k]!)))

/** True where rho + 1e-10 I has a Cholesky factor, in its real form [[Re, -Im], [Im, Re]]. */
function isPositive({ size, re, im }: Matrix): boolean {
  const n = 2 * size
  const entry = (r: number, c: number): number => {
    const at = (r % size) * size + (c % size)
    const value = r < size === c < size ? re[at]! : r < size ? -im[at]! : im[at]!
    return value + (r === c ? 1e-10 : 0)
  }
  const l = new Float64Array(n * n)
  for (let r = 0; r < n; r++) {
    for (let c = 0; c <= r; c++) {
      let rest = entry(r, c)
      for (let k = 0; k < c; k++) rest -= l[r * n + k]! * l[c * n + k]!
      if (r === c && rest <= 0) return false
      l[r * n + c] = r === c ? Math.sqrt(rest) : rest / l[c * n + c]!
    }
  }
  return true
}

describe('a state', () => {
  it('keeps trace 1, stays hermitian and positive under every gate and channel', () => {
    fc.assert(
      fc.property(state, ({ rho }) => {
        expect(trace(rho)[0]).toBeCloseTo(1, 12)
        expect(distance(rho, adjoint(rho))).toBeLessThan(1e-13)
        expect(isPositive(rho)).toBe(true)
      }),
    )
  })

  it('is given back by the partial trace of a joined one, in either order', () => {
    fc.assert(
      fc.property(circuits(2), circuits(2), (first, second) => {
        const [a, b] = [runCircuit(2, first), runCircuit(2, second)]
        expect(distance(partialTrace(joined(a, b), [0, 1]).rho, a.rho)).toBeLessThan(1e-13)
        expect(distance(partialTrace(joined(a, b), [2, 3]).rho, b.rho)).toBeLessThan(1e-13)
        expect(distance(partialTrace(a, [1, 0]).rho, applyGate(a, SWAP, 0, 1).rho)).toBeLessThan(1e-13)
      }),
    )
  })

  it('of one qubit is its Bloch vector', () => {
    fc.assert(
      fc.property(axis, share, ([x, y, z], length) => {
        const found = blochVector(qubitState([length * x, length * y, length * z]))
        expect(Math.hypot(found[0] - length * x, found[1] - length * y, found[2] - length * z)).toBeLessThan(1e-14)
      }),
    )
  })

  it('refuses qubits that it does not have, or the same twice', () => {
    expect(() => groundState(0)).toThrow('1 to 6 qubits')
    expect(() => applyGate(groundState(2), H, 2)).toThrow('qubits below 2')
    expect(() => applyGate(groundState(2), CX, 1, 1)).toThrow('distinct')
    expect(() => applyGate(groundState(2), CX, 1)).toThrow('operator on 1 qubits')
  })
})

describe('gates', () => {
  const fixed = { X, Y, Z, H, S, SDG, T, TDG, CX, CZ, SWAP }

  it.each(Object.entries(fixed))('%s is unitary', (_, gate) => {
    expect(distance(multiply(gate, adjoint(gate)), identity(gate.size))).toBeLessThan(1e-15)
  })

  it('rotations are unitary, alone and controlled, and add up', () => {
    fc.assert(
      fc.property(angle, angle, fc.constantFrom(rx, ry, rz), (s, t, rotation) => {
        for (const gate of [rotation(t), controlled(rotation(t))]) {
          expect(distance(multiply(gate, adjoint(gate)), identity(gate.size))).toBeLessThan(1e-14)
        }
        expect(distance(multiply(rotation(s), rotation(t)), rotation(s + t))).toBeLessThan(1e-14)
      }),
    )
  })

  it('s and t are the roots of z, and their daggers undo them', () => {
    expect(distance(multiply(S, S), Z)).toBeLessThan(1e-15)
    expect(distance(multiply(T, T), S)).toBeLessThan(1e-15)
    expect(distance(multiply(S, SDG), identity(2))).toBeLessThan(1e-15)
    expect(distance(multiply(T, TDG), identity(2))).toBeLessThan(1e-15)
  })

  it('ry(t) takes the Z axis to the axis at Bloch angle t', () => {
    fc.assert(
      fc.property(angle, (t) => {
        const turned = blochVector(applyGate(groundState(1), ry(t), 0))
        inPlane(t).forEach((x, k) => {
          expect(turned[k]!).toBeCloseTo(x, 13)
        })
      }),
    )
  })
})

describe('channels', () => {
  const complete = (channel: Channel): Matrix =>
    channel.map((k) => multiply(adjoint(k), k)).reduce((sum, part) => combine(1, sum, 1, part))

  it('are complete: sum K^dagger K = I', () => {
    fc.assert(
      fc.property(share, axis, (p, n) => {
        const single = [depolarize1(p), amplitudeDamping(p), phaseDamping(p), dephasing(n, p), misalignment(7 * p)]
        const channels = [...single, depolarize2(p), composed(single[0]!, ...single.slice(1))]
        for (const channel of channels) {
          expect(distance(complete(channel), identity(channel[0]!.size))).toBeLessThan(1e-14)
        }
      }),
    )
  })

  it('depolarising mixes in the maximally mixed state with weight p', () => {
    fc.assert(
      fc.property(circuits(2), share, (steps, p) => {
        const before = runCircuit(2, steps)
        const after = applyChannel(before, depolarize2(p), 0, 1)
        expect(distance(after.rho, combine(1 - p, before.rho, p / 4, identity(4)))).toBeLessThan(1e-14)
      }),
    )
  })

  it('one after the other are the composed one, in that order', () => {
    const single = fc.oneof(
      share.map(depolarize1),
      share.map(amplitudeDamping),
      share.map(phaseDamping),
      fc.tuple(axis, share).map(([n, p]) => dephasing(n, p)),
      angle.map(misalignment),
    )
    fc.assert(
      fc.property(circuits(2), fc.array(single, { minLength: 1, maxLength: 4 }), (steps, channels) => {
        const before = runCircuit(2, steps)
        const after = channels.reduce((found, channel) => applyChannel(found, channel, 1), before)
        const [first, ...others] = channels
        expect(distance(applyChannel(before, composed(first!, ...others), 1).rho, after.rho)).toBeLessThan(1e-13)
      }),
    )
  })

  it('dephasing shrinks what lies across its axis by 1 - p and keeps what lies along it', () => {
    fc.assert(
      fc.property(axis, share, axis, share, (n, p, direction, length) => {
        const r = direction.map((x) => length * x) as unknown as Bloch
        const along = r[0] * n[0] + r[1] * n[1] + r[2] * n[2]
        const found = blochVector(applyChannel(qubitState(r), dephasing(n, p), 0))
        found.forEach((x, k) => {
          expect(x).toBeCloseTo(along * n[k]! + (1 - p) * (r[k]! - along * n[k]!), 13)
        })
      }),
    )
  })

  it('misalignment turns the plane by its angle', () => {
    fc.assert(
      fc.property(angle, angle, (t, by) => {
        const found = blochVector(applyChannel(qubitState(inPlane(t)), misalignment(by), 0))
        inPlane(t + by).forEach((x, k) => {
          expect(found[k]!).toBeCloseTo(x, 13)
        })
      }),
    )
  })

  it('refuse a strength that is no probability', () => {
    expect(() => depolarize1(1.1)).toThrow('a probability in [0, 1]')
    expect(() => amplitudeDamping(Number.NaN)).toThrow('a probability in [0, 1]')
  })
})

describe('measurement', () => {
  it('has probabilities that sum to 1, repeats itself, and forgets into dephasing', () => {
    fc.assert(
      fc.property(state, axis, (before, n) => {
        const branches = measured(before, 1, n)
        expect(branches[0].probability + branches[1].probability).toBeCloseTo(1, 12)
        const parts = branches.flatMap(({ probability, state: after }, outcome) => {
          if (after === null) return []
          expect(measured(after, 1, n)[outcome]!.probability).toBeCloseTo(1, 10)
          return [{ probability, after }]
        })
        const forgotten = parts.reduce(
          (sum, part) => combine(1, sum, part.probability, part.after.rho),
          combine(0, before.rho, 0, before.rho),
        )
        expect(distance(forgotten, applyChannel(before, dephasing(n), 1).rho)).toBeLessThan(1e-12)
      }),
    )
  })

  it('of one qubit follows (1 + r . n) / 2, the short form that shots use', () => {
    fc.assert(
      fc.property(axis, share, axis, ([x, y, z], length, n) => {
        const r: Bloch = [length * x, length * y, length * z]
        expect(Math.abs(measured(qubitState(r), 0, n)[0].probability - bornProbability(r, n))).toBeLessThan(2e-14)
      }),
    )
  })

  it('refuses an axis that is not of length 1', () => {
    expect(() => projector([1, 1, 0], 0)).toThrow('length 1')
  })

  it('guesses best along some axis: none beats the bound of Helstrom, and a fine search reaches it', () => {
    fc.assert(
      fc.property(circuits(3), axis, (steps, n) => {
        const whole = runCircuit(3, steps)
        const bound = bestGuess(whole, { qubit: 0, axis: n }, 2)
        const found = searchGuess(whole, n)
        expect(found).toBeLessThan(bound + 1e-12)
        expect(found).toBeGreaterThan(bound - 2e-3)
      }),
      { numRuns: 25 },
    )
  })

  it('guesses without looking where the other qubit says nothing', () => {
    const lopsided = runCircuit(2, [
      ['ry', Math.PI / 3, 0],
      ['depolarize1', 1, 1],
    ])
    expect(bestGuess(lopsided, { qubit: 0, axis: [0, 0, 1] }, 1)).toBeCloseTo(0.75, 13)
  })
})

/** The best guess of qubit 0's outcome along n from a measurement of qubit 2, over axes 3 degrees apart, or without one. */
function searchGuess(whole: State, n: Bloch): number {
  const bias = expectation(whole, { qubit: 0, axis: n })
  let best = (1 + Math.abs(bias)) / 2
  for (let t = 0; t <= 60; t++) {
    for (let p = 0; p < 120; p++) {
      const [polar, azimuth] = [(t * Math.PI) / 60, (p * Math.PI) / 60]
      const m: Bloch = [Math.sin(polar) * Math.cos(azimuth), Math.sin(polar) * Math.sin(azimuth), Math.cos(polar)]
      best = Math.max(best, (1 + expectation(whole, { qubit: 0, axis: n }, { qubit: 2, axis: m })) / 2)
    }
  }
  return best
}

describe('reducedBloch', () => {
  it('is 0 for half of a Bell pair and the state for a qubit by itself', () => {
    const bell = runCircuit(3, [
      ['h', 0],
      ['cx', 0, 1],
      ['ry', Math.PI / 3, 2],
    ])
    expect(Math.hypot(...reducedBloch(bell, 0))).toBeLessThan(1e-15)
    expect(reducedBloch(bell, 2)[0]).toBeCloseTo(Math.sin(Math.PI / 3), 14)
  })
})
