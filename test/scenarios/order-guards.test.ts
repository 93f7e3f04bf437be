import { expect, test } from 'vitest'
import type { Command, PlaceOrder } from '../../src/core/domain/command.ts'
import type { Event } from '../../src/core/domain/event.ts'
import type { UserId } from '../../src/core/domain/ids.ts'
import type { SymbolState } from '../../src/core/domain/venue.ts'
import type { OrderRulesDocument, TradingDocument } from '../../src/core/domain/venue-document.ts'
import { TestExchange } from '../../src/core/engine/test-exchange.ts'
import type { Lots, Ticks } from '../../src/core/money/price.ts'
import { loadProfile } from '../../src/venue/profile.ts'

const ticks = (price: number): Ticks => Math.round(price * 100) as Ticks
const FUNDS = { SPOT: { USDT: '10000000', BTC: '1000' } }

function exchangeWith(
  rules: Partial<OrderRulesDocument>,
  trading: Partial<TradingDocument> = {},
): TestExchange {
  const classic = loadProfile('classic')
  const exchange = new TestExchange({
    ...classic,
    symbols: classic.symbols.map((symbol) =>
      symbol.symbol === 'BTCUSDT'
        ? { ...symbol, orderRules: { ...symbol.orderRules, ...rules } }
        : symbol,
    ),
    policy: { ...classic.policy, trading: { ...classic.policy.trading, ...trading } },
  })
  exchange.prices({ BTC: '40000' })
  return exchange
}

const spot = (exchange: TestExchange, user: UserId, text: string, more: Partial<PlaceOrder> = {}) =>
  exchange.order(user, text, { wallet: 'SPOT', ...more })

function told(events: readonly Event[]): string[] {
  return events.flatMap((event) => {
    if (event.type === 'TradeExecuted') return [`trade at ${event.price / 100}`]
    if (event.type === 'OrderEnded')
      return [`${event.clientOrderId} ${event.status} ${event.cause}`]
    if (event.type === 'SymbolStateChanged') return [`${event.state} until ${event.untilMs}`]
    return []
  })
}

const BAND = { bidUp: '1.1', bidDown: '0.9', askUp: '1.05', askDown: '0.95' }

test.each<[string, string, string, string[]]>([
  ['a purchase at the upper end', 'SELL 1 BTCUSDT @ 44000', 'BUY 1 BTCUSDT', ['trade at 44000']],
  [
    'a purchase a tick beyond',
    'SELL 1 BTCUSDT @ 44000.01',
    'BUY 1 BTCUSDT',
    ['t EXPIRED price_range'],
  ],
  [
    'a purchase with a limit beyond',
    'SELL 1 BTCUSDT @ 44000.01',
    'BUY 1 BTCUSDT @ 45000',
    ['t EXPIRED price_range'],
  ],
  ['a purchase at the lower end', 'SELL 1 BTCUSDT @ 36000', 'BUY 1 BTCUSDT', ['trade at 36000']],
  [
    'a purchase a tick below it',
    'SELL 1 BTCUSDT @ 35999.99',
    'BUY 1 BTCUSDT',
    ['t EXPIRED price_range'],
  ],
  ['a sale at the lower end', 'BUY 1 BTCUSDT @ 38000', 'SELL 1 BTCUSDT', ['trade at 38000']],
  ['a sale a tick beyond', 'BUY 1 BTCUSDT @ 37999.99', 'SELL 1 BTCUSDT', ['t EXPIRED price_range']],
  ['a limit order that reaches nothing', 'SELL 1 BTCUSDT @ 46000', 'BUY 1 BTCUSDT @ 45000', []],
])('T18 the band and %s', (_what, rests, takes, expected) => {
  const exchange = exchangeWith({ executionBand: BAND })
  const [maker, taker] = [exchange.stranger(FUNDS), exchange.stranger(FUNDS)]
  exchange.must(spot(exchange, maker, rests))
  const { events } = exchange.must(spot(exchange, taker, takes, { clientOrderId: 't' }))
  expect(told(events)).toEqual(expected)
})

test('T18 what is inside the band trades, and the rest expires', () => {
  const exchange = exchangeWith({ executionBand: BAND })
  const [maker, taker] = [exchange.stranger(FUNDS), exchange.stranger(FUNDS)]
  exchange.must(spot(exchange, maker, 'SELL 1 BTCUSDT @ 43000', { clientOrderId: 'a' }))
  exchange.must(spot(exchange, maker, 'SELL 1 BTCUSDT @ 44001', { clientOrderId: 'b' }))
  const { events } = exchange.must(
    spot(exchange, taker, 'BUY 2 BTCUSDT @ 45000', { clientOrderId: 't' }),
  )
  expect(told(events)).toEqual(['trade at 43000', 't EXPIRED price_range'])
})

