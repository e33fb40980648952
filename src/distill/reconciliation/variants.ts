// The variants of Cascade by name, as data: block sizes of each pass for the error rate that Bob expects, and how a
// block's error is searched for. Only Bob needs to know which one he runs; Alice answers whatever is asked.

import type { Bits } from '../../lib/bits.ts'
import type { Bytes } from '../../lib/bytes.ts'
import { Cascade } from './cascade.ts'
import { Hamming } from './hamming.ts'
import type { Reconciler } from './reconciler.ts'

interface Variant {
  readonly search: 'bisection' | 'syndromes'
  readonly blockSizes: (errorRate: number, keyBits: number) => readonly number[]
}

/** Below it, block sizes would have no bound. The study's. */
const ERROR_RATE_MIN = 1e-5

const repeat = (size: number, passes: number): readonly number[] => Array.from({ length: passes }, () => size)
const half = (keyBits: number): number => Math.max(1, Math.floor(keyBits / 2))
const powerAbove = (x: number): number => 2 ** Math.ceil(Math.log2(x))
const powerBelow = (x: number): number => 2 ** Math.floor(Math.log2(x))

export const VARIANTS = {
  /** Brassard and Salvail, EUROCRYPT '93. */
  original: {
    search: 'bisection',
    blockSizes: (rate) => {
      const first = Math.ceil(0.73 / rate)
      return [first, 2 * first, 4 * first, 8 * first]
    },
  },
  /** Martinez-Mateo, Pacher, Peev, Ciurana, Martin, Quantum Inf. Comput. 15, 453 (2015), their (7). */
  option7: {
    search: 'bisection',
    blockSizes: (rate, keyBits) => {
      const first = powerAbove(1 / rate)
      return [first, 4 * first, ...repeat(half(keyBits), 12)]
    },
  },
  /** The same paper, its (8). */
  option8: {
    search: 'bisection',
    blockSizes: (rate, keyBits) => {
      const alpha = Math.log2(1 / rate) - 0.5
      return [2 ** Math.ceil(alpha), 2 ** Math.ceil((alpha + 12) / 2), 4_096, ...repeat(half(keyBits), 11)]
    },
  },
  /** Few round trips: hamming.ts. Its sizes are this project's own, found by simulation. */
  hamming: {
    search: 'syndromes',
    blockSizes: (rate, keyBits) => {
      const first = powerBelow(Math.min(0.6 / rate, keyBits / 32))
      const second = powerBelow(1.9 / rate)
      // The last three are there for pairs of errors that share a block in all passes before.
      const sizes = [first, second, 8 * second, ...repeat(32 * second, 3)]
      return sizes.map((size) => Math.max(2, Math.min(powerBelow(keyBits / 4), size)))
    },
  },
} satisfies Readonly<Record<string, Variant>>

/** Bits that `hamming` tells on average about a key with this error rate: within 5 % from 0.5 to 10 %. */
export function expectedLeak(keyBits: number, errorRate: number): number {
  const sizes = VARIANTS.hamming.blockSizes(Math.max(ERROR_RATE_MIN, errorRate), keyBits)
  const blocks = sizes.reduce((sum, size) => sum + Math.ceil(keyBits / size), 0)
  // Nearly every error is named by a syndrome of the first pass, some by later ones, and a few take several.
  return blocks + keyBits * errorRate * (Math.log2(sizes[0]!) + 0.75)
}

export type VariantName = keyof typeof VARIANTS

export const VARIANT_NAMES = Object.keys(VARIANTS) as readonly VariantName[]

/**
 * Bob's end for a key of which a share of about `errorRate` is expected to be wrong; any number will do. Of `hamming` an
 * expectation too low by half costs one more round trip, one that is double the true rate a fifth more leak.
 */
export function makeReconciler(name: VariantName, key: Bits, errorRate: number, seed: Bytes): Reconciler {
  const { search, blockSizes }: Variant = VARIANTS[name]
  const rate = errorRate > ERROR_RATE_MIN ? Math.min(0.5, errorRate) : ERROR_RATE_MIN
  if (search === 'bisection') return new Cascade(key, seed, blockSizes(rate, key.length))
  return new Hamming(key, seed, rate, (found) => blockSizes(Math.max(ERROR_RATE_MIN, found), key.length))
}
