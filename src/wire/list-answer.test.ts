import { expect, test } from 'vitest'
import { profileVenue } from '../../test/gateway/profile-venue.ts'
import type { PlaceOrderList } from '../core/domain/command.ts'
import type { Event } from '../core/domain/event.ts'
import type { AccountId, AssetIndex, OrderListId, SymbolIndex } from '../core/domain/ids.ts'
import type { Order } from '../core/domain/order.ts'
import type { OrderList } from '../core/domain/order-list.ts'
import type { Amount } from '../core/money/amount.ts'
import type { Ticks } from '../core/money/price.ts'
import {
  acceptance,
  ending,
  NOW,
  outcomeOf,
  placeOf,
  scriptedOrder,
  USER,
} from './answer-script.ts'
import { listBody, listCanceledBody, listPlacedBody, listStatusBody } from './list-answer.ts'
import { orderAfter } from './order-state.ts'

const venue = profileVenue()
const LIST_ID = 5 as OrderListId

const WAITING = { stage: 'WAITING', workingMs: null, listId: LIST_ID } as const
const above = scriptedOrder(10, { type: 'LIMIT_MAKER', price: 300 as Ticks, listId: LIST_ID })
const below = scriptedOrder(11, {
  type: 'STOP_LOSS',
  price: 0 as Ticks,
  stopPrice: 90 as Ticks,
  ...WAITING,
})

function listOf(orders: readonly Order[], fields: Partial<OrderList> = {}): OrderList {
  return {
    id: LIST_ID,
    clientListId: 'list',
    userId: USER,
    wallet: 'SPOT',
    accountId: 3 as AccountId,
    symbol: 0 as SymbolIndex,
    kind: 'OCO',
    orders: orders.map((order) => order.id),
    createdMs: NOW,
    status: 'EXECUTING',
    ...fields,
  }
}

function changed(list: OrderList, change: 'PLACED' | 'UPDATED' | 'ALL_DONE'): Event {
  return { type: 'OrderListChanged', list: { ...list }, change }
}

function placeList(list: OrderList, orders: readonly Order[]): PlaceOrderList {
  return {
    type: 'PlaceOrderList',
    userId: USER,
    wallet: list.wallet === 'CROSS_MARGIN' ? 'CROSS_MARGIN' : 'SPOT',
    symbol: list.symbol,
    kind: list.kind,
    clientListId: list.clientListId,
    orders: orders.map(placeOf),
  }
}

const HEAD = {
  orderListId: 5,
  contingencyType: 'OCO',
  listStatusType: 'EXEC_STARTED',
  listOrderStatus: 'EXECUTING',
  listClientOrderId: 'list',
  transactionTime: NOW,
  symbol: 'BTCUSDT',
  orders: [
    { symbol: 'BTCUSDT', orderId: 10, clientOrderId: 'order-10' },
    { symbol: 'BTCUSDT', orderId: 11, clientOrderId: 'order-11' },
  ],
}

test('T12 an OCO answers the list and a report of each order', () => {
  const list = listOf([above, below])
  const outcome = outcomeOf(changed(list, 'PLACED'), acceptance(above), acceptance(below))
  const report = {
    symbol: 'BTCUSDT',
    orderListId: 5,
    transactTime: NOW,
    origQty: '1.00000000',
    executedQty: '0.00000000',
    origQuoteOrderQty: '0.00000000',
    cummulativeQuoteQty: '0.00000000',
    status: 'NEW',
    timeInForce: 'GTC',
    side: 'SELL',
    selfTradePreventionMode: 'NONE',
  }
  expect(listPlacedBody(outcome, placeList(list, [above, below]), venue, 'RESULT')).toEqual({
    ...HEAD,
    orderReports: [
      {
        ...report,
        orderId: 10,
        clientOrderId: 'order-10',
        price: '3.00000000',
        type: 'LIMIT_MAKER',
        workingTime: NOW,
      },
      {
        ...report,
        orderId: 11,
        clientOrderId: 'order-11',
        price: '0.00000000',
        type: 'STOP_LOSS',
        stopPrice: '0.90000000',
        workingTime: -1,
      },
    ],
  })
})

