// Looks at what a person is shown and at what leaves a side for the server: a state shown was on the disk, notices have
// a cause, no plaintext and no root is in anything that the server sees.

import type { Bytes } from '../lib/bytes.ts'
import { encodeText } from '../lib/text.ts'
import type { NoticeReason, Output, ShownMessage } from '../protocol/events.ts'
import type { DiskChecks } from './disk-checks.ts'
import { type SideIndex, sideName } from './port.ts'
import { type Scene, short } from './scene.ts'
import { hasDiskFaults, hasEve, hasRestores, hasTampering, isNoiseless } from './script.ts'

/** Stands in every text of a world. */
const PLAIN_MARK = encodeText(' wrote ')
/** Longer frames are qubit settings and outcomes. */
const SEARCHED_BYTES_MAX = 4_096

export class ShownChecks {
  readonly #scene: Scene
  readonly #disks: DiskChecks
  /** What a world of this kind must not show. */
  readonly #falseAlarms: ReadonlySet<NoticeReason>

  constructor(scene: Scene, disks: DiskChecks) {
    this.#scene = scene
    this.#disks = disks
    const { script } = scene
    const [restores, tampering] = [hasRestores(script), hasTampering(script)]
    const alarms: NoticeReason[] = ['room-full']
    // A repeated or replayed frame is no forgery, but who changes frames may be noticed anywhere.
    if (!tampering) alarms.push('tampered')
    // On a link thought perfect nobody tells a noisy source, or qubits that a faulty peer misnumbers, from Eve.
    if (!hasEve(script) && !tampering && isNoiseless(script)) alarms.push('eavesdropper')
    // A joiner put back to before he heard R stands there with a spent invite.
    // The server can say so too: nobody proves a refusal.
    if (!restores) alarms.push('restored')
    if (!restores && !tampering) alarms.push('invite-used')
    if (!hasDiskFaults(script)) alarms.push('storage')
    this.#falseAlarms = new Set(alarms)
  }

  onOutput(side: SideIndex, output: Output): void {
    switch (output.type) {
      case 'message':
        return this.#onMessage(side, output.message)
      case 'notStored':
        return this.#onNotStored(side, output.id)
      case 'notice':
        return this.#onNotice(side, output.reason)
      case 'signal':
        return this.#onServerSees(side, output.bytes)
      case 'frame':
        return output.path.via === 'relay' ? this.#onServerSees(side, output.bytes) : undefined
    }
  }

  #onMessage(side: SideIndex, message: ShownMessage): void {
    const scene = this.#scene
    const state = message.state === 'distilling' ? 'queued' : message.state
    const name = `${short(message.id)} at the ${sideName(side)}`
    const was = this.#disks.hadState(side, message.id, state)
    scene.check(was, '4 what is shown is so', () => `${name} is shown as ${message.state}, which its disk never said`)
    if (message.refusedFor === null) return
    const why = message.refusedFor
    // Both sides run one program: only changed terms are not accepted.
    const unfounded = why === 'not-accepted' ? !hasTampering(scene.script) : this.#falseAlarms.has(why)
    scene.check(!unfounded, 'no false alert', () => `${name} is refused for ${why}`)
  }

  #onNotStored(side: SideIndex, id: string): void {
    const written = this.#scene.written.get(id)
    if (written) written.notStored = true
    const kept = this.#scene.stored(side).messages.some((message) => message.id === id)
    this.#scene.check(!kept, '4 what is shown is so', () => `${short(id)} is told as not stored and lies on the disk`)
  }

  #onNotice(side: SideIndex, reason: NoticeReason): void {
    this.#scene.check(!this.#falseAlarms.has(reason), 'no false alert', () => `the ${sideName(side)} is told ${reason}`)
  }

  #onServerSees(side: SideIndex, bytes: Bytes): void {
    if (bytes.length > SEARCHED_BYTES_MAX) return
    const { invite, root } = this.#scene.stored(side).pairing
    const secrets = [
      PLAIN_MARK,
      ...[invite, root].filter((secret) => secret !== null).map((secret) => secret.subarray(0, 8)),
    ]
    const told = secrets.some((secret) => contains(bytes, secret))
    this.#scene.check(
      !told,
      '7 no secret outside',
      () => `the ${sideName(side)} sends a plaintext or a root by the server`,
    )
  }
}

function contains(bytes: Uint8Array, part: Uint8Array): boolean {
  for (let at = bytes.indexOf(part[0]!); at >= 0; at = bytes.indexOf(part[0]!, at + 1)) {
    let matching = 1
    while (matching < part.length && bytes[at + matching] === part[matching]) matching++
    if (matching === part.length) return true
  }
  return false
}
