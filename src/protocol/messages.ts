// The messages of a session on the public channel, as values and as bytes. The bytes are what the tags cover, so we
// write a message in one way; reading is hostile ground: whatever is not exactly a message is null.

import { type Bits, packBits, packPairs, unpackBits, unpackPairs } from '../lib/bits.ts'
import { type Bytes, hexBytes, toHex } from '../lib/bytes.ts'
import type { SettingWeights } from '../quantum/settings.ts'
import { Reader, Writer } from '../wire/codec.ts'
import { RANGES_MAX, type Range } from './ranges.ts'
import { PAIRS_MAX, type Terms } from './terms.ts'

export const PROTOCOL_VERSION = 1
export const TAG_BYTES = 16
const CIPHERTEXT_BYTES_MAX = 2 ** 20
const KEY_BITS_MAX = 2 * PAIRS_MAX

export interface KeyCheck {
  /** 16 bytes, fresh. */
  readonly key: Bytes
  /** 8 bytes. */
  readonly check: Bytes
}

export interface BlockAmplification {
  readonly seed: Bytes
  /** Secret bits made from this block. */
  readonly bits: number
}

export const REFUSALS = ['unknown-pair', 'not-accepted', 'busy', 'seen', 'impossible'] as const
export type Refusal = (typeof REFUSALS)[number]

export const ABORTS = [
  'short',
  'unreconciled',
  'tampered',
  'malformed',
  'late',
  'cancelled',
  'storage',
  'lost',
] as const
export type AbortReason = (typeof ABORTS)[number]

export const FINDINGS = ['enough', 'short', 'unreconciled'] as const
/** Bob's verdict: enough key, too little, or enough but the keys differ and this version corrects nothing. */
export type Finding = (typeof FINDINGS)[number]

export type Message = { readonly session: string } & (
  | { readonly type: 'propose'; readonly terms: Terms }
  | { readonly type: 'refuse'; readonly reason: Refusal }
  | { readonly type: 'ready' }
  | { readonly type: 'measured'; readonly arrived: readonly Range[]; readonly settings: Bytes }
  | { readonly type: 'sifted'; readonly settings: Bytes; readonly outcomes: Bits; readonly checks: readonly KeyCheck[] }
  | {
      readonly type: 'estimated'
      readonly outcomes: Bits
      readonly equal: readonly boolean[]
      readonly finding: Finding
      /** Bob's key bits, all blocks, where the key is sacrificed; else empty. */
      readonly keyBits: Bits
      /** 16 bytes where the finding is enough, else empty. */
      readonly tag: Bytes
    }
  | {
      readonly type: 'amplify'
      readonly blocks: readonly BlockAmplification[]
      readonly ciphertext: Bytes
      readonly tag: Bytes
    }
  | { readonly type: 'received'; readonly proof: Bytes }
  | { readonly type: 'abort'; readonly reason: AbortReason; readonly keyBits: Bits }
)

export type MessageType = Message['type']

/** In the order of their byte. */
export const MESSAGE_TYPES = [
  'propose',
  'refuse',
  'ready',
  'measured',
  'sifted',
  'estimated',
  'amplify',
  'received',
  'abort',
] as const
const MODES = ['efficient', 'textbook'] as const
const PROOFS = ['trusted', 'collective'] as const
const ROUTES = ['relay', 'direct'] as const
const NOTHING = new Uint8Array(0)

export function encodeMessage(message: Message): Bytes {
  const writer = new Writer()
    .u8(PROTOCOL_VERSION)
    .u8(MESSAGE_TYPES.indexOf(message.type))
    .raw(hexBytes(message.session))
  writeBody(writer, message)
  return writer.end()
}

/** The bytes without the tag at their end: what that tag covers. */
export const withoutTag = (encoded: Bytes): Bytes => encoded.slice(0, encoded.length - TAG_BYTES)

function writeBody(writer: Writer, message: Message): void {
  switch (message.type) {
    case 'propose':
      return writeTerms(writer, message.terms)
    case 'refuse':
      writer.u8(REFUSALS.indexOf(message.reason))
      return
    case 'ready':
      return
    case 'measured':
      writer.u32(message.arrived.length)
      for (const range of message.arrived) writer.u32(range.start).u32(range.count)
      writePairs(writer, message.settings)
      return
    case 'sifted':
      writePairs(writer, message.settings)
      writeBits(writer, message.outcomes)
      writer.u8(message.checks.length)
      for (const check of message.checks) writer.raw(check.key).raw(check.check)
      return
    case 'estimated':
      writeBits(writer, message.outcomes)
      writer.u8(message.equal.length)
      for (const equal of message.equal) writer.u8(equal ? 1 : 0)
      writer.u8(FINDINGS.indexOf(message.finding))
      writeBits(writer, message.keyBits)
      writer.raw(message.tag)
      return
    case 'amplify':
      writer.u8(message.blocks.length)
      for (const block of message.blocks) writer.u32(block.bits).bytes(block.seed)
      writer.bytes(message.ciphertext).raw(message.tag)
      return
    case 'received':
      writer.raw(message.proof)
      return
    case 'abort':
      writer.u8(ABORTS.indexOf(message.reason))
      writeBits(writer, message.keyBits)
  }
}

