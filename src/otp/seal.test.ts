import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { asSecret, type SecretBits } from '../lib/bits.ts'
import { OneTimePad, open, seal } from './seal.ts'

const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => new Uint8Array(array))
const padFor = (length: number, seed: number): SecretBits =>
  asSecret(Uint8Array.from({ length: 8 * length }, (_, i) => ((seed * 2_654_435_761 + i * 40_503) >>> 7) & 1))

describe('the one-time pad', () => {
  test('opens what it sealed', () => {
    fc.assert(
      fc.property(bytes, fc.nat(), (plain, seed) => {
        expect(open(seal(plain, padFor(plain.length, seed)), padFor(plain.length, seed))).toEqual(plain)
      }),
    )
  })

  test('is the XOR with its bits, most significant first', () => {
    const pad = asSecret(Uint8Array.of(1, 0, 1, 0, 0, 0, 0, 1))
    expect(seal(Uint8Array.of(0b0000_1111), pad)).toEqual(Uint8Array.of(0b1010_1110))
  })

  test('hides the message wholly: every plaintext fits every ciphertext under just one pad', () => {
    const seen = new Set<number>()
    for (let value = 0; value < 256; value++) {
      const pad = asSecret(Uint8Array.from({ length: 8 }, (_, i) => (value >> i) & 1))
      seen.add(seal(Uint8Array.of(0x5a), pad)[0]!)
    }
    expect(seen.size).toBe(256)
  })

  test('is wiped by its use and never used again, not as another pad of the same array either', () => {
    const bits = padFor(4, 1)
    const pad = new OneTimePad(bits)
    pad.seal(new Uint8Array(4))
    expect(bits.every((bit) => bit === 0)).toBe(true)
    expect(() => pad.seal(new Uint8Array(4))).toThrow('used once')
    expect(() => pad.open(new Uint8Array(4))).toThrow('used once')
    expect(() => new OneTimePad(bits)).toThrow('never were a pad')
    expect(() => seal(new Uint8Array(4), bits)).toThrow('never were a pad')
  })

  test('is just as long as the message', () => {
    expect(() => seal(new Uint8Array(4), padFor(3, 1))).toThrow('32 bits')
    expect(() => seal(new Uint8Array(4), padFor(5, 1))).toThrow('32 bits')
  })
})
