#!/usr/bin/env bash
# `npm test`: everything that CI runs. Goes on after a failure, so that one run tells all; the last line counts the
# tests that were really executed, and the exit code is 0 only when nothing failed.
set -uo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/node_modules/.bin:$PATH"

reports=$(mktemp -d)
trap 'rm -rf "$reports"' EXIT
failed=0
unclean=0
expected=()

step() { # step NAME COMMAND...: runs it, and counts it when it fails
  printf '\n== %s\n' "$1"
  shift
  "$@" || { failed=$((failed + 1)); echo "-- failed: $*"; return 1; }
}

suite() { # suite NAME VITEST_ARGUMENTS...: runs tests, which its report counts
  printf '\n== %s\n' "$1"
  expected+=("$reports/$1.json")
  vitest run --reporter=default --reporter=json --outputFile.json="$reports/$1.json" "${@:2}" || unclean=1
}

step types tsc --build
step lint biome check --error-on-warnings .
suite unit --project tidy --project unit --project signaling --project scripts
if step build node scripts/build.mjs; then
  step size node scripts/size.mjs
  if chromium=$(node --import tsx scripts/chromium.ts); then
    export CHROMIUM_PATH="$chromium"
    suite e2e --project e2e
  else
    step chromium false
  fi
fi

printf '\n'
node scripts/tally.mjs "$failed" "$unclean" "${expected[@]}" | tee "${TALLY_FILE:-/dev/null}"
exit "${PIPESTATUS[0]}"
