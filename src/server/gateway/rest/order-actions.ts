import { present } from '../../../core/assert.ts'
import type { OrderReference, TradingWallet } from '../../../core/domain/command.ts'
import type { EventOf, Outcome } from '../../../core/domain/event.ts'
import type { OrderId } from '../../../core/domain/ids.ts'
import type { TradingSymbol } from '../../../core/domain/venue.ts'
import {
  canceledBody,
  type OrderView,
  orderBody,
  orderEndedBy,
  placedBody,
} from '../../../wire/order-answer.ts'
import type { Parameters } from '../../../wire/parameters.ts'
import { type OrderRequest, parsePlaceOrder, readSymbol } from '../../../wire/place-order.ts'
import { requestError } from '../../../wire/request-error.ts'
import type { OrderScope } from '../../projections/queries/orders.ts'
import type { UserCall } from '../endpoint.ts'
import { randomId } from '../random-id.ts'
import { caughtUp, submit } from '../submit.ts'
import { readDayRange } from './read-parameters.ts'

/** The order a request describes, checked; nothing has happened yet. */
export function readOrder(call: UserCall, wallet: TradingWallet): OrderRequest {
  return parsePlaceOrder(call.parameters, {
    venue: call.deps.engine.venue,
    userId: call.userId,
    wallet,
    newClientOrderId: randomId,
  })
}

export async function placeOrder(call: UserCall, wallet: TradingWallet): Promise<object> {
  const { engine, rateLimits } = call.deps
  const { place, responseType } = readOrder(call, wallet)
  rateLimits.checkOrders(call.userId)
  const outcome = await submit(engine, place)
  rateLimits.countOrder(call.userId)
  setOrderCounts(call)
  return placedBody(outcome, place, engine.venue, responseType)
}

export function setOrderCounts(call: UserCall): void {
  const { tenSeconds, day } = call.deps.rateLimits.orderCounts(call.userId)
  call.headers.set('x-mbx-order-count-10s', String(tenSeconds))
  call.headers.set('x-mbx-order-count-1d', String(day))
}

/** `orderId` or a client id. -1102 when neither is given. */
export function readReference(
  parameters: Parameters,
  idName: string,
  clientIdName: string,
): OrderReference {
  const orderId = parameters.whole(idName)
  const clientOrderId = parameters.text(clientIdName)
  if (orderId === undefined && clientOrderId === undefined) {
    throw requestError('missing_either', { first: clientIdName, second: idName })
  }
  return {
    orderId: orderId === undefined ? null : (orderId as OrderId),
    clientOrderId: clientOrderId ?? null,
  }
}

export async function queryOrder(call: UserCall, wallet: TradingWallet): Promise<object> {
  const { engine } = call.deps
  const symbol = readSymbol(call.parameters, engine.venue)
  const reference = readReference(call.parameters, 'orderId', 'origClientOrderId')
  const order = await findOrder(call, wallet, symbol, reference)
  if (order === null) throw requestError('order_does_not_exist')
  return orderBody(order, engine.venue, wallet)
}

/** Open, or from the histories. */
async function findOrder(
  call: UserCall,
  wallet: TradingWallet,
  symbol: TradingSymbol,
  reference: OrderReference,
): Promise<OrderView | null> {
  const books = { userId: call.userId, wallet, symbol: symbol.index }
  const open = call.deps.engine.ask('openOrder', { ...books, order: reference })
  if (open !== null) return open
  await caughtUp(call.deps)
  return orderFromHistory(call, books, reference)
}

function orderFromHistory(
  { deps }: UserCall,
  books: OrderScope,
  { orderId, clientOrderId }: OrderReference,
): Promise<OrderView | null> {
  return orderId === null
    ? deps.histories.orderByClientId(books, clientOrderId ?? '')
    : deps.histories.orderById(books, orderId)
}