test('T10 T18 a cascade of stops cannot trade outside the band', () => {
  const exchange = exchangeWith({ executionBand: BAND })
  const [maker, taker] = [exchange.stranger(FUNDS), exchange.stranger(FUNDS)]
  for (const [at, price] of [39_900, 39_000, 38_100, 37_000, 30_000].entries()) {
    exchange.must(
      spot(exchange, maker, `BUY 0.1 BTCUSDT @ ${price}`, { clientOrderId: `bid${at}` }),
    )
  }
  for (const at of [1, 2, 3, 4]) {
    const stop = {
      orderType: 'STOP_LOSS',
      stopPrice: ticks(39_950),
      clientOrderId: `s${at}`,
    } as const
    exchange.must(spot(exchange, taker, 'SELL 0.1 BTCUSDT', stop))
  }
  const { events } = exchange.must(
    spot(exchange, taker, 'SELL 0.1 BTCUSDT', { clientOrderId: 't' }),
  )
  expect(told(events)).toEqual([
    'trade at 39900',
    'trade at 39000',
    'trade at 38100',
    's3 EXPIRED price_range',
    's4 EXPIRED price_range',
  ])
})

test('T19 a price too far from the one before the window stops trading for a while', () => {
  const volatilityInterruption = { band: '0.05', windowMs: 60_000, pauseMs: 120_000 }
  const exchange = exchangeWith({ volatilityInterruption, executionBand: null })
  const [maker, taker] = [exchange.stranger(FUNDS), exchange.stranger(FUNDS)]
  const trade = (price: number) => {
    exchange.must(
      spot(exchange, maker, `BUY 0.1 BTCUSDT @ ${price}`, {
        clientOrderId: `m${exchange.state.sequence}`,
      }),
    )
    return exchange.must(
      spot(exchange, taker, `SELL 0.1 BTCUSDT @ ${price}`, {
        clientOrderId: `t${exchange.state.sequence}`,
      }),
    ).events
  }
  trade(40_000)
  // Nothing had traded before this window, so there is nothing to be far from.
  expect(told(trade(30_000))).toEqual(['trade at 30000'])
  exchange.pass(60_000)
  expect(told(trade(28_500))).toEqual(['trade at 28500'])
  const endMs = exchange.ask('status', {}).timeMs + 120_000
  expect(told(trade(28_499.99))).toEqual([
    expect.stringMatching(/^t\d+ EXPIRED volatility$/),
    `POST_ONLY until ${endMs}`,
  ])
  expect(exchange.do(spot(exchange, taker, 'SELL 0.1 BTCUSDT')).refusal).toMatchObject({
    reason: 'market_closed',
  })
  expect(told(exchange.pass(119_999).events)).toEqual([])
  expect(told(exchange.pass(1).events)).toEqual(['TRADING until null'])
  // From here on the last price is what counts.
  const { index: symbol } = exchange.symbol('BTCUSDT')
  exchange.must({ type: 'CancelAllOrders', userId: maker, wallet: 'SPOT', symbol })
  exchange.prices({ BTC: '40000' })
  expect(told(trade(27_075))).toEqual(['trade at 27075'])
})

const BTC_CLOSED = { reason: 'market_closed', symbol: 'BTCUSDT' }

test.each<[SymbolState, string, Partial<PlaceOrder>, boolean]>([
  ['TRADING', 'SELL 1 BTCUSDT', {}, true],
  ['POST_ONLY', 'SELL 1 BTCUSDT', {}, false],
  ['POST_ONLY', 'SELL 1 BTCUSDT @ 39000', {}, false],
  ['POST_ONLY', 'SELL 1 BTCUSDT @ 41000', {}, true],
  ['POST_ONLY', 'SELL 1 BTCUSDT @ 41000', { orderType: 'LIMIT_MAKER' }, true],
  ['POST_ONLY', 'SELL 1 BTCUSDT @ 41000', { timeInForce: 'IOC' }, false],
  [
    'POST_ONLY',
    'SELL 1 BTCUSDT @ 38000',
    { orderType: 'STOP_LOSS_LIMIT', stopPrice: ticks(38_500) },
    true,
  ],
  ['CANCEL_ONLY', 'SELL 1 BTCUSDT @ 41000', {}, false],
  ['HALTED', 'SELL 1 BTCUSDT @ 41000', { orderType: 'LIMIT_MAKER' }, false],
])('T20 a symbol that is %s and %s %o', (state, text, more, taken) => {
  const exchange = exchangeWith({})
  const [maker, taker] = [exchange.stranger(FUNDS), exchange.stranger(FUNDS)]
  exchange.must(spot(exchange, maker, 'BUY 1 BTCUSDT @ 40000', { clientOrderId: 'rests' }))
  const { index: symbol } = exchange.symbol('BTCUSDT')
  exchange.must({ type: 'SetSymbolState', symbol, state, reason: 'test', author: 'test' })
  const { refusal } = exchange.do(spot(exchange, taker, text, more))
  expect(refusal).toEqual(taken ? null : { ...BTC_CLOSED, state })
  const cancel = { type: 'CancelAllOrders', userId: maker, wallet: 'SPOT', symbol } as const
  if (!taken) expect(exchange.do(cancel).refusal).toBeNull()
})

