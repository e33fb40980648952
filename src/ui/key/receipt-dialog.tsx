// The receipt of one message: a sentence, the figures, every reading with what it means, the times, the proofs.

import { For, type JSX, Show } from 'solid-js'
import { count, fixed, milliseconds, percent, powerOfTen, time } from '../format.ts'
import { closeSheet, Sheet } from '../parts/sheet.tsx'
import type { Message, Receipt } from '../types.ts'
import { modeWords, peer, stateWords, words } from '../words.ts'
import { CorrelationTable } from './correlation-table.tsx'
import { sHalfWidth, sPoints, sSentence } from './readings.ts'
import { SScale } from './s-scale.tsx'
import { Waterfall } from './waterfall.tsx'

interface ReceiptProps {
  message: Message
  receipt: Receipt
  peerName: string
  onClosed(): void
}

export default function ReceiptDialog(props: ReceiptProps) {
  return (
    <Sheet title={words.chat.receipt} onClosed={props.onClosed} footer={<Footer />}>
      <div class="receipt">
        <div class="full stack tight">
          <p class="sub said">{about(props.message, props.peerName)}</p>
          <Verdict receipt={props.receipt} mine={props.message.from === 'me'} />
        </div>
        <div class="stack">
          <section class="stack tight">
            <h3>
              Bell test: <SValue receipt={props.receipt} />
            </h3>
            <SScale points={sPoints(props.receipt)} label={sSentence(props.receipt)} />
          </section>
          <section class="stack tight">
            <h3>Nine correlations</h3>
            <CorrelationTable receipt={props.receipt} />
          </section>
          <section class="stack tight">
            <h3>What was left for the key</h3>
            <Waterfall receipt={props.receipt} />
          </section>
          <Times receipt={props.receipt} />
        </div>
        <div class="stack">
          <Readings receipt={props.receipt} />
        </div>
        <Proofs receipt={props.receipt} />
      </div>
    </Sheet>
  )
}

function Footer() {
  return (
    <>
      <small>{words.key.simulated}</small>
      <button class="btn first" type="button" onClick={closeSheet}>
        {words.key.done}
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
        , up to a chance of <Epsilon value={props.receipt.epsilon} />.
      </Show>
    </p>
  )
}

const sealed = (receipt: Receipt): boolean => receipt.outcome === 'delivered' || receipt.outcome === 'sent'

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
      return <>The link had too many errors: they left {bits()}. Nothing was sealed, nothing was sent.</>
    default:
      return <>The key came out short by chance, {bits()}. Nothing was sealed; a new run follows by itself.</>
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

function Epsilon(props: { value: number }) {
  const exponent = () => powerOfTen(props.value)
  return (
    <Show when={exponent() !== null} fallback={String(props.value)}>
      10<sup>{count(exponent() ?? 0)}</sup>
    </Show>
  )
}

/** One value of the receipt: as it is read, and raw. */
function Field(props: { name: string; value: string | number | null; children: JSX.Element }) {
  return (
    <span data-field={props.name} data-value={props.value ?? ''}>
      {props.children}
    </span>
  )
}

function Fact(props: { label: JSX.Element; means: string; children: JSX.Element }) {
  return (
    <div>
      <dt>
        {props.label}
        <small>{props.means}</small>
      </dt>
      <dd>{props.children}</dd>
    </div>
  )
}

const orUnknown = (value: number | null, write: (value: number) => string): string =>
  value === null ? 'unknown' : write(value)
const two = (value: number): string => fixed(value, 2)

