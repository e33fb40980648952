import { describe, expect, test } from 'vitest'
import { SeededRandom } from '../lib/random.ts'
import { Commits } from './commits.ts'
import type { Change, CommitFailure, Stored } from './disk.ts'
import { inviteChat } from './new-pairing.ts'

const stored = (): Stored =>
  inviteChat({ name: 'A', mode: 'private', random: new SeededRandom('commits'), nowMs: 0 }).stored

const raise = (to: number): readonly Change[] => [{ type: 'raiseNumber', to }]

/** Asks, and writes down under the id what came of it. */
function asking(commits: Commits, settled: string[]): (changes: readonly Change[]) => number {
  return (changes) => {
    const output = commits.ask(changes, (failure: CommitFailure | null) => settled.push(`${id} ${failure ?? 'ok'}`))
    const id = output.type === 'commit' ? output.id : -1
    return id
  }
}

describe('commits under way', () => {
  test('show in the mirror of the disk only once they are settled', () => {
    const commits = new Commits(stored())
    const settled: string[] = []
    const id = asking(commits, settled)(raise(5))
    expect(commits.stored.pairing.highestNumber).toBe(0)
    commits.settle(id, null)
    expect(commits.stored.pairing.highestNumber).toBe(5)
    expect(settled).toEqual([`${id} ok`])
  })

  test('that failed leave the mirror as it was, and say why', () => {
    const commits = new Commits(stored())
    const settled: string[] = []
    const ask = asking(commits, settled)
    const [first, second] = [ask(raise(5)), ask(raise(3))]
    commits.settle(first, 'full')
    commits.settle(second, null)
    expect(commits.stored.pairing.highestNumber).toBe(3)
    expect(settled).toEqual([`${first} full`, `${second} ok`])
  })

  test('have ids of their own, and settle once: what is unknown or settled is ignored', () => {
    const commits = new Commits(stored())
    const settled: string[] = []
    const ask = asking(commits, settled)
    const ids = [ask(raise(1)), ask(raise(2)), ask(raise(3))]
    expect(new Set(ids).size).toBe(3)
    commits.settle(ids[0]!, null)
    commits.settle(ids[0]!, 'full')
    commits.settle(999, null)
    expect(settled).toEqual([`${ids[0]} ok`])
    expect(commits.stored.pairing.highestNumber).toBe(1)
  })

  test('are all settled before anything begins that waits for them, those asked for by their ends included', () => {
    const commits = new Commits(stored())
    const seen: string[] = []
    let inner = -1
    const first = commits.ask(raise(1), () => {
      const output = commits.ask(raise(2), () => seen.push('inner'))
      inner = output.type === 'commit' ? output.id : -1
    })
    commits.whenSettled(() => seen.push(`waited, ${commits.stored.pairing.highestNumber}`))
    expect(seen).toEqual([])
    commits.settle(first.type === 'commit' ? first.id : -1, null)
    expect(seen).toEqual([])
    commits.settle(inner, null)
    expect(seen).toEqual(['inner', 'waited, 2'])
  })

  test('that are none let who waits begin at once, and the next waits for what that one asked', () => {
    const commits = new Commits(stored())
    const seen: string[] = []
    let id = -1
    commits.whenSettled(() => {
      seen.push('a')
      const output = commits.ask(raise(1), () => seen.push('done'))
      id = output.type === 'commit' ? output.id : -1
    })
    commits.whenSettled(() => seen.push('b'))
    expect(seen).toEqual(['a'])
    commits.settle(id, null)
    expect(seen).toEqual(['a', 'done', 'b'])
  })
})
