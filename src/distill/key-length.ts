// How many secret bits a run holds, under two proofs. Pure formulas over counts: no run is judged here (verdict.ts).
//
// Trusted devices, any attack: Tomamichel, Lim, Gisin, Renner, Nat. Commun. 3, 634 (2012), with a Chernoff step for the
// binary symmetric channel through which the test rounds show the phase error, and Serfling from test to key. The
// assembly is this project's own, and nobody has reviewed it. (PROTOCOL section 5)
// Device-independent, collective attacks: Acin et al., PRL 98, 230501 (2007); Pironio et al., NJP 11, 045021 (2009).
//
// Counts may be real numbers (the planner puts expectations in). Impossible inputs give 0 bits, never NaN.

/** h(p) = -p log2 p - (1-p) log2 (1-p), with h(0) = h(1) = 0. */
export function binaryEntropy(p: number): number {
  return p <= 0 || p >= 1 ? 0 : -(p * Math.log2(p) + (1 - p) * Math.log2(1 - p))
}

/** KL(e || p) of two coins in nats; infinite where p can't give e. */
export function divergence(e: number, p: number): number {
  const bad = e === 0 ? 0 : e * Math.log(e / p)
  const good = e === 1 ? 0 : (1 - e) * Math.log((1 - e) / (1 - p))
  return bad + good
}

/** Error rate that a perfect pair shows on settings 45 degrees apart: (1 - 1/sqrt2) / 2. */
export const P0 = (1 - Math.SQRT1_2) / 2

export interface KeyLength {
  /** max(0, floor(beforeFloor)); 0 where nothing was tested. */
  readonly secretBits: number
  /** Finite, and negative where the run is too short or too noisy; 0 for impossible inputs. */
  readonly beforeFloor: number
}

export interface TrustedInput {
  /** n */
  readonly keyBits: number
  /** k, rounds of the phase half: both its settings together. */
  readonly testBits: number
  /** e', the pooled error rate of those rounds as read (P0 for perfect pairs). */
  readonly testErrorRate: number
  /** Parities and syndromes said about the key. */
  readonly leakedBits: number
  /** t, bits said as verification checks. */
  readonly tagBits: number
  readonly epsilon: number
}

const NOTHING: KeyLength = { secretBits: 0, beforeFloor: 0 }

/**
 * l = n (1 - h(min(1/2, ek + mu))) - leak - t - 2 log2(2/eps), with L = ln(32/eps^2),
 * ek = max(0, sqrt2 (pU - P0)), pU = sup{ p >= e' : k KL(e'||p) <= L }, mu = sqrt((n+k)(k+1) L / (2 n k^2)).
 */
export function keyLengthTrusted(input: TrustedInput): KeyLength {
  const { keyBits: n, testBits: k, testErrorRate, leakedBits, tagBits, epsilon } = input
  if (!isPossible(input) || !(k > 0) || !isRate(testErrorRate)) return NOTHING
  const bound = Math.log(32 / epsilon ** 2)
  const phaseError = Math.max(0, Math.SQRT2 * (upperRate(testErrorRate, bound / k) - P0))
  const drift = Math.sqrt(((n + k) * (k + 1) * bound) / (2 * n * k * k))
  const secret = n * (1 - binaryEntropy(Math.min(0.5, phaseError + drift)))
  return toLength(secret - leakedBits - tagBits - 2 * Math.log2(2 / epsilon))
}

/** The largest p >= e with KL(e || p) <= bound: Newton (KL is convex in p), bisecting where it would leave the bracket. */
export function upperRate(e: number, bound: number): number {
  if (e === 0) return -Math.expm1(-bound)
  let low = e
  // Pinsker: KL >= 2 (p - e)^2.
  let high = Math.min(1, e + Math.sqrt(bound / 2))
  let p = high
  for (let i = 0; i < 100; i++) {
    const excess = divergence(e, p) - bound
    if (excess > 0) high = p
    else low = p
    const step = p - (excess * p * (1 - p)) / (p - e)
    const next = step >= low && step <= high ? step : (low + high) / 2
    // Newton doubles the digits: after a step this small the next one would be below rounding.
    if (Math.abs(next - p) <= 1e-9 * (next - e)) return next
    p = next
  }
  return p
}

/** The rounds of one of the four CHSH settings. */
export interface SettingWins {
  readonly count: number
  /** Fraction with equal outcomes; for (a1, b3) with different ones. */
  readonly winRate: number
}

export interface CollectiveInput {
  readonly keyBits: number
  /** The four settings of S; they need not be equally frequent. */
  readonly settings: readonly [SettingWins, SettingWins, SettingWins, SettingWins]
  /** Parities of both directions (Tupkary and Lutkenhaus, arXiv:2307.00576). */
  readonly leakedBits: number
  readonly tagBits: number
  readonly epsilon: number
}

/** chi(S) = h((1 + sqrt((S/2)^2 - 1)) / 2): what Eve may know of a key bit; 1 at S <= 2, 0 at 2 sqrt2. */
export function eveInformation(s: number): number {
  if (s <= 2) return 1
  return binaryEntropy((1 + Math.sqrt(Math.min(1, (s / 2) ** 2 - 1))) / 2)
}

/**
 * l = n (1 - chi(S_low)) - leak - t - 4 log2(2 + sqrt2) sqrt(n log2(2/eps_s^2)) - log2(2/eps_cor) - 2 log2(1/(2 eps_pa)),
 * S_low = 8 (w - sqrt(ln(1/eps_pe)/2 sum 1/(16 m))) - 4 with w the mean of the four win rates (not the pooled rate),
 * eps_pe = eps_s = eps/4, eps_pa = eps/5, eps_cor = eps/20.
 */
export function keyLengthCollective(input: CollectiveInput): KeyLength {
  const { keyBits: n, settings, leakedBits, tagBits, epsilon } = input
  if (!isPossible(input) || !settings.every(({ count, winRate }) => count > 0 && isRate(winRate))) return NOTHING
  const secret = n * (1 - eveInformation(lowerS(settings, epsilon / 4)))
  const smoothing = 4 * Math.log2(2 + Math.SQRT2) * Math.sqrt(n * Math.log2(2 / (epsilon / 4) ** 2))
  const hashing = Math.log2(2 / (epsilon / 20)) + 2 * Math.log2(1 / (2 * (epsilon / 5)))
  return toLength(secret - leakedBits - tagBits - smoothing - hashing)
}

function lowerS(settings: readonly SettingWins[], epsilon: number): number {
  const mean = settings.reduce((sum, { winRate }) => sum + winRate / 4, 0)
  const spread = settings.reduce((sum, { count }) => sum + 1 / (16 * count), 0)
  return 8 * (mean - Math.sqrt((Math.log(1 / epsilon) / 2) * spread)) - 4
}

interface CommonInput {
  readonly keyBits: number
  readonly leakedBits: number
  readonly tagBits: number
  readonly epsilon: number
}

function isPossible({ keyBits, leakedBits, tagBits, epsilon }: CommonInput): boolean {
  const counted = keyBits > 0 && leakedBits >= 0 && tagBits >= 0 && epsilon > 0 && epsilon < 1
  return counted && Number.isFinite(keyBits + leakedBits + tagBits)
}

const isRate = (rate: number): boolean => rate >= 0 && rate <= 1

function toLength(beforeFloor: number): KeyLength {
  return Number.isFinite(beforeFloor) ? { secretBits: Math.max(0, Math.floor(beforeFloor)), beforeFloor } : NOTHING
}
