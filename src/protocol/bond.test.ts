import { describe, expect, test } from 'vitest'
import { type Bytes, concat, hexBytes } from '../lib/bytes.ts'
import { randomBytes, SeededRandom } from '../lib/random.ts'
import { connectionTag, frameKey, type Role, roomId } from '../pairing/keys.ts'
import { FrameSealer } from '../wire/frames.ts'
import { Bond } from './bond.ts'
import { decodeControl, encodeControl, encodePublic } from './control.ts'
import type { Change, Stored } from './disk.ts'
import type { Path } from './events.ts'
import type { Met } from './meeting.ts'
import { inviteChat, joinInvite } from './new-pairing.ts'
import type { RoomMode, TagPair } from './records.ts'
import { Desk } from './testing/desk.ts'

const LINK: Path = { via: 'link', link: 'link' }
const RELAY: Path = { via: 'relay', room: 'room' }

interface End {
  readonly desk: Desk
  readonly bond: Bond
  readonly told: string[]
  readonly messages: Bytes[]
}

interface Pairing {
  readonly inviter: Stored
  readonly joiner: Stored
  readonly met: Met
}

function pairing(seed: string, mode: RoomMode = 'private'): Pairing {
  const random = new SeededRandom(seed)
  const invited = inviteChat({ name: 'Ada', mode, random, nowMs: 0 })
  const joined = joinInvite({ name: 'Bo', fragment: invited.fragment, random, nowMs: 0 })
  if (!joined.ok) throw new Error(joined.reason)
  const root = invited.stored.pairing.invite!
  const bytes = (length: number): Bytes => randomBytes(random, length)
  return {
    inviter: invited.stored,
    joiner: joined.value.stored,
    met: {
      link: 'link',
      room: roomId(root),
      root,
      underInvite: true,
      nonces: { inviter: bytes(16), joiner: bytes(16) },
      fingerprints: { inviter: bytes(32), joiner: bytes(32) },
      descriptions: { inviter: bytes(32), joiner: bytes(32) },
      peerSide: new Uint8Array(0),
    },
  }
}

function makeEnd(role: Role, { inviter, joiner, met }: Pairing, change: Partial<Met> = {}, stored?: Stored): End {
  const peerSide = hexBytes((role === 'inviter' ? joiner : inviter).pairing.sideId)
  const dummy = { root: met.root, nonces: met.nonces, peerSide }
  const desk = new Desk({ stored: stored ?? (role === 'inviter' ? inviter : joiner), seed: role }, dummy)
  const told: string[] = []
  const messages: Bytes[] = []
  const bond = new Bond(
    desk.host,
    { ...met, peerSide, ...change },
    {
      bound: () => told.push('bound'),
      message: (encoded) => messages.push(encoded),
      fibre: () => told.push('fibre'),
      forged: () => told.push('forged'),
      ended: (why) => told.push(why),
      restored: () => told.push('restored'),
      numbers: (numbers) => told.push(`numbers ${numbers.length}`),
      changed: () => told.push('changed'),
    },
  )
  return { desk, bond, told, messages }
}

/** What a side wants on the link, taken. */
const frames = ({ desk }: End): readonly Bytes[] =>
  desk.outputs.splice(0).flatMap((output) => (output.type === 'frame' ? [output.bytes] : []))

const controls = (end: End): readonly string[] => frames(end).map((bytes) => decodeControl(bytes)?.type ?? 'public')

/** Starts both and carries frames and commits until all is quiet. */
function bind(a: End, b: End): void {
  a.bond.start()
  b.bond.start()
  settle(a, b)
}

function settle(a: End, b: End): void {
  for (let round = 0; round < 50; round++) {
    a.desk.settleAll()
    b.desk.settleAll()
    const [fromA, fromB] = [frames(a), frames(b)]
    for (const frame of fromA) b.bond.onFrame(LINK, frame)
    for (const frame of fromB) a.bond.onFrame(LINK, frame)
    if (fromA.length + fromB.length + a.desk.unsettled + b.desk.unsettled === 0) return
  }
  throw new Error('they talk for ever')
}

function ends(seed: string, change: Partial<Met> = {}): readonly [End, End] {
  const both = pairing(seed)
  return [makeEnd('inviter', both), makeEnd('joiner', both, change)]
}

