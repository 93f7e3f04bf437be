import { expect, test } from 'vitest'
import type { PlaceOrder } from '../../src/core/domain/command.ts'
import type { Event, EventOf } from '../../src/core/domain/event.ts'
import type { UserId } from '../../src/core/domain/ids.ts'
import type { SelfTradePrevention } from '../../src/core/domain/order.ts'
import { TestExchange } from '../../src/core/engine/test-exchange.ts'
import { loadProfile } from '../../src/venue/profile.ts'

// The scenarios of Binance's "Self Trade Prevention (STP) FAQ" (binance-spot-api-docs, faqs/stp_faq.md), at prices of a
// symbol of ours: what they call 1 is 10,000 here.

function exchangeOf(price = '10000'): TestExchange {
  const exchange = new TestExchange(loadProfile('classic'))
  exchange.prices({ BTC: price })
  return exchange
}

const FUNDS = { SPOT: { USDT: '200000', BTC: '20000' } }

function place(
  exchange: TestExchange,
  userId: UserId,
  text: string,
  selfTradePrevention: SelfTradePrevention,
  clientOrderId: string,
): readonly Event[] {
  const options: Partial<PlaceOrder> = { wallet: 'SPOT', selfTradePrevention, clientOrderId }
  return exchange.must(exchange.order(userId, text, options)).events
}

/** How each order stands: from the open orders, or from the event that ended it. In lots of 0.00001. */
function standing(
  exchange: TestExchange,
  userId: UserId,
  events: readonly Event[],
): Record<string, string> {
  const lines: Record<string, string> = {}
  for (const event of events) {
    if (event.type === 'TradeExecuted') {
      for (const side of [event.maker, event.taker]) lines[side.clientOrderId] = `${side.status} 0`
    }
    if (event.type !== 'OrderEnded') continue
    lines[event.clientOrderId] = `${event.status} ${event.preventedLots / 100_000}`
  }
  for (const order of exchange.ask('openOrders', { userId, wallet: 'SPOT', symbol: null })) {
    lines[order.clientOrderId] = `${order.status} ${order.preventedLots / 100_000}`
  }
  return lines
}

const THREE_BIDS: [string, SelfTradePrevention][] = [
  ['BUY 1.2 BTCUSDT @ 12000', 'NONE'],
  ['BUY 1.3 BTCUSDT @ 11000', 'NONE'],
  ['BUY 8.1 BTCUSDT @ 10000', 'NONE'],
]

const scenarios: [
  string,
  [string, SelfTradePrevention][],
  string,
  SelfTradePrevention,
  Record<string, string>,
][] = [
  // what rests, what comes, and how each stands afterwards with its prevented quantity
  [
    'A',
    [['BUY 1 BTCUSDT @ 10000', 'NONE']],
    'SELL 1 BTCUSDT @ 10000',
    'NONE',
    { m1: 'FILLED 0', taker: 'FILLED 0' },
  ],
  [
    'B',
    THREE_BIDS,
    'SELL 3 BTCUSDT @ 10000',
    'EXPIRE_MAKER',
    {
      m1: 'EXPIRED_IN_MATCH 1.2',
      m2: 'EXPIRED_IN_MATCH 1.3',
      m3: 'EXPIRED_IN_MATCH 8.1',
      taker: 'NEW 0',
    },
  ],
  [
    'C',
    THREE_BIDS,
    'SELL 3 BTCUSDT @ 10000',
    'EXPIRE_TAKER',
    { m1: 'NEW 0', m2: 'NEW 0', m3: 'NEW 0', taker: 'EXPIRED_IN_MATCH 3' },
  ],
  [
    'D',
    [['BUY 1 BTCUSDT @ 10000', 'NONE']],
    'SELL 3 BTCUSDT @ 10000',
    'EXPIRE_BOTH',
    { m1: 'EXPIRED_IN_MATCH 1', taker: 'EXPIRED_IN_MATCH 3' },
  ],
  [
    'E',
    [['BUY 1 BTCUSDT @ 10000', 'EXPIRE_MAKER']],
    'SELL 1 BTCUSDT @ 10000',
    'EXPIRE_TAKER',
    { m1: 'NEW 0', taker: 'EXPIRED_IN_MATCH 1' },
  ],
  [
    'F',
    [['BUY 1 BTCUSDT @ 10000', 'NONE']],
    'SELL 1 BTCUSDT',
    'EXPIRE_MAKER',
    { m1: 'EXPIRED_IN_MATCH 1', taker: 'EXPIRED 0' },
  ],
  [
    'G',
    [['BUY 6 BTCUSDT @ 10000', 'NONE']],
    'SELL 2 BTCUSDT @ 10000',
    'DECREMENT',
    { m1: 'NEW 2', taker: 'EXPIRED_IN_MATCH 2' },
  ],
]

test.each(scenarios)('T6 scenario %s of Binance’s FAQ', (_name, makers, taker, mode, expected) => {
  const exchange = exchangeOf()
  const user = exchange.stranger(FUNDS)
  makers.forEach(([text, its], at) => {
    place(exchange, user, text, its, `m${at + 1}`)
  })
  const events = place(exchange, user, taker, mode, 'taker')
  expect(standing(exchange, user, events)).toEqual(expected)
})

