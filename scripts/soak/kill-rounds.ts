// Two people at two browsers talk; at a random moment the browser of one, or of both, is killed and started again on
// its profile. It must be the same person in the same chat, without an invite, and in the end everything that was taken
// from a writer stands on both sides, once, in one order.

import { setTimeout as sleep } from 'node:timers/promises'
import type { RunningServer } from '../../signaling/server.ts'
import { type Bubble, Person } from './person.ts'
import { drawRound, type RoundPlan } from './plan.ts'
import { judge, type Verdict } from './verdict.ts'

export interface SoakParts {
  readonly chromiumPath: string
  /** The app's server, on a free port or on this one. */
  startServer(port?: number): Promise<RunningServer>
  /** A line for each round, and for whatever is wrong. */
  print(line: string): void
}

interface Sums {
  messages: number
  lost: number
  doubled: number
  disordered: number
}

export interface SoakResult extends Readonly<Sums> {
  /** Those that were played to their end. */
  readonly rounds: number
  readonly seed: string
}

export interface SoakReport {
  readonly result: SoakResult
  /** A sentence for everything that is not as it should be. */
  readonly faults: readonly string[]
}

const NAMES = ['Ada', 'Ben']
/** After the last kill: to meet again, by a server that may just be back, and to send all that waits. */
const SETTLED_MS_MAX = 60_000
/** What a page takes from its disk stands on the screen by then. */
const REMEMBERED_MS_MAX = 5_000

export async function runKillRounds(parts: SoakParts, rounds: number, seed: string): Promise<SoakReport> {
  const soak = await KillRounds.begin(parts)
  try {
    let played = 0
    while (played < rounds && (await soak.round(drawRound(seed, played + 1)))) played++
    return await soak.finish(played, seed)
  } finally {
    await soak.end()
  }
}

class KillRounds {
  readonly #parts: SoakParts
  readonly #people: readonly Person[]
  readonly #faults: string[] = []
  #server: RunningServer
  readonly #sums: Sums = { messages: 0, lost: 0, doubled: 0, disordered: 0 }
  #messagesTaken = 0
  /** A part of a round failed: the others wait for nothing any more. */
  #isOver = false

  private constructor(parts: SoakParts, server: RunningServer, people: readonly Person[]) {
    this.#parts = parts
    this.#server = server
    this.#people = people
  }

  /** Two people who have just met, by an invite. */
  static async begin(parts: SoakParts): Promise<KillRounds> {
    const server = await parts.startServer()
    const people = await Promise.all(NAMES.map((name) => Person.make(name, parts.chromiumPath, server.url)))
    const soak = new KillRounds(parts, server, people)
    try {
      await soak.#meet()
      return soak
    } catch (error) {
      await soak.end()
      throw error
    }
  }

