import type { PriceRange, TradingSymbol } from '../domain/venue.ts'
import type { Amount } from '../money/amount.ts'
import type { Ticks } from '../money/price.ts'
import { TICKS_LIMIT } from '../money/price.ts'
import { RATE_SCALE } from '../money/rate.ts'
import { divCeil, divFloor, minBigint } from '../money/rounding.ts'

/** Prices from `lowest` to `highest`, both included. */
export interface Bounds {
  readonly lowest: Ticks
  readonly highest: Ticks
}

/** A range around a reference price, by side. */
export interface SidedBounds {
  readonly bid: Bounds
  readonly ask: Bounds
}

/** What a symbol's index says of its prices. */
export interface PriceBounds {
  /** PERCENT_PRICE_BY_SIDE. */
  readonly percent: SidedBounds
  /** Rule T18; null: no band. */
  readonly band: SidedBounds | null
}

export const ANY_PRICE: Bounds = { lowest: 1 as Ticks, highest: (TICKS_LIMIT - 1) as Ticks }

/** The ticks inside a range of multiples of a reference price, in 10⁻⁸ of the quote asset. */
export function sidedBounds(
  symbol: TradingSymbol,
  reference: Amount,
  range: PriceRange,
): SidedBounds {
  const scale = symbol.tickSize * RATE_SCALE
  return {
    bid: boundsBetween(reference * range.bidDown, reference * range.bidUp, scale),
    ask: boundsBetween(reference * range.askDown, reference * range.askUp, scale),
  }
}

/** The whole ticks from `low` to `high`, both counted in 1/`scale`. */
export function boundsBetween(low: bigint, high: bigint, scale: bigint): Bounds {
  const last = BigInt(TICKS_LIMIT - 1)
  const lowest = divCeil(low, scale)
  return {
    lowest: Number(lowest < 1n ? 1n : minBigint(lowest, last)) as Ticks,
    highest: Number(minBigint(divFloor(high, scale), last)) as Ticks,
  }
}
