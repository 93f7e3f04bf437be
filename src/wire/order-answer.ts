import { present } from '../core/assert.ts'
import type { PlaceOrder, TradingWallet } from '../core/domain/command.ts'
import type { EventOf, Outcome } from '../core/domain/event.ts'
import type { OrderId, TimestampMs } from '../core/domain/ids.ts'
import { type Order, waitsForPrice } from '../core/domain/order.ts'
import type { TradingSymbol, Venue } from '../core/domain/venue.ts'
import { ZERO } from '../core/money/amount.ts'
import { expiryReason } from './expiry-reason.ts'
import { amountText, lotsText, priceText } from './number-text.ts'
import { type OrderView, orderAfter, sideOf, symbolOf } from './order-state.ts'
import type { ResponseType } from './place-order.ts'

/** Margin answers carry `isIsolated`. */
export type OrderFamily = TradingWallet

/** Of an order that is in no list. */
const NO_LIST = -1
/** Since when an order works that does not yet. */
const NOT_WORKING = -1

/** GET order, openOrders, allOrders. */
export function orderBody(order: OrderView, venue: Venue, family: OrderFamily): object {
  const symbol = symbolOf(order, venue)
  return {
    ...nameFields(order, symbol, family),
    ...progressFields(order, symbol),
    stopPrice: priceText(symbol, order.stopPrice),
    icebergQty: lotsText(symbol, order.icebergLots),
    time: order.createdMs,
    updateTime: order.updatedMs,
    isWorking: order.workingMs !== null,
    workingTime: order.workingMs ?? NOT_WORKING,
    origQuoteOrderQty: amountText(order.quoteQuantity),
    ...markFields(order),
    selfTradePreventionMode: order.selfTradePrevention,
    ...preventionFields(order, symbol),
    ...endFields(order),
  }
}

function nameFields(order: OrderView, symbol: TradingSymbol, family: OrderFamily): object {
  return {
    symbol: symbol.symbol,
    orderId: order.id,
    orderListId: order.listId ?? NO_LIST,
    ...(family !== 'SPOT' && { isIsolated: family === 'ISOLATED_MARGIN' }),
    clientOrderId: order.clientOrderId,
  }
}

function progressFields(order: OrderView, symbol: TradingSymbol): object {
  // A market order by quote quantity has no base quantity of its own: Binance reports what it bought.
  const asked = order.lots === 0 ? order.executedLots : order.lots
  return {
    price: priceText(symbol, order.price),
    origQty: lotsText(symbol, asked),
    executedQty: lotsText(symbol, order.executedLots),
    cummulativeQuoteQty: amountText(order.executedQuote),
    status: order.status,
    timeInForce: order.timeInForce,
    type: order.type,
    side: order.side,
  }
}

/** What only orders that wait for a price or show a part of themselves have. */
function conditionFields(order: OrderView, symbol: TradingSymbol): object {
  return {
    ...(waitsForPrice(order.type) && { stopPrice: priceText(symbol, order.stopPrice) }),
    ...(order.icebergLots > 0 && { icebergQty: lotsText(symbol, order.icebergLots) }),
    ...markFields(order),
  }
}

function markFields({ trailingBips, strategyId, strategyType }: OrderView): object {
  return {
    ...(trailingBips > 0 && { trailingDelta: trailingBips }),
    ...(strategyId !== null && { strategyId }),
    ...(strategyType !== null && { strategyType }),
  }
}

function preventionFields(order: OrderView, symbol: TradingSymbol): object {
  if (order.preventedLots === 0) return {}
  const { preventedMatchId } = order
  return {
    ...(preventedMatchId !== undefined && preventedMatchId !== null && { preventedMatchId }),
    preventedQuantity: lotsText(symbol, order.preventedLots),
  }
}

/** Why an order expired; one that traded in full or was cancelled says nothing. */
function endFields(order: OrderView): object {
  const cause = order.endCause ?? null
  const reason = cause === null ? null : expiryReason({ ...order, cause })
  return reason === null ? {} : { expiryReason: reason }
}

/** POST order, from what the command did; it must have been taken. */
export function placedBody(
  outcome: Outcome,
  place: PlaceOrder,
  venue: Venue,
  responseType: ResponseType,
): object {
  const accepted = present(
    acceptanceOf(place, outcome),
    'a command that placed an order tells of it',
  )
  return {
    ...reportBody(outcome, accepted.order, venue, responseType),
    ...(responseType !== 'ACK' && borrowedFields([accepted.order], venue)),
  }
}

/** Others' orders may be in the same outcome: what was due by then happens first. */
function acceptanceOf(place: PlaceOrder, outcome: Outcome): EventOf<'OrderAccepted'> | undefined {
  return outcome.events.find(
    (event): event is EventOf<'OrderAccepted'> =>
      event.type === 'OrderAccepted' &&
      event.order.userId === place.userId &&
      event.order.wallet === place.wallet &&
      event.order.symbol === place.symbol &&
      event.order.clientOrderId === place.clientOrderId,
  )
}

