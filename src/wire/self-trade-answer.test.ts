import { expect, test } from 'vitest'
import { profileVenue } from '../../test/gateway/profile-venue.ts'
import { present } from '../core/assert.ts'
import type { Event } from '../core/domain/event.ts'
import type { TimestampMs } from '../core/domain/ids.ts'
import type { Order } from '../core/domain/order.ts'
import type { Ticks } from '../core/money/price.ts'
import {
  acceptance,
  ending,
  lots,
  NOW,
  outcomeOf,
  placeOf,
  prevention,
  scriptedOrder,
  ticks,
  trade,
  UNTRADED,
} from './answer-script.ts'
import { orderBody, placedBody } from './order-answer.ts'
import { orderAfter } from './order-state.ts'
import type { ResponseType } from './place-order.ts'

// The scenarios and their answers are those of Binance's faqs/stp_faq.md, on a symbol of eight decimals.
const venue = profileVenue()
const symbol = present(venue.symbolByName.get('BTCUSDT'), 'the profile has BTCUSDT')

function maker(id: number, quantity: number, price: number, fields: Partial<Order> = {}): Order {
  return scriptedOrder(id, {
    side: 'BUY',
    lots: lots(quantity),
    price: ticks(price),
    createdMs: (NOW - 61) as TimestampMs,
    workingMs: (NOW - 61) as TimestampMs,
    ...fields,
  })
}

function taker(id: number, quantity: number, fields: Partial<Order> = {}): Order {
  return scriptedOrder(id, { lots: lots(quantity), price: ticks(1), ...fields })
}

function answer(order: Order, events: readonly Event[], type: ResponseType = 'FULL') {
  return placedBody(outcomeOf(acceptance(order), ...events), placeOf(order), venue, type)
}

const MAKER = {
  symbol: 'BTCUSDT',
  orderListId: -1,
  executedQty: '0.00000000',
  cummulativeQuoteQty: '0.00000000',
  timeInForce: 'GTC',
  type: 'LIMIT',
  side: 'BUY',
  stopPrice: '0.00000000',
  icebergQty: '0.00000000',
  time: NOW - 61,
  updateTime: NOW,
  isWorking: true,
  workingTime: NOW - 61,
  origQuoteOrderQty: '0.00000000',
  selfTradePreventionMode: 'NONE',
}

test('T6 scenario A: NONE lets the orders trade', () => {
  const [bid, ask] = [maker(2, 1, 1), taker(3, 1)]
  const events = [trade(symbol, bid, ask)]
  expect(answer(ask, events)).toEqual({
    ...UNTRADED,
    orderId: 3,
    clientOrderId: 'order-3',
    origQty: '1.00000000',
    executedQty: '1.00000000',
    cummulativeQuoteQty: '1.00000000',
    status: 'FILLED',
    selfTradePreventionMode: 'NONE',
    fills: [
      {
        price: '1.00000000',
        qty: '1.00000000',
        commission: '0.00000000',
        commissionAsset: 'USDT',
        tradeId: 1,
      },
    ],
  })
  expect(orderBody(orderAfter(bid, outcomeOf(...events)), venue, 'SPOT')).toEqual({
    ...MAKER,
    orderId: 2,
    clientOrderId: 'order-2',
    price: '1.00000000',
    origQty: '1.00000000',
    executedQty: '1.00000000',
    cummulativeQuoteQty: '1.00000000',
    status: 'FILLED',
  })
})

test('T6 scenario B: EXPIRE_MAKER clears the way, and the taker rests', () => {
  const bids = [maker(2, 1.2, 1.2), maker(3, 1.3, 1.1), maker(4, 8.1, 1)]
  const ask = taker(5, 3, { selfTradePrevention: 'EXPIRE_MAKER' })
  const events = bids.flatMap((bid, index) => [
    prevention({ id: index, maker: [bid, bid.lots], taker: [ask, 0] }),
    ending(bid, 'EXPIRED_IN_MATCH', 'self_trade', { preventedLots: bid.lots }),
  ])
  const match = (id: number, price: string, quantity: string) => ({
    preventedMatchId: id,
    makerSymbol: 'BTCUSDT',
    makerOrderId: id + 2,
    price,
    makerPreventedQuantity: quantity,
  })
  expect(answer(ask, events)).toEqual({
    ...UNTRADED,
    orderId: 5,
    clientOrderId: 'order-5',
    origQty: '3.00000000',
    status: 'NEW',
    selfTradePreventionMode: 'EXPIRE_MAKER',
    preventedMatches: [
      match(0, '1.20000000', '1.20000000'),
      match(1, '1.10000000', '1.30000000'),
      match(2, '1.00000000', '8.10000000'),
    ],
  })
  const after = bids.map((bid) => orderBody(orderAfter(bid, outcomeOf(...events)), venue, 'SPOT'))
  expect(after[1]).toEqual({
    ...MAKER,
    orderId: 3,
    clientOrderId: 'order-3',
    price: '1.10000000',
    origQty: '1.30000000',
    status: 'EXPIRED_IN_MATCH',
    preventedMatchId: 1,
    preventedQuantity: '1.30000000',
  })
})

