import { createHash } from 'node:crypto'
import { poly1305 } from '@noble/ciphers/_poly1305.js'
import { describe, expect, test } from 'vitest'
import { toHex } from '../lib/bytes.ts'
import { Writer } from '../wire/codec.ts'
import { encodeFibre } from '../wire/fibre.ts'
import { withoutTag } from './messages.ts'
import type { SessionInput } from './session.ts'
import { frameQubits } from './terms.ts'
import { brokenRules } from './testing/transcript-rules.ts'
import { isMessage, MESSAGE_ID, messageInput, PAIR_NAME, TwoSessions } from './testing/two-sessions.ts'

const MODES = ['efficient', 'textbook'] as const
const printed = (run: TwoSessions): string => JSON.stringify(run.log, (_, value) => bytesAsHex(value))
const bytesAsHex = (value: unknown): unknown => (value instanceof Uint8Array ? toHex(value) : value)

describe.each(MODES)('two sessions (%s)', (mode) => {
  const run = new TwoSessions({ seed: `happy ${mode}`, mode, text: 'grüße \u{1F600}', newPairs: 2 }).play()

  test('carry the message, keep every rule of the transcript, and end as confirmed and accepted', () => {
    expect(brokenRules(run)).toEqual([])
    expect(run.end('alice')?.type).toBe('confirmed')
    expect(run.end('bob')?.type).toBe('accepted')
    expect(run.commit('bob', 'accepted')?.message).toEqual(run.message)
  })

  test('say their messages in the order of PROTOCOL section 4', () => {
    expect(run.sentTypes('alice')).toEqual(['propose', 'sifted', 'amplify'])
    expect(run.sentTypes('bob')).toEqual(['measured', 'estimated', 'received'])
    expect(run.commits('alice').map(({ step }) => step)).toEqual(['sealed', 'confirmed'])
    expect(run.commits('bob').map(({ step }) => step)).toEqual(['tagSpent', 'accepted'])
  })

  test('grow the same new pairs at both ends: pending at Alice, usable after `received`; usable at Bob', () => {
    const pairs = (changes: readonly { readonly type: string }[]): string =>
      JSON.stringify(changes, (_, value) => bytesAsHex(value))
    const sealed = run.commit('alice', 'sealed')!.changes
    const confirmed = run.commit('alice', 'confirmed')!.changes
    const accepted = run.commit('bob', 'accepted')!.changes
    expect(sealed[0]).toEqual({ type: 'deleteTagPair', name: PAIR_NAME })
    expect(pairs(confirmed)).toBe(pairs(accepted))
    expect(pairs(sealed.slice(1)).replaceAll('pending', 'usable')).toBe(pairs(accepted))
    const grown = accepted.flatMap((change) => (change.type === 'putTagPair' ? [change.pair] : []))
    expect(grown.map(({ name, lane, state, origin }) => [name, lane, state, origin])).toEqual([
      [`${run.terms.session}/0`, 'inviter', 'usable', 'information-theoretic'],
      [`${run.terms.session}/1`, 'inviter', 'usable', 'information-theoretic'],
    ])
    expect(new Set(grown.map(({ keys }) => toHex(keys))).size).toBe(2)
    expect(grown.every(({ keys }) => keys.length === 64 && keys.some((byte) => byte !== 0))).toBe(true)
  })

  test('keep the same readings in both receipts, and use exactly the bits needed', () => {
    const alice = run.commit('alice', 'confirmed')!.receipt
    const bob = run.commit('bob', 'accepted')!.receipt
    const { timesMs: _alice, ...mine } = alice
    const { timesMs: _bob, ...theirs } = bob
    expect(mine).toEqual(theirs)
    expect(mine.usedBits).toBe(run.terms.neededBits)
    expect(mine.keyBits).toBeGreaterThanOrEqual(run.terms.neededBits)
    expect(mine.qber).toBe(0)
    expect(mine.arrivedPairs).toBe(run.terms.pairs)
    // S of perfect pairs is 2 sqrt2; sigma of some 8,000 rounds below .02, six of them.
    expect(Math.abs(mine.s! - 2 * Math.SQRT2)).toBeLessThan(0.12)
  })

  test('hold nothing of the message, its id or a key in any message but under the pad', () => {
    const text = Buffer.from(run.message.text)
    const keys = run.commit('bob', 'accepted')!.changes.flatMap((c) => (c.type === 'putTagPair' ? [c.pair.keys] : []))
    for (const { encoded } of [...run.outputs('alice', 'send'), ...run.outputs('bob', 'send')]) {
      const bytes = Buffer.from(encoded)
      expect(bytes.includes(text)).toBe(false)
      expect(bytes.includes(Buffer.from(MESSAGE_ID, 'hex'))).toBe(false)
      for (const key of keys) expect(bytes.includes(Buffer.from(key.subarray(0, 16)))).toBe(false)
    }
  })

  test('say outcomes on rounds that make no key alone', () => {
    const [, sifted] = run.sent('alice')
    const [, estimated] = run.sent('bob')
    if (sifted?.type !== 'sifted' || estimated?.type !== 'estimated') throw new Error('other messages')
    const { siftedBits } = run.commit('bob', 'accepted')!.receipt
    expect(sifted.outcomes.length).toBe(run.terms.pairs - siftedBits)
    expect(estimated.outcomes.length).toBe(run.terms.pairs - siftedBits)
    expect(estimated.keyBits.length).toBe(0)
    expect(sifted.checks.length).toBe(mode === 'textbook' ? 2 : 1)
  })

  test('wipe their tag keys', () => {
    expect(run.tagKeys.alice.every((byte) => byte === 0)).toBe(true)
    expect(run.tagKeys.bob.every((byte) => byte === 0)).toBe(true)
  })

  test('are quiet after their end, whatever comes', () => {
    const inputs: SessionInput[] = [
      ...run.log.flatMap((entry) => ('input' in entry && entry.input.type === 'message' ? [entry.input] : [])),
      ...run.outputs('alice', 'fibre').slice(0, 2),
      { type: 'outcomes', start: 0, outcomes: new Uint8Array(10) },
      { type: 'committed' },
      { type: 'commitFailed', reason: 'full' },
      { type: 'timeout' },
      { type: 'lost' },
      { type: 'cancel' },
    ]
    for (const input of inputs) {
      expect(run.alice.handle(input, run.nowMs)).toEqual([])
      expect(run.bob!.handle(input, run.nowMs)).toEqual([])
    }
  })
})

