import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DEFAULT_LIMITS } from './limits.ts'
import { encodeClientMessage, encodeRelay } from './messages.ts'
import { Rooms, type RoomsEffect, type RoomsEvent } from './rooms.ts'

const id = (name: string) => name.padEnd(32, '0')
const roomA = id('a')
const roomB = id('b')
const alice = id('1')
const bob = id('2')
const carol = id('3')
const ADDRESS = '192.0.2.1'

/** Rooms with a clock of their own and short words for what happens. */
function makeServer(limits = DEFAULT_LIMITS) {
  const rooms = new Rooms(limits)
  const server = {
    rooms,
    nowMs: 1000,
    say: (event: RoomsEvent) => rooms.handle(event, server.nowMs),
    open: (socket: number, address = ADDRESS) => server.say({ type: 'open', socket, address }),
    join: (socket: number, room: string, side: string, lab = false) =>
      server.say({ type: 'text', socket, text: encodeClientMessage({ type: 'join', room, side, lab }) }),
    enter: (socket: number, room: string, side: string, lab = false) => [
      ...server.open(socket),
      ...server.join(socket, room, side, lab),
    ],
    frame: (socket: number, frame: Uint8Array<ArrayBuffer>) => server.say({ type: 'binary', socket, frame }),
  }
  return server
}

const joined = (socket: number, peer: boolean): RoomsEffect => ({
  type: 'send',
  socket,
  message: { type: 'joined', peer },
})
const peer = (socket: number, present: boolean): RoomsEffect => ({
  type: 'send',
  socket,
  message: { type: 'peer', present },
})
const refuse = (socket: number, reason: Extract<RoomsEffect, { type: 'refuse' }>['reason']): RoomsEffect => ({
  type: 'refuse',
  socket,
  reason,
})
const signal = encodeRelay('signal', Uint8Array.of(9))
const broadcast = encodeRelay('public', Uint8Array.of(8, 8))

describe('a room', () => {
  test('tells each side of the other, and relays between them', () => {
    const server = makeServer()
    expect(server.enter(1, roomA, alice)).toEqual([joined(1, false)])
    expect(server.enter(2, roomA, bob)).toEqual([joined(2, true), peer(1, true)])
    expect(server.frame(1, signal)).toEqual([{ type: 'relay', socket: 2, kind: 'signal', frame: signal }])
    expect(server.frame(2, broadcast)).toEqual([{ type: 'relay', socket: 1, kind: 'public', frame: broadcast }])
    expect(server.say({ type: 'closed', socket: 2 })).toEqual([peer(1, false)])
    expect(server.rooms.counts).toMatchObject({ sockets: 1, rooms: 1 })
  })

  test('keeps nothing for a side that is not there', () => {
    const server = makeServer()
    server.enter(1, roomA, alice)
    expect(server.frame(1, signal)).toEqual([])
    expect(server.enter(2, roomA, bob)).toEqual([joined(2, true), peer(1, true)])
  })

  test('refuses a third side and leaves the two alone', () => {
    const server = makeServer()
    server.enter(1, roomA, alice)
    server.enter(2, roomA, bob)
    expect(server.enter(3, roomA, carol)).toEqual([refuse(3, 'room-full')])
    expect(server.frame(3, signal)).toEqual([])
    expect(server.frame(1, signal)).toHaveLength(1)
  })

  test('lets the same side in again in place of its older socket', () => {
    const server = makeServer()
    server.enter(1, roomA, alice)
    server.enter(2, roomA, bob)
    expect(server.enter(3, roomA, alice)).toEqual([refuse(1, 'replaced'), joined(3, true), peer(2, true)])
    expect(server.frame(2, signal)).toEqual([{ type: 'relay', socket: 3, kind: 'signal', frame: signal }])
    expect(server.frame(1, signal), 'the older socket is out').toEqual([])
    expect(server.say({ type: 'closed', socket: 1 }), 'and its end is no news').toEqual([])
  })

  test('does not hear the other room', () => {
    const server = makeServer()
    server.enter(1, roomA, alice)
    server.enter(2, roomB, bob)
    expect(server.frame(1, broadcast)).toEqual([])
  })

  test('has place again when a side has gone, and is forgotten when both have', () => {
    const server = makeServer()
    server.enter(1, roomA, alice)
    server.enter(2, roomA, bob)
    server.say({ type: 'closed', socket: 1 })
    expect(server.enter(3, roomA, carol)).toEqual([joined(3, true), peer(2, true)])
    server.say({ type: 'closed', socket: 2 })
    server.say({ type: 'closed', socket: 3 })
    expect(server.rooms.counts).toMatchObject({ sockets: 0, rooms: 0 })
  })
})

