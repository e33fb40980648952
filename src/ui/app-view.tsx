// The one component that main.tsx draws: which screen, and the sentence over everything when the app has ended.

import { createEffect, lazy, Match, Show, Switch } from 'solid-js'
import type { App, Screen } from '../app/state.ts'
import { fromPeer } from './chat/chat-list.tsx'
import { ChatScreen } from './chat/chat-screen.tsx'
import { UiProvider, useUi } from './context.tsx'
import { createFocusKeeper } from './parts/keep-focus.ts'
import { LazyPart } from './parts/lazy-part.tsx'
import { StartPage } from './start/start-page.tsx'
import { Peer, words } from './words.ts'

const AboutPage = lazy(() => import('./start/about-page.tsx'))
const JoinPage = lazy(() => import('./start/join-page.tsx'))
const ElsewherePage = lazy(() => import('./start/elsewhere-page.tsx'))
const NewerVersion = lazy(() => import('./parts/newer-version.tsx'))
const EveFrame = lazy(() => import('./eve/eve-frame.tsx'))

export function AppView(props: { app: App }) {
  createFocusKeeper()
  return (
    <UiProvider app={props.app}>
      {/* Where the address asked for an eavesdropper no screen is drawn without her badge. */}
      <Show when={props.app.state.eve} fallback={<Screens app={props.app} />}>
        {(eve) => (
          <LazyPart>
            <EveFrame eve={eve()}>
              <Screens app={props.app} />
            </EveFrame>
          </LazyPart>
        )}
      </Show>
      <Show when={props.app.state.newerVersion}>
        <LazyPart>
          <NewerVersion onUpdate={() => props.app.update()} />
        </LazyPart>
      </Show>
      <Show when={props.app.state.ended}>{(sentence) => <Ended sentence={sentence()} />}</Show>
    </UiProvider>
  )
}

function Screens(props: { app: App }) {
  const ui = useUi()
  const screen = () => props.app.state.screen
  const unread = () =>
    props.app.state.chats.reduce((sum, chat) => sum + Math.max(0, fromPeer(chat) - ui.seen(chat.conversation)), 0)
  createEffect(() => {
    document.title = title(screen(), props.app, unread())
  })
  return (
    <Switch>
      <Match when={screen().type === 'start'}>
        <StartPage />
      </Match>
      <Match when={onScreen(screen(), 'join')}>
        {(join) => (
          <LazyPart>
            <JoinPage lab={join().mode === 'lab'} />
          </LazyPart>
        )}
      </Match>
      <Match when={onScreen(screen(), 'elsewhere')}>
        {(elsewhere) => (
          <LazyPart>
            <ElsewherePage profile={elsewhere().profile} others={elsewhere().others} />
          </LazyPart>
        )}
      </Match>
      <Match when={screen().type === 'about'}>
        <LazyPart>
          <AboutPage onBack={() => props.app.showStart()} />
        </LazyPart>
      </Match>
      <Match when={onScreen(screen(), 'chat')}>{(chat) => <ChatScreen conversation={chat().conversation} />}</Match>
    </Switch>
  )
}

function onScreen<T extends Screen['type']>(screen: Screen, type: T): Extract<Screen, { type: T }> | undefined {
  return screen.type === type ? (screen as Extract<Screen, { type: T }>) : undefined
}

function title(screen: Screen, app: App, unread: number): string {
  switch (screen.type) {
    case 'chat': {
      const chat = app.state.chats.find((one) => one.conversation === screen.conversation)
      return `${unread > 0 ? `(${unread}) ` : ''}${chat ? Peer(chat.pairing.peerName) : words.chat.chats} · ${words.app}`
    }
    case 'join':
      return `${words.start.join} · ${words.app}`
    case 'opening':
    case 'elsewhere':
    case 'start':
      return words.app
    case 'about':
      return `${words.start.about} · ${words.app}`
  }
}

function Ended(props: { sentence: string }) {
  return (
    <div class="ended" role="alertdialog" aria-modal="true" aria-labelledby="ended-title" aria-describedby="ended-text">
      <h1 id="ended-title">{words.ended.title}</h1>
      <p id="ended-text">{props.sentence}</p>
      <button
        ref={(button) => queueMicrotask(() => button.focus())}
        class="btn first"
        type="button"
        onClick={() => location.assign('/')}
      >
        {words.ended.again}
      </button>
    </div>
  )
}
