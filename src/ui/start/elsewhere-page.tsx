// Another tab of this browser has this person's chats. Only one can: it is offered to have them here, or to be somebody
// else in this tab.

import { createSignal, For, Show } from 'solid-js'
import { useUi } from '../context.tsx'
import { Notices } from '../parts/notices.tsx'
import { Page } from '../parts/page.tsx'
import { Dials } from './dials.tsx'

export default function ElsewherePage(props: { profile: string; others: readonly string[] }) {
  const { app } = useUi()
  const [busy, setBusy] = createSignal(false)
  const be = (profile: string | null) => {
    if (busy()) return
    setBusy(true)
    void app.useHere(profile)
  }
  return (
    <Page>
      <main>
        <Notices notices={app.state.notices} onClose={(notice) => app.closeNotice(null, notice.reason)} />
        <div class="start">
          <div class="stack wide">
            <h1>Your chats are open in another tab</h1>
            <p class="lead">
              They can be in one tab at a time. “Use it here” brings them into this one, with your drafts and what still
              waits to be sent, and the other tab lets go of them.
            </p>
            <div class="row">
              <button class="btn first" type="button" aria-disabled={busy()} onClick={() => be(props.profile)}>
                Use it here
              </button>
              <button
                class="btn"
                type="button"
                aria-disabled={busy()}
                aria-describedby="else-hint"
                onClick={() => be(null)}
              >
                Be somebody else here
              </button>
            </div>
            <small id="else-hint">
              Somebody else begins without chats and leaves yours alone. That is how two tabs of one browser chat with
              each other; an invite that you open in a second tab does it by itself.
            </small>
            <Show when={props.others.length > 0}>
              <h2 class="small">Others who have chats in this browser</h2>
              <ul class="row" aria-label="Others in this browser">
                <For each={props.others}>
                  {(other) => (
                    <li>
                      <button class="btn small" type="button" aria-disabled={busy()} onClick={() => be(other)}>
                        Go on as person {other}
                      </button>
                    </li>
                  )}
                </For>
              </ul>
            </Show>
          </div>
          <figure class="figure">
            <Dials />
            <figcaption>
              Two tabs of one browser can be the two ends of a chat: each person here has keys, chats and pairs of their
              own.
            </figcaption>
          </figure>
        </div>
      </main>
    </Page>
  )
}
