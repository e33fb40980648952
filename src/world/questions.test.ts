import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Answer, answer } from './questions.ts'

const RECEIPT_FIELDS = [
  'pairs',
  'mode',
  's',
  'sLow',
  'sHigh',
  'qber',
  'siftedBits',
  'leakedBits',
  'keyBits',
  'keyBitsCollective',
  'keyBitsCoherent',
  'usedBits',
  'epsilon',
  'proof',
  'authentication',
  'algorithm',
  'efficiency',
  'eve',
]

const errorOf = (question: unknown): string => String(answer(question)['error'])
const P0 = (1 - Math.SQRT1_2) / 2
const entropy = (p: number): number => -p * Math.log2(p) - (1 - p) * Math.log2(1 - p)

describe('keyLength', () => {
  const trusted = { ask: 'keyLength', proof: 'trusted', keyBits: 1e4, testBits: 1e4, testErrorRate: P0 }
  const spent = { leakedBits: 0, tagBits: Math.log2(4e10), epsilon: 1e-10 }

  test.each([
    [1e4, 0, 4507.144],
    [1e6, 0.025, 574566.512],
  ])('trusted gives the reference of PROTOCOL section 5: n = %d, Q = %d', (n, qber, expected) => {
    const leakedBits = qber === 0 ? 0 : 1.16 * n * entropy(qber)
    const testErrorRate = P0 + qber / Math.SQRT2
    const found = answer({ ...trusted, ...spent, keyBits: n, testBits: n, testErrorRate, leakedBits })
    expect(found['beforeFloor']).toBeCloseTo(expected, 3)
    expect(found['secretBits']).toBe(Math.floor(expected))
  })

  test('collective takes the tests as equally many of the four settings', () => {
    const question = { ask: 'keyLength', proof: 'collective', keyBits: 1e6, testBits: 4e5, s: 2.7, ...spent }
    const low = 2.7 - 8 * Math.sqrt((Math.log(4e10) / 2) * (4 / (16 * 1e5)))
    const chi = entropy((1 + Math.sqrt((low / 2) ** 2 - 1)) / 2)
    const smooth = 4 * Math.log2(2 + Math.SQRT2) * Math.sqrt(1e6 * Math.log2(32e20))
    const expected = 1e6 * (1 - chi) - spent.tagBits - smooth - Math.log2(40e10) - 2 * Math.log2(2.5e10)
    expect(answer(question)['beforeFloor']).toBeCloseTo(expected, 3)
  })

  test('coherent gives the reference of the experiment within 10 bits', () => {
    const question = {
      ask: 'keyLength',
      proof: 'coherent',
      rounds: 1.5e6,
      testFraction: 13 / 256,
      s: 2.64,
      qber: 0.018,
    }
    expect(Math.abs((answer(question)['secretBits'] as number) - 95_884)).toBeLessThanOrEqual(10)
  })

  test('epsilon is 1e-10 unless told', () => {
    const { epsilon: _, ...without } = spent
    expect(answer({ ...trusted, ...without })).toEqual(answer({ ...trusted, ...spent }))
  })

  test('secretBits is 0 where nothing was tested, and never under 0', () => {
    for (const change of [{ testBits: 0 }, { keyBits: 0 }, { leakedBits: 1e6 }, { keyBits: 10 }]) {
      expect(answer({ ...trusted, ...spent, ...change })['secretBits']).toBe(0)
    }
    const collective = { ...trusted, ...spent, proof: 'collective', s: 2.8 }
    expect(answer({ ...collective, testBits: 0 })['secretBits']).toBe(0)
    const coherent = { ask: 'keyLength', proof: 'coherent', rounds: 1e7, s: 2.8, qber: 0 }
    for (const testFraction of [0, 1]) expect(answer({ ...coherent, testFraction })['secretBits']).toBe(0)
  })
})

