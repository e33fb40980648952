// Adds up what vitest's JSON reports say and prints one line, "123 passed, 0 failed". Steps that are no tests (types,
// lint, build) count when they failed, so that the line can't look green after one of them.
//
//   node scripts/tally.mjs FAILED_STEPS UNCLEAN REPORT.json ...
//
// UNCLEAN is 1 when a run of vitest ended with an error: that must not be lost where no test of it failed (an error
// that nobody caught, a file that wasn't found).

import { readFileSync } from 'node:fs'

const [failedSteps, unclean, ...reports] = process.argv.slice(2)
let passed = 0
let failed = Number(failedSteps)

for (const path of reports) {
  const report = read(path)
  if (report === null) {
    // The run ended before it could report: whatever was in it didn't pass.
    failed += 1
    continue
  }
  passed += report.numPassedTests
  // A file that can't be loaded, or whose set-up fails, is a failed suite without a failed test in it.
  const broken = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  )
  failed += report.numFailedTests + broken.length
}

if (failed === 0 && unclean === '1') failed = 1

process.stdout.write(`${passed} passed, ${failed} failed\n`)
process.exitCode = failed === 0 && passed > 0 ? 0 : 1

function read(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return null
  }
}
