// One seed, one world: two conversations, two disks, a server, a network, persons and an Eve, in virtual time. Runs the
// script that the seed draws, then lets everything heal, and checks the invariants of DESIGN all the way. The same seed
// plays the same world again.

import { toHex } from '../lib/bytes.ts'
import { randomBytes } from '../lib/random.ts'
import type { Change, Stored } from '../protocol/disk.ts'
import type { Input, Output } from '../protocol/events.ts'
import { inviteChat, joinInvite } from '../protocol/new-pairing.ts'
import { Clock } from './clock.ts'
import { Dice } from './dice.ts'
import { DiskChecks } from './disk-checks.ts'
import {
  canMeet,
  checkDelivered,
  checkNothingLost,
  checkOrder,
  checkShown,
  isBurnt,
  ownIn,
  rootsOf,
} from './end-checks.ts'
import { Meddler } from './eve.ts'
import { drawScript } from './faults.ts'
import { type FibreConditions, Links } from './links.ts'
import { SIDES, type SideIndex, sideName } from './port.ts'
import { type Finding, Scene } from './scene.ts'
import { type Deed, isNoiseless, type NetworkDeed, type Script, type SideDeed } from './script.ts'
import { Server } from './server.ts'
import { ShownChecks } from './shown-checks.ts'
import { Side, type Witness } from './side.ts'
import { WireChecks } from './wire-checks.ts'
import { describeDeed, describeInput, describeOutput } from './words.ts'

export interface WorldResult {
  readonly seed: string
  /** Messages written, delivered; sessions begun, aborted or refused. */
  readonly messages: number
  readonly delivered: number
  readonly sessions: number
  readonly aborted: number
  readonly events: number
  readonly virtualMs: number
  readonly findings: readonly Finding[]
}

/** Told, in words, of everything that happens. */
export type Trace = (line: string) => void

/** Within this time after the last fault everything is delivered: a few connects of 15 s and pauses of up to 30 s. */
const PATIENCE_MS = 400_000
const EVENTS_MAX = 150_000
const OUTPUTS_MAX = 2_000
const OPEN_ENDS_MAX = 4
/** Sessions: some for each message, and one a second at most where they fail. */
const SESSIONS_FREE = 60

export function runWorld(seed: string, trace: Trace | null = null): WorldResult {
  const dice = new Dice(seed)
  return new World(drawScript(seed, dice.fork('script')), dice, trace).run()
}

export class World implements Witness {
  readonly #script: Script
  readonly #dice: Dice
  readonly #trace: Trace | null
  readonly #clock = new Clock()
  readonly #eve: Meddler
  readonly #server: Server
  readonly #links: Links
  readonly #fibre: { -readonly [K in keyof FibreConditions]: FibreConditions[K] }
  readonly #sides: readonly [Side, Side]
  readonly #scene: Scene
  readonly #diskChecks: DiskChecks
  readonly #wireChecks: WireChecks
  readonly #shownChecks: ShownChecks
  readonly #snapshots: (Stored | null)[] = [null, null]
  #broken = false
  #healed = false

  constructor(script: Script, dice: Dice, trace: Trace | null) {
    this.#script = script
    this.#dice = dice
    this.#trace = trace
    const clock = this.#clock
    this.#eve = new Meddler(dice.fork('eve'), () => this.#sides.flatMap(rootsOf))
    this.#fibre = { ...script.fibre }
    const deliver = (side: SideIndex, input: Input): void => this.#sides[side].deliver(input)
    const wire = dice.fork('network')
    const delayMs = (): number => script.latencyMs + wire.unit() * script.jitterMs
    const { tellsReplaced } = script
    this.#server = new Server(clock, dice.fork('server'), { delayMs, tellsReplaced }, deliver, this.#eve)
    this.#links = new Links(clock, dice.fork('links'), { delayMs, fibre: this.#fibre }, deliver, this.#eve)
    this.#sides = this.#pair()
    this.#scene = new Scene(script, clock, this.#eve, (side) => this.#sides[side].disk.stored)
    this.#diskChecks = new DiskChecks(this.#scene)
    this.#wireChecks = new WireChecks(this.#scene)
    this.#shownChecks = new ShownChecks(this.#scene, this.#diskChecks)
  }