describe('attack', () => {
  test('answers the exact figures, and no others', () => {
    const found = answer({ ask: 'attack', eve: 'ghz' })
    expect(Object.keys(found)).toEqual(['s', 'correlations', 'qber', 'guess'])
    expect(Object.keys(found['correlations'] as object)).toHaveLength(9)
    expect(found['s']).toBeCloseTo(Math.SQRT2, 12)
    expect(found['qber']).toEqual({ a3b2: expect.closeTo(0.5, 12), a2b1: expect.closeTo(0.25, 12) })
    expect(found['guess']).toEqual({ a3: expect.closeTo(0.5, 12), b1: expect.closeTo(0.853553, 6) })
  })

  test('intercept stands at 67.5 degrees unless told, ghz at 0, at full strength', () => {
    const at = (question: object): Answer => answer({ ask: 'attack', ...question })
    expect(at({ eve: 'intercept' })).toEqual(at({ eve: 'intercept', strength: 1, angle: 67.5, noise: 0 }))
    expect(at({ eve: 'ghz' })).toEqual(at({ eve: 'ghz', strength: 1, angle: 0, noise: 0 }))
    expect(at({ eve: 'intercept' })['qber']).toEqual({
      a3b2: expect.closeTo(0.073223, 6),
      a2b1: expect.closeTo(0.073223, 6),
    })
  })

  test('off and passive leave the pairs alone, and noise shows as Werner error', () => {
    for (const eve of ['off', 'passive']) {
      const found = answer({ ask: 'attack', eve, noise: 0.1 })
      expect(found['s']).toBeCloseTo(0.9 * 2 * Math.SQRT2, 12)
      expect(found['guess']).toEqual({ a3: expect.closeTo(0.5, 12), b1: expect.closeTo(0.5, 12) })
    }
  })

  test('a full turn of the angle changes nothing', () => {
    const at = (angle: number) => answer({ ask: 'attack', eve: 'intercept', angle })['s']
    expect(at(30 + 360 * 1000)).toBeCloseTo(at(30) as number, 12)
    expect(at(-330)).toBeCloseTo(at(30) as number, 12)
  })
})

describe('plan', () => {
  test('answers pairs, the six probabilities and the bits of key', () => {
    const found = answer({ ask: 'plan', bytes: 100 })
    expect(Object.keys(found)).toEqual(['pairs', 'settings', 'neededBits'])
    expect(found['neededBits']).toBe(1_664)
    expect(found['pairs']).toBeGreaterThan(20_000)
    expect(found['pairs']).toBeLessThan(25_000)
    const { a1, a2, a3, b1, b2, b3 } = found['settings'] as Record<string, number>
    expect(a1! + a2! + a3!).toBe(1)
    expect(b1! + b2! + b3!).toBe(1)
  })

  test('knows both modes and the noise', () => {
    const pairs = (change: object) => answer({ ask: 'plan', bytes: 100, ...change })['pairs'] as number
    expect(pairs({ mode: 'textbook' })).toBeGreaterThan(pairs({ mode: 'efficient' }))
    expect(pairs({ noise: 0.05 })).toBeGreaterThan(1.5 * pairs({}))
    expect(pairs({ epsilon: 1e-20 })).toBeGreaterThan(pairs({}))
  })

  test('says where there is no plan', () => {
    expect(errorOf({ ask: 'plan', bytes: 100, noise: 0.3 })).toContain('No number of pairs')
    expect(errorOf({ ask: 'plan', bytes: 2 ** 30 })).toContain('more pairs than a session may have')
  })
})

