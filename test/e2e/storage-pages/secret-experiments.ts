// A conversation full of secrets, to be searched for in the browser's files afterwards.

import { fromHex } from '../../../src/lib/bytes.ts'
import { CHAT, message, putMany, putMessage, putPairing, tagPair } from './changes.ts'
import { open, rawWrite } from './opened.ts'

/** Keys in hexadecimal. */
export interface Secrets {
  readonly root: string
  readonly invite: string
  readonly tagKeys: string
  readonly name: string
  readonly text: string
  readonly draft: string
  /** These two are put there in the open. */
  readonly openKey: string
  readonly openText: string
}

export const secrets = {
  /** The text is in many messages, so that the oldest are gathered. */
  async storeSecrets(database: string, { root, invite, tagKeys, name, text, draft, openKey, openText }: Secrets) {
    const { disk } = await open(database)
    await disk.commit(CHAT, [
      putPairing(),
      { type: 'setPairing', fields: { root: bytesOf(root), invite: bytesOf(invite), peerName: name } },
      { type: 'putTagPair', pair: { ...tagPair('s/0'), keys: bytesOf(tagKeys) } },
      { type: 'putMessage', message: { ...message(0, text), state: 'refused' } },
    ])
    await putMany(disk, 300, (number) => putMessage(1 + number, `text ${number} ${text}`))
    await disk.saveText(CHAT, draft)
    await disk.close()
    await rawWrite(database, [
      { store: 'texts', key: 'open text', value: openText },
      { store: 'texts', key: 'open key', value: bytesOf(openKey) },
    ])
    // So much that LevelDB moves what came before from its log to its tables; larger values would get files of their own.
    const noise = Array.from({ length: 300 }, () => crypto.getRandomValues(new Uint8Array(32_768)))
    await rawWrite(
      database,
      noise.map((value, i) => ({ store: 'texts', key: `noise ${i}`, value })),
    )
  },

  /** Whether all is there again. */
  async seeSecrets(database: string, { text, draft }: Secrets) {
    const { disk } = await open(database)
    const stored = await disk.load(CHAT)
    const drafts = [...(await disk.texts()).values()]
    await disk.close()
    return {
      messages: stored?.messages.filter((message) => message.text.includes(text)).length,
      draft: drafts.includes(draft),
    }
  },
}

function bytesOf(hex: string): Uint8Array<ArrayBuffer> {
  const bytes = fromHex(hex)
  if (!bytes.ok) throw new Error(bytes.reason)
  return bytes.value
}
