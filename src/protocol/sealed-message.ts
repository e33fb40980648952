// The plaintext of a message as the one-time pad covers it: a header of 28 bytes, the text, zeros up to a length that
// tells little (128 bytes, above that by Padme).
//
// Header: kind 1 | number 4 | written, seconds since 1970 4 | id 16 | text length 3

import { type Bytes, hexBytes, toHex } from '../lib/bytes.ts'
import { decodeText, encodeText } from '../lib/text.ts'
import { pad, unpad } from '../otp/padding.ts'
import { MESSAGE_NUMBER_MAX } from '../pairing/binding.ts'
import { Reader, Writer } from '../wire/codec.ts'

export const HEADER_BYTES = 28
export const TEXT_BYTES_MAX = 65_536
const TEXT_KIND = 1

export interface SealedText {
  readonly id: string
  readonly number: number
  readonly writtenAtMs: number
  readonly text: string
}

export function encodeSealed(message: SealedText): Bytes {
  const text = encodeText(message.text)
  const seconds = Math.max(0, Math.min(2 ** 32 - 1, Math.floor(message.writtenAtMs / 1000)))
  const writer = new Writer().u8(TEXT_KIND).u32(message.number).u32(seconds).raw(hexBytes(message.id))
  const plain = writer
    .u8(text.length >> 16)
    .u16(text.length & 0xffff)
    .raw(text)
    .end()
  return pad(plain)
}

/** The message of a plaintext, or null: the sender is authentic but may be faulty. */
export function decodeSealed(padded: Uint8Array): SealedText | null {
  const reader = new Reader(padded)
  const kind = reader.u8()
  const [number, seconds] = [reader.u32(), reader.u32()]
  const id = toHex(reader.raw(16))
  const textBytes = reader.u8() * 65_536 + reader.u16()
  const text = decodeText(reader.raw(Math.min(textBytes, TEXT_BYTES_MAX)))
  const whole =
    !reader.failed &&
    kind === TEXT_KIND &&
    number <= MESSAGE_NUMBER_MAX &&
    textBytes <= TEXT_BYTES_MAX &&
    unpad(padded, HEADER_BYTES + textBytes) !== null
  return whole && text !== null ? { id, number, writtenAtMs: seconds * 1000, text } : null
}
