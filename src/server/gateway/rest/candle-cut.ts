import type { Parameters } from '../../../wire/parameters.ts'
import { requestError } from '../../../wire/request-error.ts'
import { closeTimeOf, type Interval, openTimeOf } from '../../market/interval.ts'
import type { Interval as CandleCut } from '../../projections/queries/klines.ts'

const TIME_ZONE = /^([+-]?)(\d{1,2})(?::(\d{2}))?$/

/** `timeZone`: hours, or hours and minutes, from -12:00 to +14:00; in milliseconds. */
export function readTimeZone(parameters: Parameters): number {
  const [, sign, hours, minutes] = TIME_ZONE.exec(parameters.text('timeZone') ?? '0') ?? []
  const total = Number(hours) * 60 + Number(minutes ?? 0)
  const offset = sign === '-' ? -total : total
  if (!(offset >= -12 * 60 && offset <= 14 * 60)) {
    throw requestError('invalid_parameter', { name: 'timeZone' })
  }
  return offset * 60_000
}

/** An interval as it falls in a time zone. */
export function candleCut(interval: Interval, offsetMs: number): CandleCut {
  return {
    openTimeOf: (timeMs) => openTimeOf(interval, timeMs + offsetMs) - offsetMs,
    closeTimeOf: (openMs) => closeTimeOf(interval, openMs + offsetMs) - offsetMs,
  }
}
