import { expect, test } from 'vitest'
import type { UserId } from '../../src/core/domain/ids.ts'
import { HOUR_MS } from '../../src/core/domain/ids.ts'
import { decodeState, encodeState } from '../../src/core/engine/snapshot.ts'
import { amountOf, TestExchange } from '../../src/core/engine/test-exchange.ts'
import { loadProfile } from '../../src/venue/profile.ts'
import { short } from './ltc-pool.ts'

/** Two accounts with BTC as collateral, which counts up to 100,000 USDT in all. */
function capped() {
  const classic = loadProfile('classic')
  const assets = classic.assets.map((asset) =>
    asset.code === 'BTC' ? { ...asset, collateralCap: '100000' } : asset,
  )
  const policy = { ...classic.policy, minimumAverageBalance: null, indexPriceAgeMaxMs: 9 * HOUR_MS }
  const exchange = new TestExchange({ ...classic, assets, policy })
  exchange.prices({ BTC: '40000', ETH: '2000' })
  const [one, two] = [exchange.user({ SPOT: { BTC: '9' } }), exchange.user({ SPOT: { BTC: '9' } })]
  const move = (userId: UserId, text: string, inward = true) =>
    exchange.must({
      type: 'Transfer',
      userId,
      asset: exchange.asset('BTC'),
      amount: amountOf(text),
      from: inward ? 'SPOT' : 'CROSS_MARGIN',
      to: inward ? 'CROSS_MARGIN' : 'SPOT',
    })
  const counted = (userId: UserId) =>
    short(exchange.ask('marginAccount', { userId }).collateralUsdt)
  return { exchange, one, two, move, counted }
}

test('C3 beyond its cap what an asset counts for does not grow, whoever brings more', () => {
  const { exchange, one, two, move, counted } = capped()
  move(one, '2.5')
  expect(counted(one)).toBe('100000')
  move(two, '2.5')
  expect([counted(one), counted(two)]).toEqual(['50000', '50000'])
  exchange.prices({ BTC: '20000' })
  expect([counted(one), counted(two)]).toEqual(['50000', '50000'])
  exchange.prices({ BTC: '80000' })
  expect([counted(one), counted(two)]).toEqual(['50000', '50000'])
  move(two, '2.5', false)
  expect([counted(one), counted(two)]).toEqual(['100000', '0'])
  exchange.prices({ BTC: '40000' })
  expect(counted(one)).toBe('100000')
})

test('C3 what trades bring in counts in full until the hour, and the state comes back with it', () => {
  const { exchange, one, move, counted } = capped()
  const maker = exchange.stranger({ SPOT: { BTC: '10' } })
  exchange.quote(maker, 'BTCUSDT', [], [['40000', '5']])
  move(one, '2.5')
  exchange.must(exchange.deposit(one, 'CROSS_MARGIN', 'USDT', '30000'))
  exchange.must(exchange.order(one, 'BUY 0.5 BTCUSDT @ 40000'))
  expect(counted(one)).toBe('129980')
  exchange.pass(HOUR_MS)
  expect(counted(one)).toMatch(/^109999\.9999/)
  const bytes = encodeState(exchange.state)
  const again = decodeState(bytes)
  expect(encodeState(again)).toEqual(bytes)
  expect(again.venue?.assets[exchange.asset('BTC')]?.collateral).toEqual(
    exchange.state.venue?.assets[exchange.asset('BTC')]?.collateral,
  )
})

test('C2 C3 a cap weighs on loans, not on liquidation', () => {
  const { exchange, one, two, move } = capped()
  move(one, '2.5')
  const usdt = exchange.asset('USDT')
  exchange.must({
    type: 'Borrow',
    userId: one,
    asset: usdt,
    amount: amountOf('300000'),
    pair: null,
  })
  const { marginLevel } = exchange.ask('marginAccount', { userId: one }).standing
  move(two, '9')
  const after = exchange.ask('marginAccount', { userId: one }).standing
  expect([after.marginLevel, after.can.borrow, after.can.trade]).toEqual([marginLevel, false, true])
})
