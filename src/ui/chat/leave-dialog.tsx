// Leaving a chat ends it for good in this version: asked once.

import { useUi } from '../context.tsx'
import { closeSheet, Sheet } from '../parts/sheet.tsx'
import { words } from '../words.ts'

export default function LeaveDialog(props: { conversation: string; onClosed(): void }) {
  const { app } = useUi()
  return (
    <Sheet title={words.chat.leaveQuestion} small onClosed={props.onClosed}>
      <div class="in stack">
        <p>{words.chat.leaveText}</p>
        <div class="row end">
          <button class="btn" type="button" onClick={closeSheet}>
            {words.chat.stay}
          </button>
          <button class="btn first" type="button" onClick={() => void app.leaveChat(props.conversation)}>
            {words.chat.leave}
          </button>
        </div>
      </div>
    </Sheet>
  )
}
