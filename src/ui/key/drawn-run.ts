// Which run the bench draws: the newest, or the one that a person picked; and from when on.

import { type Accessor, createEffect, createMemo, createSignal } from 'solid-js'
import type { Chat } from '../../app/state.ts'
import { createLater } from '../parts/later.ts'
import type { BenchRun, KeptRun } from '../types.ts'

/** As long as a run goes on without a reading before it takes the place of the one before: most are over sooner. */
const DRAWN_AFTER_MS = 300

export function createDrawnRun(chat: Accessor<Chat>, picked: Accessor<KeptRun | null>): Accessor<BenchRun | null> {
  const run = createMemo(() => {
    const kept = picked() ?? (chat().run === null ? newestKept(chat()) : null)
    return kept === null ? chat().run : asRun(kept)
  })
  const [drawn, setDrawn] = createSignal<BenchRun | null>(null)
  const fresh = createMemo(() => {
    const before = drawn()
    const next = run()
    return before !== null && next !== null && next.receipt === null && next.session !== before.session
  })
  const lasts = createLater(fresh, DRAWN_AFTER_MS)
  createEffect(() => {
    if (!fresh() || lasts()) setDrawn(run())
  })
  return drawn
}

function newestKept(chat: Chat): KeptRun | null {
  const message = chat.messages.findLast((one) => one.receipt !== null)
  return message?.receipt ? { message: message.id, receipt: message.receipt } : null
}

function asRun({ message, receipt }: KeptRun): BenchRun {
  const { session, pairs, arrivedPairs } = receipt
  return { session, message, phase: 'ended', pairs, donePairs: arrivedPairs, receipt }
}
