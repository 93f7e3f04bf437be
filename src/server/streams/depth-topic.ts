import type { Side } from '../../core/domain/order.ts'
import type { TradingSymbol } from '../../core/domain/venue.ts'
import type { Ticks } from '../../core/money/price.ts'
import type { MarketView } from '../market/market-view.ts'
import type { PriceLevel } from '../market/price-levels.ts'
import { depthUpdatePayload, partialDepthPayload } from './market-payload.ts'
import type { Topic } from './topic.ts'

/** The best levels, whole, whenever the depth has changed since the last frame. */
export function partialDepthTopic(
  view: MarketView,
  symbol: TradingSymbol,
  levels: number,
  paceMs: number,
): Topic {
  let changed = true
  return {
    paceMs,
    take(change) {
      changed ||= change.updateId !== null
      return false
    },
    drain() {
      if (!changed) return []
      changed = false
      return [partialDepthPayload(symbol, view.depth(symbol.index, levels))]
    },
    refresh() {
      changed = true
    },
  }
}

/**
 * Every level that changed since the last frame, as it is now.
 *
 * Each frame begins at the update after the last one of the frame before, so that a reader can prove nothing is missing.
 */
export function depthTopic(view: MarketView, symbol: TradingSymbol, paceMs: number): Topic {
  const bids = new Set<number>()
  const asks = new Set<number>()
  let firstUpdateId = 0
  let lastUpdateId = 0
  return {
    paceMs,
    take(change) {
      if (change.updateId === null) return false
      if (bids.size === 0 && asks.size === 0) firstUpdateId = change.updateId
      lastUpdateId = change.updateId
      for (const price of change.bids) bids.add(price)
      for (const price of change.asks) asks.add(price)
      return false
    },
    drain(nowMs) {
      if (bids.size === 0 && asks.size === 0) return []
      const payload = depthUpdatePayload(
        symbol,
        firstUpdateId,
        lastUpdateId,
        levelsAt(view, symbol, 'BUY', bids),
        levelsAt(view, symbol, 'SELL', asks),
        nowMs,
      )
      bids.clear()
      asks.clear()
      return [payload]
    },
    refresh() {},
  }
}

function levelsAt(
  view: MarketView,
  symbol: TradingSymbol,
  side: Side,
  prices: ReadonlySet<number>,
): PriceLevel[] {
  return [...prices].map((price) => [price as Ticks, view.lotsAt(symbol.index, side, price)])
}
