// How two sides of a pairing find each other: the rooms they wait in, greetings, sealed offers and answers, up to a link
// that stands. The joiner greets, the inviter answers; the inviter who misses the joiner calls. A link that is up is
// handed on; what is live already stays untouched until then, so a replayed greeting costs nothing but an attempt.

import { sha256 } from '@noble/hashes/sha2.js'
import { type Bytes, equalBytes, hexBytes, toHex } from '../lib/bytes.ts'
import { randomBytes } from '../lib/random.ts'
import { readSignal } from '../pairing/fingerprint.ts'
import { type Nonces, type Role, roomId } from '../pairing/keys.ts'
import {
  encodeHello,
  encodePlain,
  encodeWelcome,
  NONCE_BYTES,
  parseSignal,
  type Signal,
  SignalSeal,
} from '../pairing/signals.ts'
import type { Host } from './host.ts'
import type { PairingRecord } from './records.ts'

const CONNECT_MS = 15_000
const RETRY_MS_FIRST = 1_000
const RETRY_MS_MAX = 30_000

/** A link that stands and is still to be bound. */
export interface Met {
  readonly link: string
  readonly room: string
  readonly root: Bytes
  readonly underInvite: boolean
  readonly nonces: Nonces
  readonly fingerprints: Readonly<Record<Role, Bytes>>
  readonly descriptions: Readonly<Record<Role, Bytes>>
  readonly peerSide: Bytes
}

interface Attempt {
  readonly room: string
  readonly root: Bytes
  readonly underInvite: boolean
  readonly nonce: Bytes
  /** Set once both nonces are known. */
  linked: Linked | null
}

interface Linked {
  readonly link: string
  readonly nonces: Nonces
  readonly seal: SignalSeal
  readonly peerSide: Bytes
  readonly ends: Partial<Record<Role, { readonly fingerprint: Bytes; readonly description: Bytes }>>
}

export interface MeetingEvents {
  met(met: Met): void
  /** Whether a link is live, so that nobody need be looked for. */
  live(): boolean
  /** An attempt began, or all failed for now: the connection's state may have changed. */
  changed(): void
  used(): void
  full(): void
}

interface RoomState {
  readonly joined: boolean
  readonly peer: boolean
}

export class Meeting {
  readonly #host: Host
  readonly #events: MeetingEvents
  readonly #rooms = new Map<string, RoomState>()
  /** The room of the invite, once it is spent: late openers of the link are told so there. */
  #spentRoom: string | null = null
  #announced: ReadonlySet<string> = new Set()
  #attempt: Attempt | null = null
  #failures = 0
  /** The first joiner while it is on its way to the disk, with the nonce of its latest greeting. */
  #writingDown: { readonly sideId: string; nonce: Bytes } | null = null

  constructor(host: Host, events: MeetingEvents) {
    this.#host = host
    this.#events = events
  }

