import { describe, expect, it, vi } from 'vitest'
import { SeededRandom } from '../lib/random.ts'
import type { Change, Disk } from '../protocol/disk.ts'
import type { Input, Output, RunSnapshot, ShownMessage } from '../protocol/events.ts'
import { BOB_ANGLES } from '../quantum/settings.ts'
import { encodeFibre, type FibreFrame } from '../wire/fibre.ts'
import type { EveReport, ToPage } from './api.ts'
import type { Eavesdropper, Score } from './eve-seat.ts'
import { Runner } from './runner.ts'

/** A disk that settles commits when told to, in whatever order. */
class SlowDisk implements Disk {
  readonly asked: { readonly changes: readonly Change[]; readonly settle: (failure: string | null) => void }[] = []

  commit(_: string, changes: readonly Change[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.asked.push({ changes, settle: (failure) => (failure === null ? resolve() : reject(new Error(failure))) })
    })
  }

  load = async () => null
  conversations = async () => []
  close = async () => {}
}

/** A runner over a conversation that answers as `handle` says, and records what it was given. */
function drive(handle: (input: Input) => readonly Output[], score: Score = () => null) {
  const inputs: Input[] = []
  const batches: (readonly ToPage[])[] = []
  const disk = new SlowDisk()
  const faults: unknown[] = []
  const runner = new Runner({
    id: 'c',
    conversation: {
      cost: (bytes) => bytes,
      score,
      handle: (input) => {
        inputs.push(input)
        return handle(input)
      },
    },
    disk,
    random: new SeededRandom('runner'),
    emit: (events) => batches.push(events),
    broke: (error) => faults.push(error),
  })
  return { runner, inputs, batches, disk, faults, types: () => inputs.map(({ type }) => type) }
}

const settled = () => new Promise((resolve) => setTimeout(resolve))
const SESSION = '0'.repeat(32)
const frame = (start: number, count: number): FibreFrame => ({
  session: SESSION,
  start,
  // The state |0>, which b2 (X) measures at random and no in-plane setting other than Z surely.
  qubits: { codebook: new Float64Array([0, 0, 1]), indices: new Uint8Array(count) },
})
const shownMessage = (id: string): ShownMessage => ({ id }) as ShownMessage

