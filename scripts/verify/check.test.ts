import { describe, expect, test } from 'vitest'
import { keyLengthCoherent } from '../../src/distill/coherent-key-length.ts'
import { keyLengthCollective, keyLengthTrusted } from '../../src/distill/key-length.ts'
import { receiptFile } from '../../src/protocol/receipt-file.ts'
import { TwoSessions } from '../../src/protocol/testing/two-sessions.ts'
import { type OneSession, playSession } from '../../src/world/one-session.ts'
import { check } from './check.ts'
import { coherentLength, collectiveLength, trustedLength } from './formulas.ts'
import { readReceipt } from './receipt-json.ts'

const CLEAN: OneSession = {
  textBytes: 100,
  mode: 'efficient',
  proof: 'trusted',
  epsilon: 1e-10,
  noise: 0,
  attack: null,
  seed: 'verify',
}
const TRAP = { kind: 'intercept', strength: 1, angleRadians: (67.5 * Math.PI) / 180 } as const

/** A real run's export, as the browser saves it. */
function exported(change: Partial<OneSession>): string {
  const played = playSession({ ...CLEAN, ...change })
  if (!played.ok || !('receipt' in played.value) || played.value.receipt === null) throw new Error('no receipt')
  return JSON.stringify(receiptFile(played.value.receipt), null, 2)
}

function findingsOf(text: string): readonly string[] {
  const found = readReceipt(text)
  return 'fault' in found ? [`fault: ${found.fault}`] : check(found.receipt)
}

const RUNS: readonly (readonly [string, Partial<OneSession>, string])[] = [
  ['delivered', {}, 'delivered'],
  ['delivered, textbook', { mode: 'textbook' }, 'delivered'],
  ['delivered under the collective proof', { proof: 'collective', textBytes: 1_000 }, 'delivered'],
  ['delivered, long enough for a coherent key', { textBytes: 65_536 }, 'delivered'],
  ['an eavesdropper', { attack: TRAP }, 'eavesdropper'],
  ['an eavesdropper, textbook', { attack: TRAP, mode: 'textbook' }, 'eavesdropper'],
]

describe('a receipt of a real run', () => {
  test.each(RUNS)('agrees with its counts: %s', (_, change, outcome) => {
    const text = exported(change)
    expect(JSON.parse(text).verdict.outcome).toBe(outcome)
    expect(findingsOf(text)).toEqual([])
  })
})

describe('a receipt of a run that fell short by chance', () => {
  test.each(['alice', 'bob'] as const)('agrees with its counts, at either side: %s', (side) => {
    const end = new TwoSessions({ seed: 'verify short', terms: { pairs: 8_000 } }).play().end(side)
    if (end?.type !== 'aborted' || end.receipt === null) throw new Error('not aborted')
    expect(end.receipt.outcome).toBe('short')
    const text = JSON.stringify(receiptFile(end.receipt))
    expect(findingsOf(text)).toEqual([])
    expect(findingsOf(withChange(text, ['verdict', 'outcome'], () => 'eavesdropper')!)[0]).toContain('verdict.outcome')
    expect(findingsOf(withChange(text, ['verdict', 'chance'], () => 1e-7)!)[0]).toContain('verdict.chance')
  })
})

type Path = readonly string[]

function leavesOf(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [path]
  return Object.entries(value).flatMap(([name, inner]) => leavesOf(inner, [...path, name]))
}

/** The file with one leaf made another; null where that leaf has no other value. */
function withChange(text: string, path: Path, change: (value: unknown) => unknown): string | null {
  const file = JSON.parse(text)
  const parent = path.slice(0, -1).reduce((inner, name) => inner[name], file)
  const name = path.at(-1)!
  const before = parent[name]
  parent[name] = change(before)
  return parent[name] === before ? null : JSON.stringify(file)
}

const WORDS: Readonly<Record<string, string>> = {
  efficient: 'textbook',
  textbook: 'efficient',
  trusted: 'collective',
  collective: 'trusted',
  relay: 'direct',
  direct: 'relay',
  delivered: 'sent',
  'information-theoretic': 'computational',
}

const CHANGES: readonly (readonly [string, (value: unknown) => unknown])[] = [
  ['up', (value) => (typeof value === 'number' ? (Number.isInteger(value) ? value + 1 : value * 1.001) : other(value))],
  [
    'down',
    (value) => (typeof value === 'number' ? (Number.isInteger(value) ? value - 1 : value * 0.999) : other(value)),
  ],
  ['nothing', (value) => (value === null ? 0 : null)],
]

function other(value: unknown): unknown {
  if (typeof value === 'boolean') return !value
  if (typeof value === 'string')
    return WORDS[value] ?? value.replace(/[0-9a-f]$/, (digit) => (digit === '0' ? '1' : '0'))
  return 1
}

/** What follows from no count: there only the checksum tells. */
const ONLY_SAID = /^(terms\.(session|pairs|route|plannedNoise)|authentication|checksum)$/

