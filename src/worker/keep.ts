// What the vault keeps: the conversations, and beside them what was typed and is no message.

import type { Disk } from '../protocol/disk.ts'
import { MemoryDisk } from '../protocol/memory-disk.ts'

export interface Keep extends Disk {
  /** Deletes everything of a conversation, its draft too. */
  forget(conversation: string): Promise<void>
  /** Keeps a text under a name; the empty one deletes it. */
  saveText(name: string, text: string): Promise<void>
  texts(): Promise<ReadonlyMap<string, string>>
}

/** Where the browser stores nothing (a private window): it lives as long as the tab. */
export class MemoryKeep extends MemoryDisk implements Keep {
  readonly #texts = new Map<string, string>()

  override async forget(conversation: string): Promise<void> {
    await super.forget(conversation)
    this.#texts.delete(conversation)
  }

  async saveText(name: string, text: string): Promise<void> {
    this.#texts.set(name, text)
  }

  async texts(): Promise<ReadonlyMap<string, string>> {
    return new Map([...this.#texts].filter(([, text]) => text !== ''))
  }
}
