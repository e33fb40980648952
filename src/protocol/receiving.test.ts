import { describe, expect, test } from 'vitest'
import { SeededRandom } from '../lib/random.ts'
import { preparePairs } from '../quantum/pair-source.ts'
import { encodeFibre, type FibreFrame } from '../wire/fibre.ts'
import type { Message } from './messages.ts'
import type { Terms } from './terms.ts'
import { converse, desks, idOf, type ReceivingDesk } from './testing/desk.ts'

const THIRDS = [21_845, 21_846, 21_845] as const
const TERMS: Omit<Terms, 'session'> = {
  pairs: 30_000,
  mode: 'textbook',
  alice: THIRDS,
  bob: THIRDS,
  epsilon: 1e-10,
  proof: 'trusted',
  neededBits: 1_664,
  newPairs: 1,
  plannedNoise: 0,
  leakCap: 0,
  tagPair: 'invite/inviter',
  route: 'relay',
}

function propose(bob: ReceivingDesk, session: string, terms: Partial<Terms> = {}): string {
  bob.hear({ type: 'propose', session, terms: { ...TERMS, ...terms, session } })
  const answers = bob.heard().filter((message) => message.session === session)
  const refuse = answers.find((message) => message.type === 'refuse')
  return refuse?.type === 'refuse' ? refuse.reason : 'taken'
}

const qubits = preparePairs(2_000, THIRDS, 1, new SeededRandom('receiving')).qubits
const frame = (session: string, start: number, count: number): FibreFrame => ({
  session,
  start,
  qubits: { ...qubits, indices: qubits.indices.slice(0, count) },
})

describe('a proposal', () => {
  test('that is sane, known and not weaker than his own setting is taken without a word', () => {
    expect(propose(desks('sane').bob, idOf(1))).toBe('taken')
    expect(propose(desks('derived').bob, idOf(1), { tagPair: 'derived' })).toBe('taken')
    expect(propose(desks('stronger').bob, idOf(1), { epsilon: 1e-12 })).toBe('taken')
  })

  test.each<[string, Partial<Terms>, string]>([
    ['weights that add up to less', { alice: [1, 1, 1] }, 'impossible'],
    ['weights that add up to more', { bob: [65_536, 65_536, 65_536] }, 'impossible'],
    ['a weight that wraps', { bob: [0xffff_ffff, 65_537, 0] }, 'impossible'],
    ['no pairs', { pairs: 0 }, 'impossible'],
    ['epsilon 0', { epsilon: 0 }, 'impossible'],
    ['epsilon 1', { epsilon: 1 }, 'impossible'],
    ['a negative epsilon', { epsilon: -1e-10 }, 'impossible'],
    ['no bits needed', { neededBits: 0 }, 'impossible'],
    ['six new pairs', { newPairs: 6 }, 'impossible'],
    ['255 new pairs', { newPairs: 255 }, 'impossible'],
    ['negative noise', { plannedNoise: -0.1 }, 'impossible'],
    ['noise above 1', { plannedNoise: 1.1 }, 'impossible'],
    ['more than 2^24 pairs', { pairs: 2 ** 24 + 1 }, 'not-accepted'],
    ['10^9 pairs', { pairs: 10 ** 9 }, 'not-accepted'],
    ['an epsilon weaker than his own', { epsilon: 1e-9 }, 'not-accepted'],
    ['a pair that he does not have', { tagPair: 'invite/nobody' }, 'unknown-pair'],
    ['a pair of his own lane', { tagPair: 'invite/joiner' }, 'unknown-pair'],
    ['no name of a pair', { tagPair: '' }, 'unknown-pair'],
  ])('of %s is refused, and makes no session', (_name, terms, reason) => {
    const { bob } = desks('refusals')
    expect(propose(bob, idOf(1), terms)).toBe(reason)
    bob.fibre(frame(idOf(1), 0, 100))
    expect(bob.measure()).toBe(0)
    bob.wait(60_000)
    expect(bob.unsettled).toBe(0)
    expect(bob.shown).toEqual([])
  })

  test('is held to his own setting of epsilon, where he has one', () => {
    expect(propose(desks('own epsilon', { epsilon: 1e-6 }).bob, idOf(1), { epsilon: 1e-6 })).toBe('taken')
    expect(propose(desks('own epsilon', { epsilon: 1e-12 }).bob, idOf(1), { epsilon: 1e-10 })).toBe('not-accepted')
  })

  test('to go directly is taken in a private room, and refused in a lab', () => {
    expect(propose(desks('private').bob, idOf(1), { route: 'direct' })).toBe('taken')
    const { bob } = desks('lab', {}, 'lab')
    expect(propose(bob, idOf(1), { route: 'direct' })).toBe('not-accepted')
    expect(propose(bob, idOf(2))).toBe('taken')
  })

  test('with a session id seen before on this connection is refused', () => {
    const { bob } = desks('seen')
    expect(propose(bob, idOf(1))).toBe('taken')
    expect(propose(bob, idOf(2))).toBe('taken')
    expect(propose(bob, idOf(1))).toBe('seen')
  })

  test('repeated while its session runs changes nothing', () => {
    const { bob } = desks('repeated')
    propose(bob, idOf(1))
    bob.fibre(frame(idOf(1), 0, 500))
    expect(bob.measure()).toBe(1)
    bob.hear({ type: 'propose', session: idOf(1), terms: { ...TERMS, session: idOf(1) } })
    expect(bob.heard()).toEqual([])
    bob.fibre(frame(idOf(1), 0, 500))
    expect(bob.measure()).toBe(0)
  })

  test('above the rate of pairs is refused as busy, and taken again when time has gone by', () => {
    const { bob } = desks('rate')
    const answers: string[] = []
    // 10^8 pairs a second: a hundred proposals of 10^6 pairs within one.
    for (let i = 0; i < 100; i++) {
      answers.push(propose(bob, idOf(i), { pairs: 10 ** 6, tagPair: 'derived' }))
      bob.nowMs += 10
    }
    expect(answers.filter((answer) => answer === 'taken').length).toBeLessThan(25)
    expect(answers.at(-1)).toBe('busy')
    bob.nowMs += 60_000
    expect(propose(bob, idOf(200), { pairs: 10 ** 6, tagPair: 'derived' })).toBe('taken')
  })

  test('ends the session before it, whose later frames and messages are ignored', () => {
    const { bob } = desks('newer')
    propose(bob, idOf(1))
    bob.hear({ type: 'propose', session: idOf(2), terms: { ...TERMS, session: idOf(2) } })
    expect(bob.heard()).toMatchObject([{ type: 'abort', session: idOf(1), reason: 'cancelled' }])
    bob.fibre(frame(idOf(1), 0, 500))
    expect(bob.measure()).toBe(0)
    bob.hear({ type: 'sifted', session: idOf(1), settings: new Uint8Array(0), outcomes: new Uint8Array(0), checks: [] })
    expect(bob.heard()).toEqual([])
    bob.fibre(frame(idOf(2), 0, 500))
    expect(bob.measure()).toBe(1)
  })
})

