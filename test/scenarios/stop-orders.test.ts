import { expect, test } from 'vitest'
import type { PlaceOrder } from '../../src/core/domain/command.ts'
import type { Event } from '../../src/core/domain/event.ts'
import type { UserId } from '../../src/core/domain/ids.ts'
import type { OrderType } from '../../src/core/domain/order.ts'
import type { TradingDocument } from '../../src/core/domain/venue-document.ts'
import { only, TestExchange } from '../../src/core/engine/test-exchange.ts'
import type { Ticks } from '../../src/core/money/price.ts'
import { loadProfile } from '../../src/venue/profile.ts'

// Ticks of BTCUSDT are cents.
const ticks = (price: number): Ticks => Math.round(price * 100) as Ticks

interface Market {
  readonly exchange: TestExchange
  readonly maker: UserId
  readonly trader: UserId
  /** Makes a trade at a price, whatever rests. */
  readonly trade: (price: number) => readonly Event[]
}

function market(trading: Partial<TradingDocument> = {}): Market {
  const classic = loadProfile('classic')
  const exchange = new TestExchange({
    ...classic,
    policy: { ...classic.policy, trading: { ...classic.policy.trading, ...trading } },
  })
  exchange.prices({ BTC: '40000' })
  const funds = { SPOT: { USDT: '90000000', BTC: '1000' } }
  const [maker, other, trader] = [1, 2, 3].map(() => exchange.stranger(funds)) as UserId[]
  let named = 0
  const trade = (price: number) => {
    named += 1
    const rest = spot(exchange, maker as UserId, `SELL 0.01 BTCUSDT @ ${price}`, {
      clientOrderId: `r${named}`,
    })
    exchange.must(rest)
    return exchange.must(spot(exchange, other as UserId, `BUY 0.01 BTCUSDT @ ${price}`)).events
  }
  return { exchange, maker: maker as UserId, trader: trader as UserId, trade }
}

function spot(
  exchange: TestExchange,
  userId: UserId,
  text: string,
  options: Partial<PlaceOrder> = {},
): PlaceOrder {
  return exchange.order(userId, text, { wallet: 'SPOT', ...options })
}

/** Ends and activations as `client id: what`. */
function told(events: readonly Event[]): string[] {
  return events.flatMap((event) => {
    if (event.type === 'OrderActivated') return [`${event.order.clientOrderId}: goes ahead`]
    if (event.type === 'OrderEnded')
      return [`${event.clientOrderId}: ${event.status} ${event.cause}`]
    return []
  })
}

const conditions: [OrderType, 'BUY' | 'SELL', number, number, number][] = [
  // type, side, stop price, a price that does not trigger, one that does; the last price is 40,000
  ['STOP_LOSS_LIMIT', 'SELL', 39_000, 39_000.01, 39_000],
  ['STOP_LOSS', 'SELL', 39_000, 39_000.01, 38_999.99],
  ['STOP_LOSS_LIMIT', 'BUY', 41_000, 40_999.99, 41_000],
  ['STOP_LOSS', 'BUY', 41_000, 40_999.99, 41_000.01],
  ['TAKE_PROFIT_LIMIT', 'SELL', 41_000, 40_999.99, 41_000],
  ['TAKE_PROFIT', 'SELL', 41_000, 40_999.99, 41_000.01],
  ['TAKE_PROFIT_LIMIT', 'BUY', 39_000, 39_000.01, 39_000],
  ['TAKE_PROFIT', 'BUY', 39_000, 39_000.01, 38_999.99],
]

test.each(conditions)(
  'T8 %s %s at %s waits at %s and goes ahead at %s',
  (orderType, side, stop, quiet, loud) => {
    const { exchange, trader, trade } = market()
    trade(40_000)
    const limit = orderType.endsWith('_LIMIT') ? ` @ ${stop}` : ''
    exchange.must(
      spot(exchange, trader, `${side} 0.5 BTCUSDT${limit}`, {
        orderType,
        stopPrice: ticks(stop),
        clientOrderId: 'stop',
      }),
    )
    expect(told(trade(quiet))).toEqual([])
    expect(told(trade(loud))).toContain('stop: goes ahead')
  },
)

test.each(conditions)(
  'T8 %s %s at %s whose condition holds already is refused',
  (orderType, side, _stop, _quiet, loud) => {
    const { exchange, trader, trade } = market()
    trade(loud)
    const limit = orderType.endsWith('_LIMIT') ? ` @ ${loud}` : ''
    const order = spot(exchange, trader, `${side} 0.5 BTCUSDT${limit}`, {
      orderType,
      stopPrice: ticks(loud),
    })
    expect(exchange.do(order).refusal).toEqual({ reason: 'would_trigger' })
  },
)

