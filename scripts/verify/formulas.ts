// The formulas of PROTOCOL sections 1, 4 and 5 once more, for `npm run verify`. On purpose nothing here comes from src:
// what the app computed is checked by code that it never ran. Plain and slow where the app is quick: bounds by
// bisection, infima and maxima by thirds.

export const P0 = (1 - 1 / Math.sqrt(2)) / 2

const log2 = Math.log2

export function entropy(p: number): number {
  if (p <= 0 || p >= 1) return 0
  return -p * log2(p) - (1 - p) * log2(1 - p)
}

/** KL(e || p) in nats. */
export function relativeEntropy(e: number, p: number): number {
  if ((p <= 0 && e > 0) || (p >= 1 && e < 1)) return Number.POSITIVE_INFINITY
  return (e > 0 ? e * Math.log(e / p) : 0) + (e < 1 ? (1 - e) * Math.log((1 - e) / (1 - p)) : 0)
}

/** sup{ p >= e : k KL(e || p) <= bound } */
function largestRate(e: number, k: number, bound: number): number {
  let [low, high] = [e, 1]
  for (let i = 0; i < 200; i++) {
    const middle = (low + high) / 2
    if (k * relativeEntropy(e, middle) <= bound) low = middle
    else high = middle
  }
  return low
}

export interface Block {
  readonly keyBits: number
  /** Parities and syndromes, or what they were foreseen to be. */
  readonly leak: number
  /** t, bits of checks. */
  readonly checks: number
}

/** l before the floor with trusted devices, from k rounds of the phase half of which `errors` were wrong. */
export function trustedLength(block: Block, k: number, errors: number, epsilon: number): number {
  const { keyBits: n, leak, checks } = block
  if (n === 0 || k === 0) return 0
  const bound = Math.log(32) - 2 * Math.log(epsilon)
  const phase = Math.max(0, Math.sqrt(2) * (largestRate(errors / k, k, bound) - P0))
  const drift = Math.sqrt(((n + k) * (k + 1) * bound) / (2 * n * k ** 2))
  return n * (1 - entropy(Math.min(1 / 2, phase + drift))) - leak - checks - 2 * log2(2 / epsilon)
}

/** One of the four CHSH settings: its rounds, and those that were won. */
export interface Played {
  readonly rounds: number
  readonly won: number
}

/** l before the floor, device-independent against collective attacks. */
export function collectiveLength(block: Block, played: readonly Played[], epsilon: number): number {
  const { keyBits: n, leak, checks } = block
  if (n === 0 || played.some(({ rounds }) => rounds === 0)) return 0
  const wins = played.reduce((sum, { won, rounds }) => sum + won / rounds, 0) / 4
  const spread = played.reduce((sum, { rounds }) => sum + 1 / (16 * rounds), 0)
  const s = 8 * (wins - Math.sqrt((Math.log(4 / epsilon) / 2) * spread)) - 4
  const chi = s <= 2 ? 1 : entropy((1 + Math.sqrt(Math.min(1, s ** 2 / 4 - 1))) / 2)
  const smoothing = 4 * log2(2 + Math.sqrt(2)) * Math.sqrt(n) * Math.sqrt(log2(2 / (epsilon / 4) ** 2))
  return n * (1 - chi) - leak - checks - smoothing - log2(2 / (epsilon / 20)) - 2 * log2(1 / (2 * (epsilon / 5)))
}

export interface Experiment {
  readonly rounds: number
  readonly testFraction: number
  readonly s: number
  readonly qber: number
  readonly epsilon: number
}

const WIN_MIN = (1 - 1 / Math.sqrt(2)) / 2
const WIN_MAX = (1 + 1 / Math.sqrt(2)) / 2

/**
 * l before the floor, device-independent against coherent attacks: Nadlinger et al., arXiv:2109.14600, Proposition 2.
 * One choice after the other is moved to its best place, round after round, until nothing gains.
 */
export function coherentLength(of: Experiment): number {
  if (of.rounds <= 0 || of.testFraction <= 0 || of.testFraction >= 1 || of.epsilon <= 2 ** -59) return 0
  if (isHopeless(of)) return 0
  const small = Math.log(of.epsilon - 2 ** -59)
  // t, then logarithms of alpha - 1, beta - 1, e2, e_s - e1 - 2 e2, e_pa.
  const choice = [0.8, Math.log(1e-3), Math.log(1e-2), small - 4, small - 6, small - 6]
  const ends = [
    [0.75 + 1e-6, WIN_MAX - 1e-6],
    [Math.log(1e-10), Math.log(0.5)],
    [Math.log(1e-10), Math.log(0.5)],
    [small - 40, small - 2],
    [small - 40, small - 2],
    [small - 40, small - 2],
  ] as const
  let y = Number.NEGATIVE_INFINITY
  for (let round = 0; round < 12; round++) {
    const before = y
    ends.forEach(([low, high], at) => {
      choice[at] = mostAt((value) => coherentBits(of, choice.with(at, value)), low, high)
    })
    y = coherentBits(of, choice)
    if (y - before < 0.01) break
  }
  let length = Math.max(0, y)
  for (let i = 0; i < 100 && length > 1; i++) length = y - 4 * log2(length)
  return Math.max(0, length)
}

