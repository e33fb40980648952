// One connection from the moment its link stands: the binding, the handing over of R, names, heartbeats, and the frames
// of the public channel, by the link or by the relay. Nothing goes out on it before both MACs were checked; what comes
// in early waits. It ends with its link, and everything that was going on under it ends too.

import { type Bytes, hexBytes, toHex } from '../lib/bytes.ts'
import {
  type Binding,
  type BindingContext,
  bindingHolds,
  bindingMac,
  decodeBinding,
  encodeBinding,
} from '../pairing/binding.ts'
import { connectionTag, frameKey, type Nonces, otherRole, type Role, roomId } from '../pairing/keys.ts'
import { keepCommon } from '../pairing/tag-pairs.ts'
import { Reader } from '../wire/codec.ts'
import type { FibreFrame } from '../wire/fibre.ts'
import { FrameOpener, FrameSealer } from '../wire/frames.ts'
import {
  type Control,
  decodeControl,
  encodeControl,
  encodePublic,
  LINK_CONTROL,
  LINK_PUBLIC,
  NUMBERS_MAX,
  type NumberedMessage,
} from './control.ts'
import type { Change } from './disk.ts'
import type { Path } from './events.ts'
import type { Host } from './host.ts'
import type { Met } from './meeting.ts'
import type { PairingRecord } from './records.ts'

const BIND_MS = 15_000
const PING_MS = 5_000
const SILENCE_MS = 16_000
const PROOF_MS = 3_000
const PINGS_MAX = 8
const EARLY_FRAMES_MAX = 512
const ROUND_TRIP_MS_FIRST = 50

export interface BondEvents {
  /** Both MACs held and the lists of pairs are one: sessions may begin. */
  bound(): void
  message(encoded: Bytes): void
  fibre(frame: FibreFrame): void
  /** A frame of this connection with a bad HMAC. */
  forged(): void
  /** The link is gone, or must go. `goodbye`: the other side left on purpose. */
  ended(why: 'down' | 'goodbye' | 'mismatch' | 'silent' | 'storage'): void
  restored(): void
  /** The numbers that messages have at the other side, after a restored copy. */
  numbers(numbers: readonly NumberedMessage[]): void
  /** The peer's name or the state of the pairing changed. */
  changed(): void
}

type Early =
  | { readonly type: 'frame'; readonly path: Path; readonly bytes: Bytes }
  | { readonly type: 'fibre'; readonly frame: FibreFrame }

export class Bond {
  readonly #host: Host
  readonly #events: BondEvents
  readonly #met: Met
  readonly #role: Role
  readonly #sealers: Readonly<Record<Path['via'], FrameSealer>>
  readonly #openers: Readonly<Record<Path['via'], FrameOpener>>
  #state: 'waiting' | 'binding' | 'syncing' | 'rooting' | 'bound' | 'over' = 'waiting'
  #mine: Binding | null = null
  #theirs: Extract<Control, { type: 'bind' }> | null = null
  #early: Early[] = []
  #earlyRoot: Bytes | null = null
  #rootTaken = false
  #restored = false
  /** Derived once: asked for with every frame. */
  #room: { readonly root: Bytes; readonly id: string } | null = null
  /** The peer said its name on this connection: once is enough. */
  #named = false
  /** It got as far as sessions. */
  wasBound = false
  #heardMs: number
  #pings = new Map<number, number>()
  #pingCount = 0
  #isProving = false
  #bindByMs = 0
  roundTripMs = ROUND_TRIP_MS_FIRST

