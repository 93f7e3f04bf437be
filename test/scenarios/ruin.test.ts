import { expect, test } from 'vitest'
import type { PlaceOrder } from '../../src/core/domain/command.ts'
import type { Refusal } from '../../src/core/domain/rejection.ts'
import { all, amountOf, TestExchange } from '../../src/core/engine/test-exchange.ts'
import { loadProfile } from '../../src/venue/profile.ts'

/** No cap and no fees; a trader with 10,000 USDT, and an accomplice who sells XRP in an empty book. */
function stage(own: Record<string, string> = { USDT: '10000' }) {
  const binance = loadProfile('binance')
  const policy = { ...binance.policy, makerFee: '0', takerFee: '0' }
  const assets = binance.assets.map((asset) => ({ ...asset, dailyInterestRate: '0' }))
  // Without the execution band (T18), which would stop most of what this is about before L6 does.
  const symbols = binance.symbols.map(({ orderRules: _, ...symbol }) => symbol)
  const exchange = new TestExchange({ ...binance, assets, symbols, policy })
  exchange.prices({ XRP: '1', LTC: '100' })
  const trader = exchange.user({ CROSS_MARGIN: own })
  const accomplice = exchange.stranger({ SPOT: { XRP: '100000', LTC: '1000', USDT: '100000' } })
  const spot = (text: string) => exchange.must(exchange.order(accomplice, text, { wallet: 'SPOT' }))
  const order = (text: string, options: Partial<PlaceOrder> = {}) =>
    exchange.do(exchange.order(trader, text, options))
  return { exchange, trader, spot, order }
}

const told = (refusal: Refusal | null): string =>
  refusal?.reason === 'trade_level_too_low'
    ? `${refusal.level} of ${refusal.need}`
    : (refusal?.reason ?? 'accepted')

// 10,000 own and 4,545 borrowed buy 5,000 XRP that are worth 5,000: 1.1001 of what is owed.
test.each`
  price       | outcome
  ${'2.9090'} | ${'accepted'}
  ${'2.9091'} | ${'1.09998900 of 1.1'}
  ${'5.0000'} | ${'0.33333333 of 1.1'}
`('L6 5,000 XRP bought in an empty book at $price: $outcome', ({ price, outcome }) => {
  const { spot, order } = stage()
  spot(`SELL 5000 XRPUSDT @ ${price}`)
  const { refusal, events } = order('BUY 5000 XRPUSDT', { sideEffect: 'MARGIN_BUY' })
  expect(told(refusal)).toBe(outcome)
  expect(all(events, 'LiquidationStarted')).toEqual([])
})

test.each`
  price      | outcome
  ${'43.34'} | ${'accepted'}
  ${'43.33'} | ${'1.09996666 of 1.1'}
`('L6 150 borrowed LTC sold in an empty book at $price: $outcome', ({ price, outcome }) => {
  const { spot, order } = stage()
  spot(`BUY 150 LTCUSDT @ ${price}`)
  const { refusal } = order('SELL 150 LTCUSDT', { sideEffect: 'MARGIN_BUY' })
  expect(told(refusal)).toBe(outcome)
})

test('L6 L2 orders that rest far from the index count together, and what they may lose stays', () => {
  const { exchange, trader, order } = stage()
  const usdt = exchange.asset('USDT')
  exchange.must({
    type: 'Borrow',
    pair: null,
    userId: trader,
    asset: usdt,
    amount: amountOf('5000'),
  })
  const transferable = () => exchange.ask('maxTransferable', { userId: trader, asset: usdt })
  expect(transferable()).toBe(amountOf('5000'))
  expect(told(order('BUY 100 XRPUSDT @ 5').refusal)).toBe('accepted')
  expect(transferable()).toBe(amountOf('4600'))
  expect(told(order('BUY 1000 XRPUSDT @ 5').refusal)).toBe('accepted')
  expect(told(order('BUY 1000 XRPUSDT @ 5').refusal)).toBe('accepted')
  expect(transferable()).toBe(0n)
  expect(told(order('BUY 800 XRPUSDT @ 5').refusal)).toBe('0.68000000 of 1.1')
  expect(told(order('BUY 800 XRPUSDT @ 1').refusal)).toBe('accepted')
})

test('L6 without debt anybody may pay what they like', () => {
  const { spot, order } = stage()
  spot('SELL 2000 XRPUSDT @ 5')
  expect(told(order('BUY 2000 XRPUSDT').refusal)).toBe('accepted')
})

test('L6 closing near the liquidation level counts what it repays', () => {
  const exchange = new TestExchange(loadProfile('binance'))
  exchange.prices({ XRP: '1' })
  const maker = exchange.stranger({ SPOT: { XRP: '100000', USDT: '100000' } })
  const trader = exchange.user({ CROSS_MARGIN: { USDT: '10000' } })
  exchange.quote(maker, 'XRPUSDT', [], [['1', '100000']])
  exchange.must(exchange.order(trader, 'BUY 49000 XRPUSDT', { sideEffect: 'MARGIN_BUY' }))
  // 48,951 XRP against 39,000 USDT and an hour's interest: a tenth of a per cent above 1.1.
  exchange.prices({ XRP: '0.8772' })
  exchange.quote(maker, 'XRPUSDT', [['0.8772', '100000']], [])
  const { marginLevel } = exchange.ask('marginAccount', { userId: trader }).standing
  expect(marginLevel).toMatch(/^1\.10/)
  const sell = exchange.order(trader, 'SELL 48950 XRPUSDT')
  expect(told(exchange.do(sell).refusal)).toMatch(/^1\.099\d+ of 1\.1$/)
  expect(told(exchange.do({ ...sell, sideEffect: 'AUTO_REPAY' }).refusal)).toBe('accepted')
  expect(exchange.balance(trader, 'CROSS_MARGIN', 'USDT')).toMatch(/ \/ 0 \/ 0 \/ 0$/)
})
