import { present } from '../core/assert.ts'
import type { EventOf, OrderEndCause, Outcome } from '../core/domain/event.ts'
import type { OrderId, PreventedMatchId } from '../core/domain/ids.ts'
import type { Order } from '../core/domain/order.ts'
import type { TradingSymbol, Venue } from '../core/domain/venue.ts'

/** What an answer about an order needs of it; the engine's `Order` is one, and so is a history's record. */
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
    | 'stopPrice'
    | 'trailingBips'
    | 'icebergLots'
    | 'listId'
    | 'strategyId'
    | 'strategyType'
    | 'executedLots'
    | 'executedQuote'
    | 'preventedLots'
    | 'stage'
    | 'status'
    | 'selfTradePrevention'
    | 'createdMs'
    | 'workingMs'
    | 'updatedMs'
  >
> & {
  /** Why it ended; leave out while it is open. */
  readonly endCause?: OrderEndCause | null
  /** The latest self-trade of it that was prevented; leave out where there was none. */
  readonly preventedMatchId?: PreventedMatchId | null
}

/** An order as one outcome left it, told by the events that are about it. Others' events may be among them. */
export function orderAfter(before: OrderView, outcome: Outcome): OrderView {
  let order = before
  for (const event of outcome.events) {
    if (event.type === 'OrderActivated' || event.type === 'OrderAmended') {
      if (event.order.id === before.id) order = { ...order, ...event.order }
    } else if (event.type === 'TradeExecuted') {
      const side = sideOf(event, before.id)
      if (side !== null) {
        const { status, executedLots, executedQuote } = side
        order = { ...order, status, executedLots, executedQuote }
      }
    } else if (event.type === 'SelfTradePrevented') {
      const side = sideOf(event, before.id)
      // Of the order that lost nothing, only the other's answer tells.
      if (side !== null && side.lots > 0) {
        const { preventedMatchId } = event
        order = { ...order, preventedLots: side.preventedLots, preventedMatchId }
      }
    } else if (event.type === 'OrderEnded' && event.orderId === before.id) {
      order = orderEndedBy(order, event)
    }
  }
  return { ...order, updatedMs: outcome.timestampMs }
}

/** The order an event ended. */
export function orderEndedBy(order: OrderView, ended: EventOf<'OrderEnded'>): OrderView {
  const { status, executedLots, executedQuote, preventedLots, cause } = ended
  return { ...order, status, executedLots, executedQuote, preventedLots, endCause: cause }
}

/** The side of a trade or of a prevented one that an order has; null: neither. */
export function sideOf<S extends { readonly orderId: OrderId }>(
  match: { readonly maker: S; readonly taker: S },
  orderId: OrderId,
): S | null {
  if (match.taker.orderId === orderId) return match.taker
  return match.maker.orderId === orderId ? match.maker : null
}

export function symbolOf(order: Pick<OrderView, 'symbol'>, venue: Venue): TradingSymbol {
  return present(venue.symbols[order.symbol], 'an order names a symbol of the venue')
}
