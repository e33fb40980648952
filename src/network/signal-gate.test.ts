import { describe, expect, it } from 'vitest'
import { encodeText } from '../lib/text.ts'
import { parsePeerSignal, SignalGate } from './signal-gate.ts'

const bytes = (value: unknown) => encodeText(JSON.stringify(value))
const offer = bytes({ type: 'offer', sdp: 'v=0' })
const answer = bytes({ type: 'answer', sdp: 'v=0' })
const candidate = bytes({ type: 'candidate', candidate: { candidate: 'candidate:1', sdpMid: '0', sdpMLineIndex: 0 } })

describe('SignalGate', () => {
  it('lets through the one description that its side awaits, and candidates', () => {
    const gate = new SignalGate(false)
    expect(gate.pass(answer)).toBeNull()
    expect(gate.pass(candidate)?.type).toBe('candidate')
    expect(gate.pass(offer)).toEqual({ type: 'offer', sdp: 'v=0' })
    expect(gate.pass(offer)).toBeNull()
    expect(new SignalGate(true).pass(answer)?.type).toBe('answer')
  })

  it('lets nothing through once the link is up', () => {
    const gate = new SignalGate(false)
    gate.seal()
    expect(gate.pass(offer)).toBeNull()
    expect(gate.pass(candidate)).toBeNull()
  })

  it('stops a peer that sends candidates without end', () => {
    const gate = new SignalGate(true)
    const passed = Array.from({ length: 200 }, () => gate.pass(candidate)).filter((signal) => signal !== null)
    expect(passed).toHaveLength(64)
  })
})

describe('parsePeerSignal', () => {
  it.each([
    ['nothing', new Uint8Array(0)],
    ['bytes that are no text', Uint8Array.of(0xff, 0xfe)],
    ['null', bytes(null)],
    ['a list', bytes([])],
    ['a number', bytes(1)],
    ['no type', bytes({ sdp: 'v=0' })],
    ['renegotiate', bytes({ type: 'renegotiate', renegotiate: true })],
    ['a transceiver', bytes({ type: 'transceiverRequest', transceiverRequest: { kind: 'video' } })],
    ['an sdp that is no text', bytes({ type: 'offer', sdp: { toString: 1 } })],
    ['an empty sdp', bytes({ type: 'offer', sdp: '' })],
    ['a candidate that is a text', bytes({ type: 'candidate', candidate: 'candidate:1' })],
    ['a candidate without its place', bytes({ type: 'candidate', candidate: { candidate: 'x' } })],
    [
      'a candidate with a negative line',
      bytes({ type: 'candidate', candidate: { candidate: 'x', sdpMLineIndex: -1 } }),
    ],
    ['too much', encodeText(JSON.stringify({ type: 'offer', sdp: 'x'.repeat(40_000) }))],
    ['deep nesting', encodeText('['.repeat(30_000))],
  ])('takes %s for no signal', (_, signal) => {
    expect(parsePeerSignal(signal)).toBeNull()
  })

  it('keeps no members that are not the signal’s', () => {
    const signal = parsePeerSignal(bytes({ type: 'offer', sdp: 'v=0', renegotiate: true, candidate: {} }))
    expect(signal).toEqual({ type: 'offer', sdp: 'v=0' })
  })
})
