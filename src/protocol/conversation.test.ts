import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Bytes, concat, hexBytes } from '../lib/bytes.ts'
import { randomBytes, SeededRandom } from '../lib/random.ts'
import { encodeText } from '../lib/text.ts'
import { roomId } from '../pairing/keys.ts'
import { encodeHello, encodePlain } from '../pairing/signals.ts'
import { Conversation } from './conversation.ts'
import type { Stored } from './disk.ts'
import type { Input, Output, ShownMessage } from './events.ts'
import { inviteChat, joinInvite } from './new-pairing.ts'
import type { StoredMessage } from './records.ts'
import { idOf } from './testing/desk.ts'

const invited = inviteChat({ name: 'Ada', mode: 'private', random: new SeededRandom('conversation'), nowMs: 0 })
const joined = joinInvite({ name: 'Bo', fragment: invited.fragment, random: new SeededRandom('joiner'), nowMs: 0 })
if (!joined.ok) throw new Error(joined.reason)
const JOINER = joined.value.stored
const { invite, root } = invited.stored.pairing
const [INVITE_ROOM, ROOT_ROOM] = [roomId(invite!), roomId(root!)]

/** A conversation whose disk settles when the test says so. */
class Alone {
  readonly conversation: Conversation
  readonly outputs: Output[] = []
  nowMs = 1_000
  #settled = 0

  constructor(stored: Stored = invited.stored, seed = 'alone') {
    this.conversation = new Conversation({
      stored,
      random: new SeededRandom(seed),
      mode: 'efficient',
      publicChannel: 'relay',
    })
  }

  give(input: Input, nowMs = this.nowMs): readonly Output[] {
    const outputs = this.conversation.handle(input, nowMs)
    this.outputs.push(...outputs)
    return outputs
  }

  write(n: number, text = `text ${n}`): readonly Output[] {
    return this.give({ type: 'write', id: idOf(n), text, writtenAtMs: 5 })
  }

  get commits(): readonly number[] {
    return this.outputs.flatMap((output) => (output.type === 'commit' ? [output.id] : []))
  }

