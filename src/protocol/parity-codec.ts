// Parity questions in bytes. A question is
//
//   u8      its pass, and 128 where syndromes are asked
//   number  its length
//   number  twice how many ranges, and 1 where each begins at the end of the one before
//   number  the first start; then, where they don't follow each other, the way from each start to the next
//
// with starts in steps of a length where syndromes are asked (they lie on that grid), and numbers of seven bits a byte,
// the lowest first, 128 where more follow. Blocks of a whole pass take some 6 bytes, a single range mostly 1 or 2.

import { type ParityQuestion, type QuestionKind, RANGES_MAX } from '../distill/reconciliation/reconciler.ts'
import type { Reader, Writer } from '../wire/codec.ts'

/** Passes, times lengths of a pass: a halving gives two lengths a level. */
export const QUESTIONS_MAX = 1_024
const SYNDROME = 128

export function writeQuestions(writer: Writer, questions: readonly ParityQuestion[]): void {
  writer.u16(questions.length)
  for (const { pass, kind, length, starts } of questions) {
    writer.u8(pass + (kind === 'syndrome' ? SYNDROME : 0))
    writeNumber(writer, length)
    const follow = starts.every((start, i) => i === 0 || start === starts[i - 1]! + length)
    writeNumber(writer, 2 * starts.length + (follow ? 1 : 0))
    const step = kind === 'syndrome' ? length : 1
    for (let i = 0, last = 0; i < (follow ? 1 : starts.length); i++) {
      writeNumber(writer, (starts[i]! - last) / step)
      last = starts[i]!
    }
  }
}

/** Questions in the form above; whether they are of this key is for those to say who answer them. */
export function readQuestions(reader: Reader): readonly ParityQuestion[] {
  const count = reader.u16()
  if (count > QUESTIONS_MAX) reader.fail()
  const questions: ParityQuestion[] = []
  let ranges = 0
  while (questions.length < count && !reader.failed) {
    const question = readQuestion(reader, RANGES_MAX - ranges)
    ranges += question.starts.length
    questions.push(question)
  }
  return questions
}

function readQuestion(reader: Reader, rangesMax: number): ParityQuestion {
  const head = reader.u8()
  const kind: QuestionKind = head >= SYNDROME ? 'syndrome' : 'parity'
  const length = readNumber(reader)
  const counted = readNumber(reader)
  const count = Math.floor(counted / 2)
  if (count > rangesMax) reader.fail()
  const starts = new Uint32Array(reader.failed ? 0 : count)
  const step = kind === 'syndrome' ? length : 1
  const follow = counted % 2 === 1
  for (let i = 0, start = 0; i < starts.length && !reader.failed; i++) {
    start += follow && i > 0 ? length : step * readNumber(reader)
    if (start >= 2 ** 32) reader.fail()
    starts[i] = start
  }
  return { pass: head % SYNDROME, kind, length, starts }
}

function writeNumber(writer: Writer, value: number): void {
  let rest = value
  for (; rest >= 128; rest = Math.floor(rest / 128)) writer.u8(128 + (rest % 128))
  writer.u8(rest)
}

/** Up to five bytes: 35 bits. */
function readNumber(reader: Reader): number {
  let value = 0
  for (let unit = 1; unit <= 128 ** 4; unit *= 128) {
    const byte = reader.u8()
    value += unit * (byte % 128)
    if (byte < 128) return value
  }
  reader.fail()
  return 0
}
