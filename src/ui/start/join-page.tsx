// An invite was opened. Nothing is consumed and nobody is told before "Join chat".

import { createSignal, lazy, Show } from 'solid-js'
import { useUi } from '../context.tsx'
import { Icon } from '../parts/icons.tsx'
import { LazyPart } from '../parts/lazy-part.tsx'
import { Notices } from '../parts/notices.tsx'
import { Page } from '../parts/page.tsx'
import { words } from '../words.ts'
import { Dials } from './dials.tsx'
import { NameField } from './name-field.tsx'

const AboutPage = lazy(() => import('./about-page.tsx'))

export default function JoinPage(props: { lab: boolean }) {
  const [about, setAbout] = createSignal(false)
  return (
    <Show when={about()} fallback={<Join lab={props.lab} onAbout={() => setAbout(true)} />}>
      <LazyPart>
        <AboutPage onBack={() => setAbout(false)} />
      </LazyPart>
    </Show>
  )
}

function Join(props: { lab: boolean; onAbout(): void }) {
  const { app } = useUi()
  const [busy, setBusy] = createSignal(false)
  const join = async (event: SubmitEvent) => {
    event.preventDefault()
    if (busy()) return
    setBusy(true)
    try {
      await app.joinChat()
    } finally {
      setBusy(false)
    }
  }
  return (
    <Page>
      <main>
        <Notices notices={app.state.notices} onClose={(notice) => app.closeNotice(null, notice.reason)} />
        <div class="start">
          <div class="stack wide">
            <h1>{props.lab ? words.join.titleLab : words.join.title}</h1>
            <p class="lead">
              {words.join.lead}{' '}
              <button class="link" type="button" onClick={() => props.onAbout()}>
                {words.start.about}
              </button>
            </p>
            <Show when={props.lab}>
              <div class="notice">
                <Icon name="wave" />
                <p>
                  <b>{words.chat.rooms.lab}</b>
                  {words.join.lab}
                </p>
              </div>
            </Show>
            <form onSubmit={join}>
              <NameField hint={words.join.nameHint} />
              <div class="row">
                <button class="btn first" type="submit" aria-disabled={busy()}>
                  {words.join.join}
                </button>
                <button class="btn quiet" type="button" onClick={() => app.notNow()}>
                  {words.join.notNow}
                </button>
              </div>
            </form>
          </div>
          <figure class="figure">
            <Dials />
            <figcaption>{words.join.caption}</figcaption>
          </figure>
        </div>
      </main>
    </Page>
  )
}
