import { expect, test } from 'vitest'
import type { PlaceOrder } from '../../src/core/domain/command.ts'
import type { Event, EventOf } from '../../src/core/domain/event.ts'
import type { UserId } from '../../src/core/domain/ids.ts'
import { TestExchange } from '../../src/core/engine/test-exchange.ts'
import type { Lots, Ticks } from '../../src/core/money/price.ts'
import { loadProfile } from '../../src/venue/profile.ts'

const FUNDS = { SPOT: { USDT: '10000000', BTC: '1000' } }
const lots = (quantity: number): Lots => Math.round(quantity * 100_000) as Lots

function exchangeAt(price: string): TestExchange {
  const exchange = new TestExchange(loadProfile('classic'))
  exchange.prices({ BTC: price })
  return exchange
}

function scopeOf(exchange: TestExchange, userId: UserId) {
  return { userId, wallet: 'SPOT', symbol: exchange.symbol('BTCUSDT').index } as const
}

const named = (clientOrderId: string) => ({ orderId: null, clientOrderId })

function amend(
  exchange: TestExchange,
  userId: UserId,
  name: string,
  quantity: number,
  next = name,
) {
  const scope = scopeOf(exchange, userId)
  return exchange.do({
    type: 'AmendOrder',
    ...scope,
    order: named(name),
    lots: lots(quantity),
    clientOrderId: next,
  })
}

function makersOf(events: readonly Event[]): string[] {
  return events
    .filter((event): event is EventOf<'TradeExecuted'> => event.type === 'TradeExecuted')
    .map(({ maker, lots: traded }) => `${maker.clientOrderId} ${traded / 100_000}`)
}

test('T16 the example of Binance’s amend document: 5.50 lowered to 5.00 keeps its place in the queue', () => {
  // binance-spot-api-docs, faqs/order_amend_keep_priority.md: orders 10, 15, 20 at 87,000 and 21 at 86,999.
  const exchange = exchangeAt('87000')
  const [a, you, b, c, taker] = Array.from({ length: 5 }, () =>
    exchange.stranger(FUNDS),
  ) as UserId[]
  const bid = (user: UserId | undefined, text: string, clientOrderId: string) =>
    exchange.must(exchange.order(user as UserId, text, { wallet: 'SPOT', clientOrderId }))
  bid(a, 'BUY 1 BTCUSDT @ 87000', 'o10')
  bid(you, 'BUY 5.5 BTCUSDT @ 87000', 'o15')
  bid(b, 'BUY 4 BTCUSDT @ 87000', 'o20')
  bid(c, 'BUY 2 BTCUSDT @ 86999', 'o21')
  const { events, refusal } = amend(exchange, you as UserId, 'o15', 5)
  expect(refusal).toBeNull()
  const [amended] = events.filter(
    (event): event is EventOf<'OrderAmended'> => event.type === 'OrderAmended',
  )
  expect(amended).toMatchObject({
    originalLots: 550_000,
    shownLotsLess: 50_000,
    order: { lots: 500_000, status: 'NEW' },
  })
  const sale = exchange.order(taker as UserId, 'SELL 12 BTCUSDT', { wallet: 'SPOT' })
  expect(makersOf(exchange.must(sale).events)).toEqual(['o10 1', 'o15 5', 'o20 4', 'o21 2'])
})

test('T16 an iceberg shows less only when it must', () => {
  const exchange = exchangeAt('40000')
  const user = exchange.stranger(FUNDS)
  const iceberg = { wallet: 'SPOT', clientOrderId: 'i', icebergLots: lots(1) } as const
  exchange.must(exchange.order(user, 'BUY 5 BTCUSDT @ 39000', iceberg))
  const depth = () =>
    exchange.ask('depth', {
      symbol: exchange.symbol('BTCUSDT').index,
      side: 'BUY',
      levels: 1,
    })[0]?.[1]
  expect(depth()).toBe(100_000)
  amend(exchange, user, 'i', 2)
  expect(depth()).toBe(100_000)
  amend(exchange, user, 'i', 0.4)
  expect(depth()).toBe(40_000)
})