function writeTerms(writer: Writer, terms: Terms): void {
  writer.u32(terms.pairs).u8(MODES.indexOf(terms.mode))
  for (const weight of [...terms.alice, ...terms.bob]) writer.u32(weight)
  writer.f64(terms.epsilon).u8(PROOFS.indexOf(terms.proof)).u32(terms.neededBits).u8(terms.newPairs)
  writer.f64(terms.plannedNoise).u32(terms.leakCap).text(terms.tagPair).u8(ROUTES.indexOf(terms.route))
}

function writeBits(writer: Writer, bits: Bits): void {
  writer.u32(bits.length).raw(packBits(bits))
}

function writePairs(writer: Writer, values: Bytes): void {
  writer.u32(values.length).raw(packPairs(values))
}

/** The message of these bytes, or null. Lengths are checked here; whether they fit the session is the session's. */
export function decodeMessage(bytes: Uint8Array): Message | null {
  const reader = new Reader(bytes)
  if (reader.u8() !== PROTOCOL_VERSION) return null
  const type = reader.choice(MESSAGE_TYPES)
  const session = toHex(reader.raw(16))
  if (reader.failed) return null
  const message = readBody(reader, type, session)
  return reader.done ? message : null
}

function readBody(reader: Reader, type: MessageType, session: string): Message {
  switch (type) {
    case 'propose':
      return { type, session, terms: readTerms(reader, session) }
    case 'refuse':
      return { type, session, reason: reader.choice(REFUSALS) }
    case 'ready':
      return { type, session }
    case 'measured':
      return { type, session, arrived: readRanges(reader), settings: readSettings(reader) }
    case 'sifted':
      return { type, session, settings: readSettings(reader), outcomes: readBits(reader), checks: readChecks(reader) }
    case 'estimated':
      return readEstimated(reader, session)
    case 'amplify':
      return readAmplify(reader, session)
    case 'received':
      return { type, session, proof: reader.raw(16) }
    case 'abort':
      return { type, session, reason: reader.choice(ABORTS), keyBits: readBits(reader) }
  }
}

function readEstimated(reader: Reader, session: string): Message {
  const outcomes = readBits(reader)
  const count = reader.u8()
  if (count > 2) reader.fail()
  const equal = Array.from({ length: Math.min(2, count) }, () => reader.choice([false, true]))
  const finding = reader.choice(FINDINGS)
  const keyBits = readBits(reader)
  const tag = finding === 'enough' ? reader.raw(TAG_BYTES) : NOTHING
  return { type: 'estimated', session, outcomes, equal, finding, keyBits, tag }
}

function readAmplify(reader: Reader, session: string): Message {
  const count = reader.u8()
  if (count > 2) reader.fail()
  const blocks: BlockAmplification[] = []
  for (let i = 0; i < count && !reader.failed; i++)
    blocks.push({ bits: reader.u32(), seed: reader.bytes(4 * KEY_BITS_MAX) })
  return {
    type: 'amplify',
    session,
    blocks,
    ciphertext: reader.bytes(CIPHERTEXT_BYTES_MAX),
    tag: reader.raw(TAG_BYTES),
  }
}

function readTerms(reader: Reader, session: string): Terms {
  const pairs = reader.u32()
  const mode = reader.choice(MODES)
  const weights = (): SettingWeights => [reader.u32(), reader.u32(), reader.u32()]
  const [alice, bob] = [weights(), weights()]
  const epsilon = reader.f64()
  const proof = reader.choice(PROOFS)
  const neededBits = reader.u32()
  const newPairs = reader.u8()
  const plannedNoise = reader.f64()
  const leakCap = reader.u32()
  const tagPair = reader.text(64)
  const route = reader.choice(ROUTES)
  return {
    session,
    pairs,
    mode,
    alice,
    bob,
    epsilon,
    proof,
    neededBits,
    newPairs,
    plannedNoise,
    leakCap,
    tagPair,
    route,
  }
}

function readRanges(reader: Reader): readonly Range[] {
  const count = reader.u32()
  if (count > RANGES_MAX) reader.fail()
  const ranges: Range[] = []
  for (let i = 0; i < count && !reader.failed; i++) ranges.push({ start: reader.u32(), count: reader.u32() })
  return ranges
}

function readChecks(reader: Reader): readonly KeyCheck[] {
  const count = reader.u8()
  if (count > 2) reader.fail()
  return Array.from({ length: Math.min(2, count) }, () => ({ key: reader.raw(16), check: reader.raw(8) }))
}

function readBits(reader: Reader): Bits {
  const length = reader.u32()
  if (length > KEY_BITS_MAX) reader.fail()
  const bytes = reader.failed ? NOTHING : reader.raw((length + 7) >> 3)
  return reader.failed ? NOTHING : unpackBits(bytes, length)
}

/** Settings 0, 1 or 2, two bits each; a 3 fails. */
function readSettings(reader: Reader): Bytes {
  const length = reader.u32()
  if (length > PAIRS_MAX) reader.fail()
  const bytes = reader.failed ? NOTHING : reader.raw((length + 3) >> 2)
  const settings = reader.failed ? NOTHING : unpackPairs(bytes, length)
  if (settings.includes(3)) reader.fail()
  return settings
}
