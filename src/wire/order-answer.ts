import { present } from '../core/assert.ts'
import type { PlaceOrder, TradingWallet } from '../core/domain/command.ts'
import type { EventOf, Outcome } from '../core/domain/event.ts'
import type { OrderId, TimestampMs } from '../core/domain/ids.ts'
import type { Order } from '../core/domain/order.ts'
import type { TradingSymbol, Venue } from '../core/domain/venue.ts'
import { type Amount, ZERO } from '../core/money/amount.ts'
import type { Lots } from '../core/money/price.ts'
import { amountText, lotsText, priceText } from './number-text.ts'
import type { ResponseType } from './place-order.ts'

/** What an answer about an order needs of it; the engine's `Order` is one. */
export type OrderView = Readonly<
  Pick<
    Order,
    | 'id'
    | 'clientOrderId'
    | 'symbol'
    | 'side'
    | 'type'
    | 'timeInForce'
    | 'price'
    | 'lots'
    | 'quoteQuantity'
    | 'executedLots'
    | 'executedQuote'
    | 'status'
    | 'selfTradePrevention'
    | 'createdMs'
    | 'updatedMs'
  >
>

/** Spot answers carry order lists, margin answers `isIsolated`. */
export type OrderFamily = TradingWallet

/** GET order, openOrders, allOrders. */
export function orderBody(order: OrderView, venue: Venue, family: OrderFamily): object {
  const symbol = symbolOf(order, venue)
  return {
    symbol: symbol.symbol,
    orderId: order.id,
    ...familyFields(family),
    clientOrderId: order.clientOrderId,
    ...progress(order, symbol),
    stopPrice: amountText(0n),
    icebergQty: amountText(0n),
    time: order.createdMs,
    updateTime: order.updatedMs,
    isWorking: true,
    workingTime: order.createdMs,
    origQuoteOrderQty: amountText(order.quoteQuantity),
    selfTradePreventionMode: order.selfTradePrevention,
  }
}

function familyFields(family: OrderFamily): object {
  return family === 'SPOT' ? { orderListId: -1 } : { orderListId: -1, isIsolated: false }
}

function progress(order: OrderView, symbol: TradingSymbol): object {
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
  const family = place.wallet
  const order = orderAfter(accepted.order, outcome)
  const symbol = symbolOf(order, venue)
  const acknowledged = {
    symbol: symbol.symbol,
    orderId: order.id,
    ...familyFields(family),
    clientOrderId: order.clientOrderId,
    transactTime: outcome.timestampMs,
  }
  if (responseType === 'ACK') return acknowledged
  const result = {
    ...acknowledged,
    ...progress(order, symbol),
    origQuoteOrderQty: amountText(order.quoteQuantity),
    workingTime: outcome.timestampMs,
    selfTradePreventionMode: order.selfTradePrevention,
    ...borrowedFields(accepted.order, venue),
  }
  if (responseType === 'RESULT') return result
  return { ...result, fills: fillsOf(order.id, outcome, venue) }
}

/** Others' orders may be in the same outcome: what was due by then happens first. */
function acceptanceOf(place: PlaceOrder, outcome: Outcome): EventOf<'OrderAccepted'> | undefined {
  return outcome.events.find(
    (event): event is EventOf<'OrderAccepted'> =>
      event.type === 'OrderAccepted' &&
      event.order.userId === place.userId &&
      event.order.clientOrderId === place.clientOrderId,
  )
}

/** An order as one outcome left it. */
export function orderAfter(order: Readonly<Order>, outcome: Outcome): OrderView {
  let { status, executedLots, executedQuote } = order
  for (const event of outcome.events) {
    if (event.type === 'TradeExecuted') {
      const side = sideOf(event, order.id)
      if (side !== null) ({ status, executedLots, executedQuote } = side)
    } else if (event.type === 'OrderEnded' && event.orderId === order.id) {
      ;({ status, executedLots, executedQuote } = event)
    }
  }
  return { ...order, status, executedLots, executedQuote, updatedMs: outcome.timestampMs }
}

function sideOf(trade: EventOf<'TradeExecuted'>, orderId: OrderId) {
  if (trade.taker.orderId === orderId) return trade.taker
  return trade.maker.orderId === orderId ? trade.maker : null
}

function borrowedFields(order: Readonly<Order>, venue: Venue): object {
  if (order.borrowed === ZERO || order.borrowedAsset === null) return {}
  const asset = present(venue.assets[order.borrowedAsset], 'a borrowed asset is the venue’s')
  return { marginBuyBorrowAmount: amountText(order.borrowed), marginBuyBorrowAsset: asset.code }
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
    symbol: symbol.symbol,
    origClientOrderId: order.clientOrderId,
    orderId: order.id,
    ...familyFields(family),
    clientOrderId: cancelId,
    transactTime: timestampMs,
    ...progress(order, symbol),
    origQuoteOrderQty: amountText(order.quoteQuantity),
    selfTradePreventionMode: order.selfTradePrevention,
  }
}

/** The order a cancellation ended. */
export function orderEndedBy(order: OrderView, ended: EventOf<'OrderEnded'>): OrderView {
  const executed: { executedLots: Lots; executedQuote: Amount } = ended
  return {
    ...order,
    status: ended.status,
    executedLots: executed.executedLots,
    executedQuote: executed.executedQuote,
  }
}

function symbolOf(order: OrderView, venue: Venue): TradingSymbol {
  return present(venue.symbols[order.symbol], 'an order names a symbol of the venue')
}
