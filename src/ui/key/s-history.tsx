// S over the last messages, on the scale that every S is drawn on.

import { Show } from 'solid-js'
import { fixed } from '../format.ts'
import type { SPoint } from './s-scale.tsx'

const LEFT = 42
const RIGHT = 324
const PER_UNIT = 36
const at = (s: number): number => 116 - PER_UNIT * Math.min(3, Math.max(0, s))
const SQRT2 = at(Math.SQRT2)
const BELL = at(2)
const QUANTUM = at(2 * Math.SQRT2)
/** Nothing lower has been seen: the axis ends under the mark of separable states. */
const USUAL_LEAST = 1.2

/** `current`: the last point is of the run that the bench shows; a run on its way has none yet. */
export function SHistory(props: { points: readonly SPoint[]; current: boolean }) {
  const least = () => Math.min(...props.points.map(({ low }) => low))
  const foot = () => at(least() < USUAL_LEAST ? 0 : 1)
  const x = (index: number): number =>
    RIGHT - (props.points.length - 1 - index) * Math.min(24, (RIGHT - LEFT) / Math.max(1, props.points.length - 1))
  const dots = (eve: boolean) =>
    props.points
      .slice(0, props.current ? -1 : undefined)
      .map((point, index) => (point.eve === eve ? `M${x(index)} ${at(point.s)}h0` : ''))
      .join('')
  const whiskers = (eve: boolean) =>
    props.points
      .map((point, index) => (point.eve === eve ? `M${x(index)} ${at(point.low)}V${at(point.high)}` : ''))
      .join('')
  const last = () => (props.current ? props.points.at(-1) : undefined)
  return (
    <svg
      class="fig s-history"
      viewBox={`0 0 336 ${foot() + 20}`}
      role="img"
      aria-label={sentence(props.points, props.current)}
    >
      <rect class="z-key" x="34" y={QUANTUM} width="296" height={BELL - QUANTUM} />
      <path class="grid" d={`M34 ${SQRT2}H330`} />
      <path class="tickline" d={`M34 ${BELL}H330M34 ${QUANTUM}H330`} />
      <text class="n" text-anchor="end" x="28" y={SQRT2 + 4}>
        √2
      </text>
      <text class="n" text-anchor="end" x="28" y={BELL + 4}>
        2
      </text>
      <text class="n" text-anchor="end" x="28" y={QUANTUM + 4}>
        2√2
      </text>
      {/* One path for all: a run redraws them, and may not cost the next message anything. */}
      <path class="whisk" d={whiskers(false)} />
      <path class="whisk bad" d={whiskers(true)} />
      <path class="past-dots" d={dots(false)} />
      <path class="past-dots bad" d={dots(true)} />
      <Show when={last()}>
        {(point) => (
          <Show when={point().eve} fallback={<circle class="pt" cx={RIGHT} cy={at(point().s)} r="4" />}>
            <path class="pt bad" d={`M${RIGHT} ${at(point().s) - 5}l5 5-5 5-5-5Z`} />
          </Show>
        )}
      </Show>
      <text class="u" text-anchor="end" x="330" y={foot() + 14}>
        {props.current ? 'this one' : 'the newest'}
      </text>
      <Show when={x(0) < 220}>
        <text class="u" x={Math.max(34, x(0) - 8)} y={foot() + 14}>
          {props.points.length - 1} before
        </text>
      </Show>
    </svg>
  )
}

function sentence(points: readonly SPoint[], current: boolean): string {
  const values = points.map(({ s }) => s)
  const last = values.at(-1) ?? 0
  const eve = points.filter((point) => point.eve).length
  const found = eve === 0 ? '' : ` An eavesdropper was found in ${eve === 1 ? 'one' : eve} of these runs.`
  return `S of the last ${points.length} messages, from ${fixed(Math.min(...values), 2)} to ${fixed(Math.max(...values), 2)}; of ${current ? 'this one' : 'the newest'} ${fixed(last, 2)}.${found}`
}
