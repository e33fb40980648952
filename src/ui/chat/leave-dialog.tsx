// Leaving a chat ends it for good in this version: asked once.

import { useUi } from '../context.tsx'
import { closeSheet, Sheet } from '../parts/sheet.tsx'
import { words } from '../words.ts'

export default function LeaveDialog(props: { conversation: string; onClosed(): void }) {
  const { app } = useUi()
  return (
    <Sheet title="Leave this chat?" small onClosed={props.onClosed}>
      <div class="in stack">
        <p>
          What was said here is gone from this tab, and a message still waiting is not sent. A new chat needs a new
          invite.
        </p>
        <div class="row end">
          <button class="btn" type="button" onClick={closeSheet}>
            Stay
          </button>
          <button class="btn first" type="button" onClick={() => void app.leaveChat(props.conversation)}>
            {words.chat.leave}
          </button>
        </div>
      </div>
    </Sheet>
  )
}
