import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pad, paddedLength, unpad } from './padding.ts'

/** Algorithm 1 of the PURBs paper in integer steps. */
function padmeTwin(length: number): number {
  let exponent = 0
  while (2 ** (exponent + 1) <= length) exponent++
  let kept = 1
  while (2 ** kept <= exponent) kept++
  const mask = 2 ** (exponent - kept) - 1
  return (length + mask) & ~mask
}

test('every length up to 128 bytes becomes 128, every longer one what Padme says, 12 % more at most', () => {
  const isRight = (length: number): boolean => {
    const padded = paddedLength(length)
    if (length <= 128) return padded === 128
    const monotone = padded >= paddedLength(length - 1) && paddedLength(padded) === padded
    return padded === padmeTwin(length) && padded < 1.12 * length && monotone
  }
  const wrong = Array.from({ length: 70_000 }, (_, length) => length).filter((length) => !isRight(length))
  expect(wrong).toEqual([])
})

test('few lengths show: 65,564 bytes of message and header have fewer than 150', () => {
  const lengths = new Set(Array.from({ length: 65_565 }, (_, length) => paddedLength(length)))
  expect(lengths.size).toBeLessThan(150)
})

test('a padded message comes back as it was', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 1_000 }), (message) => {
      const padded = pad(message)
      expect(padded.length).toBe(paddedLength(message.length))
      expect(unpad(padded, message.length)).toEqual(new Uint8Array(message))
    }),
  )
})

test('anything but zeros behind the message, or too many of them, is no padding', () => {
  const padded = pad(new Uint8Array(100).fill(7))
  for (let i = 100; i < 128; i++) {
    const changed = padded.slice()
    changed[i] = 1
    expect(unpad(changed, 100)).toBeNull()
  }
  expect(unpad(new Uint8Array(256), 100)).toBeNull()
  expect(unpad(padded, 129)).toBeNull()
})
