// One message's session, whole and real: AliceSession and BobSession, a queue between them, disks that always keep what
// they are told, and perhaps an Eve on the fibre. No network, no losses, no waiting: so nothing of it takes time, and a
// seed says how it goes.

import { assert } from '../lib/assert.ts'
import { type Bytes, toHex } from '../lib/bytes.ts'
import { randomBytes, SeededRandom } from '../lib/random.ts'
import { fail, ok, type Result } from '../lib/result.ts'
import { AliceSession } from '../protocol/alice-session.ts'
import { BobSession } from '../protocol/bob-session.ts'
import { decodeMessage } from '../protocol/messages.ts'
import { neededBits, type PlanFault, plan } from '../protocol/planner.ts'
import type { Proof } from '../protocol/receipt.ts'
import { encodeSealed } from '../protocol/sealed-message.ts'
import type { SessionEnd, SessionInput, SessionOutput } from '../protocol/session.ts'
import { BULK_PAIRS, type SessionContext, type Terms } from '../protocol/terms.ts'
import { type Attack, probeOf } from '../quantum/attacks.ts'
import type { FibreTap } from '../quantum/qubit-batch.ts'
import { measureQubits } from '../quantum/qubit-measurement.ts'
import { makeTap } from '../quantum/tap.ts'

export interface OneSession {
  /** The message: so many letters. */
  readonly textBytes: number
  readonly mode: Terms['mode']
  readonly proof: Proof
  readonly epsilon: number
  /** Werner error 1 - V of the source, which Alice knows and plans for. */
  readonly noise: number
  /** Null: nobody touches the pairs. */
  readonly attack: Attack | null
  readonly seed: string
}

type Side = 'alice' | 'bob'
interface Waiting {
  readonly to: Side
  readonly input: SessionInput
}

const TAG_PAIR = 'invite/inviter'
/** Far more than any session says: one that goes on for ever is a fault of ours. */
const STEPS_MAX = 1_000_000

/** How a session ends at the side that sent the message; or why none can be planned. */
export function playSession(setup: OneSession): Result<SessionEnd, PlanFault> {
  const terms = termsOf(setup)
  return terms.ok ? ok(new Play(setup, terms.value).run()) : terms
}

function termsOf({ textBytes, mode, proof, epsilon, noise, seed }: OneSession): Result<Terms, PlanFault> {
  const newPairs = 1
  const needed = neededBits({ textBytes, newPairs })
  const planned = plan({ neededBits: needed, mode, noise, loss: 0, epsilon, proof })
  if (!planned.ok) return fail(planned.reason)
  return ok({
    session: toHex(randomBytes(new SeededRandom(`${seed} session`), 16)),
    ...planned.value,
    mode,
    epsilon,
    proof,
    neededBits: needed,
    newPairs,
    plannedNoise: noise,
    leakCap: planned.value.pairs,
    tagPair: TAG_PAIR,
    route: planned.value.pairs > BULK_PAIRS ? 'direct' : 'relay',
  })
}

class Play {
  readonly #setup: OneSession
  readonly #terms: Terms
  readonly #chance: Readonly<Record<Side | 'measure' | 'eve', SeededRandom>>
  readonly #keys: Bytes
  readonly #sides: SessionContext['sides']
  readonly #alice: AliceSession
  readonly #tap: FibreTap | null
  #bob: BobSession | null = null
  #queue: Waiting[] = [{ to: 'alice', input: { type: 'start' } }]
  #end: SessionEnd | null = null

  constructor(setup: OneSession, terms: Terms) {
    const { seed, textBytes, noise, attack } = setup
    const random = (who: string): SeededRandom => new SeededRandom(`${seed} ${who}`)
    this.#setup = setup
    this.#terms = terms
    this.#chance = { alice: random('alice'), bob: random('bob'), measure: random('measure'), eve: random('eve') }
    this.#keys = randomBytes(random('tags'), 64)
    this.#sides = { alice: randomBytes(random('side a'), 16), bob: randomBytes(random('side b'), 16) }
    this.#tap = attack === null || probeOf(attack).fraction === 0 ? null : makeTap(attack)
    const id = toHex(randomBytes(random('id'), 16))
    this.#alice = new AliceSession({
      context: this.#context(),
      plaintext: encodeSealed({ id, number: 1, writtenAtMs: 0, text: 'e'.repeat(textBytes) }),
      lane: 'inviter',
      random: this.#chance.alice,
      visibility: 1 - noise,
    })
  }

  run(): SessionEnd {
    for (let step = 0; step < STEPS_MAX && this.#queue.length > 0; step++) {
      const waiting = this.#queue
      this.#queue = []
      for (const { to, input } of waiting) for (const output of this.#give(to, input)) this.#carryOut(to, output, input)
    }
    assert(this.#end !== null, `a session of ${this.#setup.seed} that ends`)
    return this.#end
  }

  #give(to: Side, input: SessionInput): readonly SessionOutput[] {
    if (to === 'alice') return this.#alice.handle(input, 0)
    if (this.#bob !== null) return this.#bob.handle(input, 0)
    if (input.type !== 'message' || input.message.type !== 'propose') return []
    this.#bob = new BobSession({
      context: this.#context(),
      propose: input.encoded,
      lane: 'inviter',
      random: this.#chance.bob,
    })
    return this.#bob.handle({ type: 'start' }, 0)
  }

  #carryOut(from: Side, output: SessionOutput, cause: SessionInput): void {
    switch (output.type) {
      case 'send': {
        const message = decodeMessage(output.encoded)
        assert(message !== null, 'a session says messages only')
        const to = from === 'alice' ? 'bob' : 'alice'
        this.#queue.push({ to, input: { type: 'message', message, encoded: output.encoded } })
        return
      }
      case 'fibre': {
        const { frame } = output
        const qubits = this.#tap === null ? frame.qubits : this.#tap.onQubits(frame.qubits, this.#chance.eve)
        this.#queue.push({ to: 'bob', input: { type: 'fibre', frame: { ...frame, qubits } } })
        return
      }
      case 'measure': {
        assert(cause.type === 'fibre', 'a measurement of the frame that has just come')
        const outcomes = measureQubits(cause.frame.qubits, output.settings, this.#chance.measure)
        this.#queue.push({ to: from, input: { type: 'outcomes', start: output.start, outcomes } })
        return
      }
      case 'commit':
        this.#queue.push({ to: from, input: { type: 'committed' } })
        return
      case 'ended':
        if (from === 'alice') this.#end = output.end
        return
      case 'deadline':
      case 'progress':
        return
    }
  }

  #context(): SessionContext {
    return {
      room: '0'.repeat(32),
      sides: this.#sides,
      terms: this.#terms,
      tagKeys: this.#keys.slice(),
      authentication: 'information-theoretic',
      roundTripMs: 0,
      eve: () => null,
    }
  }
}
