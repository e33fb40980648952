// How much of what the two measured she had read before, setting by setting, on one scale from a coin's 50 % to 100 %.
// Mark: theory; diamond: as counted, whiskers 95 % (1.96 sigma).

import { For } from 'solid-js'
import type { EveReport, Guesses } from '../../app/state.ts'
import { count, percent } from '../format.ts'

/** 40 % to 100 % over 150 units: a count may lie a little below a coin's half. */
const at = (fraction: number): number => 6 + (138 / 0.6) * (Math.min(1, Math.max(0.4, fraction)) - 0.4)
const COIN = at(0.5)
const ALL = at(1)
const INTERVAL_SIGMAS = 1.96

export function GuessTable(props: { rows: EveReport['settings'] }) {
  return (
    <div class="scroller">
      <table class="corr" aria-label="Her readings">
        <thead>
          <tr>
            <th scope="col">Setting</th>
            <th scope="col" class="plot">
              <span class="sr">Drawn from 40 to 100 percent</span>
              <svg class="fig cell head" viewBox="0 0 150 14" aria-hidden="true">
                <text class="n" text-anchor="middle" x={COIN} y="11">
                  50 %
                </text>
                <text class="n" text-anchor="end" x={ALL} y="11">
                  100 %
                </text>
              </svg>
            </th>
            <th scope="col" class="num">
              Right
            </th>
            <th scope="col" class="num">
              Theory
            </th>
            <th scope="col" class="num">
              Bits
            </th>
          </tr>
        </thead>
        <tbody>
          <For each={props.rows.filter(({ bits }) => bits > 0)}>{(row) => <Row row={row} />}</For>
        </tbody>
      </table>
    </div>
  )
}

function Row(props: { row: EveReport['settings'][number] }) {
  const right = () => (props.row.right ?? 0) / props.row.bits
  return (
    <tr data-setting={props.row.setting}>
      <th scope="row">
        <var>{props.row.setting[0]}</var>
        <sub>{props.row.setting[1]}</sub>
      </th>
      <td class="plot">
        <Cell row={props.row} right={right()} />
      </td>
      <td class="num">{percent(right())}</td>
      <td class="num dim">{percent(props.row.expected)}</td>
      <td class="num dim">{count(props.row.bits)}</td>
    </tr>
  )
}

function Cell(props: { row: Guesses; right: number }) {
  const half = () => INTERVAL_SIGMAS * Math.sqrt((props.right * (1 - props.right)) / props.row.bits)
  return (
    <svg class="fig cell" viewBox="0 0 150 17" aria-hidden="true">
      <path class="grid" d={`M${COIN} 0v17`} />
      <path class="expect" d={`M${at(props.row.expected)} 2v13`} />
      <path class="err off" d={`M${at(props.right - half())} 8.5H${at(props.right + half())}`} />
      <path class="dot off" d={`M${at(props.right)} 3.5l5 5-5 5-5-5Z`} />
    </svg>
  )
}
