// When all faults are over: is everything delivered, is nothing lost, do both sides show one order?

import type { Bytes } from '../lib/bytes.ts'
import type { MessageState } from '../protocol/records.ts'
import { SIDES, type SideIndex, sideName } from './port.ts'
import { type Scene, short } from './scene.ts'
import type { Side } from './side.ts'

type Pair = readonly [Side, Side]

/** Messages of a side's own that are in one of these states. */
export function ownIn(side: Side, states: readonly MessageState[]): readonly string[] {
  const { messages } = side.disk.stored
  return messages.filter(({ from, state }) => from === 'me' && states.includes(state)).map(({ id }) => id)
}

/** I and R, as far as a side holds them. */
export function rootsOf(side: Side): readonly Bytes[] {
  const { invite, root } = side.disk.stored.pairing
  return [invite, root].filter((secret) => secret !== null)
}

/** The first binding was tampered with: this side has dropped the invite. */
export const isBurnt = (side: Side): boolean => rootsOf(side).length === 0

/** The sides hold a root in common; else only a new invite brings them together. */
export function canMeet(sides: Pair): boolean {
  const mine = rootsOf(sides[0]).map(String)
  return rootsOf(sides[1]).some((root) => mine.includes(String(root)))
}

/** Everything that was once stored is still there, whatever became of it. */
export function checkNothingLost(scene: Scene): void {
  for (const { id, side, kept } of scene.written.values()) {
    if (!kept || scene.restored(side)) continue
    const there = scene.stored(side).messages.some((message) => message.id === id)
    scene.check(there, '4 nothing is lost', () => `${sideName(side)}'s ${short(id)} is gone`)
  }
}

/** What was written is shown, as the disk has it. */
export function checkShown(scene: Scene, side: Side): void {
  for (const message of side.disk.stored.messages) {
    const seen = side.shown.get(message.id)
    const state = seen?.state === 'distilling' ? 'queued' : seen?.state
    scene.check(
      state === message.state,
      '4 what is shown is so',
      () =>
        `${short(message.id)} is ${message.state} and shown to the ${sideName(side.index)} as ${seen?.state ?? 'nothing'}`,
    )
  }
}

/** Both sides show what both have in one order. */
export function checkOrder(scene: Scene, sides: Pair): void {
  const delivered = (side: Side): readonly string[] =>
    [...side.shown.values()]
      .sort((a, b) => (a.order < b.order ? -1 : 1))
      .filter(({ id, number }) => number !== null && sides.every(({ shown }) => shown.get(id)?.state === 'delivered'))
      .map(({ id }) => short(id))
  const [first, second] = [delivered(sides[0]).join(' '), delivered(sides[1]).join(' ')]
  scene.check(first === second, '4 one order', () => `the inviter shows ${first}, the joiner ${second}`)
}

/** All that waits has come through. */
export function checkDelivered(scene: Scene, sides: Pair, when: string): void {
  for (const index of SIDES) {
    const waiting = ownIn(sides[index], ['queued', 'sent', 'refused'])
    scene.check(waiting.length === 0, '9 it goes on', () => `${when}: ${describeWaiting(sides, index, waiting)}`)
  }
}

function describeWaiting(sides: Pair, index: SideIndex, waiting: readonly string[]): string {
  const { messages } = sides[index].disk.stored
  const states = waiting.map((id) => {
    const message = messages.find((candidate) => candidate.id === id)
    return `${short(id)} ${message?.state}${message?.refusedFor ? ` (${message.refusedFor})` : ''}`
  })
  const connections = sides.map(({ connection }) => connection).join(' / ')
  return `${sideName(index)}'s ${states.join(', ')}; connections: ${connections}`
}