test.each<[string, number, object | null]>([
  ['less', 0.99, null],
  ['the same', 1, { reason: 'amend_not_lower', lots: 100_000, asked: 100_000 }],
  ['more', 1.01, { reason: 'amend_not_lower', lots: 100_000, asked: 101_000 }],
  ['a lot more than is executed', 0.40001, null],
  ['what is executed', 0.4, { reason: 'amend_executed', executed: 40_000, asked: 40_000 }],
  ['less than is executed', 0.39999, { reason: 'amend_executed', executed: 40_000, asked: 39_999 }],
])('T16 an order of 1 with 0.4 executed, amended to %s', (_what, quantity, refusal) => {
  const exchange = exchangeAt('40000')
  const [user, other] = [exchange.stranger(FUNDS), exchange.stranger(FUNDS)]
  exchange.must(
    exchange.order(user, 'BUY 1 BTCUSDT @ 40000', { wallet: 'SPOT', clientOrderId: 'o' }),
  )
  exchange.must(exchange.order(other, 'SELL 0.4 BTCUSDT @ 40000', { wallet: 'SPOT' }))
  expect(amend(exchange, user, 'o', quantity).refusal).toEqual(refusal)
  const [usdt] = exchange.ask('balances', { userId: user, wallet: 'SPOT' })
  const open = (refusal === null ? quantity : 1) - 0.4
  expect(Number(usdt?.locked) / 1e8).toBeCloseTo(open * 40_000, 6)
})

test('T16 so often and no oftener, under a new name or the old', () => {
  const exchange = exchangeAt('40000')
  const user = exchange.stranger(FUNDS)
  exchange.must(
    exchange.order(user, 'BUY 2 BTCUSDT @ 39000', { wallet: 'SPOT', clientOrderId: 'n0' }),
  )
  for (let time = 1; time <= 10; time += 1) {
    expect(amend(exchange, user, `n${time - 1}`, 2 - time / 10, `n${time}`).refusal).toBeNull()
  }
  expect(amend(exchange, user, 'n10', 0.5).refusal).toEqual({ reason: 'amend_limit', limit: 10 })
  expect(amend(exchange, user, 'n0', 0.5).refusal).toEqual({ reason: 'order_unknown' })
})

test('T12 T16 both orders of an OCO are lowered, and the dearer one stays locked once', () => {
  const exchange = exchangeAt('40000')
  const [user, maker, taker] = Array.from({ length: 3 }, () => exchange.stranger(FUNDS)) as [
    UserId,
    UserId,
    UserId,
  ]
  exchange.must(exchange.order(maker, 'SELL 0.1 BTCUSDT @ 40000', { wallet: 'SPOT' }))
  exchange.must(exchange.order(taker, 'BUY 0.1 BTCUSDT @ 40000', { wallet: 'SPOT' }))
  const order = (text: string, more: Partial<PlaceOrder>) =>
    exchange.order(user, text, { wallet: 'SPOT', ...more })
  const stop = {
    orderType: 'STOP_LOSS_LIMIT',
    stopPrice: 4_100_000 as Ticks,
    clientOrderId: 'stop',
  } as const
  exchange.must({
    type: 'PlaceOrderList',
    ...scopeOf(exchange, user),
    kind: 'OCO',
    clientListId: 'l',
    orders: [
      order('BUY 1 BTCUSDT @ 41500', stop),
      order('BUY 1 BTCUSDT @ 39000', { orderType: 'LIMIT_MAKER', clientOrderId: 'limit' }),
    ],
  })
  expect(amend(exchange, user, 'limit', 0.6).refusal).toBeNull()
  const open = exchange.ask('openOrders', { userId: user, wallet: 'SPOT', symbol: null })
  expect(open.map((one) => [one.clientOrderId, one.lots, Number(one.locked) / 1e8])).toEqual([
    ['stop', 60_000, 24_900],
    ['limit', 60_000, 0],
  ])
})

