// One run from top to bottom along a thread, each figure at the phase that made it: pairs, settings, Bell test, errors,
// key, sealed. The verdict stands first, in bits.

import { type JSX, Show } from 'solid-js'
import { count, fixed, percent } from '../format.ts'
import type { Receipt, Run } from '../types.ts'
import { verdictWords } from '../words.ts'
import { CorrelationTable } from './correlation-table.tsx'
import { QScale } from './q-scale.tsx'
import { byEve, correlations, sHalfWidth, sPoints, sSentence } from './readings.ts'
import { SScale } from './s-scale.tsx'
import { Waterfall } from './waterfall.tsx'

const PHASES = ['pairs', 'settings', 'test', 'key', 'seal', 'received', 'ended'] as const

type Node = 'done' | 'now' | 'wait' | 'bad'

export default function Bench(props: { run: Run }) {
  const receipt = () => props.run.receipt
  const nodeOf = (phase: (typeof PHASES)[number], bad = false): Node => {
    if (props.run.phase === 'ended' && receipt() === null) return phase === 'pairs' ? 'done' : 'wait'
    const done = PHASES.indexOf(props.run.phase) - PHASES.indexOf(phase)
    if (done > 0) return bad ? 'bad' : 'done'
    return done === 0 ? 'now' : 'wait'
  }
  const eve = () => receipt() !== null && byEve(receipt()!)
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
            fallback={<p>One half measured here, one half there. {arrived(receipt())}</p>}
          >
            <Progress done={props.run.donePairs} of={props.run.pairs} />
          </Show>
        </Step>
        <Step
          is={nodeOf('settings', eve() && correlations(receipt()!).some((one) => one.off))}
          title="Settings compared"
          value={receipt() && `${count(receipt()!.siftedBits)} for the key`}
        >
          <Show when={receipt()}>
            {(known) => (
              <>
                <CorrelationTable receipt={known()} />
                <Show
                  when={known().outcome === 'eavesdropper'}
                  fallback={
                    <p class="why">
                      The mark is cos(<var>t</var>
                      <sub>a</sub> − <var>t</var>
                      <sub>b</sub>), what undisturbed pairs give.
                    </p>
                  }
                >
                  <p class="why">
                    Undisturbed pairs stand on the marks. Diamonds are off by more than four standard deviations.
                  </p>
                </Show>
              </>
            )}
          </Show>
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
        <Step is={sealedNode(props.run, nodeOf('seal'))} title={sealedTitle(props.run)} value={null}>
          <Show when={nodeOf('seal') === 'done'}>
            <p>{sealed(receipt()) ? 'One-time pad over every bit; the tag was checked first.' : 'Not reached.'}</p>
          </Show>
        </Step>
      </ol>
    </>
  )
}

const sealed = (receipt: Receipt | null): boolean => receipt?.outcome === 'delivered' || receipt?.outcome === 'sent'
const sealedNode = (run: Run, node: Node): Node => (node === 'done' && !sealed(run.receipt) ? 'wait' : node)

function sealedTitle(run: Run): string {
  if (!sealed(run.receipt)) return 'Seal and send'
  return run.receipt?.outcome === 'delivered' ? 'Sealed, sent, received' : 'Sealed and sent'
}

const pairs = (run: Run): string =>
  run.phase === 'pairs' ? `${count(run.donePairs)} of ${count(run.pairs)}` : count(run.pairs)

function arrived(receipt: Receipt | null): string {
  if (!receipt) return ''
  return receipt.arrivedPairs === receipt.pairs ? 'All arrived.' : `${count(receipt.arrivedPairs)} arrived.`
}

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

function Step(props: { is: Node; title: string; value: JSX.Element; children?: JSX.Element }) {
  return (
    <li data-is={props.is}>
      <h3>
        {props.title}
        <Show when={props.value && props.is !== 'wait'}>
          <span classList={{ bad: props.is === 'bad' && props.title !== 'Settings compared' }}>{props.value}</span>
        </Show>
      </h3>
      <Show when={props.is !== 'wait' || props.title === 'Seal and send'}>{props.children}</Show>
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
      fallback={<p>{props.receipt.qber === 0 ? 'Both keys were equal, nothing to correct.' : ''}</p>}
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