/** True where even with no penalty but the two roots of n nothing is left: a short run needs no search. */
function isHopeless(of: Experiment): boolean {
  const { rounds: n, testFraction: gamma, epsilon } = of
  const roots = Math.sqrt(Math.LN2 / 2) * (log2(33) + Math.sqrt(2)) + log2(5)
  const certain = certified(Math.max(0.75, thresholdOf(of)))
  return n * (certain - gamma) - 2 * Math.sqrt(2 * n * log2(1 / epsilon)) * roots - correctionOf(of) < 1
}

/** w_thr: three standard deviations under the mean. */
function thresholdOf({ rounds, testFraction: gamma, s }: Experiment): number {
  const win = (4 + s) / 8
  const deviation = Math.sqrt((gamma * (1 - win) * (1 - gamma * (1 - win))) / rounds) / gamma
  return Math.min(WIN_MAX, win - 3 * deviation)
}

/** m */
const correctionOf = ({ rounds: n, testFraction: gamma, s, qber }: Experiment): number =>
  n * ((1 - gamma) * entropy(qber) + gamma * entropy((4 - s) / 8)) + 50 * Math.sqrt(n)

/** y of the Proposition for one choice; far below 0 where the epsilons leave nothing. */
function coherentBits(of: Experiment, choice: readonly number[]): number {
  const { rounds: n, testFraction: gamma, epsilon } = of
  const [t, alpha, beta] = [choice[0]!, Math.exp(choice[1]!), Math.exp(choice[2]!)]
  const [e2, rest, amplification] = [Math.exp(choice[3]!), Math.exp(choice[4]!), Math.exp(choice[5]!)]
  const total = epsilon - 4 * 2 ** -61
  const e1 = (total - amplification) / 2 - 2 * e2 - rest
  if (e1 <= 0) return -1e300
  const height = certified(t)
  const root = Math.sqrt(16 * t * (t - 1) + 3)
  const slope = ((8 * t - 4) / root) * log2((1 + root) / (1 - root))
  const g = (w: number): number => height + (w - t) * slope
  const lost = g(0) / gamma + (1 - 1 / gamma) * g(1)
  const variance = (w: number): number => gamma * (1 - w) * lost ** 2 + (1 - gamma * (1 - w)) * g(1) ** 2 - g(w) ** 2
  const penalty = (w: number): number => (Math.LN2 / 2) * (log2(33) + Math.sqrt(2 + Math.max(0, variance(w)))) ** 2
  const margin = (w: number): number => certified(w) - g(w) - alpha * penalty(w)
  const least = margin(mostAt((w) => -margin(w), WIN_MIN, WIN_MAX))
  const range = 2 + g(1) - g(WIN_MIN)
  const k = (2 ** (alpha * range) * Math.log(2 ** range + Math.exp(2)) ** 3) / (6 * (1 - alpha) ** 3 * Math.LN2)
  const share = log2(1 / total)
  const perRound = g(thresholdOf(of)) + least - alpha ** 2 * k - gamma - beta * log2(5) ** 2
  const roots = (theta(e1) + (1 + alpha) * share) / alpha + (theta(e2) + (1 + beta) * share) / beta
  return n * perRound - roots - 3 * theta(rest) - 5 * log2(1 / amplification) - correctionOf(of) - 264
}

const theta = (x: number): number => log2(1 + Math.sqrt(1 - x * x)) - 2 * log2(x)

const certified = (w: number): number =>
  w >= 0.25 && w <= 0.75 ? 0 : 1 - entropy((1 + Math.sqrt(Math.min(1, 16 * w * (w - 1) + 3))) / 2)

/** Where f, with one peak, is largest. */
function mostAt(f: (x: number) => number, from: number, to: number): number {
  let [low, high] = [from, to]
  for (let i = 0; i < 60; i++) {
    const [left, right] = [low + (high - low) / 3, high - (high - low) / 3]
    if (f(left) < f(right)) low = left
    else high = right
  }
  return (low + high) / 2
}
