// From the raw pairs to the key: what each step took is dashed, what is left of it at the end is blue, a tick marks
// what the message needed.

import { createMemo, For, Match, Show, Switch } from 'solid-js'
import { count } from '../format.ts'
import type { Receipt } from '../types.ts'
import { keyWords } from './key-words.ts'
import { byEve, type Step, sealed, steps } from './readings.ts'

const WIDTH = 120
/** So that a small step can be seen at all. */
const SLIVER = 0.8

export function Waterfall(props: { receipt: Receipt }) {
  const rows = createMemo(() => steps(props.receipt))
  // By name, so that another run changes the rows it finds.
  const names = () => rows().map(({ name }) => name)
  return (
    <table class="fall" aria-label={keyWords.keyLength}>
      <tbody>
        <For each={names()}>{(_, at) => <StepRow step={rows()[at()]!} receipt={props.receipt} />}</For>
      </tbody>
    </table>
  )
}

function StepRow(props: { step: Step; receipt: Receipt }) {
  const left = () => props.step.kind === 'left'
  return (
    <tr
      classList={{
        sum: props.step.name === 'Sifted key',
        total: left(),
        none: left() && byEve(props.receipt),
        ink: left() && !sealed(props.receipt) && !byEve(props.receipt),
      }}
    >
      <th scope="row">
        {props.step.name}
        <Show when={left()}>
          <small>{count(props.receipt.neededBits)} needed</small>
        </Show>
      </th>
      <td class="plot">
        <Bar step={props.step} pairs={props.receipt.pairs} neededBits={props.receipt.neededBits} />
      </td>
      <td class="num">{count(props.step.kind === 'taken' ? -props.step.taken : props.step.rest)}</td>
    </tr>
  )
}

function Bar(props: { step: Step; pairs: number; neededBits: number }) {
  const width = (amount: number) => (WIDTH * amount) / Math.max(1, props.pairs)
  return (
    <svg class="fig cell" viewBox={`0 0 ${WIDTH} 16`} preserveAspectRatio="none" aria-hidden="true">
      <Switch fallback={<rect class="have" x="0" y="3" width={width(props.step.rest)} height="10" />}>
        <Match when={props.step.kind === 'taken'}>
          <rect class="keep" x="0" y="3" width={width(props.step.rest)} height="10" />
          <rect
            class="cut"
            x={width(props.step.rest)}
            y="3"
            width={Math.max(SLIVER, width(props.step.taken))}
            height="10"
          />
        </Match>
        <Match when={props.step.kind === 'left'}>
          <rect class="left" x="0" y="3" width={width(props.step.rest)} height="10" />
          <path class="need" d={`M${width(props.neededBits)} 0v16`} />
        </Match>
      </Switch>
    </svg>
  )
}
