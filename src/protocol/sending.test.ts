import { describe, expect, test } from 'vitest'
import type { FibreFrame } from '../wire/fibre.ts'
import type { Message } from './messages.ts'
import { BULK_PAIRS } from './terms.ts'
import { converse, desks, idOf, type SendingDesk } from './testing/desk.ts'

const [A, B] = [idOf(1), idOf(2)]

/** What Alice proposes next, or null. */
function proposal(alice: SendingDesk): Extract<Message, { type: 'propose' }> | null {
  const found = alice.heard().find((message) => message.type === 'propose')
  return found?.type === 'propose' ? found : null
}

const states = (alice: SendingDesk, id: string): readonly string[] =>
  alice.shown.flatMap((event) => (event.type === 'message' && event.message.id === id ? [event.message.state] : []))

describe('sending', () => {
  test('proposes the oldest message once a connection is bound, under the invite’s pair, and fills the lane', () => {
    const { alice } = desks('first')
    alice.write(A, 'x'.repeat(100))
    expect(alice.heard()).toEqual([])
    alice.bind()
    const { terms } = proposal(alice)!
    expect(terms).toMatchObject({ tagPair: 'invite/inviter', newPairs: 5, neededBits: 3_712, mode: 'efficient' })
    expect(terms).toMatchObject({ epsilon: 1e-10, proof: 'trusted', route: 'relay', plannedNoise: 0 })
    expect(states(alice, A).at(-1)).toBe('distilling')
  })

  test('carries a message to the other side, at both of whose ends it is delivered, with one number', () => {
    const pair = desks('delivered')
    pair.alice.write(A)
    pair.alice.bind()
    expect(converse(pair)).toEqual(['A:propose', 'B:measured', 'A:sifted', 'B:estimated', 'A:amplify', 'B:received'])
    expect(pair.alice.message(A)).toMatchObject({ state: 'delivered', number: 1 })
    expect(pair.bob.message(A)).toMatchObject({ state: 'delivered', number: 1, text: 'hello', from: 'peer' })
    expect(pair.alice.stored.pairing.highestNumber).toBe(1)
    // The pair is spent at both ends; five new ones are usable at both.
    const names = (stored: { tagPairs: readonly { name: string; lane: string; state: string }[] }): string[] =>
      stored.tagPairs.filter(({ lane, state }) => lane === 'inviter' && state === 'usable').map(({ name }) => name)
    expect(names(pair.alice.stored)).toEqual(names(pair.bob.stored))
    expect(names(pair.alice.stored).length).toBe(5)
    expect(names(pair.alice.stored)).not.toContain('invite/inviter')
  })

  test('has one session in flight, and goes on with the next message by itself', () => {
    const pair = desks('two')
    pair.alice.write(A)
    pair.alice.write(B, 'second')
    pair.alice.bind()
    expect(pair.alice.types()).toEqual(['propose'])
    const whole = desks('two')
    whole.alice.write(A)
    whole.alice.write(B, 'second')
    whole.alice.bind()
    converse(whole)
    expect([whole.bob.message(A)?.number, whole.bob.message(B)?.number]).toEqual([1, 2])
  })

  test('looks through no history: on the whole way of a message nobody goes through all of them', () => {
    const pair = desks('history')
    pair.alice.write(A)
    for (const { host } of [pair.alice, pair.bob]) {
      host.stored.messages[Symbol.iterator] = () => {
        throw new Error('somebody goes through all messages')
      }
    }
    pair.alice.bind()
    expect(converse(pair).at(-1)).toBe('B:received')
    expect([pair.alice.message(A)?.state, pair.bob.message(A)?.state]).toEqual(['delivered', 'delivered'])
  })

  test('takes the number above the highest known from either side', () => {
    const pair = desks('numbers')
    pair.alice.put({ type: 'raiseNumber', to: 41 })
    pair.alice.write(A)
    pair.alice.bind()
    converse(pair)
    expect(pair.alice.message(A)?.number).toBe(42)
    expect(pair.bob.stored.pairing.highestNumber).toBe(42)
  })

  test('goes directly where the relay is away, and so do the other messages of that session', () => {
    const pair = desks('direct')
    pair.alice.relayReady = false
    pair.alice.write(A)
    pair.alice.bind()
    expect(converse(pair).at(-1)).toBe('B:received')
    expect(new Set([...pair.alice.saidBy, ...pair.bob.saidBy])).toEqual(new Set(['direct']))
  })

  test('ends a session by the relay when that goes, and begins it anew directly', () => {
    const { alice } = desks('relay lost')
    alice.write(A)
    alice.bind()
    const before = proposal(alice)!.terms
    alice.relayReady = false
    alice.sending.relayLost()
    const after = proposal(alice)!.terms
    expect([before.route, after.route]).toEqual(['relay', 'direct'])
    expect(after.session).not.toBe(before.session)
  })
})

