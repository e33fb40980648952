// Looks at every commit as it takes effect: how messages may change, what must lie on the other disk at that moment,
// the life of tag pairs and of the pairing. A side whose disk was put back to an old copy is forgiven what it forgot.

import { equalBytes } from '../lib/bytes.ts'
import type { Change, Stored } from '../protocol/disk.ts'
import type { MessageState, StoredMessage, TagPair } from '../protocol/records.ts'
import { otherSide, type SideIndex, sideName } from './port.ts'
import { type Scene, short } from './scene.ts'

const NEXT: Readonly<Record<MessageState, readonly MessageState[]>> = {
  queued: ['queued', 'sent', 'refused', 'cancelled'],
  sent: ['sent', 'delivered'],
  delivered: ['delivered'],
  refused: ['queued', 'cancelled', 'refused'],
  cancelled: ['cancelled'],
}

export class DiskChecks {
  readonly #scene: Scene
  /** Names of tag pairs that a side has deleted: none comes back. */
  readonly #deleted: readonly [Set<string>, Set<string>] = [new Set(), new Set()]
  /** States that each message had on a side's disk. */
  readonly #seen: readonly [Map<string, Set<MessageState>>, Map<string, Set<MessageState>>] = [new Map(), new Map()]

  constructor(scene: Scene) {
    this.#scene = scene
  }

  /** Whether a message was ever in this state on the side's disk. */
  hadState(side: SideIndex, id: string, state: MessageState): boolean {
    return this.#seen[side].get(id)?.has(state) ?? false
  }

  /** The disk is an old one again. */
  onRestored(side: SideIndex): void {
    this.#deleted[side].clear()
    this.#seen[side].clear()
    for (const message of this.#scene.stored(side).messages) this.#remember(side, message)
  }

  onEffect(side: SideIndex, before: Stored, after: Stored, changes: readonly Change[]): void {
    for (const change of changes) {
      if (change.type === 'putMessage') this.#onMessage(side, before, change.message)
      else if (change.type === 'putTagPair') this.#onPair(side, before, change.pair)
      else if (change.type === 'deleteTagPair') this.#deleted[side].add(change.name)
      else if (change.type === 'raiseMessageNumber') this.#onRaised(side, before, change)
      else if (change.type === 'deleteMessage') this.#lost(side, `message ${short(change.id)} was deleted`)
    }
    this.#onPairing(side, before, after)
  }

  #onMessage(side: SideIndex, before: Stored, message: StoredMessage): void {
    const old = before.messages.find(({ id }) => id === message.id) ?? null
    this.#remember(side, message)
    if (message.from === 'me') this.#onOwn(side, before, old, message)
    else this.#onPeers(side, old, message)
  }

