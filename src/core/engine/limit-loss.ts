import type { AccountId } from '../domain/ids.ts'
import type { Side } from '../domain/order.ts'
import type { TradingSymbol } from '../domain/venue.ts'
import { baseOf, notionalOf } from '../domain/venue.ts'
import type { Lots, Ticks, Value } from '../money/price.ts'
import { ZERO_VALUE } from '../money/price.ts'
import { maxBigint } from '../money/rounding.ts'
import type { ExchangeState } from './state.ts'
import { openOrdersOf, symbolAt } from './state.ts'

/** What the account's open orders would lose against the index if each filled at its limit. */
export function openOrdersLoss(state: ExchangeState, account: AccountId): Value {
  let loss: bigint = ZERO_VALUE
  for (const { symbol, side, price, lots, executedLots } of openOrdersOf(state, account)) {
    loss += lossAtLimit(state, symbolAt(state, symbol), side, price, (lots - executedLots) as Lots)
  }
  return loss as Value
}

/** What filling at a limit would lose against the index; nothing where a limit is better or there is no index. */
export function lossAtLimit(
  state: ExchangeState,
  symbol: TradingSymbol,
  side: Side,
  price: Ticks,
  lots: Lots,
): Value {
  const basePrice = state.prices[symbol.base] ?? null
  const quotePrice = state.prices[symbol.quote] ?? null
  if (lots === 0 || basePrice === null || quotePrice === null) return ZERO_VALUE
  const base = baseOf(symbol, lots) * basePrice
  const quote = notionalOf(symbol, price, lots) * quotePrice
  return maxBigint(side === 'BUY' ? quote - base : base - quote, 0n) as Value
}
