// Text to UTF-8 and back. Lone surrogates become U+FFFD on the way out; bad bytes on the way in are null, not a throw.

import { utf8ToBytes } from '@noble/hashes/utils.js'
import type { Bytes } from './bytes.ts'

/** There in every engine that we run on, though no part of the language's own library. */
declare const TextDecoder: new (
  label: string,
  options: { readonly fatal: boolean; readonly ignoreBOM: boolean },
) => { decode(bytes: Uint8Array): string }

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export const encodeText = (text: string): Bytes => new Uint8Array(utf8ToBytes(text))

/** Text of UTF-8 bytes, or null when they are none. */
export function decodeText(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes)
  } catch {
    return null
  }
}
