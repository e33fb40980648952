// Draws the script of a world from its seed: an ordinary chat, and none, some or many families of faults upon it.

import type { MessageType } from '../protocol/messages.ts'
import type { Attack } from '../quantum/attacks.ts'
import type { Dice } from './dice.ts'
import type { Tampering } from './eve.ts'
import type { FibreConditions } from './links.ts'
import type { SideIndex } from './port.ts'
import type { Deed, Script, SideScript, Timed } from './script.ts'

const CLEAR: FibreConditions = { lost: 0, repeated: 0, jitterMs: 0 }

const NEVER_MS = 1e12
const LAB_CHANCE = 0.08

interface Draw {
  readonly dice: Dice
  /** The chat and its faults fall in [0, endMs]. */
  readonly endMs: number
  readonly latencyMs: number
  readonly deeds: Timed[]
  add(atMs: number, deed: Deed): void
}

/** Each family with the chance that a world has it. */
const FAMILIES: readonly (readonly [chance: number, draw: (draw: Draw) => void])[] = [
  [0.3, crashes],
  [0.2, freezes],
  [0.2, brokenSockets],
  [0.12, serverDown],
  [0.2, brokenLinks],
  [0.12, lossyFibre],
  [0.18, eveOnTheFibre],
  [0.15, eater],
  [0.1, tamperer],
  [0.05, faultyPeer],
  [0.1, restoredCopies],
  [0.08, failingDisk],
  [0.08, leaving],
]

export function drawScript(seed: string, dice: Dice): Script {
  const deeds: Timed[] = []
  const endMs = dice.pick([3_000, 10_000, 30_000, 90_000])
  const latencyMs = dice.pick([1, 5, 30, 120, 400])
  const draw: Draw = { dice, endMs, latencyMs, deeds, add: (atMs, deed) => deeds.push({ atMs, deed }) }
  talk(draw)
  if (!dice.chance(0.1)) for (const [chance, family] of FAMILIES) if (dice.chance(chance)) family(draw)
  return {
    seed,
    // Of dice of its own: worlds of earlier days stay what they were, but for those that are labs now.
    room: dice.fork('room').chance(LAB_CHANCE) ? 'lab' : 'private',
    sides: [drawSide(dice, 0), drawSide(dice, 1)],
    latencyMs,
    jitterMs: latencyMs * dice.pick([0, 0.2, 2]),
    fibre: { ...CLEAR, jitterMs: dice.pick([0, 0, 3]), repeated: dice.pick([0, 0, 0.1]) },
    tellsReplaced: dice.chance(0.5),
    deeds: deeds.sort((a, b) => a.atMs - b.atMs),
    healsAtMs: endMs + 1_000,
    eveStays: deeds.some(({ deed }) => deed.do === 'eat' || deed.do === 'attack') && dice.chance(0.1),
    // Mostly one: every session takes its milliseconds.
    lastWriters: dice.pick([[0], [1], [0, 1]]),
  }
}

function drawSide(dice: Dice, side: SideIndex): SideScript {
  return {
    mode: dice.chance(0.8) ? 'efficient' : 'textbook',
    publicChannel: dice.chance(0.8) ? 'relay' : 'direct',
    visibility: dice.chance(0.97) ? 1 : dice.pick([0.9999, 0.999, 0.99]),
    diskMs: dice.pick([0.5, 3, 3, 20, 200]),
    clockOffsetMs: dice.chance(0.1) ? -365 * 86_400_000 : 0,
    opensAtMs: side === 0 ? 0 : dice.pick([0, 10, 1_500, 8_000]),
  }
}

