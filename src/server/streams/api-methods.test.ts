import { expect, test } from 'vitest'
import { endpoints } from '../gateway/gateway.ts'
import type { GatewayDeps } from '../gateway/gateway-deps.ts'
import { apiMethods } from './api-methods.ts'

/** Binance's names of what may be asked for on the WebSocket API, sessions and user data apart. */
const NAMES = [
  'ping',
  'time',
  'exchangeInfo',
  'executionRules',
  'referencePrice',
  'depth',
  'trades.recent',
  'trades.historical',
  'trades.aggregate',
  'klines',
  'uiKlines',
  'avgPrice',
  'ticker',
  'ticker.24hr',
  'ticker.tradingDay',
  'ticker.price',
  'ticker.book',
  'order.place',
  'order.test',
  'order.status',
  'order.cancel',
  'order.cancelReplace',
  'order.amend.keepPriority',
  'order.amendments',
  'openOrders.status',
  'openOrders.cancelAll',
  'allOrders',
  'orderList.place',
  'orderList.place.oco',
  'orderList.place.oto',
  'orderList.place.otoco',
  'orderList.status',
  'orderList.cancel',
  'openOrderLists.status',
  'allOrderLists',
  'myTrades',
  'myPreventedMatches',
  'myFilters',
  'account.status',
  'account.commission',
  'account.rateLimits.orders',
  'userDataStream.start',
  'userDataStream.ping',
  'userDataStream.stop',
]

const methods = apiMethods(endpoints, {} as GatewayDeps)

test('every method is an endpoint that is served', () => {
  expect([...methods.keys()].sort()).toEqual([...NAMES].sort())
})

test.each([
  ['order.place', 'SPOT'],
  ['orderList.place.otoco', 'SPOT'],
  ['orderList.cancel', 'SPOT'],
  ['order.amend.keepPriority', 'SPOT'],
  ['orderList.status', 'READ'],
  ['myPreventedMatches', 'READ'],
])('%s needs the right to %s', (name, permission) => {
  expect(methods.get(name)).toMatchObject({ access: 'signed', permission })
})
