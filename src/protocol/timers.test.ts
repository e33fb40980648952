import { describe, expect, test } from 'vitest'
import { Timers } from './timers.ts'

describe('timers', () => {
  test('run when they have come due, oldest first, each once', () => {
    const timers = new Timers()
    const ran: string[] = []
    for (const [name, atMs] of [
      ['late', 30],
      ['b', 20],
      ['a', 10],
    ] as const)
      timers.set(name, atMs, () => ran.push(name))
    expect(timers.nextMs).toBe(10)
    timers.run(9)
    expect(ran).toEqual([])
    timers.run(25)
    expect(ran).toEqual(['a', 'b'])
    timers.run(25)
    expect(ran).toEqual(['a', 'b'])
    expect(timers.nextMs).toBe(30)
  })

  test('have one time a name: a new one replaces the one before, null clears it', () => {
    const timers = new Timers()
    const ran: string[] = []
    timers.set('x', 10, () => ran.push('first'))
    timers.set('x', 20, () => ran.push('second'))
    expect([timers.nextMs, timers.has('x')]).toEqual([20, true])
    timers.run(15)
    expect(ran).toEqual([])
    timers.set('x', null, () => {})
    timers.run(100)
    expect([ran, timers.nextMs, timers.has('x')]).toEqual([[], null, false])
  })

  test('set again from within wait for the next time, so that no run lasts for ever', () => {
    const timers = new Timers()
    let runs = 0
    const again = (): void => {
      runs++
      timers.set('beat', 0, again)
    }
    timers.set('beat', 0, again)
    timers.run(100)
    expect(runs).toBe(1)
  })

  test('cleared or moved by one that ran before them in the same moment do not run', () => {
    const timers = new Timers()
    const ran: string[] = []
    timers.set('first', 1, () => {
      timers.set('second', null, () => {})
      timers.set('third', 50, () => ran.push('third, later'))
    })
    timers.set('second', 2, () => ran.push('second'))
    timers.set('third', 3, () => ran.push('third'))
    timers.run(10)
    expect(ran).toEqual([])
    timers.run(50)
    expect(ran).toEqual(['third, later'])
  })
})