const put = (stored: Stored, ...pairs: TagPair[]): Stored => ({ ...stored, tagPairs: [...stored.tagPairs, ...pairs] })
const pair = (name: string, state: TagPair['state']): TagPair => ({
  name,
  lane: 'inviter',
  keys: new Uint8Array(64).fill(7),
  state,
  origin: 'information-theoretic',
})

describe('a binding', () => {
  test('holds at both sides, hands R over, and both forget I', () => {
    const [a, b] = ends('holds')
    bind(a, b)
    expect(a.told).toContain('bound')
    expect(b.told).toContain('bound')
    expect([a.bond.bound, b.bond.bound]).toEqual([true, true])
    const [inviter, joiner] = [a.desk.stored.pairing, b.desk.stored.pairing]
    expect(joiner.root).toEqual(inviter.root)
    expect([inviter.invite, joiner.invite]).toEqual([null, null])
    expect([inviter.bindingNumber, inviter.peerBindingNumber]).toEqual([1, 1])
    expect([inviter.peerName, joiner.peerName]).toEqual(['Bo', 'Ada'])
    expect([inviter.peerSideId, joiner.peerSideId]).toEqual([joiner.sideId, inviter.sideId])
    expect(a.desk.stored.tagPairs.map(({ name }) => name)).toEqual(['invite/inviter', 'invite/joiner'])
  })

  const wrong: readonly [string, (met: Met) => Partial<Met>][] = [
    ["the inviter's certificate", ({ fingerprints: f }) => ({ fingerprints: { ...f, inviter: f.joiner } })],
    ["the joiner's certificate", ({ fingerprints: f }) => ({ fingerprints: { ...f, joiner: f.inviter } })],
    ["the inviter's description", ({ descriptions: d }) => ({ descriptions: { ...d, inviter: d.joiner } })],
    ["the joiner's description", ({ descriptions: d }) => ({ descriptions: { ...d, joiner: d.inviter } })],
    ["the inviter's nonce", ({ nonces: n }) => ({ nonces: { ...n, inviter: n.joiner } })],
    ['the root', () => ({ root: new Uint8Array(32).fill(1) })],
    ['the side of the other', () => ({ peerSide: new Uint8Array(16).fill(1) })],
  ]

  test.each(wrong)(
    'ends as a mismatch at both sides where they see another %s, and nothing is said under it',
    (_name, change) => {
      const both = pairing('wrong')
      const [a, b] = [makeEnd('inviter', both), makeEnd('joiner', both, change(both.met))]
      bind(a, b)
      for (const end of [a, b]) {
        expect(end.told).toEqual(['mismatch'])
        expect(end.desk.stored.pairing.peerBindingNumber).toBe(0)
        expect(end.desk.stored.tagPairs.length).toBe(2)
      }
      expect(b.desk.stored.pairing.root).toBe(null)
    },
  )

  test('ends as a mismatch where one side’s link says lab and the other’s private', () => {
    const both = pairing('mode')
    const lab = { ...both.joiner, pairing: { ...both.joiner.pairing, mode: 'lab' } } as const
    const [a, b] = [makeEnd('inviter', both), makeEnd('joiner', both, {}, lab)]
    bind(a, b)
    expect([a.told, b.told]).toEqual([['mismatch'], ['mismatch']])
  })

  test('reflected to its sender is a mismatch', () => {
    const [a] = ends('reflected')
    a.bond.start()
    a.desk.settleAll()
    for (const frame of frames(a)) a.bond.onFrame(LINK, frame)
    expect(a.told).toEqual(['mismatch'])
  })

  test('does not begin before every commit asked for has settled, and its number is on the disk before it is said', () => {
    const [a] = ends('settled')
    a.desk.host.commit([{ type: 'raiseNumber', to: 9 }], () => {})
    a.bond.start()
    expect(frames(a)).toEqual([])
    a.desk.settle()
    expect(frames(a)).toEqual([])
    expect(a.desk.unsettled).toBe(1)
    a.desk.settle()
    expect(a.desk.stored.pairing.bindingNumber).toBe(1)
    expect(controls(a)).toEqual(['bind'])
  })

  test('whose number can not be stored ends the connection, with nothing said', () => {
    const [a] = ends('full')
    a.bond.start()
    a.desk.settle('full')
    expect(a.told).toEqual(['storage'])
    expect(frames(a)).toEqual([])
  })

  test('not answered within 15 s ends as silent', () => {
    const [a] = ends('silent')
    a.bond.start()
    a.desk.settleAll()
    a.desk.wait(14_999)
    expect(a.told).toEqual([])
    a.desk.wait(1)
    expect(a.told).toEqual(['silent'])
  })

  test('is answered once: a second one of the other side changes nothing', () => {
    const both = pairing('second')
    const [a, b] = [makeEnd('inviter', both), makeEnd('joiner', both)]
    b.bond.start()
    b.desk.settleAll()
    const [frame] = frames(b)
    a.bond.start()
    a.bond.onFrame(LINK, frame!)
    const garbled = frame!.slice()
    garbled[40]! ^= 1
    a.bond.onFrame(LINK, garbled)
    for (const each of [frame!, garbled]) b.bond.onFrame(LINK, each)
    expect(a.told).toEqual([])
  })
})

