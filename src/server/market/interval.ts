import { DAY_MS, HOUR_MS } from '../../core/domain/ids.ts'

const SECOND_MS = 1_000
const MINUTE_MS = 60_000
const WEEK_MS = 7 * DAY_MS
/** The epoch was a Thursday; weeks open on Monday. */
const FIRST_MONDAY_MS = 4 * DAY_MS

const FIXED_LENGTH_MS = {
  '1s': SECOND_MS,
  '1m': MINUTE_MS,
  '3m': 3 * MINUTE_MS,
  '5m': 5 * MINUTE_MS,
  '15m': 15 * MINUTE_MS,
  '30m': 30 * MINUTE_MS,
  '1h': HOUR_MS,
  '2h': 2 * HOUR_MS,
  '4h': 4 * HOUR_MS,
  '6h': 6 * HOUR_MS,
  '8h': 8 * HOUR_MS,
  '12h': 12 * HOUR_MS,
  '1d': DAY_MS,
  '3d': 3 * DAY_MS,
} as const

/** Candle lengths, shortest first. `1M` is a calendar month, and not `1m`. */
export const INTERVALS = [
  '1s',
  '1m',
  '3m',
  '5m',
  '15m',
  '30m',
  '1h',
  '2h',
  '4h',
  '6h',
  '8h',
  '12h',
  '1d',
  '3d',
  '1w',
  '1M',
] as const
export type Interval = (typeof INTERVALS)[number]

/** Binance's streams cut candles for a day that begins at +08:00 too. What is shorter than these falls alike. */
const SHIFTED = ['6h', '12h', '1d', '3d', '1w', '1M'] as const
const SHIFT_MS = 8 * HOUR_MS

/** How time is cut into candles of a stream: an interval by UTC, or by +08:00 where that is not the same. */
export type StreamInterval = Interval | `${(typeof SHIFTED)[number]}@+08:00`

const SHIFTED_INTERVALS = new Map<StreamInterval, Interval>(
  SHIFTED.map((interval) => [`${interval}@+08:00`, interval]),
)

/** Every one there is, shortest first. */
export const STREAM_INTERVALS: readonly StreamInterval[] = [
  ...INTERVALS,
  ...SHIFTED_INTERVALS.keys(),
]

/** An interval as it falls at +08:00. */
export function shiftedInterval(interval: Interval): StreamInterval {
  const shifted = SHIFTED.find((each) => each === interval)
  return shifted === undefined ? interval : `${shifted}@+08:00`
}

/** The interval, wherever it is cut. */
export function intervalOf(cut: StreamInterval): Interval {
  return SHIFTED_INTERVALS.get(cut) ?? (cut as Interval)
}

export function isInterval(text: string): text is Interval {
  return (INTERVALS as readonly string[]).includes(text)
}

/** When the candle that holds `timeMs` opened. */
export function openTimeOf(cut: StreamInterval, timeMs: number): number {
  const shifted = SHIFTED_INTERVALS.get(cut)
  if (shifted !== undefined) return openTimeOf(shifted, timeMs + SHIFT_MS) - SHIFT_MS
  const interval = cut as Interval
  if (interval === '1w') return floorTo(timeMs - FIRST_MONDAY_MS, WEEK_MS) + FIRST_MONDAY_MS
  if (interval === '1M') return monthOf(timeMs, 0)
  return floorTo(timeMs, FIXED_LENGTH_MS[interval])
}

/** The last millisecond of the candle that opened at `openTimeMs`. */
export function closeTimeOf(cut: StreamInterval, openTimeMs: number): number {
  const shifted = SHIFTED_INTERVALS.get(cut)
  if (shifted !== undefined) return closeTimeOf(shifted, openTimeMs + SHIFT_MS) - SHIFT_MS
  const interval = cut as Interval
  if (interval === '1w') return openTimeMs + WEEK_MS - 1
  if (interval === '1M') return monthOf(openTimeMs, 1) - 1
  return openTimeMs + FIXED_LENGTH_MS[interval] - 1
}

function floorTo(timeMs: number, lengthMs: number): number {
  return Math.floor(timeMs / lengthMs) * lengthMs
}

function monthOf(timeMs: number, monthsLater: number): number {
  const date = new Date(timeMs)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + monthsLater, 1)
}
