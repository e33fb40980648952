import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeBase64Url, encodeBase64Url } from './base64url.ts'

const bytesOf = (text: string) => new Uint8Array(Buffer.from(text))

describe('base64url', () => {
  // RFC 4648 section 10, without padding.
  it.each([
    ['', ''],
    ['f', 'Zg'],
    ['fo', 'Zm8'],
    ['foo', 'Zm9v'],
    ['foob', 'Zm9vYg'],
    ['fooba', 'Zm9vYmE'],
    ['foobar', 'Zm9vYmFy'],
  ])('writes %j as %j', (text, written) => {
    expect(encodeBase64Url(bytesOf(text))).toBe(written)
    expect(decodeBase64Url(written)).toEqual(bytesOf(text))
  })

  it('is what Node writes, and comes back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const written = encodeBase64Url(bytes)
        expect(written).toBe(Buffer.from(bytes).toString('base64url'))
        expect(decodeBase64Url(written)).toEqual(bytes)
      }),
    )
  })

  it('reads one text for one byte string, and nothing else', () => {
    for (const text of ['A', 'Zg==', 'Zh', 'Zm9', 'Zm+v', 'Zm/v', ' Zg', 'Zg\n', 'Zé', '😀aa']) {
      expect(decodeBase64Url(text), text).toBeNull()
    }
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), (text) => {
        const read = decodeBase64Url(text)
        expect(read === null || encodeBase64Url(read) === text).toBe(true)
      }),
    )
  })
})
