import fc from 'fast-check'
import { expect, test } from 'vitest'
import { placesOf, SHUFFLE_SEED_BYTES, Shuffles } from './shuffle.ts'

const shuffle = (from: Uint8Array<ArrayBuffer>, pass: number, length: number) => new Shuffles(from, length).order(pass)
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
  expect([...shuffle(seed, 2, 20)]).toEqual([1, 9, 2, 19, 14, 3, 11, 7, 8, 0, 17, 15, 12, 10, 13, 6, 16, 4, 18, 5])
})

const seedNumber = (number: number) => {
  const fresh = new Uint8Array(SHUFFLE_SEED_BYTES)
  new DataView(fresh.buffer).setUint32(0, number)
  return fresh
}

test('puts every index at every place equally often, within 5 sigma (one false alarm in 10,000)', () => {
  const [length, seeds] = [12, 6_000]
  const counts = new Uint32Array(length * length)
  for (let i = 0; i < seeds; i++) {
    shuffle(seedNumber(i), 0, length).forEach((index, place) => {
      counts[place * length + index]!++
    })
  }
  const [mean, sigma] = [seeds / length, Math.sqrt((seeds / length) * (1 - 1 / length))]
  for (const count of counts) expect(Math.abs(count - mean)).toBeLessThan(5 * sigma)
})

test('brings bits that share a block in one pass together in another as often as any, within 5 sigma', () => {
  // 20 blocks of 50 places; of bits that share a block in pass a, 49 in 999 share one in pass b.
  const [length, block, seeds] = [1_000, 50, 40]
  const pairsOf = (orders: readonly Uint32Array[]): number => {
    const blocks = orders.map((order) => placesOf(order).map((place) => Math.floor(place / block)))
    let together = 0
    for (let i = 0; i < length; i++) for (let j = 0; j < i; j++) if (blocks.every((of) => of[i] === of[j])) together++
    return together
  }
  const pairs = (length * (block - 1)) / 2
  const chance = (block - 1) / (length - 1)
  for (const [a, b] of [
    [0, 1],
    [0, 2],
    [1, 3],
    [2, 5],
  ] as const) {
    let together = 0
    for (let i = 0; i < seeds; i++) {
      const shuffles = new Shuffles(seedNumber(i), length)
      together += pairsOf([shuffles.order(a), shuffles.order(b)])
    }
    const sigma = Math.sqrt(seeds * pairs * chance * (1 - chance))
    expect(Math.abs(together - seeds * pairs * chance), `passes ${a} and ${b}`).toBeLessThan(5 * sigma)
  }
})
