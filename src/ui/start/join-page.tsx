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

const text = {
  title: 'Somebody invites you to a private chat between your two browsers.',
  titleLab: 'Somebody invites you to a lab room between your two browsers.',
  lead: 'The link works once. Nothing has happened yet: the chat begins when you press “Join chat”, and your friend is told.',
  lab: 'An eavesdropper may be let in here: the server may show what the two browsers say in the open to somebody who listens. Keep secrets out.',
  nameHint: 'May stay empty.',
  notNow: 'Not now',
  caption: 'Every message makes its own key from entangled pairs, and tests it for an eavesdropper.',
} as const

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
            <h1>{props.lab ? text.titleLab : text.title}</h1>
            <p class="lead">
              {text.lead}{' '}
              <button class="link" type="button" onClick={() => props.onAbout()}>
                {words.start.about}
              </button>
            </p>
            <Show when={props.lab}>
              <div class="notice">
                <Icon name="wave" />
                <p>
                  <b>{words.chat.rooms.lab}</b>
                  {text.lab}
                </p>
              </div>
            </Show>
            <form onSubmit={join}>
              <NameField hint={text.nameHint} />
              <div class="row">
                <button class="btn first" type="submit" aria-disabled={busy()}>
                  {words.start.join}
                </button>
                <button class="btn quiet" type="button" onClick={() => app.notNow()}>
                  {text.notNow}
                </button>
              </div>
            </form>
          </div>
          <figure class="figure">
            <Dials />
            <figcaption>{text.caption}</figcaption>
          </figure>
        </div>
      </main>
    </Page>
  )
}
