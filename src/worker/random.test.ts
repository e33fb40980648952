import { describe, expect, it, vi } from 'vitest'
import { PlatformRandom } from './random.ts'

describe('PlatformRandom', () => {
  it('fills targets of every size around its block', () => {
    const random = new PlatformRandom()
    for (const length of [0, 1, 16, 65_535, 65_536, 65_537, 200_001]) {
      const target = new Uint8Array(length)
      random.fill(target)
      // Chance of a false alarm: 2^-512 for the 64-byte tail.
      if (length >= 64) expect(target.subarray(-64).some((byte) => byte !== 0)).toBe(true)
    }
  })

  it('gives no byte twice', () => {
    let next = 0
    const spy = vi.spyOn(crypto, 'getRandomValues').mockImplementation((array) => {
      const bytes = array as unknown as Uint8Array
      for (let i = 0; i < bytes.length; i += 4) new DataView(bytes.buffer, bytes.byteOffset).setUint32(i, ++next)
      return array
    })
    try {
      const random = new PlatformRandom()
      const seen = new Set<number>()
      for (let i = 0; i < 40_000; i++) {
        const target = new Uint8Array(4)
        random.fill(target)
        seen.add(new DataView(target.buffer).getUint32(0))
      }
      expect(seen.size).toBe(40_000)
      expect(seen.has(0)).toBe(false)
    } finally {
      spy.mockRestore()
    }
  })
})
