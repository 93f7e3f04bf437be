import type { OrderReference, TradingWallet } from '../../../core/domain/command.ts'
import type { OrderId } from '../../../core/domain/ids.ts'
import type { Refusal, RejectionReason } from '../../../core/domain/rejection.ts'
import type { TradingSymbol } from '../../../core/domain/venue.ts'
import { orderCommissionBody } from '../../../wire/commission-answer.ts'
import { refusalError } from '../../../wire/error.ts'
import { orderBody, placedBody } from '../../../wire/order-answer.ts'
import type { OrderView } from '../../../wire/order-state.ts'
import type { Parameters } from '../../../wire/parameters.ts'
import {
  type OrderContext,
  type OrderRequest,
  parsePlaceOrder,
  readSymbol,
} from '../../../wire/place-order.ts'
import { requestError } from '../../../wire/request-error.ts'
import type { OrderScope } from '../../projections/queries/orders.ts'
import type { UserCall } from '../endpoint.ts'
import { randomId } from '../random-id.ts'
import { caughtUp, submit } from '../submit.ts'
import { readDayRange } from './read-parameters.ts'

export function orderContext(call: UserCall, wallet: TradingWallet): OrderContext {
  const { venue } = call.deps.engine
  return { venue, userId: call.userId, wallet, newClientOrderId: randomId }
}

/** The order a request describes, checked; nothing has happened yet. */
export function readOrder(call: UserCall, wallet: TradingWallet): OrderRequest {
  return parsePlaceOrder(call.parameters, orderContext(call, wallet))
}

export async function placeOrder(call: UserCall, wallet: TradingWallet): Promise<object> {
  const { engine, rateLimits } = call.deps
  const { place, responseType } = readOrder(call, wallet)
  rateLimits.checkOrders(call.userId)
  const outcome = await submit(engine, place, call.isLate)
  setOrderCounts(call)
  return placedBody(outcome, place, engine.venue, responseType)
}

export function setOrderCounts(call: UserCall): void {
  const { tenSeconds, day } = call.deps.rateLimits.orderCounts(call.userId)
  call.headers.set('x-mbx-order-count-10s', String(tenSeconds))
  call.headers.set('x-mbx-order-count-1d', String(day))
}

/** What a test order is refused for: faults of its own, not the state of the account or the book. */
const OWN_FAULTS: ReadonlySet<RejectionReason> = new Set([
  'filter',
  'iceberg_exceeds_quantity',
  'self_trade_prevention',
  'symbol_not_margin',
])

/** Everything about the order itself, without placing it. */
export function testOrder(call: UserCall, wallet: TradingWallet): object {
  const { engine } = call.deps
  const { place, symbol } = readOrder(call, wallet)
  const refusal: Refusal | null = engine.ask('previewOrder', { place }).refusal
  if (refusal !== null && OWN_FAULTS.has(refusal.reason)) throw refusalError(refusal)
  if (!call.parameters.flag('computeCommissionRates', false)) return {}
  const commission = engine.ask('commission', { userId: call.userId, symbol: symbol.index })
  return orderCommissionBody(place.side, commission)
}

export function testOrderWeight(parameters: Parameters): number {
  return parameters.flag('computeCommissionRates', false) ? 20 : 1
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

/** -2039 when both names were sent and are not those of one order. */
export function checkNames({ clientOrderId }: OrderReference, found: OrderView | null): void {
  if (found === null || clientOrderId === null) return
  if (found.clientOrderId !== clientOrderId) throw requestError('client_order_id')
}

export async function queryOrder(call: UserCall, wallet: TradingWallet): Promise<object> {
  const { engine } = call.deps
  const symbol = readSymbol(call.parameters, engine.venue)
  const reference = readReference(call.parameters, 'orderId', 'origClientOrderId')
  const order = await findOrder(call, wallet, symbol, reference)
  if (order === null) throw requestError('order_does_not_exist')
  checkNames(reference, order)
  const [body] = await orderBodies(call, wallet, [order])
  return body ?? {}
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
  if (open !== null) return { ...open }
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

export function openOrders(call: UserCall, wallet: TradingWallet): Promise<object[]> {
  const { engine } = call.deps
  const named = call.parameters.text('symbol') !== undefined
  const symbol = named ? readSymbol(call.parameters, engine.venue).index : null
  const open = engine.ask('openOrders', { userId: call.userId, wallet, symbol })
  return orderBodies(
    call,
    wallet,
    open.map((order) => ({ ...order })),
  )
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
  return orderBodies(call, wallet, await histories.orders(ask))
}

async function orderBodies(
  call: UserCall,
  wallet: TradingWallet,
  orders: readonly OrderView[],
): Promise<object[]> {
  const named = await Promise.all(orders.map((order) => withPreventedMatch(call, wallet, order)))
  return named.map((order) => orderBody(order, call.deps.engine.venue, wallet))
}

/** Which self-trade was prevented only the histories know; an open order has it from there. */
async function withPreventedMatch(
  call: UserCall,
  wallet: TradingWallet,
  order: OrderView,
): Promise<OrderView> {
  if (order.preventedLots === 0 || order.preventedMatchId !== undefined) return order
  await caughtUp(call.deps)
  const books = { userId: call.userId, wallet, symbol: order.symbol }
  const kept = await call.deps.histories.orderById(books, order.id)
  return { ...order, preventedMatchId: kept?.preventedMatchId ?? null }
}