export async function cancelOrder(call: UserCall, wallet: TradingWallet): Promise<object> {
  const { engine } = call.deps
  const symbol = readSymbol(call.parameters, engine.venue)
  const reference = readReference(call.parameters, 'orderId', 'origClientOrderId')
  const cancelId = readCancelId(call.parameters, 'newClientOrderId')
  const books = { userId: call.userId, wallet, symbol: symbol.index }
  const before = snapshot(engine.ask('openOrder', { ...books, order: reference }))
  const outcome = await submit(engine, { type: 'CancelOrder', ...books, order: reference })
  const [ended] = ordersEnded(outcome, call, wallet)
  return canceled(
    call,
    wallet,
    present(ended, 'a cancellation tells of it'),
    before,
    cancelId,
    outcome,
  )
}

/** Gateway checks of these would not be one step with the cancellation, so they are not taken. */
export function readCancelId(parameters: Parameters, name: string): string {
  parameters.forbid('cancelRestrictions')
  return parameters.clientId(name) ?? randomId()
}

/** The engine changes its orders in place; an answer is built from what they were. */
export function snapshot(order: OrderView | null): OrderView | null {
  return order === null ? null : { ...order }
}

/** Orders of this user that the command itself ended. */
export function ordersEnded(
  outcome: Outcome,
  call: UserCall,
  wallet: TradingWallet,
): EventOf<'OrderEnded'>[] {
  return outcome.events.filter(
    (event): event is EventOf<'OrderEnded'> =>
      event.type === 'OrderEnded' &&
      event.userId === call.userId &&
      event.wallet === wallet &&
      (event.cause === 'user' || event.cause === 'replaced'),
  )
}

/** `before` is null when the order was still on its way in when asked for. */
export async function canceled(
  call: UserCall,
  wallet: TradingWallet,
  ended: EventOf<'OrderEnded'>,
  before: OrderView | null,
  cancelId: string,
  outcome: Outcome,
): Promise<object> {
  const { venue } = call.deps.engine
  const order = before ?? (await endedOrder(call, wallet, ended))
  const after = orderEndedBy(order, ended)
  return canceledBody(after, cancelId, outcome.timestampMs, venue, wallet)
}

async function endedOrder(
  call: UserCall,
  wallet: TradingWallet,
  { userId, symbol, orderId }: EventOf<'OrderEnded'>,
): Promise<OrderView> {
  await caughtUp(call.deps)
  const found = await call.deps.histories.orderById({ userId, wallet, symbol }, orderId)
  return present(found, 'an order that ended is in the history')
}

export async function cancelAll(call: UserCall, wallet: TradingWallet): Promise<object[]> {
  const { engine } = call.deps
  const symbol = readSymbol(call.parameters, engine.venue)
  const books = { userId: call.userId, wallet, symbol: symbol.index }
  const before = new Map(
    engine.ask('openOrders', books).map((order) => [order.id, { ...order }] as const),
  )
  const outcome = await submit(engine, { type: 'CancelAllOrders', ...books })
  const ended = ordersEnded(outcome, call, wallet)
  if (ended.length === 0) throw requestError('order_unknown')
  return Promise.all(
    ended.map((event) =>
      canceled(call, wallet, event, before.get(event.orderId) ?? null, randomId(), outcome),
    ),
  )
}

export function openOrders(call: UserCall, wallet: TradingWallet): object[] {
  const { engine } = call.deps
  const named = call.parameters.text('symbol') !== undefined
  const symbol = named ? readSymbol(call.parameters, engine.venue).index : null
  return engine
    .ask('openOrders', { userId: call.userId, wallet, symbol })
    .map((order) => orderBody(order, engine.venue, wallet))
}

export async function allOrders(
  call: UserCall,
  wallet: TradingWallet,
  limitMax: number,
): Promise<object[]> {
  const { engine, histories } = call.deps
  const symbol = readSymbol(call.parameters, engine.venue)
  const ask = {
    userId: call.userId,
    wallet,
    symbol: symbol.index,
    orderId: call.parameters.whole('orderId') as OrderId | undefined,
    ...readDayRange(call.parameters),
    limit: call.parameters.limit('limit', 500, limitMax),
  }
  await caughtUp(call.deps)
  const orders = await histories.orders(ask)
  return orders.map((order) => orderBody(order, engine.venue, wallet))
}
