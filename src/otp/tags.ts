// One-time message authentication (Wegman and Carter, JCSS 22, 265 (1981)) by Poly1305 (Bernstein, FSE 2005; RFC 8439):
// whoever doesn't know the key forges a tag on a message of L bytes with probability at most 8 ceil(L/16) x 2^-106,
// whatever he can compute. That holds for one message a key; a second one gives the key away.

import { poly1305 } from '@noble/ciphers/_poly1305.js'
import { assert } from '../lib/assert.ts'
import { type Bytes, equalBytes } from '../lib/bytes.ts'

export const TAG_KEY_BYTES = 32
export const TAG_BYTES = 16

/** The 16-byte tag of `message` under a 32-byte key that tags nothing else. */
export function oneTimeTag(key: Uint8Array, message: Uint8Array): Bytes {
  assert(key.length === TAG_KEY_BYTES, `a tag key of ${TAG_KEY_BYTES} bytes, got ${key.length}`)
  return new Uint8Array(poly1305(message, key))
}

/** A key that tags once. It takes the key over: the array is wiped at its use, and a second use throws. */
export class OneTimeTagKey {
  readonly #key: Uint8Array
  #used = false

  constructor(key: Uint8Array) {
    assert(key.length === TAG_KEY_BYTES, `a tag key of ${TAG_KEY_BYTES} bytes, got ${key.length}`)
    assert(
      key.some((byte) => byte !== 0),
      'a tag key that was not wiped',
    )
    this.#key = key
  }

  tag(message: Uint8Array): Bytes {
    assert(!this.#used, 'a one-time tag key tags one message')
    this.#used = true
    const tag = oneTimeTag(this.#key, message)
    this.#key.fill(0)
    return tag
  }

  /** True when `tag` is this message's; in time that doesn't tell how much of it was right. */
  verify(message: Uint8Array, tag: Uint8Array): boolean {
    return equalBytes(this.tag(message), tag)
  }
}
