import type { Side } from '../domain/order.ts'
import type { PriceRange, TradingSymbol } from '../domain/venue.ts'
import type { Ticks } from '../money/price.ts'
import { TICKS_LIMIT } from '../money/price.ts'
import { RATE_SCALE } from '../money/rate.ts'
import { divCeil, divFloor, minBigint } from '../money/rounding.ts'
import { referencePrice } from './reference-price.ts'
import type { ExchangeState } from './state.ts'
import { marketOf } from './state.ts'

interface Bounds {
  readonly lowest: Ticks
  readonly highest: Ticks
}

/** The prices at which an order may trade while it takes: inside both bounds. */
export interface TradeRange extends Bounds {
  /** Rule T18. */
  readonly band: Bounds
}

/** Why what would trade at a price outside expires: the execution band comes first. */
export function causeAt({ band }: TradeRange, price: Ticks): 'price_range' | 'volatility' {
  return isOutside(band, price) ? 'price_range' : 'volatility'
}

const ANY: Bounds = { lowest: 1 as Ticks, highest: (TICKS_LIMIT - 1) as Ticks }

/** Any price. */
export const UNBOUNDED: TradeRange = { ...ANY, band: ANY }

export function isOutside({ lowest, highest }: Bounds, price: Ticks): boolean {
  return price < lowest || price > highest
}

/** Rules T18 and T19 for an order that begins to take now. */
export function tradeRangeOf(state: ExchangeState, symbol: TradingSymbol, side: Side): TradeRange {
  const { executionBand, volatilityInterruption } = symbol.orderRules
  if (executionBand === null && volatilityInterruption === null) return UNBOUNDED
  const band = executionBand === null ? ANY : bandOf(state, symbol, executionBand, side)
  const calm = volatilityInterruption === null ? ANY : calmOf(state, symbol)
  return {
    lowest: Math.max(band.lowest, calm.lowest) as Ticks,
    highest: Math.min(band.highest, calm.highest) as Ticks,
    band,
  }
}

function bandOf(
  state: ExchangeState,
  symbol: TradingSymbol,
  range: PriceRange,
  side: Side,
): Bounds {
  const reference = referencePrice(state, symbol)
  if (reference === null) return ANY
  const [up, down] = side === 'BUY' ? [range.bidUp, range.bidDown] : [range.askUp, range.askDown]
  const scale = symbol.tickSize * RATE_SCALE
  return {
    lowest: clampedUp(divCeil(reference * down, scale)),
    highest: clampedDown(divFloor(reference * up, scale)),
  }
}

/** Rule T19: around the last price before the running window. */
function calmOf(state: ExchangeState, symbol: TradingSymbol): Bounds {
  const rule = symbol.orderRules.volatilityInterruption
  const { lastTrade, window, windowPrice } = marketOf(state, symbol.index)
  if (rule === null) return ANY
  const reference = windowOf(state.nowMs, rule.windowMs) > window ? lastTrade : windowPrice
  if (reference === null) return ANY
  const price = BigInt(reference)
  return {
    lowest: clampedUp(divCeil(price * (RATE_SCALE - rule.band), RATE_SCALE)),
    highest: clampedDown(divFloor(price * (RATE_SCALE + rule.band), RATE_SCALE)),
  }
}

export function windowOf(timeMs: number, windowMs: number): number {
  return Math.floor(timeMs / windowMs)
}

function clampedUp(ticks: bigint): Ticks {
  return Number(ticks < 1n ? 1n : minBigint(ticks, BigInt(TICKS_LIMIT - 1))) as Ticks
}

function clampedDown(ticks: bigint): Ticks {
  return Number(minBigint(ticks, BigInt(TICKS_LIMIT - 1))) as Ticks
}
