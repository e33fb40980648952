// A sweep as the tables of docs/eavesdroppers.md: Markdown, made by `npm run sweep -- --markdown`.

import { type Compared, type EveKind, PARTIAL_STRENGTHS, type Point, type PointSummary } from './sweep.ts'

/** Angles of the table of full strength; the sweep has many more. */
const SHOWN_ANGLES: readonly (number | null)[] = [0, 22.5, 45, 67.5, 90, 112.5, 135, 157.5, null]

/** Columns of the table of strengths: where an attack is at its worst for the key, for S, and in between. */
const COLUMNS: readonly Omit<Point, 'strength'>[] = [
  { eve: 'ghz', angleDegrees: 0 },
  { eve: 'ghz', angleDegrees: 67.5 },
  { eve: 'ghz', angleDegrees: 90 },
  { eve: 'intercept', angleDegrees: 0 },
  { eve: 'intercept', angleDegrees: 67.5 },
  { eve: 'intercept', angleDegrees: 90 },
  { eve: 'circular', angleDegrees: null },
  { eve: 'clone', angleDegrees: null },
]

const NAMES: Readonly<Record<EveKind, string>> = {
  ghz: 'entangling (`ghz`)',
  intercept: 'intercept-resend',
  circular: 'intercept-resend, circular',
  clone: 'cloner',
}

/** All tables, `keyBitsClean` being what a run without an Eve leaves. */
export function sweepTables(summaries: readonly PointSummary[], keyBitsClean: number): string {
  return [
    fullTable(summaries),
    strengthTable(summaries),
    throughTable(summaries, keyBitsClean),
    farthest(summaries),
  ].join('\n\n')
}

function fullTable(summaries: readonly PointSummary[]): string {
  const full = summaries.filter(({ point }) => point.strength === 1)
  const shown = full.filter(({ point }) => SHOWN_ANGLES.includes(point.angleDegrees))
  const [runs, alerts] = [sum(full.map((one) => one.runs)), sum(full.map((one) => one.outcomes.eavesdropper))]
  const rows = shown.map(({ point, s, qber, guess, runs: own, outcomes }) => [
    NAMES[point.eve],
    degrees(point.angleDegrees),
    compared(s, (value) => value.toFixed(3)),
    compared(qber, percent),
    compared(guess, percent),
    `${outcomes.eavesdropper} of ${own}`,
  ])
  return [
    table(['Eve', 'angle', 'S', 'QBER', 'she guesses right', 'alerts'], rows),
    `All ${full.length} attacks of full strength, every 2.5 degrees: ${alerts} alerts in ${runs} runs.`,
  ].join('\n\n')
}

function strengthTable(summaries: readonly PointSummary[]): string {
  const rows = PARTIAL_STRENGTHS.map((strength) => [
    `${strength}`,
    ...COLUMNS.map((column) => {
      const outcomes = find(summaries, { ...column, strength })?.outcomes
      return outcomes === undefined ? '' : `${outcomes.delivered} / ${outcomes.noisy} / ${outcomes.eavesdropper}`
    }),
  ])
  const partial = summaries.filter(({ point }) => point.strength < 1)
  const ends = (outcome: keyof PointSummary['outcomes']): number => sum(partial.map((one) => one.outcomes[outcome]))
  const others = ends('unended') + ends('other')
  return [
    table(['strength', ...COLUMNS.map(columnName)], rows),
    `All ${partial.length} attacks of less than full strength, ${sum(partial.map((one) => one.runs))} runs: ` +
      `${ends('delivered')} delivered, ${ends('noisy')} noisy, ${ends('eavesdropper')} alerts, ${others} anything else; ` +
      `${Math.max(...partial.map((one) => one.sessionsMost))} sessions at most.`,
  ].join('\n\n')
}

/** What came through, by the attack that knew most of it. */
function throughTable(summaries: readonly PointSummary[], keyBitsClean: number): string {
  const rows = PARTIAL_STRENGTHS.flatMap((strength) => {
    const all = summaries.filter(({ point }) => point.strength === strength)
    const through = all.filter(({ delivered }) => delivered !== null)
    const most = through.toSorted((a, b) => b.information - a.information)[0]
    if (most?.delivered == null) return []
    const { siftedBits, keyBits } = most.delivered
    return [
      [
        `${strength}`,
        `${sum(through.map((one) => one.outcomes.delivered))} of ${sum(all.map((one) => one.runs))}`,
        columnName(most.point),
        compared(most.guess, percent),
        `${Math.round(most.information * siftedBits)} of ${Math.round(siftedBits)}`,
        `${Math.round(keyBits)}`,
      ],
    ]
  })
  return [
    table(['strength', 'came through', 'who knew most', 'she guesses right', 'worth in bits', 'key left'], rows),
    `Without an Eve ${Math.round(keyBitsClean)} bits of key are left.`,
  ].join('\n\n')
}

/** How near the means came to theory. */
function farthest(summaries: readonly PointSummary[]): string {
  const deviations = summaries.flatMap(({ s, qber, guess }) => [s, qber, guess].map((one) => Math.abs(one.deviation)))
  return (
    `Of the ${deviations.length} means of S, QBER and guesses none is more than ` +
    `${Math.max(...deviations).toFixed(1)} standard errors from its exact value.`
  )
}

const find = (summaries: readonly PointSummary[], { eve, strength, angleDegrees }: Point): PointSummary | undefined =>
  summaries.find(({ point }) => point.eve === eve && point.strength === strength && point.angleDegrees === angleDegrees)

const columnName = ({ eve, angleDegrees }: Omit<Point, 'strength'>): string =>
  `${eve}${angleDegrees === null ? '' : ` ${degrees(angleDegrees)}`}`

const degrees = (angle: number | null): string => (angle === null ? '' : `${angle}°`)
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`
const compared = ({ measured, exact }: Compared, say: (value: number) => string): string =>
  `${say(measured)} (${say(exact)})`

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