describe('the tags of a session', () => {
  // A twin of the transcript, written down from PROTOCOL section 4; Poly1305 is noble's (RFC 8439).
  test('are one-time Poly1305 over version, room, sides, initiator, session, key name, Alice’s messages, then Bob’s', () => {
    const run = new TwoSessions({ seed: 'tags' })
    const keys = run.tagKeys.alice.slice()
    run.play()
    const { room, sides } = run.context('alice', run.terms)
    const [propose, sifted, amplify] = run.outputs('alice', 'send').map(({ encoded }) => encoded)
    const [measured, estimated] = run.outputs('bob', 'send').map(({ encoded }) => encoded)
    const covered = (alice: readonly Uint8Array[], bob: readonly Uint8Array[]): Uint8Array => {
      const writer = new Writer().text('sqc session').u8(1).text(room).bytes(sides.alice).bytes(sides.bob)
      writer.text(run.terms.session).text(run.terms.tagPair)
      for (const messages of [alice, bob]) {
        writer.u32(messages.length)
        for (const message of messages) writer.bytes(message)
      }
      return writer.end()
    }
    const bobs = covered([propose!, sifted!], [measured!, withoutTag(estimated!)])
    const alices = covered([propose!, sifted!, withoutTag(amplify!)], [measured!, estimated!])
    expect(toHex(estimated!.slice(-16))).toBe(toHex(poly1305(bobs, keys.slice(32))))
    expect(toHex(amplify!.slice(-16))).toBe(toHex(poly1305(alices, keys.slice(0, 32))))
  })
})

