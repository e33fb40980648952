// The invite, as long as nobody has joined: the link, how to hand it over, and what happens then.

import { createSignal, For, lazy, onCleanup, Show } from 'solid-js'
import { Icon } from '../parts/icons.tsx'
import { LazyPart } from '../parts/lazy-part.tsx'
import { words } from '../words.ts'

const QrCode = lazy(() => import('./qr-code.tsx'))

const COPIED_MS = 2000

export function InvitePanel(props: { link: string }) {
  let field!: HTMLInputElement
  const { copied, copy } = createCopy(() => field)
  const share = () => navigator.share({ title: words.app, url: props.link }).catch(() => undefined)
  return (
    <section class="invite" aria-labelledby="invite-heading">
      <div>
        <div class="stack wide">
          <div class="stack tight">
            <h2 id="invite-heading" data-landing>
              {words.invite.heading}
            </h2>
            <p class="dim">{words.invite.lead}</p>
          </div>
          <div class="field">
            <label for="invite-link">{words.invite.link}</label>
            <input
              ref={field}
              class="input code"
              id="invite-link"
              // Else the browser keeps its value for a restored session, in the open.
              autocomplete="off"
              readOnly
              spellcheck={false}
              value={props.link}
              onFocus={() => field.select()}
            />
          </div>
          <div class="row">
            <button class="btn first" type="button" onClick={() => copy(props.link)}>
              <Icon name={copied() ? 'check' : 'copy'} />
              {copied() ? words.invite.copied : words.invite.copy}
            </button>
            <Show when={typeof navigator.share === 'function'}>
              <button class="btn" type="button" onClick={share}>
                <Icon name="share" />
                {words.invite.share}
              </button>
            </Show>
            <span class="sr" role="status">
              {copied() ? words.invite.copied : ''}
            </span>
          </div>
          <section class="stack tight">
            <h3>{words.invite.next}</h3>
            <ol class="steps">
              <For each={words.invite.steps}>
                {(step) => (
                  <li>
                    <span>{step}</span>
                  </li>
                )}
              </For>
            </ol>
          </section>
        </div>
        <div class="stack tight">
          <LazyPart>
            <QrCode link={props.link} />
          </LazyPart>
          <small>{words.invite.camera}</small>
        </div>
      </div>
    </section>
  )
}

/** Copies, by the clipboard or, where the page may not use it, by selecting the field; `copied` holds for two seconds. */
function createCopy(field: () => HTMLInputElement) {
  const [copied, setCopied] = createSignal(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  onCleanup(() => clearTimeout(timer))
  const copy = async (text: string) => {
    try {
      await navigator.clipboard.writeText(text)
    } catch {
      field().select()
      if (!document.execCommand('copy')) return
    }
    setCopied(true)
    clearTimeout(timer)
    timer = setTimeout(() => setCopied(false), COPIED_MS)
  }
  return { copied, copy }
}