describe('run', () => {
  test('answers every field of a receipt, and how the session ended', () => {
    const found = answer({ ask: 'run', bytes: 100, seed: 7 })
    expect(Object.keys(found).sort()).toEqual([...RECEIPT_FIELDS, 'outcome'].sort())
    expect(found).toMatchObject({ outcome: 'delivered', qber: 0, usedBits: 1_664, mode: 'efficient', eve: 'off' })
    expect(found['keyBits']).toBeGreaterThanOrEqual(1_664)
  })

  test('is the same for the same seed, and another for another', () => {
    const run = (seed: unknown): Answer => answer({ ask: 'run', bytes: 20, eve: 'intercept', strength: 0.02, seed })
    expect(run('a')).toEqual(run('a'))
    expect(run('a')['s']).not.toBe(run('b')['s'])
    expect(run(12)).toEqual(run('12'))
  })

  test.each(['efficient', 'textbook'])('calls a full-strength Eve what she is (%s)', (mode) => {
    for (const eve of ['ghz', 'intercept', 'clone', 'circular']) {
      const found = answer({ ask: 'run', bytes: 10, mode, eve, seed: eve })
      expect(found, eve).toMatchObject({ outcome: 'alert', eve, mode, keyBits: 0, usedBits: 0 })
    }
    expect(answer({ ask: 'run', bytes: 10, mode, eve: 'passive' })['outcome']).toBe('delivered')
  })

  test('takes an Eve of strength 0 for nobody', () => {
    for (const eve of ['ghz', 'intercept', 'clone']) {
      expect(answer({ ask: 'run', bytes: 10, eve, strength: 0 })).toMatchObject({ outcome: 'delivered', qber: 0 })
    }
  })

  test('says where there is no plan', () => {
    expect(errorOf({ ask: 'run', bytes: 10, noise: 0.5 })).toContain('No number of pairs')
    expect(errorOf({ ask: 'run', bytes: 65_537 })).toContain('"bytes" is 65537')
  })
})

describe('cascade', () => {
  test('answers the figures of a study, the same for the same seed', () => {
    const question = { ask: 'cascade', bits: 10_000, errorRate: 0.01, variant: 'original', frames: 40, seed: 3 }
    const found = answer(question)
    expect(Object.keys(found)).toEqual(['efficiency', 'standardError', 'roundTrips', 'frameErrors'])
    // The published study: 1.143 at 1 %. From a seed; 6 standard errors.
    const { efficiency, standardError } = found as Record<string, number>
    expect(Math.abs(efficiency! - 1.143)).toBeLessThan(6 * standardError!)
    expect(answer(question)).toEqual(found)
    expect(answer({ ...question, variant: undefined })).toEqual(found)
  })

  test('runs every variant, down to keys of one bit and to few or many errors', () => {
    for (const variant of ['original', 'option7', 'option8', 'hamming']) {
      for (const bits of [1, 2, 9, 257]) {
        for (const errorRate of [1e-9, 0.03, 0.499]) {
          const found = answer({ ask: 'cascade', bits, errorRate, variant, frames: 2 })
          expect(found['error'], `${variant} ${bits} ${errorRate}`).toBeUndefined()
          for (const number of numbersOf(found)) expect(Number.isFinite(number)).toBe(true)
        }
      }
    }
  })

  test('refuses what no study could be, and what would take for ever', () => {
    const good = { ask: 'cascade', bits: 100, errorRate: 0.01, frames: 1 }
    for (const errorRate of [0, 0.5, 1, '0.1', undefined])
      expect(errorOf({ ...good, errorRate })).toContain('"errorRate"')
    for (const bits of [0, 1.5, 1e9, undefined]) expect(errorOf({ ...good, bits })).toContain('"bits"')
    for (const frames of [0, -1, 1e12, undefined]) expect(errorOf({ ...good, frames })).toContain('"frames"')
    expect(errorOf({ ...good, variant: 'winnow' })).toContain('one of original, option7, option8, hamming')
    expect(errorOf({ ...good, bits: 1e6, frames: 1e6 })).toBe('"bits" times "frames" must be at most 100000000.')
  })
})

