import { expect, test } from 'vitest'
import { profileVenue } from '../../test/gateway/profile-venue.ts'
import { present } from '../core/assert.ts'
import type { Event } from '../core/domain/event.ts'
import type { AssetIndex, OrderListId, TimestampMs } from '../core/domain/ids.ts'
import type { Order } from '../core/domain/order.ts'
import type { Amount } from '../core/money/amount.ts'
import type { Ticks } from '../core/money/price.ts'
import {
  acceptance,
  activation,
  ending,
  lots,
  NOW,
  outcomeOf,
  placeOf,
  scriptedOrder,
  ticks,
  trade,
  UNTRADED,
} from './answer-script.ts'
import { amendedBody, canceledBody, orderBody, placedBody } from './order-answer.ts'
import { orderAfter } from './order-state.ts'
import type { ResponseType } from './place-order.ts'

const venue = profileVenue()
const symbol = present(venue.symbolByName.get('BTCUSDT'), 'the profile has BTCUSDT')

function answer(order: Order, events: readonly Event[], type: ResponseType = 'FULL') {
  return placedBody(outcomeOf(acceptance(order), ...events), placeOf(order), venue, type)
}

test('T5 a market order that the book cannot fill answers what Binance’s market_orders_faq.md shows', () => {
  const buy = scriptedOrder(32, {
    side: 'BUY',
    type: 'MARKET',
    price: 0 as Ticks,
    lots: lots(6),
  })
  const first = scriptedOrder(30, { lots: lots(2), price: ticks(1) })
  const once = trade(symbol, first, buy, 100_000n)
  const grown = { ...buy, executedLots: lots(2), executedQuote: 200_000_000n as Amount }
  const twice = trade(symbol, { ...first, lots: lots(2) }, grown, 100_000n)
  const end = ending(buy, 'EXPIRED', 'unfilled', {
    executedLots: lots(4),
    executedQuote: 400_000_000n as Amount,
  })
  const fill = {
    price: '1.00000000',
    qty: '2.00000000',
    commission: '0.00100000',
    commissionAsset: 'BTC',
    tradeId: 1,
  }
  expect(answer(buy, [once, twice, end])).toEqual({
    ...UNTRADED,
    orderId: 32,
    clientOrderId: 'order-32',
    price: '0.00000000',
    origQty: '6.00000000',
    executedQty: '4.00000000',
    cummulativeQuoteQty: '4.00000000',
    status: 'EXPIRED',
    expiryReason: 'INSUFFICIENT_LIQUIDITY',
    type: 'MARKET',
    side: 'BUY',
    selfTradePreventionMode: 'NONE',
    fills: [fill, fill],
  })
})

const STOP: Partial<Order> = {
  type: 'STOP_LOSS_LIMIT',
  stopPrice: ticks(0.9),
  trailingBips: 100,
  icebergLots: lots(0.25),
  strategyId: 37_463_720,
  strategyType: 1_000_000,
  stage: 'WAITING',
  workingMs: null,
}

const STOP_FIELDS = {
  stopPrice: '0.90000000',
  trailingDelta: 100,
  icebergQty: '0.25000000',
  strategyId: 37_463_720,
  strategyType: 1_000_000,
}

test('T8 an order that waits shows what for, and that it is not in the market', () => {
  const stop = scriptedOrder(4, STOP)
  expect(answer(stop, [], 'RESULT')).toMatchObject({ ...STOP_FIELDS, workingTime: -1 })
  expect(orderBody(stop, venue, 'SPOT')).toMatchObject({
    ...STOP_FIELDS,
    isWorking: false,
    workingTime: -1,
    status: 'NEW',
  })
  const cancel = canceledBody(stop, 'cancel-1', NOW, venue, 'SPOT')
  expect(cancel).toMatchObject({
    ...STOP_FIELDS,
    origClientOrderId: 'order-4',
    clientOrderId: 'cancel-1',
  })
})

test('T11 once activated it works, also in the answer of the command that did it', () => {
  const stop = scriptedOrder(4, STOP)
  const later = (NOW + 5) as TimestampMs
  const after = orderAfter(stop, outcomeOf(activation(stop, later)))
  expect(orderBody(after, venue, 'SPOT')).toMatchObject({ isWorking: true, workingTime: later })
})

test('T8 an order without conditions shows none of their fields', () => {
  const body = answer(scriptedOrder(4), [], 'RESULT')
  for (const field of [...Object.keys(STOP_FIELDS), 'preventedQuantity', 'expiryReason']) {
    expect(body).not.toHaveProperty(field)
  }
})

