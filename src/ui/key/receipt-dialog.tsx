// The receipt of one run: a sentence, the figures, every reading with what it means, the times, the proofs. From here the
// run can be shown on the bench again, and taken along as a file.

import { For, type JSX, Show } from 'solid-js'
import { saveReceipt } from '../../app/save-receipt.ts'
import { count, fixed, milliseconds, time } from '../format.ts'
import { closeSheet, Sheet } from '../parts/sheet.tsx'
import type { KeptRun, Message, Receipt } from '../types.ts'
import { peer, stateWords, words } from '../words.ts'
import { CorrelationTable } from './correlation-table.tsx'
import { keyWords, peersRun } from './key-words.ts'
import { Proofs } from './proofs.tsx'
import { sealed, sHalfWidth, sPoints, sSentence } from './readings.ts'
import { PowerOfTen, Readings } from './receipt-readings.tsx'
import { SScale } from './s-scale.tsx'
import { Waterfall } from './waterfall.tsx'

interface ReceiptProps {
  run: KeptRun
  /** Null for a run of the peer's that never arrived. */
  message: Message | null
  peerName: string
  onShowRun(run: KeptRun): void
  onClosed(): void
}

export default function ReceiptDialog(props: ReceiptProps) {
  /** As it is by now: a run that is on its way may still be acknowledged. */
  const receipt = (): Receipt => {
    const newest = props.message?.receipt
    return newest?.session === props.run.receipt.session ? newest : props.run.receipt
  }
  return (
    <Sheet
      title={words.chat.receipt}
      onClosed={props.onClosed}
      footer={
        <Footer
          onExport={() => saveReceipt(receipt())}
          onShowRun={() => props.onShowRun({ message: props.run.message, receipt: receipt() })}
        />
      }
    >
      <div class="receipt">
        <div class="full stack tight">
          <p class="sub said" dir="auto">
            {props.message === null ? peersRun(props.peerName) : about(props.message, props.peerName)}
          </p>
          <Verdict receipt={receipt()} mine={props.message?.from === 'me'} />
        </div>
        <div class="stack">
          <section class="stack tight">
            <h3>
              Bell test: <SValue receipt={receipt()} />
            </h3>
            <SScale points={sPoints(receipt())} label={sSentence(receipt())} />
          </section>
          <section class="stack tight">
            <h3>Nine correlations</h3>
            <CorrelationTable receipt={receipt()} />
          </section>
          <section class="stack tight">
            <h3>What was left for the key</h3>
            <Waterfall receipt={receipt()} />
          </section>
          <Times receipt={receipt()} />
        </div>
        <div class="stack">
          <Readings receipt={receipt()} />
        </div>
        <section class="full stack tight">
          <h3>Two proofs, one run</h3>
          <Proofs receipt={receipt()} fields />
        </section>
      </div>
    </Sheet>
  )
}

function Footer(props: { onExport(): void; onShowRun(): void }) {
  return (
    <>
      <small>{keyWords.simulated}</small>
      <button
        class="btn"
        type="button"
        onClick={(event) => {
          // Closed first: it gives the focus back, and the bench remembers where that was.
          closeSheet(event)
          props.onShowRun()
        }}
      >
        {keyWords.showRun}
      </button>
      <button class="btn" type="button" onClick={() => props.onExport()}>
        <svg class="i" viewBox="0 0 20 20" aria-hidden="true">
          <path d="M10 3.5v9M6.2 9 10 12.7 13.8 9M4 16.5h12" />
        </svg>
        {keyWords.export}
      </button>
      <button class="btn first" type="button" onClick={closeSheet}>
        {keyWords.done}
      </button>
    </>
  )
}

const QUOTE_CHARACTERS_MAX = 120

function about(message: Message, peerName: string): string {
  const quote =
    message.text.length > QUOTE_CHARACTERS_MAX ? `${message.text.slice(0, QUOTE_CHARACTERS_MAX)}…` : message.text
  const way = message.from === 'me' ? `To ${peer(peerName)}` : `From ${peer(peerName)}`
  const state = stateWords(message, peerName, false, null)
  return `“${quote}” ${way}, ${time(message.writtenAtMs)}${state ? `, ${state.toLowerCase()}` : ''}`
}

function Verdict(props: { receipt: Receipt; mine: boolean }) {
  return (
    <p>
      <Show when={sealed(props.receipt)} fallback={<NoKey receipt={props.receipt} />}>
        This message {props.mine ? 'went out' : 'came'} under a one-time pad from{' '}
        <b>{count(props.receipt.keyBits)} secret bits</b> that only the two browsers hold. Proved for{' '}
        {props.receipt.proof === 'trusted'
          ? 'trusted devices against any attack'
          : 'untrusted devices against collective attacks'}
        , up to a chance of <PowerOfTen value={props.receipt.epsilon} />.
      </Show>
    </p>
  )
}

function NoKey(props: { receipt: Receipt }): JSX.Element {
  const bits = () => `${count(props.receipt.keyBits)} of ${count(props.receipt.neededBits)} bits`
  switch (props.receipt.outcome) {
    case 'eavesdropper':
      return (
        <>
          <b class="eve-word">An eavesdropper measured these pairs</b>: they left {bits()}. Nothing was sealed, nothing
          was sent.
        </>
      )
    case 'tampered':
      return (
        <>
          <b class="eve-word">What the two browsers said to each other was changed</b>: a tag did not fit. Nothing was
          sent.
        </>
      )
    case 'noisy':
      return (
        <>
          The two keys were not equal, and this version corrects no errors: {bits()} were in reach. Nothing was sealed,
          nothing was sent.
        </>
      )
    default:
      return <>The key came out short, {bits()}. Nothing was sealed, nothing was sent.</>
  }
}

function SValue(props: { receipt: Receipt }) {
  return (
    <Show when={props.receipt.s !== null} fallback="not measured">
      <var>S</var> = {fixed(props.receipt.s ?? 0, 2)}
      <Show when={sHalfWidth(props.receipt) !== null}> ± {fixed(sHalfWidth(props.receipt) ?? 0, 2)}</Show>
    </Show>
  )
}

function Times(props: { receipt: Receipt }) {
  const phases = () => {
    const { pairs, test, seal } = props.receipt.timesMs
    return [
      { name: 'Pairs and measuring', from: 0, ms: pairs },
      { name: 'Settings and test', from: pairs, ms: test },
      { name: 'Key, seal, receive', from: pairs + test, ms: seal },
    ]
  }
  const all = () => Math.max(1, props.receipt.timesMs.total, ...phases().map((phase) => phase.from + phase.ms))
  return (
    <section class="stack tight">
      <h3>{milliseconds(props.receipt.timesMs.total)}, from the first pair to the end</h3>
      <table class="fall" aria-label="Time of each phase">
        <tbody>
          <For each={phases()}>
            {(phase) => (
              <tr>
                <th scope="row">{phase.name}</th>
                <td class="plot">
                  <svg class="fig cell" viewBox={`0 0 ${all()} 16`} preserveAspectRatio="none" aria-hidden="true">
                    <rect class="have" x={phase.from} y="3" width={phase.ms} height="10" />
                  </svg>
                </td>
                <td class="num">{milliseconds(phase.ms)}</td>
              </tr>
            )}
          </For>
        </tbody>
      </table>
    </section>
  )
}
