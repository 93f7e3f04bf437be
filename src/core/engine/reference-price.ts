import type { TradingSymbol } from '../domain/venue.ts'
import type { Amount } from '../money/amount.ts'
import { AMOUNT_SCALE } from '../money/amount.ts'
import type { IndexPrice, Ticks } from '../money/price.ts'
import { divCeil, divFloor } from '../money/rounding.ts'
import type { PriceBounds } from '../risk/price-bounds.ts'
import { sidedBounds } from '../risk/price-bounds.ts'
import { refuseStale } from './standing.ts'
import type { ExchangeState } from './state.ts'
import { marketOf } from './state.ts'

/** The index prices of a pair; null while one is missing or too old (rule X3). */
function indexesOf(
  state: ExchangeState,
  { base, quote }: TradingSymbol,
): readonly [base: IndexPrice, quote: IndexPrice] | null {
  if (refuseStale(state, base) !== null || refuseStale(state, quote) !== null) return null
  const basePrice = state.prices[base] ?? null
  const quotePrice = state.prices[quote] ?? null
  return basePrice === null || quotePrice === null ? null : [basePrice, quotePrice]
}

/**
 * The price that filters and bands compare with: the pair's index, or its last trade while an index is missing or too
 * old. In 10⁻⁸ of the quote asset. Binance takes a five-minute average of trades; ours cannot be moved by trading here.
 */
export function referencePrice(state: ExchangeState, symbol: TradingSymbol): Amount | null {
  const indexes = indexesOf(state, symbol)
  if (indexes !== null) {
    const [base, quote] = indexes
    return divFloor(base * AMOUNT_SCALE, quote) as Amount
  }
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
  const indexes = indexesOf(state, symbol)
  if (indexes === null) return null
  const [base, quote] = indexes
  const scale = quote * symbol.tickSize
  return {
    low: Number(divFloor(base * AMOUNT_SCALE, scale)) as Ticks,
    high: Number(divCeil(base * AMOUNT_SCALE, scale)) as Ticks,
  }
}

/** The symbol's bounds around its reference price; null while it has none. Kept while the index stays. */
export function priceBoundsOf(state: ExchangeState, symbol: TradingSymbol): PriceBounds | null {
  const isIndexed = indexesOf(state, symbol) !== null
  const kept = isIndexed ? (state.priceBounds[symbol.index] ?? null) : null
  if (kept !== null) return kept
  const reference = referencePrice(state, symbol)
  if (reference === null) return null
  const { executionBand } = symbol.orderRules
  const bounds = {
    percent: sidedBounds(symbol, reference, symbol.percentPrice),
    band: executionBand === null ? null : sidedBounds(symbol, reference, executionBand),
  }
  // The last trade moves with every trade; the index alone stays put between price commands.
  if (isIndexed) state.priceBounds[symbol.index] = bounds
  return bounds
}
