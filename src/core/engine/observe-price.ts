import type { SymbolIndex } from '../domain/ids.ts'
import type { TradingSymbol } from '../domain/venue.ts'
import type { Ticks } from '../money/price.ts'
import { triggerPrice } from './reference-price.ts'
import type { ExchangeState } from './state.ts'
import { marketOf, stopsOf, venueOf } from './state.ts'
import { windowOf } from './trade-range.ts'

/** A trade's price is the symbol's last, and the price that stop orders look at (rules T8 to T10). */
export function observeTrade(state: ExchangeState, symbol: TradingSymbol, price: Ticks): void {
  const market = marketOf(state, symbol.index)
  const rule = symbol.orderRules.volatilityInterruption
  if (rule !== null) {
    const window = windowOf(state.nowMs, rule.windowMs)
    if (window > market.window) {
      market.window = window
      market.windowPrice = market.lastTrade
    }
  }
  market.lastTrade = price
  market.lastTradeMs = state.nowMs
  if (venueOf(state).policy.trading.stopTrigger === 'LAST_TRADE') {
    observe(state, symbol.index, price, price)
  }
}

/** Rule T8 where the policy looks at indexes: after they have moved, every symbol's stops see theirs. */
export function observeIndexes(state: ExchangeState): void {
  const { symbols, policy } = venueOf(state)
  if (policy.trading.stopTrigger !== 'INDEX') return
  for (const symbol of symbols) {
    if (
      stopsOf(state, symbol.index).size === 0 ||
      marketOf(state, symbol.index).state !== 'TRADING'
    )
      continue
    const price = triggerPrice(state, symbol, 'INDEX')
    if (price !== null) observe(state, symbol.index, price.low, price.high)
  }
}

function observe(state: ExchangeState, symbol: SymbolIndex, low: Ticks, high: Ticks): void {
  const stops = stopsOf(state, symbol)
  if (stops.size === 0) return
  stops.observe(low, high)
  if (stops.triggeredCount === 0) return
  for (let id = stops.takeTriggered(); id !== null; id = stops.takeTriggered()) {
    state.triggers.push(symbol, id)
  }
}