  async #meet(): Promise<void> {
    const [ada, ben] = this.#people as readonly [Person, Person]
    await Promise.all(this.#people.map((person) => person.open()))
    await ada.introduce()
    await ada.page.getByRole('button', { name: 'New chat' }).click()
    await ben.page.goto(await ada.page.getByRole('textbox', { name: 'Invite link' }).inputValue())
    await ben.introduce()
    await ben.page.getByRole('button', { name: 'Join chat' }).click()
    for (const { page } of this.#people)
      await page.getByRole('status', { name: 'Connection' }).and(page.locator('[data-state="connected"]')).waitFor()
  }

  /** False when it could not be played to its end: there is no going on from there. */
  async round(plan: RoundPlan): Promise<boolean> {
    const startedMs = performance.now()
    const verdict = await this.#play(plan).catch((error: unknown) => {
      this.#isOver = true
      this.#fault(`${plan.name} (${wordsOf(plan)}) could not go on: ${error}`)
      return null
    })
    if (verdict === null) return false
    const sums = sumsOf(verdict)
    for (const key of Object.keys(sums) as (keyof Sums)[]) this.#sums[key] += sums[key]
    const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1)
    const { messages, lost, doubled, disordered } = sums
    this.#parts.print(
      `${plan.name}: ${wordsOf(plan)}; ${messages} messages, ${lost} lost, ${doubled} doubled, ` +
        `${disordered} out of order, ${seconds} s`,
    )
    return true
  }

  /** The whole talk is judged once more; where nobody can be asked, what the rounds said is what there is. */
  async finish(rounds: number, seed: string): Promise<SoakReport> {
    for (const person of this.#people)
      for (const error of person.errors) this.#fault(`${person.name}’s page had an uncaught error: ${error}`)
    const shown = this.#isOver ? null : await Promise.all(this.#people.map((person) => person.history()))
    const sums = shown === null ? this.#sums : sumsOf(this.#judge(shown, 'in the end', ''))
    return { result: { rounds, ...sums, seed }, faults: this.#faults }
  }

  async end(): Promise<void> {
    await Promise.all(this.#people.map((person) => person.end()))
    await this.#server.close().catch(() => undefined)
  }

  async #play(plan: RoundPlan): Promise<Verdict> {
    this.#messagesTaken = 0
    const parts = [...this.#people.map((_, side) => this.#talk(side, plan)), this.#strike(plan)]
    for (const part of parts) part.catch(() => (this.#isOver = true))
    // All end before anything else begins, also where one has failed.
    await Promise.allSettled(parts)
    await Promise.all(parts)
    return this.#settle(plan.name)
  }

  async #talk(side: number, { name, talks }: RoundPlan): Promise<void> {
    const person = this.#people[side]!
    for (const [i, { thinkMs, restMs }] of talks[side]!.entries()) {
      await sleep(thinkMs)
      while (!person.isThere && !this.#isOver) await sleep(20)
      if (this.#isOver) return
      await person.write(`${name} ${person.name} ${i}`, restMs)
      this.#messagesTaken += 1
    }
  }

  /** The kill, and how those who were killed come back. */
  async #strike(plan: RoundPlan): Promise<void> {
    while (this.#messagesTaken < plan.afterMessages && !this.#isOver) await sleep(5)
    await sleep(plan.afterMs)
    const victims = plan.victims.map((side) => this.#people[side]!)
    const [first] = victims
    if (first === undefined) return
    const server = this.#interruptServer(plan.serverDownMs)
    await Promise.all(victims.map((victim) => victim.kill()))
    await sleep(plan.downMs)
    // Where both were killed the first who is back has nothing but their own disk.
    await this.#comeBack(first, plan)
    if (plan.againMs !== null) {
      await sleep(plan.againMs)
      await first.kill()
      await this.#comeBack(first, plan)
    }
    for (const other of victims.slice(1)) await this.#comeBack(other, plan)
    await server
  }

  async #interruptServer(downMs: number | null): Promise<void> {
    if (downMs === null) return
    const { port } = this.#server
    await this.#server.close()
    await sleep(downMs)
    this.#server = await this.#parts.startServer(port)
  }

  async #comeBack(person: Person, { name }: RoundPlan): Promise<void> {
    const peer = this.#people.find((other) => other !== person)!
    // As it was at the kill: what comes in later is no proof of what lay on the disk.
    const [accepted, delivered] = [person.accepted.filter(inRound(name)), [...person.delivered].filter(inRound(name))]
    const came = [...new Set([...person.received, ...peer.delivered])].filter(inRound(name))
    await person.open()
    const missing = async (): Promise<readonly string[]> => {
      const shown = await person.shown()
      const stands = (text: string, from: Bubble['from'], state?: string) =>
        shown.some((one) => one.text === text && one.from === from && (state === undefined || one.state === state))
      return [
        ...accepted.filter((text) => !stands(text, 'me')).map((text) => `their own ${text}`),
        ...delivered.filter((text) => !stands(text, 'me', 'delivered')).map((text) => `that ${text} was delivered`),
        ...came.filter((text) => !stands(text, 'peer')).map((text) => `${text}, which was delivered to them`),
      ]
    }
    await person.page.getByRole('log').waitFor()
    const forgotten = await until(missing, (texts) => texts.length === 0, REMEMBERED_MS_MAX)
    for (const what of forgotten) this.#fault(`${person.name} came back and had forgotten ${what}`)
    const draft = await person.draft()
    if (accepted.includes(draft)) this.#fault(`${person.name} came back to ${draft} in the box, which was taken before`)
  }

  /** Everybody is back: all that was taken comes through. */
  async #settle(name: string): Promise<Verdict> {
    const look = () => Promise.all(this.#people.map((person) => person.shown()))
    const isSettled = (shown: readonly (readonly Bubble[])[]): boolean => {
      const [first = [], second = []] = shown.map((side) => side.filter(({ text }) => inRound(name)(text)))
      const isDone = shown.flat().every(({ from, state }) => from === 'peer' || state === 'delivered')
      return isDone && first.length === second.length
    }
    const shown = await until(look, isSettled, SETTLED_MS_MAX)
    if (!isSettled(shown)) {
      const screens = await Promise.all(this.#people.map((person) => person.describe()))
      this.#fault(`${name} was not settled within ${SETTLED_MS_MAX / 1_000} s. ${screens.join('. ')}`)
    }
    return this.#judge(shown, `in ${name}`, name)
  }

  #judge(shown: readonly (readonly Bubble[])[], when: string, round: string): Verdict {
    const ofRound = inRound(round)
    const verdict = judge({
      accepted: this.#people.map(({ accepted }) => accepted.filter(ofRound)),
      written: this.#people.map(({ written }) => written.filter(ofRound)),
      shown: shown.map((side) => side.map(({ text }) => text).filter(ofRound)),
    })
    const { lost, doubled, disordered } = verdict
    for (const [what, texts] of Object.entries({ lost, doubled, 'out of order': disordered }))
      if (texts.length > 0) this.#fault(`${when} ${what}: ${texts.join(', ')}`)
    return verdict
  }

  #fault(sentence: string): void {
    this.#faults.push(sentence)
    this.#parts.print(`BROKEN ${sentence}`)
  }
}

const sumsOf = ({ messages, lost, doubled, disordered }: Verdict): Sums => ({
  messages,
  lost: lost.length,
  doubled: doubled.length,
  disordered: disordered.length,
})

/** Texts of a round; of any where the name is empty. */
const inRound =
  (name: string) =>
  (text: string): boolean =>
    name === '' || text.startsWith(`${name} `)

function wordsOf({ victims, againMs, serverDownMs, afterMessages }: RoundPlan): string {
  const who = victims.map((side) => NAMES[side]).join(' and ')
  const more = [
    againMs === null ? '' : `, ${NAMES[victims[0]!]} once more`,
    serverDownMs === null ? '' : ', the server too',
  ]
  return `${who} killed after ${afterMessages}${more.join('')}`
}

/** The last look: one that is as it should be, or what it is when the time is over. */
async function until<T>(look: () => Promise<T>, isGood: (seen: T) => boolean, ms: number): Promise<T> {
  const endMs = performance.now() + ms
  for (;;) {
    const seen = await look()
    if (isGood(seen) || performance.now() > endMs) return seen
    await sleep(50)
  }
}
