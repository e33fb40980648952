// The start: what this is in two sentences, a name that may stay empty, the two ways to begin, and the whole idea as a
// figure.

import { createSignal, Show } from 'solid-js'
import { useUi } from '../context.tsx'
import { type SPoint, SScale } from '../key/s-scale.tsx'
import { Notices } from '../parts/notices.tsx'
import { Page } from '../parts/page.tsx'
import { words } from '../words.ts'
import { Dials } from './dials.tsx'
import { NameField } from './name-field.tsx'

const EXAMPLES: readonly SPoint[] = [
  { s: 1.41, low: 1.33, high: 1.49, eve: true, label: 'someone listened', anchor: 'middle' },
  { s: 2.83, low: 2.77, high: 2.89, eve: false, label: 'nobody listened', anchor: 'end' },
]

export function StartPage() {
  const { app } = useUi()
  const [busy, setBusy] = createSignal(false)
  const able = () =>
    !app.state.notices.some((notice) => notice.reason === 'insecure-page' || notice.reason === 'unsupported')
  const begin = async (mode: 'private' | 'lab') => {
    if (busy()) return
    setBusy(true)
    try {
      await app.newChat(mode)
    } finally {
      setBusy(false)
    }
  }
  const lastChat = () => app.state.chats.at(-1)
  const back = () => {
    const chat = lastChat()
    return chat && { label: words.start.back, go: () => app.openChat(chat.conversation) }
  }
  return (
    <Page back={back()}>
      <main>
        <Notices notices={app.state.notices} onClose={(notice) => app.closeNotice(null, notice.reason)} />
        <div class="start">
          <div class="stack wide">
            <h1>{words.start.title}</h1>
            <p class="lead">
              {words.start.lead}{' '}
              <button class="link" type="button" onClick={() => app.showAbout()}>
                {words.start.about}
              </button>
            </p>
            <Show when={able()}>
              <form
                onSubmit={(event) => {
                  event.preventDefault()
                  void begin('private')
                }}
              >
                <NameField hint={words.start.nameHint} />
                <div class="row">
                  <button class="btn first" type="submit" aria-disabled={busy()}>
                    {words.start.newChat}
                  </button>
                  <button
                    class="btn"
                    type="button"
                    aria-disabled={busy()}
                    aria-describedby="lab-hint"
                    onClick={() => void begin('lab')}
                  >
                    {words.start.newLab}
                  </button>
                </div>
                <small id="lab-hint">{words.start.labHint}</small>
                <small>{words.start.invited}</small>
              </form>
            </Show>
          </div>
          <figure class="figure">
            <Dials />
            <SScale
              points={EXAMPLES}
              label="Two runs on the scale of S: 2.83 when nobody listened, 1.41 when someone measured every pair on its way"
            />
            <figcaption>{words.start.caption}</figcaption>
          </figure>
        </div>
      </main>
    </Page>
  )
}
