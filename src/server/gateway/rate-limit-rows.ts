import type { RateLimitRow } from '../../wire/exchange-info.ts'
import type { Limits } from '../access/rate-limits.ts'

/** The limits in force, as exchangeInfo lists them. */
export function rateLimitRows(limits: Limits): readonly RateLimitRow[] {
  return [
    {
      rateLimitType: 'REQUEST_WEIGHT',
      interval: 'MINUTE',
      intervalNum: 1,
      limit: limits.requestWeight,
    },
    ...orderLimitRows(limits),
    {
      rateLimitType: 'RAW_REQUESTS',
      interval: 'MINUTE',
      intervalNum: 5,
      limit: limits.rawRequests,
    },
  ]
}

/** The order limits with what of them is used up. */
export function orderCountRows(
  limits: Limits,
  { tenSeconds, day }: { readonly tenSeconds: number; readonly day: number },
): readonly object[] {
  return orderLimitRows(limits).map((row) => ({
    ...row,
    count: row.interval === 'DAY' ? day : tenSeconds,
  }))
}

export function orderLimitRows(limits: Limits): readonly RateLimitRow[] {
  return [
    { rateLimitType: 'ORDERS', interval: 'SECOND', intervalNum: 10, limit: limits.ordersPer10s },
    { rateLimitType: 'ORDERS', interval: 'DAY', intervalNum: 1, limit: limits.ordersPerDay },
  ]
}
