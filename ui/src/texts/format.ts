// Numbers, sizes, times and dates as the person's region writes them.
import { regionTag } from './language'

const cache = new Map<string, Intl.NumberFormat>()

/** Making an Intl formatter costs more than using it, and rows ask ten times a second. */
function number(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const id = regionTag() + JSON.stringify(options)
  let made = cache.get(id)
  if (!made) cache.set(id, (made = new Intl.NumberFormat(regionTag(), options)))
  return made
}

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const

/** Decimal units, as S3 bills and as file managers on three systems mostly show. */
export function sizeText(bytes: number): string {
  let unit = 0
  let value = bytes
  // 999.95 kB would be written as "1,000 kB".
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000
    unit += 1
  }
  const digits = unit < 2 ? 0 : 1
  // The short form of bytes is "10 byte" in English.
  const unitDisplay = unit === 0 ? 'long' : 'short'
  return number({ style: 'unit', unit: UNITS[unit], unitDisplay, maximumFractionDigits: digits }).format(value)
}

export function countText(count: number): string {
  return number({}).format(count)
}

/** Never says 100 % before the end; the small addend keeps 0.29 from becoming 28 %. */
export function percentText(part: number): string {
  return number({ style: 'percent' }).format(Math.floor(part * 100 + 1e-9) / 100)
}

function unitText(value: number, unit: 'second' | 'minute' | 'hour' | 'day'): string {
  return number({ style: 'unit', unit, unitDisplay: 'short' }).format(value)
}

/** Two units at most: an estimate does not deserve three. */
export function durationText(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds))
  if (whole < 60) return unitText(whole, 'second')
  const minutes = Math.floor(whole / 60)
  if (minutes < 5 && whole % 60 > 0) return `${unitText(minutes, 'minute')} ${unitText(whole % 60, 'second')}`
  if (minutes < 60) return unitText(minutes, 'minute')
  const hours = Math.floor(minutes / 60)
  if (hours >= 48) return unitText(Math.round(hours / 24), 'day')
  return minutes % 60 > 0 ? `${unitText(hours, 'hour')} ${unitText(minutes % 60, 'minute')}` : unitText(hours, 'hour')
}

/** `41:12`, `11:59:59`: digits of a clock, the same in every language. */
export function clockText(seconds: number): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const hours = Math.floor(seconds / 3600)
  const minutes = Math.floor(seconds / 60) % 60
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`
}

export function timeText(rfc3339: string): string {
  return new Intl.DateTimeFormat(regionTag(), { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(new Date(rfc3339))
}

/** "today 14:58", "yesterday 18:20", "20 Nov, 09:14", "20 Nov 2024". */
export function whenText(rfc3339: string, now = new Date()): string {
  const then = new Date(rfc3339)
  if (Number.isNaN(then.getTime())) return ''
  const midnight = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime()
  const days = Math.round((midnight(then) - midnight(now)) / 86_400_000)
  if (days === 0 || days === -1) {
    return `${new Intl.RelativeTimeFormat(regionTag(), { numeric: 'auto' }).format(days, 'day')} ${timeText(rfc3339)}`
  }
  const day: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short' }
  if (then.getFullYear() === now.getFullYear()) {
    return `${new Intl.DateTimeFormat(regionTag(), day).format(then)} ${timeText(rfc3339)}`
  }
  return new Intl.DateTimeFormat(regionTag(), { ...day, year: 'numeric' }).format(then)
}

/** "14:58" for today; else as `exactText`. */
export function momentText(rfc3339: string, now = new Date()): string {
  return new Date(rfc3339).toDateString() === now.toDateString() ? timeText(rfc3339) : exactText(rfc3339, now)
}

/** As `whenText`, with the time in every case: two drops of one day must differ. */
export function exactText(rfc3339: string, now = new Date()): string {
  const words = whenText(rfc3339, now)
  return words === '' || new Date(rfc3339).getFullYear() === now.getFullYear() ? words : `${words} ${timeText(rfc3339)}`
}

/** "Sandbox and Archive", "Sandbox、Archive". */
export function listText(names: readonly string[]): string {
  return new Intl.ListFormat(regionTag(), { type: 'conjunction' }).format(names)
}

/** `STANDARD_IA` as people write it: `Standard IA`. */
export function storageClassText(name: string | null): string {
  return (name ?? '')
    .split('_')
    .map((word) => (['IA', 'IR'].includes(word) ? word : word.charAt(0) + word.slice(1).toLowerCase()))
    .join(' ')
}
