// A stored conversation in memory: what the disk holds, as a machine asks for it. Changed in place, with its messages by
// id, so that a commit costs what it changes and not the length of the history. Here is the one meaning of a Change,
// shared by all adapters and the machines.
//
// Invariant: the values in it are never changed, only replaced; so whoever holds one holds it as it was.

import { assertNever } from '../lib/assert.ts'
import type { Change, Stored } from './disk.ts'
import { MessageIndex } from './message-index.ts'
import type { LearntLink, PairingRecord, TagPair } from './records.ts'

export class Mirror {
  readonly messages: MessageIndex
  #pairing: PairingRecord
  #tagPairs: readonly TagPair[]
  #link: LearntLink

  constructor({ pairing, messages, tagPairs, link }: Stored) {
    this.messages = new MessageIndex(messages)
    this.#pairing = pairing
    this.#tagPairs = tagPairs
    this.#link = link
  }

  get pairing(): PairingRecord {
    return this.#pairing
  }

  get tagPairs(): readonly TagPair[] {
    return this.#tagPairs
  }

  get link(): LearntLink {
    return this.#link
  }

  /** Everything as it is now; takes time by the length of the history. */
  snapshot(): Stored {
    return { pairing: this.#pairing, messages: [...this.messages], tagPairs: this.#tagPairs, link: this.#link }
  }

  apply(changes: readonly Change[]): void {
    for (const change of changes) this.#apply(change)
  }

  #apply(change: Change): void {
    switch (change.type) {
      case 'putPairing':
        this.#pairing = change.pairing
        return
      case 'setPairing':
        this.#pairing = { ...this.#pairing, ...change.fields }
        return
      case 'raiseNumber':
        this.#pairing = { ...this.#pairing, highestNumber: Math.max(this.#pairing.highestNumber, change.to) }
        return
      case 'putMessage':
        return this.messages.put(change.message)
      case 'raiseMessageNumber':
        return this.messages.raiseNumber(change.id, change.to)
      case 'deleteMessage':
        return this.messages.delete(change.id)
      case 'putTagPair':
        this.#tagPairs = [...this.#without(change.pair.name), change.pair]
        return
      case 'deleteTagPair':
        this.#tagPairs = this.#without(change.name)
        return
      case 'putLink':
        this.#link = change.link
        return
      default:
        assertNever(change)
    }
  }

  #without(name: string): readonly TagPair[] {
    return this.#tagPairs.filter((pair) => pair.name !== name)
  }
}
