// Both ends together, all variants: what must hold for any key, any errors and any answers.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { asSecret, type Bits } from '../../lib/bits.ts'
import { randomBytes, SeededRandom } from '../../lib/random.ts'
import { checkOf } from '../verification.ts'
import { reconcile, withErrors } from './cascade-study.ts'
import { ParityAnswers } from './parity-answers.ts'
import { leakOf, type ParityQuestion } from './reconciler.ts'
import { placesOf, SHUFFLE_SEED_BYTES, Shuffles } from './shuffle.ts'
import { slowCascade, textbookCascade } from './slow-twins.ts'
import { makeReconciler, VARIANT_NAMES, VARIANTS } from './variants.ts'

const seedOf = (text: string) => randomBytes(new SeededRandom(text), SHUFFLE_SEED_BYTES)
const keyOf = (random: SeededRandom, length: number): Bits => randomBytes(random, length).map((byte) => byte & 1)
const differences = (a: Bits, b: Bits): number => a.reduce((sum, bit, i) => sum + (bit ^ b[i]!), 0)

/** A key of any length, any number of errors up to a half of it, and an expectation that may be far off. */
const frames = fc.record({
  length: fc.nat(400),
  share: fc.double({ min: 0, max: 0.5, noNaN: true }),
  expected: fc.double(),
  seed: fc.string(),
})

describe.each(VARIANT_NAMES)('%s', (variant) => {
  test('asks for parities of ranges of the key, and counts as leaked what was answered', () => {
    fc.assert(
      fc.property(frames, ({ length, share, expected, seed }) => {
        const random = new SeededRandom(seed)
        const alice = keyOf(random, length)
        const bob = withErrors(alice, Math.floor(share * length), random)
        const reconciler = makeReconciler(variant, bob, expected, seedOf(seed))
        const answers = new ParityAnswers(alice, seedOf(seed), Number.POSITIVE_INFINITY)
        let leaked = 0
        for (;;) {
          const questions = reconciler.next()
          if (questions === 'finished') break
          expect(reconciler.next()).toBe(questions)
          const told = answers.answer(questions)
          if (!told.ok) throw new Error(told.reason)
          expect(told.value).toEqual(slowAnswer(alice, seedOf(seed), questions))
          leaked += told.value.length
          expect(leakOf(questions)).toBe(told.value.length)
          expect(reconciler.answer(told.value)).toBe(true)
          expect([reconciler.leakedBits, answers.leakedBits]).toEqual([leaked, leaked])
        }
        expect(reconciler.correctedBits).toBe(differences(reconciler.key, bob))
      }),
    )
  })

  test('ends with keys that agree in the parity of every block, and mostly altogether', () => {
    let unequal = 0
    const runs = fc.record({
      length: fc.integer({ min: 1, max: 2_000 }),
      rate: fc.double({ min: 0, max: 0.11, noNaN: true }),
    })
    fc.assert(
      fc.property(runs, fc.string(), ({ length, rate }, seed) => {
        const random = new SeededRandom(seed)
        const alice = keyOf(random, length)
        const bob = withErrors(alice, Math.round(rate * length), random)
        const reconciler = makeReconciler(variant, bob, rate, seedOf(seed))
        const wholePasses: ParityQuestion[] = []
        reconcile(reconciler, {
          answer(questions) {
            wholePasses.push(
              ...questions.filter(({ length: size, starts }) => starts.length === Math.ceil(length / size)),
            )
            return new ParityAnswers(alice, seedOf(seed), Number.POSITIVE_INFINITY).answer(questions)
          },
        })
        const blocks = wholePasses.filter(({ kind }) => kind === 'parity')
        expect(blocks.length).toBeGreaterThan(0)
        expect(slowAnswer(reconciler.key, seedOf(seed), blocks)).toEqual(slowAnswer(alice, seedOf(seed), blocks))
        if (differences(reconciler.key, alice) > 0) unequal++
      }),
      { numRuns: 100 },
    )
    // Tiny keys have few blocks, where pairs of errors may hide.
    expect(unequal).toBeLessThan(40)
  })

  test('ends after a bounded number of rounds, whatever is answered', () => {
    const lies = fc.record({
      length: fc.integer({ min: 1, max: 120 }),
      rate: fc.double({ min: 0, max: 0.5, noNaN: true }),
    })
    fc.assert(
      fc.property(lies, fc.string(), ({ length, rate }, seed) => {
        const random = new SeededRandom(seed)
        const reconciler = makeReconciler(variant, keyOf(random, length), rate, seedOf(seed))
        for (let round = 0; ; round++) {
          const questions = reconciler.next()
          if (questions === 'finished') break
          expect(round).toBeLessThan(50 * length)
          reconciler.answer(keyOf(random, leakOf(questions)))
        }
        expect(reconciler.key.length).toBe(length)
      }),
    )
  })

  test('takes no other number of answers than it asked for, and goes on when the right number comes', () => {
    const random = new SeededRandom('numbers')
    const alice = keyOf(random, 500)
    const reconciler = makeReconciler(variant, withErrors(alice, 20, random), 0.04, seedOf('numbers'))
    const answers = new ParityAnswers(alice, seedOf('numbers'), 10_000)
    const questions = reconciler.next()
    if (questions === 'finished') throw new Error('it asks for something')
    const leak = leakOf(questions)
    expect(reconciler.answer(new Uint8Array(leak + 1))).toBe(false)
    expect(reconciler.answer(new Uint8Array(leak - 1))).toBe(false)
    expect(reconciler.answer(new Uint8Array(0))).toBe(false)
    expect(reconciler.leakedBits).toBe(0)
    reconcile(reconciler, answers)
    expect(reconciler.key).toEqual(alice)
    // What ended is finished, and takes no answers any more.
    expect(reconciler.next()).toBe('finished')
    expect(reconciler.answer(new Uint8Array(1))).toBe(false)
  })

  test('works on a copy, which is wiped, and gives a key that the check of Alice holds for', () => {
    const random = new SeededRandom('check')
    const [alice, hashKey] = [keyOf(random, 3_000), randomBytes(random, 16)]
    const bob = withErrors(alice, 90, random)
    const before = bob.slice()
    const reconciler = makeReconciler(variant, bob, 0.03, seedOf('check'))
    reconcile(reconciler, new ParityAnswers(alice, seedOf('check'), 10_000))
    expect(bob).toEqual(before)
    expect(checkOf(reconciler.key, hashKey)).toEqual(checkOf(asSecret(alice), hashKey))
    expect(reconciler.correctedBits).toBe(90)
    reconciler.wipe()
    expect(reconciler.key.every((bit) => bit === 0)).toBe(true)
  })
})