/** What two persons do in any chat: write, now and then in a burst or both at once, take back, try again. */
function talk({ dice, endMs, add }: Draw): void {
  const written = [0, 0]
  const write = (side: SideIndex, atMs: number): void => {
    const nth = written[side]!++
    add(atMs, { do: 'write', side, text: `${side === 0 ? 'inviter' : 'joiner'} wrote ${nth}: ${drawText(dice)}` })
    if (dice.chance(0.06)) add(atMs + dice.waitMs(dice.pick([20, 2_000])), { do: 'cancel', side, nth })
  }
  const turns = 1 + dice.integer(4)
  for (let turn = 0; turn < turns; turn++) {
    const atMs = dice.between(0, endMs)
    const side = dice.integer(2) as SideIndex
    const burst = dice.chance(0.15) ? 2 + dice.integer(3) : 1
    for (let i = 0; i < burst; i++) write(side, atMs + i * dice.between(0, 30))
    if (dice.chance(0.3)) write(side === 0 ? 1 : 0, atMs + dice.pick([0, 0, 1, 10]))
  }
  if (dice.chance(0.3)) add(dice.between(0, endMs), { do: 'retry', side: dice.integer(2) as SideIndex })
}

/** Short ones, for speed; now and then one whose session takes many frames. */
const drawText = (dice: Dice): string =>
  dice.chance(0.01)
    ? 'long '.repeat(400)
    : dice.pick(['yes', 'grüße', '世界 🙂', 'שלום', '\u{202e}abc', 'a\nb\tc', '', ' '])

/** A time for a fault: mostly while a message is on its way, now and then while the sides meet, else any. */
function drawTime({ dice, endMs, latencyMs, deeds }: Draw): number {
  const writes = deeds.filter(({ deed }) => deed.do === 'write')
  const afterMs = dice.waitMs(dice.pick([10, 2 * latencyMs, 6 * latencyMs, 20 * latencyMs]))
  const aim = dice.unit()
  if (aim < 0.65) return Math.min(endMs, dice.pick(writes).atMs + afterMs)
  return aim < 0.8 ? Math.min(endMs, afterMs) : dice.between(0, endMs)
}

function crashes(draw: Draw): void {
  const { dice, add } = draw
  const count = 1 + dice.integer(4)
  for (let i = 0; i < count; i++) {
    const outputs = dice.pick([0, dice.integer(10), dice.integer(80), dice.integer(200)])
    const downMs = dice.pick([1, 300, 3_000, 20_000])
    const what = dice.pick(['worker', 'tab'] as const)
    add(drawTime(draw), { do: 'crash', side: dice.integer(2) as SideIndex, what, outputs, downMs })
  }
}

function freezes(draw: Draw): void {
  const { dice, add } = draw
  const count = 1 + dice.integer(3)
  for (let i = 0; i < count; i++) {
    const forMs = dice.pick([200, 3_000, 12_000, 40_000])
    add(drawTime(draw), { do: 'freeze', side: dice.integer(2) as SideIndex, forMs })
  }
}

function brokenSockets(draw: Draw): void {
  const { dice, add } = draw
  const count = 1 + dice.integer(4)
  for (let i = 0; i < count; i++) {
    const of = dice.integer(2) as SideIndex
    const forMs = dice.between(500, 20_000)
    add(drawTime(draw), dice.chance(0.7) ? { do: 'breakSocket', of } : { do: 'stallSocket', of, forMs })
  }
}

function serverDown(draw: Draw): void {
  const { dice, add } = draw
  const startMs = drawTime(draw)
  add(startMs, { do: 'server', runs: false })
  add(startMs + dice.waitMs(dice.pick([500, 10_000])), { do: 'server', runs: true })
}

function brokenLinks(draw: Draw): void {
  const { dice, endMs, add } = draw
  const count = 1 + dice.integer(4)
  for (let i = 0; i < count; i++) {
    const atMs = drawTime(draw)
    if (dice.chance(0.6)) add(atMs, { do: 'cut', noticedMs: dice.pick([5, 2_000, 30_000, NEVER_MS]) })
    else add(atMs, { do: 'stall', forMs: dice.pick([300, 5_000, 20_000]) })
  }
  if (!dice.chance(0.2)) return
  add(dice.between(0, endMs / 2), { do: 'block', blocked: true })
  add(dice.between(endMs / 2, endMs), { do: 'block', blocked: false })
}

