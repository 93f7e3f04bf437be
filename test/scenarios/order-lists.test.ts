import { expect, test } from 'vitest'
import type { PlaceOrder, PlaceOrderList } from '../../src/core/domain/command.ts'
import type { Event } from '../../src/core/domain/event.ts'
import type { UserId } from '../../src/core/domain/ids.ts'
import type { OrderListKind } from '../../src/core/domain/order-list.ts'
import { TestExchange } from '../../src/core/engine/test-exchange.ts'
import type { Ticks } from '../../src/core/money/price.ts'
import { loadProfile } from '../../src/venue/profile.ts'

const ticks = (price: number): Ticks => Math.round(price * 100) as Ticks
const FUNDS = { SPOT: { USDT: '1000000', BTC: '1000' } }

class Market {
  readonly exchange = new TestExchange(loadProfile('classic'))
  readonly trader: UserId
  readonly other: UserId

  constructor() {
    this.exchange.prices({ BTC: '40000' })
    this.trader = this.exchange.stranger(FUNDS)
    this.other = this.exchange.stranger(FUNDS)
    this.trade(40_000)
  }

  order(text: string, name: string, more: Partial<PlaceOrder> = {}): PlaceOrder {
    return this.exchange.order(this.trader, text, { wallet: 'SPOT', clientOrderId: name, ...more })
  }

  /** Somebody else trades at a price with a third party. */
  trade(price: number): readonly Event[] {
    const third = this.exchange.stranger(FUNDS)
    this.exchange.must(
      this.exchange.order(third, `SELL 0.01 BTCUSDT @ ${price}`, { wallet: 'SPOT' }),
    )
    return this.take(`BUY 0.01 BTCUSDT @ ${price}`)
  }

  take(text: string): readonly Event[] {
    return this.exchange.must(this.exchange.order(this.other, text, { wallet: 'SPOT' })).events
  }

  list(kind: OrderListKind, ...orders: PlaceOrder[]): PlaceOrderList {
    const { index: symbol } = this.exchange.symbol('BTCUSDT')
    return {
      type: 'PlaceOrderList',
      userId: this.trader,
      wallet: 'SPOT',
      symbol,
      kind,
      clientListId: 'list',
      orders,
    }
  }

  locked(): number[] {
    return this.exchange
      .ask('balances', { userId: this.trader, wallet: 'SPOT' })
      .map(({ locked }) => Number(locked) / 1e8)
  }

  open(): string[] {
    return this.exchange
      .ask('openOrders', { userId: this.trader, wallet: 'SPOT', symbol: null })
      .map(({ clientOrderId, stage }) => `${clientOrderId} ${stage}`)
  }
}

function told(events: readonly Event[]): string[] {
  return events.flatMap((event) => {
    if (event.type === 'OrderActivated') return [`${event.order.clientOrderId} goes ahead`]
    if (event.type === 'OrderEnded')
      return [`${event.clientOrderId} ${event.status} ${event.cause}`]
    if (event.type === 'OrderListChanged') return [`list ${event.change}`]
    return []
  })
}

/** A sale of 1 BTC: profit at 42,000, loss at 39,000 with a limit of 38,900. */
function bracket(market: Market): PlaceOrder[] {
  return [
    market.order('SELL 1 BTCUSDT @ 42000', 'profit', { orderType: 'LIMIT_MAKER' }),
    market.order('SELL 1 BTCUSDT @ 38900', 'loss', {
      orderType: 'STOP_LOSS_LIMIT',
      stopPrice: ticks(39_000),
    }),
  ]
}

test('T12 an OCO locks once, and its stop expires when its limit trades', () => {
  const market = new Market()
  market.exchange.must(market.list('OCO', ...bracket(market)))
  expect(market.open()).toEqual(['profit WORKING', 'loss WAITING'])
  expect(market.locked()).toEqual([0, 1])
  expect(told(market.take('BUY 0.4 BTCUSDT @ 42000'))).toEqual(['loss EXPIRED list'])
  expect(market.open()).toEqual(['profit WORKING'])
  expect(market.locked()).toEqual([0, 0.6])
  expect(told(market.take('BUY 0.6 BTCUSDT @ 42000'))).toEqual(['list ALL_DONE'])
})

