import { borrowsAutomatically } from '../../../core/domain/order.ts'
import type { Parameters } from '../../../wire/parameters.ts'
import { refuseIsolated } from '../../../wire/place-order.ts'
import { type Endpoint, perUser, signed, type UserCall } from '../endpoint.ts'
import {
  allOrders,
  cancelAll,
  cancelOrder,
  openOrders,
  placeOrder,
  queryOrder,
} from './order-actions.ts'
import { orderCounts } from './spot.ts'
import { myTrades } from './trades.ts'

const WALLET = 'CROSS_MARGIN'
const ALL_ORDERS_MAX = 500

export const marginOrderEndpoints: readonly Endpoint[] = [
  signed('POST /sapi/v1/margin/order', 'TRADE', { per: 'user', of: orderWeight }, (call) =>
    placeOrder(call, WALLET),
  ),
  signed(
    'GET /sapi/v1/margin/order',
    'READ',
    10,
    cross((call) => queryOrder(call, WALLET)),
  ),
  signed(
    'DELETE /sapi/v1/margin/order',
    'TRADE',
    10,
    cross((call) => cancelOrder(call, WALLET)),
  ),
  signed(
    'GET /sapi/v1/margin/openOrders',
    'READ',
    10,
    cross((call) => openOrders(call, WALLET)),
  ),
  signed(
    'DELETE /sapi/v1/margin/openOrders',
    'TRADE',
    1,
    cross((call) => cancelAll(call, WALLET)),
  ),
  signed(
    'GET /sapi/v1/margin/allOrders',
    'READ',
    200,
    cross((call) => allOrders(call, WALLET, ALL_ORDERS_MAX)),
  ),
  signed(
    'GET /sapi/v1/margin/myTrades',
    'READ',
    10,
    cross((call) => myTrades(call, WALLET)),
  ),
  signed('GET /sapi/v1/margin/rateLimit/order', 'READ', perUser(20), cross(orderCounts)),
]

/** An order that may borrow costs what a loan costs. */
function orderWeight(parameters: Parameters): number {
  const sideEffect = parameters.raw('sideEffectType')
  const borrows = sideEffect === 'MARGIN_BUY' || sideEffect === 'AUTO_BORROW_REPAY'
  return borrows && borrowsAutomatically(sideEffect) ? 1_500 : 6
}

/** Refuses `isIsolated=TRUE` before anything else. */
export function cross<T>(handle: (call: UserCall) => T): (call: UserCall) => T {
  return (call) => {
    refuseIsolated(call.parameters)
    return handle(call)
  }
}
