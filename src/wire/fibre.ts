// Frames of the fibre: qubits of one session on their way. Unordered and never sent again: a lost frame is lost photons.
//
// Frame: version 1 | session 16 | start 4 | count 2 | qubits (quantum/fibre-codec)

import { type Bytes, hexBytes, toHex } from '../lib/bytes.ts'
import { fail, ok, type Result } from '../lib/result.ts'
import { decodeBatch, encodeBatch } from '../quantum/fibre-codec.ts'
import type { QubitBatch } from '../quantum/qubit-batch.ts'
import { Reader, Writer } from './codec.ts'
import { FRAME_BYTES_MAX } from './frames.ts'

/** Qubits of one session, numbered from `start`; only a measurement looks into them. */
export interface FibreFrame {
  /** 32 hexadecimal digits. */
  readonly session: string
  readonly start: number
  readonly qubits: QubitBatch
}

const VERSION = 1

/** At most 65,535 qubits a frame. */
export function encodeFibre(frame: FibreFrame): Bytes {
  const session = hexBytes(frame.session)
  const head = new Writer().u8(VERSION).raw(session).u32(frame.start).u16(frame.qubits.indices.length)
  return head.raw(encodeBatch(frame.qubits)).end()
}

export function decodeFibre(bytes: Uint8Array): Result<FibreFrame, 'malformed'> {
  if (bytes.length > FRAME_BYTES_MAX) return fail('malformed')
  const reader = new Reader(bytes)
  const version = reader.u8()
  const session = toHex(reader.raw(16))
  const start = reader.u32()
  const count = reader.u16()
  if (reader.failed || version !== VERSION || count === 0) return fail('malformed')
  const qubits = decodeBatch(reader.rest(), count)
  return qubits.ok ? ok({ session, start, qubits: qubits.value }) : qubits
}
