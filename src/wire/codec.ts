// Reading and writing of typed values in bytes: big endian, byte strings with their length before them. A Reader is
// given hostile bytes: it never throws, it remembers that something was missing, and `done` tells at the end.

import { type Bytes, concatAll } from '../lib/bytes.ts'
import { decodeText, encodeText } from '../lib/text.ts'

export class Writer {
  readonly #parts: Uint8Array[] = []

  u8(value: number): this {
    this.#parts.push(Uint8Array.of(value))
    return this
  }

  u16(value: number): this {
    this.#parts.push(Uint8Array.of(value >>> 8, value))
    return this
  }

  u32(value: number): this {
    this.#parts.push(Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value))
    return this
  }

  f64(value: number): this {
    const bytes = new Uint8Array(8)
    new DataView(bytes.buffer).setFloat64(0, value)
    this.#parts.push(bytes)
    return this
  }

  /** Bytes whose length both sides know. */
  raw(bytes: Uint8Array): this {
    this.#parts.push(bytes)
    return this
  }

  /** A byte string with its length, 32 bits, before it. */
  bytes(bytes: Uint8Array): this {
    return this.u32(bytes.length).raw(bytes)
  }

  text(text: string): this {
    return this.bytes(encodeText(text))
  }

  end(): Bytes {
    return concatAll(this.#parts)
  }
}

export class Reader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #offset = 0
  #failed = false

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  u8(): number {
    return this.#take(1) ? this.#view.getUint8(this.#offset - 1) : 0
  }

  u16(): number {
    return this.#take(2) ? this.#view.getUint16(this.#offset - 2) : 0
  }

  u32(): number {
    return this.#take(4) ? this.#view.getUint32(this.#offset - 4) : 0
  }

  /** A finite number; anything else fails. */
  f64(): number {
    if (!this.#take(8)) return 0
    const value = this.#view.getFloat64(this.#offset - 8)
    if (!Number.isFinite(value)) this.#failed = true
    return Number.isFinite(value) ? value : 0
  }

  /** A copy of the next `length` bytes. */
  raw(length: number): Bytes {
    if (!this.#take(length)) return new Uint8Array(0)
    return this.#bytes.slice(this.#offset - length, this.#offset) as Bytes
  }

  /** A byte string of at most `max` bytes. */
  bytes(max: number): Bytes {
    const length = this.u32()
    if (length > max) this.#failed = true
    return this.#failed ? new Uint8Array(0) : this.raw(length)
  }

  /** UTF-8 of at most `max` bytes; bad UTF-8 fails. */
  text(max: number): string {
    const text = decodeText(this.bytes(max))
    if (text === null) this.#failed = true
    return text ?? ''
  }

  /** One of the listed values, written as its index. */
  choice<T>(values: readonly T[]): T {
    const index = this.u8()
    if (index >= values.length) this.#failed = true
    return values[index] ?? values[0]!
  }

  /** All the bytes that are left. */
  rest(): Bytes {
    return this.raw(this.#bytes.length - this.#offset)
  }

  fail(): void {
    this.#failed = true
  }

  get failed(): boolean {
    return this.#failed
  }

  /** True when everything was there and nothing is left. */
  get done(): boolean {
    return !this.#failed && this.#offset === this.#bytes.length
  }

  #take(length: number): boolean {
    if (this.#failed || length < 0 || this.#offset + length > this.#bytes.length) this.#failed = true
    else this.#offset += length
    return !this.#failed
  }
}
