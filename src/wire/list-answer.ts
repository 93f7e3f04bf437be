import { present } from '../core/assert.ts'
import type { PlaceOrderList } from '../core/domain/command.ts'
import type { EventOf, Outcome } from '../core/domain/event.ts'
import type { OrderId } from '../core/domain/ids.ts'
import type { Order } from '../core/domain/order.ts'
import type { OrderList } from '../core/domain/order-list.ts'
import type { Venue } from '../core/domain/venue.ts'
import { borrowedFields, canceledBody, type OrderFamily, reportBody } from './order-answer.ts'
import { type OrderView, symbolOf } from './order-state.ts'
import type { ResponseType } from './place-order.ts'

/** What an answer about a list needs of it; the engine's `OrderList` is one, and so is a history's record. */
export type ListView = Readonly<
  Pick<OrderList, 'id' | 'clientListId' | 'symbol' | 'kind' | 'createdMs' | 'status'>
>

/** An order of a list by its names, in the order the list has them. */
export interface ListMember {
  readonly orderId: OrderId
  readonly clientOrderId: string
}

/** GET orderList, openOrderList, allOrderList. */
export function listBody(
  list: ListView,
  members: readonly ListMember[],
  venue: Venue,
  family: OrderFamily,
): object {
  const done = list.status === 'ALL_DONE'
  return {
    orderListId: list.id,
    // Binance has no third word: an OCO that waits for an order is told by its three orders.
    contingencyType: list.kind === 'OCO' ? 'OCO' : 'OTO',
    listStatusType: done ? 'ALL_DONE' : 'EXEC_STARTED',
    listOrderStatus: done ? 'ALL_DONE' : 'EXECUTING',
    listClientOrderId: list.clientListId,
    transactionTime: list.createdMs,
    symbol: symbolOf(list, venue).symbol,
    ...(family !== 'SPOT' && { isIsolated: family === 'ISOLATED_MARGIN' }),
    orders: memberBodies(list, members, venue),
  }
}

function memberBodies(list: ListView, members: readonly ListMember[], venue: Venue): object[] {
  const { symbol } = symbolOf(list, venue)
  return members.map(({ orderId, clientOrderId }) => ({ symbol, orderId, clientOrderId }))
}

/** POST orderList and its like, from what the command did; it must have been taken. */
export function listPlacedBody(
  outcome: Outcome,
  place: PlaceOrderList,
  venue: Venue,
  responseType: ResponseType,
): object {
  const placed = present(placementOf(place, outcome), 'a command that placed a list tells of it')
  const list = present(
    listAfter(placed.list.id, outcome),
    'a list that was placed is in the events',
  )
  const orders = acceptedOf(list, outcome)
  const members = orders.map(({ id, clientOrderId }) => ({ orderId: id, clientOrderId }))
  return {
    ...listBody(list, members, venue, place.wallet),
    ...borrowedFields(orders, venue),
    orderReports: orders.map((order) => reportBody(outcome, order, venue, responseType)),
  }
}

function placementOf(
  place: PlaceOrderList,
  outcome: Outcome,
): EventOf<'OrderListChanged'> | undefined {
  return outcome.events.find(
    (event): event is EventOf<'OrderListChanged'> =>
      event.type === 'OrderListChanged' &&
      event.change === 'PLACED' &&
      event.list.userId === place.userId &&
      event.list.wallet === place.wallet &&
      event.list.clientListId === place.clientListId,
  )
}

/** A list as one outcome left it; undefined: nothing is told of it. */
export function listAfter(
  listId: OrderList['id'],
  outcome: Outcome,
): Readonly<OrderList> | undefined {
  let found: Readonly<OrderList> | undefined
  for (const event of outcome.events) {
    if (event.type === 'OrderListChanged' && event.list.id === listId) found = event.list
  }
  return found
}

/** The orders of a list that was just placed, in its order. */
function acceptedOf(list: Readonly<OrderList>, outcome: Outcome): readonly Readonly<Order>[] {
  const accepted = new Map<OrderId, Readonly<Order>>()
  for (const event of outcome.events) {
    if (event.type === 'OrderAccepted') accepted.set(event.order.id, event.order)
  }
  return list.orders.map((id) => present(accepted.get(id), 'each order of a new list is accepted'))
}

/** What a cancellation ended of a list, and under which id. */
export interface ListCancellation {
  readonly list: ListView
  readonly members: readonly ListMember[]
  /** As they ended. */
  readonly ended: readonly OrderView[]
  readonly cancelId: string
}

/** DELETE orderList, and what DELETE order and openOrders answer about orders that are in a list. */
export function listCanceledBody(
  outcome: Outcome,
  { list, members, ended, cancelId }: ListCancellation,
  venue: Venue,
  family: OrderFamily,
): object {
  return {
    ...listBody(list, members, venue, family),
    transactionTime: outcome.timestampMs,
    orderReports: ended.map((order) =>
      canceledBody(order, cancelId, outcome.timestampMs, venue, family),
    ),
  }
}

/** `listStatus` of an answer about an amendment. */
export function listStatusBody(
  list: ListView,
  members: readonly ListMember[],
  venue: Venue,
): object {
  return {
    orderListId: list.id,
    contingencyType: list.kind === 'OCO' ? 'OCO' : 'OTO',
    listOrderStatus: list.status === 'ALL_DONE' ? 'ALL_DONE' : 'EXECUTING',
    listClientOrderId: list.clientListId,
    symbol: symbolOf(list, venue).symbol,
    orders: memberBodies(list, members, venue),
  }
}
