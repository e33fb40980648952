import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { RunSnapshot, Shown, ShownMessage } from '../protocol/events.ts'
import { makeDrawing } from './drawing.ts'

const message = (id: string, state: ShownMessage['state']): Shown => ({
  type: 'message',
  message: { id, state } as ShownMessage,
})
const progress = (session: string, phase: RunSnapshot['phase']): Shown => ({
  type: 'progress',
  run: { session, phase } as RunSnapshot,
})

let drawn: string[]
const drawing = () =>
  makeDrawing((_, shown) => {
    for (const one of shown)
      drawn.push(one.type === 'message' ? one.message.state : one.type === 'progress' ? one.run.phase : one.type)
  })

describe('makeDrawing', () => {
  beforeEach(() => {
    drawn = []
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('draws at once what the person waits for', () => {
    const { show } = drawing()
    show('c', message('a', 'queued'))
    show('c', message('a', 'delivered'))
    show('c', { type: 'noticeOver', reason: 'noisy' })
    expect(drawn).toEqual(['queued', 'delivered', 'noticeOver'])
  })

  it('never draws a state that is over', () => {
    const { show } = drawing()
    for (const state of ['queued', 'distilling', 'sent', 'delivered'] as const) show('c', message('a', state))
    vi.advanceTimersByTime(1_000)
    expect(drawn).toEqual(['queued', 'delivered'])
  })

  it('draws a run some times a second, as it then is', () => {
    const { show } = drawing()
    show('c', message('a', 'distilling'))
    show('c', progress('s', 'pairs'))
    show('c', progress('s', 'settings'))
    expect(drawn).toEqual([])
    vi.advanceTimersByTime(250)
    expect(drawn).toEqual(['distilling', 'settings'])
    show('c', progress('s', 'received'))
    vi.advanceTimersByTime(250)
    expect(drawn).toEqual(['distilling', 'settings', 'received'])
  })

  it('keeps the order of runs', () => {
    const { show } = drawing()
    show('c', progress('s', 'pairs'))
    show('c', progress('t', 'pairs'))
    show('c', progress('s', 'received'))
    vi.advanceTimersByTime(250)
    expect(drawn).toEqual(['pairs', 'received'])
  })
})
