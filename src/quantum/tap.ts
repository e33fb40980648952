// Eve's hands on the fibre: an attack of `attacks.ts`, shot by shot. The engine runs her circuit once a state of the
// codebook and measures her ancilla; each qubit then takes one of three ways (she reads 0, she reads 1, she lets it
// pass), and goes on as the state that belongs to it. She measures before she forwards: two browsers share no joint
// state in which her ancilla could wait. What the others see is the same as if it had.

import { assert } from '../lib/assert.ts'
import type { Bits } from '../lib/bits.ts'
import type { Bytes } from '../lib/bytes.ts'
import { type RandomSource, randomBytes } from '../lib/random.ts'
import { type Attack, type Probe, probeOf, readingCorrelation } from './attacks.ts'
import { applyOperation } from './circuits.ts'
import { STATES_MAX } from './fibre-codec.ts'
import { measured, reducedBloch } from './measurement.ts'
import type { FibreTap, QubitBatch } from './qubit-batch.ts'
import { forEachBlock, makeThresholds, ShotWords, type Thresholds } from './sampling.ts'
import { type Bloch, groundState, joined, qubitState } from './states.ts'

/** The reading of a qubit that she let pass. */
export const UNTOUCHED = 2

/** A tap that remembers what it read. */
export interface EveTap extends FibreTap {
  readonly attack: Attack
  /**
   * Her reading of each qubit of the batch last seen: outcome 0 or 1, or `UNTOUCHED`. The caller keeps it with the
   * frame's session and range; `countRight` scores it once settings and bits are known.
   */
  readonly readings: Bytes
}

/** The ways of a qubit: rows of three a state. */
interface Ways {
  /** Thresholds of the chance of way 0, and of ways 0 and 1 together, in rows of two a state. */
  readonly thresholds: Thresholds
  /** The state that goes on, for each way of each state. */
  readonly next: Uint8Array
  readonly codebook: Float64Array<ArrayBuffer>
}

const WAYS = 3

/**
 * Eve with an attack. k states go in; at most 3 k come out (2 for full intercept), equal ones as one. Where they would
 * be more than 256 (about six probes in a row), she forwards each state's mean over her readings instead: what Bob
 * sees and what she knows of Alice's bits stay exact, only her readings say no more about Bob's own chance.
 */
export function makeTap(attack: Attack): EveTap {
  const probe = probeOf(attack)
  let readings: Bytes = new Uint8Array(0)
  let last: { readonly from: Float64Array; readonly ways: Ways } | null = null
  return {
    attack,
    get readings() {
      return readings
    },
    onQubits(batch: QubitBatch, random: RandomSource): QubitBatch {
      if (last === null || !equalNumbers(last.from, batch.codebook)) {
        last = { from: batch.codebook.slice(), ways: waysOf(probe, batch.codebook) }
      }
      const { ways } = last
      readings = drawWays(ways.thresholds, batch.indices, random)
      return { codebook: ways.codebook.slice(), indices: nextIndices(ways.next, batch.indices, readings) }
    },
  }
}

/** Bits measured by Alice or Bob, as the public discussion tells them in the end. */
export interface MeasuredBits {
  /** The setting of each qubit, an index into `angles`. */
  readonly settings: Uint8Array
  /** The outcome of each qubit, 0 or 1. */
  readonly bits: Uint8Array
  /** Bloch angles of the settings, in radians: ALICE_ANGLES or BOB_ANGLES. */
  readonly angles: readonly number[]
}

/**
 * How many of the bits Eve guesses from her readings: each reading as it is where it goes along with the bit,
 * inverted where it goes against it, and a half for each qubit that she let pass.
 */
export function countRight(attack: Attack, readings: Uint8Array, measuredBits: MeasuredBits): number {
  const { settings, bits, angles } = measuredBits
  assert(settings.length === readings.length && bits.length === readings.length, 'a setting and a bit a reading')
  const inverted = angles.map((angle) => (readingCorrelation(attack, angle) < 0 ? 1 : 0))
  let halves = 0
  for (let i = 0; i < readings.length; i++) {
    if (readings[i] === UNTOUCHED) halves += 1
    else if ((readings[i]! ^ inverted[settings[i]!]!) === bits[i]) halves += 2
  }
  return halves / 2
}

/**
 * Her best guess of bits that were measured along a Bloch angle: each reading, inverted where it goes against such bits,
 * and a coin for each qubit that she let pass.
 */
