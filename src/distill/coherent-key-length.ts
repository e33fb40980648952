// How many secret bits a run would hold in the experiment of Nadlinger et al., Nature 607, 682 (2022),
// arXiv:2109.14600, Proposition 2: device-independent, against coherent attacks, by entropy accumulation. A file of its
// own, loaded when it is asked for. It is that experiment's protocol and not quite ours (theirs tests a fixed fraction
// and makes key of one pair of settings), so the figure is "what these statistics would give there": it never decides.
//
// Every choice of the tangent t, of alpha, beta and of the epsilons gives a valid length; they are chosen to make it
// long. For a given t the others have closed forms in terms of each other (alpha - 1 and beta - 1 as square roots, for
// they balance c x against d / x), which a few rounds bring together; t is searched.

import { binaryEntropy } from './key-length.ts'
import { correlation, type Tally } from './tally.ts'

export interface CoherentInput {
  /** n, test and key rounds together. */
  readonly rounds: number
  /** gamma, the share of them that plays CHSH; above 0, below 1. */
  readonly testFraction: number
  readonly s: number
  /** Error rate of the key rounds, as a fraction. */
  readonly qber: number
  /** Soundness; above 4 x 2^-61, which their hashes take of it. */
  readonly epsilon: number
}

/** The win rates that quantum mechanics allows in CHSH. */
const WIN_MIN = (1 - Math.SQRT1_2) / 2
const WIN_MAX = (1 + Math.SQRT1_2) / 2
/** Up to here a local model wins: no entropy is certified. */
const WIN_LOCAL = 3 / 4
/** Their threshold on the win rate: this many standard deviations under the mean. */
const THRESHOLD_SIGMAS = 3
/** Bits that error correction takes beyond the entropy of the errors: this times sqrt n. */
const CORRECTION_EXCESS = 50
/** What hashing and the checks take at any length, bits. */
const CONSTANT_BITS = 264
const HASH_EPSILON = 4 * 2 ** -61

const LOG_33 = Math.log2(33)
/** (log2 5)^2: beta's cost a round. */
const BETA_COST = Math.log2(5) ** 2

/** Bits of secret key, a whole number from 0; 0 for impossible inputs. */
export function keyLengthCoherent(input: CoherentInput): number {
  if (!isPossible(input)) return 0
  const run = toRun(input)
  return upperBound(run) <= 1 ? 0 : Math.max(0, Math.floor(lengthOf(longest(run))))
}

/**
 * A run as that experiment would count it: rounds of the four CHSH settings and of the key setting (a3,b2), nothing
 * else. Null where a setting has no rounds or the key's error rate isn't known.
 */
export function coherentInput(
  tally: Tally,
  readings: { readonly s: number | null; readonly qber: number | null },
  epsilon: number,
): CoherentInput | null {
  const { s, qber } = readings
  const tests = [tally.a1b1, tally.a1b3, tally.a3b1, tally.a3b3]
  if (s === null || qber === null || tests.some((pair) => correlation(pair) === null)) return null
  const tested = tests.reduce((sum, { count }) => sum + count, 0)
  const rounds = tested + tally.a3b2.count
  return { rounds, testFraction: tested / rounds, s, qber, epsilon }
}

/** eta(w): bits of entropy that a win rate w certifies, on either side of what a local model reaches. */
export function certifiedEntropy(w: number): number {
  return w >= 1 - WIN_LOCAL && w <= WIN_LOCAL ? 0 : 1 - binaryEntropy((1 + chshRoot(w)) / 2)
}

/** eta'(w). */
export function certifiedSlope(w: number): number {
  if (w >= 1 - WIN_LOCAL && w <= WIN_LOCAL) return 0
  const root = chshRoot(w)
  return ((8 * w - 4) / root) * Math.log2((1 + root) / (1 - root))
}

/** sqrt(16 w (w - 1) + 3) = sqrt((S/2)^2 - 1). */
const chshRoot = (w: number): number => Math.sqrt(Math.min(1, Math.max(0, 16 * w * (w - 1) + 3)))

/** theta(x) = -log2(1 - sqrt(1 - x^2)), without the cancellation of small x. */
const theta = (x: number): number => -Math.log2((x * x) / (1 + Math.sqrt(1 - x * x)))

/** What is fixed before the search. */
interface Run {
  readonly n: number
  readonly gamma: number
  /** w_thr */
  readonly threshold: number
  /** m, bits of error correction. */
  readonly correction: number
  /** e_ea = e_pa + 2 e_s */
  readonly epsilon: number
}

function isPossible({ rounds, testFraction, s, qber, epsilon }: CoherentInput): boolean {
  const counted = rounds > 0 && Number.isFinite(rounds) && testFraction > 0 && testFraction < 1
  return counted && Math.abs(s) <= 4 && qber >= 0 && qber <= 1 && epsilon > HASH_EPSILON && epsilon < 1
}

