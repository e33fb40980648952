// One side of a world: a disk, and over it a conversation while its worker lives. Drives the conversation as events.ts
// asks, one output after the other, and can end in between any two of them.

import { assertNever } from '../lib/assert.ts'
import type { Bits } from '../lib/bits.ts'
import { Conversation } from '../protocol/conversation.ts'
import type { Change, CommitFailure, Stored } from '../protocol/disk.ts'
import type { KeyErrors } from '../protocol/evaluation.ts'
import type { Input, Output, Shown, ShownMessage } from '../protocol/events.ts'
import type { QubitBatch } from '../quantum/qubit-batch.ts'
import { measureQubits } from '../quantum/qubit-measurement.ts'
import type { FibreFrame } from '../wire/fibre.ts'
import type { Clock } from './clock.ts'
import { CrashDisk } from './crash-disk.ts'
import type { Dice } from './dice.ts'
import type { Links } from './links.ts'
import type { SideIndex } from './port.ts'
import type { SideScript } from './script.ts'
import type { Server } from './server.ts'

/** Sees all that goes into a side and comes out, and what its disk becomes. */
export interface Witness {
  onInput(side: Side, input: Input): void
  onOutput(side: Side, output: Output): void
  onOutputs(side: Side, count: number): void
  onEffect(side: Side, before: Stored, after: Stored, changes: readonly Change[]): void
  onOpened(side: Side): void
  onEnded(side: Side, how: string): void
  onThrow(side: Side, error: unknown): void
  /** The conversation wants a qubit measured that it can't have. */
  onBadMeasurement(side: Side, what: string): void
}

export interface SideParts {
  readonly clock: Clock
  readonly dice: Dice
  readonly script: SideScript
  readonly links: Links
  readonly server: Server
  readonly witness: Witness
}

export class Side {
  readonly index: SideIndex
  readonly disk: CrashDisk
  readonly #parts: SideParts
  #conversation: Conversation | null = null
  /** Counts workers: what an earlier one asked for is answered to nobody. */
  #worker = 0
  #frozenUntilMs = 0
  #inbox: Input[] = []
  #deadlineMs: number | null = null
  #deadlines = 0
  #crash: { outputs: number; readonly run: () => void } | null = null
  /** Qubits given in and not yet measured, by session, first index and count: a faulty peer may number twice. */
  readonly #unopened = new Map<string, QubitBatch>()
  /** As the person sees it now. */
  readonly shown = new Map<string, ShownMessage>()
  connection = 'closed'

  constructor(index: SideIndex, stored: Stored, parts: SideParts) {
    this.index = index
    this.#parts = parts
    const { clock, dice, script, witness } = parts
    this.disk = new CrashDisk(clock, dice.fork('disk'), script.diskMs, stored, (before, after, changes) =>
      witness.onEffect(this, before, after, changes),
    )
  }

  get open(): boolean {
    return this.#conversation !== null
  }

  get frozen(): boolean {
    return this.#parts.clock.nowMs < this.#frozenUntilMs
  }

  /** How many guesses at a running session's key are wrong; see Conversation. */
  score(session: string, guess: Bits): KeyErrors | null {
    return this.#conversation?.score(session, guess) ?? null
  }

