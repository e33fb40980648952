import { describe, expect, it } from 'vitest'
import { parseUrlFlags } from './url-flags.ts'

describe('parseUrlFlags', () => {
  it('has defaults without flags', () => {
    expect(parseUrlFlags('')).toEqual({ mode: 'efficient', noise: 0, bad: [] })
  })

  it('reads mode and noise', () => {
    expect(parseUrlFlags('?mode=textbook&noise=.05')).toMatchObject({ mode: 'textbook', noise: 0, bad: ['noise=.05'] })
    expect(parseUrlFlags('?mode=textbook&noise=0.05')).toEqual({ mode: 'textbook', noise: 0.05, bad: [] })
  })

  it.each([
    ['?mode=', 'mode='],
    ['?mode=TEXTBOOK', 'mode=TEXTBOOK'],
    ['?mode=__proto__', 'mode=__proto__'],
    ['?noise=1.01', 'noise=1.01'],
    ['?noise=NaN', 'noise=NaN'],
    ['?noise=1e-3', 'noise=1e-3'],
    ['?strength=2', 'strength=2'],
    ['?angle=north', 'angle=north'],
    ['?eve=ghz', 'eve=ghz'],
    ['?eve=%00', 'eve=\0'],
    ['?lang=xx', 'lang=xx'],
  ])('ignores %s and tells of it', (search, told) => {
    expect(parseUrlFlags(search)).toEqual({ mode: 'efficient', noise: 0, bad: [told] })
  })

  it('keeps what it tells short', () => {
    expect(parseUrlFlags(`?eve=${'x'.repeat(10_000)}`).bad[0]).toHaveLength(40)
  })

  it('leaves names of others alone', () => {
    expect(parseUrlFlags('?fbclid=1&utm_source=mail&eve=off').bad).toEqual([])
  })
})
