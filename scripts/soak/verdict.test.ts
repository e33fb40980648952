// The judge of the soak: a soak that can't find a fault proves nothing.

import { describe, expect, test } from 'vitest'
import { judge } from './verdict.ts'

const ADA = ['a1', 'a2', 'a3']
const BEN = ['b1', 'b2']
const WRITTEN = [ADA, BEN]
const GOOD = ['a1', 'b1', 'a2', 'b2', 'a3']

const verdict = (ada: readonly string[], ben: readonly string[], accepted = WRITTEN) =>
  judge({ accepted, written: WRITTEN, shown: [ada, ben] })

describe('the judge', () => {
  test('finds nothing in a whole talk', () => {
    expect(verdict(GOOD, GOOD)).toEqual({ messages: 5, lost: [], doubled: [], disordered: [] })
  })

  test('misses what was taken and is not on both sides', () => {
    const without = GOOD.filter((text) => text !== 'b1')
    expect(verdict(GOOD, without).lost).toEqual(['b1'])
    expect(verdict(without, without).lost).toEqual(['b1'])
  })

  test('asks for what was never taken only where somebody shows it', () => {
    const accepted = [['a1', 'a2'], BEN]
    const without = GOOD.filter((text) => text !== 'a3')
    expect(verdict(without, without, accepted)).toMatchObject({ messages: 4, lost: [] })
    expect(verdict(GOOD, without, accepted).lost).toEqual(['a3'])
  })

  test('finds what stands twice on a side, and calls nothing else wrong', () => {
    const twice = ['a1', 'b1', 'a2', 'a1', 'b2', 'a3']
    expect(verdict(GOOD, twice)).toMatchObject({ lost: [], doubled: ['a1'], disordered: [] })
  })

  test('finds two orders, and a writer’s own order turned round', () => {
    expect(verdict(GOOD, ['b1', 'a1', 'a2', 'b2', 'a3']).disordered).toEqual(['a1', 'b1'])
    const turned = ['a2', 'b1', 'a1', 'b2', 'a3']
    expect(verdict(turned, turned).disordered).toEqual(['a1'])
  })
})
