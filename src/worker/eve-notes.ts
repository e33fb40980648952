// What Eve knows of one session, and what she makes of it: her readings of the qubits that passed, all that was said on
// the public channel, and nothing else. From the settings she learns which readings matter, from the outcomes said openly
// how good they are, from seed and ciphertext what her guess of the key would make of the message.
//
// Whatever she hears may be hostile: what does not fit is left out, nothing throws.

import { readS } from '../distill/estimation.ts'
import { pick, type SiftedRounds, sift, tallyRounds } from '../distill/sifting.ts'
import type { Bits } from '../lib/bits.ts'
import { type Bytes, toHex } from '../lib/bytes.ts'
import { type RandomSource, randomBytes } from '../lib/random.ts'
import { OneTimePad } from '../otp/seal.ts'
import { distil, seedsFit } from '../protocol/key-material.ts'
import type { Message, MessageType } from '../protocol/messages.ts'
import { gather, type Range } from '../protocol/ranges.ts'
import { HEADER_BYTES } from '../protocol/sealed-message.ts'
import { PAIRS_MAX, type Terms } from '../protocol/terms.ts'
import type { Attack } from '../quantum/attacks.ts'
import { ALICE_ANGLES, BOB_ANGLES, KEY_ANGLES } from '../quantum/settings.ts'
import { countRight, guessBits, guessChance, UNTOUCHED } from '../quantum/tap.ts'
import type { Guesses, HeardLine, Said, SettingName } from './eve-report.ts'

type Of<T extends MessageType> = Extract<Message, { type: T }>

/** Who may say what: the same words from the other end are none of the session's. */
const SAID_BY: Readonly<Record<Exclude<MessageType, 'abort'>, 'alice' | 'bob'>> = {
  propose: 'alice',
  refuse: 'bob',
  ready: 'bob',
  measured: 'bob',
  sifted: 'alice',
  estimated: 'bob',
  amplify: 'alice',
  received: 'bob',
}
const LINES_MAX = 64
const HEAD_BYTES = 16
const GUESS_BYTES = 64

/** The settings that both have said, and her reading of each round that arrived. */
interface Compared {
  readonly alice: Bytes
  readonly bob: Bytes
  readonly rounds: SiftedRounds
  readonly aliceOpen: Bits
  readonly readings: Bytes
}

export class EveNotes {
  readonly #attack: Attack | null
  readonly #random: RandomSource
  /** Her readings as the frames came. */
  readonly #frames: { readonly start: number; readonly readings: Bytes }[] = []
  #proposed: { readonly terms: Terms; readonly by: 'me' | 'peer' } | null = null
  #measured: Of<'measured'> | null = null
  #compared: Compared | null = null
  #keyGuess: readonly Bits[] = []
  readonly lines: HeardLine[] = []
  passed = 0
  touched = 0
  s: number | null = null
  settings: readonly (Guesses & { readonly setting: SettingName })[] = []
  message: string | null = null
  /** Bits of `keyGuess` that are right: told to her, not known. */
  right: number | null = null

  /** `attack`: what she does to the qubits, null where she only listens. */
  constructor(attack: Attack | null, random: RandomSource) {
    this.#attack = attack
    this.#random = random
  }

  get proposed(): { readonly terms: Terms; readonly by: 'me' | 'peer' } | null {
    return this.#proposed
  }

  /** Her guess of all key bits, block after block; empty while the settings aren't known. */
  get keyGuess(): readonly Bits[] {
    return this.#keyGuess
  }

