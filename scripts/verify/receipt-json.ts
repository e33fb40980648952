// Reads an exported receipt: a file that anybody may have changed. It is taken for one only where every field is there
// and of its kind; whether the figures are right is not asked here.

export const PAIRS = ['a1b1', 'a1b2', 'a1b3', 'a2b1', 'a2b2', 'a2b3', 'a3b1', 'a3b2', 'a3b3'] as const
export type Pair = (typeof PAIRS)[number]
export const SETTINGS = ['a1', 'a2', 'a3', 'b1', 'b2', 'b3'] as const

export interface Outcomes {
  readonly rounds: number
  readonly equal: number | null
  readonly unequal: number | null
}

export interface Interval {
  readonly value: number
  readonly low: number
  readonly high: number
}

export interface ReceiptJson {
  readonly terms: {
    readonly session: string
    readonly pairs: number
    readonly mode: 'efficient' | 'textbook'
    readonly settings: Readonly<Record<(typeof SETTINGS)[number], number>>
    readonly epsilon: number
    readonly proof: 'trusted' | 'collective'
    readonly route: 'relay' | 'direct'
    readonly plannedNoise: number
    readonly neededBits: number
  }
  readonly arrivedPairs: number
  readonly tally: Readonly<Record<Pair, Outcomes>>
  readonly readings: {
    readonly s: number | null
    readonly sLow: number | null
    readonly sHigh: number | null
    readonly phaseError: Interval | null
    readonly bitError: Interval | null
    readonly qber: number | null
  }
  readonly leak: { readonly checks: number; readonly parities: number; readonly foreseen: number }
  readonly key: {
    readonly siftedBits: number
    readonly secretBits: number
    readonly proofs: { readonly trusted: number | null; readonly collective: number; readonly coherent: number }
    readonly usedBits: number
  }
  readonly authentication: 'information-theoretic' | 'computational'
  readonly errorCorrection: 'none'
  readonly verdict: {
    readonly outcome: 'delivered' | 'sent' | 'short' | 'noisy' | 'eavesdropper' | 'tampered'
    readonly enough: boolean
    readonly chance: number | null
  }
  readonly checksum: string
}

const FORMAT = 'sequre-chat receipt'
const VERSION = 1

/** What is asked of a value: a sentence of what is wrong with the one at `path`, or null. */
type Kind = (value: unknown, path: string) => string | null

const kind =
  (what: string, is: (value: unknown) => boolean): Kind =>
  (value, path) =>
    is(value) ? null : value === undefined ? `${path} is missing.` : `${path} is not ${what}.`
const number = kind('a number', (value) => typeof value === 'number' && Number.isFinite(value))
const count = kind('a whole number from 0', (value) => Number.isSafeInteger(value) && (value as number) >= 0)
const rate = kind('a number from 0 to 1', (value) => typeof value === 'number' && value >= 0 && value <= 1)
const truth = kind('true or false', (value) => typeof value === 'boolean')
const one = (...choices: readonly unknown[]): Kind =>
  kind(`one of ${choices.join(', ')}`, (value) => choices.includes(value))
const digits = (length: number): Kind =>
  kind(
    `${length} hexadecimal digits`,
    (value) => typeof value === 'string' && new RegExp(`^[0-9a-f]{${length}}$`).test(value),
  )
const orNull =
  (inner: Kind): Kind =>
  (value, path) =>
    value === null ? null : inner(value, path)
const object =
  (fields: Readonly<Record<string, Kind>>): Kind =>
  (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return `${path || 'The file'} is no object.`
    for (const [name, inner] of Object.entries(fields)) {
      const fault = inner((value as Record<string, unknown>)[name], path === '' ? name : `${path}.${name}`)
      if (fault !== null) return fault
    }
    return null
  }
const each = (names: readonly string[], inner: Kind): Kind =>
  object(Object.fromEntries(names.map((name) => [name, inner])))

const interval = object({ value: number, low: number, high: number })

const RECEIPT = object({
  terms: object({
    session: digits(32),
    pairs: count,
    mode: one('efficient', 'textbook'),
    settings: each(SETTINGS, rate),
    epsilon: kind('a number above 0 and below 1', (value) => typeof value === 'number' && value > 0 && value < 1),
    proof: one('trusted', 'collective'),
    route: one('relay', 'direct'),
    plannedNoise: rate,
    neededBits: count,
  }),
  arrivedPairs: count,
  tally: each(PAIRS, object({ rounds: count, equal: orNull(count), unequal: orNull(count) })),
  readings: object({
    s: orNull(number),
    sLow: orNull(number),
    sHigh: orNull(number),
    phaseError: orNull(interval),
    bitError: orNull(interval),
    qber: orNull(rate),
  }),
  leak: object({ checks: count, parities: count, foreseen: count }),
  key: object({
    siftedBits: count,
    secretBits: count,
    proofs: object({ trusted: orNull(count), collective: count, coherent: count }),
    usedBits: count,
  }),
  authentication: one('information-theoretic', 'computational'),
  errorCorrection: one('none'),
  verdict: object({
    outcome: one('delivered', 'sent', 'short', 'noisy', 'eavesdropper', 'tampered'),
    enough: truth,
    chance: orNull(rate),
  }),
  checksum: digits(32),
})

/** The receipt in a file's text, or a sentence that says why there is none. */
export function readReceipt(text: string): { readonly receipt: ReceiptJson } | { readonly fault: string } {
  const value = parse(text)
  if (value === undefined) return { fault: 'It is no JSON.' }
  const { format, version } = (value ?? {}) as { readonly format?: unknown; readonly version?: unknown }
  if (format !== FORMAT) return { fault: `It is no receipt: its "format" is not "${FORMAT}".` }
  if (version !== VERSION) return { fault: `Its version is ${JSON.stringify(version)}; only ${VERSION} can be read.` }
  const fault = RECEIPT(value, '')
  return fault === null ? { receipt: value as ReceiptJson } : { fault }
}

/** Undefined where the text is no JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