test('T12 an OCO’s limit expires when its stop is set off', () => {
  const market = new Market()
  market.exchange.must(market.list('OCO', ...bracket(market)))
  expect(told(market.trade(39_000))).toEqual(['profit EXPIRED list', 'loss goes ahead'])
  expect(market.open()).toEqual(['loss WORKING'])
  expect(market.locked()).toEqual([0, 1])
})

test('T12 an OCO to buy locks the dearer of its orders, and the one that goes ahead has what it needs', () => {
  const market = new Market()
  const above = market.order('BUY 1 BTCUSDT @ 41100', 'stop', {
    orderType: 'STOP_LOSS_LIMIT',
    stopPrice: ticks(41_000),
  })
  const below = market.order('BUY 1 BTCUSDT @ 38000', 'limit', { orderType: 'LIMIT_MAKER' })
  market.exchange.must(market.list('OCO', above, below))
  expect(market.locked()).toEqual([41_100, 0])
  market.take('SELL 0.5 BTCUSDT @ 38000')
  expect(market.open()).toEqual(['limit WORKING'])
  expect(market.locked()).toEqual([19_000, 0])
})

test.each([
  ['above and below the wrong way round', 38_000, 41_000],
  ['both above', 42_000, 41_000],
  ['the stop at the last price', 42_000, 40_000],
])('T12 an OCO with %s is refused, and nothing is left of it', (_what, limit, stop) => {
  const market = new Market()
  const above = market.order(`SELL 1 BTCUSDT @ ${limit}`, 'a', { orderType: 'LIMIT_MAKER' })
  const below = market.order(`SELL 1 BTCUSDT @ 37000`, 'b', {
    orderType: 'STOP_LOSS_LIMIT',
    stopPrice: ticks(stop),
  })
  expect(market.exchange.do(market.list('OCO', above, below)).refusal).toEqual({
    reason: 'list_prices',
  })
  expect(market.open()).toEqual([])
  expect(market.locked()).toEqual([0, 0])
})

test('T13 an OTO’s pending order holds nothing until the working order is filled completely', () => {
  const market = new Market()
  const working = market.order('BUY 1 BTCUSDT @ 39500', 'buy')
  const pending = market.order('SELL 0.9 BTCUSDT @ 41000', 'sell')
  market.exchange.must(market.list('OTO', working, pending))
  expect(market.open()).toEqual(['buy WORKING', 'sell PENDING'])
  expect(market.locked()).toEqual([39_500, 0])
  expect(told(market.take('SELL 0.4 BTCUSDT @ 39500'))).toEqual([])
  expect(told(market.take('SELL 0.6 BTCUSDT @ 39500'))).toEqual(['sell goes ahead'])
  expect(market.open()).toEqual(['sell WORKING'])
  expect(market.locked()).toEqual([0, 0.9])
})

test('T13 a working order that fills on arrival sets its pending order off in the same command', () => {
  const market = new Market()
  market.take('SELL 1 BTCUSDT @ 40100')
  const working = market.order('BUY 1 BTCUSDT @ 40100', 'buy')
  const pending = market.order('SELL 0.9 BTCUSDT @ 41000', 'sell')
  const { events } = market.exchange.must(market.list('OTO', working, pending))
  expect(told(events)).toEqual(['list PLACED', 'sell goes ahead'])
})

test('T13 an OTOCO’s pair is placed when its turn comes, and acts as an OCO from then on', () => {
  const market = new Market()
  const working = market.order('BUY 1.1 BTCUSDT @ 39500', 'buy')
  market.exchange.must(market.list('OTOCO', working, ...bracket(market)))
  expect(market.open()).toEqual(['buy WORKING', 'profit PENDING', 'loss PENDING'])
  expect(told(market.take('SELL 1.1 BTCUSDT @ 39500'))).toEqual([
    'profit goes ahead',
    'loss goes ahead',
  ])
  expect(market.locked()).toEqual([0, 1])
  expect(told(market.trade(39_000))).toEqual(['profit EXPIRED list', 'loss goes ahead'])
})

test('T13 a pending stop whose price has come before its turn goes ahead at once', () => {
  const market = new Market()
  const working = market.order('BUY 1.1 BTCUSDT @ 38950', 'buy')
  market.exchange.must(market.list('OTOCO', working, ...bracket(market)))
  const lines = told(market.take('SELL 1.1 BTCUSDT @ 38950'))
  expect(lines).toEqual([
    'profit goes ahead',
    'loss goes ahead',
    'profit EXPIRED list',
    'loss goes ahead',
  ])
})

