import type { AccountId } from '../domain/ids.ts'
import type { Side } from '../domain/order.ts'
import { remainingLots } from '../domain/order.ts'
import type { TradingSymbol } from '../domain/venue.ts'
import { baseOf, notionalOf } from '../domain/venue.ts'
import type { Prices } from '../margin/prices.ts'
import type { Lots, Ticks, Value } from '../money/price.ts'
import { ZERO_VALUE } from '../money/price.ts'
import { maxBigint } from '../money/rounding.ts'
import type { ExchangeState } from './state.ts'
import { symbolAt } from './state.ts'

/** What the account's open orders would lose against the index, or against other prices, if each filled at its limit. */
export function openOrdersLoss(
  state: ExchangeState,
  account: AccountId,
  prices: Prices = state.prices,
): Value {
  if (openOrdersLossAtMost(state, account, prices) === ZERO_VALUE) return ZERO_VALUE
  let loss = 0n
  for (const order of state.orders.committedOf(account)) {
    // What waits for its price will be judged when that comes, at the prices of then.
    if (order.stage !== 'WORKING') continue
    const symbol = symbolAt(state, order.symbol)
    loss += lossAtLimit(state, symbol, order.side, order.price, remainingLots(order), prices)
  }
  return loss as Value
}

/** No less than `openOrdersLoss`, and cheap: by side of a symbol, as if all stood at the worst limit among them. */
export function openOrdersLossAtMost(
  state: ExchangeState,
  account: AccountId,
  prices: Prices = state.prices,
): Value {
  let loss = 0n
  const { commitments } = state.orders
  let record = commitments.first(account)
  for (; record >= 0; record = commitments.next(record)) {
    const buys = commitments.lots(record, 'BUY') as Lots
    const sells = commitments.lots(record, 'SELL') as Lots
    if (buys === 0 && sells === 0) continue
    const symbol = symbolAt(state, commitments.symbolOf(record))
    loss += lossAtLimit(state, symbol, 'BUY', commitments.dearest(record, 'BUY'), buys, prices)
    loss += lossAtLimit(state, symbol, 'SELL', commitments.cheapest(record, 'SELL'), sells, prices)
  }
  return loss as Value
}

/** What filling at a limit would lose against the index; nothing where the limit is better or there is no index. */
export function lossAtLimit(
  state: ExchangeState,
  symbol: TradingSymbol,
  side: Side,
  price: Ticks,
  lots: Lots,
  prices: Prices = state.prices,
): Value {
  // The screen knows the index alone.
  const isIndex = prices === state.prices
  if (lots === 0 || (isIndex && isSurelyBetter(state, symbol, side, price))) return ZERO_VALUE
  const basePrice = prices[symbol.base] ?? null
  const quotePrice = prices[symbol.quote] ?? null
  if (basePrice === null || quotePrice === null) return ZERO_VALUE
  const base = baseOf(symbol, lots) * basePrice
  const quote = notionalOf(symbol, price, lots) * quotePrice
  return maxBigint(side === 'BUY' ? quote - base : base - quote, 0n) as Value
}

/** Far more than the roundings of three products of doubles add up to. */
const TOLERANCE = 1e-9

/** A screen: most limits are better than the index by more than doubles are wrong. Without an index it says no. */
function isSurelyBetter(
  { screenPrices }: ExchangeState,
  { base, quote, screen }: TradingSymbol,
  side: Side,
  price: Ticks,
): boolean {
  const index = screenPrices[base] ?? Number.NaN
  const limit = ((price * screen.tickSize) / 1e8) * (screenPrices[quote] ?? Number.NaN)
  return side === 'BUY' ? limit < index * (1 - TOLERANCE) : limit > index * (1 + TOLERANCE)
}