function lossyFibre(draw: Draw): void {
  const { dice, endMs, add } = draw
  const conditions = {
    lost: dice.pick([0.01, 0.1, 0.5, 1]),
    repeated: dice.pick([0, 0.3]),
    jitterMs: dice.pick([0, 50]),
  }
  const startMs = drawTime(draw)
  add(startMs, { do: 'fibre', conditions })
  add(dice.between(startMs, endMs), { do: 'fibre', conditions: CLEAR })
}

function eveOnTheFibre(draw: Draw): void {
  const { dice, endMs, add } = draw
  const count = 1 + dice.integer(2)
  for (let i = 0; i < count; i++) {
    const startMs = dice.chance(0.3) ? 0 : drawTime(draw)
    add(startMs, { do: 'attack', attack: drawAttack(dice) })
    if (dice.chance(0.7)) add(dice.between(startMs, endMs), { do: 'attack', attack: null })
  }
}

function drawAttack(dice: Dice): Attack {
  const strength = dice.pick([1, 1, 1, 0.5, 0.2, 0.05, dice.unit()])
  // Every 2.5 degrees, and often those that leave one reading clean.
  const degrees = dice.chance(0.5) ? dice.pick([0, 45, 67.5, 90]) : dice.integer(72) * 2.5
  const angleRadians = (degrees * Math.PI) / 180
  const kind = dice.pick(['ghz', 'intercept', 'circular', 'clone'] as const)
  return kind === 'ghz' || kind === 'intercept' ? { kind, strength, angleRadians } : { kind, strength }
}

const EDIBLE: readonly (MessageType | 'any' | 'signal')[] = [
  ...(['propose', 'measured', 'sifted', 'estimated', 'amplify', 'received', 'abort', 'refuse'] as const),
  ...(['any', 'signal'] as const),
]

function eater(draw: Draw): void {
  const { dice, endMs, add } = draw
  const meals = Array.from({ length: 1 + dice.integer(2) }, () => ({
    type: dice.pick(EDIBLE),
    from: dice.pick([null, 0, 1] as const),
  }))
  const startMs = dice.chance(0.3) ? 0 : drawTime(draw)
  add(startMs, { do: 'eat', meals })
  if (dice.chance(0.6)) add(dice.between(startMs, endMs), { do: 'eat', meals: [] })
}

function tamperer(draw: Draw): void {
  meddle(draw, ['relay', 'relay', 'signal'])
}

function faultyPeer(draw: Draw): void {
  meddle(draw, ['link', 'fibre'])
}

function meddle(draw: Draw, places: readonly Tampering['where'][]): void {
  const { dice, endMs, add } = draw
  const tampering = Array.from(
    { length: 1 + dice.integer(2) },
    (): Tampering => ({
      where: dice.pick(places),
      how: dice.pick(['flip', 'repeat', 'swap', 'replay', 'garbage', 'cut', 'rewrite', 'rewrite']),
      chance: dice.pick([0.02, 0.2, 1]),
    }),
  )
  const startMs = dice.chance(0.3) ? 0 : drawTime(draw)
  add(startMs, { do: 'tamper', tampering })
  if (dice.chance(0.6)) add(dice.between(startMs, endMs), { do: 'tamper', tampering: [] })
}

function restoredCopies(draw: Draw): void {
  const { dice, endMs, add } = draw
  const sides: readonly SideIndex[] = dice.pick([[0], [1], [0, 1]])
  for (const side of sides) {
    const takenMs = drawTime(draw)
    add(takenMs, { do: 'snapshot', side })
    add(dice.between(takenMs, endMs), { do: 'restore', side, downMs: dice.pick([1, 1_000]) })
    if (dice.chance(0.3)) add(dice.between(takenMs, endMs), { do: 'restore', side, downMs: 10 })
  }
}

function failingDisk(draw: Draw): void {
  const { dice, add } = draw
  const count = dice.pick([1, 1, 3, 1_000])
  const reason = dice.pick(['full', 'denied', 'closed'] as const)
  add(drawTime(draw), { do: 'diskFails', side: dice.integer(2) as SideIndex, reason, count })
}

function leaving(draw: Draw): void {
  const { dice, add } = draw
  add(drawTime(draw), { do: 'leave', side: dice.integer(2) as SideIndex, backMs: dice.pick([10, 5_000]) })
}