test.each<['ONLY_NEW' | 'ONLY_PARTIALLY_FILLED', boolean, boolean]>([
  ['ONLY_NEW', false, true],
  ['ONLY_NEW', true, false],
  ['ONLY_PARTIALLY_FILLED', false, false],
  ['ONLY_PARTIALLY_FILLED', true, true],
])('T17 %s and an order that has traded: %s', (restriction, hasTraded, taken) => {
  const exchange = exchangeAt('40000')
  const [user, other] = [exchange.stranger(FUNDS), exchange.stranger(FUNDS)]
  exchange.must(
    exchange.order(user, 'BUY 1 BTCUSDT @ 40000', { wallet: 'SPOT', clientOrderId: 'o' }),
  )
  if (hasTraded)
    exchange.must(exchange.order(other, 'SELL 0.4 BTCUSDT @ 40000', { wallet: 'SPOT' }))
  const { refusal } = exchange.do({
    type: 'CancelOrder',
    ...scopeOf(exchange, user),
    order: named('o'),
    restriction,
  })
  const status = hasTraded ? 'PARTIALLY_FILLED' : 'NEW'
  expect(refusal).toEqual(taken ? null : { reason: 'cancel_restricted', status, restriction })
})

test.each<['STOP_ON_FAILURE' | 'ALLOW_FAILURE', string, string, object | null, string[]]>([
  ['STOP_ON_FAILURE', 'old', 'BUY 2 BTCUSDT @ 39000', null, ['new']],
  [
    'STOP_ON_FAILURE',
    'gone',
    'BUY 2 BTCUSDT @ 39000',
    { reason: 'cancel_replace_stopped', cancel: { reason: 'order_unknown' } },
    ['old'],
  ],
  [
    'ALLOW_FAILURE',
    'gone',
    'BUY 2 BTCUSDT @ 39000',
    { reason: 'cancel_replace_partly', cancel: { reason: 'order_unknown' }, place: null },
    ['old', 'new'],
  ],
  [
    'ALLOW_FAILURE',
    'gone',
    'BUY 0.000001 BTCUSDT @ 39000',
    {
      reason: 'cancel_replace_partly',
      cancel: { reason: 'order_unknown' },
      place: { reason: 'filter', filter: 'LOT_SIZE' },
    },
    ['old'],
  ],
  [
    'STOP_ON_FAILURE',
    'old',
    'BUY 0.000001 BTCUSDT @ 39000',
    {
      reason: 'cancel_replace_partly',
      cancel: null,
      place: { reason: 'filter', filter: 'LOT_SIZE' },
    },
    [],
  ],
])('T15 %s, cancelling "%s" to place %s', (mode, cancels, text, refusal, open) => {
  const exchange = exchangeAt('40000')
  const user = exchange.stranger(FUNDS)
  exchange.must(
    exchange.order(user, 'BUY 1 BTCUSDT @ 39000', { wallet: 'SPOT', clientOrderId: 'old' }),
  )
  const place = exchange.order(user, text, { wallet: 'SPOT', clientOrderId: 'new' })
  const outcome = exchange.do({
    type: 'CancelReplace',
    cancel: named(cancels),
    mode,
    restriction: null,
    place,
  })
  expect(outcome.refusal).toEqual(refusal)
  const left = exchange.ask('openOrders', { userId: user, wallet: 'SPOT', symbol: null })
  expect(left.map(({ clientOrderId }) => clientOrderId)).toEqual(open)
})

test('T7 an iceberg trades part by part, each time behind those who wait at its price', () => {
  const exchange = exchangeAt('40000')
  const [hidden, plain, taker] = Array.from({ length: 3 }, () => exchange.stranger(FUNDS)) as [
    UserId,
    UserId,
    UserId,
  ]
  const iceberg = { wallet: 'SPOT', clientOrderId: 'iceberg', icebergLots: lots(1) } as const
  exchange.must(exchange.order(hidden, 'SELL 2.5 BTCUSDT @ 40000', iceberg))
  exchange.must(
    exchange.order(plain, 'SELL 1.2 BTCUSDT @ 40000', { wallet: 'SPOT', clientOrderId: 'plain' }),
  )
  const { events } = exchange.must(
    exchange.order(taker, 'BUY 3 BTCUSDT @ 40000', { wallet: 'SPOT' }),
  )
  expect(makersOf(events)).toEqual(['iceberg 1', 'plain 1.2', 'iceberg 0.8'])
  const depth = exchange.ask('depth', {
    symbol: exchange.symbol('BTCUSDT').index,
    side: 'SELL',
    levels: 5,
  })
  expect(depth).toEqual([[4_000_000, 20_000, 1]])
  const [btc] = exchange.ask('balances', { userId: hidden, wallet: 'SPOT' }).slice(-1)
  expect(Number(btc?.locked) / 1e8).toBeCloseTo(0.7)
})
