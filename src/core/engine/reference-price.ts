import type { TradingSymbol } from '../domain/venue.ts'
import type { Amount } from '../money/amount.ts'
import { AMOUNT_SCALE } from '../money/amount.ts'
import type { Ticks } from '../money/price.ts'
import { divCeil, divFloor } from '../money/rounding.ts'
import type { ExchangeState } from './state.ts'
import { marketOf } from './state.ts'

/**
 * The price that filters and bands compare with: the pair's index, or its last trade while an index is missing. In 10⁻⁸
 * of the quote asset. Binance takes a five-minute average of trades; ours cannot be moved by trading here.
 */
export function referencePrice(state: ExchangeState, symbol: TradingSymbol): Amount | null {
  const base = state.prices[symbol.base] ?? null
  const quote = state.prices[symbol.quote] ?? null
  if (base !== null && quote !== null) return divFloor(base * AMOUNT_SCALE, quote) as Amount
  const { lastTrade } = marketOf(state, symbol.index)
  return lastTrade === null ? null : ((BigInt(lastTrade) * symbol.tickSize) as Amount)
}

/** A price between two ticks, or on one: then both are that. */
export interface TickBounds {
  readonly low: Ticks
  readonly high: Ticks
}

/** The price that stop orders of a symbol look at (rule T8); null while there is none. */
export function triggerPrice(
  state: ExchangeState,
  symbol: TradingSymbol,
  trigger: 'LAST_TRADE' | 'INDEX',
): TickBounds | null {
  if (trigger === 'LAST_TRADE') {
    const { lastTrade } = marketOf(state, symbol.index)
    return lastTrade === null ? null : { low: lastTrade, high: lastTrade }
  }
  const base = state.prices[symbol.base] ?? null
  const quote = state.prices[symbol.quote] ?? null
  if (base === null || quote === null) return null
  const scale = quote * symbol.tickSize
  return {
    low: Number(divFloor(base * AMOUNT_SCALE, scale)) as Ticks,
    high: Number(divCeil(base * AMOUNT_SCALE, scale)) as Ticks,
  }
}
