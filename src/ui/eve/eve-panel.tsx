// What the eavesdropper of this tab has of the last few sessions: what she did, what she guessed and how much of it was
// right, and in words all that was public.

import { createMemo, createSignal, For, Show } from 'solid-js'
import type { EveOnChat, EveOnTab, EveReport, OwnEve } from '../../app/state.ts'
import { useUi } from '../context.tsx'
import { count, fixed, time } from '../format.ts'
import { Sheet } from '../parts/sheet.tsx'
import { Peer, peer } from '../words.ts'
import { attackSentence, eveWords, guessWords, keyWords, lineWords, sourcesSentence } from './eve-words.ts'
import { FibreFigure } from './fibre-figure.tsx'
import { GuessTable } from './guess-table.tsx'

export default function EvePanel(props: { eve: EveOnTab; onClosed(): void }) {
  const names = createNames()
  const [picked, setPicked] = createSignal<string | null>(null)
  const shown = createMemo(
    () => props.eve.reports.find(({ report }) => report.session === picked()) ?? props.eve.reports[0],
  )
  return (
    <Sheet title={eveWords.title} onClosed={props.onClosed}>
      <div class="eve-panel">
        <Show when={shown()} fallback={<p>{eveWords.nothing}</p>}>
          {(one) => (
            <>
              <Show when={props.eve.reports.length > 1} fallback={<p>{names.title(one())}</p>}>
                <div class="field">
                  <label for="eve-session">{eveWords.session}</label>
                  <select
                    class="input"
                    id="eve-session"
                    onChange={(event) => setPicked(event.currentTarget.value)}
                    value={one().report.session}
                  >
                    <For each={props.eve.reports}>
                      {(other) => <option value={other.report.session}>{names.title(other)}</option>}
                    </For>
                  </select>
                </div>
              </Show>
              <Report report={one().report} roles={names.roles(one())} />
            </>
          )}
        </Show>
      </div>
    </Sheet>
  )
}

/** Who is Alice and who is Bob: she who sends is Alice, in each session anew. */
function createNames() {
  const { app } = useUi()
  const peerOf = ({ conversation }: EveOnChat): string =>
    app.state.chats.find((chat) => chat.conversation === conversation)?.pairing.peerName ?? ''
  const mine = ({ report }: EveOnChat): boolean => report.proposedBy === 'me'
  return {
    title: (one: EveOnChat) =>
      `${mine(one) ? `Your message to ${peer(peerOf(one))}` : `A message from ${peer(peerOf(one))}`}, ${time(one.report.endedAtMs)}`,
    roles: (one: EveOnChat) =>
      mine(one) ? `You are Alice, ${peer(peerOf(one))} is Bob.` : `${Peer(peerOf(one))} is Alice, you are Bob.`,
  }
}

function Report(props: { report: EveReport; roles: string }) {
  const r = () => props.report
  const active = () => (r().eve.kind === 'passive' ? null : (r().eve as Exclude<OwnEve, { kind: 'passive' }>))
  return (
    <>
      <p class="sub">
        {attackSentence(r().eve)} {props.roles} {sourcesSentence(r())} {eveWords.counted}
      </p>
      <dl class="bigs">
        <Big label="Pairs she measured" value={count(r().touched)} beside={`of ${count(r().passed)} that passed`} />
        <Big
          label="Key bits guessed right"
          value={keyWords(r()).value}
          beside={keyWords(r()).beside}
          field={key(r())}
        />
        <Big
          label="S, which all can read"
          value={r().s === null ? 'none' : fixed(r().s ?? 0, 2)}
          beside="2.83 without her"
        />
      </dl>
      <div class="pair">
        <div class="stack">
          <Show when={active()}>{(eve) => <FibreFigure eve={eve()} />}</Show>
          <Show when={r().settings.length > 0}>
            <section class="stack tight">
              <h3>{eveWords.table}</h3>
              <GuessTable rows={r().settings} />
              <p class="sub">{eveWords.tableNote}</p>
            </section>
          </Show>
          <section class="stack tight">
            <h3>{eveWords.guess}</h3>
            <Show when={r().message}>{(guess) => <code class="guess">{guess()}</code>}</Show>
            <p class="sub">{guessWords(r())}</p>
          </section>
        </div>
        <section class="stack tight">
          <h3>{eveWords.heard}</h3>
          <p class="sub">{eveWords.heardNote}</p>
          <ol class="wirelog">
            <For each={r().lines}>{(line) => <Line line={line} report={r()} />}</For>
          </ol>
        </section>
      </div>
    </>
  )
}

const key = ({ key }: EveReport): number | null => (key === null || key.right === null ? null : key.right / key.bits)

function Big(props: { label: string; value: string; beside: string; field?: number | null }) {
  return (
    <div>
      <dt>{props.label}</dt>
      <dd>
        <Show when={props.field !== undefined} fallback={props.value}>
          <span data-field="guessedRight" data-value={props.field ?? ''}>
            {props.value}
          </span>
        </Show>
        <small>{props.beside}</small>
      </dd>
    </div>
  )
}

function Line(props: { line: EveReport['lines'][number]; report: EveReport }) {
  const said = () => lineWords(props.line, props.report)
  const head = () => (props.line.said.type === 'amplify' ? props.line.said.head : null)
  return (
    <li>
      <b>
        <span>{props.line.from === 'alice' ? 'Alice to Bob' : 'Bob to Alice'}</span>
        <time datetime={new Date(props.line.atMs).toISOString()}>{time(props.line.atMs)}</time>
      </b>
      <span>{said().what}</span>
      <Show when={head()}>{(bytes) => <code>{spaced(bytes())} …</code>}</Show>
      <span class="sub">{said().reveals}</span>
    </li>
  )
}

const spaced = (hexadecimal: string): string => hexadecimal.replace(/..(?!$)/g, '$& ')
