// The hot loops, measured where they run: in a module worker, chance from the platform's CSPRNG. Rounds of the measured
// thing and of a yardstick (drawing as many random bytes) alternate, so that a busy machine slows both.

import { amplify, seedBytes } from '../src/distill/amplification.ts'
import { asSecret } from '../src/lib/bits.ts'
import { randomBytes } from '../src/lib/random.ts'
import { drawSettings, preparePairs } from '../src/quantum/pair-source.ts'
import { measureQubits } from '../src/quantum/qubit-measurement.ts'
import type { SettingWeights } from '../src/quantum/settings.ts'
import { PlatformRandom } from '../src/worker/random.ts'

export interface Measured {
  readonly name: string
  readonly unit: string
  /** Larger is better for rates, smaller for times; one entry a round. */
  readonly runs: readonly number[]
  readonly yardstick: readonly number[]
}

const ROUNDS = 9
const PAIRS = 4_000_000
const ALICE: SettingWeights = [24_904, 1_311, 39_321]
const BOB: SettingWeights = [12_452, 40_632, 12_452]
const random = new PlatformRandom()

const seconds = (work: () => void): number => {
  const start = performance.now()
  work()
  return (performance.now() - start) / 1_000
}

/** Rounds of `work` and of the yardstick, turn by turn, after one of each to warm up. */
function alternate(name: string, unit: string, value: (elapsedS: number) => number, work: () => void): Measured {
  const bytes = new Uint8Array(4 * PAIRS)
  const yard = (): void => random.fill(bytes)
  work()
  yard()
  const runs: number[] = []
  const yardstick: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    runs.push(value(seconds(work)))
    yardstick.push(value(seconds(yard)))
  }
  return { name, unit, runs, yardstick }
}

function measureAll(): readonly Measured[] {
  const pairsPerSecond = (elapsedS: number): number => PAIRS / elapsedS
  const milliseconds = (elapsedS: number): number => elapsedS * 1_000
  const prepared = preparePairs(PAIRS, ALICE, 1, random)
  const key = asSecret(randomBytes(random, 1_000_000).map((byte) => byte & 1))
  const length = 500_000
  const seed = randomBytes(random, seedBytes(key.length, length))
  return [
    alternate('pairs.source', 'pairs/s', pairsPerSecond, () => preparePairs(PAIRS, ALICE, 1, random)),
    alternate('pairs.measure', 'pairs/s', pairsPerSecond, () => {
      measureQubits(prepared.qubits, drawSettings(PAIRS, BOB, random), random)
    }),
    alternate('pairs.end_to_end', 'pairs/s', pairsPerSecond, () => {
      const { qubits } = preparePairs(PAIRS, ALICE, 1, random)
      measureQubits(qubits, drawSettings(PAIRS, BOB, random), random)
    }),
    alternate('distill.amplify', 'ms', milliseconds, () => amplify(key, seed, length)),
  ]
}

self.onmessage = (): void => self.postMessage(measureAll())
