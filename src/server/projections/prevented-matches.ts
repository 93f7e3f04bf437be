import type { EventOf, PreventedSide } from '../../core/domain/event.ts'
import type { TimestampMs } from '../../core/domain/ids.ts'
import type { BatchBuilder } from './batch.ts'
import type { Place } from './place.ts'
import type { Row } from './tables.ts'

export function appendPrevented(
  batch: BatchBuilder,
  event: EventOf<'SelfTradePrevented'>,
  { timeMs }: Place,
): void {
  batch.append('prevented_matches', preventedRow(event, event.maker, timeMs))
  batch.append('prevented_matches', preventedRow(event, event.taker, timeMs))
}

function preventedRow(
  event: EventOf<'SelfTradePrevented'>,
  side: PreventedSide,
  timeMs: TimestampMs,
): Row<'prevented_matches'> {
  return {
    user_id: side.userId,
    wallet: side.wallet,
    symbol: event.symbol,
    prevented_match_id: event.preventedMatchId,
    is_maker: side === event.maker ? 1 : 0,
    order_id: side.orderId,
    maker_order_id: event.maker.orderId,
    taker_order_id: event.taker.orderId,
    mode: event.mode,
    price: event.price,
    maker_lots: event.maker.lots,
    taker_lots: event.taker.lots,
    trade_group_id: event.tradeGroupId,
    transferred_base: event.transferred?.base ?? null,
    transferred_quote: event.transferred?.quote ?? null,
    time_ms: timeMs,
  }
}