describe('at a binding, the tag pairs', () => {
  test('that both list stay and are usable, pending ones too; all others go at both sides', () => {
    const both = pairing('pairs')
    const a = makeEnd('inviter', both, {}, put(both.inviter, pair('s/0', 'pending'), pair('lost/0', 'pending')))
    const b = makeEnd('joiner', both, {}, put(both.joiner, pair('s/0', 'usable'), pair('old/1', 'usable')))
    bind(a, b)
    const names = (end: End): readonly string[] =>
      end.desk.stored.tagPairs.map(({ name, state }) => `${name} ${state}`).sort()
    expect(names(a)).toEqual(['invite/inviter usable', 'invite/joiner usable', 's/0 usable'])
    expect(names(b)).toEqual(names(a))
  })

  test.each<[string, (both: Pairing) => readonly [Change[], Change[]]]>([
    ['the joiner’s disk is an old copy', () => [[{ type: 'setPairing', fields: { peerBindingNumber: 5 } }], []]],
    ['the inviter’s disk is an old copy', () => [[], [{ type: 'setPairing', fields: { peerBindingNumber: 5 } }]]],
  ])('all go at both sides where %s, and both are told', (_name, change) => {
    const both = pairing('restored')
    const [a, b] = [makeEnd('inviter', both), makeEnd('joiner', both)]
    const [ofA, ofB] = change(both)
    a.desk.put(...ofA)
    b.desk.put(...ofB)
    bind(a, b)
    for (const end of [a, b]) {
      expect(end.told).toContain('restored')
      expect(end.told).toContain('bound')
      expect(end.desk.stored.tagPairs).toEqual([])
    }
  })

  test('are exchanged with the highest message number seen by either', () => {
    const both = pairing('numbers')
    const [a, b] = [makeEnd('inviter', both), makeEnd('joiner', both)]
    a.desk.put({ type: 'raiseNumber', to: 12 })
    b.desk.put({ type: 'raiseNumber', to: 40 })
    bind(a, b)
    expect([a.desk.stored.pairing.highestNumber, b.desk.stored.pairing.highestNumber]).toEqual([40, 40])
  })
})

describe('before both MACs were checked', () => {
  test('nothing goes out but the own binding, whatever comes in', () => {
    const [a, b] = ends('quiet')
    a.bond.start()
    a.desk.settleAll()
    expect(controls(a)).toEqual(['bind'])
    for (const control of [
      { type: 'ping', count: 1 },
      { type: 'pong', count: 0 },
      { type: 'rooted' },
      { type: 'profile', name: 'Mallory' },
      { type: 'bye' },
    ] as const) {
      a.bond.onFrame(LINK, encodeControl(control))
    }
    a.bond.send(new Uint8Array(3), 'direct')
    a.bond.send(new Uint8Array(3), 'relay')
    expect([frames(a), a.told, a.desk.unsettled]).toEqual([[], [], 0])
    // And it still can be bound.
    b.bond.start()
    b.desk.settleAll()
    for (const frame of frames(b)) a.bond.onFrame(LINK, frame)
    a.desk.settleAll()
    expect(controls(a)).toEqual(['root'])
  })

  test('a root is not taken from one who did not prove himself', () => {
    const both = pairing('root')
    const [a, b] = [makeEnd('inviter', both, { root: new Uint8Array(32).fill(9) }), makeEnd('joiner', both)]
    b.bond.onFrame(LINK, encodeControl({ type: 'root', root: new Uint8Array(32).fill(6) }))
    bind(a, b)
    expect(b.desk.stored.pairing.root).toBe(null)
    expect(b.told).toEqual(['mismatch'])
  })

  test('frames of the public channel wait, 512 at most, and are opened in order after the binding', () => {
    const both = pairing('early')
    const [a, b] = [makeEnd('inviter', both), makeEnd('joiner', both)]
    const { root, nonces } = both.met
    const sealer = new FrameSealer(
      { key: frameKey(root, nonces, 'joiner'), connection: connectionTag(root, nonces) },
      'link',
    )
    for (let i = 0; i < 600; i++) {
      for (const frame of sealer.seal(Uint8Array.of(i >> 8, i & 0xff))) a.bond.onFrame(LINK, encodePublic(frame))
    }
    expect(a.messages).toEqual([])
    bind(a, b)
    expect(a.messages.length).toBe(512)
    expect(a.messages.map(([high, low]) => (high! << 8) | low!)).toEqual(Array.from({ length: 512 }, (_, i) => i))
  })
})