describe('one figure changed', () => {
  // The coherent length of the long one takes half a second each time.
  test.each(RUNS.filter(([name]) => !name.includes('long')))('is found, whichever it is: %s', (_, run) => {
    const text = exported(run)
    for (const path of leavesOf(JSON.parse(text))) {
      for (const [how, change] of CHANGES) {
        const changed = withChange(text, path, change)
        if (changed !== null) expect(findingsOf(changed), `${path.join('.')} ${how}`).not.toEqual([])
      }
    }
  })

  test.each(RUNS.slice(0, 2))('is named, where the counts give another: %s', (_, run) => {
    const text = exported(run)
    for (const path of leavesOf(JSON.parse(text))) {
      const name = path.join('.')
      if (ONLY_SAID.test(name) || name === 'format' || name === 'version') continue
      // A thousandth of epsilon is less than a bit of key.
      const change = name === 'terms.epsilon' ? () => 2e-10 : CHANGES[0]![1]
      const changed = withChange(text, path, change)
      // `sent` and `delivered` differ in the last step alone, which leaves no count.
      if (changed === null || name === 'verdict.outcome' || name === 'key.proofs.coherent') continue
      const named = findingsOf(changed).filter((line) => !line.startsWith('The checksum'))
      expect(named, name).not.toEqual([])
    }
  })

  test('is told in words, with what it should be', () => {
    const text = exported({})
    const s = JSON.parse(text).readings.s
    const changed = withChange(text, ['readings', 's'], () => 2.9)!
    expect(findingsOf(changed)[0]).toBe(`readings.s is 2.9, but the counts give ${s}.`)
    const more = withChange(text, ['key', 'secretBits'], () => 9_999)!
    expect(findingsOf(more)[0]).toContain('key.secretBits is 9999, but the counts give')
    expect(findingsOf(withChange(text, ['terms', 'pairs'], () => 99_999)!)[0]).toContain('The checksum does not fit')
  })

  test('in the counts themselves shows in what follows from them', () => {
    const file = JSON.parse(exported({}))
    file.tally.a1b1.unequal -= 40
    file.tally.a1b1.equal += 40
    const names = findingsOf(JSON.stringify(file)).map((line) => line.split(' ')[0])
    for (const name of ['readings.s', 'readings.phaseError.value', 'key.secretBits']) expect(names).toContain(name)
  })

  test('as counts that these settings can not give is found, with all sums put right', () => {
    const file = JSON.parse(exported({}))
    for (const count of ['rounds', 'equal']) {
      file.tally.a2b2[count] += 400
      file.tally.a1b2[count] -= 400
    }
    expect(findingsOf(JSON.stringify(file)).join()).toContain('tally.a2b2 has')
  })
})

describe('what is no receipt', () => {
  const text = exported({})

  test.each([
    ['', 'It is no JSON'],
    ['[1, 2]', '"format" is not'],
    ['null', '"format" is not'],
    ['{"format": "sequre-chat receipt", "version": 2}', 'Its version is 2'],
    ['{"format": "sequre-chat receipt", "version": 1}', 'terms is no object'],
  ])('is told as such: %s', (given, sentence) => {
    expect(findingsOf(given)[0]).toContain(sentence)
  })

  test('names the field that is missing or of the wrong kind', () => {
    const without = (path: Path): string => withChange(text, path, () => undefined)!
    expect(findingsOf(without(['tally', 'a3b1']))[0]).toContain('tally.a3b1 is no object')
    expect(findingsOf(without(['key', 'usedBits']))[0]).toContain('key.usedBits is missing')
    const wrong = withChange(text, ['terms', 'epsilon'], () => '1e-10')!
    expect(findingsOf(wrong)[0]).toContain('terms.epsilon is not a number above 0 and below 1')
  })
})

describe('the two sets of formulas', () => {
  test('agree on every length, though neither knows of the other', () => {
    for (const [n, k, e, epsilon] of [
      [7_728, 6_840, 0.1471, 1e-10],
      [1e6, 3e5, 0.16, 5e-11],
      [50, 10, 0.3, 1e-5],
    ] as const) {
      const block = { keyBits: n, leak: 100, checks: 64 }
      const common = { keyBits: n, leakedBits: 100, tagBits: 64, epsilon }
      const errors = Math.round(k * e)
      const app = keyLengthTrusted({ ...common, testBits: k, testErrorRate: errors / k })
      expect(trustedLength(block, k, errors, epsilon)).toBeCloseTo(app.beforeFloor, 6)
      const settings = [0, 1, 2, 3].map((i) => ({ rounds: k + i, won: Math.round((k + i) * (1 - e)) }))
      const [a, b, c, d] = settings.map(({ rounds, won }) => ({ count: rounds, winRate: won / rounds }))
      const appCollective = keyLengthCollective({ ...common, settings: [a!, b!, c!, d!] })
      expect(collectiveLength(block, settings, epsilon)).toBeCloseTo(appCollective.beforeFloor, 5)
    }
  })

  test('agree on the coherent length within a bit', () => {
    for (const input of [
      { rounds: 1.5e6, testFraction: 13 / 256, s: 2.64, qber: 0.018, epsilon: 1e-10 },
      { rounds: 1e6, testFraction: 0.3, s: 2.8, qber: 0.001, epsilon: 1e-8 },
    ]) {
      expect(Math.abs(coherentLength(input) - keyLengthCoherent(input))).toBeLessThan(1.01)
    }
  })
})