  constructor(host: Host, met: Met, events: BondEvents) {
    this.#host = host
    this.#events = events
    this.#met = met
    this.#role = host.stored.pairing.role
    this.#heardMs = host.nowMs
    const connection = connectionTag(met.root, met.nonces)
    const mine = { key: frameKey(met.root, met.nonces, this.#role), connection }
    const theirs = { key: frameKey(met.root, met.nonces, otherRole(this.#role)), connection }
    this.#sealers = { link: new FrameSealer(mine, 'link'), relay: new FrameSealer(mine, 'relay') }
    this.#openers = { link: new FrameOpener(theirs, 'link'), relay: new FrameOpener(theirs, 'relay') }
  }

  get link(): string {
    return this.#met.link
  }

  get bound(): boolean {
    return this.#state === 'bound'
  }

  get root(): Bytes {
    return this.#met.root
  }

  get nonces(): Nonces {
    return this.#met.nonces
  }

  get peerSide(): Bytes {
    return this.#met.peerSide
  }

  /** The room of the pairing's present root, where the relay is. */
  get room(): string {
    const root = this.#pairing.root ?? this.#met.root
    if (this.#room?.root !== root) this.#room = { root, id: roomId(root) }
    return this.#room.id
  }

  /** No binding starts before every commit asked for has settled: its lists are read from the disk after that. */
  start(): void {
    this.#bindBy(this.#host.nowMs + BIND_MS)
    this.#host.whenSettled(() => {
      if (this.#state !== 'waiting') return
      const bindingNumber = this.#pairing.bindingNumber + 1
      const peerSideId = toHex(this.#met.peerSide)
      this.#commit([{ type: 'setPairing', fields: { bindingNumber, peerSideId } }], () => this.#sayBinding())
    })
  }

  #bindBy(atMs: number): void {
    this.#bindByMs = atMs
    this.#host.wake('bind', atMs, () => this.#end('silent'))
  }

  #sayBinding(): void {
    const { mode, bindingNumber, peerBindingNumber, highestNumber, sideId } = this.#pairing
    const pairs = this.#host.stored.tagPairs.map((pair) => pair.name)
    this.#mine = {
      mode,
      side: hexBytes(sideId),
      number: bindingNumber,
      lastSeen: peerBindingNumber,
      highestNumber,
      pairs,
    }
    const encoded = encodeBinding(this.#mine)
    const mac = bindingMac(this.#met.root, this.#role, this.#context(), encoded)
    this.#state = 'binding'
    this.#say({ type: 'bind', binding: encoded, mac })
    if (this.#theirs !== null) this.#compare(this.#theirs)
  }

  #context(): BindingContext {
    const { fingerprints, descriptions, nonces, peerSide } = this.#met
    const own = hexBytes(this.#pairing.sideId)
    const sides = this.#role === 'inviter' ? { inviter: own, joiner: peerSide } : { inviter: peerSide, joiner: own }
    return { nonces, fingerprints, descriptions, sides }
  }

  /** Both bindings are here: does the other side hold the root, does it see what we see? */
  #compare(theirs: Extract<Control, { type: 'bind' }>): void {
    const reader = new Reader(theirs.binding)
    const binding = decodeBinding(reader)
    const holds = bindingHolds(this.#met.root, otherRole(this.#role), this.#context(), theirs.binding, theirs.mac)
    if (!holds || !reader.done || binding.mode !== this.#pairing.mode || this.#mine === null)
      return this.#end('mismatch')
    this.#state = 'syncing'
    const restored = binding.number <= this.#pairing.peerBindingNumber || this.#mine.number <= binding.lastSeen
    this.#restored = restored
    if (restored) this.#events.restored()
    this.#sync(binding, new Set(restored ? [] : binding.pairs))
  }

  /** Keeps just the pairs that both list; and hands R over, or waits for it, where the connection is under the invite. */
  #sync(binding: Binding, listed: ReadonlySet<string>): void {
    const before = this.#host.stored.tagPairs
    const { kept, dropped } = keepCommon(before, listed)
    const changed = kept.filter((pair) => before.find(({ name }) => name === pair.name)?.state !== pair.state)
    const changes: Change[] = [
      // A binding under R shows that both hold it: the invite goes.
      {
        type: 'setPairing',
        fields: { peerBindingNumber: binding.number, ...(!this.#met.underInvite && { invite: null }) },
      },
      { type: 'raiseNumber', to: binding.highestNumber },
      ...dropped.map((name): Change => ({ type: 'deleteTagPair', name })),
      ...changed.map((pair): Change => ({ type: 'putTagPair', pair })),
    ]
    this.#commit(changes, () => {
      if (!this.#met.underInvite) return this.#bind()
      this.#state = 'rooting'
      const { root } = this.#pairing
      if (this.#role === 'inviter' && root !== null) this.#say({ type: 'root', root })
      // The inviter's R may have come while the lists were being stored.
      if (this.#earlyRoot !== null) this.#onRoot(this.#earlyRoot)
    })
  }

  /** Joiner: stores R and deletes I in one transaction, before he answers. */
  #onRoot(root: Bytes): void {
    if (this.#role !== 'joiner' || !this.#met.underInvite || this.#rootTaken) return
    if (this.#state !== 'rooting') {
      this.#earlyRoot = root
      return
    }
    this.#rootTaken = true
    this.#commit([{ type: 'setPairing', fields: { root, invite: null } }], () => {
      this.#say({ type: 'rooted' })
      this.#bind()
    })
  }

  /** Inviter: both hold R now, the old link opens nothing. */
  #onRooted(): void {
    if (this.#role !== 'inviter' || this.#state !== 'rooting') return
    this.#commit([{ type: 'setPairing', fields: { invite: null } }], () => this.#bind())
  }

  #bind(): void {
    this.#state = 'bound'
    this.wasBound = true
    this.#host.wake('bind', null)
    this.#say({ type: 'profile', name: this.#pairing.name })
    this.#beat()
    if (this.#restored) this.#sayNumbers()
    this.#events.bound()
    const early = this.#early
    this.#early = []
    for (const item of early) item.type === 'frame' ? this.onFrame(item.path, item.bytes) : this.onFibre(item.frame)
  }

  /** A copy may have other numbers than the other side learnt since: both say theirs, the higher one holds. */
  #sayNumbers(): void {
    const numbered = [...this.#host.stored.messages].flatMap(({ id, number }) =>
      number === null ? [] : [{ id, number }],
    )
    for (let at = 0; at < numbered.length; at += NUMBERS_MAX) {
      this.#say({ type: 'numbers', numbers: numbered.slice(at, at + NUMBERS_MAX) })
    }
  }

  /** Asks for a pulse, and ends a link that has been silent for long. */
  #beat(): void {
    if (this.#state !== 'bound') return
    if (this.#host.nowMs - this.#heardMs > SILENCE_MS) return this.#end('silent')
    this.#ping()
    this.#host.wake('beat', this.#host.nowMs + PING_MS, () => this.#beat())
  }

  /** The other side left its room, or came there anew: a link that doesn't answer now is that of a browser that died. */
  prove(): void {
    if (this.#state === 'over' || this.#isProving) return
    const byMs = this.#host.nowMs + PROOF_MS
    if (this.#state !== 'bound') return this.#bindBy(Math.min(this.#bindByMs, byMs))
    this.#isProving = true
    const count = this.#ping()
    this.#host.wake('prove', byMs, () => {
      this.#isProving = false
      if (this.#pings.has(count)) this.#end('silent')
    })
  }

  #ping(): number {
    const count = this.#pingCount++
    if (this.#pings.size > PINGS_MAX) this.#pings.clear()
    this.#pings.set(count, this.#host.nowMs)
    this.#say({ type: 'ping', count })
    return count
  }

  /** A frame by the link (kind byte included) or by the relay. */
  onFrame(path: Path, bytes: Bytes): void {
    if (this.#state === 'over') return
    if (path.via === 'link') this.#heardMs = this.#host.nowMs
    if (path.via === 'link' && bytes[0] === LINK_CONTROL) return this.#onControl(bytes)
    if (path.via === 'link' && bytes[0] !== LINK_PUBLIC) return
    if (this.#state !== 'bound') return this.#stash({ type: 'frame', path, bytes })
    const opened = this.#openers[path.via].open(path.via === 'link' ? bytes.subarray(1) : bytes)
    if (opened.type === 'message') this.#events.message(opened.bytes)
    else if (opened.type === 'forged') this.#events.forged()
  }

  onFibre(frame: FibreFrame): void {
    if (this.#state === 'bound') this.#events.fibre(frame)
    else this.#stash({ type: 'fibre', frame })
  }

  #stash(early: Early): void {
    if (this.#early.length < EARLY_FRAMES_MAX) this.#early.push(early)
  }

  #onControl(bytes: Bytes): void {
    const control = decodeControl(bytes)
    // Until both MACs were checked nothing but the binding is heard (and R, which may come a moment before ours is).
    const proved = this.#state === 'syncing' || this.#state === 'rooting' || this.#state === 'bound'
    if (!proved && control?.type !== 'bind' && control?.type !== 'root') return
    switch (control?.type) {
      case 'bind':
        if (this.#theirs !== null) return
        this.#theirs = control
        if (this.#state === 'binding') this.#compare(control)
        return
      case 'root':
        return this.#onRoot(control.root)
      case 'rooted':
        return this.#onRooted()
      case 'profile':
        return this.#onProfile(control.name)
      case 'numbers':
        return this.#restored ? this.#events.numbers(control.numbers) : undefined
      case 'ping':
        return this.#say({ type: 'pong', count: control.count })
      case 'pong':
        return this.#onPong(control.count)
      case 'bye':
        return this.#end('goodbye')
    }
  }

  #onProfile(name: string): void {
    const peerName = [...name].slice(0, 60).join('')
    if (this.#named || peerName === this.#pairing.peerName) return
    this.#named = true
    this.#host.commit([{ type: 'setPairing', fields: { peerName } }], () => this.#events.changed())
  }

  #onPong(count: number): void {
    const sentMs = this.#pings.get(count)
    if (sentMs === undefined) return
    this.#pings.clear()
    this.roundTripMs = Math.min(2_000, Math.max(1, this.#host.nowMs - sentMs))
  }

  /** Sends a message of a session by its route; in a lab room by the relay, whatever a session says. */
  send(encoded: Bytes, route: 'relay' | 'direct'): void {
    if (this.#state !== 'bound') return
    const via = route === 'relay' || this.#pairing.mode === 'lab' ? 'relay' : 'link'
    for (const frame of this.#sealers[via].seal(encoded)) {
      if (via === 'relay') this.#host.emit({ type: 'frame', path: { via, room: this.room }, bytes: frame })
      else this.#host.emit({ type: 'frame', path: { via, link: this.link }, bytes: encodePublic(frame) })
    }
  }

  sayGoodbye(): void {
    this.#say({ type: 'bye' })
  }

  onLinkDown(): void {
    this.#end('down')
  }

  /** Ends without a word to anybody: a newer connection takes over. */
  retire(): void {
    this.#state = 'over'
    for (const timer of ['bind', 'beat', 'prove']) this.#host.wake(timer, null)
    this.#host.emit({ type: 'closeLink', link: this.link })
  }

  #end(why: Parameters<BondEvents['ended']>[0]): void {
    if (this.#state === 'over') return
    this.retire()
    this.#events.ended(why)
  }

  /** Commits for the binding: goes on only if this connection still is the one. */
  #commit(changes: readonly Change[], then: () => void): void {
    this.#host.commit(changes, (failure) => {
      if (this.#state === 'over') return
      if (failure === null) then()
      else this.#end('storage')
    })
  }

  #say(control: Control): void {
    this.#host.emit({ type: 'frame', path: { via: 'link', link: this.link }, bytes: encodeControl(control) })
  }

  get #pairing(): PairingRecord {
    return this.#host.stored.pairing
  }
}