function Readings(props: { receipt: Receipt }) {
  const r = () => props.receipt
  const arrived = () => (r().arrivedPairs === r().pairs ? 'All arrived.' : `${count(r().arrivedPairs)} arrived.`)
  const corrected = () => (r().algorithm === 'none' ? (r().qber === 0 ? 'none needed' : 'none') : r().algorithm)
  return (
    <section>
      <h3>Readings</h3>
      <dl class="facts">
        <Fact label="Pairs" means={`Entangled pairs made for this message. ${arrived()}`}>
          <Field name="pairs" value={r().pairs}>
            {count(r().pairs)}
          </Field>
        </Fact>
        <Fact
          label="Mode"
          means={
            r().mode === 'efficient'
              ? 'Settings are drawn unevenly, so that more pairs make key.'
              : 'All nine pairs of settings are drawn alike.'
          }
        >
          <Field name="mode" value={r().mode}>
            {modeWords[r().mode]}
          </Field>
        </Fact>
        <Fact label={<var>S</var>} means="How much more the halves agree than Bell allows: above 2, usually 2.83.">
          <Field name="s" value={r().s}>
            {orUnknown(r().s, two)}
          </Field>
        </Fact>
        <Fact label="95 % interval" means="Where S lies, for so many test pairs.">
          <Field name="sLow" value={r().sLow}>
            {orUnknown(r().sLow, two)}
          </Field>{' '}
          to{' '}
          <Field name="sHigh" value={r().sHigh}>
            {orUnknown(r().sHigh, two)}
          </Field>
        </Fact>
        <Fact label="QBER" means="Key bits in which the two sides differed, usually 0.">
          <Field name="qber" value={r().qber}>
            {orUnknown(r().qber, percent)}
          </Field>
        </Fact>
        <Show when={r().phaseError}>
          {(phase) => (
            <Fact
              label="Phase error"
              means="Errors in the direction that the key doesn’t use: read from the Bell test."
            >
              {percent(Math.max(0, phase().value))}
              <small> at most {percent(Math.max(0, phase().high))}</small>
            </Fact>
          )}
        </Show>
        <Fact label="Sifted bits" means="Both sides measured along the same direction.">
          <Field name="siftedBits" value={r().siftedBits}>
            {count(r().siftedBits)}
          </Field>
        </Fact>
        <Fact label="Leaked bits" means="Told in the open about the key, and taken off it.">
          <Field name="leakedBits" value={r().leakedBits}>
            {count(r().leakedBits)}
          </Field>
          <Show when={r().checkBits > 0}>
            <small> and {count(r().checkBits)} of checks</small>
          </Show>
        </Fact>
        <Fact label="Bits used" means="For the padded message, new tag keys and the acknowledgement.">
          <Field name="usedBits" value={r().usedBits}>
            {count(r().usedBits)}
          </Field>
          <small> of {count(r().keyBits)}</small>
        </Fact>
        <Fact label="Error correction" means="This version refuses unequal keys instead of mending them.">
          <Field name="algorithm" value={r().algorithm}>
            {corrected()}
          </Field>
        </Fact>
        <Fact label="Authentication" means={authenticationMeans(r())}>
          <Field name="authentication" value={r().authentication}>
            {r().authentication}
          </Field>
        </Fact>
        <Fact label="ε" means="The chance that the proof allows for its own failure.">
          <Field name="epsilon" value={r().epsilon}>
            <Epsilon value={r().epsilon} />
          </Field>
        </Fact>
      </dl>
    </section>
  )
}

function authenticationMeans(receipt: Receipt): string {
  return receipt.authentication === 'information-theoretic'
    ? 'By one-time tag keys from earlier messages or the invite.'
    : 'The one-time tag keys ran out; they refill with the next messages.'
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

function Proofs(props: { receipt: Receipt }) {
  return (
    <section class="full stack tight">
      <h3>Two proofs, one run</h3>
      <table class="proofs">
        <thead>
          <tr>
            <th scope="col">Proof</th>
            <th scope="col">Assumes</th>
            <th scope="col" class="num">
              Key bits
            </th>
          </tr>
        </thead>
        <tbody>
          <ProofRow
            name="Trusted devices, any attack"
            assumes="Both browsers measure what they say. The assembly of this bound is ours."
            decides={props.receipt.proof === 'trusted'}
            proof="trusted"
            field="keyBits"
            bits={props.receipt.keyBits}
          />
          <ProofRow
            name="Device-independent, collective"
            assumes="Nothing about the devices; Eve treats every pair alike. Needs far more pairs than one message makes."
            decides={props.receipt.proof === 'collective'}
            proof="collective"
            field="keyBitsCollective"
            bits={props.receipt.keyBitsCollective}
          />
        </tbody>
      </table>
    </section>
  )
}

interface ProofRowProps {
  name: string
  assumes: string
  decides: boolean
  proof: Receipt['proof']
  field: string
  bits: number
}

function ProofRow(props: ProofRowProps) {
  return (
    <tr>
      <th scope="row">
        <Show when={props.decides} fallback={props.name}>
          <Field name="proof" value={props.proof}>
            {props.name}
          </Field>{' '}
          <span class="badge">decides</span>
        </Show>
      </th>
      <td>{props.assumes}</td>
      <td class="num" data-field={props.field} data-value={props.bits}>
        {count(props.bits)}
      </td>
    </tr>
  )
}
