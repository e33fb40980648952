import { describe, expect, test } from 'vitest'
import { attackFigures } from '../quantum/attacks.ts'
import { type OneSession, playSession } from './one-session.ts'

const CLEAN: OneSession = {
  textBytes: 100,
  mode: 'efficient',
  proof: 'trusted',
  epsilon: 1e-10,
  noise: 0,
  attack: null,
  seed: 'one',
}

function receiptOf(setup: OneSession) {
  const played = playSession(setup)
  if (!played.ok || !('receipt' in played.value) || played.value.receipt === null) throw new Error('no receipt')
  return played.value.receipt
}

describe('one session', () => {
  test.each(['efficient', 'textbook'] as const)('without an Eve delivers its message (%s)', (mode) => {
    const played = playSession({ ...CLEAN, mode })
    expect(played).toMatchObject({ ok: true, value: { type: 'confirmed', receipt: { outcome: 'delivered', qber: 0 } } })
  })

  test('of a long message goes the way of bulk', () => {
    const receipt = receiptOf({ ...CLEAN, textBytes: 20_000 })
    expect(receipt).toMatchObject({ outcome: 'delivered', route: 'direct' })
    expect(receipt.pairs).toBeGreaterThan(200_000)
  })

  test('shows the statistics of its noise and of its Eve', () => {
    const attack = { kind: 'intercept', strength: 0.6, angleRadians: 0.4 } as const
    const { s, tally } = receiptOf({ ...CLEAN, textBytes: 5_000, noise: 0.04, attack })
    const exact = attackFigures(attack, 0.04)
    const least = Math.min(tally.a1b1.count, tally.a1b3.count, tally.a3b1.count, tally.a3b3.count)
    // From a seed, so it passes or fails for good; 6 sigma, one seed in 5e8 would fail by chance.
    expect(Math.abs(s! - exact.s)).toBeLessThan(6 * Math.sqrt(4 / least))
  })

  test('where the keys differ, by noise or by a weak Eve, ends in words of the sender', () => {
    const noisy = playSession({ ...CLEAN, noise: 0.05 })
    expect(noisy.ok && noisy.value.type).toMatch(/confirmed|aborted/)
    const eve = playSession({ ...CLEAN, attack: { kind: 'intercept', strength: 1, angleRadians: 0 } })
    expect(eve).toMatchObject({ ok: true, value: { type: 'aborted', alert: true } })
  })

  test('that can not be planned says why', () => {
    expect(playSession({ ...CLEAN, noise: 0.4 })).toEqual({ ok: false, reason: 'impossible' })
  })
})
