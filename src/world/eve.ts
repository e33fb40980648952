// Eve, at her three places: on the fibre, with an attack on every qubit that passes; at the relay, which is public, so
// that she reads the type of every message, eats what she likes and, if she is bold, changes it; and at the signaling
// server, which may do what it likes with signals. Where a world is hostile, the peer itself is faulty, and what comes by
// the link and on the fibre is spoilt too. What she did is remembered for the checks.

import { type Bytes, toHex } from '../lib/bytes.ts'
import { randomBytes } from '../lib/random.ts'
import type { MessageType } from '../protocol/messages.ts'
import type { Attack } from '../quantum/attacks.ts'
import { type EveTap, makeTap } from '../quantum/tap.ts'
import type { FibreFrame } from '../wire/fibre.ts'
import type { Dice } from './dice.ts'
import { Insider } from './insider.ts'
import type { SideIndex } from './port.ts'
import { peekType } from './wire-reader.ts'

/** What she eats at the relay. */
export interface Meal {
  readonly type: MessageType | 'any' | 'signal'
  readonly from: SideIndex | null
}

/** How often she meddles with what passes, and how. */
export interface Tampering {
  readonly where: 'relay' | 'signal' | 'link' | 'fibre'
  /** rewrite: by one who knows the pairing's secret, under a good HMAC (relay only; elsewhere as flip). */
  readonly how: 'flip' | 'repeat' | 'swap' | 'replay' | 'garbage' | 'cut' | 'rewrite'
  readonly chance: number
}

const REMEMBERED_MAX = 50

export class Meddler {
  readonly #dice: Dice
  readonly #insider: Insider
  #attack: Attack | null = null
  #tap: EveTap | null = null
  #meals: readonly Meal[] = []
  #tampering: readonly Tampering[] = []
  /** The message whose parts she is eating, by direction. */
  readonly #eating = [false, false]
  readonly #held: (Bytes | null)[] = [null, null]
  readonly #heard: Bytes[] = []
  /** Sessions of which every qubit so far was hers at full strength. */
  readonly #owned = new Map<string, boolean>()
  /** She touched a qubit, she changed a frame, ever. */
  touched = false
  tampered = false
  /** Told what she read of each frame of qubits. */
  onReadings: ((frame: FibreFrame, readings: Bytes) => void) | null = null

  constructor(dice: Dice, roots: () => readonly Bytes[]) {
    this.#dice = dice
    this.#insider = new Insider(dice, roots)
  }

  attack(attack: Attack | null): void {
    this.#attack = attack
    this.#tap = attack === null ? null : makeTap(attack)
  }

  eat(meals: readonly Meal[]): void {
    this.#meals = meals
  }

  tamper(tampering: readonly Tampering[]): void {
    this.#tampering = tampering
  }

  leave(): void {
    this.attack(null)
    this.eat([])
    this.tamper([])
    this.#held.fill(null)
  }

  /** Whether she had all qubits of a session at full strength: then there must be no key. */
  owned(session: string): boolean {
    return this.#owned.get(session) ?? false
  }

  onRelay(frame: Bytes, from: SideIndex): readonly Bytes[] {
    const type = peekType(frame)
    if (type !== null) this.#eating[from] = this.#eats(type, from)
    if (this.#eating[from]) return []
    return this.#meddle('relay', frame, from)
  }

  onSignal(signal: Bytes, from: SideIndex): readonly Bytes[] {
    this.#insider.hear(signal)
    return this.#eats('signal', from) ? [] : this.#meddle('signal', signal, from)
  }

  /** Types of a session's messages that she changed under a good HMAC. */
  rewrote(session: string): readonly MessageType[] {
    return [...(this.#insider.rewritten.get(session) ?? [])]
  }

  onLink(frame: Bytes, from: SideIndex): readonly Bytes[] {
    return this.#meddle('link', frame, from)
  }

  /** A frame of qubits as she lets it go on: by her tap, and from a faulty peer with a head that is not true. */
  onFibre(frame: FibreFrame): readonly FibreFrame[] {
    const passed = this.#measure(frame)
    const active = this.#tampering.find((one) => one.where === 'fibre' && this.#dice.chance(one.chance))
    if (active === undefined) return [passed]
    this.tampered = true
    this.#owned.set(frame.session, false)
    const start = this.#dice.pick([0, frame.start + 1, this.#dice.integer(2 ** 32)])
    switch (active.how) {
      case 'repeat':
      case 'replay':
        return [passed, passed, { ...passed, start }]
      case 'cut':
        return [{ ...passed, qubits: { ...passed.qubits, indices: passed.qubits.indices.slice(0, 1) } }]
      case 'flip':
      case 'swap':
      case 'rewrite':
        return [{ ...passed, start }]
      case 'garbage':
        return [passed, { ...passed, start, session: toHex(randomBytes(this.#dice, 16)) }]
    }
  }

  #measure(frame: FibreFrame): FibreFrame {
    const full = this.#attack !== null && this.#attack.strength >= 0.999
    this.#owned.set(frame.session, full && (this.#owned.get(frame.session) ?? true))
    if (this.#tap === null) return frame
    this.touched = true
    const qubits = this.#tap.onQubits(frame.qubits, this.#dice)
    this.onReadings?.(frame, this.#tap.readings)
    return { ...frame, qubits }
  }

  #eats(type: MessageType | 'signal', from: SideIndex): boolean {
    return this.#meals.some(
      (meal) =>
        (meal.from === null || meal.from === from) &&
        (meal.type === type || (meal.type === 'any' && type !== 'signal')),
    )
  }

  #meddle(where: Tampering['where'], bytes: Bytes, from: SideIndex): readonly Bytes[] {
    const active = this.#tampering.find((one) => one.where === where && this.#dice.chance(one.chance))
    const held = this.#held[from] ?? null
    this.#held[from] = null
    const after = held === null ? [] : [held]
    if (active === undefined) return [bytes, ...after]
    this.tampered = true
    this.#heard.push(bytes.slice())
    if (this.#heard.length > REMEMBERED_MAX) this.#heard.shift()
    switch (active.how) {
      case 'rewrite':
        return [where === 'relay' ? this.#insider.rewrite(bytes, from) : this.#flipped(bytes), ...after]
      case 'flip':
        return [this.#flipped(bytes), ...after]
      case 'repeat':
        return [bytes, bytes, ...after]
      case 'swap':
        this.#held[from] = bytes
        return after
      case 'replay':
        return [bytes, this.#dice.pick(this.#heard), ...after]
      case 'garbage':
        return [bytes, this.#garbage(), ...after]
      case 'cut':
        return [bytes.slice(0, this.#dice.integer(bytes.length)), ...after]
    }
  }

  #flipped(bytes: Bytes): Bytes {
    const copy = bytes.slice()
    const at = this.#dice.integer(copy.length)
    copy[at]! ^= 1 << this.#dice.integer(8)
    return copy
  }

  #garbage(): Bytes {
    const bytes = new Uint8Array(this.#dice.integer(2_000))
    this.#dice.fill(bytes)
    return bytes
  }
}
