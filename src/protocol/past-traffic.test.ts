import { describe, expect, test } from 'vitest'
import { type Bytes, concatAll, toHex, xorBytes } from '../lib/bytes.ts'
import type { Message } from './messages.ts'
import { encodeSealed } from './sealed-message.ts'
import { type Side, TwoSessions } from './testing/two-sessions.ts'

/** Bytes of a run of the pad that must not be found: by chance one is, in all that is searched, in 1 of 2^50 tests. */
const RUN_BYTES = 8

/** Every byte string in a value, however deep. */
function bytesIn(value: unknown): readonly Uint8Array[] {
  if (value instanceof Uint8Array) return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(bytesIn)
}

const amplifyOf = (run: TwoSessions): Extract<Message, { type: 'amplify' }> => {
  const message = run.sent('alice').find(({ type }) => type === 'amplify')
  if (message?.type !== 'amplify') throw new Error('no amplify was sent')
  return message
}

/** What the pad of the recorded ciphertext was: known here because the text is. */
const padOf = (run: TwoSessions): Bytes => xorBytes(amplifyOf(run).ciphertext, encodeSealed(run.message))

describe.each(['efficient', 'textbook'] as const)('a message that was delivered (%s)', (mode) => {
  const run = new TwoSessions({ seed: `past ${mode}`, mode, text: 'the door code is on the blue folder' }).play()
  const pad = toHex(padOf(run))

  test.each(['alice', 'bob'] as const)('left nothing of its pad in what %s stored', (side: Side) => {
    const held = toHex(concatAll(bytesIn(run.commits(side))))
    expect(held.length).toBeGreaterThanOrEqual(2 * 64)
    for (let at = 0; at + 2 * RUN_BYTES <= pad.length; at += 2) {
      expect(held.includes(pad.slice(at, at + 2 * RUN_BYTES))).toBe(false)
    }
  })

  // (Over the zeros that pad the text the ciphertext is the pad: of that much the secret is nothing but zeros.)
  test('left nothing of its pad in what was said in public beside the ciphertext', () => {
    const all = [...run.sent('alice'), ...run.sent('bob')].map((message) => ({ ...message, ciphertext: null }))
    const said = toHex(concatAll(all.flatMap(bytesIn)))
    for (let at = 0; at + 2 * RUN_BYTES <= pad.length; at += 2) {
      expect(said.includes(pad.slice(at, at + 2 * RUN_BYTES))).toBe(false)
    }
  })

  test.each(['alice', 'bob'] as const)(
    'left %s no tag key: the pair is off the disk and the session has wiped its own',
    (side: Side) => {
      const gone = run
        .commits(side)
        .flatMap(({ changes }) => changes)
        .filter(({ type }) => type === 'deleteTagPair')
      expect(gone).toEqual([{ type: 'deleteTagPair', name: run.terms.tagPair }])
      expect(run.tagKeys[side].every((byte) => byte === 0)).toBe(true)
    },
  )
})

test('the search finds a pad that was kept (the test of the test)', () => {
  const run = new TwoSessions({ seed: 'kept' }).play()
  const kept = { changes: [{ note: padOf(run).slice(3, 40) }] }
  expect(toHex(padOf(run)).includes(toHex(concatAll(bytesIn(kept))))).toBe(true)
})