describe('a lab room', () => {
  const heard = (effects: readonly RoomsEffect[]) => effects.filter((effect) => effect.type === 'overheard')

  test('is overheard once both sides joined it as a lab, either way and whatever the kind, after it was relayed', () => {
    const server = makeServer()
    server.enter(1, roomA, alice, true)
    expect(server.frame(1, broadcast), 'alone').toEqual([])
    server.enter(2, roomA, bob, true)
    const overheard = { type: 'overheard', room: roomA } as const
    expect(server.frame(1, broadcast)).toEqual([
      { type: 'relay', socket: 2, kind: 'public', frame: broadcast },
      { ...overheard, from: alice, kind: 'public', frame: broadcast },
    ])
    expect(heard(server.frame(2, signal))).toEqual([{ ...overheard, from: bob, kind: 'signal', frame: signal }])
  })

  test.each([
    [false, false],
    [true, false],
    [false, true],
  ])('is none where the sides say lab %s and %s', (hers, his) => {
    const server = makeServer()
    server.enter(1, roomA, alice, hers)
    server.enter(2, roomA, bob, his)
    for (const socket of [1, 2]) expect(heard(server.frame(socket, broadcast))).toEqual([])
  })

  test('ends when a side comes again as a private one, and when another, private, takes its place', () => {
    const server = makeServer()
    server.enter(1, roomA, alice, true)
    server.enter(2, roomA, bob, true)
    server.enter(3, roomA, bob, false)
    for (const socket of [1, 2, 3]) expect(heard(server.frame(socket, broadcast))).toEqual([])
    server.say({ type: 'closed', socket: 3 })
    server.enter(4, roomA, carol, false)
    expect(heard(server.frame(1, broadcast))).toEqual([])
  })

  test('does not make a lab of the other room', () => {
    const server = makeServer()
    server.enter(1, roomA, alice, true)
    server.enter(2, roomA, bob, true)
    server.enter(3, roomB, alice)
    server.enter(4, roomB, bob)
    expect(heard(server.frame(3, broadcast))).toEqual([])
  })
})

describe('what is refused', () => {
  test('a frame before the join', () => {
    const server = makeServer()
    server.enter(1, roomA, alice)
    server.open(2)
    expect(server.frame(2, signal)).toEqual([refuse(2, 'malformed')])
  })

  test('a second join, of the same room or of another', () => {
    const server = makeServer()
    server.enter(1, roomA, alice)
    server.enter(2, roomA, bob)
    expect(server.join(1, roomB, alice)).toEqual([refuse(1, 'malformed'), peer(2, false)])
  })

  test('text that is no join, and frames of no known kind', () => {
    const server = makeServer()
    server.open(1)
    expect(server.say({ type: 'text', socket: 1, text: '{"__proto__":1}' })).toEqual([refuse(1, 'malformed')])
    server.enter(2, roomA, alice)
    expect(server.frame(2, Uint8Array.of(7, 7))).toEqual([refuse(2, 'malformed')])
  })

  test('a socket that has not joined within five seconds, and only that one', () => {
    const server = makeServer()
    server.open(1)
    server.enter(2, roomA, alice)
    server.nowMs += 4_999
    expect(server.say({ type: 'tick' })).toEqual([])
    server.nowMs += 1
    expect(server.say({ type: 'tick' })).toEqual([refuse(1, 'too-late')])
  })

  test('more than a burst of signals, but not of the public channel', () => {
    const server = makeServer()
    server.enter(1, roomA, alice)
    server.enter(2, roomA, bob)
    for (let i = 0; i < 1000; i++) expect(server.frame(1, broadcast)).toHaveLength(1)
    // The join took one of the 40.
    for (let i = 0; i < 39; i++) expect(server.frame(1, signal)).toHaveLength(1)
    expect(server.frame(1, signal)).toEqual([refuse(1, 'too-many'), peer(2, false)])
  })

  test('no signals at the sustained rate', () => {
    const server = makeServer()
    server.enter(1, roomA, alice)
    server.enter(2, roomA, bob)
    for (let i = 0; i < 1000; i++) {
      server.nowMs += 50
      expect(server.frame(1, signal)).toHaveLength(1)
    }
  })

  test('a reader that does not read', () => {
    const server = makeServer()
    server.enter(1, roomA, alice)
    server.enter(2, roomA, bob)
    expect(server.say({ type: 'buffered', socket: 2, bytes: 256 * 1024 })).toEqual([])
    expect(server.say({ type: 'buffered', socket: 2, bytes: 256 * 1024 + 1 })).toEqual([
      refuse(2, 'too-slow'),
      peer(1, false),
    ])
  })

  test('more sockets of one address than it may have, but not those of another', () => {
    const server = makeServer({ ...DEFAULT_LIMITS, socketsPerAddress: 2 })
    server.open(1)
    server.open(2)
    expect(server.open(3)).toEqual([refuse(3, 'too-many')])
    expect(server.open(4, '192.0.2.2')).toEqual([])
    server.say({ type: 'closed', socket: 1 })
    server.nowMs += 1000
    expect(server.open(5)).toEqual([])
  })

  test('most of 10,000 joins a minute from one address; a class of it is let in at once', () => {
    const server = makeServer()
    let refused = 0
    for (let socket = 1; socket <= 10_000; socket++) {
      server.nowMs += 6
      const effects = server.enter(socket, id(`${socket}`), alice)
      if (socket <= 60) expect(effects).toEqual([joined(socket, false)])
      refused += effects.filter((effect) => effect.type === 'refuse').length
      server.say({ type: 'closed', socket })
    }
    expect(refused).toBeGreaterThan(8_000)
    expect(server.rooms.counts).toMatchObject({ sockets: 0, rooms: 0 })
    server.nowMs += 60_000
    server.say({ type: 'tick' })
    expect(server.rooms.counts.addresses, 'the address is forgotten in time').toBe(0)
  })

  test('everybody when the server goes, and whoever comes then', () => {
    const server = makeServer()
    server.enter(1, roomA, alice)
    server.enter(2, roomA, bob)
    expect(server.say({ type: 'drain' })).toEqual([refuse(1, 'draining'), refuse(2, 'draining')])
    expect(server.open(3)).toEqual([refuse(3, 'draining')])
    expect(server.rooms.counts).toMatchObject({ sockets: 0, rooms: 0 })
  })
})

