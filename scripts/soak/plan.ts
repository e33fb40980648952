// What happens in a round, drawn from a seed: who writes how much, who is killed when, how they come back. How long a
// machine takes for each step is not in it, so the same seed plays the same plan, not the same run.

import { Dice } from '../../src/world/dice.ts'

export interface RoundPlan {
  readonly name: string
  /** Of each side: how long it thinks before each message, and rests between its last letter and Enter. */
  readonly talks: readonly (readonly { readonly thinkMs: number; readonly restMs: number }[])[]
  /** One or both; who comes back first stands first. */
  readonly victims: readonly number[]
  /** The kill comes when so many messages were taken, and so long after that. */
  readonly afterMessages: number
  readonly afterMs: number
  readonly downMs: number
  /** The first who is back is killed once more, so long after the page was opened; null: not. */
  readonly againMs: number | null
  /** The server goes away with the kill, and is back so long after it; null: it stays. */
  readonly serverDownMs: number | null
}

const MESSAGES_MIN = 3
const MESSAGES_MAX = 8
/** Longer than what a draft takes to be kept: then it lies on the disk when its message is taken. */
const DRAFT_MS = 450

export function drawRound(seed: string, number: number): RoundPlan {
  const dice = new Dice(`${seed}/${number}`)
  const talk = () =>
    Array.from({ length: MESSAGES_MIN + dice.integer(MESSAGES_MAX - MESSAGES_MIN + 1) }, () => ({
      thinkMs: dice.chance(0.3) ? 0 : dice.waitMs(80),
      restMs: dice.chance(0.3) ? DRAFT_MS : 0,
    }))
  const talks = [talk(), talk()]
  return {
    name: `r${number}`,
    talks,
    victims: dice.pick([[0], [1], [0, 1], [1, 0]]),
    afterMessages: dice.integer(talks.flat().length),
    afterMs: dice.between(0, 200),
    downMs: dice.between(0, 1_000),
    againMs: dice.chance(0.25) ? dice.between(0, 1_200) : null,
    serverDownMs: dice.chance(0.1) ? dice.between(0, 2_000) : null,
  }
}
