// Products of long integers by a Fourier transform: O(n log n) in every engine, where BigInt is quadratic in most, and in
// arrays that can be wiped, which a BigInt can't.
//
// Integers are digits in base 4096, lowest first, and balanced for the transform: -2048 to 2047. They are polynomials
// that are multiplied modulo X^2M + 1, as complex ones modulo X^M - i: the coefficient of X^(j + M) is the imaginary part
// of that of X^j (R. Crandall's right-angle convolution). The ring is split in two, X^2h - r^2 = (X^h - r)(X^h + r),
// until each part is a number; two levels at a time.
//
// The result is exact, though numbers with rounding errors lead to it. C. Percival (Math. Comp. 72, 387 (2003)) bounds
// the error of a coefficient by |x| |y| ((1 + u)^3m (1 + sqrt5 u)^(3m + 1) (1 + b)^3m - 1), with m = log2 M, u = 2^-53
// and b, the error of the roots, some 3 u: below 1/4 for any numbers of 10 million bits, and a thousand times less for
// those that are met. `Math.sin` may differ between engines in its last digit, which is within b. An error of 1/4 stops
// the program.

import { assert } from '../lib/assert.ts'

export const DIGIT_BITS = 12
const BASE = 2 ** DIGIT_BITS

/** Digits below the lowest one wanted that are worked out too, so that what lies below them can't matter; see below. */
const GUARD = 6

/** Complex numbers, as real and imaginary parts. */
interface Points {
  readonly re: Float64Array
  readonly im: Float64Array
}

/**
 * The digits of x y + b from digit `low` up to digit `count`, so modulo 4096^count. `x`, `y` and `b` hold at most `count`
 * digits from 0 to 4095; missing ones are 0. Wipes whatever it worked with, but not what it was given.
 */
export function productDigits(
  x: Uint16Array,
  y: Uint16Array,
  b: Uint16Array,
  low: number,
  count: number,
): Uint16Array<ArrayBuffer> {
  for (const { length } of [x, y, b]) assert(length <= count, `at most ${count} digits, got ${length}`)
  // What lies below `first` adds to what is worked out, or takes from it, less than 2^31 at digit `first`: no coefficient
  // is above 2^22 times the number of digits. So it changes nothing from `low` on, unless the upper guard digits are all
  // 0 or all 4095. Once in 2^35 keys they are: then everything is worked out.
  const first = Math.max(0, low - GUARD)
  const digits = digitsFrom(x, y, b, first, count)
  const guards = digits.subarray(GUARD / 2, low - first)
  const unclear = first > 0 && (guards.every((digit) => digit === 0) || guards.every((digit) => digit === BASE - 1))
  const exact = unclear ? digitsFrom(x, y, b, 0, count) : digits
  const wanted = exact.slice(unclear ? low : low - first)
  for (const secret of [digits, exact]) secret.fill(0)
  return wanted
}

/** The same from digit `first`, as if all below it were 0. */
function digitsFrom(
  x: Uint16Array,
  y: Uint16Array,
  b: Uint16Array,
  first: number,
  count: number,
): Uint16Array<ArrayBuffer> {
  // Coefficient j comes out mixed with j + 2M: from `first` on there is to be nothing. A balanced number may be a digit
  // longer than it was.
  const clean = Math.max(count, x.length + y.length + 2 - first)
  const size = 2 ** Math.max(1, Math.ceil(Math.log2(clean / 2)))
  growRoots(size)
  const [a, c] = [pointsOf(x, size), pointsOf(y, size)]
  split(a.re, a.im)
  split(c.re, c.im)
  multiply(a, c)
  join(a.re, a.im)
  const digits = carry(a, b, first, count)
  for (const { re, im } of [a, c]) {
    re.fill(0)
    im.fill(0)
  }
  return digits
}

function pointsOf(digits: Uint16Array, size: number): Points {
  const points = { re: new Float64Array(size), im: new Float64Array(size) }
  let over = balance(digits, 0, points.re, 0)
  over = balance(digits, size, points.im, over)
  // One digit more, where there is room: the numbers are taken modulo 4096^count.
  if (digits.length < size) points.re[digits.length] = over
  else if (digits.length < 2 * size) points.im[digits.length - size] = over
  return points
}

