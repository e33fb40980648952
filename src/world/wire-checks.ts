// Listens to the public channel as anybody can, and holds what is said against the order of a session, against the
// sender's disk at that moment, and against everything that was ever sealed or tagged. (PROTOCOL sections 4 and 7)

import { toHex, xorBytes } from '../lib/bytes.ts'
import type { Change } from '../protocol/disk.ts'
import type { Input, Output } from '../protocol/events.ts'
import type { Message, MessageType } from '../protocol/messages.ts'
import type { Authentication } from '../protocol/records.ts'
import { encodeSealed } from '../protocol/sealed-message.ts'
import type { Terms } from '../protocol/terms.ts'
import type { FramePath } from '../wire/frames.ts'
import { otherSide, type SideIndex, sideName } from './port.ts'
import { type Scene, short } from './scene.ts'
import type { Script } from './script.ts'
import { peekHead, publicFrame, WireReader } from './wire-reader.ts'

type Of<T extends Message['type']> = Extract<Message, { type: T }>

interface Session {
  readonly terms: Terms
  readonly alice: SideIndex
  /** How its tag keys came to be. */
  readonly authentication: Authentication
  readonly said: Set<MessageType>
  /** What came in at the side that was to hear it. */
  readonly heard: Set<MessageType>
  enough: boolean
  /** By side: it ended there, and nothing of it may be said any more. */
  readonly over: boolean[]
}

/** Where Alice's next word needs Bob's last one first, and the other way round. */
const AFTER: Partial<Record<MessageType, MessageType>> = {
  ready: 'propose',
  measured: 'propose',
  sifted: 'measured',
  estimated: 'sifted',
  amplify: 'estimated',
  received: 'amplify',
}

const PAD_PIECE_BYTES = 16

/** Pauses of 1, 2, 4, 8 s ... leave room for six failures in a window. A new connection, a lost relay, the person and a
 * message that is refused each begin anew: room for these beside. */
const WINDOW_MS = 20_000
const PROPOSALS_MAX = 12

export class WireChecks {
  readonly #scene: Scene
  readonly #reader = new WireReader()
  readonly #sessions = new Map<string, Session>()
  /** Pieces of all pads, proofs and tags ever used, each to appear once. */
  readonly #used = new Map<string, string>()
  /** Tags made under each stored pair, by role. */
  readonly #tagged = new Map<string, string>()
  /** Times of each side's proposals that came to nothing so far, in the last window. */
  readonly #proposedMs: readonly [number[], number[]] = [[], []]
  aborted = 0
  delivered = 0

  constructor(scene: Scene) {
    this.#scene = scene
  }

  get sessions(): number {
    return this.#sessions.size
  }

  /** The sessions of a worker end with it. */
  onEnded(side: SideIndex): void {
    for (const session of this.#sessions.values()) session.over[side] = true
  }

  /** A receipt, and the pairs that grow from a session, claim no more than the pair that it spent. */
  onEffect(changes: readonly Change[]): void {
    for (const change of changes) {
      if (change.type === 'putMessage' && change.message.receipt !== null) {
        const { session, authentication } = change.message.receipt
        if (change.message.state !== 'refused') this.#checkClaim(session, authentication, 'a receipt')
      }
      if (change.type === 'putTagPair') this.#checkClaim(change.pair.name.split('/')[0]!, change.pair.origin, 'a pair')
    }
  }

  #checkClaim(id: string, claim: Authentication, what: string): void {
    const session = this.#sessions.get(id)
    const honest = session === undefined || session.authentication === claim
    this.#scene.check(honest, '6 security as shown', () => `${what} of session ${short(id)} says ${claim}`)
  }

  onInput(side: SideIndex, input: Input): void {
    if (input.type !== 'frame') return
    const frame = input.path.via === 'link' ? publicFrame(input.bytes) : input.bytes
    const head = frame === null ? null : peekHead(frame)
    const session = head && this.#sessions.get(head.session)
    if (!head || !session) return
    session.heard.add(head.type)
    // What Eve may have made up ends nothing.
    if (head.type === 'abort' && !this.#scene.eve.tampered) session.over[side] = true
  }

  onOutput(side: SideIndex, output: Output): void {
    if (output.type === 'measure') this.#onMeasure(side, output.session)
    if (output.type === 'rooms') this.#checkMode(side, output.mode)
    if (output.type !== 'frame') return
    const frame = output.path.via === 'link' ? publicFrame(output.bytes) : output.bytes
    if (frame !== null) this.#checkRoute(side, output.path.via)
    const message = frame && this.#reader.read(side, output.path.via, frame)
    if (message) this.#onSaid(side, message)
  }

  /** The server is told of a lab where the pairing is one, and never else. */
  #checkMode(side: SideIndex, mode: Script['room']): void {
    const { room } = this.#scene.script
    this.#scene.check(mode === room, '8 private stays private', () => `${sideName(side)} joins as ${mode}, not ${room}`)
  }

