// S on its one scale from 0 to 3, with the marks sqrt2 (no entanglement reaches further), 2 (Bell's limit) and 2 sqrt2
// (the quantum limit); whiskers are the 95 % interval.

import { createMemo, For, Show } from 'solid-js'
import { fixed } from '../format.ts'

export interface SPoint {
  readonly s: number
  readonly low: number
  readonly high: number
  /** Eve is behind it: vermilion, and a diamond. */
  readonly eve: boolean
  /** What stands over the point; the value when null. */
  readonly label: string | null
  readonly anchor: 'start' | 'middle' | 'end'
}

const at = (s: number): number => 10 + (316 / 3) * Math.min(3, Math.max(0, s))
const SQRT2 = at(Math.SQRT2)
const BELL = at(2)
const QUANTUM = at(2 * Math.SQRT2)

export function SScale(props: { points: readonly SPoint[]; label: string }) {
  return (
    <svg class="fig s-scale" viewBox="0 0 336 74" role="img" aria-label={props.label}>
      <rect class="z-key" x={BELL} y="22" width={QUANTUM - BELL} height="20" />
      <path class="axis" d="M10 32H326" />
      <path class="tick" d={`M10 22v20M${SQRT2} 22v20M${BELL} 22v20M${QUANTUM} 22v20`} />
      <text class="n" x="10" y="57">
        0
      </text>
      <text class="n" text-anchor="middle" x={SQRT2} y="57">
        √2
      </text>
      <text class="u" text-anchor="end" x={SQRT2 + 9} y="71">
        without entanglement
      </text>
      <text class="n" text-anchor="middle" x={BELL} y="57">
        2
      </text>
      <text class="u" text-anchor="middle" x={BELL} y="71">
        Bell’s limit
      </text>
      <text class="n" text-anchor="end" x={QUANTUM + 8} y="57">
        2√2
      </text>
      <text class="u" text-anchor="end" x="332" y="71">
        quantum limit
      </text>
      <For each={props.points}>{(point) => <Point point={point} />}</For>
    </svg>
  )
}

function Point(props: { point: SPoint }) {
  const x = createMemo(() => at(props.point.s))
  const low = () => at(props.point.low)
  const high = () => at(props.point.high)
  return (
    <g>
      <path
        class="ival"
        classList={{ bad: props.point.eve }}
        d={`M${low()} 27v10M${high()} 27v10M${low()} 32H${high()}`}
      />
      <Show when={props.point.eve} fallback={<circle class="pt" cx={x()} cy="32" r="4" />}>
        <path class="pt bad" d={`M${x()} 27l5 5-5 5-5-5Z`} />
      </Show>
      <text
        class="v"
        classList={{ bad: props.point.eve }}
        text-anchor={props.point.anchor}
        x={props.point.anchor === 'end' ? x() + 9 : x()}
        y="17"
      >
        {props.point.label ?? fixed(props.point.s, 2)}
      </text>
    </g>
  )
}