/** Digits from `start` on, as many as there is room for. Returns what is carried over. */
function balance(digits: Uint16Array, start: number, target: Float64Array, carried: number): number {
  const last = Math.min(target.length, digits.length - start)
  let over = carried
  for (let i = 0; i < last; i++) {
    const digit = digits[start + i]! + over
    over = digit >= BASE / 2 ? 1 : 0
    target[i] = digit - over * BASE
  }
  return over
}

/** The coefficients, M times what they are and nearly whole, plus b, as digits from 0 to 4095. */
function carry({ re, im }: Points, b: Uint16Array, first: number, count: number): Uint16Array<ArrayBuffer> {
  const digits = new Uint16Array(count - first)
  const size = re.length
  const scale = 1 / size
  let over = 0
  let worst = 0
  for (let i = first; i < count; i++) {
    const scaled = (i < size ? re[i]! : im[i - size]!) * scale
    const whole = Math.round(scaled)
    const off = Math.abs(scaled - whole)
    if (off > worst) worst = off
    const sum = whole + over + (i < b.length ? b[i]! : 0)
    over = Math.floor(sum / BASE)
    digits[i - first] = sum - over * BASE
  }
  assert(worst < 0.25, `coefficients within 1/4 of a whole number, got one ${worst} off`)
  return digits
}

/** Point by point, into `a`. */
function multiply(a: Points, b: Points): void {
  for (let i = 0; i < a.re.length; i++) {
    const re = a.re[i]!
    const im = a.im[i]!
    a.re[i] = re * b.re[i]! - im * b.im[i]!
    a.im[i] = re * b.im[i]! + im * b.re[i]!
  }
}

// Roots as a heap: part k, a polynomial modulo X^2h - r^2, splits by r = e^(i angle(k)) into part 2k, X^h - r, and part
// 2k + 1, X^h + r. So angle(1) = pi/4, angle(2k) = angle(k)/2 and angle(2k + 1) = angle(2k) + pi/2.

let cosines = new Float64Array(0)
let sines = new Float64Array(0)

function growRoots(size: number): void {
  if (cosines.length >= size) return
  // In parts of pi, exact.
  const angles = new Float64Array(size)
  angles[1] = 0.25
  cosines = new Float64Array(size)
  sines = new Float64Array(size)
  cosines[1] = Math.SQRT1_2
  sines[1] = Math.SQRT1_2
  for (let left = 2; left < size; left += 2) {
    const angle = angles[left / 2]! / 2
    angles[left] = angle
    angles[left + 1] = angle + 0.5
    cosines[left] = sines[left + 1] = Math.cos(Math.PI * angle)
    sines[left] = Math.sin(Math.PI * angle)
    cosines[left + 1] = -sines[left]!
  }
}

/** Parts of this size and below are split level by level, larger ones each to its end: so they stay in the cache. */
const CACHED = 4_096

/** The polynomial modulo X^M - i becomes its values at the M points where that is 0, in the order of the parts. */
function split(re: Float64Array, im: Float64Array): void {
  const size = re.length
  if (isPowerOfFour(size)) return splitPart(re, im, 1, 0, size)
  splitOnce(re, im)
  splitPart(re, im, 2, 0, size / 2)
  splitPart(re, im, 3, size / 2, size / 2)
}

/** What `split` did undone, and everything times M. */
function join(re: Float64Array, im: Float64Array): void {
  const size = re.length
  if (isPowerOfFour(size)) return joinPart(re, im, 1, 0, size)
  joinPart(re, im, 2, 0, size / 2)
  joinPart(re, im, 3, size / 2, size / 2)
  joinOnce(re, im)
}

const isPowerOfFour = (size: number): boolean => (Math.clz32(size) & 1) === 1

/** Part k, `size` coefficients from `start`. */
function splitPart(re: Float64Array, im: Float64Array, k: number, start: number, size: number): void {
  if (size > CACHED) {
    splitLevels(re, im, k, start, 1, size / 4)
    for (let part = 0; part < 4; part++) splitPart(re, im, 4 * k + part, start + (part * size) / 4, size / 4)
    return
  }
  for (let parts = 1; 4 * parts <= size; parts *= 4) splitLevels(re, im, k * parts, start, parts, size / (4 * parts))
}

function joinPart(re: Float64Array, im: Float64Array, k: number, start: number, size: number): void {
  if (size > CACHED) {
    for (let part = 0; part < 4; part++) joinPart(re, im, 4 * k + part, start + (part * size) / 4, size / 4)
    joinLevels(re, im, k, start, 1, size / 4)
    return
  }
  for (let parts = size / 4; parts >= 1; parts /= 4) joinLevels(re, im, k * parts, start, parts, size / (4 * parts))
}

