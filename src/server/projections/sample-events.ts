import type { Event, OrderEndCause, TradeSide } from '../../core/domain/event.ts'
import type { LiquidationId, OrderId, TradeId } from '../../core/domain/ids.ts'
import type { Order } from '../../core/domain/order.ts'
import type { Amount } from '../../core/money/amount.ts'
import type { Lots, Ticks } from '../../core/money/price.ts'
import { BTC, BTCUSDT, MAKER, order, USER } from './sample-orders.ts'

export function accepted(id: number, given: Partial<Order> = {}): Event {
  const placed = order({ id: id as OrderId, ...given })
  return { type: 'OrderAccepted', order: placed, restingLots: placed.lots }
}

/** The end of an order of ten lots. */
export function ended(
  id: number,
  cause: OrderEndCause,
  executedLots = 0,
  given: Partial<Order> = {},
): Event {
  const each = order({ id: id as OrderId, ...given })
  const { clientOrderId, userId, wallet, symbol, side, price, listId, preventedLots } = each
  const remainingLots = (10 - executedLots - preventedLots) as Lots
  return {
    type: 'OrderEnded',
    orderId: id as OrderId,
    ...{ clientOrderId, userId, wallet, symbol, side, price, listId, preventedLots },
    status: cause === 'self_trade' ? 'EXPIRED_IN_MATCH' : 'CANCELED',
    cause,
    remainingLots,
    wasResting: true,
    shownLots: remainingLots,
    executedLots: executedLots as Lots,
    executedQuote: 0n as Amount,
  }
}

interface Fill {
  readonly tradeId: number
  readonly maker: number
  readonly taker: number
  readonly price: number
  readonly lots?: number
  readonly liquidationId?: LiquidationId
  /** Which side the taker is on; it is the user's, against the market maker. */
  readonly takerSide?: 'BUY' | 'SELL'
}

export function trade({
  tradeId,
  maker,
  taker,
  price,
  lots = 1,
  liquidationId,
  takerSide,
}: Fill): Event {
  const side = (orderId: number, isTaker: boolean): TradeSide => ({
    orderId: orderId as OrderId,
    clientOrderId: `client-${orderId}`,
    userId: isTaker ? USER : MAKER,
    wallet: isTaker ? 'CROSS_MARGIN' : 'SPOT',
    side: isTaker === (takerSide !== 'SELL') ? 'BUY' : 'SELL',
    fee: 3n as Amount,
    feeAsset: BTC,
    status: 'PARTIALLY_FILLED',
    executedLots: lots as Lots,
    executedQuote: BigInt(price * lots) as Amount,
  })
  return {
    type: 'TradeExecuted',
    symbol: BTCUSDT,
    tradeId: tradeId as TradeId,
    price: price as Ticks,
    lots: lots as Lots,
    quote: BigInt(price * lots) as Amount,
    maker: side(maker, false),
    taker: side(taker, true),
    liquidationId: liquidationId ?? null,
    replenishedLots: 0 as Lots,
  }
}
