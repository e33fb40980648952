// Circuits as data: [name, angle or strength?, control?, target], the form of test/vectors/aer.json.

import { assertNever } from '../lib/assert.ts'
import { amplitudeDamping, applyChannel, dephasing, depolarize1, depolarize2, phaseDamping } from './channels.ts'
import { applyGate, CX, CZ, controlled, H, rx, ry, rz, S, SDG, SWAP, T, TDG, X, Y, Z } from './gates.ts'
import { groundState, inPlane, type State } from './states.ts'

const FIXED = { x: X, y: Y, z: Z, h: H, s: S, sdg: SDG, t: T, tdg: TDG } as const
const FIXED_PAIR = { cx: CX, cz: CZ, swap: SWAP } as const

/** One step: a gate (angles in radians) or a channel (a probability), with the qubits that it acts on. */
export type Operation =
  | readonly [name: keyof typeof FIXED, target: number]
  | readonly [name: keyof typeof FIXED_PAIR, control: number, target: number]
  | readonly [name: 'rx' | 'ry' | 'rz', angleRadians: number, target: number]
  | readonly [name: 'crx' | 'cry' | 'crz', angleRadians: number, control: number, target: number]
  | readonly [name: 'depolarize1' | 'amplitudeDamping' | 'phaseDamping', strength: number, target: number]
  | readonly [name: 'depolarize2', strength: number, first: number, second: number]
  | readonly [name: 'dephaseAlong', angleRadians: number, target: number]

/** Runs a circuit on `qubits` qubits, each in |0> at first. */
export const runCircuit = (qubits: number, operations: readonly Operation[]): State =>
  operations.reduce(applyOperation, groundState(qubits))

/** The state after one step. */
export function applyOperation(state: State, operation: Operation): State {
  switch (operation[0]) {
    case 'x':
    case 'y':
    case 'z':
    case 'h':
    case 's':
    case 'sdg':
    case 't':
    case 'tdg':
      return applyGate(state, FIXED[operation[0]], operation[1])
    case 'cx':
    case 'cz':
    case 'swap':
      return applyGate(state, FIXED_PAIR[operation[0]], operation[1], operation[2])
    case 'rx':
      return applyGate(state, rx(operation[1]), operation[2])
    case 'ry':
      return applyGate(state, ry(operation[1]), operation[2])
    case 'rz':
      return applyGate(state, rz(operation[1]), operation[2])
    case 'crx':
      return applyGate(state, controlled(rx(operation[1])), operation[2], operation[3])
    case 'cry':
      return applyGate(state, controlled(ry(operation[1])), operation[2], operation[3])
    case 'crz':
      return applyGate(state, controlled(rz(operation[1])), operation[2], operation[3])
    case 'depolarize1':
      return applyChannel(state, depolarize1(operation[1]), operation[2])
    case 'depolarize2':
      return applyChannel(state, depolarize2(operation[1]), operation[2], operation[3])
    case 'amplitudeDamping':
      return applyChannel(state, amplitudeDamping(operation[1]), operation[2])
    case 'phaseDamping':
      return applyChannel(state, phaseDamping(operation[1]), operation[2])
    case 'dephaseAlong':
      return applyChannel(state, dephasing(inPlane(operation[1])), operation[2])
    default:
      return assertNever(operation)
  }
}