export function guessBits(attack: Attack, readings: Uint8Array, angleRadians: number, random: RandomSource): Bits {
  const inverted = readingCorrelation(attack, angleRadians) < 0 ? 1 : 0
  const bits = randomBytes(random, readings.length)
  for (let i = 0; i < bits.length; i++) bits[i] = readings[i] === UNTOUCHED ? bits[i]! & 1 : readings[i]! ^ inverted
  return bits
}

/** The chance that such a guess is right, on perfect pairs. */
export function guessChance(attack: Attack, angleRadians: number): number {
  return (1 + probeOf(attack).fraction * Math.abs(readingCorrelation(attack, angleRadians))) / 2
}

/** One way of one state: its chance, and the Bloch vector that goes on (null: it can't happen). */
interface Way {
  readonly probability: number
  readonly bloch: Bloch | null
}

function waysOf(probe: Probe, codebook: Float64Array): Ways {
  const ways = Array.from({ length: codebook.length / 3 }, (_, k) =>
    waysOfState(probe, [codebook[3 * k]!, codebook[3 * k + 1]!, codebook[3 * k + 2]!]),
  )
  const cumulative = ways.flatMap(([zero, one]) => [
    zero!.probability,
    Math.min(1, zero!.probability + one!.probability),
  ])
  return { thresholds: makeThresholds(cumulative), ...(distinct(ways) ?? distinct(ways.map(averaged))!) }
}

/** She reads 0, reads 1, lets it pass. */
function waysOfState(probe: Probe, bloch: Bloch): readonly Way[] {
  const both = probe.circuit(0, 1).reduce(applyOperation, joined(qubitState(bloch), groundState(1)))
  const read = measured(both, 1, probe.readAxis).map(({ probability, state }) => {
    const chance = probe.fraction * probability
    return { probability: chance, bloch: chance === 0 || state === null ? null : reducedBloch(state, 0) }
  })
  return [...read, { probability: 1 - probe.fraction, bloch: probe.fraction === 1 ? null : bloch }]
}

/** All ways of a state leading to their mean. */
function averaged(ways: readonly Way[]): readonly Way[] {
  const mean = [0, 1, 2].map((k) => ways.reduce((sum, way) => sum + way.probability * (way.bloch?.[k] ?? 0), 0))
  return ways.map(({ probability }) => ({ probability, bloch: [mean[0]!, mean[1]!, mean[2]!] as const }))
}

/** The codebook of all that go on, equal states (within 1e-12) once; null where they are more than 256. */
function distinct(ways: readonly (readonly Way[])[]): Pick<Ways, 'next' | 'codebook'> | null {
  const places = new Map<string, number>()
  const states: number[] = []
  const next = new Uint8Array(WAYS * ways.length)
  for (const [at, { bloch }] of ways.flat().entries()) {
    if (bloch === null) continue // never drawn
    const key = bloch.map((x) => Math.round(x * 1e12)).join(' ')
    const place = places.get(key) ?? places.size
    if (place === places.size) states.push(...bloch)
    places.set(key, place)
    next[at] = place
  }
  return places.size > STATES_MAX ? null : { next, codebook: Float64Array.from(states) }
}

/** Draws each qubit's way: how many of its state's two thresholds the number has reached. */
function drawWays({ high, low }: Thresholds, indices: Uint8Array, random: RandomSource): Bytes {
  const readings = new Uint8Array(indices.length)
  const source = new ShotWords(indices.length, random)
  forEachBlock(indices.length, (start, length) => {
    const words = source.next(length)
    for (let i = 0; i < length; i++) {
      const at = 2 * indices[start + i]!
      const word = words[i]!
      readings[start + i] = ((high[at]! - 1 - word) >>> 31) + ((high[at + 1]! - 1 - word) >>> 31)
      if (word !== high[at] && word !== high[at + 1]) continue
      const rest = source.tieBreak()
      readings[start + i] = reached(word, rest, high[at]!, low[at]!) + reached(word, rest, high[at + 1]!, low[at + 1]!)
    }
  })
  source.wipe()
  return readings
}

const reached = (word: number, rest: number, high: number, low: number): number =>
  word > high || (word === high && rest >= low) ? 1 : 0

function nextIndices(next: Uint8Array, indices: Uint8Array, readings: Uint8Array): Bytes {
  const out = new Uint8Array(indices.length)
  for (let i = 0; i < out.length; i++) out[i] = next[WAYS * indices[i]! + readings[i]!]!
  return out
}

function equalNumbers(a: Float64Array, b: Float64Array): boolean {
  return a.length === b.length && a.every((value, k) => value === b[k])
}
