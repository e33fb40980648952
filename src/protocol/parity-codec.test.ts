import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { withErrors } from '../distill/reconciliation/cascade-study.ts'
import { ParityAnswers } from '../distill/reconciliation/parity-answers.ts'
import type { ParityQuestion, QuestionKind } from '../distill/reconciliation/reconciler.ts'
import { SHUFFLE_SEED_BYTES } from '../distill/reconciliation/shuffle.ts'
import { makeReconciler, type VariantName } from '../distill/reconciliation/variants.ts'
import { randomBytes, SeededRandom } from '../lib/random.ts'
import { Reader, Writer } from '../wire/codec.ts'
import { QUESTIONS_MAX, readQuestions, writeQuestions } from './parity-codec.ts'

function encode(questions: readonly ParityQuestion[]): Uint8Array {
  const writer = new Writer()
  writeQuestions(writer, questions)
  return writer.end()
}

function decode(bytes: Uint8Array): readonly ParityQuestion[] | null {
  const reader = new Reader(bytes)
  const questions = readQuestions(reader)
  return reader.done ? questions : null
}

const questions = fc
  .record({
    pass: fc.nat(15),
    kind: fc.constantFrom<QuestionKind>('parity', 'syndrome'),
    power: fc.integer({ min: 1, max: 20 }),
    gaps: fc.array(fc.oneof(fc.nat(3), fc.nat(100)), { minLength: 1, maxLength: 30 }),
  })
  .map(({ pass, kind, power, gaps }): ParityQuestion => {
    const [length, step] = kind === 'syndrome' ? [2 ** power, 2 ** power] : [power, 1]
    let start = 0
    return { pass, kind, length, starts: Uint32Array.from(gaps, (gap) => (start += gap * step)) }
  })

describe('parity questions', () => {
  test('are read as they were written', () => {
    fc.assert(
      fc.property(fc.array(questions, { maxLength: 20 }), (list) => {
        expect(decode(encode(list))).toEqual(list)
      }),
    )
  })

  test('are null, and nothing is thrown, for bytes that are none', () => {
    fc.assert(
      fc.property(fc.array(questions, { minLength: 1, maxLength: 5 }), fc.nat(), (list, cut) => {
        const bytes = encode(list)
        expect(decode(bytes.slice(0, cut % bytes.length))).toBeNull()
        expect(decode(Uint8Array.from([...bytes, 0]))).toBeNull()
      }),
    )
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => void decode(bytes)))
  })

  test('of a few bytes that claim millions of ranges, or starts beyond 32 bits, are refused', () => {
    const claim = (...body: number[]) => decode(Uint8Array.from([0, 1, 0, ...body]))
    // A length of 1, 2^27 ranges that follow each other.
    expect(claim(1, 0x81, 0x80, 0x80, 0x80, 0x01, 0)).toBeNull()
    // 2^21 ranges of 2^28: the starts run over.
    expect(claim(0x80, 0x80, 0x80, 0x80, 0x01, 0x81, 0x80, 0x80, 0x02, 0)).toBeNull()
    // A number without an end.
    expect(claim(0xff, 0xff, 0xff, 0xff, 0xff, 0xff)).toBeNull()
    expect(decode(Uint8Array.from([(QUESTIONS_MAX + 1) >> 8, (QUESTIONS_MAX + 1) & 255]))).toBeNull()
  })

  // 13,000 key bits are a chat message's at a QBER of 2.5 %.
  test.each<[VariantName, number, number]>([
    ['hamming', 300, 700],
    ['original', 350, 4_000],
  ])('of %s for a chat message fit in a frame each and take under %d bytes, %d in all', (variant, most, all) => {
    const random = new SeededRandom('sizes')
    const key = randomBytes(random, 13_000).map((byte) => byte & 1)
    const seed = randomBytes(random, SHUFFLE_SEED_BYTES)
    const bob = makeReconciler(variant, withErrors(key, 325, random), 0.025, seed)
    const alice = new ParityAnswers(key, seed, 13_000)
    const sizes: number[] = []
    for (let asked = bob.next(); asked !== 'finished'; asked = bob.next()) {
      sizes.push(encode(asked).length)
      const told = alice.answer(asked)
      if (told.ok) bob.answer(told.value)
    }
    expect(bob.key).toEqual(key)
    expect(Math.max(...sizes)).toBeLessThan(most)
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(all)
  })
})
