// The nine correlations in one table, ordered by angle. Mark: planned; square: key; dot: test; hollow: shown only;
// diamond: off by more than four sigma, vermilion when Eve is behind it.

import { createMemo, For, Match, Show, Switch } from 'solid-js'
import { count, signed } from '../format.ts'
import type { Receipt } from '../types.ts'
import { keyWords } from './key-words.ts'
import { byEve, type Correlation, correlations } from './readings.ts'

const PLACES = [0, 1, 2, 3, 4, 5, 6, 7, 8] as const

const at = (e: number): number => 75 + 69 * e

export function CorrelationTable(props: { receipt: Receipt }) {
  const rows = createMemo(() => correlations(props.receipt))
  return (
    <div class="scroller">
      <table class="corr" aria-label={keyWords.correlations}>
        <thead>
          <tr>
            <th scope="col">Pair</th>
            <th scope="col">Angle</th>
            <th scope="col" class="plot">
              <span class="sr">Drawn from −1 to +1</span>
              <svg class="fig cell head" viewBox="0 0 150 14" aria-hidden="true">
                <text class="n" x="6" y="11">
                  −1
                </text>
                <text class="n" text-anchor="middle" x="75" y="11">
                  0
                </text>
                <text class="n" text-anchor="end" x="144" y="11">
                  +1
                </text>
              </svg>
            </th>
            <th scope="col" class="num">
              <var>E</var>
            </th>
            <th scope="col" class="num">
              Pairs
            </th>
            <th scope="col">For</th>
          </tr>
        </thead>
        <tbody>
          {/* By place, so that another run changes the rows it finds. */}
          <For each={PLACES}>{(place) => <Row row={rows()[place]!} eve={byEve(props.receipt)} />}</For>
        </tbody>
      </table>
    </div>
  )
}

function Row(props: { row: Correlation; eve: boolean }) {
  return (
    <tr data-pair={props.row.pair} data-count={props.row.count} data-e={props.row.said ?? ''}>
      <th scope="row">
        <var>a</var>
        <sub>{props.row.pair[1]}</sub> <var>b</var>
        <sub>{props.row.pair[3]}</sub>
      </th>
      <td class="num dim">{props.row.angleDegrees}°</td>
      <td class="plot">
        <span class="sr">expected {signed(props.row.expected, 2)}</span>
        <CorrelationCell row={props.row} eve={props.eve} />
      </td>
      <td class="num">{props.row.e === null ? '' : signed(props.row.e, 2)}</td>
      <td class="num dim">{count(props.row.count)}</td>
      <td class="use">
        <Show when={props.row.use === 'shown'} fallback={props.row.use}>
          <span aria-hidden="true">–</span>
          <span class="sr">shown only</span>
        </Show>
      </td>
    </tr>
  )
}

export function CorrelationCell(props: { row: Correlation; eve: boolean }) {
  return (
    <svg class="fig cell" viewBox="0 0 150 17" aria-hidden="true">
      <path class="grid" d="M75 0v17" />
      <path class="expect" d={`M${at(props.row.expected)} 2v13`} />
      <Show when={props.row.e !== null}>
        <Value e={props.row.e ?? 0} row={props.row} off={props.row.off} eve={props.eve} />
      </Show>
    </svg>
  )
}

function Value(props: { e: number; row: Correlation; off: boolean; eve: boolean }) {
  const x = () => at(props.e)
  const idle = () => props.row.use === 'shown'
  return (
    <g>
      <Show when={props.off}>
        <path class="miss" classList={{ ink: !props.eve }} d={`M${at(props.row.expected)} 8.5H${x()}`} />
      </Show>
      <path
        class="err"
        classList={{ off: props.off && props.eve, idle: idle() || (props.off && !props.eve) }}
        d={`M${at(Math.max(-1, props.e - props.row.halfWidth))} 8.5H${at(Math.min(1, props.e + props.row.halfWidth))}`}
      />
      <Switch fallback={<circle class="dot" classList={{ idle: idle() }} cx={x()} cy="8.5" r="4" />}>
        <Match when={props.off}>
          <path class="dot off" classList={{ ink: !props.eve }} d={`M${x()} 3.5l5 5-5 5-5-5Z`} />
        </Match>
        <Match when={props.row.use === 'key'}>
          <rect class="dot key" x={x() - 4} y="4.5" width="8" height="8" />
        </Match>
      </Switch>
    </g>
  )
}
