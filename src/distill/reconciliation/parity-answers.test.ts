import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { randomBytes, SeededRandom } from '../../lib/random.ts'
import { PASSES_MAX, ParityAnswers } from './parity-answers.ts'
import type { ParityQuestion, QuestionKind } from './reconciler.ts'
import { SHUFFLE_SEED_BYTES } from './shuffle.ts'

const seed = new Uint8Array(SHUFFLE_SEED_BYTES).fill(7)
const KEY_BITS = 200
const key = randomBytes(new SeededRandom('answers'), KEY_BITS).map((byte) => byte & 1)

const question = (
  kind: QuestionKind,
  length: number,
  starts: readonly number[] = [0],
  pass = 0,
): readonly ParityQuestion[] => [{ pass, kind, length, starts: Uint32Array.from(starts) }]

describe('Alice', () => {
  test('answers up to the cap and not a bit beyond, and what she refuses costs nothing', () => {
    const answers = new ParityAnswers(key, seed, 10)
    expect(answers.answer(question('syndrome', 64)).ok).toBe(true)
    expect(answers.answer(question('parity', 5, [0, 5, 10, 15, 20]))).toEqual({ ok: false, reason: 'leak-cap' })
    expect(answers.leakedBits).toBe(6)
    expect(answers.answer(question('parity', 5, [0, 5, 10, 15])).ok).toBe(true)
    expect(answers.answer(question('parity', 1))).toEqual({ ok: false, reason: 'leak-cap' })
    expect(answers.leakedBits).toBe(10)
  })

  test('counts the same question again when it comes again', () => {
    const answers = new ParityAnswers(key, seed, 3)
    for (let i = 0; i < 3; i++) expect(answers.answer(question('parity', 9)).ok).toBe(true)
    expect(answers.answer(question('parity', 9)).ok).toBe(false)
  })

  test.each<[string, readonly ParityQuestion[]]>([
    ['nothing', []],
    ['no ranges', question('parity', 4, [])],
    ['a range that begins beyond the key', question('parity', 4, [0, KEY_BITS])],
    ['a range of no length', question('parity', 0)],
    ['a range more than twice as long as the key', question('parity', 2 * KEY_BITS + 1)],
    ['a pass too many', question('parity', 4, [0], PASSES_MAX)],
    ['a negative pass', question('parity', 4, [0], -1)],
    ['half a pass', question('parity', 4, [0], 0.5)],
    ['a length that is no whole number', question('parity', 1.5)],
    ['a length that is no number', question('parity', Number.NaN)],
    ['a syndrome of a single place', question('syndrome', 1)],
    ['a syndrome of no power of two', question('syndrome', 12, [0, 12])],
    ['a syndrome off its grid', question('syndrome', 16, [8])],
    ['one bad range among good ones', [...question('parity', 4), ...question('syndrome', 16, [0, 17])]],
  ])('refuses %s', (_, questions) => {
    const answers = new ParityAnswers(key, seed, 1_000)
    expect(answers.answer(questions)).toEqual({ ok: false, reason: 'malformed' })
    expect(answers.leakedBits).toBe(0)
  })

  test('never throws and never tells more than the cap, whoever asks', () => {
    const number = fc.oneof(fc.nat(20), fc.integer(), fc.double(), fc.constantFrom(2 ** 31, 2 ** 32, 2 ** 53))
    const questions = fc.record({
      pass: number,
      kind: fc.constantFrom<QuestionKind>('parity', 'syndrome'),
      length: fc.oneof(number, fc.constantFrom(2, 4, 8, 16, 32)),
      starts: fc.array(fc.oneof(fc.nat(KEY_BITS), fc.nat()), { maxLength: 8 }).map((list) => Uint32Array.from(list)),
    })
    fc.assert(
      fc.property(fc.array(fc.array(questions, { maxLength: 4 }), { maxLength: 20 }), fc.nat(60), (messages, cap) => {
        const answers = new ParityAnswers(key, seed, cap)
        let told = 0
        for (const message of messages) {
          const answer = answers.answer(message)
          if (answer.ok) told += answer.value.length
        }
        expect(answers.leakedBits).toBe(told)
        expect(told).toBeLessThanOrEqual(cap)
      }),
      { numRuns: 300 },
    )
  })
})