test('T11 a stop order locks what it stands for, and a purchase at market its stop price', () => {
  const { exchange, trader, trade } = market()
  trade(40_000)
  const lock = (text: string, more: Partial<PlaceOrder>) => {
    exchange.must(
      spot(exchange, trader, text, {
        clientOrderId: `${text} ${more.orderType}`.replace(/[ @.]/g, '-'),
        ...more,
      }),
    )
    const [order] = exchange
      .ask('openOrders', { userId: trader, wallet: 'SPOT', symbol: null })
      .slice(-1)
    return order?.locked
  }
  const sale = { orderType: 'STOP_LOSS', stopPrice: ticks(39_000) } as const
  expect(lock('SELL 0.5 BTCUSDT', sale)).toBe(50_000_000n)
  const limited = { orderType: 'STOP_LOSS_LIMIT', stopPrice: ticks(41_000) } as const
  expect(lock('BUY 0.5 BTCUSDT @ 41500', limited)).toBe(2_075_000_000_000n)
  const atMarket = { orderType: 'STOP_LOSS', stopPrice: ticks(41_000) } as const
  expect(lock('BUY 0.5 BTCUSDT', atMarket)).toBe(2_050_000_000_000n)
  // Without a stop price it is the last price that counts.
  const trailing = { orderType: 'TAKE_PROFIT', trailingBips: 500 } as const
  expect(lock('BUY 0.5 BTCUSDT', trailing)).toBe(2_000_000_000_000n)
})

test('T11 a triggered purchase at market buys what its lock and what is free pay for, the rest expires', () => {
  const { exchange, maker, trade } = market()
  trade(40_000)
  const poor = exchange.stranger({ SPOT: { USDT: '41000' } })
  const stop = { orderType: 'STOP_LOSS', stopPrice: ticks(41_000), clientOrderId: 'poor' } as const
  exchange.must(spot(exchange, poor, 'BUY 1 BTCUSDT', stop))
  exchange.must(spot(exchange, maker, 'SELL 3 BTCUSDT @ 42000', { clientOrderId: 'ask' }))
  const events = trade(41_000)
  expect(told(events)).toEqual(['poor: goes ahead', 'poor: EXPIRED unfilled'])
  const ended = only(
    events.filter((e) => e.type === 'OrderEnded'),
    'OrderEnded',
  )
  // 41,000 pay for 0.97619 at 42,000.
  expect(ended.executedLots).toBe(97_619)
})

test('T10 a cascade is worked off oldest first, so many in one command, the rest by the next', () => {
  const { exchange, maker, trader, trade } = market({ triggersPerCommand: 3 })
  trade(40_000)
  for (const [name, stop] of [
    ['a', 39_500],
    ['b', 39_900],
    ['c', 39_700],
    ['d', 39_600],
    ['e', 39_800],
  ] as const) {
    const order = { orderType: 'STOP_LOSS', stopPrice: ticks(stop), clientOrderId: name } as const
    exchange.must(spot(exchange, trader, 'SELL 0.1 BTCUSDT', order))
  }
  exchange.must(spot(exchange, maker, 'BUY 5 BTCUSDT @ 39000', { clientOrderId: 'bid' }))
  const first = told(trade(39_500)).filter((line) => line.endsWith('goes ahead'))
  expect(first.map((line) => line[0])).toEqual(['a', 'b', 'c'])
  const next = told(exchange.pass(1).events).filter((line) => line.endsWith('goes ahead'))
  expect(next.map((line) => line[0])).toEqual(['d', 'e'])
})

test('T8 by policy the index triggers, and trades do not', () => {
  const { exchange, trader, trade } = market({ stopTrigger: 'INDEX' })
  trade(40_000)
  const order = {
    orderType: 'STOP_LOSS_LIMIT',
    stopPrice: ticks(39_000),
    clientOrderId: 's',
  } as const
  exchange.must(spot(exchange, trader, 'SELL 0.5 BTCUSDT @ 38000', order))
  expect(told(trade(38_500))).toEqual([])
  expect(told(exchange.prices({ BTC: '39000.00000001' }).events)).toEqual([])
  expect(told(exchange.prices({ BTC: '39000' }).events)).toEqual(['s: goes ahead'])
})

test('T20 T10 what a halt finds in the queue waits for the market to open again', () => {
  const { exchange, maker, trader, trade } = market({ triggersPerCommand: 1 })
  trade(40_000)
  for (const name of ['a', 'b']) {
    const order = { orderType: 'STOP_LOSS', stopPrice: ticks(39_000), clientOrderId: name } as const
    exchange.must(spot(exchange, trader, 'SELL 0.1 BTCUSDT', order))
  }
  exchange.must(spot(exchange, maker, 'BUY 5 BTCUSDT @ 38000', { clientOrderId: 'bid' }))
  trade(39_000)
  const { index: symbol } = exchange.symbol('BTCUSDT')
  const halt = (state: 'HALTED' | 'TRADING') =>
    exchange.must({ type: 'SetSymbolState', symbol, state, reason: 'test', author: 'test' }).events
  expect(told(halt('HALTED'))).toEqual([])
  expect(told(exchange.pass(1_000).events)).toEqual([])
  expect(told(halt('TRADING'))).toContain('b: goes ahead')
})
