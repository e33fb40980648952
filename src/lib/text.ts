// Text to UTF-8 and back. Lone surrogates become U+FFFD on the way out; bad bytes on the way in are null, not a throw.

import { utf8ToBytes } from '@noble/hashes/utils.js'
import { utf8 } from '@scure/base'
import type { Bytes } from './bytes.ts'

export const encodeText = (text: string): Bytes => new Uint8Array(utf8ToBytes(text))

/** Text of UTF-8 bytes, or null when they are none. */
export function decodeText(bytes: Uint8Array): string | null {
  try {
    return utf8.encode(bytes)
  } catch {
    return null
  }
}