describe('in a lab room there is no falling back', () => {
  const lab = (seed: string, options: Parameters<typeof desks>[1] = {}) => desks(seed, options, 'lab')

  test('a message waits while the relay is away, and goes by it, alone, once it is there', () => {
    const pair = lab('waits')
    pair.alice.relayReady = false
    pair.alice.write(A)
    pair.alice.bind()
    pair.alice.wait(120_000)
    expect(pair.alice.heard()).toEqual([])
    expect(states(pair.alice, A)).toEqual([])
    expect(pair.alice.message(A)?.state).toBe('queued')
    pair.alice.relayReady = true
    pair.alice.sending.pump()
    expect(converse(pair).at(-1)).toBe('B:received')
    expect(new Set([...pair.alice.saidBy, ...pair.bob.saidBy])).toEqual(new Set(['relay']))
  })

  test('a session ends with the relay, and the next one waits for it', () => {
    const { alice } = lab('lost')
    alice.write(A)
    alice.bind()
    expect(proposal(alice)?.terms.route).toBe('relay')
    alice.relayReady = false
    alice.sending.relayLost()
    alice.wait(120_000)
    expect(alice.heard()).toEqual([])
    expect(alice.message(A)?.state).toBe('queued')
    alice.relayReady = true
    alice.sending.pump()
    expect(proposal(alice)?.terms.route).toBe('relay')
  })

  test.each<[string, string, Parameters<typeof desks>[1]]>([
    ['the person prefers the link', 'hello', { publicChannel: 'direct' }],
    ['there is a bulk of pairs', 'x'.repeat(16_000), {}],
  ])('where %s, it is the relay all the same', (_, text, options) => {
    const { alice } = lab('preferred', options)
    alice.write(A, text)
    alice.bind()
    const terms = proposal(alice)?.terms
    expect(terms?.route).toBe('relay')
    expect((terms?.pairs ?? 0) > BULK_PAIRS).toBe(text.length > 1_000)
  })

  test('a relay that swallows session after session is still the way', () => {
    const { alice } = lab('swallowed')
    alice.write(A)
    alice.bind()
    const routes = [1, 2, 3, 4, 5].map(() => {
      const route = proposal(alice)?.terms.route
      for (let i = 0; i < 4; i++) alice.wait(15_000)
      return route
    })
    expect(routes).toEqual(['relay', 'relay', 'relay', 'relay', 'relay'])
  })
})

