// One run from top to bottom along a thread, each figure at the phase that made it: pairs, settings, Bell test, errors,
// key, sealed. The verdict stands first, in bits; under it all, S over the last messages and the proofs side by side.
// What changes from run to run is changed in place: a run redraws all of it, and may not cost the next message anything.

import { createEffect, createMemo, type JSX, Show } from 'solid-js'
import type { Chat } from '../../app/state.ts'
import { count, fixed, percent } from '../format.ts'
import type { BenchRun, KeptRun, Message, Receipt } from '../types.ts'
import { CorrelationTable } from './correlation-table.tsx'
import { createDrawnRun } from './drawn-run.ts'
import { arrivedWords, keyWords, verdictWords } from './key-words.ts'
import { Proofs } from './proofs.tsx'
import { QScale } from './q-scale.tsx'
import { byEve, correlations, isOf, lastS, sealed, sHalfWidth, sPoints, sSentence } from './readings.ts'
import { SHistory } from './s-history.tsx'
import { SScale } from './s-scale.tsx'
import { Waterfall } from './waterfall.tsx'

const PHASES = ['pairs', 'settings', 'test', 'key', 'seal', 'received', 'ended'] as const

type Node = 'done' | 'now' | 'wait' | 'bad'

interface BenchProps {
  chat: Chat
  picked: KeptRun | null
  onNewest(): void
  /** The text of the message whose run is drawn; '' where there is none. */
  onQuote(text: string): void
}

export default function Bench(props: BenchProps) {
  const drawn = createDrawnRun(
    () => props.chat,
    () => props.picked,
  )
  createEffect(() => {
    const run = drawn()
    const message = run === null ? undefined : props.chat.messages.findLast((one) => isOf(one, run))
    props.onQuote(message?.text ?? '')
  })
  return (
    <>
      <Show when={props.picked}>
        <div class="picked">
          <small>{keyWords.picked}</small>
          <button class="btn small" type="button" onClick={() => props.onNewest()}>
            {keyWords.newest}
          </button>
        </div>
      </Show>
      <Show when={drawn()}>
        {(run) => (
          <div classList={{ aborted: aborted(run().receipt) }}>
            <Figures run={run()} messages={props.chat.messages} />
          </div>
        )}
      </Show>
    </>
  )
}

const aborted = (receipt: Receipt | null): boolean => receipt !== null && !sealed(receipt)

function Figures(props: { run: BenchRun; messages: readonly Message[] }) {
  const receipt = () => props.run.receipt
  const eve = () => receipt() !== null && byEve(receipt()!)
  const nodeOf = (phase: (typeof PHASES)[number], bad = false): Node => {
    if (props.run.phase === 'ended' && receipt() === null) return phase === 'pairs' ? 'done' : 'wait'
    const done = PHASES.indexOf(props.run.phase) - PHASES.indexOf(phase)
    if (done > 0) return bad ? 'bad' : 'done'
    return done === 0 ? 'now' : 'wait'
  }
  const points = createMemo(() => lastS(props.messages, props.run))
  return (
    <>
      <Show when={receipt()}>{(known) => <Verdict receipt={known()} />}</Show>
      <ol class="thread">
        <Step
          is={nodeOf('pairs')}
          title={nodeOf('pairs') === 'now' ? 'Sharing pairs' : 'Pairs shared'}
          value={pairs(props.run)}
        >
          <Show
            when={nodeOf('pairs') === 'now'}
            fallback={
              <p>One half measured here, one half there. {receipt() === null ? '' : arrivedWords(receipt()!)}</p>
            }
          >
            <Progress done={props.run.donePairs} of={props.run.pairs} />
          </Show>
        </Step>
        <Step
          is={nodeOf('settings', eve() && correlations(receipt()!).some((one) => one.off))}
          title="Settings compared"
          value={receipt() && `${count(receipt()!.siftedBits)} for the key`}
          plainValue
        >
          <Show when={receipt()}>{(known) => <Correlations receipt={known()} />}</Show>
        </Step>
        <Step is={nodeOf('test', eve())} title="Bell test" value={receipt() && <SValue receipt={receipt()!} />}>
          <Show when={receipt()}>{(known) => <SScale points={sPoints(known())} label={sSentence(known())} />}</Show>
        </Step>
        <Step
          is={nodeOf('test')}
          title="Errors"
          value={receipt() && `QBER ${receipt()!.qber === null ? 'unknown' : percent(receipt()!.qber ?? 0)}`}
        >
          <Show when={receipt()}>{(known) => <Errors receipt={known()} />}</Show>
        </Step>
        <Step is={nodeOf('key', eve())} title="Key" value={receipt() && `${count(receipt()!.keyBits)} bits`}>
          <Show when={receipt()}>{(known) => <Waterfall receipt={known()} />}</Show>
        </Step>
        <Step is={sealNode(props.run, nodeOf('seal'))} title={sealTitle(props.run)} value={null} always>
          <Show when={nodeOf('seal') === 'done' || props.run.phase === 'ended'}>
            <p>{sealWords(receipt())}</p>
          </Show>
        </Step>
      </ol>
      <section class="beside">
        <Show when={points().length > 1}>
          <h3>
            <var>S</var> over the last {points().length} messages
          </h3>
          <SHistory points={points()} current={receipt()?.s != null} />
        </Show>
        <Show when={receipt()}>
          {(known) => (
            <details>
              <summary>{keyWords.proofs}</summary>
              <Proofs receipt={known()} fields={false} />
            </details>
          )}
        </Show>
      </section>
    </>
  )
}

