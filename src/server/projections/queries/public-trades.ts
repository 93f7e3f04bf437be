import type { Kysely } from 'kysely'
import type { OrderId, SymbolIndex, TimestampMs, TradeId } from '../../../core/domain/ids.ts'
import type { Amount } from '../../../core/money/amount.ts'
import type { Lots, Ticks } from '../../../core/money/price.ts'
import type { ReadModel, StoredRow } from '../tables.ts'
import type { TimeRange } from './page.ts'

export interface PublicTradeRecord {
  readonly tradeId: TradeId
  readonly price: Ticks
  readonly lots: Lots
  readonly quote: Amount
  readonly timestampMs: TimestampMs
  readonly buyerIsMaker: boolean
  readonly takerOrderId: OrderId
}

/** Trades of one taker order at one price. Named by its first trade. */
export interface AggregateTradeRecord {
  readonly aggregateId: TradeId
  readonly price: Ticks
  readonly lots: Lots
  readonly firstTradeId: TradeId
  readonly lastTradeId: TradeId
  readonly timestampMs: TimestampMs
  readonly buyerIsMaker: boolean
}

export interface PublicTradesRequest {
  readonly fromId?: TradeId | undefined
  readonly limit: number
}

export interface AggregateTradesRequest extends PublicTradesRequest, TimeRange {}

export function publicTradeQueries(database: Kysely<ReadModel>) {
  return {
    /** Oldest first: from `fromId` on, else the latest. */
    async publicTrades(
      symbol: SymbolIndex,
      { fromId, limit }: PublicTradesRequest,
    ): Promise<PublicTradeRecord[]> {
      let query = database
        .selectFrom('public_trades')
        .selectAll()
        .where('symbol', '=', BigInt(symbol))
      if (fromId !== undefined) query = query.where('trade_id', '>=', BigInt(fromId))
      const forward = fromId !== undefined
      const rows = await query
        .orderBy('trade_id', forward ? 'asc' : 'desc')
        .limit(limit)
        .execute()
      return (forward ? rows : rows.reverse()).map(publicTradeRecord)
    },

    /** Oldest first: from `fromId` or `startMs` on, else the latest. */
    async aggregateTrades(
      symbol: SymbolIndex,
      { fromId, startMs, endMs, limit }: AggregateTradesRequest,
    ): Promise<AggregateTradeRecord[]> {
      const byTime = startMs !== undefined || endMs !== undefined
      const forward = fromId !== undefined || startMs !== undefined
      let query = database
        .selectFrom('aggregate_trades')
        .selectAll()
        .where('symbol', '=', BigInt(symbol))
      if (fromId !== undefined) query = query.where('first_trade_id', '>=', BigInt(fromId))
      if (startMs !== undefined) query = query.where('time_ms', '>=', BigInt(startMs))
      if (endMs !== undefined) query = query.where('time_ms', '<=', BigInt(endMs))
      const direction = forward ? 'asc' : 'desc'
      // By time the index is in order of time first; ids rise with it, so the answer is in the same order.
      if (byTime) query = query.orderBy('time_ms', direction)
      const rows = await query.orderBy('first_trade_id', direction).limit(limit).execute()
      return (forward ? rows : rows.reverse()).map(aggregateTradeRecord)
    },
  }
}

function publicTradeRecord(row: StoredRow<'public_trades'>): PublicTradeRecord {
  return {
    tradeId: Number(row.trade_id) as TradeId,
    price: Number(row.price) as Ticks,
    lots: Number(row.lots) as Lots,
    quote: row.quote as Amount,
    timestampMs: Number(row.time_ms) as TimestampMs,
    buyerIsMaker: row.buyer_is_maker === 1n,
    takerOrderId: Number(row.taker_order_id) as OrderId,
  }
}

function aggregateTradeRecord(row: StoredRow<'aggregate_trades'>): AggregateTradeRecord {
  return {
    aggregateId: Number(row.first_trade_id) as TradeId,
    price: Number(row.price) as Ticks,
    lots: Number(row.lots) as Lots,
    firstTradeId: Number(row.first_trade_id) as TradeId,
    lastTradeId: Number(row.last_trade_id) as TradeId,
    timestampMs: Number(row.time_ms) as TimestampMs,
    buyerIsMaker: row.buyer_is_maker === 1n,
  }
}
