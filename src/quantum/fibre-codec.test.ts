import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SeededRandom } from '../lib/random.ts'
import { decodeBatch, encodeBatch } from './fibre-codec.ts'
import { preparePairs } from './pair-source.ts'
import type { QubitBatch } from './qubit-batch.ts'

const batch: fc.Arbitrary<QubitBatch> = fc
  .tuple(fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 256 })), fc.integer({ min: 0, max: 300 }))
  .chain(([states, count]) =>
    fc.record({
      codebook: fc
        .array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 3 * states, maxLength: 3 * states })
        .map((values) => unitBall(Float64Array.from(values))),
      indices: fc
        .array(fc.nat(states - 1), { minLength: count, maxLength: count })
        .map((values) => Uint8Array.from(values)),
    }),
  )

/** Brings vectors that are too long back onto the sphere. */
function unitBall(codebook: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  for (let at = 0; at < codebook.length; at += 3) {
    const norm = Math.hypot(...codebook.subarray(at, at + 3))
    for (let k = at; k < at + 3; k++) codebook[k]! /= Math.max(1, norm)
  }
  return codebook
}

/** The bytes of six pure states and eleven qubits: 33 bits of indices, 7 unused. */
function sample(): { readonly bytes: Uint8Array<ArrayBuffer>; readonly view: DataView } {
  const { qubits } = preparePairs(11, [21_845, 21_845, 21_846], 1, new SeededRandom('sample'))
  const bytes = encodeBatch(qubits)
  return { bytes, view: new DataView(bytes.buffer) }
}

describe('the fibre codec', () => {
  it('gives back every batch: indices exactly, states within 1e-7', () => {
    fc.assert(
      fc.property(batch, (qubits) => {
        const decoded = decodeBatch(encodeBatch(qubits), qubits.indices.length)
        if (!decoded.ok) throw new Error(decoded.reason)
        expect(decoded.value.indices).toEqual(qubits.indices)
        expect(decoded.value.codebook.length).toBe(qubits.codebook.length)
        decoded.value.codebook.forEach((x, k) => {
          expect(Math.abs(x - qubits.codebook[k]!)).toBeLessThan(1.1e-7)
        })
      }),
    )
  })

  it('never makes a vector longer than 1, up to the last bit', () => {
    fc.assert(
      fc.property(batch, (qubits) => {
        const decoded = decodeBatch(encodeBatch(qubits), qubits.indices.length)
        if (!decoded.ok) throw new Error(decoded.reason)
        const { codebook } = decoded.value
        for (let k = 0; k < codebook.length; k += 3) {
          expect(Math.hypot(...codebook.subarray(k, k + 3))).toBeLessThanOrEqual(1 + 3e-16)
        }
      }),
    )
  })

  it('packs 1,400 qubits of the plain source into 598 bytes, 3.42 bits a pair', () => {
    const { qubits } = preparePairs(1_400, [21_845, 21_845, 21_846], 0.98, new SeededRandom('size'))
    expect(encodeBatch(qubits).length).toBe(598)
  })

  it('needs no index bits for one state', () => {
    const bytes = encodeBatch({ codebook: Float64Array.of(0, 0, 1), indices: new Uint8Array(1000) })
    expect(bytes.length).toBe(13)
    expect(decodeBatch(bytes, 1000).ok).toBe(true)
  })

  it('reads a view into a longer buffer', () => {
    const { bytes } = sample()
    const padded = new Uint8Array(bytes.length + 10)
    padded.set(bytes, 7)
    expect(decodeBatch(padded.subarray(7, 7 + bytes.length), 11)).toEqual(decodeBatch(bytes, 11))
  })

  it('refuses no states or more than 256', () => {
    const indices = new Uint8Array(1)
    expect(() => encodeBatch({ codebook: new Float64Array(0), indices })).toThrow('1 to 256 states')
    expect(() => encodeBatch({ codebook: new Float64Array(3 * 257), indices })).toThrow('1 to 256 states')
  })
})

describe('hostile bytes', () => {
  const malformed = { ok: false, reason: 'malformed' }

  it('never throw, and what they decode to is a batch of states', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.integer({ min: -2, max: 400 }), (bytes, count) => {
        const decoded = decodeBatch(bytes, count)
        if (!decoded.ok) return
        expect(decoded.value.indices.length).toBe(count)
        expect(Math.max(0, ...decoded.value.indices)).toBeLessThan(decoded.value.codebook.length / 3)
      }),
      { numRuns: 2000 },
    )
  })

  it('of one changed byte never throw, and keep every index below the number of states', () => {
    fc.assert(
      fc.property(batch, fc.nat(), fc.nat(255), (qubits, place, value) => {
        const bytes = encodeBatch(qubits)
        bytes[place % bytes.length] = value
        const decoded = decodeBatch(bytes, qubits.indices.length)
        if (!decoded.ok) return
        expect(Math.max(0, ...decoded.value.indices)).toBeLessThan(decoded.value.codebook.length / 3)
        expect(decoded.value.codebook.every((x) => Math.abs(x) <= 1)).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })

  it('too short, too long, empty or for another count are malformed', () => {
    const { bytes } = sample()
    expect(decodeBatch(bytes, 11).ok).toBe(true)
    expect(decodeBatch(bytes.subarray(0, -1), 11)).toEqual(malformed)
    expect(decodeBatch(Uint8Array.of(...bytes, 0), 11)).toEqual(malformed)
    expect(decodeBatch(new Uint8Array(0), 0)).toEqual(malformed)
    expect(decodeBatch(bytes, 14)).toEqual(malformed)
    for (const count of [-1, 0.5, Number.NaN, 2 ** 24 + 1, Number.POSITIVE_INFINITY]) {
      expect(decodeBatch(bytes, count)).toEqual(malformed)
      expect(decodeBatch(encodeBatch({ codebook: new Float64Array(3), indices: new Uint8Array(0) }), count)).toEqual(
        malformed,
      )
    }
  })

  it('with an index that no state has are malformed', () => {
    for (const at of [73, 74, 75]) {
      const { bytes } = sample()
      bytes[at] = 0xff
      expect(decodeBatch(bytes, 11)).toEqual(malformed)
    }
  })

  it('with an unused bit set are malformed', () => {
    const { bytes } = sample()
    bytes[bytes.length - 1]! |= 1
    expect(decodeBatch(bytes, 11)).toEqual(malformed)
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1.001, -2, 3.4e38])(
    'with a component of %d are malformed',
    (value) => {
      const { bytes, view } = sample()
      view.setFloat32(1 + 12 * 3, value, true)
      expect(decodeBatch(bytes, 11)).toEqual(malformed)
    },
  )

  it('with a vector a rounding too long are put back on the sphere', () => {
    const { bytes, view } = sample()
    view.setFloat32(1, 0, true)
    view.setFloat32(5, 0, true)
    view.setFloat32(9, 1 + 5e-7, true)
    const decoded = decodeBatch(bytes, 11)
    expect(decoded.ok && decoded.value.codebook[2]).toBe(1)
    view.setFloat32(9, 1 + 3e-6, true)
    expect(decodeBatch(bytes, 11)).toEqual(malformed)
  })
})
