// Sifting: which arrived rounds make key, which are said openly, and the tally of the open ones.
// A round is an index into the arrived rounds; settings are 0, 1 or 2 (the codec has checked them), outcomes 0 or 1.
// Ekert, PRL 67, 661 (1991); the biased settings of `efficient`: Lo, Chau, Ardehali, J. Cryptology 18, 133 (2005).

import { assert } from '../lib/assert.ts'
import type { Bits } from '../lib/bits.ts'
import { SETTING_PAIRS, type SettingPair } from '../quantum/settings.ts'
import type { PairTally, Tally } from './tally.ts'

/** textbook: all settings equally likely, two key blocks; efficient: biased settings, one key block. */
export type Mode = 'textbook' | 'efficient'

/** The setting pairs with equal angles, whose outcomes make the key. */
export type KeyPair = 'a3b2' | 'a2b1'

export interface SiftedRounds {
  /** Rounds of each key block, ascending. */
  readonly blocks: readonly { readonly pair: KeyPair; readonly rounds: Uint32Array<ArrayBuffer> }[]
  /** Rounds that make no key, ascending: their outcomes are said. */
  readonly open: Uint32Array<ArrayBuffer>
}

/** The key blocks of a mode, in the order in which both sides keep them. */
export const KEY_PAIRS: Readonly<Record<Mode, readonly KeyPair[]>> = {
  efficient: ['a3b2'],
  textbook: ['a3b2', 'a2b1'],
}

/** Sorts the arrived rounds into key blocks and open rounds. */
export function sift(alice: Uint8Array, bob: Uint8Array, mode: Mode): SiftedRounds {
  assert(alice.length === bob.length, `settings of equally many rounds, got ${alice.length} and ${bob.length}`)
  const pairs = KEY_PAIRS[mode]
  // One list for each key block, the last for the open rounds; a table look-up says which list a round goes to.
  const listOf = Uint8Array.from(SETTING_PAIRS, (pair) => blockIndex(pairs, pair))
  const lists = splitRounds(alice, bob, listOf, pairs.length + 1)
  const blocks = pairs.map((pair, i) => ({ pair, rounds: lists[i]! }))
  return { blocks, open: lists[pairs.length]! }
}

/**
 * Tallies all rounds, and compares the outcomes of the open ones.
 * `aliceOpen` and `bobOpen` hold one outcome for each of `sifted.open`, in that order.
 */
export function tallyRounds(
  alice: Uint8Array,
  bob: Uint8Array,
  sifted: SiftedRounds,
  aliceOpen: Uint8Array,
  bobOpen: Uint8Array,
): Tally {
  const { open, blocks } = sifted
  assert(
    aliceOpen.length === open.length && bobOpen.length === open.length,
    `${open.length} open outcomes of each side`,
  )
  const counts = new Uint32Array(SETTING_PAIRS.length)
  const unequal = new Uint32Array(SETTING_PAIRS.length)
  for (let i = 0; i < open.length; i++) {
    const pair = 3 * alice[open[i]!]! + bob[open[i]!]!
    counts[pair]!++
    unequal[pair]! += aliceOpen[i]! ^ bobOpen[i]!
  }
  const entry = (pair: SettingPair, i: number): PairTally => {
    const block = blocks.find((candidate) => candidate.pair === pair)
    return block ? { count: block.rounds.length, unequal: null } : { count: counts[i]!, unequal: unequal[i]! }
  }
  return Object.fromEntries(SETTING_PAIRS.map((pair, i) => [pair, entry(pair, i)])) as Record<SettingPair, PairTally>
}

/** The values of some rounds, in their order. */
export function pick(values: Uint8Array, rounds: Uint32Array): Bits {
  const out = new Uint8Array(rounds.length)
  for (let i = 0; i < rounds.length; i++) out[i] = values[rounds[i]!]!
  return out
}

function blockIndex(pairs: readonly SettingPair[], pair: SettingPair): number {
  const index = pairs.indexOf(pair)
  return index < 0 ? pairs.length : index
}

/** Two passes: count, then fill arrays of just the right length. */
function splitRounds(
  alice: Uint8Array,
  bob: Uint8Array,
  listOf: Uint8Array,
  lists: number,
): Uint32Array<ArrayBuffer>[] {
  const sizes = new Uint32Array(lists)
  for (let i = 0; i < alice.length; i++) sizes[listOf[3 * alice[i]! + bob[i]!]!]!++
  const out = Array.from(sizes, (size) => new Uint32Array(size))
  const used = new Uint32Array(lists)
  for (let i = 0; i < alice.length; i++) {
    const list = listOf[3 * alice[i]! + bob[i]!]!
    out[list]![used[list]!++] = i
  }
  return out
}
