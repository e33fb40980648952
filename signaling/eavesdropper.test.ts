import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { type Bytes, concat, hexBytes, toHex } from '../src/lib/bytes.ts'
import { encodePlain } from '../src/pairing/signals.ts'
import { encodeMessage, type Message } from '../src/protocol/messages.ts'
import { TwoSessions } from '../src/protocol/testing/two-sessions.ts'
import { FRAME_BYTES_MAX, type FramePath, FrameSealer } from '../src/wire/frames.ts'
import { Eavesdropper } from './eavesdropper.ts'
import { encodeRelay } from './messages.ts'

const ROOM = '3f2a'.padEnd(32, '0')
const OTHER_ROOM = '4e11'.padEnd(32, '0')
const ALICE = '91c0'.padEnd(32, '0')
const BOB = 'b011'.padEnd(32, '0')
const SESSION = 'ab'.repeat(16)
/** In three frames. */
const long: Message = { type: 'abort', session: SESSION, reason: 'short', keyBits: new Uint8Array(300_000) }

let eve: Eavesdropper
let nowMs: number
beforeEach(() => {
  nowMs = 1_000
  eve = new Eavesdropper(nowMs)
})

const hear = (from: string, kind: 'signal' | 'public', payload: Uint8Array, room = ROOM): readonly string[] =>
  eve.hear({ type: 'overheard', room, from, kind, frame: encodeRelay(kind, payload) }, nowMs)

/** What a side says on one connection. */
function speaker(side: string, { connection = 1, path = 'relay' as FramePath, room = ROOM } = {}) {
  const sealer = new FrameSealer({ key: new Uint8Array(32), connection: new Uint8Array(8).fill(connection) }, path)
  const frames = (message: Message | Bytes): readonly Bytes[] =>
    sealer.seal(message instanceof Uint8Array ? message : encodeMessage(message))
  return {
    frames,
    frame: (bytes: Bytes) => hear(side, 'public', bytes, room),
    say: (message: Message | Bytes) => frames(message).flatMap((frame) => hear(side, 'public', frame, room)),
  }
}

const [propose] = new TwoSessions({ seed: 'eavesdropper' }).play().sent('alice')
if (propose?.type !== 'propose') throw new Error('Alice begins with her proposal')