  run(): WorldResult {
    for (const index of SIDES) this.#clock.at(this.#script.sides[index].opensAtMs, () => this.#sides[index].start())
    for (const { atMs, deed } of this.#script.deeds) this.#clock.at(atMs, () => this.#doDeed(deed))
    this.#runUntil(this.#script.healsAtMs)
    this.#heal()
    if (this.#script.eveStays) this.#waitWithEve()
    else this.#finish()
    checkNothingLost(this.#scene)
    return this.#result()
  }

  #pair(): readonly [Side, Side] {
    const random = this.#dice.fork('pairing')
    const inviter = inviteChat({ name: 'Ada', mode: this.#script.room, random, nowMs: 0 })
    const joiner = joinInvite({ fragment: inviter.fragment, name: 'Bo', random, nowMs: 0 })
    if (!joiner.ok) throw new Error('assertion failed: an invite just made is good')
    const [links, server, clock] = [this.#links, this.#server, this.#clock]
    const make = (index: SideIndex, stored: Stored): Side => {
      const dice = this.#dice.fork(sideName(index))
      return new Side(index, stored, { clock, dice, script: this.#script.sides[index], links, server, witness: this })
    }
    return [make(0, inviter.stored), make(1, joiner.value.stored)]
  }

  // After the faults

  /** All that was broken is mended; nobody who should be there is away. */
  #heal(): void {
    this.#say('everything heals')
    this.#healed = true
    if (!this.#script.eveStays) this.#eve.leave()
    this.#links.blocked = false
    Object.assign(this.#fibre, this.#script.fibre)
    this.#server.start()
    for (const side of this.#sides) {
      side.heal()
      side.start()
    }
  }

  /** She stays: nothing need come through, but what waits is shown. */
  #waitWithEve(): void {
    this.#runUntil(this.#clock.nowMs + 60_000)
    for (const side of this.#sides) if (!this.#broken && !side.disk.busy) checkShown(this.#scene, side)
  }

  /** What waits goes by itself; what was refused goes when its person tries again; then a last word. */
  #finish(): void {
    const { scene, sides } = { scene: this.#scene, sides: this.#sides }
    if (!canMeet(sides)) return
    this.#settle(['queued', 'sent'])
    // What was under way when the faults ended may still have burnt the invite, and said so: they need a new one.
    if (sides.some(isBurnt)) return
    for (const index of SIDES) this.#doDeed({ do: 'retry', side: index })
    for (const index of this.#script.lastWriters) {
      this.#doDeed({ do: 'write', side: index, text: `${sideName(index)} wrote at last` })
    }
    this.#runUntil(this.#clock.nowMs + 2_000)
    // A noisy source makes keys that differ, and this version corrects nothing.
    const noisy = !isNoiseless(this.#script)
    this.#settle(noisy ? ['queued', 'sent'] : ['queued', 'sent', 'refused'])
    if (this.#broken) return
    if (!noisy) checkDelivered(scene, sides, `${PATIENCE_MS / 1_000} s after the last fault`)
    this.#runUntil(this.#clock.nowMs + 3_000)
    for (const side of sides) checkShown(scene, side)
    checkOrder(scene, sides)
  }

  /** Runs until no message of either side is in these states, or patience ends. */
  #settle(states: Parameters<typeof ownIn>[1]): void {
    const untilMs = this.#clock.nowMs + PATIENCE_MS
    while (!this.#broken && this.#clock.nowMs < untilMs) {
      if (this.#sides.every((side) => ownIn(side, states).length === 0 && !side.disk.busy)) return
      this.#runUntil(Math.min(untilMs, this.#clock.nowMs + 1_000))
    }
  }

  #runUntil(untilMs: number): void {
    while (!this.#broken && this.#clock.step(untilMs)) {
      if (this.#clock.ran > EVENTS_MAX) this.#break('5 bounded', `more than ${EVENTS_MAX} events`)
    }
    const allowed = SESSIONS_FREE + this.#scene.written.size * 10 + this.#clock.nowMs / 500
    if (this.#wireChecks.sessions > allowed) this.#break('5 bounded', `${this.#wireChecks.sessions} sessions`)
  }

  #break(invariant: Parameters<Scene['find']>[0], detail: string): void {
    this.#broken = true
    this.#scene.find(invariant, detail)
  }

  // The script

  #doDeed(deed: Deed): void {
    this.#say(describeDeed(deed))
    if ('side' in deed) this.#doToSide(deed)
    else this.#doToNetwork(deed)
  }

  #doToSide(deed: SideDeed): void {
    const side = this.#sides[deed.side]
    switch (deed.do) {
      case 'write':
        return this.#write(deed.side, deed.text)
      case 'cancel':
        return this.#cancel(deed.side, deed.nth)
      case 'retry':
        for (const id of ownIn(side, ['refused'])) side.deliver({ type: 'retry', id })
        return
      case 'leave':
        side.deliver({ type: 'leave' })
        return this.#restart(deed.side, 'tab', deed.backMs, 'left')
      case 'crash':
        return side.crashAfter(deed.outputs, () => {
          this.#restart(deed.side, deed.what, deed.downMs, `its ${deed.what} crashed`)
        })
      case 'freeze':
        return side.freeze(deed.forMs)
      case 'snapshot':
        this.#snapshots[deed.side] = side.disk.load()
        return
      case 'restore':
        return this.#restore(deed.side, deed.downMs)
      case 'diskFails':
        return side.disk.fail(deed.reason, deed.count)
    }
  }

  #doToNetwork(deed: NetworkDeed): void {
    const until = (forMs: number): number => this.#clock.nowMs + forMs
    switch (deed.do) {
      case 'server':
        return deed.runs ? this.#server.start() : this.#server.stop()
      case 'breakSocket':
        return this.#server.breakSocket(deed.of)
      case 'stallSocket':
        return this.#server.stall(deed.of, until(deed.forMs))
      case 'cut':
        return this.#links.breakAll(deed.noticedMs)
      case 'stall':
        return this.#links.stall(until(deed.forMs))
      case 'block':
        this.#links.blocked = deed.blocked
        return
      case 'fibre':
        Object.assign(this.#fibre, deed.conditions)
        return
      case 'attack':
        return this.#eve.attack(deed.attack)
      case 'eat':
        return this.#eve.eat(deed.meals)
      case 'tamper':
        return this.#eve.tamper(deed.tampering)
    }
  }

  #write(side: SideIndex, text: string): void {
    if (!this.#sides[side].open) return
    const id = toHex(randomBytes(this.#dice, 16))
    const writtenAtMs = Math.max(0, 1_760_000_000_000 + this.#clock.nowMs + this.#script.sides[side].clockOffsetMs)
    this.#scene.written.set(id, { id, side, text, writtenAtMs, kept: false, notStored: false })
    this.#sides[side].deliver({ type: 'write', id, text, writtenAtMs })
  }

  #cancel(side: SideIndex, nth: number): void {
    const own = [...this.#scene.written.values()].filter((written) => written.side === side)[nth]
    if (own) this.#sides[side].deliver({ type: 'cancel', id: own.id })
  }

  #restart(side: SideIndex, what: 'worker' | 'tab', downMs: number, how: string): void {
    this.#sides[side].end(what, how)
    this.#clock.after(downMs, () => this.#sides[side].start())
  }

  #restore(side: SideIndex, downMs: number): void {
    const snapshot = this.#snapshots[side]
    if (snapshot === null || snapshot === undefined || this.#healed) return
    this.#sides[side].end('tab', 'restored')
    this.#sides[side].disk.restore(snapshot)
    this.#scene.restores[side]!++
    this.#diskChecks.onRestored(side)
    this.#clock.after(downMs, () => this.#sides[side].start())
  }

  // What the sides do

  onInput(side: Side, input: Input): void {
    if (this.#trace !== null) this.#say(describeInput(side.index, input))
    this.#wireChecks.onInput(side.index, input)
  }

  onOutput(side: Side, output: Output): void {
    if (this.#trace !== null) this.#say(describeOutput(side.index, output))
    this.#wireChecks.onOutput(side.index, output)
    this.#shownChecks.onOutput(side.index, output)
    if (output.type !== 'openLink') return
    const open = this.#links.openEnds(side.index)
    this.#scene.check(open <= OPEN_ENDS_MAX, '5 bounded', () => `the ${sideName(side.index)} has ${open} links open`)
  }

  onOutputs(side: Side, count: number): void {
    if (count > OUTPUTS_MAX) this.#break('5 bounded', `${count} outputs of the ${sideName(side.index)} at once`)
  }

  onEffect(side: Side, before: Stored, after: Stored, changes: readonly Change[]): void {
    if (this.#trace !== null)
      this.#say(`${sideName(side.index)}'s disk has ${changes.map(({ type }) => type).join(', ')}`)
    this.#wireChecks.onEffect(changes)
    this.#diskChecks.onEffect(side.index, before, after, changes)
  }

  onOpened(side: Side): void {
    checkShown(this.#scene, side)
  }

  onEnded(side: Side, how: string): void {
    this.#say(`${sideName(side.index)} ends: ${how}`)
    this.#wireChecks.onEnded(side.index)
  }

  onThrow(side: Side, error: unknown): void {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error)
    this.#break('5 no throw', `the ${sideName(side.index)} throws: ${what}`)
  }

  onBadMeasurement(side: Side, what: string): void {
    this.#scene.find('2 no setting too early', `the ${sideName(side.index)} measures ${what}, which are not there`)
  }

  #say(line: string): void {
    this.#trace?.(`${(this.#clock.nowMs / 1_000).toFixed(3).padStart(9)} s  ${line}`)
  }

  #result(): WorldResult {
    const own = SIDES.map((index) => ownIn(this.#sides[index], ['delivered']).length)
    return {
      seed: this.#script.seed,
      messages: this.#scene.written.size,
      delivered: own[0]! + own[1]!,
      sessions: this.#wireChecks.sessions,
      aborted: this.#wireChecks.aborted,
      events: this.#clock.ran,
      virtualMs: Math.round(this.#clock.nowMs),
      findings: this.#scene.findings,
    }
  }
}