function toRun({ rounds: n, testFraction: gamma, s, qber, epsilon }: CoherentInput): Run {
  const win = (4 + s) / 8
  const lost = gamma * (1 - win)
  const threshold = win - (THRESHOLD_SIGMAS * Math.sqrt((lost * (1 - lost)) / n)) / gamma
  const errors = (1 - gamma) * binaryEntropy(qber) + gamma * binaryEntropy(1 - win)
  return {
    n,
    gamma,
    // A lower threshold is always sound; above the quantum bound the tangents mean nothing.
    threshold: Math.min(threshold, WIN_MAX),
    correction: n * errors + CORRECTION_EXCESS * Math.sqrt(n),
    epsilon: epsilon - HASH_EPSILON,
  }
}

/**
 * y is at most this, at no cost: the infimum is at most its value at w_thr, V is at least V at Var = 0, K at least 0,
 * each epsilon at most e_ea, and c x + d/x at least 2 sqrt(c d). A chat message's run ends here.
 */
function upperBound({ n, gamma, threshold, correction, epsilon }: Run): number {
  const spent = theta(epsilon) + Math.log2(1 / epsilon)
  const roots = 2 * Math.sqrt(n * spent) * (Math.sqrt(variancePenalty(0)) + Math.sqrt(BETA_COST))
  return n * (certifiedEntropy(Math.max(WIN_LOCAL, threshold)) - gamma) - roots - correction - CONSTANT_BITS
}

/** alpha and beta less 1, and how the failure probability is shared out. */
interface Choice {
  readonly alpha: number
  readonly beta: number
  readonly first: number
  readonly second: number
  readonly smoothing: number
  readonly amplification: number
}

const TANGENT_TOLERANCE = 1e-7

/** y at the best t, which is searched; the rest has its best place for each t. */
function longest(run: Run): number {
  const bits = (t: number): number => {
    const tangent = tangentAt(t, run.gamma)
    return lengthBefore(run, tangent, settle(run, tangent))
  }
  return peak(bits, WIN_LOCAL + 1e-6, WIN_MAX - 1e-6, TANGENT_TOLERANCE)
}

const EXCESS_MIN = 1e-12
const EXCESS_MAX = 0.9
const SETTLED = 1e-6
/** Four or five rounds settle; where they would swing, near alpha = 2, runs are far too short for any key. */
const ROUNDS_MAX = 12

/** Puts alpha, beta and the shares where y is stationary for the others held, in turn, until they stay. */
function settle(run: Run, tangent: Tangent): Choice {
  const { n, epsilon } = run
  const spent = Math.log2(1 / epsilon)
  let choice = share(epsilon, 1e-3, 1e-2)
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const cost = alphaCost(tangent, choice.alpha)
    const alpha = Math.sqrt((theta(choice.first) + spent) / (n * cost))
    const beta = Math.sqrt((theta(choice.second) + spent) / (n * BETA_COST))
    const next = share(epsilon, within(alpha), within(beta))
    const moved = Math.abs(next.alpha / choice.alpha - 1) + Math.abs(next.beta / choice.beta - 1)
    choice = next
    if (moved < SETTLED) break
  }
  return choice
}

const within = (excess: number): number => Math.min(EXCESS_MAX, Math.max(EXCESS_MIN, excess))

/**
 * For small x theta(x) is 1 - 2 log2 x, so that the loss is a sum of c_i log2(1/x_i) under a fixed sum of the x_i: it is
 * least where x_i is in proportion to c_i.
 */
function share(epsilon: number, alpha: number, beta: number): Choice {
  const [first, second, third, amplification] = [2 / alpha, 2 / beta, 6, 5]
  const smooth = first + second + third
  const smoothing = ((epsilon / 2) * smooth) / (smooth + amplification)
  return {
    alpha,
    beta,
    first: (smoothing * first) / smooth,
    second: (smoothing * second) / smooth / 2,
    smoothing,
    amplification: epsilon - 2 * smoothing,
  }
}

/** y of PROTOCOL section 5, for one choice. */
function lengthBefore(run: Run, tangent: Tangent, choice: Choice): number {
  const { n, gamma, threshold, correction, epsilon } = run
  const { alpha, beta, first, second, smoothing, amplification } = choice
  const spent = Math.log2(1 / epsilon)
  const margin = marginAt(tangent, alpha, leastAt(tangent, alpha))
  const certified = onTangent(tangent, threshold) + margin - alpha ** 2 * thirdOrder(tangent, alpha)
  return (
    n * (certified - gamma - beta * BETA_COST) -
    (theta(first) + (1 + alpha) * spent) / alpha -
    (theta(second) + (1 + beta) * spent) / beta -
    3 * theta(smoothing - first - 2 * second) -
    5 * Math.log2(1 / amplification) -
    correction -
    CONSTANT_BITS
  )
}