describe('a proposal that the peer refuses', () => {
  test.each(['busy', 'seen'] as const)('(%s) is made again after 1 s, doubling to 30 s', (reason) => {
    const { alice } = desks(`refused ${reason}`)
    alice.write(A)
    alice.bind()
    const waits: number[] = []
    for (let i = 0; i < 7; i++) {
      expect(proposal(alice)).not.toBe(null)
      alice.refuse(reason)
      let waited = 0
      while (alice.said.length === 0) {
        alice.wait(100)
        waited += 100
        if (waited > 60_000) throw new Error('never again')
      }
      waits.push(waited)
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000])
    expect(alice.message(A)?.state).toBe('queued')
  })

  test.each(['not-accepted', 'impossible'] as const)('(%s) refuses the message, and the next one goes', (reason) => {
    const { alice } = desks(`refused ${reason}`)
    alice.write(A)
    alice.write(B)
    alice.bind()
    const first = proposal(alice)!.terms.session
    alice.refuse(reason)
    alice.settleAll()
    expect(alice.message(A)).toMatchObject({ state: 'refused', refusedFor: 'not-accepted' })
    expect(states(alice, A).at(-1)).toBe('refused')
    expect(proposal(alice)!.terms.session).not.toBe(first)
    alice.refuse('busy')
    expect(alice.message(B)?.state).toBe('queued')
  })

  test('as not accepted does not start again while its refusal is on the way to the disk, however slow', () => {
    const { alice } = desks('slow disk')
    alice.write(A)
    alice.bind()
    proposal(alice)
    alice.refuse('not-accepted')
    for (let i = 0; i < 20; i++) alice.wait(500)
    expect(alice.types()).toEqual([])
    alice.settleAll()
    for (let i = 0; i < 20; i++) alice.wait(500)
    expect(alice.types()).toEqual([])
    expect(alice.message(A)?.state).toBe('refused')
  })

  test('because he lacks the pair deletes it, and the next proposal names another: never the same pair twice', () => {
    const { alice } = desks('unknown pair')
    alice.write(A)
    alice.bind()
    expect(proposal(alice)!.terms.tagPair).toBe('invite/inviter')
    alice.refuse('unknown-pair')
    alice.wait(5_000)
    expect(alice.types()).toEqual([])
    alice.settleAll()
    expect(alice.stored.tagPairs.map(({ name }) => name)).not.toContain('invite/inviter')
    expect(proposal(alice)!.terms.tagPair).toBe('derived')
  })

  test('as of an unknown pair, though it was derived, is not made again at once', () => {
    const { alice } = desks('unknown derived pair')
    alice.put({ type: 'deleteTagPair', name: 'invite/inviter' })
    alice.write(A)
    alice.bind()
    for (let i = 0; i < 5; i++) {
      expect(proposal(alice)!.terms.tagPair).toBe('derived')
      alice.refuse('unknown-pair')
      alice.settleAll()
      expect(alice.said.length).toBe(0)
      alice.wait(30_000)
    }
  })
})

describe('a message that the person takes back', () => {
  test('while its key is made ends the session and keeps nothing but its id', () => {
    const { alice } = desks('cancel')
    alice.write(A, 'secret')
    alice.bind()
    alice.heard()
    alice.sending.cancel(A)
    expect(alice.types()).toEqual(['abort'])
    for (let i = 0; i < 10; i++) alice.wait(500)
    alice.settleAll()
    alice.wait(60_000)
    expect(alice.message(A)).toMatchObject({ state: 'cancelled', text: '', receipt: null })
    expect(alice.types()).toEqual([])
  })

  test('before its turn never goes', () => {
    const { alice } = desks('cancel early')
    alice.write(A)
    alice.sending.cancel(A)
    alice.settleAll()
    alice.bind()
    expect(alice.types()).toEqual([])
  })

  test('after its seal was asked of the disk stays, and is delivered', () => {
    const pair = desks('cancel late')
    pair.alice.write(A)
    pair.alice.bind()
    converse(pair, { settles: false })
    expect(pair.alice.unsettled).toBe(1)
    pair.alice.sending.cancel(A)
    converse(pair)
    expect(pair.alice.message(A)?.state).toBe('delivered')
    pair.alice.sending.cancel(A)
    pair.alice.settleAll()
    expect(pair.alice.message(A)).toMatchObject({ state: 'delivered', text: 'hello' })
  })

  test('that is none of his, or none at all, changes nothing', () => {
    const { alice } = desks('cancel others')
    alice.write(B, 'theirs', { from: 'peer', state: 'delivered', number: 3 })
    alice.sending.cancel(B)
    alice.sending.cancel('nobody')
    alice.sending.retry(B)
    alice.sending.retry('nobody')
    expect(alice.unsettled).toBe(0)
  })
})

