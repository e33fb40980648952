// Numbers and times as they are written on the screen. Signs are real minus signs; a number never breaks from its unit.

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const hours = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })
const weekdays = new Intl.DateTimeFormat('en-GB', { weekday: 'short' })
const dates = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })
const days = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric' })

export const count = (value: number): string => minus(whole.format(value === 0 ? 0 : value))
export const signed = (value: number, digits: number): string => (value < 0 ? '' : '+') + fixed(value, digits)
export const percent = (fraction: number): string => `${fixed(100 * fraction, 1)}\u00a0%`
export const time = (ms: number): string => hours.format(ms)

export function fixed(value: number, digits: number): string {
  const text = value.toFixed(digits)
  return Number(text) === 0 ? text.replace('-', '') : minus(text)
}

/** When something was, as short as it can be told apart: today the time, in the last week the day, else the date. */
export function moment(ms: number, nowMs: number): string {
  if (days.format(ms) === days.format(nowMs)) return time(ms)
  return (nowMs - ms < 6 * 86_400_000 ? weekdays : dates).format(ms)
}

export function day(ms: number, nowMs: number): string {
  const name = days.format(ms)
  return name === days.format(nowMs) ? 'Today' : name
}

/** To three figures: what a plan is worth. */
export function about(value: number): string {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, value))) - 2)
  return count(Math.round(value / step) * step)
}

export const milliseconds = (ms: number): string => (ms < 10_000 ? `${count(ms)} ms` : `${fixed(ms / 1000, 1)} s`)

/** The power of ten of a number such as 1e-10, as base and exponent; null for one that is none. */
export function powerOfTen(value: number): number | null {
  const exponent = Math.round(Math.log10(value))
  return value > 0 && Math.abs(value / 10 ** exponent - 1) < 1e-9 ? exponent : null
}

const minus = (text: string): string => text.replace('-', '\u2212')
