import { expect, test } from 'vitest'
import { amountOf, only, TestExchange } from '../../src/core/engine/test-exchange.ts'
import { loadProfile } from '../../src/venue/profile.ts'

const classic = loadProfile('classic')

function traded() {
  const exchange = new TestExchange(classic)
  exchange.prices({ BTC: '30000' })
  const maker = exchange.stranger({ SPOT: { USDT: '1000000', BTC: '100' } })
  exchange.quote(maker, 'BTCUSDT', [['30000', '10']], [['30000.01', '10']])
  const userId = exchange.user({ SPOT: { USDT: '60000' } }, null)
  return { exchange, userId, usdt: exchange.asset('USDT') }
}

test('M1 M2 M6 the first margin transfer chooses cross margin for the whole account, as an event', () => {
  const { exchange, userId, usdt } = traded()
  expect(exchange.ask('user', { userId })).toMatchObject({ mode: 'NONE' })
  const amount = amountOf('60000')
  const { events } = exchange.must({
    type: 'Transfer',
    userId,
    asset: usdt,
    amount,
    from: 'SPOT',
    to: 'CROSS_MARGIN',
  })
  expect(only(events, 'MarginModeChanged')).toMatchObject({ from: 'NONE', to: 'CROSS' })
  expect(exchange.ask('user', { userId })).toMatchObject({ mode: 'CROSS' })
})

test('M5 leaving names every blocker with its count or amount, and passes at exactly the threshold', () => {
  const { exchange, userId, usdt } = traded()
  const leave = () => exchange.do({ type: 'SetMarginMode', userId, mode: 'NONE' }).refusal
  const out = (text: string) =>
    exchange.must({
      type: 'Transfer',
      userId,
      asset: usdt,
      amount: amountOf(text),
      from: 'CROSS_MARGIN',
      to: 'SPOT',
    })
  exchange.must({
    type: 'Transfer',
    userId,
    asset: usdt,
    amount: amountOf('60000'),
    from: 'SPOT',
    to: 'CROSS_MARGIN',
  })
  exchange.must(exchange.order(userId, 'BUY 0.1 BTCUSDT'))
  exchange.must(exchange.order(userId, 'BUY 0.1 BTCUSDT @ 20000', { clientOrderId: 'far' }))
  exchange.must({ type: 'Borrow', pair: null, userId, asset: usdt, amount: amountOf('1000') })

  const refusal = leave()
  const blockers = refusal?.reason === 'exit_blocked' ? refusal.blockers : []
  expect(blockers.map((b) => [b.kind, b.count])).toEqual([
    ['open_orders', 1],
    ['debt', 1],
    ['positions', 1],
    ['equity', 1],
  ])
  expect(blockers.find((b) => b.kind === 'debt')).toMatchObject({
    asset: 'USDT',
    amount: '1000.01250000',
  })

  const symbol = exchange.symbol('BTCUSDT').index
  exchange.must({ type: 'CancelAllOrders', userId, wallet: 'CROSS_MARGIN', symbol })
  exchange.must({ type: 'Repay', pair: null, userId, asset: usdt, amount: amountOf('1000.0125') })
  exchange.must(exchange.order(userId, 'SELL 0.0999 BTCUSDT'))
  expect(exchange.ask('positions', { userId })).toEqual([])

  const have = exchange
    .ask('balances', { userId, wallet: 'CROSS_MARGIN' })
    .find((b) => b.asset === usdt)
  const excess = (have?.free ?? 0n) - amountOf('1000.00000001')
  exchange.must({
    type: 'Transfer',
    userId,
    asset: usdt,
    amount: excess as never,
    from: 'CROSS_MARGIN',
    to: 'SPOT',
  })
  const last = leave()
  expect(last?.reason === 'exit_blocked' ? last.blockers : []).toMatchObject([
    { kind: 'equity', amount: '1000.00000001', asset: 'USDT' },
  ])
  out('0.00000001')
  expect(leave()).toBeNull()
  expect(exchange.ask('user', { userId })).toMatchObject({ mode: 'NONE' })
})

test.each`
  price             | exit                   | leverage
  ${'fresh'}        | ${null}                | ${null}
  ${'a minute old'} | ${null}                | ${null}
  ${'too old'}      | ${'index_unavailable'} | ${'index_unavailable'}
  ${'withdrawn'}    | ${'index_unavailable'} | ${'index_unavailable'}
`('M5 X3 with an index that is $price, leaving is answered $exit, 3x $leverage', (row) => {
  const { exchange, userId } = traded()
  const asset = exchange.asset('BTC')
  exchange.must({ type: 'SetMarginMode', userId, mode: 'CROSS' })
  exchange.must(exchange.deposit(userId, 'CROSS_MARGIN', 'BTC', '0.01'))
  if (row.price === 'a minute old') exchange.pass(60_000)
  if (row.price === 'too old') exchange.pass(60_001)
  if (row.price === 'withdrawn') exchange.must({ type: 'SetIndexPrices', prices: [[asset, null]] })
  const leverage = exchange.do({ type: 'SetLeverage', userId, leverage: 3 }).refusal
  expect(leverage?.reason ?? null).toBe(row.leverage)
  const exit = exchange.do({ type: 'SetMarginMode', userId, mode: 'NONE' }).refusal
  expect(exit?.reason ?? null).toBe(row.exit)
})
