import type { TradingWallet } from '../../../core/domain/command.ts'
import { borrowsAutomatically } from '../../../core/domain/order.ts'
import type { Parameters } from '../../../wire/parameters.ts'
import type { ConditionalRight } from '../../access/api-key.ts'
import {
  type Endpoint,
  type Method,
  perUser,
  signed,
  type UserCall,
  type Weight,
} from '../endpoint.ts'
import { amendOrder } from './amend-order.ts'
import { cancelAll, cancelList, cancelOrder } from './cancel-actions.ts'
import { cancelReplace } from './cancel-replace.ts'
import { knownMarginWallet, readMarginWallet } from './margin-wallet.ts'
import { allOrders, openOrders, placeOrder, queryOrder, testOrder } from './order-actions.ts'
import { allLists, openLists, placeList, queryList } from './order-lists.ts'
import { preventedMatches } from './prevented-matches.ts'
import { orderCounts } from './spot.ts'
import { myTrades } from './trades.ts'

const ALL_ORDERS_MAX = 500
const PLACING: Weight = { per: 'user', of: orderWeight }
/** What an order borrows by itself its key must be allowed to borrow. */
const MAY_BORROW: ConditionalRight = {
  text: 'MARGIN, to borrow BORROW',
  of: (parameters) => (mayBorrow(parameters) ? ['MARGIN', 'BORROW'] : ['MARGIN']),
}

export const marginOrderEndpoints: readonly Endpoint[] = [
  trade('POST /sapi/v1/margin/order', PLACING, placeOrder),
  // Binance tests, replaces and amends spot orders only; its clients ask for the same on margin.
  trade('POST /sapi/v1/margin/order/test', perUser(6), testOrder),
  trade('POST /sapi/v1/margin/order/cancelReplace', PLACING, cancelReplace),
  trade('PUT /sapi/v1/margin/order/amend/keepPriority', perUser(6), amendOrder),
  trade('POST /sapi/v1/margin/order/oco', PLACING, (call, wallet) =>
    placeList(call, wallet, 'LEGACY_OCO'),
  ),
  trade('POST /sapi/v1/margin/order/oto', PLACING, (call, wallet) =>
    placeList(call, wallet, 'OTO'),
  ),
  trade('POST /sapi/v1/margin/order/otoco', PLACING, (call, wallet) =>
    placeList(call, wallet, 'OTOCO'),
  ),
  read('GET /sapi/v1/margin/order', 10, queryOrder),
  trade('DELETE /sapi/v1/margin/order', 10, cancelOrder),
  read('GET /sapi/v1/margin/openOrders', 10, openOrders),
  trade('DELETE /sapi/v1/margin/openOrders', 1, cancelAll),
  read('GET /sapi/v1/margin/allOrders', 200, (call, wallet) =>
    allOrders(call, wallet, ALL_ORDERS_MAX),
  ),
  read('GET /sapi/v1/margin/orderList', 10, queryList),
  trade('DELETE /sapi/v1/margin/orderList', perUser(1), cancelList),
  read('GET /sapi/v1/margin/openOrderList', 10, openLists),
  read('GET /sapi/v1/margin/allOrderList', 200, allLists),
  read('GET /sapi/v1/margin/myTrades', 10, myTrades),
  read('GET /sapi/v1/margin/myPreventedMatches', 10, preventedMatches),
  read('GET /sapi/v1/margin/rateLimit/order', perUser(20), orderCounts),
]

type Route = `${Method} /${string}`
type MarginHandler = (call: UserCall, wallet: TradingWallet) => unknown

function trade(route: Route, weight: Weight | number, handle: MarginHandler): Endpoint {
  const right = weight === PLACING ? MAY_BORROW : 'MARGIN'
  return signed(route, right, weight, (call) => handle(call, readMarginWallet(call.parameters)))
}

function read(route: Route, weight: Weight | number, handle: MarginHandler): Endpoint {
  return signed(route, 'READ', weight, (call) => handle(call, knownMarginWallet(call)))
}

function mayBorrow(parameters: Parameters): boolean {
  const sideEffect = parameters.raw('sideEffectType')
  const borrows = sideEffect === 'MARGIN_BUY' || sideEffect === 'AUTO_BORROW_REPAY'
  return borrows && borrowsAutomatically(sideEffect)
}

/** An order that may borrow costs what a loan costs. */
function orderWeight(parameters: Parameters): number {
  return mayBorrow(parameters) ? 1_500 : 6
}
