// `npm start`: builds what is missing or stale, then serves app and signaling from this process. stdout gets one line,
// the URL; everything else is stderr.

import { register } from 'tsx/esm/api'
import { build, isStale } from './build.mjs'

/** Options that the contract names and that come with a later version. */
const LATER = {
  '--eve': 'what an eavesdropper hears in lab rooms',
  '--lan': 'a classroom on the local network',
}

try {
  const [option] = process.argv.slice(2)
  if (option !== undefined) throw new Error(refusal(option))
  if (isStale()) await build()
  register()
  await import('../signaling/main.ts')
} catch (error) {
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}

function refusal(option) {
  const subject = Object.hasOwn(LATER, option) ? LATER[option] : null
  return subject === null
    ? `The option ${JSON.stringify(option)} is unknown: npm start takes none. Ports and hosts are environment variables.`
    : `The option ${option} (${subject}) isn't in this version yet.`
}
