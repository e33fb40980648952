// Eve at random: for each pair she draws one of several attacks, such as intercept-resend along an angle from a
// distribution, and remembers which. So all her exact figures are the weighted means of theirs.

import { assert } from '../lib/assert.ts'
import type { Bytes } from '../lib/bytes.ts'
import type { RandomSource } from '../lib/random.ts'
import { type Attack, type AttackFigures, attackFiguresOn } from './attacks.ts'
import { STATES_MAX } from './fibre-codec.ts'
import type { FibreTap, QubitBatch } from './qubit-batch.ts'
import { forEachBlock, makeThresholds, ShotWords } from './sampling.ts'
import { SETTING_PAIRS } from './settings.ts'
import type { State } from './states.ts'
import { countRight, type MeasuredBits, makeTap } from './tap.ts'

/** An attack with the chance that it is drawn; the chances of a mixture add up to 1. */
export interface AttackShare {
  readonly attack: Attack
  readonly weight: number
}

/** The exact figures of a mixture on a state of two qubits. */
export function mixedFiguresOn(shares: readonly AttackShare[], pair: State): AttackFigures {
  assertShares(shares)
  const parts = shares.map(({ attack, weight }) => ({ figures: attackFiguresOn(attack, pair), weight }))
  const mean = (read: (figures: AttackFigures) => number): number =>
    parts.reduce((sum, { figures, weight }) => sum + weight * read(figures), 0)
  const correlations = SETTING_PAIRS.map((name) => [name, mean((figures) => figures.correlations[name])] as const)
  return {
    s: mean((figures) => figures.s),
    correlations: Object.fromEntries(correlations) as AttackFigures['correlations'],
    qber: { a3b2: mean(({ qber }) => qber.a3b2), a2b1: mean(({ qber }) => qber.a2b1) },
    guess: { a3: mean(({ guess }) => guess.a3), b1: mean(({ guess }) => guess.b1) },
    information: { a3: mean(({ information }) => information.a3), b1: mean(({ information }) => information.b1) },
    sEve: mean((figures) => figures.sEve),
  }
}

export interface MixedTap extends FibreTap {
  /** Of each qubit of the batch last seen: which attack was drawn, and her reading as in `EveTap`. */
  readonly choices: Bytes
  readonly readings: Bytes
}

/** Eve with a mixture. The states that go on must be 256 at most: that is a dozen attacks on the source's six. */
export function makeMixedTap(shares: readonly AttackShare[]): MixedTap {
  assertShares(shares)
  const taps = shares.map(({ attack }) => makeTap(attack))
  let choices: Bytes = new Uint8Array(0)
  let readings: Bytes = new Uint8Array(0)
  return {
    get choices() {
      return choices
    },
    get readings() {
      return readings
    },
    onQubits(batch: QubitBatch, random: RandomSource): QubitBatch {
      choices = drawChoices(shares, batch.indices.length, random)
      readings = new Uint8Array(batch.indices.length)
      const indices = new Uint8Array(batch.indices.length)
      const states: number[] = []
      taps.forEach((tap, choice) => {
        const mine = placesOf(choices, choice)
        const gone = tap.onQubits({ codebook: batch.codebook, indices: picked(batch.indices, mine) }, random)
        const first = states.length / 3
        mine.forEach((i, k) => {
          readings[i] = tap.readings[k]!
          indices[i] = first + gone.indices[k]!
        })
        states.push(...gone.codebook)
      })
      assert(states.length <= 3 * STATES_MAX, `at most ${STATES_MAX} states, got ${states.length / 3}`)
      return { codebook: Float64Array.from(states), indices }
    },
  }
}

/** How many of the bits Eve guesses, each from the reading of the attack that was drawn for it. */
export function countRightOfMixed(
  shares: readonly AttackShare[],
  tap: Pick<MixedTap, 'choices' | 'readings'>,
  { settings, bits, angles }: MeasuredBits,
): number {
  return shares.reduce((sum, { attack }, choice) => {
    const mine = placesOf(tap.choices, choice)
    const of = { settings: picked(settings, mine), bits: picked(bits, mine), angles }
    return sum + countRight(attack, picked(tap.readings, mine), of)
  }, 0)
}

function drawChoices(shares: readonly AttackShare[], count: number, random: RandomSource): Bytes {
  let sum = 0
  const edges = makeThresholds(
    shares.slice(1).map((_, k) => {
      sum += shares[k]!.weight
      return Math.min(1, sum)
    }),
  )
  const choices = new Uint8Array(count)
  const source = new ShotWords(count, random)
  forEachBlock(count, (start, length) => {
    const words = source.next(length)
    for (let i = 0; i < length; i++) choices[start + i] = choiceOf(words[i]!, edges, source)
  })
  source.wipe()
  return choices
}

/** How many of the edges the number has reached; 32 more bits where the word ties with any. */
function choiceOf(word: number, { high, low }: ReturnType<typeof makeThresholds>, source: ShotWords): number {
  const rest = high.includes(word) ? source.tieBreak() : 0
  let choice = 0
  while (choice < high.length && (word > high[choice]! || (word === high[choice] && rest >= low[choice]!))) choice++
  return choice
}

const picked = (values: Uint8Array, places: Uint32Array): Bytes => Uint8Array.from(places, (i) => values[i]!)

/** The places at which a value stands. */
function placesOf(values: Uint8Array, value: number): Uint32Array<ArrayBuffer> {
  const places = new Uint32Array(values.reduce((sum, each) => sum + (each === value ? 1 : 0), 0))
  let next = 0
  values.forEach((each, i) => {
    if (each === value) places[next++] = i
  })
  return places
}

function assertShares(shares: readonly AttackShare[]): void {
  const total = shares.reduce((sum, { weight }) => sum + weight, 0)
  const fair = shares.length > 0 && shares.every(({ weight }) => weight >= 0) && Math.abs(total - 1) < 1e-9
  assert(fair, `weights that add up to 1, got ${shares.map(({ weight }) => weight).join(' + ')}`)
}
