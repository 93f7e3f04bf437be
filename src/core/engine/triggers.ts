import type { SymbolIndex } from '../domain/ids.ts'
import type { TradingSymbol } from '../domain/venue.ts'
import type { Ticks } from '../money/price.ts'
import { activate } from './activate-order.ts'
import { triggerPrice } from './reference-price.ts'
import { settleLists } from './settle-lists.ts'
import type { ExchangeState } from './state.ts'
import { marketOf, stopsOf, symbolAt, venueOf } from './state.ts'
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
  if (venueOf(state).policy.trading.stopTrigger === 'LAST_TRADE') {
    observe(state, symbol.index, price, price)
  }
}

/** Rule T8 where the policy looks at indexes: after they have moved, every symbol's stops see theirs. */
export function observeIndexes(state: ExchangeState): void {
  const { symbols, policy } = venueOf(state)
  if (policy.trading.stopTrigger !== 'INDEX') return
  for (const symbol of symbols) {
    if (stopsOf(state, symbol.index).size === 0 || !trades(state, symbol.index)) continue
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

/**
 * Rule T10: sets off what is queued, oldest first, what that triggers among it, at most `budget` orders. Returns how
 * many it set off.
 */
export function runTriggers(state: ExchangeState, budget: number): number {
  if (state.triggers.isEmpty) return 0
  const tradesNow = (symbol: SymbolIndex): boolean => trades(state, symbol)
  let done = 0
  while (done < budget) {
    const trigger = state.triggers.take(tradesNow)
    if (trigger === null) break
    const order = state.orders.byId(trigger.orderId)
    // It ended, or was set off, while it stood in the queue.
    if (order === undefined || order.stage === 'WORKING') continue
    activate(state, order)
    settleLists(state)
    done += 1
  }
  return done
}

function trades(state: ExchangeState, symbol: SymbolIndex): boolean {
  return marketOf(state, symbolAt(state, symbol).index).state === 'TRADING'
}