/** Two levels of as many parts, from part k on, each of four times `quarter` coefficients. */
function splitLevels(
  re: Float64Array,
  im: Float64Array,
  k: number,
  start: number,
  parts: number,
  quarter: number,
): void {
  const [cos, sin] = [cosines, sines]
  for (let part = 0; part < parts; part++) {
    const c = cos[k + part]!
    const s = sin[k + part]!
    const c2 = cos[2 * (k + part)]!
    const s2 = sin[2 * (k + part)]!
    const from = start + 4 * part * quarter
    for (let i = from; i < from + quarter; i++) {
      const i1 = i + quarter
      const i2 = i1 + quarter
      const i3 = i2 + quarter
      const ur = re[i2]! * c - im[i2]! * s
      const ui = re[i2]! * s + im[i2]! * c
      const vr = re[i3]! * c - im[i3]! * s
      const vi = re[i3]! * s + im[i3]! * c
      // The left half, modulo X^h - r, splits by the root of 2k; the right one, modulo X^h + r, by i times that.
      const lr = re[i]! + ur
      const li = im[i]! + ui
      const mr = re[i1]! + vr
      const mi = im[i1]! + vi
      const rr = re[i]! - ur
      const ri = im[i]! - ui
      const nr = re[i1]! - vr
      const ni = im[i1]! - vi
      const tr = mr * c2 - mi * s2
      const ti = mr * s2 + mi * c2
      const wr = nr * c2 - ni * s2
      const wi = nr * s2 + ni * c2
      re[i] = lr + tr
      im[i] = li + ti
      re[i1] = lr - tr
      im[i1] = li - ti
      re[i2] = rr - wi
      im[i2] = ri + wr
      re[i3] = rr + wi
      im[i3] = ri - wr
    }
  }
}

function joinLevels(
  re: Float64Array,
  im: Float64Array,
  k: number,
  start: number,
  parts: number,
  quarter: number,
): void {
  const [cos, sin] = [cosines, sines]
  for (let part = 0; part < parts; part++) {
    const c = cos[k + part]!
    const s = sin[k + part]!
    const c2 = cos[2 * (k + part)]!
    const s2 = sin[2 * (k + part)]!
    const from = start + 4 * part * quarter
    for (let i = from; i < from + quarter; i++) {
      const i1 = i + quarter
      const i2 = i1 + quarter
      const i3 = i2 + quarter
      const tr = re[i]! - re[i1]!
      const ti = im[i]! - im[i1]!
      // Times -i already.
      const wr = im[i2]! - im[i3]!
      const wi = re[i3]! - re[i2]!
      const lr = re[i]! + re[i1]!
      const li = im[i]! + im[i1]!
      const rr = re[i2]! + re[i3]!
      const ri = im[i2]! + im[i3]!
      const mr = tr * c2 + ti * s2
      const mi = ti * c2 - tr * s2
      const nr = wr * c2 + wi * s2
      const ni = wi * c2 - wr * s2
      const ur = lr - rr
      const ui = li - ri
      const vr = mr - nr
      const vi = mi - ni
      re[i] = lr + rr
      im[i] = li + ri
      re[i1] = mr + nr
      im[i1] = mi + ni
      re[i2] = ur * c + ui * s
      im[i2] = ui * c - ur * s
      re[i3] = vr * c + vi * s
      im[i3] = vi * c - vr * s
    }
  }
}

/** One level, of part 1. */
function splitOnce(re: Float64Array, im: Float64Array): void {
  const half = re.length / 2
  const c = cosines[1]!
  const s = sines[1]!
  for (let i = 0; i < half; i++) {
    const j = i + half
    const tr = re[j]! * c - im[j]! * s
    const ti = re[j]! * s + im[j]! * c
    re[j] = re[i]! - tr
    im[j] = im[i]! - ti
    re[i]! += tr
    im[i]! += ti
  }
}

function joinOnce(re: Float64Array, im: Float64Array): void {
  const half = re.length / 2
  const c = cosines[1]!
  const s = sines[1]!
  for (let i = 0; i < half; i++) {
    const j = i + half
    const tr = re[i]! - re[j]!
    const ti = im[i]! - im[j]!
    re[i]! += re[j]!
    im[i]! += im[j]!
    re[j] = tr * c + ti * s
    im[j] = ti * c - tr * s
  }
}
