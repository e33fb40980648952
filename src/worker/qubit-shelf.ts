// Qubits that came in and are not measured yet: a session may ask for them only after its `propose`. Bounded, the
// oldest go first; each is opened at most once.

import type { QubitBatch } from '../quantum/qubit-batch.ts'
import type { FibreFrame } from '../wire/fibre.ts'

/** More than the conversation keeps waiting; a frame of few qubits costs memory too. */
const BYTES_MAX = 2 ** 22
const FRAME_OVERHEAD_BYTES = 256

interface Shelved {
  readonly link: string
  readonly frame: FibreFrame
}

export class QubitShelf {
  readonly #shelved = new Map<string, Shelved>()
  #bytes = 0

  put(link: string, frame: FibreFrame): void {
    const key = keyOf(frame.session, frame.start, frame.qubits.indices.length)
    if (this.#shelved.has(key)) return
    this.#shelved.set(key, { link, frame })
    this.#bytes += bytesOf(frame)
    for (const [oldest, { frame: old }] of this.#shelved) {
      if (this.#bytes <= BYTES_MAX) return
      this.#remove(oldest, old)
    }
  }

  /** The qubits of one frame, to be measured now; null when they were measured before or dropped. */
  take(session: string, start: number, count: number): QubitBatch | null {
    const key = keyOf(session, start, count)
    const found = this.#shelved.get(key)
    if (found === undefined) return null
    this.#remove(key, found.frame)
    return found.frame.qubits
  }

  dropSession(session: string): void {
    for (const [key, { frame }] of this.#shelved) if (frame.session === session) this.#remove(key, frame)
  }

  dropLink(link: string): void {
    for (const [key, shelved] of this.#shelved) if (shelved.link === link) this.#remove(key, shelved.frame)
  }

  get bytes(): number {
    return this.#bytes
  }

  #remove(key: string, frame: FibreFrame): void {
    if (this.#shelved.delete(key)) this.#bytes -= bytesOf(frame)
  }
}

/** With the count: a hostile frame of another length at the same place must not be measured in its stead. */
const keyOf = (session: string, start: number, count: number): string => `${session}/${start}/${count}`

const bytesOf = ({ qubits }: FibreFrame): number =>
  FRAME_OVERHEAD_BYTES + qubits.codebook.byteLength + qubits.indices.length
