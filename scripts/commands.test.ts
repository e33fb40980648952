// The commands as a person or a script runs them: what they print where, and how they end.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { receiptFile } from '../src/protocol/receipt-file.ts'
import { playSession } from '../src/world/one-session.ts'

const folder = mkdtempSync(join(tmpdir(), 'sequre-commands-'))
afterAll(() => rmSync(folder, { recursive: true }))

function run(script: string, args: readonly string[], input = '') {
  const path = fileURLToPath(new URL(script, import.meta.url))
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', path, ...args], {
    encoding: 'utf8',
    input,
  })
  return { status, stdout, stderr }
}

function saved(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

describe('calc', () => {
  test('answers a list with a list, errors in their places', () => {
    const file = saved('questions.json', '[{"ask": "attack", "eve": "clone"}, {"ask": "fly"}, 7]')
    const { status, stdout, stderr } = run('calc.ts', [file])
    expect([status, stderr]).toEqual([0, ''])
    const answers = JSON.parse(stdout)
    expect(answers).toHaveLength(3)
    expect(answers[0].s).toBeCloseTo(0, 12)
    for (const { error } of answers.slice(1)) expect(typeof error).toBe('string')
  })

  test('reads standard input for -', () => {
    expect(run('calc.ts', ['-'], ' []\n')).toEqual({ status: 0, stdout: '[]\n', stderr: '' })
  })

  test.each([
    ['no file', [], '', 'One file is needed'],
    ['a file that is not there', ['/nowhere/questions.json'], '', "can't be read"],
    ['what is no JSON', ['-'], '[{"ask": NaN}]', 'Standard input is no JSON.'],
    ['no list', ['-'], '{"ask": "attack"}', 'holds no list of questions'],
  ])('ends with 1 and a sentence on stderr for %s', (_, args, input, sentence) => {
    const { status, stdout, stderr } = run('calc.ts', args, input)
    expect([status, stdout]).toEqual([1, ''])
    expect(stderr).toContain(sentence)
  })

  test('tells how it is used', () => {
    const { status, stdout } = run('calc.ts', ['--help'])
    expect(status).toBe(0)
    for (const word of ['keyLength', 'attack', 'plan', 'run', 'default 67.5']) expect(stdout).toContain(word)
  })
})

describe('soak', () => {
  test('tells how it is used', () => {
    const { status, stdout, stderr } = run('soak.ts', ['--help'])
    expect([status, stderr]).toEqual([0, ''])
    for (const word of ['--rounds', '--seed', '--many', 'default 100', 'JSON']) expect(stdout).toContain(word)
  })

  test.each([
    [['--rounds', '-1'], '--rounds'],
    [['--many', 'few'], '--many takes a whole number'],
    [['--seed', 'a b'], '--seed takes letters'],
    [['--once'], '--once'],
  ])('ends with 2 and a sentence for %j', (args, sentence) => {
    const { status, stdout, stderr } = run('soak.ts', args)
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toContain(sentence)
  })
})

describe('verify', () => {
  const setup = { textBytes: 50, mode: 'efficient', proof: 'trusted', epsilon: 1e-10, noise: 0, attack: null } as const
  const played = playSession({ ...setup, seed: 'commands' })
  if (!played.ok || played.value.type !== 'confirmed') throw new Error('not delivered')
  const receipt = receiptFile(played.value.receipt)

  test('ends with 0 where all agrees, and says what does', () => {
    const { status, stdout, stderr } = run('verify.ts', [saved('good.json', JSON.stringify(receipt))])
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout).toContain('All figures follow from the counts')
  })

  test('ends with 1 where a figure was changed, and says which', () => {
    const changed = { ...receipt, readings: { ...receipt.readings, s: 2.9 } }
    const { status, stdout, stderr } = run('verify.ts', [saved('changed.json', JSON.stringify(changed))])
    expect([status, stdout]).toEqual([1, ''])
    expect(stderr).toContain('readings.s is 2.9, but the counts give')
  })

  test.each([
    ['no file', [], 'One file is needed'],
    ['a file that is not there', ['/nowhere/receipt.json'], "can't be read"],
    ['what is no receipt', [saved('other.json', '{}')], 'It is no receipt'],
  ])('ends with 2 for %s', (_, args, sentence) => {
    const { status, stdout, stderr } = run('verify.ts', args)
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toContain(sentence)
  })

  test('tells how it is used', () => {
    expect(run('verify.ts', ['--help'])).toMatchObject({ status: 0, stderr: '' })
  })
})
