// Every reading of a receipt with what it means in one plain sentence; the raw value stands in `data-value`.

import { type JSX, Show } from 'solid-js'
import { count, fixed, percent, powerOfTen } from '../format.ts'
import type { Receipt } from '../types.ts'
import {
  arrivedWords,
  authenticationMeans,
  chanceWords,
  errorCorrectionMeans,
  eveWords,
  leakMeans,
  modeMeans,
  modeWords,
  qberMeans,
  routeMeans,
  routeWords,
  sMeans,
} from './key-words.ts'

export function Readings(props: { receipt: Receipt }) {
  return (
    <section>
      <h3>Readings</h3>
      <dl class="facts">
        <Terms receipt={props.receipt} />
        <Statistics receipt={props.receipt} />
        <Bits receipt={props.receipt} />
        <Trust receipt={props.receipt} />
      </dl>
    </section>
  )
}

function Terms(props: { receipt: Receipt }) {
  const r = () => props.receipt
  return (
    <>
      <Fact label="Pairs" means={`Entangled pairs made for this message. ${arrivedWords(r())}`}>
        <Field name="pairs" value={r().pairs}>
          {count(r().pairs)}
        </Field>
      </Fact>
      <Fact label="Mode" means={modeMeans[r().mode]}>
        <Field name="mode" value={r().mode}>
          {modeWords[r().mode]}
        </Field>
      </Fact>
      <Fact label="Public channel" means={routeMeans[r().route]}>
        {routeWords[r().route]}
      </Fact>
    </>
  )
}

function Statistics(props: { receipt: Receipt }) {
  const r = () => props.receipt
  return (
    <>
      <Fact label={<var>S</var>} means={sMeans(r())}>
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
      <Fact label="QBER" means={qberMeans(r())}>
        <Field name="qber" value={r().qber}>
          {orUnknown(r().qber, percent)}
        </Field>
      </Fact>
      <Show when={r().phaseError}>
        {(phase) => (
          <Fact label="Phase error" means="Errors in the direction that the key doesn’t use, read from the Bell test.">
            {percent(Math.max(0, phase().value))}
            <small> at most {percent(Math.max(0, phase().high))}</small>
          </Fact>
        )}
      </Show>
      <Show when={r().chance !== null}>
        <Fact label="By chance" means="How often an undisturbed link would give readings as bad, at most.">
          <Chance value={r().chance ?? 1} />
        </Fact>
      </Show>
    </>
  )
}

function Bits(props: { receipt: Receipt }) {
  const r = () => props.receipt
  return (
    <>
      <Fact label="Sifted bits" means="Both sides measured along the same direction.">
        <Field name="siftedBits" value={r().siftedBits}>
          {count(r().siftedBits)}
        </Field>
      </Fact>
      <Fact label="Leaked bits" means={leakMeans(r())}>
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
      <Fact label="Error correction" means={errorCorrectionMeans(r())}>
        <Field name="algorithm" value={r().algorithm}>
          {r().algorithm}
        </Field>
      </Fact>
      <Fact label="Its efficiency" means="Bits told for each bit that the errors make necessary.">
        <Field name="efficiency" value={null}>
          –
        </Field>
      </Fact>
    </>
  )
}

function Trust(props: { receipt: Receipt }) {
  const r = () => props.receipt
  return (
    <>
      <Fact label="Authentication" means={authenticationMeans[r().authentication]}>
        <Field name="authentication" value={r().authentication}>
          {r().authentication}
        </Field>
      </Fact>
      <Fact label="ε" means="The chance that the proof allows for its own failure.">
        <Field name="epsilon" value={r().epsilon}>
          <PowerOfTen value={r().epsilon} />
        </Field>
      </Fact>
      <Fact label="Eve, as far as this tab did it" means="Whoever else listened shows only in the readings.">
        <Field name="eve" value={r().eve?.kind ?? ''}>
          {eveWords(r().eve)}
        </Field>
      </Fact>
    </>
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
      <dt>{props.label}</dt>
      <dd>{props.children}</dd>
      <dd class="means">{props.means}</dd>
    </div>
  )
}

/** 1e-10 as a power, anything else as it is. */
export function PowerOfTen(props: { value: number }) {
  const exponent = () => powerOfTen(props.value)
  return (
    <Show when={exponent() !== null} fallback={String(props.value)}>
      10<sup>{count(exponent() ?? 0)}</sup>
    </Show>
  )
}

function Chance(props: { value: number }) {
  const rounded = () => chanceWords(props.value)
  return (
    <Show when={props.value < 0.001} fallback={props.value < 1 ? fixed(props.value, 3) : 'always'}>
      {rounded().below ? 'below ' : ''}10<sup>{count(rounded().exponent)}</sup>
    </Show>
  )
}

const orUnknown = (value: number | null, write: (value: number) => string): string =>
  value === null ? 'unknown' : write(value)
const two = (value: number): string => fixed(value, 2)