  /** In a lab room nothing of a session goes past who may listen there. */
  #checkRoute(side: SideIndex, via: FramePath): void {
    const honest = via === 'relay' || this.#scene.script.room === 'private'
    this.#scene.check(
      honest,
      '6 security as shown',
      () => `${sideName(side)} says a part of a lab's session by the link`,
    )
  }

  #onMeasure(side: SideIndex, id: string): void {
    const session = this.#sessions.get(id)
    const early = session === undefined || session.alice === side || session.said.has('measured')
    this.#scene.check(
      !early,
      '2 no setting too early',
      () => `${sideName(side)} measures in session ${short(id)} out of turn`,
    )
  }

  #onSaid(side: SideIndex, message: Message): void {
    if (message.type === 'propose') return this.#onPropose(side, message)
    const session = this.#sessions.get(message.session)
    if (session === undefined)
      return this.#scene.find('5 bounded', `${message.type} in session ${short(message.session)} that nobody proposed`)
    this.#inTurn(side, session, message.type)
    session.said.add(message.type)
    switch (message.type) {
      case 'estimated':
        return this.#onEstimated(side, session, message)
      case 'amplify':
        return this.#onAmplify(side, session, message)
      case 'received':
        return this.#onReceived(side, session, message)
      case 'abort':
        return this.#onAbort(side, session)
      case 'refuse':
        this.aborted++
        session.over[side] = true
        return
      case 'ready':
      case 'measured':
      case 'sifted':
    }
  }

  /** By its role, once, after what it answers was heard, and never after the session's end. */
  #inTurn(side: SideIndex, session: Session, type: MessageType): void {
    if (type === 'abort' || type === 'refuse') return
    const name = `${type} of session ${short(session.terms.session)}`
    const fromAlice = type === 'sifted' || type === 'amplify'
    const invariant = type === 'sifted' || type === 'measured' ? '2 no setting too early' : '3 nothing before its tag'
    this.#scene.check(fromAlice === (side === session.alice), invariant, () => `${name} by the wrong side`)
    this.#scene.check(!session.said.has(type), '1 one key, one use', () => `${name} is said twice`)
    const before = AFTER[type]
    const asked = before === undefined || session.heard.has(before)
    this.#scene.check(asked, invariant, () => `${name} was said and no ${before} had come`)
    this.#scene.check(session.over[side] !== true, '3 nothing before its tag', () => `${name} after the session's end`)
  }

  #onPropose(side: SideIndex, { terms }: Of<'propose'>): void {
    const scene = this.#scene
    const known = this.#sessions.has(terms.session)
    scene.check(!known, '1 one key, one use', () => `session id ${short(terms.session)} is used twice`)
    const { tagPairs, pairing } = scene.stored(side)
    const pair = tagPairs.find(({ name }) => name === terms.tagPair)
    const usable = tagPairs.filter(({ lane, state }) => lane === pairing.role && state === 'usable')
    this.#sessions.set(terms.session, {
      terms,
      alice: side,
      authentication: pair?.origin ?? 'computational',
      said: new Set(['propose']),
      heard: new Set(),
      enough: false,
      over: [false, false],
    })
    this.#countProposal(side)
    // One session of a side is in flight: the one before is over.
    for (const session of this.#sessions.values()) {
      if (session.alice === side && session.terms.session !== terms.session) session.over[side] = true
    }
    // Derived keys are for an empty lane only.
    const fits = pair === undefined ? terms.tagPair === 'derived' && usable.length === 0 : usable.includes(pair)
    const has = usable.map(({ name }) => name).join(', ')
    const invariant = terms.tagPair === 'derived' ? '6 security as shown' : '1 one key, one use'
    scene.check(fits, invariant, () => `${sideName(side)} proposes with ${terms.tagPair}, usable: ${has}`)
  }

  /** No storm of sessions, whatever fails. */
  #countProposal(side: SideIndex): void {
    const scene = this.#scene
    const times = this.#proposedMs[side]
    times.push(scene.clock.nowMs)
    while (times[0]! < scene.clock.nowMs - WINDOW_MS) times.shift()
    const own = [...scene.written.values()].filter((written) => written.side === side).length
    const allowed = PROPOSALS_MAX + 2 * own + scene.stored(side).pairing.bindingNumber
    scene.check(times.length <= allowed, '5 bounded', () => `${times.length} sessions of the ${sideName(side)} in 20 s`)
  }

  /** Bob's tag: his pair is off his disk before he makes it. */
  #onEstimated(side: SideIndex, session: Session, message: Of<'estimated'>): void {
    if (message.finding !== 'enough') return
    session.enough = true
    this.#onTag(side, session, 'bob')
    this.#once(`tag ${toHex(message.tag)}`, session, '1 one key, one use')
    const owned = this.#scene.eve.owned(session.terms.session)
    this.#scene.check(
      !owned,
      '6 security as shown',
      () => `session ${short(session.terms.session)} made a key though Eve had every qubit`,
    )
  }

  #onTag(side: SideIndex, session: Session, role: 'alice' | 'bob'): void {
    const scene = this.#scene
    const { tagPair, session: id } = session.terms
    if (tagPair === 'derived') return
    const kept = scene.stored(side).tagPairs.some(({ name }) => name === tagPair)
    scene.check(
      !kept,
      '1 one key, one use',
      () => `${role} tags session ${short(id)} and still has the pair ${tagPair}`,
    )
    const before = this.#tagged.get(`${role} ${tagPair}`)
    this.#tagged.set(`${role} ${tagPair}`, id)
    const fresh = before === undefined || scene.anyRestored
    scene.check(
      fresh,
      '1 one key, one use',
      () => `${role} tags sessions ${short(before ?? '')} and ${short(id)} under ${tagPair}`,
    )
  }

  /** Alice's seal: under a pad never used, after Bob's tag, with the message down as sent. */
  #onAmplify(side: SideIndex, session: Session, message: Of<'amplify'>): void {
    const scene = this.#scene
    const id = session.terms.session
    scene.check(session.enough, '3 nothing before its tag', () => `session ${short(id)} seals without Bob's tag`)
    this.#untouched(session, 'sealed')
    this.#onTag(side, session, 'alice')
    this.#once(`tag ${toHex(message.tag)}`, session, '1 one key, one use')
    const own = scene.stored(side).messages.find(({ from, receipt }) => from === 'me' && receipt?.session === id)
    if (own === undefined || own.number === null || own.state !== 'sent') {
      return scene.find(
        '4 what is shown is so',
        `session ${short(id)} seals a message that is ${own?.state ?? 'not on the disk'}`,
      )
    }
    const { number, writtenAtMs, text } = own
    const plain = encodeSealed({ id: own.id, number, writtenAtMs, text })
    if (plain.length !== message.ciphertext.length)
      return scene.find('1 one key, one use', `${plain.length} bytes sealed as ${message.ciphertext.length}`)
    this.#onPad(xorBytes(plain, message.ciphertext), session)
  }

  #onPad(pad: Uint8Array, session: Session): void {
    for (let at = 0; at < pad.length; at += PAD_PIECE_BYTES) {
      const piece = pad.subarray(at, at + PAD_PIECE_BYTES)
      this.#once(`pad ${toHex(piece)}`, session, '1 one key, one use')
      this.#scene.check(
        piece.some((byte) => byte !== 0),
        '1 one key, one use',
        () => `session ${short(session.terms.session)} seals under zeros`,
      )
    }
  }

  /** Both tags cover every word: what an insider changed ends the session before its seal, or before it is opened. */
  #untouched(session: Session, what: 'sealed' | 'opened'): void {
    const { session: id } = session.terms
    const rewritten = this.#scene.eve.rewrote(id).filter((type) => what === 'opened' || type !== 'amplify')
    this.#scene.check(
      rewritten.length === 0,
      '3 nothing before its tag',
      () => `session ${short(id)} was ${what} though Eve changed ${rewritten.join(', ')}`,
    )
  }

  #onReceived(side: SideIndex, session: Session, message: Of<'received'>): void {
    this.#untouched(session, 'opened')
    this.delivered++
    this.#once(`proof ${toHex(message.proof)}`, session, '1 one key, one use')
    const there = this.#scene
      .stored(side)
      .messages.some(({ id }) => this.#scene.written.get(id)?.side === otherSide(side))
    this.#scene.check(
      there,
      '4 what is shown is so',
      () => `session ${short(session.terms.session)} is acknowledged and nothing lies on the disk`,
    )
  }

  #onAbort(side: SideIndex, session: Session): void {
    if (!session.over.includes(true)) this.aborted++
    session.over[side] = true
    if (side !== session.alice) return
    const { session: id } = session.terms
    const sealed = this.#scene
      .stored(side)
      .messages.some(({ receipt, state }) => receipt?.session === id && state === 'sent')
    this.#scene.check(!sealed, '3 nothing before its tag', () => `Alice aborts session ${short(id)} after her seal`)
  }

  #once(what: string, session: Session, invariant: '1 one key, one use'): void {
    const before = this.#used.get(what)
    this.#used.set(what, session.terms.session)
    this.#scene.check(
      before === undefined,
      invariant,
      () => `${what.split(' ')[0]} of session ${short(before ?? '')} again in ${short(session.terms.session)}`,
    )
  }
}
