// Eve's attacks on the fibre, as circuits on the qubit that passes and one ancilla of hers, |0> at first.
// Sources: intercept-resend and the entangling probe, Ekert, PRL 67, 661 (1991), Fuchs et al., PRA 56, 1163 (1997);
// phase-covariant cloner, Niu and Griffiths, PRA 60, 2764 (1999). Here are the exact figures of each; shots of them
// are in `tap.ts`, several at random in `mixed-attack.ts`. She has `measure`, gates and ancillas only: no attack here
// looks into a state.

import { assert, assertNever } from '../lib/assert.ts'
import { type Correlations, chshValue, keyErrorRates, pairCorrelations } from './chsh.ts'
import { applyOperation, type Operation } from './circuits.ts'
import { bestGuess, expectation } from './measurement.ts'
import { wernerPair } from './pair-source.ts'
import { ALICE_ANGLES, BOB_ANGLES } from './settings.ts'
import { type Bloch, groundState, inPlane, joined, mixed, partialTrace, type State } from './states.ts'

/**
 * What Eve does to each qubit; `strength` in [0, 1], 0 being nothing. Angles are Bloch angles in the X-Z plane.
 * ghz: copies the basis at `angleRadians` onto her ancilla, whose two states overlap by cos(strength x 90 degrees).
 * copy: the same along any axis, out of the plane as well.
 * intercept: measures along `angleRadians` and sends on what she found, for a fraction `strength` of the pairs.
 * circular: intercepts along Y, for a fraction `strength` of the pairs.
 * clone: the phase-covariant cloner of the X-Z plane, theta = strength x 90 degrees.
 */
export type Attack =
  | { readonly kind: 'ghz'; readonly strength: number; readonly angleRadians: number }
  | { readonly kind: 'copy'; readonly strength: number; readonly axis: Bloch }
  | { readonly kind: 'intercept'; readonly strength: number; readonly angleRadians: number }
  | { readonly kind: 'circular'; readonly strength: number }
  | { readonly kind: 'clone'; readonly strength: number }

/** An attack as a circuit. */
export interface Probe {
  /** The steps on the passing qubit and her ancilla; afterwards the ancilla is a copy in the qubit's own frame. */
  readonly circuit: (qubit: number, ancilla: number) => readonly Operation[]
  /** Where she measures the ancilla when she can't wait for the settings. */
  readonly readAxis: Bloch
  /** The share of qubits to which she does this; the others she lets pass. */
  readonly fraction: number
}

/** What an attack costs and brings, exactly. */
export interface AttackFigures {
  /** S of Alice and Bob. */
  readonly s: number
  readonly correlations: Correlations
  /** Error rates of the key settings, as fractions. */
  readonly qber: { readonly a3b2: number; readonly a2b1: number }
  /** The chance of Eve's best guess, of Alice's bit in a3 and of Bob's in b1, from an ancilla kept until then. */
  readonly guess: { readonly a3: number; readonly b1: number }
  /**
   * What that guess tells her, in bits a bit: the mutual information 1 - h(guess) of guess and bit, for the pairs that
   * she touches; she knows which they are, so a share f of the pairs gives f times that.
   */
  readonly information: { readonly a3: number; readonly b1: number }
  /** S of Alice and Eve's kept ancilla, measured in Bob's settings. */
  readonly sEve: number
}

const ALICE = 0
const BOB = 1
const EVE = 2

/** The circuit of an attack. A strength out of [0, 1] is the programmer's fault and throws. */
export function probeOf(attack: Attack): Probe {
  const { strength } = attack
  assert(strength >= 0 && strength <= 1, `a strength in [0, 1], got ${strength}`)
  switch (attack.kind) {
    case 'ghz':
      return copyProbe(inPlane(attack.angleRadians), (strength * Math.PI) / 2, 1)
    case 'copy':
      return copyProbe(attack.axis, (strength * Math.PI) / 2, 1)
    case 'intercept':
      return copyProbe(inPlane(attack.angleRadians), Math.PI / 2, strength)
    case 'circular':
      return copyProbe([0, 1, 0], Math.PI / 2, strength)
    case 'clone':
      return cloneProbe((strength * Math.PI) / 2)
    default:
      return assertNever(attack)
  }
}

/** The exact figures of an attack (null: none) on Werner pairs of error `noise` = 1 - V in [0, 1]. */
export const attackFigures = (attack: Attack | null, noise: number): AttackFigures =>
  attackFiguresOn(attack, wernerPair(1 - noise))