function sealNode({ receipt }: BenchRun, node: Node): Node {
  if (receipt?.outcome === 'tampered') return 'bad'
  return node === 'done' && receipt !== null && !sealed(receipt) ? 'wait' : node
}

function sealTitle({ receipt }: BenchRun): string {
  if (receipt === null || !sealed(receipt)) return 'Seal and send'
  return receipt.outcome === 'delivered' ? 'Sealed, sent, received' : 'Sealed and sent'
}

function sealWords(receipt: Receipt | null): string {
  if (receipt === null) return keyWords.endedEarly
  if (receipt.outcome === 'tampered') return keyWords.tagFailed
  return sealed(receipt) ? keyWords.sealed : keyWords.notReached
}

const pairs = (run: BenchRun): string =>
  run.phase === 'pairs' ? `${count(run.donePairs)} of ${count(run.pairs)}` : count(run.pairs)

function Verdict(props: { receipt: Receipt }) {
  return (
    <div
      class="verdict"
      classList={{ none: byEve(props.receipt), ink: !byEve(props.receipt) && !sealed(props.receipt) }}
    >
      <p class="big">
        {count(props.receipt.keyBits)} <small>bits of key</small>
      </p>
      <p>{verdictWords(props.receipt)}</p>
    </div>
  )
}

interface StepProps {
  is: Node
  title: string
  value: JSX.Element
  /** The value keeps its colour where Eve showed: it is not what gave her away. */
  plainValue?: true
  /** Its words stand there even where it was never reached. */
  always?: true
  children?: JSX.Element
}

function Step(props: StepProps) {
  return (
    <li data-is={props.is}>
      <h3>
        {props.title}
        <Show when={props.value && props.is !== 'wait'}>
          <span classList={{ bad: props.is === 'bad' && !props.plainValue }}>{props.value}</span>
        </Show>
      </h3>
      <Show when={props.is !== 'wait' || props.always}>{props.children}</Show>
    </li>
  )
}

function Progress(props: { done: number; of: number }) {
  const percentDone = () => Math.round((100 * props.done) / Math.max(1, props.of))
  return (
    <svg
      class="prog"
      viewBox="0 0 100 4"
      preserveAspectRatio="none"
      role="progressbar"
      aria-label="Pairs measured"
      aria-valuenow={percentDone()}
      aria-valuemin="0"
      aria-valuemax="100"
    >
      <rect class="b0" width="100" height="4" />
      <rect class="b1" width={percentDone()} height="4" />
    </svg>
  )
}

function Correlations(props: { receipt: Receipt }) {
  return (
    <>
      <CorrelationTable receipt={props.receipt} />
      <Show
        when={byEve(props.receipt)}
        fallback={
          <p class="why">
            The mark is cos(<var>t</var>
            <sub>a</sub> − <var>t</var>
            <sub>b</sub>), what undisturbed pairs give.
          </p>
        }
      >
        <p class="why">Undisturbed pairs stand on the marks. Diamonds are off by more than four standard deviations.</p>
      </Show>
    </>
  )
}

function SValue(props: { receipt: Receipt }) {
  return (
    <Show when={props.receipt.s !== null} fallback="not measured">
      <var>S</var> = {fixed(props.receipt.s ?? 0, 2)}
      <Show when={sHalfWidth(props.receipt) !== null}> ± {fixed(sHalfWidth(props.receipt) ?? 0, 2)}</Show>
    </Show>
  )
}

function Errors(props: { receipt: Receipt }) {
  return (
    <Show
      when={props.receipt.qber}
      fallback={
        <p>
          {props.receipt.qber === 0
            ? 'Both keys were equal, nothing to correct.'
            : 'Nobody counted them: the run was over before.'}
        </p>
      }
    >
      {(qber) => (
        <>
          <QScale qber={qber()} />
          <Show when={byEve(props.receipt) && qber() < 0.11}>
            <p class="why">
              Under the usual 11 % limit. This reading alone would have missed her; <var>S</var> did not.
            </p>
          </Show>
        </>
      )}
    </Show>
  )
}