describe('of a message on its way', () => {
  const TEXT = 'a sentence that she must not read'

  test('she tells who said what, what it reveals, and the ciphertext', () => {
    const run = new TwoSessions({ seed: 'told', text: TEXT }).play()
    const speakers = { alice: speaker(ALICE), bob: speaker(BOB) }
    const lines = run.log.flatMap((entry) =>
      'output' in entry && entry.output.type === 'send' ? speakers[entry.side].say(entry.output.encoded) : [],
    )
    const said = (['alice', 'bob'] as const).flatMap((side) => run.sent(side))
    const rounds = new Map(said.flatMap((one) => ('outcomes' in one ? [[one.type, one.outcomes.length]] : [])))
    const amplify = said.find(({ type }) => type === 'amplify')
    const measured = said.find(({ type }) => type === 'measured')
    if (amplify?.type !== 'amplify' || measured?.type !== 'measured') throw new Error('it was not delivered')
    const { pairs, neededBits } = run.terms
    const english = (value: number | undefined) => value?.toLocaleString('en')
    const shown = toHex(amplify.ciphertext).slice(0, 48)
    expect(lines).toEqual([
      `room 3f2a.. Alice's side 91c0.. proposes a key of ${english(pairs)} pairs (efficient, epsilon 1e-10), ${english(neededBits)} bits needed, tags under invite/inviter; reveals how long the message is, as padded`,
      `room 3f2a.. Bob's side b011.. says which settings it used for ${english(measured.settings.length)} pairs; reveals nothing of outcomes, and comes too late to measure by`,
      `room 3f2a.. Alice's side 91c0.. tells its settings, the outcomes of ${english(rounds.get('sifted'))} rounds that make no key, and a check of the key; reveals 64 bits about the key with each check, which the key is shortened by`,
      `room 3f2a.. Bob's side b011.. tells the outcomes of ${english(rounds.get('estimated'))} rounds that make no key, and that the keys are equal and long enough, under a one-time tag; reveals S and the errors, nothing of the key`,
      `room 3f2a.. Alice's side 91c0.. sends amplify: ciphertext of 1,024 bits: ${shown}..., under a pad hashed from the key with 1,664 bits in all; reveals its length, nothing else`,
      `room 3f2a.. Bob's side b011.. acknowledges by 128 bits of the key that were kept for it; reveals that the message has arrived`,
    ])
    expect(rounds.get('sifted')).toBeGreaterThan(5_000)
    expect(lines.join('')).not.toContain(TEXT.slice(2, 10))
  })

  test('she calls Alice who proposed, whatever the other side says of that session later', () => {
    const [alice, bob] = [speaker(ALICE), speaker(BOB)]
    alice.say(propose)
    expect(bob.say(propose)[0]).toContain("Bob's side b011")
    expect(alice.say(propose)[0]).toContain("Alice's side 91c0")
    // The same session in another room is nobody's.
    expect(speaker(BOB, { room: OTHER_ROOM }).say({ type: 'ready', session: propose.session })).toEqual([
      'room 4e11.. side b011.. is ready for the pairs; reveals nothing',
    ])
  })

  const none = new Uint8Array(0)
  test.each<[string, Message, string]>([
    ['a refusal', { type: 'refuse', session: SESSION, reason: 'busy' }, 'refuses: busy; reveals nothing of a key'],
    [
      'an abort without a key',
      { type: 'abort', session: SESSION, reason: 'late', keyBits: none },
      'ends the session: late; reveals nothing of a key',
    ],
    [
      'a key that was too short',
      { type: 'abort', session: SESSION, reason: 'short', keyBits: new Uint8Array(7_000) },
      'ends the session: short, with all its 7,000 bits; reveals a key that is never used',
    ],
    [
      'Bob’s verdict that it is too short',
      {
        type: 'estimated',
        session: SESSION,
        outcomes: new Uint8Array(20),
        equal: [false],
        finding: 'short',
        keyBits: new Uint8Array(9),
        tag: none,
      },
      'tells the outcomes of 20 rounds that make no key, and that the key is too short, with all its 9 bits; reveals a key that is never used',
    ],
    [
      'Bob’s verdict that the keys differ',
      {
        type: 'estimated',
        session: SESSION,
        outcomes: new Uint8Array(20),
        equal: [false],
        finding: 'unreconciled',
        keyBits: none,
        tag: none,
      },
      'tells the outcomes of 20 rounds that make no key, and that the keys differ; reveals nothing of a key',
    ],
    [
      'two checks of a textbook session',
      {
        type: 'sifted',
        session: SESSION,
        settings: new Uint8Array(4),
        outcomes: new Uint8Array(2),
        checks: [0, 1].map(() => ({ key: new Uint8Array(16), check: new Uint8Array(8) })),
      },
      'tells its settings, the outcomes of 2 rounds that make no key, and 2 checks of the key; reveals 64 bits about the key with each check, which the key is shortened by',
    ],
    [
      'a short ciphertext',
      {
        type: 'amplify',
        session: SESSION,
        blocks: [{ seed: new Uint8Array(4), bits: 144 }],
        ciphertext: Uint8Array.of(0x5f, 0x03),
        tag: new Uint8Array(16),
      },
      'sends amplify: ciphertext of 16 bits: 5f03, under a pad hashed from the key with 144 bits in all; reveals its length, nothing else',
    ],
  ])('she tells %s', (_, message, words) => {
    expect(speaker(BOB).say(message)).toEqual([`room 3f2a.. side b011.. ${words}`])
  })
})

