// The fibre from Alice to Bob with Eve on it: her needle stands along the direction that she reads, between their dials.

import type { OwnEve } from '../../app/state.ts'
import { ALICE_DIRECTIONS, BOB_DIRECTIONS, Dial, rayEnd } from '../parts/dial.tsx'
import { attackSentence, figureCaption } from './eve-words.ts'

const Y = 58
const RADIUS = 38
const EVE_X = 192

export function FibreFigure(props: { eve: Exclude<OwnEve, { kind: 'passive' }> }) {
  const needle = () => {
    const { angleDegrees } = props.eve
    return `M${rayEnd(EVE_X, Y, RADIUS, angleDegrees + 180).join(' ')}L${rayEnd(EVE_X, Y, RADIUS, angleDegrees).join(' ')}`
  }
  return (
    <svg
      class="fig fibre"
      viewBox="0 0 384 146"
      role="img"
      aria-label={`The fibre runs from Alice through Eve to Bob. ${attackSentence(props.eve)}`}
    >
      <path class="wire" d="M116 58H146" />
      <circle class="photon" cx="122" cy={Y} r="3.2" />
      <circle class="photon" cx="139" cy={Y} r="3.2" />
      <path class="wire eve" d="M238 58H272" />
      <path class="photon bad" d="M246 54l4 4-4 4-4-4ZM264 54l4 4-4 4-4-4Z" />
      <Dial x={54} y={Y} radius={RADIUS} who="Alice" whoY={126} directions={ALICE_DIRECTIONS} />
      <Dial x={320} y={Y} radius={RADIUS} who="Bob" whoY={126} directions={BOB_DIRECTIONS} />
      <circle class="d-ring" cx={EVE_X} cy={Y} r={RADIUS} />
      <circle class="d-hub" cx={EVE_X} cy={Y} r="2" />
      <path class="d-needle" d={needle()} />
      <text class="who eve-word" text-anchor="middle" x={EVE_X} y="126">
        Eve
      </text>
      <text class="u" text-anchor="middle" x={EVE_X} y="141">
        {figureCaption(props.eve)}
      </text>
    </svg>
  )
}
