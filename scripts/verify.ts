// `npm run verify -- FILE`: works the verdict of an exported receipt out again, by code that shares nothing with the
// app's own.

import { readFileSync } from 'node:fs'
import { check } from './verify/check.ts'
import { type ReceiptJson, readReceipt } from './verify/receipt-json.ts'

const USAGE = `Usage: npm run -s verify -- FILE

FILE is a receipt as "Export receipt" saves it. From its counts S, the error rates with their intervals, the length of the
key under each proof and the verdict are worked out again, with formulas written for this program alone, and compared
with what the file says.

Exit code 0 where all agrees; 1 where a figure is not what the counts give, with a sentence for each; 2 where FILE can't
be read or is no receipt.

What it can't tell: nobody signs the counts, so who invents them all, and every figure to fit, is not found out. How many
pairs were sent, the session's id, the noise that was planned and the way it went follow from no count; there only the
checksum shows a slip.`

const args = process.argv.slice(2)
const [file] = args
if (args.includes('--help') || args.includes('-h')) console.log(USAGE)
else if (file === undefined || args.length > 1) end(2, `One file is needed.\n\n${USAGE}`)
else verify(file)

function verify(path: string): void {
  const text = read(path)
  if (text === null) return
  const found = readReceipt(text)
  if ('fault' in found) return end(2, `${path} can't be verified. ${found.fault}`)
  const findings = check(found.receipt)
  if (findings.length > 0) return end(1, [`${path} was changed:`, ...findings.map((line) => `  ${line}`)].join('\n'))
  console.log(agreement(found.receipt))
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    end(2, `${path} can't be read: ${error instanceof Error ? error.message : error}`)
    return null
  }
}

function agreement({ terms, arrivedPairs, readings, key, verdict }: ReceiptJson): string {
  const s = readings.s === null ? 'S was not measured' : `S = ${readings.s.toFixed(4)}`
  const { trusted, collective, coherent } = key.proofs
  return [
    `All figures follow from the counts: ${arrivedPairs} of ${terms.pairs} pairs, ${s}, ${key.siftedBits} sifted bits,`,
    `key of ${trusted ?? 'unknown'} bits (trusted devices), ${collective} (device-independent, collective attacks),`,
    `${coherent} (coherent attacks, in that experiment); ${verdict.outcome}, decided by the proof "${terms.proof}".`,
  ].join('\n')
}

function end(code: 1 | 2, sentence: string): void {
  console.error(sentence)
  process.exitCode = code
}