test('T13 a pending order that cannot be paid for when its turn comes expires', () => {
  const market = new Market()
  const working = market.order('BUY 1 BTCUSDT @ 39500', 'buy')
  const pending = market.order('BUY 30 BTCUSDT @ 39000', 'sell')
  market.exchange.must(market.list('OTO', working, pending))
  expect(told(market.take('SELL 1 BTCUSDT @ 39500'))).toEqual([
    'sell EXPIRED refused',
    'list ALL_DONE',
  ])
})

test.each<[OrderListKind, string, string[]]>([
  ['OCO', 'profit', ['profit CANCELED user', 'loss CANCELED list', 'list ALL_DONE']],
  ['OCO', 'loss', ['loss CANCELED user', 'profit CANCELED list', 'list ALL_DONE']],
  [
    'OTOCO',
    'buy',
    ['buy CANCELED user', 'profit CANCELED list', 'loss CANCELED list', 'list ALL_DONE'],
  ],
  [
    'OTOCO',
    'loss',
    ['loss CANCELED user', 'buy CANCELED list', 'profit CANCELED list', 'list ALL_DONE'],
  ],
])('T14 cancelling one order of an %s, %s, cancels all of it', (kind, name, expected) => {
  const market = new Market()
  const orders = [market.order('BUY 1.1 BTCUSDT @ 39500', 'buy'), ...bracket(market)]
  market.exchange.must(market.list(kind, ...(kind === 'OCO' ? orders.slice(1) : orders)))
  const { index: symbol } = market.exchange.symbol('BTCUSDT')
  const order = { orderId: null, clientOrderId: name }
  const scope = { userId: market.trader, wallet: 'SPOT', symbol } as const
  const { events } = market.exchange.must({
    type: 'CancelOrder',
    ...scope,
    order,
    restriction: null,
  })
  expect(told(events)).toEqual(expected)
  expect(market.locked()).toEqual([0, 0])
})

test('T14 a list is cancelled by its own name, once', () => {
  const market = new Market()
  market.exchange.must(market.list('OCO', ...bracket(market)))
  const { index: symbol } = market.exchange.symbol('BTCUSDT')
  const cancel = {
    type: 'CancelOrderList',
    userId: market.trader,
    wallet: 'SPOT',
    symbol,
    list: { listId: null, clientListId: 'list' },
  } as const
  expect(told(market.exchange.must(cancel).events)).toEqual([
    'profit CANCELED user',
    'loss CANCELED user',
    'list ALL_DONE',
  ])
  expect(market.exchange.do(cancel).refusal).toEqual({ reason: 'list_unknown' })
})

test('B4 T12 an OCO on margin borrows its shortfall once, and what it does not use goes back', () => {
  const exchange = new TestExchange(loadProfile('binance'))
  exchange.prices({ BTC: '40000' })
  const userId = exchange.user({ CROSS_MARGIN: { USDT: '5000' } })
  const { index: symbol } = exchange.symbol('BTCUSDT')
  const list = { userId, wallet: 'CROSS_MARGIN', symbol } as const
  const above = exchange.order(userId, 'BUY 0.15 BTCUSDT @ 41000', {
    orderType: 'STOP_LOSS_LIMIT',
    stopPrice: ticks(40_500),
    sideEffect: 'MARGIN_BUY',
    clientOrderId: 'above',
  })
  const below = exchange.order(userId, 'BUY 0.15 BTCUSDT @ 39000', {
    orderType: 'LIMIT_MAKER',
    sideEffect: 'MARGIN_BUY',
    clientOrderId: 'below',
  })
  const orders = [above, below]
  exchange.must({ type: 'PlaceOrderList', ...list, kind: 'OCO', clientListId: 'l', orders })
  const debt = () => exchange.ask('balances', { userId, wallet: 'CROSS_MARGIN' })[0]
  // 0.15 at 41,000 is 6,150; 5,000 are there.
  expect(debt()?.borrowed).toBe(115_000_000_000n)
  const reference = { listId: null, clientListId: 'l' }
  exchange.must({ type: 'CancelOrderList', ...list, list: reference })
  // All but the started hour's interest, which is paid first.
  expect(debt()).toMatchObject({ interest: 0n, locked: 0n })
  expect(Number(debt()?.borrowed)).toBeLessThan(10_000_000)
})