describe('a refused message', () => {
  test('taken up again is queued where it was written, and goes', () => {
    const pair = desks('retry')
    pair.alice.write(A)
    pair.alice.bind()
    pair.alice.heard()
    pair.alice.refuse('not-accepted')
    pair.alice.settleAll()
    const { written } = pair.alice.message(A)!
    pair.alice.outputs.length = 0
    pair.alice.sending.retry(A)
    pair.alice.settleAll()
    expect(pair.alice.message(A)).toMatchObject({ state: 'queued', refusedFor: null, receipt: null, written })
    converse(pair)
    expect(pair.alice.message(A)?.state).toBe('delivered')
  })

  test('stays refused when the disk does not take its retry, and can be taken up again', () => {
    const { alice } = desks('retry fails')
    alice.write(A)
    alice.bind()
    alice.heard()
    alice.refuse('not-accepted')
    alice.settleAll()
    alice.sending.retry(A)
    alice.settle('full')
    expect(alice.message(A)?.state).toBe('refused')
    expect(alice.types()).toEqual([])
    alice.sending.retry(A)
    alice.settleAll()
    expect(alice.types()).toEqual(['propose'])
  })
})

describe('a message once sent', () => {
  test('stays sent when its connection is lost, and is resent with the same id and number under a new key; Bob shows it once', () => {
    const pair = desks('resent')
    pair.alice.write(A)
    pair.alice.bind()
    const log = converse(pair, { message: ({ type }) => type !== 'received' })
    expect(log.at(-1)).toBe('B:received lost')
    expect(pair.alice.message(A)).toMatchObject({ state: 'sent', number: 1 })
    const session = pair.alice.sending.session
    pair.alice.sending.lost()
    pair.alice.bind()
    expect(pair.alice.sending.session).not.toBe(session)
    converse(pair)
    expect(pair.alice.message(A)).toMatchObject({ state: 'delivered', number: 1 })
    expect(pair.bob.stored.messages.filter(({ id }) => id === A).length).toBe(1)
  })

  test('is never refused: an eavesdropper or noise make it wait, not stop', () => {
    const pair = desks('sent, then noise')
    pair.alice.write(A)
    pair.alice.bind()
    converse(pair, { message: ({ type }) => type !== 'received' })
    pair.alice.sending.lost()
    pair.alice.bind()
    for (let i = 0; i < 5; i++) {
      converse(pair, {
        fibre: (frame) => ({
          ...frame,
          qubits: { ...frame.qubits, indices: frame.qubits.indices.map((x) => (x + 2) % 6) },
        }),
      })
      expect(pair.alice.message(A)?.state).toBe('sent')
      pair.alice.wait(30_000)
      pair.bob.wait(30_000)
    }
    expect(pair.alice.notices()).toContain('eavesdropper')
    converse(pair)
    expect(pair.alice.message(A)?.state).toBe('delivered')
  })

  test('by a transaction that failed is still queued, with its pair, and goes again', () => {
    const pair = desks('seal fails')
    pair.alice.write(A)
    pair.alice.bind()
    converse(pair, { settles: false })
    pair.alice.settle('full')
    expect(pair.alice.message(A)).toMatchObject({ state: 'queued', number: null })
    expect(pair.alice.stored.tagPairs.map(({ name }) => name)).toContain('invite/inviter')
    expect(pair.alice.heard().map(({ type }) => type)).toEqual(['abort'])
    expect(pair.bob.stored.messages).toEqual([])
  })
})

const firstTen = (frame: FibreFrame): FibreFrame => ({
  ...frame,
  qubits: { ...frame.qubits, indices: frame.qubits.indices.slice(0, 10) },
})

