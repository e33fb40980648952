// Encryption at rest. Every record is sealed by AES-256-GCM under the data key of its database, with a random nonce and
// the record's place (store and key) as additional data, so that no record can be put in another's place. The data key
// lies on the disk only wrapped (AES-KW) by a device key, which the browser keeps and gives to nobody: it works on this
// device, for this origin, alone.
//
// What this doesn't give: browsers write a device key into the profile folder as it is. Who has a copy of the whole
// folder and knows the browser's format can read it all; only a passphrase keeps them out (another kind of `Wrapping`).
// Random nonces of 96 bits are good for 2^32 records under one key (NIST SP 800-38D), some thousand years of chat.

import { type Bytes, concat } from '../lib/bytes.ts'
import { encodeText } from '../lib/text.ts'

/** What the data key is wrapped by. */
export interface Wrapping {
  readonly kind: 'device'
  /** AES-KW, not extractable. */
  readonly key: CryptoKey
  readonly wrapped: Bytes
}

/** The stores whose records are sealed. */
export type SealedStore = 'pairings' | 'tagPairs' | 'messages' | 'texts'

export type Key = string | [conversation: string, chunk: number]

export interface Place {
  readonly store: SealedStore
  readonly key: Key
}

/** Of a sealed record: its first byte, and part of what is authenticated. */
const FORMAT = 1
const NONCE_BYTES = 12
const AES = { name: 'AES-GCM', length: 256 }

/** A new data key, wrapped by a new device key. */
export async function makeWrapping(): Promise<Wrapping> {
  const [key, dataKey] = await Promise.all([
    crypto.subtle.generateKey({ name: 'AES-KW', length: 256 }, false, ['wrapKey', 'unwrapKey']),
    crypto.subtle.generateKey(AES, true, ['encrypt', 'decrypt']),
  ])
  return { kind: 'device', key, wrapped: new Uint8Array(await crypto.subtle.wrapKey('raw', dataKey, key, 'AES-KW')) }
}

/** The data key; rejects when the wrapping doesn't hold one. */
export const unwrapDataKey = ({ key, wrapped }: Wrapping): Promise<CryptoKey> =>
  crypto.subtle.unwrapKey('raw', wrapped, key, 'AES-KW', AES, false, ['encrypt', 'decrypt'])

/** format (1) || nonce (12) || ciphertext and tag */
export async function seal(dataKey: CryptoKey, place: Place, plain: Bytes): Promise<Bytes> {
  const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES))
  const sealed = await crypto.subtle.encrypt(parametersOf(iv, place), dataKey, plain)
  return concat(new Uint8Array([FORMAT]), iv, new Uint8Array(sealed))
}

/** The plain bytes, or null when this record was not sealed for this place, or is damaged. */
export async function unseal(dataKey: CryptoKey, place: Place, record: unknown): Promise<Bytes | null> {
  if (!(record instanceof Uint8Array) || record[0] !== FORMAT) return null
  const iv = record.slice(1, 1 + NONCE_BYTES)
  try {
    const sealed = record.slice(1 + NONCE_BYTES)
    return new Uint8Array(await crypto.subtle.decrypt(parametersOf(iv, place), dataKey, sealed))
  } catch {
    return null
  }
}

const parametersOf = (iv: Bytes, { store, key }: Place): AesGcmParams => ({
  name: 'AES-GCM',
  iv,
  additionalData: encodeText(JSON.stringify(['sequre-chat', FORMAT, store, key])),
})