/** What became of an accepted order, as much of it as was asked for. */
export function reportBody(
  outcome: Outcome,
  accepted: Readonly<Order>,
  venue: Venue,
  responseType: ResponseType,
): object {
  const order = orderAfter(accepted, outcome)
  const symbol = symbolOf(order, venue)
  const acknowledged = {
    ...nameFields(order, symbol, familyOf(accepted)),
    transactTime: outcome.timestampMs,
  }
  if (responseType === 'ACK') return acknowledged
  const prevented = preventedMatches(order.id, outcome)
  const result = {
    ...acknowledged,
    ...progressFields(order, symbol),
    ...conditionFields(order, symbol),
    origQuoteOrderQty: amountText(order.quoteQuantity),
    workingTime: order.workingMs ?? NOT_WORKING,
    selfTradePreventionMode: order.selfTradePrevention,
    ...groupFields(prevented),
    ...(order.preventedLots > 0 && {
      preventedQuantity: lotsText(symbol, order.preventedLots),
    }),
    ...endFields(order),
  }
  if (responseType === 'RESULT') return result
  const matches = prevented.map((event) => preventedMatchBody(event, symbol))
  return {
    ...result,
    fills: fillsOf(order.id, outcome, venue),
    ...(matches.length > 0 && { preventedMatches: matches }),
  }
}

function familyOf({ wallet }: Readonly<Order>): OrderFamily {
  return wallet === 'FUNDING' ? 'SPOT' : wallet
}

/** The self-trades that an order ran into as it took. */
function preventedMatches(orderId: OrderId, outcome: Outcome): EventOf<'SelfTradePrevented'>[] {
  return outcome.events.filter(
    (event): event is EventOf<'SelfTradePrevented'> =>
      event.type === 'SelfTradePrevented' && event.taker.orderId === orderId,
  )
}

function groupFields(prevented: readonly EventOf<'SelfTradePrevented'>[]): object {
  const tradeGroupId = prevented[0]?.tradeGroupId ?? null
  return tradeGroupId === null ? {} : { tradeGroupId }
}

function preventedMatchBody(event: EventOf<'SelfTradePrevented'>, symbol: TradingSymbol): object {
  const { preventedMatchId, price, maker, taker } = event
  return {
    preventedMatchId,
    makerSymbol: symbol.symbol,
    makerOrderId: maker.orderId,
    price: priceText(symbol, price),
    ...(taker.lots > 0 && { takerPreventedQuantity: lotsText(symbol, taker.lots) }),
    ...(maker.lots > 0 && { makerPreventedQuantity: lotsText(symbol, maker.lots) }),
  }
}

/** What accepting the orders borrowed. Those of one list borrow one asset. */
export function borrowedFields(orders: readonly Readonly<Order>[], venue: Venue): object {
  const borrowing = orders.find((order) => order.borrowed !== ZERO)
  if (borrowing === undefined || borrowing.borrowedAsset === null) return {}
  const { borrowedAsset } = borrowing
  const borrowed = orders
    .filter((order) => order.borrowedAsset === borrowedAsset)
    .reduce((sum, order) => sum + order.borrowed, 0n)
  const asset = present(venue.assets[borrowedAsset], 'a borrowed asset is the venue’s')
  return { marginBuyBorrowAmount: amountText(borrowed), marginBuyBorrowAsset: asset.code }
}

function fillsOf(orderId: OrderId, outcome: Outcome, venue: Venue): object[] {
  return outcome.events.flatMap((event) => {
    if (event.type !== 'TradeExecuted') return []
    const side = sideOf(event, orderId)
    if (side === null) return []
    const symbol = present(venue.symbols[event.symbol], 'a trade names a symbol of the venue')
    return [
      {
        price: priceText(symbol, event.price),
        qty: lotsText(symbol, event.lots),
        commission: amountText(side.fee),
        commissionAsset: present(venue.assets[side.feeAsset], 'a fee asset is the venue’s').code,
        tradeId: event.tradeId,
      },
    ]
  })
}

/** DELETE order: the order as it ended, under the id of the cancellation. */
export function canceledBody(
  order: OrderView,
  cancelId: string,
  timestampMs: TimestampMs,
  venue: Venue,
  family: OrderFamily,
): object {
  const symbol = symbolOf(order, venue)
  return {
    ...nameFields(order, symbol, family),
    origClientOrderId: order.clientOrderId,
    clientOrderId: cancelId,
    transactTime: timestampMs,
    ...progressFields(order, symbol),
    ...conditionFields(order, symbol),
    origQuoteOrderQty: amountText(order.quoteQuantity),
    selfTradePreventionMode: order.selfTradePrevention,
    ...preventionFields(order, symbol),
  }
}

/** PUT order/amend/keepPriority: the order afterwards, without what became of its list. */
export function amendedBody(
  outcome: Outcome,
  { order: amended, originalClientOrderId }: EventOf<'OrderAmended'>,
  venue: Venue,
): object {
  const order = orderAfter(amended, outcome)
  const symbol = symbolOf(order, venue)
  return {
    transactTime: outcome.timestampMs,
    executionId: outcome.sequence,
    amendedOrder: {
      ...nameFields(order, symbol, familyOf(amended)),
      origClientOrderId: originalClientOrderId,
      price: priceText(symbol, order.price),
      qty: lotsText(symbol, order.lots),
      executedQty: lotsText(symbol, order.executedLots),
      preventedQty: lotsText(symbol, order.preventedLots),
      quoteOrderQty: amountText(order.quoteQuantity),
      cumulativeQuoteQty: amountText(order.executedQuote),
      status: order.status,
      timeInForce: order.timeInForce,
      type: order.type,
      side: order.side,
      ...conditionFields(order, symbol),
      ...(order.workingMs !== null && { workingTime: order.workingMs }),
      selfTradePreventionMode: order.selfTradePrevention,
    },
  }
}
