import { HOUR_MS } from '../domain/ids.ts'
import type { IndexPrice } from '../money/price.ts'
import type { Rate } from '../money/rate.ts'
import { RATE_SCALE } from '../money/rate.ts'
import { divCeil, divFloor, maxBigint, minBigint } from '../money/rounding.ts'

/** A price that follows the index no faster than the policy lets it (rule C4), as it was at a time. */
export interface RateLimitedPrice {
  /** In 10⁻²⁰ USDT: a second's step of a coin worth 10⁻⁸ USDT is still some millions of these. */
  readonly exact: bigint
  readonly atMs: number
}

const FINE = 10n ** 12n

export function rateLimitedFrom(price: IndexPrice, atMs: number): RateLimitedPrice {
  return { exact: price * FINE, atMs }
}

/** The price at a later time, the index having stood at `index` all the while. Steps are rounded down. */
export function rateLimitedAt(
  { exact, atMs }: RateLimitedPrice,
  index: IndexPrice,
  ratePerHour: Rate,
  nowMs: number,
): RateLimitedPrice {
  const step = (exact * ratePerHour * BigInt(nowMs - atMs)) / (RATE_SCALE * BigInt(HOUR_MS))
  const target = index * FINE
  const moved = exact < target ? minBigint(exact + step, target) : maxBigint(exact - step, target)
  return { exact: moved, atMs: nowMs }
}

/** The lower and the higher of index and rate-limited price, rounded apart. */
export function twoSided(
  { exact }: RateLimitedPrice,
  index: IndexPrice,
): { readonly low: IndexPrice; readonly high: IndexPrice } {
  // A price is positive: one below 10⁻⁸ could not be told from none.
  const low = maxBigint(minBigint(index, divFloor(exact, FINE)), 1n)
  return { low: low as IndexPrice, high: maxBigint(index, divCeil(exact, FINE)) as IndexPrice }
}
