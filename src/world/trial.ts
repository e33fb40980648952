// One message under one Eve: two conversations that have just paired, over the world's network and disks, and she on the
// fibre from the first qubit on. Runs until the message is delivered or refused, and keeps what each session read and how
// much of the key she would have guessed. The same seed plays the same trial again.

import { pick, sift } from '../distill/sifting.ts'
import { type Bytes, concatAll, toHex } from '../lib/bytes.ts'
import { randomBytes } from '../lib/random.ts'
import type { Input, Output, Shown } from '../protocol/events.ts'
import type { Message } from '../protocol/messages.ts'
import { inviteChat, joinInvite } from '../protocol/new-pairing.ts'
import { gather } from '../protocol/ranges.ts'
import type { Receipt } from '../protocol/receipt.ts'
import type { Attack } from '../quantum/attacks.ts'
import { KEY_ANGLES } from '../quantum/settings.ts'
import { guessBits } from '../quantum/tap.ts'
import { Clock } from './clock.ts'
import { Dice } from './dice.ts'
import { Meddler } from './eve.ts'
import { Links } from './links.ts'
import { SIDES, type SideIndex, sideName } from './port.ts'
import { calmScript } from './script.ts'
import { Server } from './server.ts'
import { Side, type Witness } from './side.ts'
import { WireReader } from './wire-reader.ts'

export interface TrialSetup {
  readonly seed: string
  readonly mode: 'efficient' | 'textbook'
  /** Werner error 1 - V of the sender's source, which it knows and plans for. */
  readonly noise: number
  readonly attack: Attack | null
}

export interface TrialResult {
  /** What became of the message: delivered, refused for a reason, or `unended` after all sessions that it may take. */
  readonly outcome: 'delivered' | 'noisy' | 'eavesdropper' | 'other' | 'unended'
  /** The alert was told to the sender, to the receiver. */
  readonly told: readonly [boolean, boolean]
  readonly sessions: readonly SessionReading[]
}

/** What a session showed at the sender. */
export interface SessionReading {
  /** Null where it ended before there was anything to read. */
  readonly receipt: Receipt | null
  /** Eve's guesses of the sifted key that were right; null where she touched nothing. */
  readonly rightBits: number | null
}

/** The two have paired by then, and the relay is there. */
const WRITTEN_AT_MS = 5_000
/** A message that took more has not ended by itself. */
export const SESSIONS_MAX = 4
/** Pairing, and up to four sessions with their pauses of 1, 2 and 4 s. */
const PATIENCE_MS = 120_000
/** By then the other side has heard of the end. */
const AFTERWARDS_MS = 500
const TEXT = 'x'.repeat(100)
const SENDER: SideIndex = 0

export const runTrial = (setup: TrialSetup): TrialResult => new Trial(setup).run()

class Trial implements Witness {
  readonly #setup: TrialSetup
  readonly #clock = new Clock()
  readonly #dice: Dice
  readonly #sides: readonly [Side, Side]
  readonly #ear = new WireReader()
  /** Eve's readings of the running session, by the place of their frame. */
  #readings = new Map<number, Bytes>()
  #measured: Extract<Message, { type: 'measured' }> | null = null
  #rightBits: number | null = null
  readonly #sessions: SessionReading[] = []
  readonly #told: [boolean, boolean] = [false, false]
  #outcome: TrialResult['outcome'] = 'unended'