/** The same on any state of two qubits, Alice's first: what the source and the fibre before Eve make of a pair. */
export function attackFiguresOn(attack: Attack | null, pair: State): AttackFigures {
  const untouched = touchedPair(null, pair)
  const touched = touchedPair(attack, pair)
  const fraction = attack === null ? 0 : probeOf(attack).fraction
  const state = mixed(untouched, touched, fraction)
  const correlations = pairCorrelations(state, ALICE, BOB)
  // She knows which pairs she touched, and guesses the others by what she knows of the source.
  const guesses = (qubit: number, angle: number): readonly [number, number] => {
    const observable = { qubit, axis: inPlane(angle) }
    return [bestGuess(untouched, observable, EVE), bestGuess(touched, observable, EVE)]
  }
  const [a3, b1] = [guesses(ALICE, ALICE_ANGLES[2]), guesses(BOB, BOB_ANGLES[0])]
  const mean = ([missed, caught]: readonly [number, number]): number => (1 - fraction) * missed + fraction * caught
  const told = ([missed, caught]: readonly [number, number]): number =>
    mean([guessInformation(missed), guessInformation(caught)])
  return {
    s: chshValue(correlations),
    correlations,
    qber: keyErrorRates(correlations),
    guess: { a3: mean(a3), b1: mean(b1) },
    information: { a3: told(a3), b1: told(b1) },
    sEve: chshValue(pairCorrelations(state, ALICE, EVE)),
  }
}

/** The pair as it goes on to Bob behind Eve, her ancilla forgotten: so an attack is one more step of a link. */
export function pairBehind(attack: Attack, pair: State): State {
  const behind = mixed(touchedPair(null, pair), touchedPair(attack, pair), probeOf(attack).fraction)
  return partialTrace(behind, [ALICE, BOB])
}

/** 1 - h(p): mutual information of a fair bit and a guess of it that is right with chance p. */
export function guessInformation(p: number): number {
  const q = Math.min(1, Math.max(0, p))
  return q === 0 || q === 1 ? 1 : 1 + q * Math.log2(q) + (1 - q) * Math.log2(1 - q)
}

/**
 * How Eve's early reading goes along with a bit measured at a Bloch angle, in [-1, 1], where she touches the pair:
 * the mean of their product, the same for Alice's and Bob's half of |Phi+> up to the disturbance.
 */
export function readingCorrelation(attack: Attack, angleRadians: number): number {
  const eve = { qubit: EVE, axis: probeOf(attack).readAxis }
  return expectation(touchedPair(attack, wernerPair(1)), { qubit: ALICE, axis: inPlane(angleRadians) }, eve)
}

/** The state of Alice's qubit, Bob's and Eve's ancilla, in that order, of a pair that Eve touches. */
function touchedPair(attack: Attack | null, pair: State): State {
  const steps = attack === null ? [] : probeOf(attack).circuit(BOB, EVE)
  return steps.reduce(applyOperation, joined(pair, groundState(1)))
}

/**
 * Copies the basis along an axis: the ancilla's states e0, e1 have the overlap cos theta, and the rotation after the
 * copy stands them symmetrically about the plane across the axis, so that the best reading (Helstrom's) is along the
 * axis itself. theta = 90 degrees with the ancilla read is intercept-resend.
 */
function copyProbe(axis: Bloch, theta: number, fraction: number): Probe {
  assert(Math.abs(Math.hypot(...axis) - 1) < 1e-9, `an axis of length 1, got ${axis.join(', ')}`)
  const [x, y, z] = axis
  const polar = Math.atan2(Math.hypot(x, y), z)
  const azimuth = Math.atan2(y, x)
  const circuit = (qubit: number, ancilla: number): readonly Operation[] => [
    ['rz', -azimuth, qubit],
    ['ry', -polar, qubit],
    ['cry', 2 * theta, qubit, ancilla],
    ['ry', polar, qubit],
    ['rz', azimuth, qubit],
    ['ry', polar + Math.PI / 2 - theta, ancilla],
    ['rz', azimuth, ancilla],
  ]
  return { circuit, readAxis: axis, fraction }
}

/**
 * |00> -> |00>, |10> -> cos theta |10> + sin theta |01> about the Y axis: vectors in the X-Z plane shrink by cos theta
 * at Bob and by sin theta in the copy. Read early, she reads in a3 and b2, the setting of all efficient key.
 */
function cloneProbe(theta: number): Probe {
  const circuit = (qubit: number, ancilla: number): readonly Operation[] => [
    ['rx', Math.PI / 2, qubit],
    ['cry', 2 * theta, qubit, ancilla],
    ['cx', ancilla, qubit],
    ['rx', -Math.PI / 2, qubit],
    ['rx', -Math.PI / 2, ancilla],
  ]
  return { circuit, readAxis: inPlane(ALICE_ANGLES[2]), fraction: 1 }
}
