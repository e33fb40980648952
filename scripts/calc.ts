// `npm run -s calc -- FILE`: answers a JSON list of questions with a JSON list, for researchers and checks.

import { readFileSync } from 'node:fs'
import { VARIANT_NAMES } from '../src/distill/reconciliation/variants.ts'
import { answer } from '../src/world/questions.ts'

const USAGE = `Usage: npm run -s calc -- FILE
       npm run -s calc -- -          reads the questions from standard input

FILE holds a JSON list of questions; the answers are a JSON list in the same order, printed to standard output. A
question that is unknown or impossible is answered by {"error": "..."} in its place. Exit code 0; 1 where FILE can't be
read, is no JSON or holds no list.

Questions. Probabilities and rates are numbers from 0 to 1, S from -4 to 4, angles Bloch degrees in the X-Z plane. What
has a default may be left out.

  {"ask": "keyLength", "proof": "trusted", "keyBits", "testBits", "testErrorRate", "leakedBits", "tagBits", "epsilon"}
  {"ask": "keyLength", "proof": "collective", "keyBits", "testBits", "s", "leakedBits", "tagBits", "epsilon"}
      -> {"secretBits", "beforeFloor"}
      testBits is the total: of the phase half (trusted), of the four CHSH settings, equally many each (collective).
      testErrorRate is the rate as read: (1 - 1/sqrt2)/2 for perfect pairs.
  {"ask": "keyLength", "proof": "coherent", "rounds", "testFraction", "s", "qber", "epsilon"}
      -> {"secretBits"}
  {"ask": "attack", "eve", "strength", "angle", "noise"}
      -> {"s", "correlations": {"a1b1" ... "a3b3"}, "qber": {"a3b2", "a2b1"}, "guess": {"a3", "b1"}}
  {"ask": "plan", "bytes", "mode", "noise", "epsilon"}
      -> {"pairs", "settings": {"a1", "a2", "a3", "b1", "b2", "b3"}, "neededBits"}
  {"ask": "run", "bytes", "mode", "noise", "eve", "strength", "angle", "epsilon", "seed"}
      -> one whole session, the same for the same seed: the fields of a receipt ("pairs", "mode", "s", "sLow", "sHigh",
         "qber", "siftedBits", "leakedBits", "keyBits", "keyBitsCollective", "keyBitsCoherent", "usedBits", "epsilon",
         "proof", "authentication", "algorithm", "efficiency", "eve") and "outcome": delivered, queued or alert.
         Null where a figure is not known.
  {"ask": "cascade", "bits", "errorRate", "variant", "frames", "seed"}
      -> {"efficiency" (the mean), "standardError", "roundTrips", "frameErrors"} of so many frames of so many bits, each
         with round(bits x errorRate) errors at random places

Values and defaults:
  eve        off, passive, ghz, intercept, clone, circular (no default in attack; in run off)
  strength   0 to 1, default 1 (intercept, circular: the fraction of pairs; ghz, clone: theta = strength x 90 degrees)
  angle      default 67.5 for intercept, 0 for ghz; the others have none
  noise      the Werner error 1 - V of the source, default 0; plan and run plan for it
  mode       efficient (default) or textbook
  bytes      of the message's text, a whole number
  epsilon    above 0, below 1, default 1e-10
  variant    ${VARIANT_NAMES.join(', ')}; default original
  seed       a whole number or a text, default 0`

const args = process.argv.slice(2)
const [file] = args
if (args.includes('--help') || args.includes('-h')) console.log(USAGE)
else if (file === undefined || args.length > 1) refuse(`One file is needed, or - for standard input.\n\n${USAGE}`)
else calculate(file)

function calculate(path: string): void {
  const text = read(path)
  if (text === null) return
  const questions = parse(text)
  if (Array.isArray(questions)) console.log(JSON.stringify(questions.map(answer), null, 2))
  else if (questions !== undefined) refuse(`${named(path)} holds no list of questions: it must begin with "[".`)
  else refuse(`${named(path)} is no JSON.`)
}

function read(path: string): string | null {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8')
  } catch (error) {
    refuse(`${named(path)} can't be read: ${error instanceof Error ? error.message : error}`)
    return null
  }
}

/** Undefined where the text is no JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function named(path: string): string {
  return path === '-' ? 'Standard input' : path
}

function refuse(sentence: string): void {
  console.error(sentence)
  process.exitCode = 1
}