/** g(w) = height + (w - t) slope, the tangent of eta at t. */
export interface Tangent {
  readonly t: number
  readonly height: number
  readonly slope: number
  readonly gamma: number
}

export const tangentAt = (t: number, gamma: number): Tangent => ({
  t,
  height: certifiedEntropy(t),
  slope: certifiedSlope(t),
  gamma,
})

export const onTangent = ({ t, height, slope }: Tangent, w: number): number => height + (w - t) * slope

/** K = 2^((a-1) R) ln(2^R + e^2)^3 / (6 (2-a)^3 ln 2), with R = 2 + g(1) - g(min W). */
function thirdOrder(tangent: Tangent, alpha: number): number {
  const range = tangentRange(tangent)
  return (2 ** (alpha * range) * Math.log(2 ** range + Math.E ** 2) ** 3) / (6 * (1 - alpha) ** 3 * Math.LN2)
}

const tangentRange = (tangent: Tangent): number => 2 + tangent.slope * (1 - WIN_MIN)

/** What a little more alpha costs a round: V where the infimum is, and the derivative of (a-1)^2 K. */
function alphaCost(tangent: Tangent, alpha: number): number {
  const growth = 2 + alpha * (tangentRange(tangent) * Math.LN2 + 3 / (1 - alpha))
  return variancePenalty(varianceAt(tangent, leastAt(tangent, alpha))) + alpha * growth * thirdOrder(tangent, alpha)
}

/** V = (ln 2 / 2) (log2 33 + sqrt(2 + Var))^2 */
const variancePenalty = (variance: number): number => (Math.LN2 / 2) * (LOG_33 + Math.sqrt(2 + variance)) ** 2

/**
 * Var(w) = gamma (1-w) f0^2 + (1 - gamma (1-w)) g(1)^2 - g(w)^2 is the variance of a coin with chance gamma (1-w) and
 * values f0, g(1), which lie slope / gamma apart.
 */
function varianceAt({ slope, gamma }: Tangent, w: number): number {
  return ((slope * slope) / gamma) * (1 - w) * (1 - gamma * (1 - w))
}

/** eta(w) - g(w) - (a-1) V(w), whose infimum over W counts. It is convex: V is concave, as a root of a concave Var is. */
export function marginAt(tangent: Tangent, alpha: number, w: number): number {
  return certifiedEntropy(w) - onTangent(tangent, w) - alpha * variancePenalty(varianceAt(tangent, w))
}

/** Halvings of W: leave w within 3e-9, and the least value, flat there, within rounding. */
const HALVINGS = 28

/** Where the margin is least over W: its derivative changes sign once. */
export function leastAt(tangent: Tangent, alpha: number): number {
  let [low, high] = [WIN_MIN, WIN_MAX]
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2
    if (marginSlope(tangent, alpha, middle) > 0) high = middle
    else low = middle
  }
  return low // the end of W itself where the least value is there
}

function marginSlope(tangent: Tangent, alpha: number, w: number): number {
  const { slope, gamma } = tangent
  const root = Math.sqrt(2 + varianceAt(tangent, w))
  const varianceSlope = -((slope * slope) / gamma) * (1 - 2 * gamma * (1 - w))
  const penaltySlope = (Math.LN2 / 2) * (LOG_33 / root + 1) * varianceSlope
  return certifiedSlope(w) - slope - alpha * penaltySlope
}

/** The largest value of f, which has one peak, by golden section. */
function peak(f: (x: number) => number, from: number, to: number, tolerance: number): number {
  const ratio = (Math.sqrt(5) - 1) / 2
  let [low, high] = [from, to]
  let [left, right] = [high - ratio * (high - low), low + ratio * (high - low)]
  let [atLeft, atRight] = [f(left), f(right)]
  while (high - low > tolerance) {
    if (atLeft > atRight) {
      ;[high, right, atRight] = [right, left, atLeft]
      left = high - ratio * (high - low)
      atLeft = f(left)
    } else {
      ;[low, left, atLeft] = [left, right, atRight]
      right = low + ratio * (high - low)
      atRight = f(right)
    }
  }
  return Math.max(atLeft, atRight)
}

/** The l of l + 4 log2 l = y, or 0 where it is below 1: Newton from the left of a concave function stays left of it. */
function lengthOf(y: number): number {
  if (!(y >= 1)) return 0
  let length = 1
  for (let i = 0; i < 20; i++) length += (y - length - 4 * Math.log2(length)) / (1 + 4 / (length * Math.LN2))
  return length
}