describe('a message of a session that he does not know', () => {
  test('is ignored, whatever it is: `amplify` above all', () => {
    const { bob } = desks('unknown session')
    const empty = new Uint8Array(0)
    const tag = new Uint8Array(16)
    const session = idOf(9)
    const messages: readonly Message[] = [
      { type: 'amplify', session, blocks: [], ciphertext: new Uint8Array(128), tag },
      { type: 'sifted', session, settings: empty, outcomes: empty, checks: [] },
      { type: 'measured', session, arrived: [], settings: empty },
      { type: 'received', session, proof: tag },
      { type: 'abort', session, reason: 'tampered', keyBits: empty },
      { type: 'ready', session },
      { type: 'refuse', session, reason: 'busy' },
    ]
    for (const message of messages) bob.hear(message)
    expect([bob.heard(), bob.shown, bob.outputs, bob.unsettled]).toEqual([[], [], [], 0])
  })
})

describe('fibre frames ahead of their `propose`', () => {
  test('wait, and are measured when it comes', () => {
    const { bob } = desks('early')
    for (let i = 0; i < 5; i++) bob.fibre(frame(idOf(1), 500 * i, 500))
    expect(bob.measure()).toBe(0)
    propose(bob, idOf(1))
    expect(bob.measure()).toBe(5)
  })

  test.each([
    ['of one qubit and 256 states', 1, 256],
    ['of many qubits and six states', 2_000, 6],
    ['of one qubit and one state', 1, 1],
  ])('(%s) are kept up to 1 MiB in memory, and no more', (_name, count, states) => {
    const { bob } = desks('early, many')
    const codebook = new Float64Array(3 * states)
    const many = (start: number): FibreFrame => ({
      session: idOf(1),
      start,
      qubits: { codebook, indices: new Uint8Array(count) },
    })
    const sent = Math.ceil((3 * 2 ** 20) / encodeFibre(many(0)).length)
    const offered = Math.min(sent, 60_000)
    for (let i = 0; i < offered; i++) bob.fibre(many(count * i))
    propose(bob, idOf(1), { pairs: 2 ** 24 })
    const kept = bob.measure()
    expect(kept).toBeGreaterThan(0)
    expect(kept * (codebook.byteLength + count)).toBeLessThanOrEqual(2 ** 20)
  })

  test('of a session that never comes make no room scarce for ever: the next proposal clears them', () => {
    const { bob } = desks('early, others')
    for (let i = 0; i < 2_000; i++) bob.fibre(frame(idOf(7), i, 1_000))
    propose(bob, idOf(1))
    expect(bob.measure()).toBe(0)
    propose(bob, idOf(2))
    bob.fibre(frame(idOf(3), 0, 500))
    propose(bob, idOf(3))
    expect(bob.measure()).toBe(1)
  })
})

