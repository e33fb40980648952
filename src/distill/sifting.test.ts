import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SETTING_PAIRS, settingPair } from '../quantum/settings.ts'
import { KEY_PAIRS, type Mode, pick, sift, tallyRounds } from './sifting.ts'
import { correlation } from './tally.ts'

const rounds = fc.array(fc.tuple(fc.nat(2), fc.nat(2), fc.nat(1), fc.nat(1)), { maxLength: 300 })
const modes = fc.constantFrom<Mode>('efficient', 'textbook')

describe('sifting', () => {
  test('sorts every round into one place, each place in ascending order', () => {
    fc.assert(
      fc.property(rounds, modes, (drawn, mode) => {
        const alice = Uint8Array.from(drawn, ([a]) => a)
        const bob = Uint8Array.from(drawn, ([, b]) => b)
        const { blocks, open } = sift(alice, bob, mode)
        expect(blocks.map(({ pair }) => pair)).toEqual(KEY_PAIRS[mode])
        for (const list of [...blocks.map((block) => block.rounds), open]) expect(list).toEqual(list.slice().sort())
        for (const { pair, rounds: of } of blocks)
          for (const i of of) expect(settingPair(alice[i]!, bob[i]!)).toBe(pair)
        const all = [...blocks.flatMap((block) => [...block.rounds]), ...open].sort((a, b) => a - b)
        expect(all).toEqual(drawn.map((_, i) => i))
      }),
    )
  })

  test('tallies like a plain count over all rounds, and never says how the key differs', () => {
    fc.assert(
      fc.property(rounds, modes, (drawn, mode) => {
        const column = (i: 0 | 1 | 2 | 3): Uint8Array => Uint8Array.from(drawn, (round) => round[i])
        const sifted = sift(column(0), column(1), mode)
        const tally = tallyRounds(
          column(0),
          column(1),
          sifted,
          pick(column(2), sifted.open),
          pick(column(3), sifted.open),
        )
        for (const pair of SETTING_PAIRS) {
          const met = drawn.filter(([a, b]) => settingPair(a, b) === pair)
          const key = KEY_PAIRS[mode].some((keyPair) => keyPair === pair)
          const unequal = key ? null : met.filter(([, , x, y]) => x !== y).length
          expect(tally[pair]).toEqual({ count: met.length, unequal })
        }
      }),
    )
  })

  test('takes no round where nothing arrived', () => {
    const none = new Uint8Array(0)
    const sifted = sift(none, none, 'efficient')
    expect(sifted.open.length).toBe(0)
    expect(tallyRounds(none, none, sifted, none, none).a1b1).toEqual({ count: 0, unequal: 0 })
  })
})

test('a correlation is known only where outcomes were said', () => {
  expect(correlation({ count: 4, unequal: 1 })).toBe(0.5)
  expect(correlation({ count: 4, unequal: null })).toBeNull()
  expect(correlation({ count: 0, unequal: 0 })).toBeNull()
})
