// A record as bytes, before it is sealed: JSON, byte strings as base64url, and spaces up to a multiple of 256 bytes,
// so that the length of a sealed record tells little of the text in it. What was sealed here is read back as it was:
// nobody checks its shape again.

import { type Bytes, fromBase64Url, toBase64Url } from '../lib/bytes.ts'

const STEP_BYTES = 256
const SPACE = 0x20
/** How a byte string stands in the JSON. Inside a text the quotes would be escaped, so these letters mean nothing else. */
const BYTES_MARK = '{"$":"'

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true })

export function encodePlain(value: unknown): Bytes {
  const json = encoder.encode(JSON.stringify(value, bytesToText))
  const padded = new Uint8Array(Math.ceil(json.length / STEP_BYTES) * STEP_BYTES).fill(SPACE)
  padded.set(json)
  return padded
}

export function decodePlain<T>(bytes: Uint8Array): T {
  const json = decoder.decode(bytes)
  // A reviver is called for every value of a long history: only where there is something for it to do.
  return (json.includes(BYTES_MARK) ? JSON.parse(json, textToBytes) : JSON.parse(json)) as T
}

const bytesToText = (_: string, value: unknown): unknown =>
  value instanceof Uint8Array ? { $: toBase64Url(value) } : value

function textToBytes(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('$' in value) || typeof value.$ !== 'string') return value
  const bytes = fromBase64Url(value.$)
  return bytes.ok ? bytes.value : value
}
