import type { EventOf, TradeSide } from '../../core/domain/event.ts'
import type { OrderId, SymbolIndex, TimestampMs } from '../../core/domain/ids.ts'
import type { BatchBuilder } from './batch.ts'
import type { Row } from './tables.ts'

type TradeExecuted = EventOf<'TradeExecuted'>

export function appendTrade(batch: BatchBuilder, trade: TradeExecuted, timeMs: TimestampMs): void {
  batch.append('trades', sideRow(trade, trade.maker, true, timeMs))
  batch.append('trades', sideRow(trade, trade.taker, false, timeMs))
  batch.append('public_trades', {
    symbol: trade.symbol,
    trade_id: trade.tradeId,
    price: trade.price,
    lots: trade.lots,
    quote: trade.quote,
    time_ms: timeMs,
    buyer_is_maker: trade.maker.side === 'BUY' ? 1 : 0,
    taker_order_id: trade.taker.orderId,
  })
}

function sideRow(
  trade: TradeExecuted,
  side: TradeSide,
  isMaker: boolean,
  timeMs: TimestampMs,
): Row<'trades'> {
  return {
    user_id: side.userId,
    wallet: side.wallet,
    symbol: trade.symbol,
    trade_id: trade.tradeId,
    is_buyer: side.side === 'BUY' ? 1 : 0,
    is_maker: isMaker ? 1 : 0,
    order_id: side.orderId,
    price: trade.price,
    lots: trade.lots,
    quote: trade.quote,
    fee: side.fee,
    fee_asset: side.feeAsset,
    time_ms: timeMs,
    liquidation_id: trade.liquidationId,
  }
}

interface OpenAggregate {
  readonly takerOrderId: OrderId
  readonly row: Row<'aggregate_trades'>
}

/** Joins the trades of one command. An order takes only in the command that brings it into the market, so none continues in a later one. */
export class AggregateTrades {
  readonly #open = new Map<SymbolIndex, OpenAggregate>()

  add(batch: BatchBuilder, trade: TradeExecuted, timeMs: TimestampMs): void {
    const open = this.#open.get(trade.symbol)
    if (open?.takerOrderId === trade.taker.orderId && open.row.price === trade.price) {
      open.row.lots = (open.row.lots as number) + trade.lots
      open.row.last_trade_id = trade.tradeId
      return
    }
    const row = {
      symbol: trade.symbol,
      first_trade_id: trade.tradeId,
      last_trade_id: trade.tradeId,
      price: trade.price,
      lots: trade.lots,
      time_ms: timeMs,
      buyer_is_maker: trade.maker.side === 'BUY' ? 1 : 0,
    }
    this.#open.set(trade.symbol, { takerOrderId: trade.taker.orderId, row })
    batch.append('aggregate_trades', row)
  }

  endOfCommand(): void {
    this.#open.clear()
  }
}
