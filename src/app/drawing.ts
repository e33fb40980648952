// When what is told is drawn. Drawing takes tens of milliseconds where a whole delivery takes as many, and a frame of
// the network may wait behind it: so what is on its way is drawn a little later, and only as it then is. A message
// that goes through at once is drawn once. No delivery waits for these timers.

import type { Shown } from '../protocol/events.ts'

/** To a person this is at once; most deliveries on a near link are over before that. */
const MESSAGE_MS = 100
/** A run that goes well is over before that; a slower one is drawn some times a second. */
const RUN_MS = 200

export interface Drawing {
  /** What was told together is drawn together, as far as it is drawn now. */
  show(conversation: string, shown: readonly Shown[]): void
  /** Resolves when nothing told of this message waits to be drawn. */
  drawn(message: string): Promise<void>
}

interface Waiting {
  readonly conversation: string
  readonly shown: Shown
  readonly dueMs: number
}

/** `draw` is called with what is due, in the order in which it was told. */
export function makeDrawing(draw: (conversation: string, shown: readonly Shown[]) => void): Drawing {
  const waiting = new Map<string, Waiting>()
  const drawnOf = new Map<string, () => void>()
  let timer: ReturnType<typeof setTimeout> | undefined

  const drawNow = (conversation: string, shown: readonly Shown[]): void => {
    if (shown.length === 0) return
    draw(conversation, shown)
    for (const one of shown) {
      const subject = subjectOf(one)
      if (subject === null) continue
      drawnOf.get(subject)?.()
      drawnOf.delete(subject)
    }
  }

  const drawDue = (): void => {
    const nowMs = performance.now()
    for (const [subject, { conversation, shown, dueMs }] of [...waiting]) {
      if (dueMs > nowMs) continue
      waiting.delete(subject)
      drawNow(conversation, [shown])
    }
    setTimer()
  }

  const setTimer = (): void => {
    clearTimeout(timer)
    if (waiting.size === 0) return
    const dueMs = Math.min(...[...waiting.values()].map((one) => one.dueMs))
    timer = setTimeout(drawDue, Math.ceil(dueMs - performance.now()))
  }

  return {
    show(conversation, all) {
      const now: Shown[] = []
      for (const shown of all) {
        const subject = subjectOf(shown)
        const before = subject === null ? undefined : waiting.get(subject)
        // Of each subject only the newest is drawn; an older one must not come after it.
        if (subject !== null) waiting.delete(subject)
        const waitMs = waitOf(shown)
        if (subject === null || waitMs === 0) now.push(shown)
        else {
          const dueMs = Math.min(before?.dueMs ?? Number.POSITIVE_INFINITY, performance.now() + waitMs)
          waiting.set(subject, { conversation, shown, dueMs })
        }
      }
      drawNow(conversation, now)
      setTimer()
    },
    drawn: (message) =>
      waiting.has(`message ${message}`)
        ? new Promise((resolve) => drawnOf.set(`message ${message}`, resolve))
        : Promise.resolve(),
  }
}

/** What an event replaces: a message's state, or where a run is. Null for whatever stands for itself. */
function subjectOf(shown: Shown): string | null {
  if (shown.type === 'progress') return `run ${shown.run.session}`
  if (shown.type === 'notStored') return `message ${shown.id}`
  return shown.type === 'message' ? `message ${shown.message.id}` : null
}

function waitOf(shown: Shown): number {
  if (shown.type === 'progress') return RUN_MS
  if (shown.type !== 'message' || shown.message.from !== 'me') return 0
  const { state } = shown.message
  return state === 'queued' || state === 'distilling' || state === 'sent' ? MESSAGE_MS : 0
}
