// Deleting a chat ends it for good: asked once.

import { SEEN, useUi } from '../context.tsx'
import { closeSheet, Sheet } from '../parts/sheet.tsx'
import { words } from '../words.ts'
import { ORDER } from './by-activity.ts'

export default function LeaveDialog(props: { conversation: string; onClosed(): void }) {
  const { app, draft, setDraft } = useUi()
  const leave = async () => {
    const { conversation } = props
    await app.leaveChat(conversation)
    const { [conversation]: _, ...seen } = JSON.parse(draft(SEEN) || '{}')
    const order: [string, number][] = JSON.parse(draft(ORDER) || '[]')
    setDraft(SEEN, JSON.stringify(seen))
    setDraft(ORDER, JSON.stringify(order.filter(([other]) => other !== conversation)))
  }
  return (
    <Sheet title="Delete this chat?" small onClosed={props.onClosed}>
      <div class="in stack">
        <p>
          What was said here is deleted from this device, and a message still waiting is not sent. Your friend keeps
          theirs. A new chat needs a new invite.
        </p>
        <div class="row end">
          <button class="btn" type="button" onClick={closeSheet}>
            Keep it
          </button>
          <button class="btn first" type="button" onClick={() => void leave()}>
            {words.chat.leave}
          </button>
        </div>
      </div>
    </Sheet>
  )
}