test('T18 what would have traded outside the band says why it expired', () => {
  const order = scriptedOrder(4)
  const end = ending(order, 'EXPIRED', 'price_range')
  const expiry = { status: 'EXPIRED', expiryReason: 'EXECUTION_RULE_PRICE_RANGE_EXCEEDED' }
  expect(answer(order, [end])).toMatchObject(expiry)
  const after = orderAfter(order, outcomeOf(end))
  expect(orderBody(after, venue, 'SPOT')).toMatchObject(expiry)
})

test.each([
  ['an immediate order', {}, 'unfilled', 'UNFILLED_IOC_QUANTITY_EXPIRED'],
  ['an order to fill or kill', { timeInForce: 'FOK' }, 'unfilled', 'UNFILLED_FOK_ORDER_EXPIRED'],
  ['the other order of an OCO', {}, 'list', 'OCO_TRIGGER'],
  ['a pending order', { stage: 'PENDING' }, 'list', 'OTO_PHASE_ONE_EXPIRED'],
  ['an order refused when its turn came', {}, 'refused', 'REJECTED'],
  ['an order that has aged', {}, 'order_age', 'EXCHANGE_CANCELED'],
] as const)('T3 T12 T13 T21 %s that expired says why', (_, fields, cause, expected) => {
  const order = scriptedOrder(4, fields)
  expect(answer(order, [ending(order, 'EXPIRED', cause)])).toMatchObject({ expiryReason: expected })
})

test('a cancelled order has no reason to expire', () => {
  const order = scriptedOrder(4)
  const body = answer(order, [ending(order, 'CANCELED', 'user')])
  expect(body).not.toHaveProperty('expiryReason')
})

test.each([
  ['ACK', ['symbol', 'orderId', 'orderListId', 'clientOrderId', 'transactTime']],
] as const)('an answer of type %s has these fields and no other', (type, fields) => {
  expect(Object.keys(answer(scriptedOrder(4), [], type))).toEqual(fields)
})

test('others’ orders of the same name in one outcome are not taken for one’s own', () => {
  const own = scriptedOrder(9, { clientOrderId: 'same' })
  const others = [
    scriptedOrder(5, { clientOrderId: 'same', userId: 8 as never }),
    scriptedOrder(6, { clientOrderId: 'same', wallet: 'CROSS_MARGIN' }),
    scriptedOrder(7, { clientOrderId: 'same', symbol: 1 as never }),
  ]
  const outcome = outcomeOf(...others.map(acceptance), acceptance(own))
  expect(placedBody(outcome, placeOf(own), venue, 'ACK')).toMatchObject({ orderId: 9 })
})

test('B4 a margin answer says what was borrowed, and that it is not isolated', () => {
  const order = scriptedOrder(4, {
    wallet: 'CROSS_MARGIN',
    borrowed: 5_000_000_000n as Amount,
    borrowedAsset: 0 as AssetIndex,
  })
  expect(answer(order, [], 'RESULT')).toMatchObject({
    isIsolated: false,
    marginBuyBorrowAmount: '50.00000000',
    marginBuyBorrowAsset: 'USDT',
  })
  expect(answer(order, [], 'ACK')).not.toHaveProperty('marginBuyBorrowAmount')
})

test('T16 an amendment answers the order as it is now, under both names', () => {
  const order = scriptedOrder(33, {
    clientOrderId: 'new',
    price: ticks(6),
    lots: lots(5),
    amendments: 1,
    listId: 2 as OrderListId,
  })
  const event = {
    type: 'OrderAmended',
    order,
    originalClientOrderId: 'old',
    originalLots: lots(10),
    shownLotsLess: lots(5),
  } as const
  expect(amendedBody(outcomeOf(event), event, venue)).toEqual({
    transactTime: NOW,
    executionId: 22,
    amendedOrder: {
      symbol: 'BTCUSDT',
      orderId: 33,
      orderListId: 2,
      origClientOrderId: 'old',
      clientOrderId: 'new',
      price: '6.00000000',
      qty: '5.00000000',
      executedQty: '0.00000000',
      preventedQty: '0.00000000',
      quoteOrderQty: '0.00000000',
      cumulativeQuoteQty: '0.00000000',
      status: 'NEW',
      timeInForce: 'GTC',
      type: 'LIMIT',
      side: 'SELL',
      workingTime: NOW,
      selfTradePreventionMode: 'NONE',
    },
  })
  const before = scriptedOrder(33, { clientOrderId: 'old', lots: lots(10) })
  expect(orderAfter(before, outcomeOf(event))).toMatchObject({
    clientOrderId: 'new',
    lots: lots(5),
  })
})
