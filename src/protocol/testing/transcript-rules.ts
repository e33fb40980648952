// For tests only: what must hold on every transcript of two sessions, however they were treated (DESIGN, invariants 2
// and 3; PROTOCOL section 4). Each rule gives the sentences of what was broken.

import { decodeMessage, type Message } from '../messages.ts'
import type { SessionCommit } from '../session.ts'
import type { Entry, Side, TwoSessions } from './two-sessions.ts'

export function brokenRules(run: TwoSessions): readonly string[] {
  const { log } = run
  return [
    ...saysSettingsAfterMeasured(log),
    ...drawsForArrivedOnly(log),
    ...waitsForCommit(log, 'alice', 'sealed', 'amplify'),
    ...waitsForCommit(log, 'bob', 'accepted', 'received'),
    ...waitsForCommit(log, 'bob', 'tagSpent', 'a tag'),
    ...comesAfterMessage(log, 'alice', 'sealed', 'estimated'),
    ...comesAfterMessage(log, 'bob', 'accepted', 'amplify'),
    ...deletesItsPair(log, 'alice', run.terms.tagPair),
    ...deletesItsPair(log, 'bob', pairHeard(log) ?? run.terms.tagPair),
    ...sealedNeverAborts(log),
    ...endsOnce(log, 'alice'),
    ...endsOnce(log, 'bob'),
    ...saysEachOnce(log, 'alice'),
    ...saysEachOnce(log, 'bob'),
  ]
}

const sentBy = (entry: Entry, side: Side): Message | null =>
  entry.side === side && 'output' in entry && entry.output.type === 'send' ? decodeMessage(entry.output.encoded) : null

const heardBy = (entry: Entry, side: Side): Message | null =>
  entry.side === side && 'input' in entry && entry.input.type === 'message' ? entry.input.message : null

const commitOf = (entry: Entry, side: Side): SessionCommit | null =>
  entry.side === side && 'output' in entry && entry.output.type === 'commit' ? entry.output.commit : null

const isInput = (entry: Entry, side: Side, type: string): boolean =>
  entry.side === side && 'input' in entry && entry.input.type === type

/** Alice says nothing but `propose` (and an abort without key bits) before Bob has said what he measured. */
function saysSettingsAfterMeasured(log: readonly Entry[]): string[] {
  const heard = log.findIndex((entry) => heardBy(entry, 'alice')?.type === 'measured')
  const before = heard < 0 ? log : log.slice(0, heard)
  return before.flatMap((entry) => {
    const message = sentBy(entry, 'alice')
    if (message === null || message.type === 'propose') return []
    if (message.type === 'abort' && message.keyBits.length === 0) return []
    return [`Alice says ${message.type} before Bob has measured`]
  })
}

/** Bob draws settings for the qubits of the frame that just came, once each, and within the session. */
function drawsForArrivedOnly(log: readonly Entry[]): string[] {
  const drawn = new Set<number>()
  return log.flatMap((entry, at) => {
    if (entry.side !== 'bob' || !('output' in entry) || entry.output.type !== 'measure') return []
    const { start, settings } = entry.output
    const before = log.slice(0, at).findLast((candidate) => 'input' in candidate)
    const frame = before && 'input' in before && before.input.type === 'fibre' ? before.input.frame : null
    const broken: string[] = []
    if (before?.side !== 'bob' || frame?.start !== start || frame.qubits.indices.length !== settings.length)
      broken.push(`Bob draws settings at ${start} for a frame that has not come`)
    for (let i = start; i < start + settings.length; i++) {
      if (drawn.has(i)) broken.push(`Bob draws a second setting for pair ${i}`)
      drawn.add(i)
    }
    return broken
  })
}

/** What depends on a transaction is said only after it was committed. */
function waitsForCommit(
  log: readonly Entry[],
  side: Side,
  step: SessionCommit['step'],
  what: 'amplify' | 'received' | 'a tag',
): string[] {
  const asked = log.findIndex((entry) => commitOf(entry, side)?.step === step)
  const done = asked < 0 ? -1 : log.findIndex((entry, at) => at > asked && isInput(entry, side, 'committed'))
  return log.flatMap((entry, at) => {
    const message = sentBy(entry, side)
    const says =
      what === 'a tag'
        ? message?.type === 'estimated' && message.tag.length > 0
        : message !== null && message.type === what
    return says && (done < 0 || at < done) ? [`${side} says ${what} before ${step} is on the disk`] : []
  })
}

/** A transaction that seals or opens is asked for only after the message that carries the other side's tag. */
function comesAfterMessage(
  log: readonly Entry[],
  side: Side,
  step: SessionCommit['step'],
  type: Message['type'],
): string[] {
  const asked = log.findIndex((entry) => commitOf(entry, side)?.step === step)
  if (asked < 0) return []
  const before = log.slice(0, asked).findLast((entry) => 'input' in entry)
  return before && heardBy(before, side)?.type === type ? [] : [`${side} asks for ${step} without ${type}`]
}

/** Before a side's tag leaves it, its own transaction has deleted the pair. */
function deletesItsPair(log: readonly Entry[], side: Side, name: string): string[] {
  if (name === 'derived') return []
  return log.flatMap((entry) => {
    const commit = commitOf(entry, side)
    if (commit === null || commit.step === 'accepted' || commit.step === 'confirmed') return []
    const deletes = commit.changes.some((change) => change.type === 'deleteTagPair' && change.name === name)
    return deletes ? [] : [`${side} leaves its pair on the disk at ${commit.step}`]
  })
}

/** The pair that Bob was asked to spend: what he heard may have been changed on its way. */
function pairHeard(log: readonly Entry[]): string | null {
  const heard = log.map((entry) => heardBy(entry, 'bob')).find((message) => message?.type === 'propose')
  return heard?.type === 'propose' ? heard.terms.tagPair : null
}

/** From her transaction on (unless it fails) Alice neither aborts nor is aborted: the message is sent. */
function sealedNeverAborts(log: readonly Entry[]): string[] {
  const sealed = log.findIndex((entry) => commitOf(entry, 'alice')?.step === 'sealed')
  if (sealed < 0) return []
  const after = log.slice(sealed)
  if (after.some((entry) => isInput(entry, 'alice', 'commitFailed'))) return []
  return after.flatMap((entry) => {
    if (sentBy(entry, 'alice')?.type === 'abort') return ['Alice aborts what is sealed']
    if (entry.side !== 'alice' || !('output' in entry) || entry.output.type !== 'ended') return []
    const { type } = entry.output.end
    return type === 'aborted' || type === 'refused' ? [`Alice ends as ${type} what is sealed`] : []
  })
}

/** A side ends once, and says and asks nothing after that. */
function endsOnce(log: readonly Entry[], side: Side): string[] {
  const outputs = log.filter((entry) => entry.side === side && 'output' in entry)
  const end = outputs.findIndex((entry) => 'output' in entry && entry.output.type === 'ended')
  return end < 0 || end === outputs.length - 1 ? [] : [`${side} goes on after its end`]
}

function saysEachOnce(log: readonly Entry[], side: Side): string[] {
  const types = log.flatMap((entry) => sentBy(entry, side)?.type ?? [])
  return types.length === new Set(types).size ? [] : [`${side} says a message twice: ${types.join(', ')}`]
}
