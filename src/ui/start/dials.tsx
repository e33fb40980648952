// The figure of the start page: a source, two dials with their three directions each, two of which agree.

import { ALICE_DIRECTIONS, BOB_DIRECTIONS, Dial } from '../parts/dial.tsx'

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
      <Dial x={64} y={80} radius={54} who="You" whoY={166} directions={ALICE_DIRECTIONS} />
      <Dial x={284} y={80} radius={54} who="Your friend" whoY={166} directions={BOB_DIRECTIONS} />
      <text class="u" text-anchor="middle" x="185" y="108">
        entangled
      </text>
      <text class="u" text-anchor="middle" x="185" y="121">
        pairs
      </text>
    </svg>
  )
}
