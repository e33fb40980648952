// Drives one Conversation in the worker: gives it what comes in, carries out what it says, in order. It has the clock,
// the disk and the measuring device; what must leave the worker goes to `emit`, one batch for all that one input caused.
//
// Kept here:
// 1. Outputs are carried out in their order; answers of the disk go in in the order in which commits were asked for.
// 2. A qubit is measured once, in a setting drawn after it came; where an eavesdropper sits in this tab, none goes out
//    or is shelved before she had it.
// 3. A fault of ours ends the conversation aloud: `broke` is called once, and nothing is done after it.

import { assertNever } from '../lib/assert.ts'
import type { RandomSource } from '../lib/random.ts'
import { fail, ok, type Result } from '../lib/result.ts'
import { encodeControl } from '../protocol/control.ts'
import type { Conversation } from '../protocol/conversation.ts'
import type { Change, CommitFailure, Disk } from '../protocol/disk.ts'
import type { Input, Output, Shown } from '../protocol/events.ts'
import { measureQubits } from '../quantum/qubit-measurement.ts'
import { decodeFibre } from '../wire/fibre.ts'
import type { FromPage, NetworkCommand, ToPage, VaultEvent } from './api.ts'
import { nowMs, TIMER_MS_MAX } from './clock.ts'
import { EveSeat, type MakeEavesdropper } from './eve-seat.ts'
import { QubitShelf } from './qubit-shelf.ts'

export interface RunnerParts {
  readonly id: string
  readonly conversation: Pick<Conversation, 'handle' | 'cost' | 'score'>
  readonly disk: Disk
  readonly random: RandomSource
  emit(events: readonly ToPage[]): void
  broke(error: unknown): void
}

type Written = Result<{ id: string }, CommitFailure>

export class Runner {
  readonly #parts: RunnerParts
  readonly #shelf = new QubitShelf()
  readonly eve = new EveSeat()
  readonly #writes = new Map<string, (written: Written) => void>()
  #inputs: Input[] = []
  #events: ToPage[] = []
  #running = false
  #over = false
  #timer: ReturnType<typeof setTimeout> | undefined
  #deadlineMs: number | null = null
  /** Settles after the answers to all commits so far were given in. */
  #answered: Promise<void> = Promise.resolve()

  constructor(parts: RunnerParts) {
    this.#parts = parts
  }

