// What two sides show in the end, held against what was written: what is lost, doubled, out of order. Pure.

export interface Verdict {
  /** Texts that somebody wrote or that anybody sees. */
  readonly messages: number
  /** Taken from the writer, or seen by anybody, and not shown on both sides. */
  readonly lost: readonly string[]
  /** Shown more than once on a side. */
  readonly doubled: readonly string[]
  /** Standing elsewhere on the other side, or before what its writer wrote first. */
  readonly disordered: readonly string[]
}

export interface Talk {
  /** Of each side, oldest first, what was taken: the box was emptied, the bubble stood. */
  readonly accepted: readonly (readonly string[])[]
  /** Of each side, oldest first, all that was tried: a kill may have come before it was taken. */
  readonly written: readonly (readonly string[])[]
  /** What each side shows, oldest first. */
  readonly shown: readonly (readonly string[])[]
}

export function judge({ accepted, written, shown }: Talk): Verdict {
  const expected = new Set([...accepted.flat(), ...shown.flat()])
  const lost = [...expected].filter((text) => shown.some((side) => !side.includes(text)))
  const doubled = new Set(shown.flatMap((side) => side.filter((text, i) => side.indexOf(text) < i)))
  const common = shown.map((side) => [...new Set(side)].filter((text) => !lost.includes(text)))
  const [first = [], ...others] = common
  const moved = first.filter((text, i) => others.some((side) => side[i] !== text))
  const early = written.flatMap((own) =>
    outOfOrder(first.filter((text) => own.includes(text)).map((text) => own.indexOf(text))).map((i) => own[i]!),
  )
  return { messages: expected.size, lost, doubled: [...doubled], disordered: [...new Set([...moved, ...early])] }
}

/** The numbers that come after a higher one. */
function outOfOrder(numbers: readonly number[]): readonly number[] {
  return numbers.filter((number, i) => numbers.slice(0, i).some((before) => before > number))
}