  constructor(setup: TrialSetup) {
    const { seed, mode, noise, attack } = setup
    this.#setup = setup
    this.#dice = new Dice(seed)
    const script = calmScript(seed, [], 0)
    const clock = this.#clock
    const eve = new Meddler(this.#dice.fork('eve'), () => [])
    eve.attack(attack)
    eve.onReadings = ({ start }, readings) => this.#readings.set(start, readings)
    const deliver = (side: SideIndex, input: Input): void => this.#sides[side].deliver(input)
    const delayMs = (): number => script.latencyMs
    const { tellsReplaced, fibre } = script
    const server = new Server(clock, this.#dice.fork('server'), { delayMs, tellsReplaced }, deliver, eve)
    const links = new Links(clock, this.#dice.fork('links'), { delayMs, fibre }, deliver, eve)
    const random = this.#dice.fork('pairing')
    const inviter = inviteChat({ name: 'Ada', mode: 'private', random, nowMs: 0 })
    const joiner = joinInvite({ fragment: inviter.fragment, name: 'Bo', random, nowMs: 0 })
    if (!joiner.ok) throw new Error('assertion failed: an invite just made is good')
    const make = (index: SideIndex, stored: typeof inviter.stored): Side =>
      new Side(index, stored, {
        ...{ clock, links, server, witness: this },
        dice: this.#dice.fork(sideName(index)),
        script: { ...script.sides[index], mode, visibility: 1 - noise },
      })
    this.#sides = [make(0, inviter.stored), make(1, joiner.value.stored)]
  }

  run(): TrialResult {
    for (const side of SIDES) this.#sides[side].start()
    const id = toHex(randomBytes(this.#dice, 16))
    this.#clock.at(WRITTEN_AT_MS, () => {
      this.#sides[SENDER].deliver({ type: 'write', id, text: TEXT, writtenAtMs: 0 })
    })
    while (this.#outcome === 'unended' && this.#sessions.length < SESSIONS_MAX && this.#clock.step(PATIENCE_MS)) {}
    const untilMs = this.#clock.nowMs + AFTERWARDS_MS
    while (this.#clock.step(untilMs)) {}
    return { outcome: this.#outcome, told: this.#told, sessions: this.#sessions }
  }

  onOutput({ index }: Side, output: Output): void {
    if (output.type === 'frame' && output.path.via === 'relay') this.#overhear(index, output.bytes)
    else if (output.type === 'notice') this.#told[index] ||= output.reason === 'eavesdropper'
    else if (index === SENDER) this.#watch(output)
  }

  /** Eve hears all that is said on the public channel. */
  #overhear(from: SideIndex, frame: Bytes): void {
    const message = this.#ear.read(from, 'relay', frame)
    if (message?.type === 'measured') this.#measured = message
    if (message?.type === 'sifted' && this.#setup.attack !== null) this.#guess(message, this.#setup.attack)
  }

  /** Both settings are public: she turns her readings into guesses of the key, and hears how many are right. */
  #guess({ session, settings }: Extract<Message, { type: 'sifted' }>, attack: Attack): void {
    const measured = this.#measured
    if (measured === null) return
    const all = concatAll([...this.#readings].sort(([a], [b]) => a - b).map(([, readings]) => readings))
    const arrived = gather(all, measured.arrived)
    const { blocks } = sift(settings, measured.settings, this.#setup.mode)
    const guess = concatAll(
      blocks.map(({ pair, rounds }) => guessBits(attack, pick(arrived, rounds), KEY_ANGLES[pair], this.#dice)),
    )
    const counted = this.#sides[SENDER].score(session, guess)
    this.#rightBits = counted && counted.bits - counted.errors
  }

  #watch(output: Output | Shown): void {
    if (output.type === 'progress' && output.run.role === 'alice') {
      const { phase, receipt } = output.run
      if (phase === 'ended' || phase === 'received') this.#note(receipt)
    }
    if (output.type !== 'message') return
    const { state, refusedFor } = output.message
    if (state === 'delivered') this.#outcome = 'delivered'
    if (state === 'refused') {
      this.#outcome = refusedFor === 'noisy' || refusedFor === 'eavesdropper' ? refusedFor : 'other'
    }
  }

  #note(receipt: Receipt | null): void {
    this.#sessions.push({ receipt, rightBits: this.#rightBits })
    this.#readings = new Map()
    this.#measured = null
    this.#rightBits = null
  }

  onThrow(_side: Side, error: unknown): void {
    throw error
  }

  onBadMeasurement(side: Side, what: string): void {
    throw new Error(`assertion failed: the ${sideName(side.index)} measures only what is there, got ${what}`)
  }

  onInput(): void {}
  onOutputs(): void {}
  onEffect(): void {}
  onOpened(): void {}
  onEnded(): void {}
}
