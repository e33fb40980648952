// A dial of analysers: the directions along which one side measures, as rays from its hub.

import { For } from 'solid-js'

export interface Direction {
  readonly letter: string
  readonly index: number
  /** Bloch angle in degrees, clockwise from the top. */
  readonly angle: number
  readonly kind: 'test' | 'key' | 'shown'
}

export const ALICE_DIRECTIONS: readonly Direction[] = [
  { letter: 'a', index: 1, angle: 0, kind: 'test' },
  { letter: 'a', index: 2, angle: 45, kind: 'shown' },
  { letter: 'a', index: 3, angle: 90, kind: 'key' },
]
export const BOB_DIRECTIONS: readonly Direction[] = [
  { letter: 'b', index: 1, angle: 45, kind: 'test' },
  { letter: 'b', index: 2, angle: 90, kind: 'key' },
  { letter: 'b', index: 3, angle: 135, kind: 'test' },
]

const RAY = { test: '', key: 'key', shown: 'faint' } as const

/** The end of a ray of this length at a Bloch angle. */
export function rayEnd(x: number, y: number, length: number, degrees: number): readonly [number, number] {
  const angle = (degrees * Math.PI) / 180
  return [x + length * Math.sin(angle), y - length * Math.cos(angle)]
}

export function Dial(props: {
  x: number
  y: number
  radius: number
  /** Baseline of the name under it. */
  whoY: number
  who: string
  directions: readonly Direction[]
}) {
  const end = (direction: Direction, length: number) => rayEnd(props.x, props.y, length, direction.angle)
  return (
    <g>
      <circle class="d-ring" cx={props.x} cy={props.y} r={props.radius} />
      <circle class="d-hub" cx={props.x} cy={props.y} r="2" />
      <For each={props.directions}>
        {(direction) => (
          <g>
            <path
              class={`d-ray ${RAY[direction.kind]}`}
              d={`M${props.x} ${props.y}L${end(direction, props.radius).join(' ')}`}
            />
            <text
              class="d-lab"
              text-anchor="middle"
              x={end(direction, props.radius + 11)[0]}
              y={end(direction, props.radius + 11)[1] + 4}
            >
              <tspan class="m">{direction.letter}</tspan>
              <tspan class="sb" dy="3">
                {direction.index}
              </tspan>
            </text>
          </g>
        )}
      </For>
      <text class="who" text-anchor="middle" x={props.x} y={props.whoY}>
        {props.who}
      </text>
    </g>
  )
}