describe('a bound connection', () => {
  function bound(seed: string): readonly [End, End] {
    const both = ends(seed)
    bind(...both)
    for (const end of both) end.told.length = 0
    return both
  }

  test.each(['direct', 'relay'] as const)(
    'carries messages (%s) under the frame keys, and takes no frame by the other path',
    (route) => {
      const [a, b] = bound(`carries ${route}`)
      a.bond.send(Uint8Array.of(1, 2, 3), route)
      const [frame] = frames(a)
      const [right, other] = route === 'direct' ? [LINK, RELAY] : [RELAY, LINK]
      b.bond.onFrame(other, frame!)
      expect(b.messages).toEqual([])
      b.bond.onFrame(right, frame!)
      expect(b.messages.map((bytes) => [...bytes])).toEqual([[1, 2, 3]])
      b.bond.onFrame(right, frame!)
      expect(b.messages.length).toBe(1)
    },
  )

  test.each(['direct', 'relay'] as const)('of a lab room says nothing of a session (%s) but by the relay', (route) => {
    const both = pairing(`lab ${route}`, 'lab')
    const [a, b] = [makeEnd('inviter', both), makeEnd('joiner', both)]
    bind(a, b)
    a.bond.send(Uint8Array.of(1, 2, 3), route)
    const paths = a.desk.outputs.flatMap((output) => (output.type === 'frame' ? [output.path.via] : []))
    expect(paths).toEqual(['relay'])
  })

  test('tells a frame of its own with a bad HMAC, and ignores those of other connections', () => {
    const [a, b] = bound('forged')
    a.bond.send(Uint8Array.of(1, 2, 3), 'relay')
    const [frame] = frames(a)
    const foreign = frame!.slice()
    foreign[5]! ^= 1
    b.bond.onFrame(RELAY, foreign)
    expect(b.told).toEqual([])
    const forged = frame!.slice()
    forged[20]! ^= 1
    b.bond.onFrame(RELAY, forged)
    expect(b.told).toEqual(['forged'])
    b.bond.onFrame(RELAY, frame!)
    expect(b.messages.length).toBe(1)
  })

  test.each([
    ['empty', []],
    ['a kind that does not exist', [9, 1, 2]],
    ['a control frame that is none', [1, 99]],
    ['a cut control frame', [1, 4, 0]],
    ['a public frame of one byte', [2]],
  ])('ignores a frame of the link that is %s', (_name, bytes) => {
    const [, b] = bound('hostile')
    b.bond.onFrame(LINK, Uint8Array.from(bytes))
    expect([b.told, b.messages, frames(b)]).toEqual([[], [], []])
  })

  test('asks for a pulse every 5 s and measures the round trip', () => {
    const [a, b] = bound('pulse')
    a.desk.wait(5_000)
    const [ping] = frames(a)
    b.bond.onFrame(LINK, ping!)
    const [pong] = frames(b)
    a.desk.nowMs += 80
    a.bond.onFrame(LINK, pong!)
    expect(a.bond.roundTripMs).toBe(80)
  })

  test('whose other side came anew ends within 3 s where nothing answers, and stands where a pong comes', () => {
    const [a, b] = bound('anew')
    a.bond.prove()
    settle(a, b)
    a.desk.wait(3_000)
    expect(a.told).toEqual([])
    a.bond.prove()
    a.desk.wait(2_000)
    // More of the same is no reason to wait longer.
    a.bond.prove()
    a.desk.wait(999)
    expect(a.told).toEqual([])
    a.desk.wait(1)
    expect(a.told).toEqual(['silent'])
  })

  test('not bound yet has 3 s more when the other side came anew', () => {
    const [a] = ends('anew in binding')
    a.bond.start()
    a.desk.settleAll()
    a.desk.wait(5_000)
    a.bond.prove()
    a.desk.wait(3_000)
    expect(a.told).toEqual(['silent'])
    const [late] = ends('anew, late in binding')
    late.bond.start()
    late.desk.wait(13_000)
    late.bond.prove()
    late.desk.wait(2_000)
    expect(late.told).toEqual(['silent'])
  })

  test('ends as silent when nothing has come for more than 16 s, and not before', () => {
    const [a] = bound('silence')
    for (let waited = 0; waited < 15_000; waited += 5_000) a.desk.wait(5_000)
    expect(a.told).toEqual([])
    a.desk.wait(5_000)
    expect(a.told).toEqual(['silent'])
  })

  test('does not end while anything comes', () => {
    const [a] = bound('alive')
    for (let i = 0; i < 20; i++) {
      a.desk.wait(5_000)
      a.bond.onFrame(LINK, encodeControl({ type: 'pong', count: 12_345 }))
    }
    expect(a.told).toEqual([])
  })

  test('ends with a goodbye, and with its link; after its end it is quiet', () => {
    const [a, b] = bound('goodbye')
    a.bond.sayGoodbye()
    for (const frame of frames(a)) b.bond.onFrame(LINK, frame)
    expect(b.told).toEqual(['goodbye'])
    a.bond.onLinkDown()
    expect(a.told).toEqual(['down'])
    for (const end of [a, b]) {
      end.desk.outputs.length = 0
      end.bond.onLinkDown()
      end.bond.send(Uint8Array.of(1), 'direct')
      end.bond.onFrame(LINK, encodeControl({ type: 'ping', count: 1 }))
      end.desk.wait(60_000)
      expect([end.told.length, end.desk.outputs]).toEqual([1, []])
    }
  })

  test('keeps 60 characters of the peer’s name, and takes one a connection', () => {
    const [a] = bound('names')
    const before = a.desk.stored.pairing.peerName
    for (let i = 0; i < 1_000; i++)
      a.bond.onFrame(LINK, encodeControl({ type: 'profile', name: `${i}${'x'.repeat(200)}` }))
    expect(a.desk.unsettled).toBe(0)
    expect(a.desk.stored.pairing.peerName).toBe(before)
  })

  test('gives no root away twice, and takes none after the binding', () => {
    const [a, b] = bound('late root')
    const before = b.desk.stored.pairing.root
    b.bond.onFrame(LINK, encodeControl({ type: 'root', root: new Uint8Array(32).fill(6) }))
    a.bond.onFrame(LINK, encodeControl({ type: 'rooted' }))
    settle(a, b)
    expect(b.desk.stored.pairing.root).toEqual(before)
    expect(concat(b.desk.stored.pairing.root!)).toEqual(a.desk.stored.pairing.root)
  })
})

test('after a restored copy both sides say the numbers of their messages, and at no other time', () => {
  const both = pairing('numbers')
  const message = {
    id: 'ab'.repeat(16),
    from: 'me',
    kind: 'text',
    text: 'hello',
    writtenAtMs: 0,
    written: 1,
    writtenAfter: 0,
  } as const
  const numbered = { ...message, number: 6, state: 'delivered', refusedFor: null, receipt: null } as const
  const inviter: Stored = { ...both.inviter, messages: [numbered] }
  const fresh = [makeEnd('inviter', both, {}, inviter), makeEnd('joiner', both)] as const
  bind(...fresh)
  expect(fresh[1].told.some((told) => told.startsWith('numbers'))).toBe(false)
  // The joiner has seen a later binding of the inviter's than this one: her disk is an old copy.
  const joiner: Stored = { ...both.joiner, pairing: { ...both.joiner.pairing, peerBindingNumber: 9 } }
  const copied = [makeEnd('inviter', both, {}, inviter), makeEnd('joiner', both, {}, joiner)] as const
  bind(...copied)
  expect(copied[1].told).toContain('restored')
  expect(copied[1].told).toContain('numbers 1')
})