/** One step of a run: a socket (0 to 5) does something. */
const step = fc.record({
  what: fc.constantFrom('open', 'join', 'signal', 'public', 'nonsense', 'closed', 'buffered', 'tick'),
  socket: fc.nat(5),
  room: fc.constantFrom(roomA, roomB),
  side: fc.constantFrom(alice, bob, carol),
  lab: fc.boolean(),
  afterMs: fc.nat(2000),
})

describe('whatever happens', () => {
  test('a frame reaches at most the one other side of its own room, and nobody after the refusal', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const server = makeServer({ ...DEFAULT_LIMITS, messagesBurst: 5 })
        // A second, slow account of who is where: numbers are never used again, as in the server.
        const current = new Map<number, number>()
        const seats = new Map<number, { room: string; side: string; lab: boolean }>()
        const out = new Set<number>()
        let last = 0
        for (const { what, socket: slot, room, side, lab, afterMs } of steps) {
          server.nowMs += afterMs
          const socket = current.get(slot)
          let effects: readonly RoomsEffect[] = []
          let sender: number | null = null
          if (what === 'open') {
            if (socket !== undefined) continue
            last += 1
            current.set(slot, last)
            effects = server.open(last)
          } else if (what === 'tick') {
            effects = server.say({ type: 'tick' })
          } else if (socket === undefined) {
            continue
          } else if (what === 'join') {
            effects = server.join(socket, room, side, lab)
            const isIn = effects.some((effect) => effect.type === 'send' && effect.message.type === 'joined')
            if (isIn) seats.set(socket, { room, side, lab })
          } else if (what === 'closed') {
            effects = server.say({ type: 'closed', socket })
            current.delete(slot)
            out.add(socket)
          } else if (what === 'buffered') {
            effects = server.say({ type: 'buffered', socket, bytes: afterMs * 200 })
          } else {
            sender = socket
            effects = server.frame(
              socket,
              what === 'signal' ? signal : what === 'public' ? broadcast : Uint8Array.of(0),
            )
          }
          const overheard = effects.filter((effect) => effect.type === 'overheard')
          let labs = 0
          for (const effect of effects) {
            if (effect.type === 'overheard') continue
            expect(out.has(effect.socket), 'no effect on a socket that is out').toBe(false)
            if (effect.type === 'refuse') out.add(effect.socket)
            if (effect.type !== 'relay') continue
            const from = seats.get(sender ?? -1)
            const to = seats.get(effect.socket)
            expect(from, 'nothing is relayed before a join').toBeDefined()
            expect(to?.room).toBe(from?.room)
            expect(to?.side).not.toBe(from?.side)
            if (from?.lab && to?.lab) labs += 1
          }
          expect(overheard.length, 'overheard is what two of a lab say, and nothing else').toBe(labs)
          for (const { room, from } of overheard) expect(seats.get(sender ?? -1)).toMatchObject({ room, side: from })
          expect(effects.filter((effect) => effect.type === 'relay').length).toBeLessThanOrEqual(1)
          for (const name of [roomA, roomB]) {
            const sides = [...seats].filter(([id, seat]) => seat.room === name && !out.has(id)).map(([, s]) => s.side)
            expect(sides.length, 'two sides a room').toBeLessThanOrEqual(2)
            expect(new Set(sides).size, 'one socket a side').toBe(sides.length)
          }
        }
        for (const socket of current.values()) server.say({ type: 'closed', socket })
        expect(server.rooms.counts).toMatchObject({ sockets: 0, rooms: 0 })
      }),
      { numRuns: 300 },
    )
  })
})
