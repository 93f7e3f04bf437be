import { expect, test } from 'vitest'
import type { VenueDocument } from '../../src/core/domain/venue-document.ts'
import { amountOf, TestExchange } from '../../src/core/engine/test-exchange.ts'
import { decimal } from '../../src/core/money/decimal.ts'
import { plainVenue } from './liquidation-stage.ts'

/** No fees, no interest, no cap; a second price at the rate given. */
function venueOf(rateLimitPerHour: string | null): VenueDocument {
  return plainVenue({ indexPrice: { rateLimitPerHour } })
}

/** Owns 1 BTC and nothing else, with BTC at 30,000 for long enough. */
function owner() {
  const exchange = new TestExchange(venueOf('0.06'))
  exchange.prices({ BTC: '30000', ETH: '2000' })
  const userId = exchange.user({ CROSS_MARGIN: { BTC: '1' } })
  const max = (code: string) => {
    const answer = exchange.ask('maxBorrowable', { userId, asset: exchange.asset(code) })
    return 'amount' in answer ? Number(answer.amount) / 1e8 : answer.reason
  }
  return { exchange, userId, max }
}

test('C4 a pumped price is borrowed against no sooner than the second price follows', () => {
  const { exchange, userId, max } = owner()
  expect(max('USDT')).toBe(120_000)
  exchange.prices({ BTC: '60000' })
  expect(max('USDT')).toBe(120_000)
  exchange.pass(3_600_000)
  exchange.prices({ BTC: '60000' })
  expect(max('USDT')).toBe(127_200)
  expect(exchange.ask('marginAccount', { userId }).standing.equity).toBe('60000.00000000')
  exchange.prices({ BTC: '31000' })
  expect(max('USDT')).toBe(124_000)
})

test('C4 a crashed price frees no debt in it sooner, and what is held counts at the index at once', () => {
  const { exchange, userId, max } = owner()
  const usdt = exchange.user({ CROSS_MARGIN: { USDT: '15000' } })
  const ofBtc = () => {
    const answer = exchange.ask('maxBorrowable', { userId: usdt, asset: exchange.asset('BTC') })
    return 'amount' in answer ? Number(answer.amount) / 1e8 : answer.reason
  }
  expect(ofBtc()).toBe(2)
  exchange.prices({ BTC: '20000' })
  // Lent, it counts as held at 20,000 and as owed at 30,000: 15,000 = (1.25 × 30,000 − 20,000) x.
  expect(ofBtc()).toBe(0.85714285)
  expect(max('USDT')).toBe(80_000)
  expect(userId).toBeGreaterThan(0)
})

test('C4 transfers out and openings look at both prices, liquidation at the index alone', () => {
  const { exchange, userId } = owner()
  const usdt = exchange.asset('USDT')
  exchange.must({
    type: 'Borrow',
    pair: null,
    userId,
    asset: usdt,
    amount: amountOf('20000') as never,
  })
  const out = () => exchange.ask('maxTransferable', { userId, asset: exchange.asset('BTC') })
  // 50,000 − 2 × 20,000 in BTC at 30,000.
  expect(out()).toBe(amountOf('0.33333333'))
  exchange.prices({ BTC: '60000' })
  expect(out()).toBe(amountOf('0.33333333'))
  const { can } = exchange.ask('marginAccount', { userId }).standing
  expect(can).toEqual({ trade: true, borrow: true, transferOut: true })
  // At the index it is at its level, though the second price is still far above.
  exchange.prices({ BTC: '2000' })
  expect(exchange.ask('user', { userId })).toMatchObject({ liquidating: true })
})

test('C4 P3 the cap is a share of equity as both prices see it', () => {
  const document = venueOf('0.06')
  const capped = { ...document.policy, positionInitialMarginCap: '0.1' }
  const exchange = new TestExchange({ ...document, policy: capped })
  exchange.prices({ BTC: '30000', ETH: '2000' })
  const maker = exchange.stranger({ SPOT: { ETH: '1000' } })
  exchange.quote(maker, 'ETHUSDT', [], [['2000', '500']])
  const userId = exchange.user({ CROSS_MARGIN: { BTC: '1' } })
  exchange.prices({ BTC: '60000' })
  // 10 % of 30,000 at 5x is a notional of 15,000: 7.5 ETH.
  const order = (quantity: string) =>
    exchange.order(userId, `BUY ${quantity} ETHUSDT`, { sideEffect: 'MARGIN_BUY' })
  expect(exchange.do(order('7.5001')).refusal).toMatchObject({
    reason: 'position_cap',
    cap: amountOf('3000'),
    maxQuantity: amountOf('7.5'),
  })
  expect(exchange.do(order('7.5')).refusal).toBeNull()
})

test('C4 an index that is withdrawn begins anew, its second price included', () => {
  const { exchange, max } = owner()
  const btc = exchange.asset('BTC')
  const price = decimal('60000', 8) as never
  exchange.must({
    type: 'SetIndexPrices',
    prices: [
      [btc, null],
      [btc, price],
    ],
  })
  expect(max('USDT')).toBe(240_000)
})

test('C4 without a rate there is no second price', () => {
  const exchange = new TestExchange(venueOf(null))
  exchange.prices({ BTC: '30000' })
  exchange.prices({ BTC: '60000' })
  expect(exchange.ask('indexDetails', {})[exchange.asset('BTC')]).toMatchObject({
    held: 6_000_000_000_000n,
    owed: 6_000_000_000_000n,
  })
})
