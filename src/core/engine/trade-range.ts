import type { Side } from '../domain/order.ts'
import type { TradingSymbol } from '../domain/venue.ts'
import type { Ticks } from '../money/price.ts'
import { RATE_SCALE } from '../money/rate.ts'
import type { Bounds } from '../risk/price-bounds.ts'
import { ANY_PRICE, boundsBetween } from '../risk/price-bounds.ts'
import { priceBoundsOf } from './reference-price.ts'
import type { ExchangeState } from './state.ts'
import { marketOf } from './state.ts'

/** The prices at which an order may trade while it takes: inside both bounds. */
export interface TradeRange extends Bounds {
  /** Rule T18. */
  readonly band: Bounds
}

/** Why what would trade at a price outside expires: the execution band comes first. */
export function causeAt({ band }: TradeRange, price: Ticks): 'price_range' | 'volatility' {
  return isOutside(band, price) ? 'price_range' : 'volatility'
}

/** Any price. */
export const UNBOUNDED: TradeRange = { ...ANY_PRICE, band: ANY_PRICE }

export function isOutside({ lowest, highest }: Bounds, price: Ticks): boolean {
  return price < lowest || price > highest
}

/** Rules T18 and T19 for an order that begins to take now. */
export function tradeRangeOf(state: ExchangeState, symbol: TradingSymbol, side: Side): TradeRange {
  const { executionBand, volatilityInterruption } = symbol.orderRules
  if (executionBand === null && volatilityInterruption === null) return UNBOUNDED
  const band = executionBand === null ? ANY_PRICE : bandOf(state, symbol, side)
  const calm = volatilityInterruption === null ? ANY_PRICE : calmOf(state, symbol)
  return {
    lowest: Math.max(band.lowest, calm.lowest) as Ticks,
    highest: Math.min(band.highest, calm.highest) as Ticks,
    band,
  }
}

function bandOf(state: ExchangeState, symbol: TradingSymbol, side: Side): Bounds {
  const band = priceBoundsOf(state, symbol)?.band ?? null
  if (band === null) return ANY_PRICE
  return side === 'BUY' ? band.bid : band.ask
}

/** Rule T19: around the last price before the running window. */
function calmOf(state: ExchangeState, symbol: TradingSymbol): Bounds {
  const rule = symbol.orderRules.volatilityInterruption
  const { lastTrade, window, windowPrice } = marketOf(state, symbol.index)
  if (rule === null) return ANY_PRICE
  const reference = windowOf(state.nowMs, rule.windowMs) > window ? lastTrade : windowPrice
  if (reference === null) return ANY_PRICE
  const price = BigInt(reference)
  return boundsBetween(
    price * (RATE_SCALE - rule.band),
    price * (RATE_SCALE + rule.band),
    RATE_SCALE,
  )
}

export function windowOf(timeMs: number, windowMs: number): number {
  return Math.floor(timeMs / windowMs)
}