  settle(): void {
    for (; this.#settled < this.commits.length; this.#settled++) {
      this.give({ type: 'committed', id: this.commits[this.#settled]! })
    }
  }

  /** What is shown of each message now, in the order of the screen. */
  get screen(): readonly ShownMessage[] {
    const byId = new Map<string, ShownMessage>()
    for (const output of this.outputs) if (output.type === 'message') byId.set(output.message.id, output.message)
    return [...byId.values()].sort((a, b) => (a.order < b.order ? -1 : 1))
  }

  get notices(): readonly string[] {
    return this.outputs.flatMap((output) => (output.type === 'notice' ? [output.reason] : []))
  }
}

const types = (outputs: readonly Output[]): readonly string[] => outputs.map(({ type }) => type)

describe('a written message', () => {
  test('is shown once it is on the disk, not before', () => {
    const alone = new Alone()
    expect(types(alone.write(1))).toEqual(['commit'])
    expect(alone.screen).toEqual([])
    alone.settle()
    expect(alone.screen).toMatchObject([{ id: idOf(1), text: 'text 1', state: 'queued', number: null }])
  })

  test('that could not be stored goes back to the person and is not shown', () => {
    const alone = new Alone()
    alone.write(1)
    const outputs = alone.give({ type: 'commitFailed', id: alone.commits[0]!, reason: 'full' })
    expect(outputs).toContainEqual({ type: 'notStored', id: idOf(1), reason: 'full' })
    expect(alone.screen).toEqual([])
    expect(alone.notices).toEqual(['storage'])
  })

  test('under an id that is there already is not written again', () => {
    const alone = new Alone()
    alone.write(1)
    alone.settle()
    expect(alone.write(1, 'another text')).toEqual([])
    expect(alone.screen.map(({ text }) => text)).toEqual(['text 1'])
  })

  test('under an id that is on its way to the disk (double Send) is written once', () => {
    const alone = new Alone()
    alone.write(1)
    alone.write(1, 'another text')
    alone.settle()
    expect(alone.screen.map(({ text }) => text)).toEqual(['text 1'])
    expect(alone.commits.length).toBe(1)
  })

  test('may be written anew under its id after the disk refused it', () => {
    const alone = new Alone()
    alone.write(1)
    alone.give({ type: 'commitFailed', id: alone.commits[0]!, reason: 'full' })
    alone.write(1)
    alone.give({ type: 'committed', id: alone.commits[1]! })
    expect(alone.screen.map(({ state }) => state)).toEqual(['queued'])
  })

  test('keeps its place in a burst: written order, whatever the clocks said, before and after the disk has them', () => {
    const alone = new Alone()
    for (let n = 1; n <= 12; n++) alone.give({ type: 'write', id: idOf(n), text: '', writtenAtMs: 100 - n }, 1_000)
    alone.settle()
    expect(alone.screen.map(({ id }) => id)).toEqual(Array.from({ length: 12 }, (_, i) => idOf(i + 1)))
  })

  test('stands behind all that has a number, and a reload shows the same order', () => {
    const alone = new Alone()
    alone.write(1)
    alone.write(2)
    alone.settle()
    const numbered: StoredMessage = {
      ...storedOf(alone, 1),
      id: idOf(9),
      from: 'peer',
      number: 50,
      state: 'delivered',
      written: 7,
    }
    const messages = [storedOf(alone, 2), numbered, storedOf(alone, 1)]
    const again = new Alone({ ...invited.stored, messages })
    again.give({ type: 'start' })
    expect(again.screen.map(({ id }) => id)).toEqual([idOf(9), idOf(1), idOf(2)])
    again.write(3)
    again.settle()
    expect(again.screen.map(({ id }) => id).at(-1)).toBe(idOf(3))
  })

  test('taken back while nobody is there keeps its id and no text', () => {
    const alone = new Alone()
    alone.write(1, 'secret')
    alone.settle()
    alone.give({ type: 'cancel', id: idOf(1) })
    alone.settle()
    expect(alone.screen).toMatchObject([{ id: idOf(1), state: 'cancelled', text: '' }])
    expect(alone.write(1, 'again')).toEqual([])
  })
})

function storedOf(alone: Alone, n: number): StoredMessage {
  const { order: _order, shortByChance: _short, state, ...rest } = alone.screen.find(({ id }) => id === idOf(n))!
  return { ...rest, state: state === 'distilling' ? 'queued' : state }
}

describe('a conversation that begins', () => {
  test('shows what is stored, and joins the rooms of its roots with its side id', () => {
    const inviter = new Alone()
    inviter.give({ type: 'start' })
    const rooms = inviter.outputs.find((output) => output.type === 'rooms')
    const { sideId } = invited.stored.pairing
    expect(rooms).toEqual({ type: 'rooms', rooms: [INVITE_ROOM, ROOT_ROOM], side: sideId, mode: 'private' })
    const joiner = new Alone(JOINER)
    joiner.give({ type: 'start' })
    const [room] = joiner.outputs.flatMap((output) => (output.type === 'rooms' ? [output.rooms] : []))
    expect(room).toEqual([INVITE_ROOM])
  })

  test('joins them as what its invite says they are', () => {
    const lab = inviteChat({ name: 'Ada', mode: 'lab', random: new SeededRandom('lab'), nowMs: 0 })
    const opened = joinInvite({ name: 'Bo', fragment: lab.fragment, random: new SeededRandom('joiner'), nowMs: 0 })
    if (!opened.ok) throw new Error(opened.reason)
    for (const stored of [lab.stored, opened.value.stored]) {
      const alone = new Alone(stored)
      alone.give({ type: 'start' })
      expect(alone.outputs.find((output) => output.type === 'rooms')).toMatchObject({ mode: 'lab' })
      expect(alone.outputs.find((output) => output.type === 'pairing')).toMatchObject({ pairing: { mode: 'lab' } })
    }
  })

  test('says in `cost` what a text would take, for the first message more than later', () => {
    const { conversation } = new Alone()
    expect(conversation.cost(100)).toBeGreaterThan(30_000)
    expect(conversation.cost(100)).toBeLessThan(40_000)
    expect(conversation.cost(60_000)).toBeGreaterThan(conversation.cost(100))
    const hopeless = new Alone({ ...invited.stored, link: { noise: 0.9, loss: 0 } })
    expect(hopeless.conversation.cost(100)).toBe(0)
  })
})

describe('the inviter, in the room of her invite', () => {
  const hello = (side: number, nonce = side): Bytes =>
    encodeHello(invite!, new Uint8Array(16).fill(nonce), new Uint8Array(16).fill(side))
  const present = (): Alone => {
    const alone = new Alone()
    alone.give({ type: 'start' })
    alone.give({ type: 'room', room: INVITE_ROOM, joined: true, peer: true })
    return alone
  }
  const signals = (outputs: readonly Output[]): readonly number[] =>
    outputs.flatMap((output) => (output.type === 'signal' ? [output.bytes[1]!] : []))
  const [WELCOME, USED] = [2, 4]

  test('writes the first joiner down before she answers, and tells everybody else that the invite is used', () => {
    const alone = present()
    const first = alone.give({ type: 'signal', room: INVITE_ROOM, bytes: hello(1) })
    expect(signals(first)).toEqual([])
    const [commit] = first.flatMap((output) => (output.type === 'commit' ? [output] : []))
    expect(commit?.changes).toEqual([{ type: 'setPairing', fields: { peerSideId: '01'.repeat(16) } }])
    expect(signals(alone.give({ type: 'committed', id: commit!.id }))).toEqual([WELCOME])
    expect(signals(alone.give({ type: 'signal', room: INVITE_ROOM, bytes: hello(2) }))).toEqual([USED])
    expect(signals(alone.give({ type: 'signal', room: INVITE_ROOM, bytes: hello(1, 7) }))).toEqual([WELCOME])
  })

  test('writes down one of two joiners who come at once', () => {
    const alone = present()
    alone.give({ type: 'signal', room: INVITE_ROOM, bytes: hello(1) })
    alone.give({ type: 'signal', room: INVITE_ROOM, bytes: hello(2) })
    const outputs = alone.commits.flatMap((id) => alone.give({ type: 'committed', id }))
    expect(signals(outputs)).toEqual([WELCOME])
    expect(signals(alone.give({ type: 'signal', room: INVITE_ROOM, bytes: hello(2) }))).toEqual([USED])
  })

  test('does not answer a greeting that is not stored, nor one without the invite', () => {
    const alone = present()
    alone.give({ type: 'signal', room: INVITE_ROOM, bytes: hello(1) })
    expect(signals(alone.give({ type: 'commitFailed', id: alone.commits.at(-1)!, reason: 'full' }))).toEqual([])
    const forged = encodeHello(new Uint8Array(32), new Uint8Array(16), new Uint8Array(16))
    expect(alone.give({ type: 'signal', room: INVITE_ROOM, bytes: forged })).toEqual([])
    expect(alone.give({ type: 'signal', room: ROOT_ROOM, bytes: hello(1) })).toEqual([])
  })

  test('is not stirred by her own frames sent back to her', () => {
    const alone = present()
    const call = alone.outputs.flatMap((output) => (output.type === 'signal' ? [output.bytes] : []))
    for (const bytes of [...call, encodePlain('call'), encodePlain('used')]) {
      expect(alone.give({ type: 'signal', room: INVITE_ROOM, bytes })).toEqual([])
    }
  })
})

describe('time', () => {
  test('set back a year does not stop deadlines that were set before', () => {
    const alone = new Alone({ ...invited.stored, pairing: { ...invited.stored.pairing, invite: null } })
    alone.give({ type: 'start' }, 1e12)
    alone.give({ type: 'room', room: ROOT_ROOM, joined: true, peer: false }, 1e12)
    const deadline = alone.outputs.findLast((output) => output.type === 'deadline')
    expect(deadline).toEqual({ type: 'deadline', atMs: 1e12 + 60_000 })
    alone.give({ type: 'timeout' }, 1e12 - 365 * 86_400_000)
    expect(alone.notices).toEqual([])
    alone.give({ type: 'timeout' }, 1e12 + 60_000)
    expect(alone.notices).toEqual(['pairing-lost'])
  })

  test('spent alone, with the server there, says after a minute that a new invite may be needed; without it says nothing', () => {
    const paired = { ...invited.stored, pairing: { ...invited.stored.pairing, invite: null } }
    const away = new Alone(paired)
    away.give({ type: 'start' })
    away.give({ type: 'timeout' }, 10 ** 7)
    expect(away.notices).toEqual([])
    const invitedOnly = new Alone()
    invitedOnly.give({ type: 'start' })
    invitedOnly.give({ type: 'room', room: INVITE_ROOM, joined: true, peer: false })
    invitedOnly.give({ type: 'timeout' }, 10 ** 7)
    expect(invitedOnly.notices).toEqual([])
  })

  test('asks for one deadline at a time, and only when it changes', () => {
    const alone = new Alone()
    alone.give({ type: 'start' })
    alone.give({ type: 'room', room: INVITE_ROOM, joined: true, peer: true })
    const before = alone.outputs.filter(({ type }) => type === 'deadline').length
    for (let n = 1; n < 10; n++) alone.write(n)
    expect(alone.outputs.filter(({ type }) => type === 'deadline').length).toBe(before)
  })
})

describe('whatever a peer, a server or a driver gives in', () => {
  const bytes = fc.uint8Array({ maxLength: 120 }).map((value) => Uint8Array.from(value))
  const kinds = fc.tuple(fc.nat(8), bytes).map(([kind, rest]) => concat(Uint8Array.of(1, kind), rest))
  const room = fc.constantFrom(INVITE_ROOM, ROOT_ROOM, 'nowhere')
  const link = fc.constantFrom('link', 'other')
  const id = fc.constantFrom(idOf(1), idOf(2), 'nobody')
  const genuine = fc.constantFrom(
    encodePlain('call'),
    encodePlain('used'),
    encodeHello(invite!, new Uint8Array(16).fill(3), hexBytes(JOINER.pairing.sideId)),
    encodeHello(invite!, new Uint8Array(16).fill(4), new Uint8Array(16).fill(4)),
    encodeText(JSON.stringify({ type: 'offer', sdp: 'x' })),
  )
  const qubits = { codebook: new Float64Array(3), indices: new Uint8Array(4) }
  const input: fc.Arbitrary<Input> = fc.oneof(
    fc.constantFrom<Input>({ type: 'start' }, { type: 'timeout' }, { type: 'leave' }),
    fc.record({ type: fc.constant('room' as const), room, joined: fc.boolean(), peer: fc.boolean() }),
    fc.record({
      type: fc.constant('roomRefused' as const),
      room,
      reason: fc.constantFrom('room-full' as const, 'other' as const),
    }),
    fc.record({ type: fc.constant('signal' as const), room, bytes: fc.oneof(bytes, kinds, genuine) }),
    fc.record({ type: fc.constant('description' as const), link, bytes: fc.oneof(bytes, genuine) }),
    fc.record({ type: fc.constantFrom('linkUp' as const, 'linkDown' as const), link }),
    fc.record({
      type: fc.constant('frame' as const),
      path: fc.oneof(
        fc.record({ via: fc.constant('link' as const), link }),
        fc.record({ via: fc.constant('relay' as const), room }),
      ),
      bytes: fc.oneof(bytes, kinds),
    }),
    fc.record({
      type: fc.constant('fibre' as const),
      link,
      frame: fc.record({ session: fc.constant(idOf(1)), start: fc.nat(2 ** 31 - 1), qubits: fc.constant(qubits) }),
    }),
    fc.record({ type: fc.constant('outcomes' as const), session: id, start: fc.nat(9), outcomes: bytes }),
    fc.record({ type: fc.constant('committed' as const), id: fc.integer({ min: -1, max: 20 }) }),
    fc.record({
      type: fc.constant('commitFailed' as const),
      id: fc.integer({ min: -1, max: 20 }),
      reason: fc.constantFrom('full' as const, 'closed' as const, 'denied' as const),
    }),
    fc.record({
      type: fc.constant('write' as const),
      id: fc.constantFrom(idOf(1), idOf(2)),
      text: fc.string(),
      writtenAtMs: fc.integer(),
    }),
    fc.record({ type: fc.constantFrom('retry' as const, 'cancel' as const), id }),
  )

  test.each([
    ['inviter', invited.stored],
    ['joiner', JOINER],
  ])('(%s) makes no throw, and no more outputs than a few an input', (_name, stored) => {
    fc.assert(
      fc.property(fc.array(fc.tuple(input, fc.nat(20_000)), { maxLength: 60 }), (inputs) => {
        const alone = new Alone(stored, 'fuzz')
        for (const [each, ms] of inputs) {
          alone.nowMs += ms
          expect(alone.give(each).length).toBeLessThan(20)
        }
      }),
      { numRuns: 300 },
    )
  })

  test('is not kept: 10,000 garbled signals and frames leave no outputs and no commits', () => {
    const alone = new Alone()
    alone.give({ type: 'start' })
    alone.give({ type: 'room', room: INVITE_ROOM, joined: true, peer: true })
    const before = alone.outputs.length
    const random = new SeededRandom('garbled')
    for (let i = 0; i < 10_000; i++) {
      const garbled = randomBytes(random, 100)
      garbled[0] = 1
      alone.give({ type: 'signal', room: INVITE_ROOM, bytes: garbled })
      alone.give({ type: 'frame', path: { via: 'relay', room: INVITE_ROOM }, bytes: garbled })
    }
    expect(alone.outputs.length).toBe(before)
  })
})
