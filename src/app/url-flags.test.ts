import { describe, expect, it } from 'vitest'
import { parseUrlFlags } from './url-flags.ts'

const PLAIN = { mode: 'efficient', noise: 0, eve: null, profile: null, bad: [] }

describe('parseUrlFlags', () => {
  it('has defaults without flags', () => {
    expect(parseUrlFlags('')).toEqual(PLAIN)
  })

  it('reads who this tab is to be', () => {
    expect(parseUrlFlags('?profile=Bob-2')).toEqual({ ...PLAIN, profile: 'Bob-2' })
  })

  it('reads mode and noise', () => {
    expect(parseUrlFlags('?mode=textbook&noise=.05')).toMatchObject({ mode: 'textbook', noise: 0, bad: ['noise=.05'] })
    expect(parseUrlFlags('?mode=textbook&noise=0.05')).toEqual({ ...PLAIN, mode: 'textbook', noise: 0.05 })
  })

  it.each([
    ['?mode=', 'mode='],
    ['?mode=TEXTBOOK', 'mode=TEXTBOOK'],
    ['?mode=__proto__', 'mode=__proto__'],
    ['?noise=1.01', 'noise=1.01'],
    ['?noise=NaN', 'noise=NaN'],
    ['?noise=1e-3', 'noise=1e-3'],
    ['?profile=a%2Fb', 'profile=a/b'],
    ['?profile=', 'profile='],
    ['?strength=2', 'strength=2'],
    ['?angle=north', 'angle=north'],
    ['?eve=clone', 'eve=clone'],
    ['?eve=mitm', 'eve=mitm'],
    ['?eve=circular', 'eve=circular'],
    ['?eve=', 'eve='],
    ['?eve=GHZ', 'eve=GHZ'],
    ['?eve=constructor', 'eve=constructor'],
    ['?eve=%00', 'eve=\0'],
    ['?lang=xx', 'lang=xx'],
  ])('ignores %s and tells of it', (search, told) => {
    expect(parseUrlFlags(search)).toEqual({ ...PLAIN, bad: [told] })
  })

  it.each([
    ['?eve=passive', { kind: 'passive' }],
    ['?eve=passive&strength=0.5&angle=45', { kind: 'passive' }],
    ['?eve=ghz', { kind: 'ghz', strength: 1, angleDegrees: 0 }],
    ['?eve=intercept', { kind: 'intercept', strength: 1, angleDegrees: 67.5 }],
    ['?eve=intercept&strength=0.25&angle=90', { kind: 'intercept', strength: 0.25, angleDegrees: 90 }],
    ['?eve=ghz&strength=0&angle=-22.5', { kind: 'ghz', strength: 0, angleDegrees: -22.5 }],
    ['?eve=off&strength=0.5', null],
    ['?strength=0.5&angle=45', null],
  ])('reads %s', (search, eve) => {
    expect(parseUrlFlags(search)).toEqual({ ...PLAIN, eve })
  })

  it('lets Eve do what is usual where her strength or angle mean nothing, and tells of it', () => {
    expect(parseUrlFlags('?eve=intercept&strength=1.5&angle=north')).toMatchObject({
      eve: { kind: 'intercept', strength: 1, angleDegrees: 67.5 },
      bad: ['strength=1.5', 'angle=north'],
    })
  })

  it('keeps what it tells short', () => {
    expect(parseUrlFlags(`?eve=${'x'.repeat(10_000)}`).bad[0]).toHaveLength(40)
  })

  it('leaves names of others alone', () => {
    expect(parseUrlFlags('?fbclid=1&utm_source=mail&eve=off').bad).toEqual([])
  })
})