  /** How good that guess was: as counted (`right`), and as theory has it. */
  get key(): Guesses | null {
    const blocks = this.#compared?.rounds.blocks ?? []
    const bits = blocks.reduce((sum, { rounds }) => sum + rounds.length, 0)
    const right = blocks.reduce((sum, { pair, rounds }) => sum + rounds.length * this.#expectedAt(KEY_ANGLES[pair]), 0)
    return bits === 0 ? null : { bits, right: this.right, expected: right / bits }
  }

  read(start: number, readings: Bytes): void {
    this.#frames.push({ start, readings })
    this.passed += readings.length
    for (const reading of readings) if (reading !== UNTOUCHED) this.touched += 1
  }

  hear(message: Message, from: 'me' | 'peer', atMs: number): void {
    if (message.type === 'propose') this.#proposed ??= { terms: message.terms, by: from }
    if (this.#proposed === null) return
    const speaker = from === this.#proposed.by ? 'alice' : 'bob'
    if (message.type !== 'abort' && SAID_BY[message.type] !== speaker) return
    this.#learn(message, this.#proposed.terms)
    if (this.lines.length < LINES_MAX) this.lines.push({ atMs, from: speaker, said: this.#inFigures(message) })
  }

  #learn(message: Message, terms: Terms): void {
    if (message.type === 'measured' && fits(message, terms)) this.#measured ??= message
    if (message.type === 'sifted') this.#compare(message, terms)
    if (message.type === 'estimated') this.#judge(message)
    if (message.type === 'amplify') this.message ??= this.#open(message, terms)
  }

  /** Both settings are public now: she knows which of her readings are of key bits, and guesses those. */
  #compare({ settings, outcomes }: Of<'sifted'>, terms: Terms): void {
    const measured = this.#measured
    if (measured === null || this.#compared !== null || settings.length !== measured.settings.length) return
    const rounds = sift(settings, measured.settings, terms.mode)
    if (outcomes.length !== rounds.open.length) return
    const readings = gather(this.#allReadings(terms.pairs), measured.arrived)
    this.#compared = { alice: settings, bob: measured.settings, rounds, aliceOpen: outcomes, readings }
    this.#keyGuess = rounds.blocks.map((block) => this.#guess(pick(readings, block.rounds), KEY_ANGLES[block.pair]))
  }

  /** Her readings in the order of the pairs; of a repeated pair the first one came to Bob. */
  #allReadings(pairs: number): Bytes {
    const all = new Uint8Array(pairs).fill(UNTOUCHED)
    for (const { start, readings } of this.#frames.toReversed()) {
      if (start + readings.length <= pairs) all.set(readings, start)
    }
    return all
  }

  #guess(readings: Bytes, angle: number): Bits {
    if (this.#attack !== null) return guessBits(this.#attack, readings, angle, this.#random)
    return randomBytes(this.#random, readings.length).map((byte) => byte & 1)
  }

  #expectedAt(angle: number): number {
    return this.#attack === null ? 1 / 2 : guessChance(this.#attack, angle)
  }

  /** All outcomes but the key's are public now: S, and how good her readings were. */
  #judge({ outcomes }: Of<'estimated'>): void {
    const compared = this.#compared
    if (compared === null || outcomes.length !== compared.rounds.open.length) return
    const { alice, bob, rounds, aliceOpen } = compared
    this.s = readS(tallyRounds(alice, bob, rounds, aliceOpen, outcomes))?.value ?? null
    this.settings = [
      ...this.#countOpen('a', alice, ALICE_ANGLES, aliceOpen, compared),
      ...this.#countOpen('b', bob, BOB_ANGLES, outcomes, compared),
    ]
  }

  #countOpen(
    side: 'a' | 'b',
    settings: Bytes,
    angles: readonly number[],
    outcomes: Bits,
    { rounds, readings }: Compared,
  ): (Guesses & { readonly setting: SettingName })[] {
    const attack = this.#attack
    if (attack === null || this.touched === 0) return []
    return ([0, 1, 2] as const).map((setting) => {
      const chosen = Uint32Array.from(rounds.open.keys()).filter((i) => settings[rounds.open[i]!] === setting)
      const bits = pick(outcomes, chosen)
      const hers = pick(
        readings,
        Uint32Array.from(chosen, (i) => rounds.open[i]!),
      )
      const angle = angles[setting]!
      const right = countRight(attack, hers, { settings: new Uint8Array(bits.length), bits, angles: [angle] })
      return {
        setting: `${side}${(setting + 1) as 1 | 2 | 3}`,
        bits: bits.length,
        right,
        expected: this.#expectedAt(angle),
      }
    })
  }

  /** The ciphertext under the pad that her guess of the key gives by the same amplification, as far as it can be read. */
  #open({ blocks, ciphertext }: Of<'amplify'>, { neededBits, newPairs }: Terms): string | null {
    const keys = this.#keyGuess
    const all = keys.map((key) => key.length)
    if (keys.length === 0 || !seedsFit(keys, blocks, neededBits, all) || 8 * ciphertext.length > neededBits) return null
    const plain = new OneTimePad(distil(keys, blocks, ciphertext.length, newPairs).pad).open(ciphertext)
    return printable(plain.subarray(HEADER_BYTES, HEADER_BYTES + GUESS_BYTES))
  }

  #inFigures(message: Message): Said {
    const keyBits = this.#keyGuess.reduce((sum, key) => sum + key.length, 0)
    switch (message.type) {
      case 'propose': {
        const { pairs, mode, neededBits } = message.terms
        return { type: 'propose', pairs, mode, neededBits }
      }
      case 'ready':
      case 'received':
        return { type: message.type }
      case 'refuse':
        return { type: 'refuse', reason: message.reason }
      case 'measured':
        return { type: 'measured', arrived: message.settings.length }
      case 'sifted':
        return { type: 'sifted', testBits: message.outcomes.length, keyBits }
      case 'estimated': {
        const { outcomes, equal, finding, keyBits: sacrificed } = message
        const base = { type: 'estimated', testBits: outcomes.length, equal: equal.every(Boolean), finding } as const
        return { ...base, sacrificedBits: sacrificed.length, s: this.s }
      }
      case 'amplify':
        return {
          type: 'amplify',
          usedBits: message.blocks.reduce((sum, { bits }) => sum + bits, 0),
          seedBytes: message.blocks.reduce((sum, { seed }) => sum + seed.length, 0),
          ciphertextBytes: message.ciphertext.length,
          head: toHex(message.ciphertext.subarray(0, HEAD_BYTES)),
        }
      case 'abort':
        return { type: 'abort', reason: message.reason, sacrificedBits: message.keyBits.length }
    }
  }
}

/** Ranges of this session, ascending, with a setting for each pair. */
function fits({ arrived, settings }: Of<'measured'>, { pairs }: Terms): boolean {
  if (pairs > PAIRS_MAX) return false
  let next = 0
  const ordered = arrived.every(({ start, count }: Range) => {
    const isAfter = start >= next
    next = start + count
    return isAfter
  })
  return ordered && next <= pairs && arrived.reduce((sum, { count }) => sum + count, 0) === settings.length
}

/** ASCII as it is, a dot for every other byte. */
const printable = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·')).join('')
