import { PLAIN, type PlaceOrder } from '../core/domain/command.ts'
import type {
  Event,
  EventOf,
  OrderEnded,
  Outcome,
  PreventedSide,
  TradeSide,
} from '../core/domain/event.ts'
import type {
  AccountId,
  AssetIndex,
  OrderId,
  PreventedMatchId,
  Sequence,
  SymbolIndex,
  TimestampMs,
  TradeId,
  UserId,
} from '../core/domain/ids.ts'
import { type Order, remainingLots } from '../core/domain/order.ts'
import type { TradingSymbol } from '../core/domain/venue.ts'
import { type Amount, ZERO } from '../core/money/amount.ts'
import type { Lots, Ticks } from '../core/money/price.ts'

/** For tests: events written by hand, as an engine would tell them. Prices in ticks, quantities in lots. */
export const NOW = 1_670_217_957_498 as TimestampMs
export const USER = 7 as UserId

/** What a limit order to sell BTCUSDT at 1 answers when it has not traded. */
export const UNTRADED = {
  symbol: 'BTCUSDT',
  orderListId: -1,
  transactTime: NOW,
  price: '1.00000000',
  executedQty: '0.00000000',
  cummulativeQuoteQty: '0.00000000',
  origQuoteOrderQty: '0.00000000',
  timeInForce: 'GTC',
  type: 'LIMIT',
  side: 'SELL',
  workingTime: NOW,
  fills: [],
}

/** In lots and ticks of BTCUSDT. */
export const lots = (quantity: number) => Math.round(quantity * 100_000) as Lots
export const ticks = (price: number) => Math.round(price * 100) as Ticks

export function scriptedOrder(id: number, fields: Partial<Order> = {}): Order {
  return {
    id: id as OrderId,
    clientOrderId: `order-${id}`,
    userId: USER,
    wallet: 'SPOT',
    accountId: 3 as AccountId,
    symbol: 0 as SymbolIndex,
    side: 'SELL',
    type: 'LIMIT',
    timeInForce: 'GTC',
    price: 100 as Ticks,
    lots: 100_000 as Lots,
    quoteQuantity: ZERO,
    ...PLAIN,
    listId: null,
    sideEffect: 'NO_SIDE_EFFECT',
    autoRepayAtCancel: true,
    selfTradePrevention: 'NONE',
    createdMs: NOW,
    borrowed: ZERO,
    borrowedAsset: null,
    stage: 'WORKING',
    status: 'NEW',
    executedLots: 0 as Lots,
    executedQuote: ZERO,
    preventedLots: 0 as Lots,
    amendments: 0,
    workingMs: NOW,
    updatedMs: NOW,
    locked: ZERO,
    reservePrice: ZERO,
    ...fields,
  }
}

/** The request that an order came from. */
export function placeOf(order: Order): PlaceOrder {
  return {
    type: 'PlaceOrder',
    userId: order.userId,
    wallet: order.wallet === 'CROSS_MARGIN' ? 'CROSS_MARGIN' : 'SPOT',
    symbol: order.symbol,
    side: order.side,
    orderType: order.type,
    timeInForce: order.timeInForce,
    price: order.price,
    lots: order.lots,
    quoteQuantity: order.quoteQuantity,
    ...PLAIN,
    clientOrderId: order.clientOrderId,
    sideEffect: order.sideEffect,
    autoRepayAtCancel: order.autoRepayAtCancel,
    selfTradePrevention: order.selfTradePrevention,
  }
}

export function outcomeOf(...events: readonly Event[]): Outcome {
  return { sequence: 22 as Sequence, timestampMs: NOW, events, refusal: null }
}

export function acceptance(order: Order): Event {
  return { type: 'OrderAccepted', order: { ...order }, restingLots: 0 as Lots }
}

export function activation(order: Order, workingMs: TimestampMs = NOW): Event {
  const active = { ...order, stage: 'WORKING', status: 'NEW', workingMs } as const
  return { type: 'OrderActivated', order: active, restingLots: 0 as Lots }
}

/** A trade in which both orders are filled, at the maker's price. */
export function trade(symbol: TradingSymbol, maker: Order, taker: Order, fee = 0n): Event {
  const { price, lots } = maker
  const quote = (BigInt(price) * BigInt(lots) * symbol.quotePerTickLot) as Amount
  const side = (order: Order): TradeSide => ({
    ...namesOf(order),
    fee: fee as Amount,
    feeAsset: (order.side === 'BUY' ? symbol.base : symbol.quote) as AssetIndex,
    status: order.executedLots + lots === order.lots ? 'FILLED' : 'PARTIALLY_FILLED',
    executedLots: (order.executedLots + lots) as Lots,
    executedQuote: (order.executedQuote + quote) as Amount,
  })
  return {
    type: 'TradeExecuted',
    symbol: symbol.index,
    tradeId: 1 as TradeId,
    price,
    lots,
    quote,
    maker: side(maker),
    taker: side(taker),
    liquidationId: null,
    replenishedLots: 0 as Lots,
  }
}

function namesOf({ id, clientOrderId, userId, wallet, side }: Order) {
  return { orderId: id, clientOrderId, userId, wallet, side }
}

interface Prevention {
  readonly id: number
  readonly maker: readonly [Order, number]
  readonly taker: readonly [Order, number]
  readonly tradeGroupId?: number
}

/** A prevented self-trade: what it took off each order. */
export function prevention({ id, maker, taker, tradeGroupId }: Prevention): Event {
  const side = ([order, lots]: readonly [Order, number]): PreventedSide => ({
    ...namesOf(order),
    lots: lots as Lots,
    preventedLots: (order.preventedLots + lots) as Lots,
  })
  return {
    type: 'SelfTradePrevented',
    symbol: taker[0].symbol,
    preventedMatchId: id as PreventedMatchId,
    mode: taker[0].selfTradePrevention,
    price: maker[0].price,
    maker: side(maker),
    taker: side(taker),
    shownLotsLess: 0 as Lots,
    tradeGroupId: tradeGroupId ?? null,
    transferred: null,
  }
}

/** The end of an order; `fields` say what it had come to. */
export function ending(
  order: Order,
  status: OrderEnded['status'],
  cause: OrderEnded['cause'],
  fields: Partial<EventOf<'OrderEnded'>> = {},
): EventOf<'OrderEnded'> {
  const { executedLots, executedQuote, preventedLots } = order
  return {
    type: 'OrderEnded',
    ...namesOf(order),
    symbol: order.symbol,
    price: order.price,
    status,
    cause,
    remainingLots: remainingLots(order),
    wasResting: false,
    shownLots: 0 as Lots,
    listId: order.listId,
    executedLots,
    executedQuote,
    preventedLots,
    ...fields,
  }
}