  /** Joins the rooms that the pairing's roots lead to; called again whenever they change. */
  announce(): void {
    const { invite, sideId, role, mode } = this.#pairing
    const rooms = this.#roots().map(({ root }) => roomId(root))
    if (role === 'inviter' && invite !== null) this.#spentRoom = roomId(invite)
    if (this.#spentRoom !== null && !rooms.includes(this.#spentRoom)) rooms.push(this.#spentRoom)
    this.#announced = new Set(rooms)
    for (const room of this.#rooms.keys()) if (!rooms.includes(room)) this.#rooms.delete(room)
    this.#host.emit({ type: 'rooms', rooms, side: sideId, mode })
  }

  room(room: string): RoomState {
    return this.#rooms.get(room) ?? { joined: false, peer: false }
  }

  get connecting(): boolean {
    return this.#attempt?.linked != null
  }

  get failing(): boolean {
    return this.#failures >= 2
  }

  /** Some room of the pairing is joined at the server. */
  get serverReached(): boolean {
    return [...this.#rooms.values()].some(({ joined }) => joined)
  }

  onRoom(room: string, state: RoomState): void {
    if (!this.#announced.has(room)) return
    const before = this.room(room)
    this.#rooms.set(room, state)
    if (state.joined && state.peer && !(before.joined && before.peer)) this.#look(room)
    this.#events.changed()
  }

  /** Looks for the other side wherever it is present; called when a link was lost. */
  lookAgain(): void {
    for (const [room, { joined, peer }] of this.#rooms) if (joined && peer) this.#look(room)
  }

  #look(room: string): void {
    const found = this.#roots().find(({ root }) => roomId(root) === room)
    if (found === undefined || this.#events.live()) return
    if (this.#pairing.role === 'inviter') {
      this.#host.emit({ type: 'signal', room, bytes: encodePlain('call') })
      this.#expectWithin(CONNECT_MS)
    } else this.#greet(room, found.root, found.underInvite)
  }

  /** Joiner: a fresh nonce, a new attempt. */
  #greet(room: string, root: Bytes, underInvite: boolean): void {
    this.#drop()
    const nonce = randomBytes(this.#host.random, NONCE_BYTES)
    this.#attempt = { room, root, underInvite, nonce, linked: null }
    this.#host.emit({ type: 'signal', room, bytes: encodeHello(root, nonce, this.#side) })
    this.#expectWithin(CONNECT_MS)
    this.#events.changed()
  }

  onSignal(room: string, bytes: Bytes): void {
    const found = this.#roots().find(({ root }) => roomId(root) === room)
    if (found === undefined) {
      const spent = room === this.#spentRoom && this.#pairing.role === 'inviter'
      // Anything but a refusal is somebody with the old link.
      if (spent && bytes[1] === 1) this.#host.emit({ type: 'signal', room, bytes: encodePlain('used') })
      return
    }
    const signal = parseSignal(found.root, bytes)
    if (signal.ok) this.#onParsed(room, found.root, found.underInvite, signal.value)
  }

  #onParsed(room: string, root: Bytes, underInvite: boolean, signal: Signal): void {
    const inviter = this.#pairing.role === 'inviter'
    switch (signal.type) {
      case 'call':
        if (!inviter && !this.#events.live()) this.#greet(room, root, underInvite)
        return
      case 'hello':
        if (inviter) this.#onHello(room, root, underInvite, signal.nonce, signal.side)
        return
      case 'welcome':
        if (!inviter) this.#onWelcome(room, signal)
        return
      case 'sealed':
        this.#onSealed(room, signal.sequence, signal.sealed)
        return
      case 'used':
        if (!inviter && underInvite) this.#events.used()
    }
  }

  /** Inviter: the first joiner is written down before anything else; anybody else with the link comes too late. */
  #onHello(room: string, root: Bytes, underInvite: boolean, nonce: Bytes, side: Bytes): void {
    const { peerSideId } = this.#pairing
    const sideId = toHex(side)
    const writing = this.#writingDown
    if (peerSideId === sideId) this.#welcome(room, root, underInvite, nonce, side)
    else if (peerSideId !== null || (writing !== null && writing.sideId !== sideId)) {
      this.#host.emit({ type: 'signal', room, bytes: encodePlain('used') })
    } else if (writing !== null) writing.nonce = nonce
    else this.#writeDown(room, root, underInvite, nonce, side)
  }

  /** Once the joiner's side id is on the disk, the latest of its greetings is answered. */
  #writeDown(room: string, root: Bytes, underInvite: boolean, nonce: Bytes, side: Bytes): void {
    const writing = { sideId: toHex(side), nonce }
    this.#writingDown = writing
    this.#host.commit([{ type: 'setPairing', fields: { peerSideId: writing.sideId } }], (failure) => {
      this.#writingDown = null
      if (failure === null) this.#welcome(room, root, underInvite, writing.nonce, side)
    })
  }

  #welcome(room: string, root: Bytes, underInvite: boolean, joinerNonce: Bytes, side: Bytes): void {
    this.#drop()
    const nonce = randomBytes(this.#host.random, NONCE_BYTES)
    this.#attempt = { room, root, underInvite, nonce, linked: null }
    this.#host.emit({ type: 'signal', room, bytes: encodeWelcome(root, nonce, this.#side, joinerNonce) })
    this.#link(this.#attempt, { inviter: nonce, joiner: joinerNonce }, side)
  }

  #onWelcome(room: string, signal: Extract<Signal, { type: 'welcome' }>): void {
    const attempt = this.#attempt
    if (attempt?.room !== room || attempt.linked !== null || !equalBytes(signal.answers, attempt.nonce)) return
    const { peerSideId } = this.#pairing
    if (peerSideId !== null && peerSideId !== toHex(signal.side)) return
    this.#link(attempt, { inviter: signal.nonce, joiner: attempt.nonce }, signal.side)
  }

