// Text to UTF-8 and back. Lone surrogates become U+FFFD on the way out, bad bytes on the way in are a reason.

import { utf8ToBytes } from '@noble/hashes/utils.js'
import type { Bytes } from './bytes.ts'

export const encodeText = (text: string): Bytes => new Uint8Array(utf8ToBytes(text))
