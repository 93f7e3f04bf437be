import { DAY_MS } from '../domain/ids.ts'
import type { IndexPrice } from '../money/price.ts'
import type { Rate } from '../money/rate.ts'
import { RATE_SCALE } from '../money/rate.ts'
import { divFloor, maxBigint, minBigint } from '../money/rounding.ts'

/** How many of its underlying an asset redeems for, and since when. */
export interface RedemptionRatio {
  readonly ratio: Rate
  readonly sinceMs: number
}

/** Rule X2: the ratio asked for, as far as it may have moved since the last. The bounds are rounded toward the last. */
export function cappedRatio(
  { ratio, sinceMs }: RedemptionRatio,
  asked: Rate,
  movePerDayMax: Rate,
  nowMs: number,
): Rate {
  const most = (ratio * movePerDayMax * BigInt(nowMs - sinceMs)) / (RATE_SCALE * BigInt(DAY_MS))
  return maxBigint(maxBigint(ratio - most, 1n), minBigint(ratio + most, asked)) as Rate
}

/** Rule X2: what the asset redeems for, rounded down; at least 10⁻⁸. */
export function redemptionPrice(ratio: Rate, underlying: IndexPrice): IndexPrice {
  return maxBigint(divFloor(ratio * underlying, RATE_SCALE), 1n) as IndexPrice
}