describe('of signals', () => {
  test('she tells which kind they are, of what is sealed its length', () => {
    const sealed = concat(Uint8Array.of(1, 3), new Uint8Array(810))
    const greeting = (kind: number) => concat(Uint8Array.of(1, kind), new Uint8Array(64))
    expect(
      [encodePlain('call'), greeting(1), greeting(2), sealed, encodePlain('used')].flatMap((bytes) =>
        hear(ALICE, 'signal', bytes),
      ),
    ).toEqual([
      'room 3f2a.. side 91c0.. asks the other browser for a greeting; reveals that it looks for it',
      ...[1, 2].map(
        () =>
          'room 3f2a.. side 91c0.. greets with a fresh number, checked by what only the two share; reveals that they meet',
      ),
      'room 3f2a.. side 91c0.. says how its browser can be reached, sealed: 812 bytes; reveals no more than the length',
      'room 3f2a.. side 91c0.. says that the invite was used already',
    ])
  })
})

describe('frames', () => {
  test('of a long message are told once, when it is whole', () => {
    const alice = speaker(ALICE)
    const frames = alice.frames(long)
    expect(frames.length).toBe(3)
    expect(frames.map((frame) => alice.frame(frame).length)).toEqual([0, 0, 1])
  })

  test('that are repeated, or whose message has a gap, tell nothing; the next message is told', () => {
    const alice = speaker(ALICE)
    const [first, second, third] = alice.frames(long)
    expect([first, first, third, second].map((frame) => alice.frame(frame!))).toEqual([[], [], [], []])
    expect(alice.say(long)).toHaveLength(1)
  })

  test('of the two sides and of two rooms are kept apart', () => {
    const speakers = [speaker(ALICE), speaker(BOB), speaker(ALICE, { room: OTHER_ROOM })]
    const frames = speakers.map((one) => one.frames(long))
    const told = [0, 1, 2].flatMap((part) => speakers.flatMap((one, i) => one.frame(frames[i]![part]!)))
    expect(told.map((line) => line.slice(0, 22))).toEqual([
      'room 3f2a.. side 91c0.',
      'room 3f2a.. side b011.',
      'room 4e11.. side 91c0.',
    ])
  })

  test('of a newer connection begin anew', () => {
    const [older, newer] = [speaker(ALICE), speaker(ALICE, { connection: 2 })]
    const [first, second, third] = older.frames(long)
    older.frame(first!)
    expect(newer.say(long)).toHaveLength(1)
    expect([second, third].flatMap((frame) => older.frame(frame!))).toEqual([])
  })

  test('of the link don’t belong on the relay', () => {
    const alice = speaker(ALICE, { path: 'link' })
    expect(alice.say({ type: 'ready', session: SESSION })).toEqual([
      'room 3f2a.. side 91c0.. says 68 bytes that are no frame',
    ])
  })
})

describe('bytes that make no sense', () => {
  test('are told as such', () => {
    expect(hear(ALICE, 'public', Uint8Array.of(1, 2, 3))).toEqual([
      'room 3f2a.. side 91c0.. says 3 bytes that are no frame',
    ])
    expect(hear(ALICE, 'signal', Uint8Array.of(1, 9))).toEqual([
      'room 3f2a.. side 91c0.. says 2 bytes that are no signal',
    ])
    expect(hear(ALICE, 'public', new Uint8Array(FRAME_BYTES_MAX + 1))[0]).toContain('16,384 bytes that are no frame')
    expect(speaker(ALICE).say(hexBytes('ffff'))).toEqual(['room 3f2a.. side 91c0.. says 2 bytes that are no message'])
  })

  test('never throw, and never reach the terminal but as printable ASCII', () => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 400 })
    const flips = fc.array(fc.record({ at: fc.nat(), to: fc.nat(255) }), { maxLength: 6 })
    const told = (lines: readonly string[]) => {
      for (const line of lines) expect(line).toMatch(/^[ -~]{1,1000}$/)
    }
    fc.assert(
      fc.property(bytes, flips, fc.constantFrom('signal', 'public'), (payload, changes, kind) => {
        eve = new Eavesdropper(nowMs)
        told(hear(ALICE, kind, payload))
        told(speaker(ALICE).say(payload as Bytes))
        const encoded = encodeMessage(propose)
        for (const { at, to } of changes) encoded[at % encoded.length] = to
        told(speaker(BOB, { connection: 2 }).say(encoded))
      }),
    )
  })

  test('in the name of a tag pair are escaped: a terminal obeys none of it', () => {
    const name = '\u001b[2J\u009b31m\r\nroom \u202e‮evil\u0007\u007f'
    const [line] = speaker(ALICE).say({ ...propose, terms: { ...propose.terms, tagPair: name } })
    expect(line).toContain('tags under \\u{1b}[2J\\u{9b}31m\\u{d}\\u{a}room \\u{202e}\\u{202e}evil\\u{7}\\u{7f};')
    expect(line).toMatch(/^[ -~]+$/)
  })
})