test.each(['OTO', 'OTOCO'] as const)('T13 an %s is an OTO to Binance', (kind) => {
  const pending = scriptedOrder(11, { ...WAITING, stage: 'PENDING', status: 'PENDING_NEW' })
  const list = listOf([above, pending], { kind })
  const outcome = outcomeOf(changed(list, 'PLACED'), acceptance(above), acceptance(pending))
  expect(listPlacedBody(outcome, placeList(list, [above, pending]), venue, 'RESULT')).toMatchObject(
    {
      contingencyType: 'OTO',
      orderReports: [{ status: 'NEW' }, { status: 'PENDING_NEW', workingTime: -1 }],
    },
  )
})

test('T13 a list that is done at once says so', () => {
  const list = listOf([above, below], { kind: 'OTO' })
  const done = { ...list, status: 'ALL_DONE' } as const
  const outcome = outcomeOf(
    changed(list, 'PLACED'),
    acceptance(above),
    acceptance(below),
    ending(above, 'EXPIRED', 'unfilled'),
    ending(below, 'EXPIRED', 'list'),
    changed(done, 'ALL_DONE'),
  )
  expect(listPlacedBody(outcome, placeList(list, [above, below]), venue, 'RESULT')).toMatchObject({
    listStatusType: 'ALL_DONE',
    listOrderStatus: 'ALL_DONE',
    orderReports: [{ status: 'EXPIRED' }, { status: 'EXPIRED' }],
  })
})

test('B4 a margin list says what all its orders borrowed', () => {
  const fields = {
    wallet: 'CROSS_MARGIN',
    borrowed: 5_000_000_000n as Amount,
    borrowedAsset: 0 as AssetIndex,
  } as const
  const orders = [above, below].map((order) => ({ ...order, ...fields }))
  const list = listOf(orders, { wallet: 'CROSS_MARGIN' })
  const outcome = outcomeOf(changed(list, 'PLACED'), ...orders.map(acceptance))
  expect(listPlacedBody(outcome, placeList(list, orders), venue, 'ACK')).toMatchObject({
    isIsolated: false,
    marginBuyBorrowAmount: '100.00000000',
    marginBuyBorrowAsset: 'USDT',
    orderReports: [{ orderId: 10 }, { orderId: 11 }],
  })
})

test('T14 a cancelled list answers each order under the id of the cancellation', () => {
  const list = listOf([above, below], { status: 'ALL_DONE' })
  const events = [
    ending(above, 'CANCELED', 'user'),
    ending(below, 'CANCELED', 'list'),
    changed(list, 'ALL_DONE'),
  ]
  const outcome = outcomeOf(...events)
  const ended = [above, below].map((order) => orderAfter(order, outcome))
  const members = [above, below].map(({ id, clientOrderId }) => ({ orderId: id, clientOrderId }))
  const body = listCanceledBody(outcome, { list, members, ended, cancelId: 'c' }, venue, 'SPOT')
  expect(body).toMatchObject({
    ...HEAD,
    listStatusType: 'ALL_DONE',
    listOrderStatus: 'ALL_DONE',
    orderReports: [
      { origClientOrderId: 'order-10', clientOrderId: 'c', status: 'CANCELED', orderListId: 5 },
      { origClientOrderId: 'order-11', clientOrderId: 'c', stopPrice: '0.90000000' },
    ],
  })
  expect(listBody(listOf([above, below]), members, venue, 'SPOT')).toEqual(HEAD)
  const { listStatusType: _, transactionTime: __, ...status } = HEAD
  expect(listStatusBody(listOf([above, below]), members, venue)).toEqual(status)
})
