// Reads the fields of a question that a person or a script wrote. Like the wire's Reader it never throws: the first field
// that is missing or wrong is kept as a sentence, and what is read after that is harmless and not used.

export type Question = Readonly<Record<string, unknown>>

export interface Range {
  readonly min: number
  readonly max: number
  /** Whether the ends belong to it; they do unless told. */
  readonly without?: 'min' | 'max' | 'both'
  /** A missing field without a default is a fault. */
  readonly fallback?: number
  readonly whole?: boolean
}

const VALUE_CHARACTERS_MAX = 40

export class QuestionReader {
  readonly #question: Question
  #fault: string | null = null

  constructor(question: Question) {
    this.#question = question
  }

  /** A sentence about the first field that was no good; null while all were. */
  get fault(): string | null {
    return this.#fault
  }

  number(name: string, { min, max, without, fallback, whole = false }: Range): number {
    const value = this.#question[name]
    if (value === undefined && fallback !== undefined) return fallback
    const isNumber = typeof value === 'number' && Number.isFinite(value) && (!whole || Number.isInteger(value))
    const openMin = without === 'min' || without === 'both'
    const openMax = without === 'max' || without === 'both'
    if (isNumber && (openMin ? value > min : value >= min) && (openMax ? value < max : value <= max)) return value
    const kind = whole ? 'a whole number' : 'a number'
    return this.#fail(name, `${kind} ${openMin ? 'above' : 'from'} ${min} ${openMax ? 'to below' : 'to'} ${max}`, min)
  }

  choice<const T extends string>(name: string, choices: readonly T[], fallback?: T): T {
    const value = this.#question[name]
    if (value === undefined && fallback !== undefined) return fallback
    const known = choices.find((choice) => choice === value)
    return known ?? this.#fail(name, `one of ${choices.join(', ')}`, choices[0]!)
  }

  /** A text, or a whole number as one. */
  label(name: string, fallback: string, charactersMax: number): string {
    const value = this.#question[name]
    if (value === undefined) return fallback
    if (Number.isSafeInteger(value)) return String(value)
    if (typeof value === 'string' && value.length <= charactersMax) return value
    return this.#fail(name, `a whole number or a text of at most ${charactersMax} characters`, fallback)
  }

  #fail<T>(name: string, wanted: string, harmless: T): T {
    const value = this.#question[name]
    const got = value === undefined ? 'is missing' : `is ${describe(value)}`
    this.#fault ??= `"${name}" ${got}; it must be ${wanted}.`
    return harmless
  }
}

/** A value as a person would know it again, in a few characters. */
function describe(value: unknown): string {
  if (typeof value === 'number') return String(value)
  const text = JSON.stringify(value) ?? typeof value
  return text.length > VALUE_CHARACTERS_MAX ? `${text.slice(0, VALUE_CHARACTERS_MAX)}…` : text
}
