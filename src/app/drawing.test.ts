import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { RunSnapshot, Shown, ShownMessage } from '../protocol/events.ts'
import { makeDrawing } from './drawing.ts'

const message = (id: string, state: ShownMessage['state']): Shown => ({
  type: 'message',
  message: { id, state, from: 'me' } as ShownMessage,
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
    show('c', [message('a', 'delivered')])
    show('c', [message('b', 'refused')])
    show('c', [{ type: 'noticeOver', reason: 'noisy' }])
    expect(drawn).toEqual(['delivered', 'refused', 'noticeOver'])
  })

  it('draws a message of the peer at once', () => {
    const { show } = drawing()
    show('c', [{ type: 'message', message: { id: 'a', state: 'delivered', from: 'peer' } as ShownMessage }])
    expect(drawn).toEqual(['delivered'])
  })

  it('draws a message that goes through at once a single time', () => {
    const { show } = drawing()
    for (const state of ['queued', 'distilling', 'sent', 'delivered'] as const) show('c', [message('a', state)])
    vi.advanceTimersByTime(1_000)
    expect(drawn).toEqual(['delivered'])
  })

  it('draws a message that takes longer as it then is, before a person could miss it', () => {
    const { show } = drawing()
    show('c', [message('a', 'queued')])
    vi.advanceTimersByTime(80)
    show('c', [message('a', 'distilling')])
    expect(drawn).toEqual([])
    vi.advanceTimersByTime(21)
    expect(drawn).toEqual(['distilling'])
    show('c', [message('a', 'sent')])
    show('c', [message('a', 'delivered')])
    vi.advanceTimersByTime(1_000)
    expect(drawn).toEqual(['distilling', 'delivered'])
  })

  it('says when a message is drawn, however late that was asked', async () => {
    const { show, drawn: whenDrawn } = drawing()
    show('c', [message('a', 'queued')])
    let over = false
    const waited = whenDrawn('a').then(() => {
      over = true
    })
    await Promise.resolve()
    expect(over).toBe(false)
    vi.advanceTimersByTime(101)
    await waited
    await whenDrawn('a')
    expect(drawn).toEqual(['queued'])
  })

  it('draws a run some times a second, as it then is', () => {
    const { show } = drawing()
    show('c', [progress('s', 'pairs')])
    show('c', [progress('s', 'settings')])
    vi.advanceTimersByTime(150)
    expect(drawn).toEqual([])
    vi.advanceTimersByTime(60)
    expect(drawn).toEqual(['settings'])
    show('c', [progress('s', 'received')])
    vi.advanceTimersByTime(201)
    expect(drawn).toEqual(['settings', 'received'])
  })

  it('keeps the order of runs', () => {
    const { show } = drawing()
    show('c', [progress('s', 'pairs')])
    show('c', [progress('t', 'pairs')])
    show('c', [progress('s', 'received')])
    vi.advanceTimersByTime(250)
    expect(drawn).toEqual(['pairs', 'received'])
  })
})