describe('a session', () => {
  test('is the same from the same seed, and another from another', () => {
    const digest = (seed: string): string => {
      const run = new TwoSessions({ seed, terms: { session: MESSAGE_ID } }).play()
      return createHash('sha256').update(printed(run)).digest('hex')
    }
    expect(digest('twice')).toBe(digest('twice'))
    expect(digest('twice')).not.toBe(digest('once'))
  })

  test('sends the pairs in frames of at most 1,100 bytes in a chat and 16 KiB in bulk, at least 16 of them', () => {
    const run = new TwoSessions({ seed: 'frames' })
    run.feed('alice', { type: 'start' })
    const frames = run.outputs('alice', 'fibre').map(({ frame }) => frame)
    expect(frames.length).toBeGreaterThanOrEqual(16)
    let next = 0
    for (const frame of frames) {
      expect(frame.start).toBe(next)
      expect(frame.session).toBe(run.terms.session)
      expect(encodeFibre(frame).length).toBeLessThanOrEqual(1_100)
      next += frame.qubits.indices.length
    }
    expect(next).toBe(run.terms.pairs)
    for (const pairs of [200_001, 10 ** 6, 2 ** 24]) {
      expect(Math.ceil(pairs / frameQubits(pairs))).toBeGreaterThanOrEqual(16)
      expect(1 + 16 + 4 + 2 + 1 + 72 + (frameQubits(pairs) * 3) / 8).toBeLessThanOrEqual(16_383)
    }
  })

  test('above 200,000 pairs sends no qubit before Bob is ready', () => {
    const run = new TwoSessions({ seed: 'bulk', terms: { pairs: 210_000 } })
    run.feed('alice', { type: 'start' })
    expect(run.outputs('alice', 'fibre')).toEqual([])
    expect(run.sentTypes('alice')).toEqual(['propose'])
    run.go()
    expect(brokenRules(run)).toEqual([])
    expect(run.sentTypes('bob')).toEqual(['ready', 'measured', 'estimated', 'received'])
    const ready = run.log.findIndex((e) => 'input' in e && isMessage(e.input, 'ready'))
    const first = run.log.findIndex((e) => 'output' in e && e.output.type === 'fibre')
    expect(first).toBeGreaterThan(ready)
    expect(run.end('bob')?.type).toBe('accepted')
  })

  test('under a derived pair deletes none, and all that grows from it is computational', () => {
    const run = new TwoSessions({ seed: 'derived', terms: { tagPair: 'derived' } }).play()
    expect(run.end('bob')?.type).toBe('accepted')
    const changes = [...run.commits('alice'), ...run.commits('bob')].flatMap(({ changes: all }) => all)
    expect(changes.some(({ type }) => type === 'deleteTagPair')).toBe(false)
  })

  test('that renews no pair grows none, and still carries its message', () => {
    const run = new TwoSessions({ seed: 'no new pairs', newPairs: 0 }).play()
    expect(run.commit('bob', 'accepted')?.changes).toEqual([])
    expect(run.end('alice')?.type).toBe('confirmed')
  })

  test('of noisy pairs whose keys differ says so, gives both keys away, seals nothing and spends no pair', () => {
    // Twice the pairs that the plan asks for: Bob counts the leak that five sigma more errors would take.
    const run = new TwoSessions({ seed: 'noisy', noise: 0.03, visibility: 0.97, terms: { pairs: 110_000 } }).play()
    expect(brokenRules(run)).toEqual([])
    expect(run.commits('alice')).toEqual([])
    expect(run.commits('bob')).toEqual([])
    for (const side of ['alice', 'bob'] as const) {
      expect(run.end(side)).toMatchObject({ type: 'aborted', reason: 'unreconciled', alert: false })
    }
  })

  test('too short says so, and both read the exact error rate of the sacrificed key', () => {
    const run = new TwoSessions({ seed: 'short', terms: { pairs: 8_000 } }).play()
    expect(brokenRules(run)).toEqual([])
    const [alice, bob] = [run.end('alice'), run.end('bob')]
    expect(alice).toMatchObject({
      type: 'aborted',
      reason: 'short',
      alert: false,
      receipt: { outcome: 'short', qber: 0 },
    })
    expect(bob).toMatchObject({
      type: 'aborted',
      reason: 'short',
      alert: false,
      receipt: { outcome: 'short', qber: 0 },
    })
    expect(run.sentTypes('alice')).toEqual(['propose', 'sifted', 'abort short'])
    expect(run.commits('alice').concat(run.commits('bob'))).toEqual([])
    const [mine, theirs] = [run.sent('alice').at(-1), run.sent('bob').at(-1)]
    if (mine?.type !== 'abort' || theirs?.type !== 'estimated') throw new Error('other messages')
    expect(mine.keyBits).toEqual(theirs.keyBits)
    expect(theirs.tag.length).toBe(0)
  })
})

describe('Alice', () => {
  test('says no setting, no outcome and no check while Bob has not measured, however often her clock runs out', () => {
    const run = new TwoSessions({ seed: 'silent bob', hands: (side, input) => (side === 'bob' ? [] : [input]) }).play()
    expect(run.sentTypes('alice')).toEqual(['propose', 'abort late'])
    expect(run.end('alice')).toEqual({ type: 'aborted', reason: 'late', alert: false, receipt: null })
  })

  test('is refused by Bob with his reason', () => {
    for (const reason of ['unknown-pair', 'not-accepted', 'busy', 'seen', 'impossible'] as const) {
      const run = new TwoSessions({ seed: 'refused' })
      run.feed('alice', { type: 'start' })
      const refuse = { type: 'message', message: { type: 'refuse', session: run.terms.session, reason } } as const
      run.feed('alice', { ...refuse, encoded: new Uint8Array(0) })
      expect(run.end('alice')).toEqual({ type: 'refused', reason })
    }
  })

  test('has a message on the wire for every input that her session sends', () => {
    const run = new TwoSessions({ seed: 'decodable' }).play()
    for (const { encoded } of run.outputs('alice', 'send')) expect(messageInput(encoded)).not.toBe(null)
  })
})
