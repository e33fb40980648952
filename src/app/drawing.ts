// When what is told is drawn. Drawing takes tens of milliseconds where a whole delivery takes as many, and a frame of
// the network may wait behind it: so what only shows a run on its way is drawn a little later, and only as it then is.
// No delivery waits for this timer.

import type { Shown } from '../protocol/events.ts'

/** A run that goes well is over before that; a slower one is drawn some times a second. */
const LATER_MS = 200

export interface Drawing {
  show(conversation: string, shown: Shown): void
}

/** `draw` is called with what is due, in the order in which it was told. */
export function makeDrawing(draw: (conversation: string, shown: readonly Shown[]) => void): Drawing {
  const pending = new Map<string, Map<string, Shown>>()
  let due = false

  const drawPending = (): void => {
    due = false
    for (const [conversation, shown] of pending) draw(conversation, [...shown.values()])
    pending.clear()
  }

  return {
    show(conversation, shown) {
      const waiting = pending.get(conversation) ?? new Map<string, Shown>()
      // Of each subject only the newest is drawn; an older one must not come after it.
      const subject = subjectOf(shown)
      if (subject !== null) waiting.delete(subject)
      if (subject === null || !canWait(shown)) return draw(conversation, [shown])
      waiting.set(subject, shown)
      pending.set(conversation, waiting)
      if (due) return
      due = true
      setTimeout(drawPending, LATER_MS)
    },
  }
}

/** What an event replaces: a message's state, or where a run is. Null for whatever stands for itself. */
function subjectOf(shown: Shown): string | null {
  if (shown.type === 'progress') return `run ${shown.run.session}`
  return shown.type === 'message' ? `message ${shown.message.id}` : null
}

function canWait(shown: Shown): boolean {
  if (shown.type === 'progress') return true
  return shown.type === 'message' && (shown.message.state === 'distilling' || shown.message.state === 'sent')
}