describe('what she holds', () => {
  /** Messages that are never finished, in rooms of their own. */
  function flood({ rooms, parts, bytes }: { rooms: number; parts: number; bytes: number }): void {
    const head = concat(Uint8Array.of(1, 2), new Uint8Array(8))
    const rest = new Uint8Array(bytes + 32)
    for (let room = 0; room < rooms; room++) {
      for (let part = 0; part < parts; part++) {
        const frame = concat(head, Uint8Array.of(0, 0, part >> 8, part, part >> 8, part, 255, 255), rest)
        hear(ALICE, 'public', frame, room.toString(16).padStart(32, '0'))
      }
    }
  }

  /** Whether a message that was half told before the flood is still put together after it. */
  function survives(how: Parameters<typeof flood>[0]): boolean {
    eve = new Eavesdropper(nowMs)
    const witness = speaker(ALICE)
    const [first, ...others] = witness.frames(long)
    witness.frame(first!)
    flood(how)
    return others.flatMap((frame) => witness.frame(frame)).length === 1
  }

  // In all at most 32 MiB, a part counted with 300 bytes beside its own; the longest message has 514 parts of 16 KiB.
  test('are the newest of the unfinished messages, by their bytes and by their parts', () => {
    expect(survives({ rooms: 3, parts: 500, bytes: 16_333 })).toBe(true)
    expect(survives({ rooms: 5, parts: 500, bytes: 16_333 })).toBe(false)
    expect(survives({ rooms: 2, parts: 60_000, bytes: 1 })).toBe(false)
  })

  test('are the sides that spoke last', () => {
    expect(survives({ rooms: 255, parts: 1, bytes: 1 })).toBe(true)
    expect(survives({ rooms: 256, parts: 1, bytes: 1 })).toBe(false)
  })

  test('are lines at a bounded rate; how many were left out is told when there is room again', () => {
    const alice = speaker(ALICE)
    const ready: Message = { type: 'ready', session: SESSION }
    const told = Array.from({ length: 5_000 }, () => alice.say(ready)).flat()
    expect(told).toHaveLength(2_000)
    nowMs += 1_000
    expect(alice.say(ready)).toEqual(['3,000 lines were left out: too many at once', told[0]])
    expect(alice.say(ready)).toEqual([told[0]])
  })

  test('are the newest sessions: who proposed an old one is forgotten', () => {
    const alice = speaker(ALICE)
    const proposal = (i: number): Message => {
      const session = i.toString(16).padStart(32, '0')
      return { type: 'propose', session, terms: { ...propose.terms, session } }
    }
    for (let i = 0; i < 1_100; i++) alice.say(proposal(i))
    const bob = speaker(BOB)
    const ready = (i: number) => bob.say({ type: 'ready', session: proposal(i).session })[0]
    expect(ready(0)).toContain('room 3f2a.. side b011')
    expect(ready(1_099)).toContain("room 3f2a.. Bob's side b011")
  })
})
