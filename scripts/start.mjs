// `npm start`: builds what is missing or stale, then serves app and signaling from this process. stdout gets one line,
// the URL; everything else is stderr. package.json starts it by `exec`: a shell between npm and this process would keep
// npm's SIGTERM for itself, and leave the server running without a parent.
//
//   --eve   tells, on stderr and in words, what an eavesdropper hears in lab rooms (signaling/main.ts reads it)

import { build, isStale } from './build.mjs'

const OPTIONS = ['--eve']
/** Options that the contract names and that come with a later version. */
const LATER = { '--lan': 'a classroom on the local network' }

/** Ends before the server is there: it has nobody to tell, but a build may have to be ended with us. */
const building = new AbortController()
const end = () => {
  building.abort()
  process.exit(0)
}

try {
  const unfit = process.argv.slice(2).find((option) => !OPTIONS.includes(option))
  if (unfit !== undefined) throw new Error(refusal(unfit))
  process.once('SIGTERM', end).once('SIGINT', end)
  if (isStale()) await build(building.signal)
  const { register } = await import('tsx/esm/api')
  register()
  await import('../signaling/main.ts')
  // From here on the server sees to signals itself.
  process.off('SIGTERM', end).off('SIGINT', end)
} catch (error) {
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}

function refusal(option) {
  const subject = Object.hasOwn(LATER, option) ? LATER[option] : null
  return subject === null
    ? `The option ${JSON.stringify(option)} is unknown: npm start takes --eve alone. Ports and hosts are environment variables.`
    : `The option ${option} (${subject}) isn't in this version yet.`
}
