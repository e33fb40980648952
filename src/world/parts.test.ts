import { describe, expect, test } from 'vitest'
import type { Stored } from '../protocol/disk.ts'
import { inviteChat } from '../protocol/new-pairing.ts'
import { Clock } from './clock.ts'
import { CrashDisk } from './crash-disk.ts'
import { Dice } from './dice.ts'
import { Pipe } from './pipe.ts'

const runAll = (clock: Clock): void => {
  while (clock.step(1e9));
}

describe('Clock', () => {
  test('runs what is planned by its time, and in planned order where times are equal', () => {
    const clock = new Clock()
    const dice = new Dice('clock')
    const planned = Array.from({ length: 500 }, (_, order) => ({ atMs: dice.integer(50), order }))
    const ran: typeof planned = []
    for (const event of planned) clock.at(event.atMs, () => ran.push(event))
    runAll(clock)
    expect(ran).toEqual([...planned].sort((a, b) => a.atMs - b.atMs || a.order - b.order))
  })

  test('runs nothing after the time it is run to', () => {
    const clock = new Clock()
    let ran = false
    clock.at(10, () => {
      ran = true
    })
    expect(clock.step(9)).toBe(false)
    expect([ran, clock.nowMs]).toEqual([false, 9])
    expect(clock.step(10)).toBe(true)
    expect(ran).toBe(true)
  })
})

describe('Pipe', () => {
  test('keeps the order whatever the delays, and loses what is under way when it is cut', () => {
    const clock = new Clock()
    const dice = new Dice('pipe')
    const pipe = new Pipe(clock, () => dice.between(0, 100))
    const arrived: number[] = []
    for (let i = 0; i < 50; i++) clock.at(i, () => pipe.send(() => arrived.push(i)))
    clock.at(60, () => pipe.cut())
    runAll(clock)
    expect(arrived.length).toBeGreaterThan(0)
    expect(arrived.length).toBeLessThan(50)
    expect(arrived).toEqual(arrived.map((_, i) => i))
  })
})

describe('Dice', () => {
  test('are the same for the same seed, and fair: mean of 1e5 within 5 sigma (false alarm 6e-7)', () => {
    const [a, b] = [new Dice('x'), new Dice('x')]
    const draws = Array.from({ length: 100_000 }, () => a.unit())
    expect(draws.slice(0, 100).map(() => b.unit())).toEqual(draws.slice(0, 100))
    const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length
    expect(Math.abs(mean - 0.5)).toBeLessThan(5 / Math.sqrt(12 * draws.length))
  })
})

describe('CrashDisk', () => {
  const stored = (): Stored => inviteChat({ name: 'Ada', mode: 'private', random: new Dice('disk'), nowMs: 0 }).stored

  test('after a crash some first commits are there, whole, and no later ones', () => {
    const left = new Set<number>()
    for (let i = 0; i < 60; i++) {
      const clock = new Clock()
      const disk = new CrashDisk(clock, new Dice(`crash ${i}`), 3, stored(), () => {})
      for (let n = 1; n <= 4; n++) {
        disk.commit(
          [
            { type: 'raiseNumber', to: n },
            { type: 'setPairing', fields: { peerName: `name ${n}` } },
          ],
          () => {},
        )
      }
      clock.step(3)
      disk.crash()
      runAll(clock)
      const { highestNumber, peerName } = disk.stored.pairing
      expect(peerName).toBe(highestNumber === 0 ? '' : `name ${highestNumber}`)
      left.add(highestNumber)
    }
    expect([...left].sort()).toEqual([0, 1, 2, 3, 4])
  })

  test('a commit that fails leaves nothing behind, and those after it go on', () => {
    const clock = new Clock()
    const disk = new CrashDisk(clock, new Dice('fail'), 3, stored(), () => {})
    const answers: (string | null)[] = []
    disk.fail('full', 1)
    for (let n = 1; n <= 2; n++)
      disk.commit([{ type: 'setPairing', fields: { bindingNumber: n } }], (failure) => answers.push(failure))
    runAll(clock)
    expect(answers).toEqual(['full', null])
    expect(disk.stored.pairing.bindingNumber).toBe(2)
  })
})