  /** Starts a worker over what is on the disk. */
  start(): void {
    if (this.#conversation !== null) return
    const worker = ++this.#worker
    const { dice, script, server } = this.#parts
    const { mode, publicChannel, visibility } = script
    const random = dice.fork(`worker ${worker}`)
    this.#conversation = new Conversation({ stored: this.disk.load(), random, mode, publicChannel, visibility })
    this.shown.clear()
    this.#take({ type: 'start' })
    if (worker !== this.#worker) return // a crash was waiting for it
    this.#parts.witness.onOpened(this)
    server.remind(this.index)
  }

  /** Ends the worker, or the whole tab, now; what was asked of the disk is done or not. */
  end(what: 'worker' | 'tab', how: string): void {
    const { links, server, witness } = this.#parts
    this.#crash = null
    if (this.#conversation === null) return
    this.#conversation = null
    this.#worker++
    this.#inbox = []
    this.#deadlineMs = null
    this.#deadlines++
    this.#frozenUntilMs = 0
    this.#unopened.clear()
    this.shown.clear()
    this.connection = 'closed'
    this.disk.crash()
    links.dropSide(this.index)
    if (what === 'tab') server.closeTab(this.index)
    witness.onEnded(this, how)
  }

  /** Runs `crash` after so many more outputs; at once for 0. */
  crashAfter(outputs: number, run: () => void): void {
    if (outputs === 0) run()
    else this.#crash = { outputs, run }
  }

  /** Handles nothing for a while, then everything at once. */
  freeze(forMs: number): void {
    const { clock } = this.#parts
    this.#frozenUntilMs = Math.max(this.#frozenUntilMs, clock.nowMs + forMs)
    clock.at(this.#frozenUntilMs, () => this.#thaw())
  }

  /** Whatever was still to befall it does not. */
  heal(): void {
    this.#crash = null
    this.#frozenUntilMs = 0
    this.disk.heal()
    this.#thaw()
  }

  #thaw(): void {
    if (this.frozen) return
    const inbox = this.#inbox
    this.#inbox = []
    const worker = this.#worker
    for (const input of inbox) if (worker === this.#worker) this.deliver(input)
  }

  /** Gives an input in, now or when it thaws; a worker that is gone hears nothing. */
  deliver(input: Input): void {
    if (this.#conversation === null) return
    if (this.frozen) this.#inbox.push(input)
    else this.#take(input)
  }

  #take(input: Input): void {
    const waiting: Input[] = [input]
    const worker = this.#worker
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      if (!this.#isDue(next)) continue
      const outputs = this.#handle(next)
      for (const output of outputs) {
        this.#carryOut(output, waiting)
        if (worker !== this.#worker) return
      }
    }
  }

  /** A deadline that was moved meanwhile is none. */
  #isDue(input: Input): boolean {
    if (input.type !== 'timeout') return true
    const due = this.#deadlineMs !== null && this.#deadlineMs <= this.#parts.clock.nowMs
    if (due) this.#deadlineMs = null
    return due
  }

  #handle(input: Input): readonly Output[] {
    const { clock, witness } = this.#parts
    witness.onInput(this, input)
    if (input.type === 'fibre') this.#keepQubits(input.frame)
    try {
      const outputs = this.#conversation?.handle(input, clock.nowMs) ?? []
      witness.onOutputs(this, outputs.length)
      return outputs
    } catch (error) {
      witness.onThrow(this, error)
      return []
    }
  }

  #carryOut(output: Output, waiting: Input[]): void {
    if (this.#crash !== null && this.#crash.outputs-- <= 0) {
      const { run } = this.#crash
      this.#crash = null
      return run()
    }
    const { links, server, witness } = this.#parts
    witness.onOutput(this, output)
    switch (output.type) {
      case 'rooms':
        return server.wish(this.index, output.rooms)
      case 'signal':
        return server.signal(this.index, output.room, output.bytes)
      case 'openLink':
        return links.open(this.index, output.link, output.initiator)
      case 'acceptSignal':
        return links.accept(this.index, output.link, output.bytes)
      case 'closeLink':
        return links.close(this.index, output.link)
      case 'frame':
        if (output.path.via === 'link') return links.send(this.index, output.path.link, output.bytes)
        return server.relay(this.index, output.path.room, output.bytes)
      case 'fibre':
        return links.fibre(this.index, output.link, output.frame)
      case 'measure':
        return this.#measure(output, waiting)
      case 'deadline':
        return this.#setDeadline(output.atMs)
      case 'commit':
        return this.#commit(output.id, output.changes)
      default:
        return this.#show(output)
    }
  }

  #keepQubits({ session, start, qubits }: FibreFrame): void {
    this.#unopened.set(`${session}/${start}/${qubits.indices.length}`, qubits)
  }

  #measure({ session, start, settings }: Extract<Output, { type: 'measure' }>, waiting: Input[]): void {
    const name = `${session}/${start}/${settings.length}`
    const qubits = this.#unopened.get(name)
    this.#unopened.delete(name)
    if (qubits === undefined) {
      this.#parts.witness.onBadMeasurement(this, `${settings.length} qubits from ${start} of session ${session}`)
      return
    }
    waiting.push({ type: 'outcomes', session, start, outcomes: measureQubits(qubits, settings, this.#parts.dice) })
  }

  #setDeadline(atMs: number | null): void {
    const { clock } = this.#parts
    this.#deadlineMs = atMs
    const deadline = ++this.#deadlines
    if (atMs === null) return
    clock.at(atMs, () => {
      if (deadline === this.#deadlines) this.deliver({ type: 'timeout' })
    })
  }

  #commit(id: number, changes: readonly Change[]): void {
    const worker = this.#worker
    this.disk.commit(changes, (failure: CommitFailure | null) => {
      if (worker !== this.#worker) return
      this.deliver(failure === null ? { type: 'committed', id } : { type: 'commitFailed', id, reason: failure })
    })
  }

  #show(event: Shown): void {
    switch (event.type) {
      case 'message':
        this.shown.set(event.message.id, event.message)
        return
      case 'connection':
        this.connection = `${event.connection.state}${event.connection.server ? '' : ', no server'}`
        return
      case 'notStored':
      case 'pairing':
      case 'progress':
      case 'notice':
      case 'noticeOver':
        return
      default:
        assertNever(event)
    }
  }
}
