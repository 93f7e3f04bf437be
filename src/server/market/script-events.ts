import type { TradingWallet } from '../../core/domain/command.ts'
import type {
  OrderEndCause,
  OrderEnded,
  PreventedSide,
  SelfTradePrevented,
  TradeSide,
} from '../../core/domain/event.ts'
import type {
  AccountId,
  OrderId,
  OrderListId,
  PreventedMatchId,
  SymbolIndex,
  TimestampMs,
  UserId,
} from '../../core/domain/ids.ts'
import type {
  Order,
  OrderType,
  SelfTradePrevention,
  Side,
  TimeInForce,
} from '../../core/domain/order.ts'
import { remainingLots, waitsForPrice } from '../../core/domain/order.ts'
import type { TradingSymbol } from '../../core/domain/venue.ts'
import type { Amount } from '../../core/money/amount.ts'
import { ZERO } from '../../core/money/amount.ts'
import type { Lots, Ticks } from '../../core/money/price.ts'

/** What a test asks of the scripted exchange; what is left out is plain. */
export interface ScriptOrder {
  readonly userId?: number
  readonly wallet?: TradingWallet
  readonly symbol?: number
  readonly side: Side
  readonly type?: OrderType
  readonly timeInForce?: TimeInForce
  readonly price: number
  readonly lots: number
  readonly clientOrderId?: string
  readonly stopPrice?: number
  readonly trailingBips?: number
  readonly icebergLots?: number
  readonly listId?: number
  readonly strategyId?: number
  readonly strategyType?: number
  readonly selfTradePrevention?: SelfTradePrevention
}

export function scriptOrder(asked: ScriptOrder, id: number, timeMs: number): Order {
  const type = asked.type ?? 'LIMIT'
  const waits = waitsForPrice(type)
  return {
    id: id as OrderId,
    clientOrderId: asked.clientOrderId ?? `c${id}`,
    userId: (asked.userId ?? 1) as UserId,
    wallet: asked.wallet ?? 'SPOT',
    accountId: 0 as AccountId,
    symbol: (asked.symbol ?? 0) as SymbolIndex,
    side: asked.side,
    type,
    timeInForce: asked.timeInForce ?? 'GTC',
    price: asked.price as Ticks,
    lots: asked.lots as Lots,
    quoteQuantity: ZERO,
    stopPrice: (asked.stopPrice ?? 0) as Ticks,
    trailingBips: asked.trailingBips ?? 0,
    icebergLots: (asked.icebergLots ?? 0) as Lots,
    listId: (asked.listId ?? null) as OrderListId | null,
    sideEffect: 'NO_SIDE_EFFECT',
    autoRepayAtCancel: true,
    selfTradePrevention: asked.selfTradePrevention ?? 'NONE',
    strategyId: asked.strategyId ?? null,
    strategyType: asked.strategyType ?? null,
    createdMs: timeMs as TimestampMs,
    borrowed: ZERO,
    borrowedAsset: null,
    stage: waits ? 'WAITING' : 'WORKING',
    status: 'NEW',
    executedLots: 0 as Lots,
    executedQuote: ZERO,
    preventedLots: 0 as Lots,
    amendments: 0,
    workingMs: waits ? null : (timeMs as TimestampMs),
    updatedMs: timeMs as TimestampMs,
    locked: ZERO,
    reservePrice: ZERO,
  }
}

export function tradeSide(order: Order, definition: TradingSymbol): TradeSide {
  return {
    orderId: order.id,
    clientOrderId: order.clientOrderId,
    userId: order.userId,
    wallet: order.wallet,
    side: order.side,
    fee: 7n as Amount,
    feeAsset: order.side === 'BUY' ? definition.base : definition.quote,
    status: order.status,
    executedLots: order.executedLots,
    executedQuote: order.executedQuote,
  }
}

/** `shown` null: it was not in the book. */
export function endedEvent(
  order: Order,
  status: OrderEnded['status'],
  cause: OrderEndCause,
  shown: number | null,
): OrderEnded {
  return {
    type: 'OrderEnded',
    orderId: order.id,
    clientOrderId: order.clientOrderId,
    userId: order.userId,
    wallet: order.wallet,
    symbol: order.symbol,
    side: order.side,
    price: order.price,
    status,
    cause,
    remainingLots: remainingLots(order),
    wasResting: shown !== null,
    shownLots: (shown ?? 0) as Lots,
    preventedLots: order.preventedLots,
    listId: order.listId,
    executedLots: order.executedLots,
    executedQuote: order.executedQuote,
  }
}

/** Both orders are as the match left them. */
export function preventedEvent(
  taker: Order,
  maker: Order,
  prevented: { readonly id: number; readonly taker: number; readonly maker: number },
  shownLotsLess: number,
): SelfTradePrevented {
  return {
    type: 'SelfTradePrevented',
    symbol: taker.symbol,
    preventedMatchId: prevented.id as PreventedMatchId,
    mode: taker.selfTradePrevention,
    price: maker.price,
    maker: preventedSide(maker, prevented.maker),
    taker: preventedSide(taker, prevented.taker),
    shownLotsLess: shownLotsLess as Lots,
    tradeGroupId: null,
    transferred: null,
  }
}

function preventedSide(order: Order, lots: number): PreventedSide {
  const { id: orderId, clientOrderId, userId, wallet, side, preventedLots } = order
  return { orderId, clientOrderId, userId, wallet, side, lots: lots as Lots, preventedLots }
}
