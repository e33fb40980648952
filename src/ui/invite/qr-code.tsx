// The invite as a QR code, always dark on white: drawn as one path, one unit a module.

import { correction, generate } from 'lean-qr/nano'
import { createMemo } from 'solid-js'
import { words } from '../words.ts'

/** Modules of white around the code, so that a camera finds its edge. */
const QUIET_ZONE = 2

export default function QrCode(props: { link: string }) {
  const code = createMemo(() => generate(props.link, { minCorrectionLevel: correction.L }))
  const box = () => `${-QUIET_ZONE} ${-QUIET_ZONE} ${code().size + 2 * QUIET_ZONE} ${code().size + 2 * QUIET_ZONE}`
  const dark = () => {
    let path = ''
    for (let y = 0; y < code().size; y += 1) {
      for (let x = 0; x < code().size; x += 1) if (code().get(x, y)) path += `M${x} ${y}h1v1h-1z`
    }
    return path
  }
  return (
    <svg class="qr" viewBox={box()} role="img" aria-label={words.invite.code} shape-rendering="crispEdges">
      <path d={dark()} />
    </svg>
  )
}