describe('original', () => {
  test('asks and mends exactly what a plain version does that counts every parity anew', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.double({ min: 0.005, max: 0.2, noNaN: true }),
        fc.string(),
        (length, q, seed) => {
          const random = new SeededRandom(seed)
          const alice = keyOf(random, length)
          const bob = withErrors(alice, Math.round(q * length), random)
          const reconciler = makeReconciler('original', bob, q, seedOf(seed))
          const roundTrips = reconcile(reconciler, new ParityAnswers(alice, seedOf(seed), Number.POSITIVE_INFINITY))
          const twin = slowCascade(alice, bob, seedOf(seed), VARIANTS.original.blockSizes(q))
          expect(reconciler.key).toEqual(twin.key)
          expect(reconciler.leakedBits).toBe(twin.leakedBits)
          expect(roundTrips).toBe(twin.roundTrips)
        },
      ),
    )
  })

  test('ends with the same key as the textbook, which mends one error at a time, for fewer round trips', () => {
    let [leaked, textbookLeaked] = [0, 0]
    for (let frame = 0; frame < 20; frame++) {
      const random = new SeededRandom(`textbook ${frame}`)
      const alice = keyOf(random, 2_000)
      const bob = withErrors(alice, 60, random)
      const seed = seedOf(`textbook ${frame}`)
      const reconciler = makeReconciler('original', bob, 0.03, seed)
      const roundTrips = reconcile(reconciler, new ParityAnswers(alice, seed, Number.POSITIVE_INFINITY))
      const textbook = textbookCascade(alice, bob, seed, VARIANTS.original.blockSizes(0.03))
      expect(reconciler.key).toEqual(textbook.key)
      expect(roundTrips).toBeLessThan(textbook.roundTrips / 4)
      leaked += reconciler.leakedBits
      textbookLeaked += textbook.leakedBits
    }
    // Blocks that are halved side by side find some errors twice.
    expect(leaked).toBeGreaterThan(textbookLeaked)
    expect(leaked).toBeLessThan(1.08 * textbookLeaked)
  })
})

/** What is asked, bit by bit of the key. */
function slowAnswer(key: Bits, seed: Uint8Array<ArrayBuffer>, questions: readonly ParityQuestion[]): Bits {
  const told: number[] = []
  for (const { pass, kind, length, starts } of questions) {
    const places = placesOf(new Shuffles(seed, key.length).order(pass))
    for (const start of starts) {
      const ones = [...key.keys()].filter((i) => key[i] === 1 && places[i]! >= start && places[i]! < start + length)
      if (kind === 'parity') told.push(ones.length % 2)
      else {
        const place = ones.reduce((sum, i) => sum ^ (places[i]! - start), 0)
        told.push(...[...place.toString(2).padStart(Math.log2(length), '0')].map(Number))
      }
    }
  }
  return Uint8Array.from(told)
}