  /** A place that was given stays, but where a restored copy brought another one. */
  #onRaised(side: SideIndex, before: Stored, { id, to }: Extract<Change, { type: 'raiseMessageNumber' }>): void {
    const number = before.messages.find((message) => message.id === id)?.number ?? null
    const fits = this.#scene.anyRestored && (number === null || number <= to)
    const what = `${short(id)} at the ${sideName(side)}`
    this.#scene.check(fits, '4 one order', () => `${what} is moved from number ${number} to ${to}`)
  }

  #remember(side: SideIndex, { id, state }: StoredMessage): void {
    const states = this.#seen[side].get(id) ?? new Set()
    this.#seen[side].set(id, states.add(state))
  }

  #onOwn(side: SideIndex, before: Stored, old: StoredMessage | null, message: StoredMessage): void {
    const scene = this.#scene
    const name = `${sideName(side)}'s ${short(message.id)}`
    const written = scene.written.get(message.id)
    const intact = message.text === written?.text || (message.state === 'cancelled' && message.text === '')
    scene.check(intact, '4 nothing is lost', () => `${name} is stored as "${message.text}"`)
    if (written) written.kept = true
    const allowed = old === null ? message.state === 'queued' : NEXT[old.state].includes(message.state)
    scene.check(
      allowed,
      '4 what is shown is so',
      () => `${name} goes from ${old?.state ?? 'nothing'} to ${message.state}`,
    )
    const moved = old !== null && old.number !== null && old.number !== message.number
    scene.check(!moved, '4 one order', () => `${name} changes its number from ${old?.number} to ${message.number}`)
    if (message.number !== null && old?.number == null) this.#onNumber(side, before, message)
    if (message.state === 'delivered' && old?.state !== 'delivered') this.#onDelivered(side, message)
    if (message.state === 'refused' || message.state === 'cancelled') this.#onNotSent(side, message)
  }

  #onNumber(side: SideIndex, before: Stored, message: StoredMessage): void {
    const twin = before.messages.find(
      ({ from, id, number }) => from === 'me' && id !== message.id && number === message.number,
    )
    this.#onPlace(side, before, message)
    this.#scene.check(
      twin === undefined || this.#scene.restored(side),
      '4 one order',
      () => `${short(message.id)} and ${short(twin?.id ?? '')} of ${sideName(side)} have the number ${message.number}`,
    )
  }

  /** Its place is behind all that its author knew when writing, and no further than one behind all known. */
  #onPlace(side: SideIndex, before: Stored, { id, number, writtenAfter }: StoredMessage): void {
    const fits = number !== null && number > writtenAfter && number <= before.pairing.highestNumber + 1
    const known = `written after ${writtenAfter}, with ${before.pairing.highestNumber} known`
    this.#scene.check(fits, '4 one order', () => `${sideName(side)}'s ${short(id)} is number ${number}, ${known}`)
  }

  #onDelivered(side: SideIndex, message: StoredMessage): void {
    const scene = this.#scene
    const there = scene.peer(side).messages.find(({ id }) => id === message.id)
    const peer = otherSide(side)
    const lies = there?.text === message.text
    scene.check(
      lies || scene.restored(peer),
      '4 what is shown is so',
      () => `${short(message.id)} is delivered and not at the ${sideName(peer)}`,
    )
    const agrees = there === undefined || there.number === message.number
    scene.check(
      agrees || scene.anyRestored,
      '4 one order',
      () => `${short(message.id)} has number ${message.number}, at the ${sideName(peer)} ${there?.number}`,
    )
  }

  #onNotSent(side: SideIndex, message: StoredMessage): void {
    const there = this.#scene.peer(side).messages.some(({ id }) => id === message.id)
    this.#scene.check(
      !there || this.#scene.restored(side),
      '4 what is shown is so',
      () => `${short(message.id)} is ${message.state} and lies at the ${sideName(otherSide(side))}`,
    )
  }

  #onPeers(side: SideIndex, old: StoredMessage | null, message: StoredMessage): void {
    const scene = this.#scene
    const author = otherSide(side)
    const name = `${sideName(author)}'s ${short(message.id)} at the ${sideName(side)}`
    const written = scene.written.get(message.id)
    scene.check(
      written?.side === author && written.text === message.text,
      '4 what is shown is so',
      () => `${name} reads "${message.text}"`,
    )
    const there = scene.peer(side).messages.find(({ id }) => id === message.id)
    const sealed = there?.state === 'sent' || there?.state === 'delivered'
    scene.check(
      sealed || scene.restored(author),
      '4 what is shown is so',
      () => `${name} was stored, its author has it as ${there?.state ?? 'nothing'}`,
    )
    const grown = old === null || (message.number ?? 0) > (old.number ?? 0)
    scene.check(grown, '4 one order', () => `${name} goes from number ${old?.number} to ${message.number}`)
  }

  #onPair(side: SideIndex, before: Stored, pair: TagPair): void {
    const scene = this.#scene
    const back = this.#deleted[side].has(pair.name)
    scene.check(
      !back,
      '1 one key, one use',
      () => `the ${sideName(side)}'s tag pair ${pair.name} was deleted and is back`,
    )
    const twin = scene.peer(side).tagPairs.find(({ name }) => name === pair.name)
    const same = twin === undefined || (equalBytes(twin.keys, pair.keys) && twin.lane === pair.lane)
    scene.check(same, '3 nothing before its tag', () => `the tag pair ${pair.name} differs between the sides`)
    const old = before.tagPairs.find(({ name }) => name === pair.name)
    const kept = old === undefined || (equalBytes(old.keys, pair.keys) && old.origin === pair.origin)
    scene.check(
      kept,
      '1 one key, one use',
      () => `the tag pair ${pair.name} was stored anew with another key or origin`,
    )
    const honest = twin === undefined || twin.origin === pair.origin
    scene.check(
      honest,
      '6 security as shown',
      () => `the tag pair ${pair.name} is ${twin?.origin} here, ${pair.origin} there`,
    )
  }

  #onPairing(side: SideIndex, before: Stored, after: Stored): void {
    const [old, now] = [before.pairing, after.pairing]
    if (old === now) return
    const { check } = this.#scene
    const grows = now.bindingNumber >= old.bindingNumber && now.highestNumber >= old.highestNumber
    check.call(this.#scene, grows, '1 one key, one use', () => `a number of the ${sideName(side)}'s pairing went back`)
    const same = now.sideId === old.sideId && now.role === old.role && now.mode === old.mode
    check.call(this.#scene, same, '6 security as shown', () => `the ${sideName(side)}'s side id, role or mode changed`)
    const spent = !(old.invite === null && now.invite !== null)
    check.call(this.#scene, spent, '6 security as shown', () => `the ${sideName(side)}'s spent invite is back`)
  }

  #lost(side: SideIndex, what: string): void {
    this.#scene.find('4 nothing is lost', `at the ${sideName(side)} ${what}`)
  }
}