describe('a question that is none', () => {
  test.each([[null], [undefined], ['attack'], [7], [[]], [true]])('is told what one looks like: %j', (question) => {
    expect(errorOf(question)).toContain('A question is an object')
  })

  test('is told the first field that is wrong, and what it must be', () => {
    expect(errorOf({})).toBe('"ask" is missing; it must be one of keyLength, attack, plan, run, cascade.')
    expect(errorOf({ ask: 'fly' })).toContain('"ask" is "fly"')
    expect(errorOf({ ask: 'keyLength' })).toContain('"proof" is missing')
    expect(errorOf({ ask: 'attack' })).toContain('"eve" is missing')
    expect(errorOf({ ask: 'attack', eve: 'mitm' })).toContain('"eve" is "mitm"')
    expect(errorOf({ ask: 'attack', eve: 'ghz', strength: '1' })).toBe(
      '"strength" is "1"; it must be a number from 0 to 1.',
    )
    expect(errorOf({ ask: 'attack', eve: 'off', angle: null })).toContain('"angle" is null')
    expect(errorOf({ ask: 'plan', bytes: 1.5 })).toContain('a whole number from 0')
    expect(errorOf({ ask: 'plan', bytes: 1, epsilon: 1 })).toContain('to below 1')
    expect(errorOf({ ask: 'plan', bytes: 'x'.repeat(1_000) }).length).toBeLessThan(120)
    expect(errorOf({ ask: 'run', bytes: 1, seed: {} })).toContain('"seed" is {}')
  })

  test('gets an error for each number that is none, is out of range or has no end', () => {
    const good: Record<string, Record<string, unknown>> = {
      trusted: { proof: 'trusted', keyBits: 1e4, testBits: 1e4, testErrorRate: P0, leakedBits: 0, tagBits: 64 },
      collective: { proof: 'collective', keyBits: 1e4, testBits: 1e4, s: 2.7, leakedBits: 0, tagBits: 64 },
      coherent: { proof: 'coherent', rounds: 1e6, testFraction: 0.1, s: 2.7, qber: 0 },
    }
    for (const fields of Object.values(good)) {
      expect(answer({ ask: 'keyLength', ...fields })['error']).toBeUndefined()
      for (const name of Object.keys(fields)) {
        for (const bad of [undefined, null, '1', true, [], Number.NaN, Number.POSITIVE_INFINITY, -5, 1e300]) {
          expect(errorOf({ ask: 'keyLength', ...fields, [name]: bad }), `${name} ${bad}`).toContain(`"${name}"`)
        }
      }
    }
  })

  test('never makes it throw, and never gets NaN: any values in any fields', () => {
    const value = fc.oneof(
      fc.double(),
      fc.constantFrom(0, 1, -1, 2.8, 1e300, 5e-324, Number.MAX_SAFE_INTEGER, 'ghz', 'clone', 'trusted', 'collective'),
      fc.jsonValue(),
    )
    const names = ['proof', 'keyBits', 'testBits', 'testErrorRate', 'leakedBits', 'tagBits', 'epsilon', 's', 'qber']
    const more = ['rounds', 'testFraction', 'eve', 'strength', 'angle', 'noise', 'mode']
    const fields = fc.dictionary(fc.constantFrom(...names, ...more, '__proto__', 'toString'), value)
    const ask = fc.constantFrom('keyLength', 'attack', 'plan', 'toString', '__proto__')
    const proof = fc.constantFrom('trusted', 'collective', 'coherent')
    fc.assert(
      fc.property(ask, proof, fields, (asked, chosen, rest) => {
        const found = answer({ proof: chosen, eve: 'clone', bytes: 10, ...rest, ask: asked })
        for (const number of numbersOf(found)) expect(Number.isFinite(number)).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })

  test('gets a finite answer at every corner of what it may ask', () => {
    const corner = (values: readonly number[]) => fc.constantFrom(...values)
    const count = corner([0, 1, 2, 1e4, 1e15, Number.MAX_SAFE_INTEGER])
    const rate = corner([0, 1e-300, 0.5, 1 - 1e-16, 1])
    const question = fc.record({
      proof: fc.constantFrom('trusted', 'collective', 'coherent'),
      keyBits: count,
      testBits: count,
      rounds: count,
      leakedBits: count,
      tagBits: count,
      testErrorRate: rate,
      testFraction: rate,
      qber: rate,
      s: corner([-4, -2, 0, 2, 2 * Math.SQRT2, 4]),
      epsilon: corner([1e-100, 1e-17, 1e-10, 0.5, 1 - 1e-16]),
    })
    fc.assert(
      fc.property(question, (fields) => {
        const found = answer({ ask: 'keyLength', ...fields })
        expect(Number.isInteger(found['secretBits'])).toBe(true)
        expect(found['secretBits']).toBeGreaterThanOrEqual(0)
        for (const number of numbersOf(found)) expect(Number.isFinite(number)).toBe(true)
      }),
      { numRuns: 3_000 },
    )
  })
})

const numbersOf = (value: unknown): readonly number[] =>
  typeof value === 'number'
    ? [value]
    : typeof value === 'object' && value
      ? Object.values(value).flatMap(numbersOf)
      : []
