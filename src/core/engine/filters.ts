import type { PlaceOrder } from '../domain/command.ts'
import type { FilterName, Refusal } from '../domain/rejection.ts'
import type { TradingSymbol } from '../domain/venue.ts'
import { notionalOf } from '../domain/venue.ts'
import type { Amount } from '../money/amount.ts'
import { AMOUNT_SCALE } from '../money/amount.ts'
import type { Lots } from '../money/price.ts'
import { RATE_SCALE } from '../money/rate.ts'
import { divFloor } from '../money/rounding.ts'
import type { ExchangeState } from './state.ts'

/** The first of the symbol's filters that the order fails, in the order Binance applies them. */
export function refuseFilters(
  state: ExchangeState,
  symbol: TradingSymbol,
  place: PlaceOrder,
  openOrders: number,
): Refusal | null {
  const failed =
    failedPrice(state, symbol, place) ??
    failedLots(symbol, place) ??
    failedNotional(state, symbol, place)
  if (failed !== null) return { reason: 'filter', filter: failed }
  if (openOrders >= symbol.maximumOpenOrders) return { reason: 'filter', filter: 'MAX_NUM_ORDERS' }
  return null
}

function failedPrice(
  state: ExchangeState,
  symbol: TradingSymbol,
  { orderType, price, side }: PlaceOrder,
): FilterName | null {
  if (orderType === 'MARKET') return null
  if (price < symbol.minimumPrice || price > symbol.maximumPrice) return 'PRICE_FILTER'
  const reference = referencePrice(state, symbol)
  if (reference === null) return null
  const { bidUp, bidDown, askUp, askDown } = symbol.percentPrice
  const [up, down] = side === 'BUY' ? [bidUp, bidDown] : [askUp, askDown]
  const scaled = BigInt(price) * symbol.tickSize * RATE_SCALE
  return scaled > reference * up || scaled < reference * down ? 'PERCENT_PRICE_BY_SIDE' : null
}

function failedLots(
  symbol: TradingSymbol,
  { orderType, lots, quoteQuantity }: PlaceOrder,
): FilterName | null {
  if (lots === 0 && quoteQuantity > 0n) return null
  if (lots < symbol.minimumLots || lots > symbol.maximumLots) return 'LOT_SIZE'
  if (orderType === 'MARKET' && lots > symbol.marketMaximumLots) return 'MARKET_LOT_SIZE'
  return null
}

function failedNotional(
  state: ExchangeState,
  symbol: TradingSymbol,
  place: PlaceOrder,
): FilterName | null {
  const notional = notionalAsked(state, symbol, place)
  if (notional === null) return null
  return notional < symbol.minimumNotional || notional > symbol.maximumNotional ? 'NOTIONAL' : null
}

function notionalAsked(
  state: ExchangeState,
  symbol: TradingSymbol,
  place: PlaceOrder,
): Amount | null {
  if (place.orderType !== 'MARKET') return notionalOf(symbol, place.price, place.lots)
  if (place.quoteQuantity > 0n) return place.quoteQuantity
  const reference = referencePrice(state, symbol)
  return reference === null ? null : notionalAt(symbol, place.lots, reference)
}

function notionalAt(symbol: TradingSymbol, lots: Lots, price: Amount): Amount {
  return divFloor(BigInt(lots) * symbol.stepSize * price, AMOUNT_SCALE) as Amount
}

/**
 * The price the filters compare with: the pair's index, or its last trade while an index is missing. In 10⁻⁸ of the
 * quote asset. Binance takes a five-minute average of trades; ours cannot be moved by trading here.
 */
export function referencePrice(state: ExchangeState, symbol: TradingSymbol): Amount | null {
  const base = state.prices[symbol.base] ?? null
  const quote = state.prices[symbol.quote] ?? null
  if (base !== null && quote !== null) return divFloor(base * AMOUNT_SCALE, quote) as Amount
  const last = state.lastTrade[symbol.index] ?? null
  return last === null ? null : ((BigInt(last) * symbol.tickSize) as Amount)
}