describe('readings that are not as planned', () => {
  const spoiled = (frame: { qubits: { indices: Uint8Array<ArrayBuffer> } }): Uint8Array<ArrayBuffer> =>
    frame.qubits.indices.map((index) => (index + 2) % 6)

  test('of an eavesdropper refuse the message at once, tell both sides, and let the next message go', () => {
    const pair = desks('eve')
    pair.alice.write(A)
    pair.alice.write(B, 'second')
    pair.alice.bind()
    let frames = 0
    const log = converse(pair, {
      fibre: (frame) => {
        frames++
        return frames <= 16 ? { ...frame, qubits: { ...frame.qubits, indices: spoiled(frame) } } : frame
      },
    })
    expect(log.slice(0, 5)).toEqual(['A:propose', 'B:measured', 'A:sifted', 'B:estimated', 'A:abort'])
    expect(pair.alice.message(A)).toMatchObject({ state: 'refused', refusedFor: 'eavesdropper' })
    expect(pair.alice.notices()).toEqual(['eavesdropper'])
    expect(pair.bob.notices()).toEqual(['eavesdropper'])
    expect(pair.alice.message(B)?.state).toBe('delivered')
    expect(pair.alice.stored.link.noise).toBe(0)
  })

  test('too short by chance leave the message queued; the third time in a row it is refused as noisy', () => {
    const pair = desks('short')
    pair.alice.write(A)
    pair.alice.bind()
    for (let run = 1; run <= 3; run++) {
      let all = 0
      const log = converse(pair, { fibre: (frame) => (all++ === 0 ? firstTen(frame) : null) })
      expect(log.at(-1)).toBe('A:abort')
      if (run < 3) {
        expect(pair.alice.message(A)?.state).toBe('queued')
        expect(pair.alice.sending.shortByChance(A)).toBe(true)
      }
      pair.alice.wait(30_000)
      pair.bob.wait(30_000)
    }
    expect(pair.alice.message(A)).toMatchObject({ state: 'refused', refusedFor: 'noisy' })
    expect(pair.alice.notices()).toEqual(['noisy'])
    expect(pair.bob.notices()).toEqual([])
    expect(pair.alice.stored.link.loss).toBeGreaterThan(0.9)
  })

  test('that no link could improve (learnt noise that allows no key) refuse the message as noisy, without a session', () => {
    const { alice } = desks('hopeless')
    alice.put({ type: 'putLink', link: { noise: 0.5, loss: 0 } })
    alice.write(A)
    alice.bind()
    alice.settleAll()
    expect(alice.types()).toEqual([])
    expect(alice.message(A)).toMatchObject({ state: 'refused', refusedFor: 'noisy' })
  })
})

describe('a forged frame on this connection', () => {
  test('ends the session, refuses the message as tampered, and spends no pair', () => {
    const { alice } = desks('forged')
    alice.write(A)
    alice.bind()
    alice.heard()
    expect(alice.sending.forged()).toBe(true)
    alice.settleAll()
    expect(alice.message(A)).toMatchObject({ state: 'refused', refusedFor: 'tampered' })
    expect(alice.notices()).toEqual(['tampered'])
    expect(alice.types()).toEqual(['abort'])
    expect(alice.stored.tagPairs.length).toBe(2)
  })

  test('is told also while a seal is on its way to the disk, and the message goes on', () => {
    const pair = desks('forged late')
    pair.alice.write(A)
    pair.alice.bind()
    converse(pair, { settles: false })
    // True: Sending has told it; false: its conversation will.
    const told = pair.alice.sending.forged()
    expect(told && !pair.alice.notices().includes('tampered')).toBe(false)
    converse(pair)
    expect(pair.alice.message(A)?.state).toBe('delivered')
  })
})

describe('deadlines', () => {
  test('of a peer who says nothing end the session, and it is tried again after its patience', () => {
    const { alice } = desks('silence')
    alice.write(A)
    alice.bind()
    const seen = new Set<string>()
    for (let i = 0; i < 600; i++) {
      const next = proposal(alice)
      if (next) seen.add(next.terms.session)
      alice.wait(100)
      alice.outputs.length = 0
    }
    // 60 s: each run waits some 9 s, and then 1, 2, 4 ... s.
    expect(seen.size).toBeGreaterThanOrEqual(3)
    expect(seen.size).toBeLessThanOrEqual(6)
    expect(alice.message(A)?.state).toBe('queued')
  })
})
