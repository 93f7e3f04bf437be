import { assert } from '../assert.ts'
import type { Asset } from '../domain/venue.ts'
import type { Amount } from '../money/amount.ts'
import type { Rate } from '../money/rate.ts'
import { ONE, RATE_SCALE } from '../money/rate.ts'
import { divCeil, divFloor } from '../money/rounding.ts'

/** The share of a pool that is lent, rounded down; 0 of a pool that has nothing. */
export function utilizationOf(lent: Amount, supplied: Amount): Rate {
  assert(lent >= 0n && lent <= supplied, 'I2 a pool lends what it has and no more')
  return (supplied === 0n ? 0n : divFloor(lent * RATE_SCALE, supplied)) as Rate
}

/**
 * What a day's loan costs at VIP level 0 while so much of the pool is lent (rule I2): two straight lines that meet at
 * the kink, rounded up. Computed on the two sums, not on their rounded share.
 */
export function dailyRateAt(
  { dailyInterestRate, rateCurve }: Pick<Asset, 'dailyInterestRate' | 'rateCurve'>,
  lent: Amount,
  supplied: Amount,
): Rate {
  if (rateCurve === null || supplied === 0n) return dailyInterestRate
  const { kink, atKink, atFull } = rateCurve
  const used = lent * RATE_SCALE
  const kinkAt = kink * supplied
  return used <= kinkAt
    ? between(dailyInterestRate, atKink, used, kinkAt)
    : between(atKink, atFull, used - kinkAt, ONE * supplied - kinkAt)
}

/** The rate `part` of `whole` on the way from one to another. */
function between(from: Rate, to: Rate, part: bigint, whole: bigint): Rate {
  return (from + divCeil((to - from) * part, whole)) as Rate
}

/** A VIP level's rate (rule B12), rounded up. */
export function rateAtLevel(rate: Rate, interest: Rate): Rate {
  return (interest === ONE ? rate : divCeil(rate * interest, RATE_SCALE)) as Rate
}
