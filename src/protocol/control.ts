// What two bound sides say to each other on the link besides messages: the binding itself, the handing over of R, names,
// heartbeats, goodbye. A link frame begins with its kind: control, or a frame of the public channel that goes directly.

import { type Bytes, concat, hexBytes, toHex } from '../lib/bytes.ts'
import { MESSAGE_NUMBER_MAX } from '../pairing/binding.ts'
import { Reader, Writer } from '../wire/codec.ts'

export const LINK_CONTROL = 1
export const LINK_PUBLIC = 2
const NAME_BYTES_MAX = 256
const BINDING_BYTES_MAX = 8_192
const TYPES = ['bind', 'root', 'rooted', 'profile', 'ping', 'pong', 'bye', 'numbers'] as const
/** So many fit a frame. */
export const NUMBERS_MAX = 700

export type Control =
  | { readonly type: 'bind'; readonly binding: Bytes; readonly mac: Bytes }
  | { readonly type: 'root'; readonly root: Bytes }
  | { readonly type: 'rooted' }
  | { readonly type: 'profile'; readonly name: string }
  | { readonly type: 'ping'; readonly count: number }
  | { readonly type: 'pong'; readonly count: number }
  | { readonly type: 'bye' }
  /** After a restored copy: which number each message has here. The higher one holds. */
  | { readonly type: 'numbers'; readonly numbers: readonly NumberedMessage[] }

export interface NumberedMessage {
  /** 32 hexadecimal digits. */
  readonly id: string
  readonly number: number
}

export function encodeControl(control: Control): Bytes {
  const writer = new Writer().u8(LINK_CONTROL).u8(TYPES.indexOf(control.type))
  switch (control.type) {
    case 'bind':
      return writer.bytes(control.binding).raw(control.mac).end()
    case 'root':
      return writer.raw(control.root).end()
    case 'profile':
      return writer.text(control.name).end()
    case 'ping':
    case 'pong':
      return writer.u32(control.count).end()
    case 'numbers':
      writer.u16(control.numbers.length)
      for (const { id, number } of control.numbers) writer.raw(hexBytes(id)).u32(number)
      return writer.end()
    case 'rooted':
    case 'bye':
      return writer.end()
  }
}

export const encodePublic = (frame: Bytes): Bytes => concat(Uint8Array.of(LINK_PUBLIC), frame)

/** The control message of a link frame (its kind byte included), or null. */
export function decodeControl(bytes: Uint8Array): Control | null {
  const reader = new Reader(bytes)
  if (reader.u8() !== LINK_CONTROL) return null
  const control = readBody(reader, reader.choice(TYPES))
  return reader.done ? control : null
}

function readBody(reader: Reader, type: Control['type']): Control {
  switch (type) {
    case 'bind':
      return { type, binding: reader.bytes(BINDING_BYTES_MAX), mac: reader.raw(32) }
    case 'root':
      return { type, root: reader.raw(32) }
    case 'profile':
      return { type, name: reader.text(NAME_BYTES_MAX) }
    case 'ping':
    case 'pong':
      return { type, count: reader.u32() }
    case 'numbers':
      return { type, numbers: readNumbers(reader) }
    case 'rooted':
    case 'bye':
      return { type }
  }
}

function readNumbers(reader: Reader): readonly NumberedMessage[] {
  const count = reader.u16()
  if (count > NUMBERS_MAX) reader.fail()
  const numbers: NumberedMessage[] = []
  for (let i = 0; i < count && !reader.failed; i++) numbers.push({ id: toHex(reader.raw(16)), number: reader.u32() })
  if (numbers.some(({ number }) => number > MESSAGE_NUMBER_MAX)) reader.fail()
  return numbers
}
