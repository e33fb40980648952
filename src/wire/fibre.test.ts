import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { concat, toHex } from '../lib/bytes.ts'
import { randomBytes, SeededRandom } from '../lib/random.ts'
import { preparePairs } from '../quantum/pair-source.ts'
import { decodeFibre, encodeFibre, type FibreFrame } from './fibre.ts'

const HEADER_BYTES = 23
const SESSION = '000102030405060708090a0b0c0d0e0f'

const qubits = (count: number): FibreFrame['qubits'] =>
  preparePairs(count, [21_845, 21_845, 21_846], 1, new SeededRandom('wire/fibre')).qubits

const frame = (count: number, start = 0): FibreFrame => ({ session: SESSION, start, qubits: qubits(count) })

describe('a fibre frame', () => {
  test('comes back with session, range and qubits', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 16, maxLength: 16 }),
        fc.integer({ min: 0, max: 0xffff_ffff }),
        fc.integer({ min: 1, max: 3_000 }),
        (session, start, count) => {
          const sent: FibreFrame = { session: toHex(session), start, qubits: qubits(count) }
          const decoded = decodeFibre(encodeFibre(sent))
          if (!decoded.ok) throw new Error(decoded.reason)
          expect(decoded.value.session).toBe(sent.session)
          expect(decoded.value.start).toBe(start)
          expect(decoded.value.qubits.indices).toEqual(sent.qubits.indices)
        },
      ),
      { numRuns: 50 },
    )
  })

  test.each([
    ['no bytes', new Uint8Array(0)],
    ['one byte', Uint8Array.of(1)],
    ['a header alone', new Uint8Array(HEADER_BYTES).fill(1)],
    ['16,385 bytes', new Uint8Array(16_385).fill(1)],
    ['262,144 bytes', new Uint8Array(262_144).fill(1)],
  ])('of %s is malformed', (_name, bytes) => {
    expect(decodeFibre(bytes)).toEqual({ ok: false, reason: 'malformed' })
  })

  test('of a future version, or of no qubits, is malformed', () => {
    const bytes = encodeFibre(frame(10))
    bytes[0] = 2
    expect(decodeFibre(bytes).ok).toBe(false)
    expect(decodeFibre(encodeFibre(frame(0))).ok).toBe(false)
  })

  test('cut by any number of bytes, or lengthened, is malformed', () => {
    const bytes = encodeFibre(frame(50))
    for (let length = 0; length < bytes.length; length++) expect(decodeFibre(bytes.subarray(0, length)).ok).toBe(false)
    expect(decodeFibre(concat(bytes, Uint8Array.of(0))).ok).toBe(false)
  })

  test('that claims more qubits than it holds is malformed', () => {
    const bytes = encodeFibre(frame(50))
    new DataView(bytes.buffer).setUint16(21, 0xffff)
    expect(decodeFibre(bytes).ok).toBe(false)
  })

  test('from arbitrary bytes never throws, and holds only states and indices into them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.boolean(), (bytes, plausible) => {
        const given = plausible ? concat(Uint8Array.of(1), bytes) : bytes
        expectSane(given)
      }),
      { numRuns: 500 },
    )
  })

  test('with any bit flipped never throws, and holds only states and indices into them', () => {
    const seed = 'fibre flips'
    const random = new SeededRandom(seed)
    const bytes = encodeFibre(frame(100))
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      const flipped = bytes.slice()
      flipped[bit >> 3]! ^= 0x80 >> (bit & 7)
      expectSane(flipped)
    }
    for (let run = 0; run < 2_000; run++) {
      const mutated = bytes.slice()
      for (const at of randomBytes(random, 4)) mutated[at % mutated.length] = random.integer(256)
      expectSane(mutated)
    }
  })
})

function expectSane(bytes: Uint8Array): void {
  const decoded = decodeFibre(bytes)
  if (!decoded.ok) return
  const { codebook, indices } = decoded.value.qubits
  expect(indices.length).toBeGreaterThan(0)
  expect(indices.length).toBeLessThanOrEqual(0xffff)
  expect(indices.every((index) => 3 * index < codebook.length)).toBe(true)
  for (let k = 0; k < codebook.length; k += 3) {
    expect(Math.hypot(...codebook.subarray(k, k + 3))).toBeLessThanOrEqual(1 + 1e-6)
  }
}