test('T21 an open order expires at the maximum age, not before', () => {
  const exchange = exchangeWith({}, { maximumOrderAgeMs: 10_000 })
  const user = exchange.stranger(FUNDS)
  exchange.must(spot(exchange, user, 'BUY 1 BTCUSDT @ 39000', { clientOrderId: 'a' }))
  exchange.pass(1_000)
  exchange.must(spot(exchange, user, 'BUY 1 BTCUSDT @ 39000', { clientOrderId: 'b' }))
  expect(told(exchange.pass(8_999).events)).toEqual([])
  expect(told(exchange.pass(1).events)).toEqual(['a EXPIRED order_age'])
  expect(told(exchange.pass(5_000).events)).toEqual(['b EXPIRED order_age'])
})

test('T22 a countdown that is not renewed cancels what is open in its scope', () => {
  const exchange = exchangeWith({})
  exchange.prices({ ETH: '2000' })
  const userId = exchange.stranger(FUNDS)
  const { index: btc } = exchange.symbol('BTCUSDT')
  const after = (timeoutMs: number, symbol: typeof btc | null): Command => ({
    type: 'CancelAllAfter',
    userId,
    wallet: 'SPOT',
    symbol,
    timeoutMs,
  })
  exchange.must(spot(exchange, userId, 'BUY 1 BTCUSDT @ 39000', { clientOrderId: 'btc' }))
  exchange.must(spot(exchange, userId, 'BUY 1 ETHUSDT @ 1900', { clientOrderId: 'eth' }))
  exchange.must(after(5_000, btc))
  exchange.must(after(9_000, null))
  exchange.pass(4_999)
  exchange.must(after(5_000, btc))
  expect(told(exchange.pass(3_000).events)).toEqual([])
  expect(told(exchange.pass(1_001).events)).toEqual([
    'btc CANCELED countdown',
    'eth CANCELED countdown',
  ])
  exchange.must(spot(exchange, userId, 'BUY 1 BTCUSDT @ 39000', { clientOrderId: 'again' }))
  exchange.must(after(0, btc))
  expect(told(exchange.pass(60_000).events)).toEqual([])
})

test('T23 a resting margin order whose account would not stand it expires, and the taker goes on to the next', () => {
  const exchange = new TestExchange(loadProfile('binance'))
  exchange.prices({ BTC: '40000' })
  const weak = exchange.user({ CROSS_MARGIN: { USDT: '5000' } })
  exchange.must({
    type: 'Borrow',
    pair: null,
    userId: weak,
    asset: exchange.asset('BTC'),
    amount: 40_000_000n as never,
  })
  const sale = exchange.order(weak, 'SELL 0.4 BTCUSDT @ 40000', { clientOrderId: 'weak' })
  exchange.must(sale)
  const strong = exchange.stranger(FUNDS)
  exchange.must(spot(exchange, strong, 'SELL 1 BTCUSDT @ 40001', { clientOrderId: 'strong' }))
  // At 48,000 it owes 19,200, holds 24,200, and would hold 20,984 after its sale: 1.0929.
  exchange.prices({ BTC: '48000' })
  const { events } = exchange.must(
    spot(exchange, exchange.stranger(FUNDS), 'BUY 0.5 BTCUSDT @ 48000'),
  )
  expect(told(events)).toEqual(['weak EXPIRED margin', 'trade at 40001'])
})

test('T24 order ids rise and a cancelled id is no other order’s', () => {
  const exchange = exchangeWith({})
  const user = exchange.stranger(FUNDS)
  const ids: number[] = []
  for (let n = 0; n < 5; n += 1) {
    const { events } = exchange.must(
      spot(exchange, user, 'BUY 1 BTCUSDT @ 39000', { clientOrderId: 'x' }),
    )
    for (const event of events) if (event.type === 'OrderAccepted') ids.push(event.order.id)
    const { index: symbol } = exchange.symbol('BTCUSDT')
    exchange.must({ type: 'CancelAllOrders', userId: user, wallet: 'SPOT', symbol })
  }
  expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b))
})

