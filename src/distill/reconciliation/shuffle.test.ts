import fc from 'fast-check'
import { expect, test } from 'vitest'
import { placesOf, SHUFFLE_SEED_BYTES, shuffle } from './shuffle.ts'

const seed = Uint8Array.from({ length: SHUFFLE_SEED_BYTES }, (_, i) => i)

test('a shuffle is a permutation, the same at both ends, and placesOf undoes it', () => {
  fc.assert(
    fc.property(fc.nat(300), fc.nat(15), (length, pass) => {
      const order = shuffle(seed, pass, length)
      expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length }, (_, i) => i))
      expect(shuffle(seed.slice(), pass, length)).toEqual(order)
      const places = placesOf(order)
      order.forEach((index, place) => {
        expect(places[index]).toBe(place)
      })
    }),
  )
})

test('is the same on every engine and in every version (vectors computed apart, by a ChaCha8 in Python)', () => {
  expect([...shuffle(seed, 0, 20)]).toEqual([6, 11, 2, 0, 13, 9, 19, 12, 8, 15, 4, 5, 16, 17, 10, 3, 7, 14, 18, 1])
  expect([...shuffle(seed, 15, 20)]).toEqual([5, 8, 4, 12, 17, 7, 13, 11, 1, 3, 19, 18, 15, 16, 14, 2, 9, 10, 6, 0])
})

test('puts every index at every place equally often, within 5 sigma (one false alarm in 10,000)', () => {
  const [length, seeds] = [12, 6_000]
  const counts = new Uint32Array(length * length)
  for (let i = 0; i < seeds; i++) {
    const fresh = new Uint8Array(SHUFFLE_SEED_BYTES)
    new DataView(fresh.buffer).setUint32(0, i)
    shuffle(fresh, 3, length).forEach((index, place) => {
      counts[place * length + index]!++
    })
  }
  const [mean, sigma] = [seeds / length, Math.sqrt((seeds / length) * (1 - 1 / length))]
  for (const count of counts) expect(Math.abs(count - mean)).toBeLessThan(5 * sigma)
})