describe('Runner', () => {
  it('answers commits in the order in which they were asked for, whatever the disk does', async () => {
    const { runner, inputs, disk } = drive((input) =>
      input.type === 'start' ? [1, 2, 3].map((id): Output => ({ type: 'commit', id, changes: [] })) : [],
    )
    runner.start()
    disk.asked[2]?.settle('full')
    disk.asked[1]?.settle(null)
    await settled()
    expect(inputs).toHaveLength(1)
    disk.asked[0]?.settle('something else')
    await settled()
    expect(inputs.slice(1)).toEqual([
      { type: 'commitFailed', id: 1, reason: 'closed' },
      { type: 'committed', id: 2 },
      { type: 'commitFailed', id: 3, reason: 'full' },
    ])
  })

  it('measures the frame that was given in, once, and gives its outcomes in after the outputs before', () => {
    const { runner, inputs, batches } = drive((input) => {
      if (input.type !== 'fibre') return []
      const settings = new Uint8Array(8)
      const measure: Output = { type: 'measure', session: SESSION, start: 16, settings }
      return [measure, measure, { type: 'noticeOver', reason: 'noisy' }]
    })
    runner.fromPage({ type: 'fibre', conversation: 'c', link: 'l', bytes: encodeFibre(frame(16, 8)) })
    expect(inputs.map(({ type }) => type)).toEqual(['fibre', 'outcomes'])
    expect(inputs[1]).toMatchObject({ session: SESSION, start: 16 })
    expect(batches).toEqual([[{ conversation: 'c', type: 'noticeOver', reason: 'noisy' }]])
  })

  it('keeps qubits for a session that begins later, and not beyond their link', () => {
    const { runner, types } = drive((input) =>
      input.type === 'room' ? [{ type: 'measure', session: SESSION, start: 0, settings: new Uint8Array(8) }] : [],
    )
    const light = { type: 'fibre', conversation: 'c', link: 'l', bytes: encodeFibre(frame(0, 8)) } as const
    const room = { type: 'room', conversation: 'c', room: 'r', joined: true, peer: true } as const
    runner.fromPage(light)
    runner.fromPage(room)
    expect(types()).toEqual(['fibre', 'room', 'outcomes'])
    runner.fromPage(light)
    runner.fromPage({ type: 'linkDown', conversation: 'c', link: 'l' })
    runner.fromPage(room)
    expect(types().slice(3)).toEqual(['fibre', 'linkDown', 'room'])
  })

  it('takes malformed light for lost light', () => {
    const { runner, inputs, faults } = drive(() => [])
    for (const bytes of [new Uint8Array(0), new Uint8Array(30).fill(255), new Uint8Array(20_000)]) {
      runner.fromPage({ type: 'fibre', conversation: 'c', link: 'l', bytes })
    }
    expect(inputs).toEqual([])
    expect(faults).toEqual([])
  })

  it('sends what one input caused as one batch', () => {
    const frames = [1, 2, 3].map(
      (n): Output => ({ type: 'frame', path: { via: 'link', link: 'l' }, bytes: Uint8Array.of(n) }),
    )
    const { runner, batches } = drive(() => frames)
    runner.start()
    expect(batches).toHaveLength(1)
    expect(batches[0]).toHaveLength(3)
  })

  it('resolves a write when the message is shown, which is when it is stored', async () => {
    const { runner, disk } = drive((input) => {
      if (input.type === 'write') return [{ type: 'commit', id: 1, changes: [] }]
      return input.type === 'committed' ? [{ type: 'message', message: shownMessage('m') }] : []
    })
    let written: unknown = null
    void runner.write('m', 'text').then((result) => {
      written = result
    })
    await settled()
    expect(written).toBeNull()
    disk.asked[0]?.settle(null)
    await settled()
    expect(written).toEqual({ ok: true, value: { id: 'm' } })
  })

  it('gives a write back that could not be stored', async () => {
    const { runner } = drive((input) =>
      input.type === 'write' ? [{ type: 'notStored', id: 'm', reason: 'full' }] : [],
    )
    expect(await runner.write('m', 'text')).toEqual({ ok: false, reason: 'full' })
  })

  it('keeps one deadline, the last that was asked for, and none that passed', () => {
    vi.useFakeTimers()
    try {
      const at = performance.timeOrigin + performance.now()
      const deadlines = [at + 50, at + 5_000, at + 1_000]
      const { runner, types } = drive((input) =>
        input.type === 'timeout' ? [] : deadlines.map((atMs): Output => ({ type: 'deadline', atMs })),
      )
      runner.start()
      vi.advanceTimersByTime(990)
      expect(types()).toEqual(['start'])
      vi.advanceTimersByTime(20)
      expect(types()).toEqual(['start', 'timeout'])
      vi.advanceTimersByTime(60_000)
      expect(types()).toEqual(['start', 'timeout'])
    } finally {
      vi.useRealTimers()
    }
  })

  it('ends aloud at a fault of ours, and does nothing after it', async () => {
    const { runner, inputs, faults } = drive((input) => {
      if (input.type === 'retry') throw new Error('a fault')
      return []
    })
    const written = runner.write('m', 'text')
    runner.retry('m')
    runner.cancel('m')
    expect(faults).toHaveLength(1)
    expect(inputs.map(({ type }) => type)).toEqual(['write', 'retry'])
    expect(await written).toEqual({ ok: false, reason: 'closed' })
    expect(await runner.write('n', 'text')).toEqual({ ok: false, reason: 'closed' })
  })

  it('carries out what was asked of the disk before it has left', async () => {
    const { runner, disk, types } = drive((input) =>
      input.type === 'leave' ? [{ type: 'commit', id: 1, changes: [] }] : [],
    )
    let left = false
    void runner.leave().then(() => {
      left = true
    })
    await settled()
    expect(left).toBe(false)
    disk.asked[0]?.settle(null)
    await settled()
    expect(left).toBe(true)
    expect(types()).toEqual(['leave', 'committed'])
  })
})

