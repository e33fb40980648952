// The secret key of a session and its parts, in order: the pad of the message, the new tag pairs, the 128 bits set
// aside for `received`. Made once by privacy amplification, block by block; wiped at the session's end.

import { amplify, seedBytes } from '../distill/amplification.ts'
import { asSecret, type Bits, packBits, type SecretBits } from '../lib/bits.ts'
import { type Bytes, concat } from '../lib/bytes.ts'
import { type RandomSource, randomBytes } from '../lib/random.ts'
import { PAIR_BYTES } from '../pairing/tag-pairs.ts'
import type { BlockAmplification } from './messages.ts'

export const PROOF_BITS = 128

export interface KeyMaterial {
  readonly pad: SecretBits
  /** 64 bytes for each new pair. */
  readonly pairs: Bytes
  /** 16 bytes. */
  readonly proof: Bytes
}

/** How many bits of each block are used: the first gives all it has, the next the rest; null when they don't suffice. */
export function allocate(neededBits: number, secretBits: readonly number[]): readonly number[] | null {
  let left = neededBits
  const bits = secretBits.map((available) => {
    const taken = Math.min(left, available)
    left -= taken
    return taken
  })
  return left === 0 ? bits : null
}

/** Fresh seeds for the blocks, chosen after reconciliation. */
export function drawSeeds(
  keys: readonly Bits[],
  bits: readonly number[],
  random: RandomSource,
): readonly BlockAmplification[] {
  return keys.map((key, i) => {
    const length = bits[i]!
    return { bits: length, seed: length === 0 ? new Uint8Array(0) : randomBytes(random, seedBytes(key.length, length)) }
  })
}

/** True when a peer's seeds fit these keys and make `neededBits` in all. */
export function seedsFit(
  keys: readonly Bits[],
  blocks: readonly BlockAmplification[],
  neededBits: number,
  secretBits: readonly number[],
): boolean {
  if (blocks.length !== keys.length || blocks.reduce((sum, block) => sum + block.bits, 0) !== neededBits) return false
  return blocks.every((block, i) => {
    // Both sides keep one bit back, since Math.log may differ between engines in its last digit.
    const most = secretBits[i]! === 0 ? 0 : secretBits[i]! + 1
    if (block.bits > most || block.bits > keys[i]!.length) return false
    return block.seed.length === (block.bits === 0 ? 0 : seedBytes(keys[i]!.length, block.bits))
  })
}

/** Privacy amplification of all blocks, cut into parts. */
export function distil(
  keys: readonly Bits[],
  blocks: readonly BlockAmplification[],
  padBytes: number,
  newPairs: number,
): KeyMaterial {
  const parts = blocks.map((block, i) =>
    block.bits === 0 ? new Uint8Array(0) : amplify(asSecret(keys[i]!), block.seed, block.bits),
  )
  const key = concat(...parts)
  const pairsStart = 8 * padBytes
  const proofStart = pairsStart + 8 * PAIR_BYTES * newPairs
  const material = {
    pad: asSecret(key.slice(0, pairsStart)),
    pairs: packBits(key.subarray(pairsStart, proofStart)),
    proof: packBits(key.subarray(proofStart, proofStart + PROOF_BITS)),
  }
  for (const secret of [key, ...parts]) secret.fill(0)
  return material
}