test('T6 scenarios C and E: EXPIRE_TAKER ends the taker, whatever the maker says', () => {
  const bid = maker(2, 1, 1, { selfTradePrevention: 'EXPIRE_MAKER' })
  const ask = taker(3, 3, { selfTradePrevention: 'EXPIRE_TAKER' })
  const events = [
    prevention({ id: 0, maker: [bid, 0], taker: [ask, ask.lots] }),
    ending(ask, 'EXPIRED_IN_MATCH', 'self_trade', { preventedLots: ask.lots }),
  ]
  expect(answer(ask, events)).toEqual({
    ...UNTRADED,
    orderId: 3,
    clientOrderId: 'order-3',
    origQty: '3.00000000',
    status: 'EXPIRED_IN_MATCH',
    selfTradePreventionMode: 'EXPIRE_TAKER',
    preventedQuantity: '3.00000000',
    preventedMatches: [
      {
        preventedMatchId: 0,
        makerSymbol: 'BTCUSDT',
        makerOrderId: 2,
        price: '1.00000000',
        takerPreventedQuantity: '3.00000000',
      },
    ],
  })
  const seen = orderBody(orderAfter(ask, outcomeOf(...events)), venue, 'SPOT')
  expect(seen).toMatchObject({ preventedMatchId: 0, preventedQuantity: '3.00000000' })
  const untouched = orderBody(orderAfter(bid, outcomeOf(...events)), venue, 'SPOT')
  expect(untouched).toMatchObject({ status: 'NEW', selfTradePreventionMode: 'EXPIRE_MAKER' })
  expect(untouched).not.toHaveProperty('preventedQuantity')
})

test('T6 scenario D: EXPIRE_BOTH ends both, and the trade group is named', () => {
  const [bid, ask] = [maker(2, 1, 1), taker(5, 3, { selfTradePrevention: 'EXPIRE_BOTH' })]
  const events = [
    prevention({ id: 0, maker: [bid, bid.lots], taker: [ask, ask.lots], tradeGroupId: 1 }),
    ending(bid, 'EXPIRED_IN_MATCH', 'self_trade', { preventedLots: bid.lots }),
    ending(ask, 'EXPIRED_IN_MATCH', 'self_trade', { preventedLots: ask.lots }),
  ]
  expect(answer(ask, events)).toEqual({
    ...UNTRADED,
    orderId: 5,
    clientOrderId: 'order-5',
    origQty: '3.00000000',
    status: 'EXPIRED_IN_MATCH',
    selfTradePreventionMode: 'EXPIRE_BOTH',
    tradeGroupId: 1,
    preventedQuantity: '3.00000000',
    preventedMatches: [
      {
        preventedMatchId: 0,
        makerSymbol: 'BTCUSDT',
        makerOrderId: 2,
        price: '1.00000000',
        takerPreventedQuantity: '3.00000000',
        makerPreventedQuantity: '1.00000000',
      },
    ],
  })
})

test('T6 scenario F: a market order finds nothing else and expires, not in match', () => {
  const bid = maker(2, 1, 1)
  const ask = taker(3, 1, {
    type: 'MARKET',
    price: 0 as Ticks,
    selfTradePrevention: 'EXPIRE_MAKER',
  })
  const events = [
    prevention({ id: 0, maker: [bid, bid.lots], taker: [ask, 0] }),
    ending(bid, 'EXPIRED_IN_MATCH', 'self_trade', { preventedLots: bid.lots }),
    ending(ask, 'EXPIRED', 'unfilled'),
  ]
  expect(answer(ask, events)).toEqual({
    ...UNTRADED,
    orderId: 3,
    clientOrderId: 'order-3',
    price: '0.00000000',
    origQty: '1.00000000',
    type: 'MARKET',
    status: 'EXPIRED',
    expiryReason: 'INSUFFICIENT_LIQUIDITY',
    selfTradePreventionMode: 'EXPIRE_MAKER',
    preventedMatches: [
      {
        preventedMatchId: 0,
        makerSymbol: 'BTCUSDT',
        makerOrderId: 2,
        price: '1.00000000',
        makerPreventedQuantity: '1.00000000',
      },
    ],
  })
})

test.each([
  ['G', 'DECREMENT', 6, 2, 2],
  ['H', 'TRANSFER', 0.6, 0.2, 0.2],
] as const)('T6 scenario %s: %s takes the smaller off both', (_, mode, bidden, asked, price) => {
  const bid = maker(12, bidden, price, { selfTradePrevention: mode })
  const ask = taker(13, asked, { price: ticks(price), selfTradePrevention: mode })
  const events = [
    prevention({ id: 3, maker: [bid, ask.lots], taker: [ask, ask.lots], tradeGroupId: 1 }),
    ending(ask, 'EXPIRED_IN_MATCH', 'self_trade', { preventedLots: ask.lots }),
  ]
  const quantity = asked.toFixed(8)
  expect(answer(ask, events)).toMatchObject({
    orderId: 13,
    status: 'EXPIRED_IN_MATCH',
    tradeGroupId: 1,
    preventedQuantity: quantity,
    preventedMatches: [
      {
        preventedMatchId: 3,
        makerSymbol: 'BTCUSDT',
        makerOrderId: 12,
        price: price.toFixed(8),
        takerPreventedQuantity: quantity,
        makerPreventedQuantity: quantity,
      },
    ],
  })
  expect(orderBody(orderAfter(bid, outcomeOf(...events)), venue, 'SPOT')).toMatchObject({
    orderId: 12,
    origQty: bidden.toFixed(8),
    status: 'NEW',
    preventedMatchId: 3,
    preventedQuantity: quantity,
  })
})
