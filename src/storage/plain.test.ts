import { describe, expect, it } from 'vitest'
import { decodePlain, encodePlain } from './plain.ts'

describe('a plain record', () => {
  it('is read back as it was: bytes, texts that look like bytes, half surrogates, null', () => {
    const value = {
      root: new Uint8Array([0, 1, 255]),
      none: new Uint8Array(0),
      texts: ['{"$":"AAAA"}', '"$":"', 'grüße 世界 🙂', '\ud800', ' ', ''],
      nested: [{ keys: new Uint8Array(64).fill(7) }, null, 0.1, 1e-10, true],
    }
    expect(decodePlain(encodePlain(value))).toEqual(value)
  })

  it('is read back where nothing in it is bytes', () => {
    const value = [{ id: '01', receipt: null, text: '{"$":"AAAA"}' }]
    expect(decodePlain(encodePlain(value))).toEqual(value)
  })

  it('is as long as others of about its length', () => {
    const lengths = [0, 1, 100, 200].map((length) => encodePlain({ text: 'x'.repeat(length) }).length)
    expect(new Set(lengths)).toEqual(new Set([256]))
    expect(encodePlain({ text: 'x'.repeat(250) }).length).toBe(512)
  })
})
