import { describe, expect, test } from 'vitest'
import type { FibreFrame } from '../wire/fibre.ts'
import type { SessionInput } from './session.ts'
import { brokenRules } from './testing/transcript-rules.ts'
import { type Hands, TwoSessions } from './testing/two-sessions.ts'

type Fibre = Extract<SessionInput, { type: 'fibre' }>

/** Hands on the fibre alone; `at` counts the frames. */
function onFibre(what: (frame: FibreFrame, at: number) => readonly FibreFrame[]): Hands {
  let at = 0
  return (_side, input) =>
    input.type === 'fibre' ? what(input.frame, at++).map((frame): Fibre => ({ type: 'fibre', frame })) : [input]
}

const moved = (frame: FibreFrame, start: number): FibreFrame => ({ ...frame, start })

const measuredRanges = (run: TwoSessions): readonly { start: number; count: number }[] => {
  const [measured] = run.sent('bob')
  return measured?.type === 'measured' ? measured.arrived : []
}

/** The ends of both sides and nothing broken. */
function ends(run: TwoSessions): string {
  expect(brokenRules(run)).toEqual([])
  return [run.end('alice'), run.end('bob')].map((end) => (end?.type === 'aborted' ? end.reason : end?.type)).join()
}

describe('frames of the fibre', () => {
  test('lost here and there are lost photons: the ranges say so, and the message goes through on a plan for it', () => {
    const run = new TwoSessions({
      seed: 'loss',
      loss: 0.2,
      hands: onFibre((f, at) => (at % 6 === 2 ? [] : [f])),
    }).play()
    expect(ends(run)).toBe('confirmed,accepted')
    expect(measuredRanges(run).length).toBeGreaterThan(2)
    const receipt = run.commit('bob', 'accepted')!.receipt
    expect(receipt.arrivedPairs).toBeLessThan(receipt.pairs)
    expect(receipt.arrivedPairs).toBe(measuredRanges(run).reduce((sum, { count }) => sum + count, 0))
  })

  test('all lost end the session as late when Bob’s window, counted from `propose`, is over: no alert', () => {
    const run = new TwoSessions({ seed: 'all lost', hands: onFibre(() => []) })
    const began = run.nowMs
    run.play()
    expect(ends(run)).toBe('late,late')
    // Two round trips of 20 ms, 50 ms at least.
    expect(run.nowMs - began).toBeGreaterThanOrEqual(50)
    expect(run.nowMs - began).toBeLessThan(1_000)
    expect(run.commits('bob')).toEqual([])
  })

  test('all lost but one make a key too short, by bad luck and not by an eavesdropper', () => {
    const run = new TwoSessions({ seed: 'one left', hands: onFibre((f, at) => (at === 4 ? [f] : [])) }).play()
    expect(ends(run)).toBe('short,short')
    expect(run.end('bob')).toMatchObject({ alert: false })
    expect(run.end('alice')).toMatchObject({ alert: false })
  })

  test('in reverse order are as good as in order', () => {
    const held: FibreFrame[] = []
    const probe = new TwoSessions({ seed: 'reversed' })
    probe.feed('alice', { type: 'start' })
    const count = probe.outputs('alice', 'fibre').length
    const hands = onFibre((frame, at) => {
      held.unshift(frame)
      return at === count - 1 ? held : []
    })
    const run = new TwoSessions({ seed: 'reversed', hands }).play()
    expect(ends(run)).toBe('confirmed,accepted')
    expect(measuredRanges(run)).toEqual([{ start: 0, count: run.terms.pairs }])
  })

  test('that come twice are measured once', () => {
    const run = new TwoSessions({ seed: 'twice', hands: onFibre((f) => [f, f, f]) }).play()
    expect(ends(run)).toBe('confirmed,accepted')
    expect(run.outputs('bob', 'measure').length).toBe(run.outputs('alice', 'fibre').length)
  })

  test.each([1, -1, 5, -500])('that overlap what is measured (by %i pairs) stay unmeasured', (shift) => {
    const hands = onFibre((f) => [f, ...(f.start + shift >= 0 ? [moved(f, f.start + shift)] : [])])
    const run = new TwoSessions({ seed: 'overlap', hands }).play()
    // A shifted frame that comes before the true one takes its place: errors and losses, never a second setting.
    expect(brokenRules(run)).toEqual([])
    expect(run.end('alice')).not.toBe(null)
    expect(run.end('bob')).not.toBe(null)
  })

  test.each([
    ['ends one beyond the last pair', (pairs: number, count: number) => pairs - count + 1],
    ['begins at the last pair', (pairs: number) => pairs - 1],
    ['begins behind the last pair', (pairs: number) => pairs],
    ['begins at 2^32 - 1', () => 0xffff_ffff],
  ])('stay unmeasured when one %s', (_name, start) => {
    const pairs = new TwoSessions({ seed: 'outside' }).terms.pairs
    const hands = onFibre((f, at) => (at === 0 ? [moved(f, start(pairs, f.qubits.indices.length)), f] : [f]))
    const run = new TwoSessions({ seed: 'outside', hands }).play()
    expect(ends(run)).toBe('confirmed,accepted')
    expect(run.outputs('bob', 'measure').length).toBe(run.outputs('alice', 'fibre').length)
  })

  test('that come after the window has closed stay unmeasured', () => {
    const late: Fibre[] = []
    const hands: Hands = (side, input) => {
      if (input.type === 'fibre' && input.frame.start === 0) {
        late.push(input)
        return []
      }
      // The window closes by its timeout; the frame comes a moment after.
      return side === 'bob' && input.type === 'timeout' ? [input, ...late.splice(0)] : [input]
    }
    const run = new TwoSessions({ seed: 'late', loss: 0.1, hands }).play()
    expect(ends(run)).toBe('confirmed,accepted')
    expect(measuredRanges(run)[0]!.start).toBeGreaterThan(0)
    expect(run.outputs('bob', 'measure').some(({ start }) => start === 0)).toBe(false)
  })

  test('keep the window open while they come, two round trips after the last', () => {
    const run = new TwoSessions({ seed: 'window', hands: onFibre((f, at) => (at < 3 ? [f] : [])) })
    run.feed('alice', { type: 'start' })
    const deadlines: number[] = []
    run.go()
    for (const { atMs } of run.outputs('bob', 'deadline')) deadlines.push(atMs)
    expect(deadlines.every((atMs, i) => i === 0 || atMs >= deadlines[i - 1]!)).toBe(true)
    expect(deadlines[0]! - 1_000).toBeGreaterThanOrEqual(50)
  })

  test('whose outcomes come late are waited for after the window has closed', () => {
    const held: SessionInput[] = []
    let released = false
    const hands: Hands = (side, input) => {
      if (input.type === 'fibre' && input.frame.start === 0) return []
      if (side === 'bob' && input.type === 'outcomes' && !released && held.length < 3) {
        held.push(input)
        return []
      }
      if (side === 'bob' && input.type === 'timeout') {
        released = true
        return [input, ...held.splice(0)]
      }
      return [input]
    }
    const run = new TwoSessions({ seed: 'slow outcomes', loss: 0.1, hands }).play()
    expect(ends(run)).toBe('confirmed,accepted')
  })

  test('cut into single qubits by whoever carries them are measured up to 65,536 of them: what arrived can still be said', () => {
    const hands = onFibre(({ session, start, qubits: { codebook, indices } }) =>
      Array.from(indices, (index, i) => ({
        session,
        start: start + i,
        qubits: { codebook, indices: Uint8Array.of(index) },
      })),
    )
    const run = new TwoSessions({ seed: 'single qubits', terms: { pairs: 70_000 }, hands }).play()
    expect(run.outputs('bob', 'measure').length).toBe(65_536)
    expect(run.end('bob')?.type).toBe('accepted')
  })

  test('replaced by white noise from another source end in short, never in a message', () => {
    const other = new TwoSessions({ seed: 'another source', terms: { pairs: 30_000 } })
    other.feed('alice', { type: 'start' })
    const frames = other.outputs('alice', 'fibre').map(({ frame }) => frame)
    const hands = onFibre((f, at) => {
      const indices = frames[at % frames.length]!.qubits.indices.slice(0, f.qubits.indices.length)
      return [{ ...f, qubits: { ...f.qubits, indices } }]
    })
    const run = new TwoSessions({ seed: 'white noise', hands }).play()
    expect(brokenRules(run)).toEqual([])
    expect(run.commits('alice').concat(run.commits('bob'))).toEqual([])
    expect(run.end('alice')).toMatchObject({ type: 'aborted', alert: true })
  })
})
