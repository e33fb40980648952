// Deleting a chat ends it for good: asked once.

import { useUi } from '../context.tsx'
import { closeSheet, Sheet } from '../parts/sheet.tsx'
import { words } from '../words.ts'

export default function LeaveDialog(props: { conversation: string; onClosed(): void }) {
  const { app } = useUi()
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
          <button class="btn first" type="button" onClick={() => void app.leaveChat(props.conversation)}>
            {words.chat.leave}
          </button>
        </div>
      </div>
    </Sheet>
  )
}