describe('an eavesdropper in the tab', () => {
  /** She sends on one state, on which b1 gives 1 for sure, and two frames for each that goes out. */
  function sitDown(runner: Runner) {
    const heard: unknown[] = []
    const b1 = BOB_ANGLES[0]
    const eve: Eavesdropper = {
      own: { kind: 'passive' },
      incoming: ({ session, start, qubits: { indices } }) => {
        heard.push(`light ${start}`)
        const codebook = new Float64Array([-Math.sin(b1), 0, -Math.cos(b1)])
        return { session, start, qubits: { codebook, indices: new Uint8Array(indices.length) } }
      },
      outgoing: ({ start }) => [Uint8Array.of(start, 1), Uint8Array.of(start, 2)],
      hear: (from, { via }, bytes) => heard.push(`${from} ${via} ${bytes}`),
      settle: (score) => score(SESSION, new Uint8Array(1)),
      ended: (session) => heard.push(`ended ${session.length}`),
    }
    let report: (report: EveReport) => void = () => {}
    runner.letIn((tell) => {
      report = tell
      return eve
    })
    return { heard, report: (session: string) => report({ session } as EveReport) }
  }
  const light = { type: 'fibre', conversation: 'c', link: 'l', bytes: encodeFibre(frame(0, 8)) } as const
  const public_ = {
    type: 'frame',
    conversation: 'c',
    path: { via: 'relay', room: 'r' },
    bytes: Uint8Array.of(9),
  } as const

  it('has every qubit before it is shelved or goes out, until she is sent away', () => {
    const { runner, inputs, batches } = drive((input) => {
      if (input.type === 'room') return [{ type: 'fibre', link: 'l', frame: frame(5, 8) }]
      return input.type === 'fibre'
        ? [{ type: 'measure', session: SESSION, start: 0, settings: new Uint8Array(8) }]
        : []
    })
    const { heard } = sitDown(runner)
    const room = { type: 'room', conversation: 'c', room: 'r', joined: true, peer: true } as const
    runner.fromPage(light)
    runner.fromPage(room)
    expect(heard).toEqual(['light 0'])
    expect(inputs[1]).toMatchObject({ type: 'outcomes', outcomes: new Uint8Array(8).fill(1) })
    expect(batches.flat()).toMatchObject([{ bytes: Uint8Array.of(5, 1) }, { bytes: Uint8Array.of(5, 2) }])
    expect(runner.eve.during(SESSION)).toEqual({ kind: 'passive' })
    runner.letIn(null)
    runner.fromPage(room)
    expect(batches.flat().at(-1)).toMatchObject({ bytes: encodeFibre(frame(5, 8)) })
    expect(runner.eve.during(SESSION)).toEqual({ kind: 'passive' })
    expect(runner.eve.during('another')).toBeNull()
  })

  it('hears both directions before the conversation does, and her reports go to the page', () => {
    const { runner, inputs, batches } = drive((input) =>
      input.type === 'frame'
        ? [
            { type: 'frame', path: { via: 'link', link: 'l' }, bytes: Uint8Array.of(2, 8) },
            { type: 'progress', run: { session: SESSION, phase: 'ended' } as RunSnapshot },
          ]
        : [],
    )
    const { heard, report } = sitDown(runner)
    runner.fromPage(public_)
    expect(heard).toEqual(['peer relay 9', 'me link 2,8', 'ended 32'])
    expect(inputs).toHaveLength(1)
    report('s')
    runner.start()
    expect(batches.flat().at(-1)).toEqual({ conversation: 'c', type: 'eavesdropped', report: { session: 's' } })
  })

  it('is told how good her guesses are by the session alone', () => {
    const asked: unknown[] = []
    const { runner } = drive(
      () => [],
      (session, guess) => {
        asked.push([session, guess])
        return null
      },
    )
    sitDown(runner)
    runner.start()
    expect(asked).toEqual([[SESSION, new Uint8Array(1)]])
  })
})
