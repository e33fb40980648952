// Another tab of this browser has this person's chats. Only one can: it is offered to have them here.

import { For, Show } from 'solid-js'
import { useUi } from '../context.tsx'
import { Notices } from '../parts/notices.tsx'
import { Page } from '../parts/page.tsx'

export default function ElsewherePage(props: { profile: string; others: readonly string[] }) {
  const { app } = useUi()
  return (
    <Page>
      <main>
        <Notices notices={app.state.notices} onClose={(notice) => app.closeNotice(null, notice.reason)} />
        <div class="start">
          <div class="stack wide">
            <h1>Your chats are open in another tab</h1>
            <p class="lead">One tab at a time holds them. Use them here, and that tab lets go; nothing is lost.</p>
            <div class="row">
              <button class="btn first" type="button" onClick={() => void app.useHere(props.profile)}>
                Use it here
              </button>
              <button class="btn" type="button" onClick={() => void app.useHere(null)}>
                Be somebody else here
              </button>
            </div>
            <p>
              Somebody else has chats of their own in this browser: so two tabs can talk to each other. An invite from
              your other tab makes this one somebody else by itself.
            </p>
            <Show when={props.others.length > 0}>
              <ul class="plain stack">
                <For each={props.others}>
                  {(other) => (
                    <li>
                      <button class="link" type="button" onClick={() => void app.useHere(other)}>
                        Go on as person {other}
                      </button>
                    </li>
                  )}
                </For>
              </ul>
            </Show>
          </div>
        </div>
      </main>
    </Page>
  )
}
