import type { OrderId, TimestampMs, TradeId } from '../../core/domain/ids.ts'
import type { Amount } from '../../core/money/amount.ts'
import type { Lots, Ticks } from '../../core/money/price.ts'

/** A trade as anyone may see it. */
export interface PublicTrade {
  readonly tradeId: TradeId
  readonly price: Ticks
  readonly lots: Lots
  readonly quote: Amount
  readonly timestampMs: TimestampMs
  readonly buyerIsMaker: boolean
  readonly takerOrderId: OrderId
}

/** Trades of one taker order at one price. Named by its first trade, so that no counter has to survive a restart. */
export interface AggregateTrade {
  readonly aggregateId: TradeId
  readonly price: Ticks
  readonly lots: Lots
  readonly firstTradeId: TradeId
  readonly lastTradeId: TradeId
  readonly timestampMs: TimestampMs
  readonly buyerIsMaker: boolean
}

/** `trades` in order of execution. */
export function aggregateTrades(trades: readonly PublicTrade[]): AggregateTrade[] {
  const aggregates: AggregateTrade[] = []
  let previous: PublicTrade | undefined
  for (const trade of trades) {
    const last = aggregates.at(-1)
    const continues =
      last !== undefined &&
      previous?.takerOrderId === trade.takerOrderId &&
      last.price === trade.price &&
      last.timestampMs === trade.timestampMs
    if (continues) aggregates[aggregates.length - 1] = extended(last, trade)
    else aggregates.push(extended(null, trade))
    previous = trade
  }
  return aggregates
}

function extended(aggregate: AggregateTrade | null, trade: PublicTrade): AggregateTrade {
  return {
    aggregateId: aggregate?.aggregateId ?? trade.tradeId,
    price: trade.price,
    lots: ((aggregate?.lots ?? 0) + trade.lots) as Lots,
    firstTradeId: aggregate?.firstTradeId ?? trade.tradeId,
    lastTradeId: trade.tradeId,
    timestampMs: trade.timestampMs,
    buyerIsMaker: trade.buyerIsMaker,
  }
}
