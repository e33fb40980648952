import { describe, expect, it } from 'vitest'
import { SendQueue } from './send-queue.ts'

const LIMITS = { lowBytes: 10, highBytes: 40, waitingBytesMax: 1_000 }

/** A buffer that drains when told to: the arithmetic of a channel, no RTCDataChannel. */
function makeBuffer() {
  const sent: number[] = []
  let low = () => {}
  const channel = {
    bufferedAmount: 0,
    bufferedAmountLowThreshold: 0,
    addEventListener: (_: 'bufferedamountlow', then: () => void) => {
      low = then
    },
  }
  const queue = new SendQueue(channel, LIMITS, (frame) => {
    sent.push(frame[0]!)
    channel.bufferedAmount += frame.length
  })
  return {
    queue,
    sent,
    channel,
    drain() {
      channel.bufferedAmount = 0
      low()
    },
  }
}

const frame = (name: number, length = 10) => new Uint8Array(length).fill(name)

describe('SendQueue', () => {
  it('keeps frames in order until the channel opens', () => {
    const { queue, sent } = makeBuffer()
    queue.push(frame(1))
    queue.push(frame(2))
    expect(sent).toEqual([])
    queue.open()
    expect(sent).toEqual([1, 2])
  })

  it('never fills the channel beyond its limit, and goes on when it has drained', () => {
    const { queue, sent, channel, drain } = makeBuffer()
    queue.open()
    for (let i = 0; i < 10; i++) queue.push(frame(i))
    expect(sent).toEqual([0, 1, 2, 3])
    expect(channel.bufferedAmount).toBeLessThanOrEqual(LIMITS.highBytes)
    drain()
    drain()
    expect(sent).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  it('sends a frame that is larger than its limit alone', () => {
    const { queue, sent } = makeBuffer()
    queue.open()
    queue.push(frame(1, 100))
    expect(sent).toEqual([1])
  })

  it('refuses what would wait without bound', () => {
    const { queue } = makeBuffer()
    expect(queue.push(frame(1, 900))).toBe(true)
    expect(queue.push(frame(2, 200))).toBe(false)
  })

  it('tells when all is out', () => {
    const { queue, drain } = makeBuffer()
    queue.open()
    for (let i = 0; i < 6; i++) queue.push(frame(i))
    let empty = 0
    queue.whenEmpty(() => empty++)
    expect(empty).toBe(0)
    drain()
    expect(empty).toBe(1)
  })
})
