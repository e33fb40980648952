// The figure of the start page: a source, two dials with their three directions each, two of which agree.

import { For } from 'solid-js'

interface Direction {
  readonly letter: string
  readonly index: number
  /** Bloch angle in degrees, clockwise from the top. */
  readonly angle: number
  readonly kind: 'test' | 'key' | 'shown'
}

const ALICE: readonly Direction[] = [
  { letter: 'a', index: 1, angle: 0, kind: 'test' },
  { letter: 'a', index: 2, angle: 45, kind: 'shown' },
  { letter: 'a', index: 3, angle: 90, kind: 'key' },
]
const BOB: readonly Direction[] = [
  { letter: 'b', index: 1, angle: 45, kind: 'test' },
  { letter: 'b', index: 2, angle: 90, kind: 'key' },
  { letter: 'b', index: 3, angle: 135, kind: 'test' },
]

const CENTRE_Y = 80
const RADIUS = 54
const RAY = { test: '', key: 'key', shown: 'faint' } as const

export function Dials() {
  return (
    <svg
      class="fig"
      viewBox="0 0 360 172"
      role="img"
      aria-label="A source sends one half of each pair to you and one to your friend. You measure along one of three directions, your friend along one of three others; two of them agree."
    >
      <path class="wire" d="M148 80H222" />
      <circle class="photon" cx="160" cy="80" r="3.5" />
      <circle class="photon" cx="210" cy="80" r="3.5" />
      <rect class="node" x="179" y="74" width="12" height="12" transform="rotate(45 185 80)" />
      <Dial x={64} who="You" directions={ALICE} />
      <Dial x={284} who="Your friend" directions={BOB} />
      <text class="u" text-anchor="middle" x="185" y="108">
        entangled
      </text>
      <text class="u" text-anchor="middle" x="185" y="121">
        pairs
      </text>
    </svg>
  )
}

function Dial(props: { x: number; who: string; directions: readonly Direction[] }) {
  const sin = (direction: Direction) => Math.sin((direction.angle * Math.PI) / 180)
  const cos = (direction: Direction) => Math.cos((direction.angle * Math.PI) / 180)
  return (
    <g>
      <circle class="d-ring" cx={props.x} cy={CENTRE_Y} r={RADIUS} />
      <circle class="d-hub" cx={props.x} cy={CENTRE_Y} r="2" />
      <For each={props.directions}>
        {(direction) => (
          <g>
            <path
              class={`d-ray ${RAY[direction.kind]}`}
              d={`M${props.x} ${CENTRE_Y}L${props.x + RADIUS * sin(direction)} ${CENTRE_Y - RADIUS * cos(direction)}`}
            />
            <text
              class="d-lab"
              text-anchor="middle"
              x={props.x + (RADIUS + 11) * sin(direction)}
              y={CENTRE_Y + 4 - (RADIUS + 11) * cos(direction)}
            >
              <tspan class="m">{direction.letter}</tspan>
              <tspan class="sb" dy="3">
                {direction.index}
              </tspan>
            </text>
          </g>
        )}
      </For>
      <text class="who" text-anchor="middle" x={props.x} y="166">
        {props.who}
      </text>
    </g>
  )
}