describe('a message that arrives', () => {
  test('is shown after it was stored, and acknowledged after that', () => {
    const pair = desks('stored')
    pair.alice.write(idOf(1))
    pair.alice.bind()
    converse(pair, { message: ({ type }) => type !== 'amplify' })
    expect(pair.bob.stored.messages).toEqual([])
    expect(pair.bob.shown.some(({ type }) => type === 'message')).toBe(false)
  })

  test('under a full lane pushes its oldest pairs out: a peer can not make a lane grow', () => {
    const pair = desks('full lane')
    for (let i = 0; i < 12; i++) {
      const keys = new Uint8Array(64).fill(i + 1)
      const old = { name: `old/${i}`, lane: 'inviter', keys, state: 'usable', origin: 'information-theoretic' } as const
      pair.bob.put({ type: 'putTagPair', pair: old })
    }
    pair.alice.write(idOf(1))
    pair.alice.bind()
    expect(converse(pair).at(-1)).toBe('B:received')
    const names = pair.bob.stored.tagPairs.filter(({ lane }) => lane === 'inviter').map(({ name }) => name)
    expect(names.length).toBe(8)
    expect(names.slice(0, 3)).toEqual(['old/9', 'old/10', 'old/11'])
  })

  test('again, in another session, is acknowledged and not shown twice; a higher number is taken', () => {
    const pair = desks('duplicate')
    pair.alice.write(idOf(1))
    pair.alice.bind()
    converse(pair)
    // Alice's disk, restored from a copy, has it still queued, and knows of higher numbers.
    const message = pair.alice.message(idOf(1))!
    pair.alice.put(
      { type: 'deleteMessage', id: message.id },
      { type: 'putMessage', message: { ...message, state: 'queued', number: null } },
      { type: 'raiseNumber', to: 30 },
    )
    pair.alice.sending.pump()
    expect(converse(pair).at(-1)).toBe('B:received')
    expect(pair.bob.stored.messages.length).toBe(1)
    expect(pair.bob.message(idOf(1))?.number).toBe(31)
    expect(pair.alice.message(idOf(1))).toMatchObject({ state: 'delivered', number: 31 })
  })

  test('under the id of one that he wrote himself is acknowledged and changes nothing of his', () => {
    const pair = desks('own id')
    pair.alice.write(idOf(1), 'from alice')
    const mine = { ...pair.alice.message(idOf(1))!, text: 'from bob', state: 'delivered', number: 1 } as const
    pair.bob.put({ type: 'putMessage', message: mine })
    pair.alice.bind()
    converse(pair)
    expect(pair.bob.message(idOf(1))).toEqual(mine)
  })

  test('when the disk is full is not shown, not acknowledged, and comes again', () => {
    const pair = desks('full disk')
    pair.alice.write(idOf(1))
    pair.alice.bind()
    let seen = 0
    const settle = pair.bob.settle.bind(pair.bob)
    // The first commit is the pair's, the second the message's.
    pair.bob.settle = () => settle(pair.bob.unsettled > 0 && ++seen === 2 ? 'full' : null)
    converse(pair)
    expect(pair.bob.stored.messages).toEqual([])
    expect(pair.alice.message(idOf(1))?.state).toBe('sent')
    pair.alice.wait(1_000)
    converse(pair)
    expect(pair.bob.message(idOf(1))?.state).toBe('delivered')
    expect(pair.alice.message(idOf(1))?.state).toBe('delivered')
  })
})