  #link(attempt: Attempt, nonces: Nonces, peerSide: Bytes): void {
    const { role } = this.#pairing
    const link = toHex(randomBytes(this.#host.random, 8))
    const seal = new SignalSeal(attempt.root, attempt.room, nonces, role, role === 'inviter' ? 'joiner' : 'inviter')
    attempt.linked = { link, nonces, seal, peerSide, ends: {} }
    // The joiner has just clicked, so his tab is the one in front: timers of a hidden page would delay the offer.
    this.#host.emit({ type: 'openLink', link, initiator: role === 'joiner' })
    this.#expectWithin(CONNECT_MS)
    this.#events.changed()
  }

  /** What simple-peer wants the other side to hear: sealed, and remembered where it is a description. */
  onDescription(link: string, bytes: Bytes): void {
    const attempt = this.#attempt
    if (attempt?.linked?.link !== link || !this.#note(attempt.linked, this.#pairing.role, bytes)) return
    this.#host.emit({ type: 'signal', room: attempt.room, bytes: attempt.linked.seal.seal(bytes) })
  }

  #onSealed(room: string, sequence: number, sealed: Bytes): void {
    const attempt = this.#attempt
    if (attempt?.room !== room || attempt.linked === null) return
    const bytes = attempt.linked.seal.open(sequence, sealed)
    const theirs: Role = this.#pairing.role === 'inviter' ? 'joiner' : 'inviter'
    if (bytes === null || !this.#note(attempt.linked, theirs, bytes)) return
    this.#host.emit({ type: 'acceptSignal', link: attempt.linked.link, bytes })
  }

  /** Remembers a side's one description; false for a second one, and for what is no signal at all. */
  #note(linked: Linked, role: Role, bytes: Bytes): boolean {
    const signal = readSignal(bytes)
    if (signal === null) return false
    if (signal.type === 'other') return true
    if (linked.ends[role] !== undefined) return false
    linked.ends[role] = { fingerprint: signal.fingerprint, description: new Uint8Array(sha256(bytes)) }
    return true
  }

  onLinkUp(link: string): void {
    const attempt = this.#attempt
    if (attempt?.linked?.link !== link) return
    const { inviter, joiner } = attempt.linked.ends
    if (inviter === undefined || joiner === undefined) return
    this.#attempt = null
    this.#host.wake('connect', null)
    const { nonces, peerSide } = attempt.linked
    this.#events.met({
      link,
      room: attempt.room,
      root: attempt.root,
      underInvite: attempt.underInvite,
      nonces,
      peerSide,
      fingerprints: { inviter: inviter.fingerprint, joiner: joiner.fingerprint },
      descriptions: { inviter: inviter.description, joiner: joiner.description },
    })
  }

  onLinkDown(link: string): void {
    if (this.#attempt?.linked?.link !== link) return
    this.#attempt = null
    this.#fail()
  }

  /** The link was bound: the next loss starts with fresh patience. */
  succeeded(): void {
    this.#failures = 0
    this.#host.wake('connect', null)
  }

  onFull(): void {
    this.#events.full()
  }

  #expectWithin(ms: number): void {
    this.#host.wake('connect', this.#host.nowMs + ms, () => {
      this.#drop()
      this.#fail()
    })
  }

  /** A link stood but could not be bound. */
  failed(): void {
    this.#fail()
  }

  /** Tries again later, and later still. */
  #fail(): void {
    this.#failures++
    const patience = Math.min(RETRY_MS_MAX, RETRY_MS_FIRST * 2 ** Math.min(10, this.#failures - 1))
    this.#host.wake('connect', this.#host.nowMs + patience, () => {
      if (!this.#events.live()) this.lookAgain()
    })
    this.#events.changed()
  }

  #drop(): void {
    if (this.#attempt?.linked) this.#host.emit({ type: 'closeLink', link: this.#attempt.linked.link })
    this.#attempt = null
  }

  /** The roots under which the other side may come: the invite's first, until it is spent. */
  #roots(): readonly { readonly root: Bytes; readonly underInvite: boolean }[] {
    const { invite, root } = this.#pairing
    const roots: { readonly root: Bytes; readonly underInvite: boolean }[] = []
    if (invite !== null) roots.push({ root: invite, underInvite: true })
    if (root !== null) roots.push({ root, underInvite: false })
    return roots
  }

  get #pairing(): PairingRecord {
    return this.#host.stored.pairing
  }

  get #side(): Bytes {
    return hexBytes(this.#pairing.sideId)
  }
}