  letIn(makeEve: MakeEavesdropper | null): void {
    this.eve.sit(makeEve?.((report) => this.#tell({ type: 'eavesdropped', report })) ?? null)
  }

  start(): void {
    this.#give({ type: 'start' })
  }

  /** Resolves once the message lies on the disk, or could not be put there. */
  write(id: string, text: string): Promise<Written> {
    if (this.#over) return Promise.resolve(fail('closed'))
    const written = new Promise<Written>((resolve) => this.#writes.set(id, resolve))
    this.#give({ type: 'write', id, text, writtenAtMs: Date.now() })
    return written
  }

  retry(id: string): void {
    this.#give({ type: 'retry', id })
  }

  cancel(id: string): void {
    this.#give({ type: 'cancel', id })
  }

  /** Says goodbye; what was asked of the disk is still carried out. */
  async leave(): Promise<void> {
    this.#give({ type: 'leave' })
    await this.#answered
    this.stop()
  }

  cost(textBytes: number): number {
    return this.#parts.conversation.cost(textBytes)
  }

  fromPage(event: FromPage): void {
    if (event.type === 'fibre') return this.#onFibre(event.link, event.bytes)
    const { conversation: _, ...input } = event
    if (input.type === 'frame') this.eve.hear('peer', input.path, input.bytes)
    if (input.type === 'linkUp')
      this.#tell({ type: 'farewell', link: input.link, bytes: encodeControl({ type: 'bye' }) })
    this.#give(input)
    if (event.type === 'linkDown') this.#shelf.dropLink(event.link)
  }

  stop(): void {
    this.#over = true
    this.#deadlineMs = null
    clearTimeout(this.#timer)
    for (const resolve of this.#writes.values()) resolve(fail('closed'))
    this.#writes.clear()
  }

  /** Malformed light is lost light. */
  #onFibre(link: string, bytes: Uint8Array): void {
    const came = decodeFibre(bytes)
    if (!came.ok) return
    const frame = this.eve.incoming(came.value)
    this.#shelf.put(link, frame)
    this.#give({ type: 'fibre', link, frame })
  }

  #give(input: Input): void {
    this.#inputs.push(input)
    if (this.#running || this.#over) return
    this.#running = true
    try {
      this.#run()
    } catch (error) {
      this.stop()
      this.#parts.broke(error)
    } finally {
      this.#running = false
      this.#flush()
    }
  }

  #run(): void {
    for (let next = this.#inputs.shift(); next !== undefined && !this.#over; next = this.#inputs.shift()) {
      for (const output of this.#parts.conversation.handle(next, nowMs())) this.#carryOut(output)
      this.eve.settle((session, guess) => this.#parts.conversation.score(session, guess))
    }
  }

  #flush(): void {
    if (this.#events.length === 0) return
    const events = this.#events
    this.#events = []
    this.#parts.emit(events)
  }

  #carryOut(output: Output): void {
    switch (output.type) {
      case 'commit':
        return this.#commit(output.id, output.changes)
      case 'measure':
        return this.#measure(output)
      case 'deadline':
        return this.#wakeAt(output.atMs)
      case 'fibre':
        for (const bytes of this.eve.outgoing(output.frame)) this.#tell({ type: 'fibre', link: output.link, bytes })
        return
      case 'closeLink':
        this.#shelf.dropLink(output.link)
        return this.#tell(output)
      case 'progress':
        if (output.run.phase === 'ended') this.#dropSession(output.run.session)
        return this.#tell(output)
      case 'frame':
        this.eve.hear('me', output.path, output.bytes)
        return this.#tell(output)
      case 'message':
        this.#settleWrite(output.message.id, ok({ id: output.message.id }))
        return this.#tell(output)
      case 'notStored':
        this.#settleWrite(output.id, fail(output.reason))
        return this.#tell(output)
      case 'rooms':
      case 'signal':
      case 'openLink':
      case 'acceptSignal':
      case 'connection':
      case 'pairing':
      case 'notice':
      case 'noticeOver':
        return this.#tell(output)
      default:
        return assertNever(output)
    }
  }

  #dropSession(session: string): void {
    this.#shelf.dropSession(session)
    this.eve.ended(session)
  }

  /** Qubits that were dropped meanwhile stay unmeasured: the session runs into its deadline. */
  #measure({ session, start, settings }: Extract<Output, { type: 'measure' }>): void {
    const qubits = this.#shelf.take(session, start, settings.length)
    if (qubits === null) return
    const outcomes = measureQubits(qubits, settings, this.#parts.random)
    this.#inputs.push({ type: 'outcomes', session, start, outcomes })
  }

  #commit(id: number, changes: readonly Change[]): void {
    const settled = this.#parts.disk.commit(this.#parts.id, changes).then(
      (): Input => ({ type: 'committed', id }),
      (error: unknown): Input => ({ type: 'commitFailed', id, reason: failureOf(error) }),
    )
    this.#answered = this.#answered.then(async () => this.#give(await settled))
  }

  /** A deadline that only moves away, as with every frame of the fibre, leaves the timer as it is: it looks again then. */
  #wakeAt(atMs: number | null): void {
    const earlier = this.#deadlineMs !== null && atMs !== null && atMs >= this.#deadlineMs
    this.#deadlineMs = atMs
    if (!earlier) this.#setTimer()
  }

  #setTimer(): void {
    clearTimeout(this.#timer)
    if (this.#deadlineMs === null) return
    const waitMs = Math.min(TIMER_MS_MAX, Math.max(0, Math.ceil(this.#deadlineMs - nowMs())))
    this.#timer = setTimeout(() => this.#wake(), waitMs)
  }

  #wake(): void {
    if (this.#deadlineMs === null) return
    if (nowMs() < this.#deadlineMs) return this.#setTimer()
    this.#deadlineMs = null
    this.#give({ type: 'timeout' })
  }

  #settleWrite(id: string, written: Written): void {
    this.#writes.get(id)?.(written)
    this.#writes.delete(id)
  }

  #tell(event: NetworkCommand | Shown | VaultEvent): void {
    this.#events.push({ conversation: this.#parts.id, ...event })
  }
}

/** A disk says why in its error's message; anything else is a disk that is gone. */
function failureOf(error: unknown): CommitFailure {
  const reason = error instanceof Error ? error.message : ''
  return reason === 'full' || reason === 'denied' ? reason : 'closed'
}
