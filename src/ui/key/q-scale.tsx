// The quantum bit error rate from 0 to 16 %, with the two limits beyond which no key is left.

import { Show } from 'solid-js'
import { percent } from '../format.ts'

const Q_MAX = 0.16
const at = (q: number): number => 10 + (316 / Q_MAX) * Math.min(Q_MAX, Math.max(0, q))
/** Limits on Werner states: device-independent, trusted devices (docs: PROTOCOL section 5). */
const UNTRUSTED = 0.071492
const TRUSTED = 0.110028

export function QScale(props: { qber: number }) {
  return (
    <svg
      class="fig q-scale"
      viewBox="0 0 336 68"
      role="img"
      aria-label={`QBER is ${percent(props.qber)}; the trusted-device key ends at 11.0 %`}
    >
      <path class="axis" d="M10 16H326" />
      <path class="tick" d={`M10 8v16M${at(UNTRUSTED)} 8v16M${at(TRUSTED)} 8v16`} />
      <text class="n" x="8" y="38">
        0
      </text>
      <text class="n" text-anchor="end" x={at(UNTRUSTED) + 12} y="38">
        7.1 %
      </text>
      <text class="u" text-anchor="end" x={at(UNTRUSTED) + 12} y="51">
        limit if devices
      </text>
      <text class="u" text-anchor="end" x={at(UNTRUSTED) + 12} y="63">
        are not trusted
      </text>
      <text class="n" x={at(TRUSTED) - 12} y="38">
        11.0 %
      </text>
      <text class="u" x={at(TRUSTED) - 12} y="51">
        limit of any key
      </text>
      <Show when={props.qber > Q_MAX} fallback={<circle class="pt" cx={at(props.qber)} cy="16" r="5" />}>
        {/* Off the scale: an arrow at its end. */}
        <path class="pt" d="M318 10l9 6-9 6Z" />
      </Show>
    </svg>
  )
}
