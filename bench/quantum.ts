// Speed of the quantum room on one core, the platform's CSPRNG included: pairs a second of Alice's source with her
// measurement, of Bob's settings with his, of the wire and of Eve's hands. `npx tsx bench/quantum.ts` prints them.

import type { RandomSource } from '../src/lib/random.ts'
import { decodeBatch, encodeBatch } from '../src/quantum/fibre-codec.ts'
import { drawSettings, preparePairs } from '../src/quantum/pair-source.ts'
import { measureQubits } from '../src/quantum/qubit-measurement.ts'
import type { SettingWeights } from '../src/quantum/settings.ts'
import { makeTap } from '../src/quantum/tap.ts'

/** One thing to time: `run` does it once, to `pairs` pairs. */
export interface QuantumBench {
  readonly name: string
  readonly pairs: number
  readonly run: () => void
}

const ALICE: SettingWeights = [24_904, 1_311, 39_321]
const BOB: SettingWeights = [12_452, 40_632, 12_452]

/** `crypto.getRandomValues`, at most 64 KiB a call. */
const platformRandom: RandomSource = {
  fill(target) {
    for (let at = 0; at < target.length; at += 65_536) crypto.getRandomValues(target.subarray(at, at + 65_536))
  },
}

/** The benches for calls of `pairs` pairs each: 1,400 are a chat's frame, 2^20 a piece of a file's session. */
export function quantumBenches(pairs: number): readonly QuantumBench[] {
  const { qubits } = preparePairs(pairs, ALICE, 0.99, platformRandom)
  const bytes = encodeBatch(qubits)
  const tap = makeTap({ kind: 'intercept', strength: 0.5, angleRadians: 1 })
  const measure = (): void => {
    measureQubits(qubits, drawSettings(pairs, BOB, platformRandom), platformRandom)
  }
  return [
    { name: 'pairs.source', pairs, run: () => void preparePairs(pairs, ALICE, 0.99, platformRandom) },
    { name: 'pairs.measure', pairs, run: measure },
    { name: 'pairs.encode', pairs, run: () => void encodeBatch(qubits) },
    { name: 'pairs.decode', pairs, run: () => void decodeBatch(bytes, pairs) },
    { name: 'pairs.tap', pairs, run: () => void tap.onQubits(qubits, platformRandom) },
  ]
}

/** Pairs a second of one bench: the median of `rounds` rounds of at least 100 ms, after one to warm up. */
export function pairsPerSecond(bench: QuantumBench, rounds = 7): number {
  const speeds = Array.from({ length: rounds + 1 }, () => {
    const start = performance.now()
    let calls = 0
    while (performance.now() - start < 100) {
      bench.run()
      calls++
    }
    return (calls * bench.pairs * 1000) / (performance.now() - start)
  })
  return speeds.slice(1).sort((a, b) => a - b)[rounds >> 1]!
}

if (process.argv[1]?.endsWith('bench/quantum.ts')) {
  for (const pairs of [1_400, 65_536, 2 ** 20]) {
    for (const bench of quantumBenches(pairs)) {
      const millions = (pairsPerSecond(bench) / 1e6).toFixed(1)
      console.log(
        `${bench.name.padEnd(14)} ${String(pairs).padStart(8)} a call  ${millions.padStart(7)} million pairs/s`,
      )
    }
  }
}