const SAID = { reason: '', author: 'test' }

test('T6 scenario H of Binance’s FAQ: under TRANSFER the prevented quantity changes hands without a trade or a fee', () => {
  const exchange = exchangeOf('2000')
  const [maker, taker] = [exchange.stranger(FUNDS), exchange.stranger(FUNDS)]
  for (const userId of [maker, taker])
    exchange.must({ type: 'SetTradeGroup', userId, tradeGroupId: 1, ...SAID })
  place(exchange, maker, 'BUY 0.6 BTCUSDT @ 2000', 'TRANSFER', 'm1')
  const events = place(exchange, taker, 'SELL 0.2 BTCUSDT @ 2000', 'TRANSFER', 'taker')
  expect(events.filter((event) => event.type === 'TradeExecuted')).toEqual([])
  const [prevented] = events.filter(
    (e): e is EventOf<'SelfTradePrevented'> => e.type === 'SelfTradePrevented',
  )
  expect(prevented).toMatchObject({
    mode: 'TRANSFER',
    tradeGroupId: 1,
    maker: { preventedLots: 20_000 },
    taker: { preventedLots: 20_000 },
    transferred: { base: 20_000_000n, quote: 40_000_000_000n },
  })
  expect(standing(exchange, maker, [])).toEqual({ m1: 'NEW 0.2' })
  expect(standing(exchange, taker, events)).toMatchObject({ taker: 'EXPIRED_IN_MATCH 0.2' })
  const units = (userId: UserId) =>
    exchange
      .ask('balances', { userId, wallet: 'SPOT' })
      .map(({ free, locked }) => [Number(free) / 1e8, Number(locked) / 1e8])
  // USDT, then BTC: 400 paid for 0.2, and 800 still locked for 0.4.
  expect(units(maker)).toEqual([
    [198_800, 800],
    [20_000.2, 0],
  ])
  expect(units(taker)).toEqual([
    [200_400, 0],
    [19_999.8, 0],
  ])
})

test('T6 under TRANSFER within one account, or when the resting order does not ask for it, nothing changes hands', () => {
  const exchange = exchangeOf('2000')
  const [one, two] = [exchange.stranger(FUNDS), exchange.stranger(FUNDS)]
  for (const userId of [one, two])
    exchange.must({ type: 'SetTradeGroup', userId, tradeGroupId: 7, ...SAID })
  place(exchange, one, 'BUY 0.6 BTCUSDT @ 2000', 'TRANSFER', 'own')
  const own = place(exchange, one, 'SELL 0.1 BTCUSDT @ 2000', 'TRANSFER', 'a')
  place(exchange, one, 'BUY 0.6 BTCUSDT @ 2100', 'DECREMENT', 'other')
  const other = place(exchange, two, 'SELL 0.1 BTCUSDT @ 2100', 'TRANSFER', 'b')
  for (const events of [own, other]) {
    const [prevented] = events.filter(
      (e): e is EventOf<'SelfTradePrevented'> => e.type === 'SelfTradePrevented',
    )
    expect(prevented?.transferred).toBeNull()
  }
})

test('T6 a user who joins a group takes the orders that rest along, and one who leaves it as well', () => {
  const exchange = exchangeOf('2000')
  const [one, two] = [exchange.stranger(FUNDS), exchange.stranger(FUNDS)]
  place(exchange, one, 'BUY 0.6 BTCUSDT @ 2000', 'NONE', 'rests')
  const trades = () =>
    place(
      exchange,
      two,
      'SELL 0.1 BTCUSDT @ 2000',
      'EXPIRE_TAKER',
      `t${exchange.state.sequence}`,
    ).filter((event) => event.type === 'TradeExecuted').length
  expect(trades()).toBe(1)
  for (const userId of [one, two])
    exchange.must({ type: 'SetTradeGroup', userId, tradeGroupId: 7, ...SAID })
  expect(trades()).toBe(0)
  exchange.must({ type: 'SetTradeGroup', userId: one, tradeGroupId: null, ...SAID })
  expect(trades()).toBe(1)
})

test('T6 a mode that the symbol does not allow is refused', () => {
  const classic = loadProfile('classic')
  const [first, ...others] = classic.symbols
  const selfTradePrevention = {
    default: 'NONE',
    allowed: ['NONE', 'EXPIRE_TAKER', 'EXPIRE_BOTH'],
  } as const
  const symbols =
    first === undefined ? [] : [{ ...first, orderRules: { selfTradePrevention } }, ...others]
  const exchange = new TestExchange({ ...classic, symbols })
  exchange.prices({ BTC: '10000' })
  const user = exchange.stranger(FUNDS)
  const order = exchange.order(user, 'BUY 1 BTCUSDT @ 10000', { wallet: 'SPOT' })
  expect(exchange.do(order).refusal).toEqual({
    reason: 'self_trade_prevention',
    mode: 'EXPIRE_MAKER',
  })
})