test('T25 the name of an order that traded stays taken for the window, that of one that did not is free', () => {
  const exchange = exchangeWith({}, { clientOrderIdWindowMs: 5_000 })
  const [maker, taker] = [exchange.stranger(FUNDS), exchange.stranger(FUNDS)]
  exchange.must(spot(exchange, maker, 'SELL 10 BTCUSDT @ 40000', { clientOrderId: 'rests' }))
  const buy = spot(exchange, taker, 'BUY 1 BTCUSDT @ 40000', { clientOrderId: 'once' })
  exchange.must(buy)
  expect(exchange.do(buy).refusal).toMatchObject({ reason: 'client_order_id_duplicate' })
  exchange.pass(4_999)
  expect(exchange.do(buy).refusal).toMatchObject({ reason: 'client_order_id_duplicate' })
  exchange.pass(1)
  exchange.must(buy)
  const { index: symbol } = exchange.symbol('BTCUSDT')
  const resting = spot(exchange, taker, 'BUY 1 BTCUSDT @ 39000', { clientOrderId: 'never traded' })
  exchange.must(resting)
  expect(exchange.do(resting).refusal).toMatchObject({ reason: 'client_order_id_duplicate' })
  exchange.must({ type: 'CancelAllOrders', userId: taker, wallet: 'SPOT', symbol })
  exchange.must(resting)
})

test.each<[string, Partial<OrderRulesDocument>, string, Partial<PlaceOrder>, string]>([
  [
    'too many parts',
    { maximumIcebergParts: 9 },
    'BUY 1 BTCUSDT @ 39000',
    { icebergLots: 10_000 as Lots },
    'ICEBERG_PARTS',
  ],
  [
    'a trail too short',
    {},
    'SELL 1 BTCUSDT @ 39000',
    { orderType: 'STOP_LOSS_LIMIT', trailingBips: 9 },
    'TRAILING_DELTA',
  ],
  [
    'a trail too long',
    {},
    'SELL 1 BTCUSDT @ 39000',
    { orderType: 'STOP_LOSS_LIMIT', trailingBips: 2_001 },
    'TRAILING_DELTA',
  ],
  [
    'a position too large',
    { maximumPosition: '1000.5' },
    'BUY 1 BTCUSDT @ 39000',
    {},
    'MAX_POSITION',
  ],
  [
    'no algo orders',
    { maximumAlgoOrders: 0 },
    'SELL 1 BTCUSDT @ 39000',
    { orderType: 'STOP_LOSS_LIMIT', stopPrice: ticks(39_000) },
    'MAX_NUM_ALGO_ORDERS',
  ],
  [
    'no icebergs',
    { maximumIcebergOrders: 0 },
    'BUY 1 BTCUSDT @ 39000',
    { icebergLots: 50_000 as Lots },
    'MAX_NUM_ICEBERG_ORDERS',
  ],
  [
    'a stop price off the range',
    {},
    'SELL 1 BTCUSDT @ 39000',
    { orderType: 'STOP_LOSS_LIMIT', stopPrice: (2 ** 30 - 1) as Ticks },
    'PRICE_FILTER',
  ],
])('T26 %s', (_what, rules, text, more, filter) => {
  const exchange = exchangeWith(rules)
  const user = exchange.stranger(FUNDS)
  expect(exchange.do(spot(exchange, user, text, more)).refusal).toEqual({
    reason: 'filter',
    filter,
  })
})

test.each<[string, Partial<TradingDocument>, string]>([
  ['orders', { maximumOrders: 1 }, 'EXCHANGE_MAX_NUM_ORDERS'],
  ['algo orders', { maximumAlgoOrders: 1 }, 'EXCHANGE_MAX_NUM_ALGO_ORDERS'],
  ['icebergs', { maximumIcebergOrders: 1 }, 'EXCHANGE_MAX_NUM_ICEBERG_ORDERS'],
])('T26 so many %s over all symbols', (_what, trading, filter) => {
  const exchange = exchangeWith({}, trading)
  exchange.prices({ ETH: '2000' })
  const user = exchange.stranger({ SPOT: { BTC: '1000', ETH: '1000' } })
  const order = (text: string) =>
    spot(exchange, user, text, {
      orderType: 'STOP_LOSS_LIMIT',
      stopPrice: ticks(1_000),
      icebergLots: 1_000 as Lots,
      clientOrderId: text.replace(/[ @.]/g, '-'),
    })
  exchange.must(order('SELL 0.1 BTCUSDT @ 39000'))
  expect(exchange.do(order('SELL 0.1 ETHUSDT @ 1900')).refusal).toEqual({
    reason: 'filter',
    filter,
  })
})
