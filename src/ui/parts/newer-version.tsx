// A newer version of the app lies ready: offered over whatever screen is open, never forced.

import { createSignal, Show } from 'solid-js'
import '../styles/newer-version.css'

export default function NewerVersion(props: { onUpdate(): void }) {
  const [later, setLater] = createSignal(false)
  return (
    <Show when={!later()}>
      <div class="newer" role="status">
        <p>
          <b>A newer version is ready.</b> It loads this page anew; your chats stay.
        </p>
        <button class="btn small first" type="button" onClick={() => props.onUpdate()}>
          Update now
        </button>
        <button class="btn small" type="button" onClick={() => setLater(true)}>
          Later
        </button>
      </div>
    </Show>
  )
}
