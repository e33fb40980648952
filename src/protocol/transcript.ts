// What the two tags of a session cover: version, room, both side ids, who proposed, session id, key names, then all
// messages from Alice to Bob, then all from Bob to Alice, whole messages, each with its length before it.

import type { Bytes } from '../lib/bytes.ts'
import { Writer } from '../wire/codec.ts'
import { PROTOCOL_VERSION } from './messages.ts'
import type { SessionContext } from './terms.ts'

export class Transcript {
  readonly #head: Bytes
  readonly #fromAlice: Bytes[] = []
  readonly #fromBob: Bytes[] = []

  constructor({ room, sides, terms }: SessionContext) {
    const writer = new Writer().text('sqc session').u8(PROTOCOL_VERSION).text(room)
    this.#head = writer.bytes(sides.alice).bytes(sides.bob).text(terms.session).text(terms.tagPair).end()
  }

  add(from: 'alice' | 'bob', encoded: Bytes): void {
    ;(from === 'alice' ? this.#fromAlice : this.#fromBob).push(encoded)
  }

  /** The transcript so far, with one more message of `from` that is not yet in it: the one that carries the tag. */
  bytesWith(from: 'alice' | 'bob', last: Bytes): Bytes {
    const writer = new Writer().raw(this.#head)
    const alice = from === 'alice' ? [...this.#fromAlice, last] : this.#fromAlice
    const bob = from === 'bob' ? [...this.#fromBob, last] : this.#fromBob
    for (const messages of [alice, bob]) {
      writer.u32(messages.length)
      for (const message of messages) writer.bytes(message)
    }
    return writer.end()
  }
}
