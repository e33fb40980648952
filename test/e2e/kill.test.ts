// Real browsers, killed in mid-talk: a few of the rounds that `npm run soak` plays by the hundred.

import { expect, inject, it } from 'vitest'
import { runKillRounds } from '../../scripts/soak/kill-rounds.ts'
import { startTestServer } from './server.ts'

/** Its three rounds kill each side alone, one of them twice, and both at once. */
const SEED = 'kill-51'

it('a killed browser loses nothing and shows nothing twice, whoever it was', async () => {
  const parts = {
    chromiumPath: inject('chromiumPath'),
    startServer: (port = 0) => startTestServer({ port }),
    print: () => {},
  }
  const { result, faults } = await runKillRounds(parts, 3, SEED)
  expect(faults).toEqual([])
  expect(result).toMatchObject({ rounds: 3, lost: 0, doubled: 0, disordered: 0 })
  expect(result.messages).toBeGreaterThan(20)
}, 180_000)
