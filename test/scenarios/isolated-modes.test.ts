import { expect, test } from 'vitest'
import type { VenueDocument } from '../../src/core/domain/venue-document.ts'
import { amountOf, only, TestExchange } from '../../src/core/engine/test-exchange.ts'
import type { Amount } from '../../src/core/money/amount.ts'
import { loadProfile } from '../../src/venue/profile.ts'

const PROFILES = { classic: loadProfile('classic'), binance: loadProfile('binance') }

function venue(document: VenueDocument, funds = '60000') {
  const exchange = new TestExchange(document)
  exchange.prices({ BTC: '30000' })
  const userId = exchange.user({ SPOT: { USDT: funds, BTC: '1' } }, null)
  const usdt = exchange.asset('USDT')
  const pair = exchange.symbol('BTCUSDT').index
  const enter = (to: 'CROSS_MARGIN' | { pair: typeof pair }, text = '100') =>
    exchange.do({
      type: 'Transfer',
      userId,
      asset: usdt,
      amount: amountOf(text),
      from: 'SPOT',
      to,
    })
  const mode = (to: 'NONE' | 'CROSS' | 'ISOLATED') =>
    exchange.do({ type: 'SetMarginMode', userId, mode: to })
  const set = (name: string, enabled: boolean) =>
    exchange.do({
      type: 'SetIsolatedAccount',
      userId,
      pair: exchange.symbol(name).index,
      enabled,
    }).refusal
  return { exchange, userId, usdt, pair, enter, mode, set }
}

test.each`
  profile      | first         | then          | refusal
  ${'classic'} | ${'CROSS'}    | ${'ISOLATED'} | ${'margin_mode_conflict'}
  ${'classic'} | ${'ISOLATED'} | ${'CROSS'}    | ${'margin_mode_conflict'}
  ${'binance'} | ${'CROSS'}    | ${'ISOLATED'} | ${null}
  ${'binance'} | ${'ISOLATED'} | ${'CROSS'}    | ${null}
`('M2 M3 under $profile, who is in $first and acts in $then is answered $refusal', (row) => {
  const { exchange, userId, usdt, pair, enter } = venue(
    PROFILES[row.profile as keyof typeof PROFILES],
  )
  const places = { CROSS: 'CROSS_MARGIN', ISOLATED: { pair } } as const
  const first = enter(places[row.first as 'CROSS' | 'ISOLATED'])
  expect(only(first.events, 'MarginModeChanged')).toMatchObject({ from: 'NONE', to: row.first })
  const second = enter(places[row.then as 'CROSS' | 'ISOLATED'])
  expect(second.refusal?.reason ?? null).toBe(row.refusal)
  const isolated = row.then === 'ISOLATED'
  const loan = exchange.do({
    type: 'Borrow',
    userId,
    pair: isolated ? pair : null,
    asset: usdt,
    amount: amountOf('10'),
  })
  expect(loan.refusal?.reason ?? null).toBe(row.refusal)
  const wallet = isolated ? 'ISOLATED_MARGIN' : 'CROSS_MARGIN'
  const order = exchange.order(userId, 'BUY 0.001 BTCUSDT @ 29000', { wallet })
  expect(exchange.do(order).refusal?.reason ?? null).toBe(row.refusal)
  if (row.refusal !== null) return
  expect(only(second.events, 'MarginModeChanged')).toMatchObject({ from: row.first, to: row.then })
  // The one entered first is still open.
  expect(enter(places[row.first as 'CROSS' | 'ISOLATED']).refusal).toBeNull()
})

test.each`
  average     | refusal
  ${'999.99'} | ${'not_eligible'}
  ${'1000'}   | ${null}
`(
  'M4 with an average of $average USDT, entering ISOLATED is answered $refusal',
  ({ average, refusal }) => {
    const exchange = new TestExchange(PROFILES.classic)
    const userId = exchange.user({ SPOT: { USDT: average } }, null)
    const { refusal: found } = exchange.do({ type: 'SetMarginMode', userId, mode: 'ISOLATED' })
    expect(found?.reason ?? null).toBe(refusal)
    const conditions = exchange.ask('eligibility', { userId, mode: 'ISOLATED' }).conditions
    expect(conditions.map(({ rule }) => rule)).toEqual(['E1', 'E5', 'M4'])
  },
)

test('M4 E1 E5 without identity or disclosure ISOLATED is not entered', () => {
  const exchange = new TestExchange(PROFILES.classic)
  const userId = exchange.stranger({ SPOT: { USDT: '5000' } })
  exchange.must({ type: 'BackdateFunding', userId, days: 8 })
  const { refusal } = exchange.do({ type: 'SetMarginMode', userId, mode: 'ISOLATED' })
  const unmet = refusal?.reason === 'not_eligible' ? refusal.conditions.filter((c) => !c.met) : []
  expect(unmet.map(({ rule }) => rule)).toEqual(['E1', 'E5'])
})

test('M5 M6 leaving ISOLATED names orders and debts, and goes straight into CROSS as one event', () => {
  const { exchange, userId, usdt, pair, enter, mode } = venue(PROFILES.classic)
  enter({ pair }, '1000')
  const order = exchange.order(userId, 'BUY 0.001 BTCUSDT @ 29000', { wallet: 'ISOLATED_MARGIN' })
  exchange.must(order)
  const loan = { userId, pair, asset: usdt } as const
  exchange.must({ type: 'Borrow', ...loan, amount: amountOf('100') })
  const refusal = mode('CROSS').refusal
  expect(refusal?.reason === 'exit_blocked' ? refusal.blockers : []).toMatchObject([
    { rule: 'M5', kind: 'open_orders', count: 1 },
    { rule: 'M5', kind: 'debt', asset: 'USDT' },
  ])
  expect(exchange.ask('exitBlockers', { userId })).toHaveLength(2)
  exchange.must({ type: 'CancelAllOrders', userId, wallet: 'ISOLATED_MARGIN', symbol: pair })
  const [account] = exchange.ask('isolatedAccounts', { userId, pairs: null })
  const owed = (account?.quote.borrowed ?? 0n) + (account?.quote.interest ?? 0n)
  exchange.must({ type: 'Repay', ...loan, amount: owed as Amount })
  const { events } = mode('CROSS')
  expect(only(events, 'MarginModeChanged')).toMatchObject({ from: 'ISOLATED', to: 'CROSS' })
  // What lies in the pair is still the user's to take out.
  const out = { userId, asset: usdt, amount: amountOf('100'), from: { pair }, to: 'SPOT' } as const
  expect(exchange.do({ type: 'Transfer', ...out }).refusal).toBeNull()
})

test('M5 M6 leaving CROSS for ISOLATED is refused with what is in the way, and changes nothing', () => {
  const { exchange, userId, enter, mode } = venue(PROFILES.classic)
  enter('CROSS_MARGIN', '60000')
  const { refusal, events } = mode('ISOLATED')
  expect(refusal?.reason === 'exit_blocked' ? refusal.blockers : []).toMatchObject([
    { kind: 'equity', amount: '60000.00000000' },
  ])
  expect(events).toEqual([])
  expect(exchange.ask('user', { userId })).toMatchObject({ mode: 'CROSS' })
})

test('S5 an account is enabled, disabled when empty, and not disabled again within a day', () => {
  const { exchange, pair, enter, set } = venue(PROFILES.classic)
  expect(set('BTCUSDT', false)).toMatchObject({ reason: 'isolated_unknown' })
  expect(set('BTCUSDT', true)).toBeNull()
  expect(set('BTCUSDT', true)).toBeNull()
  enter({ pair }, '100')
  const inUse = set('BTCUSDT', false)
  expect(inUse?.reason === 'isolated_in_use' ? inUse.blockers : []).toMatchObject([
    { rule: 'S5', kind: 'balance', amount: '100.00000000', asset: 'USDT' },
  ])
  expect(set('ETHUSDT', true)).toBeNull()
  expect(set('ETHUSDT', false)).toBeNull()
  expect(enter({ pair: exchange.symbol('ETHUSDT').index }).refusal).toMatchObject({
    reason: 'isolated_disabled',
  })
  expect(set('ETHUSDT', true)).toBeNull()
  exchange.pass(86_400_000 - 1)
  expect(set('ETHUSDT', false)?.reason).toBe('isolated_disabled_recently')
  exchange.pass(1)
  expect(set('ETHUSDT', false)).toBeNull()
})

test('S5 no more accounts are enabled than the policy allows, a disabled one makes room', () => {
  const { policy } = PROFILES.classic
  const few = {
    ...PROFILES.classic,
    policy: { ...policy, isolated: { ...policy.isolated, maximumAccounts: 2 } },
  }
  const { exchange, enter, set } = venue(few)
  expect([set('BTCUSDT', true), set('ETHUSDT', true)]).toEqual([null, null])
  const limit = { reason: 'isolated_limit', limit: 2 }
  expect(set('SOLUSDT', true)).toEqual(limit)
  expect(enter({ pair: exchange.symbol('SOLUSDT').index }).refusal).toEqual(limit)
  expect(set('ETHUSDT', false)).toBeNull()
  expect(set('SOLUSDT', true)).toBeNull()
  expect(set('ETHUSDT', true)).toEqual(limit)
})

test('S3 under binance the higher tier of base and quote holds, and its limit is the limit', () => {
  const document = {
    ...PROFILES.binance,
    policy: {
      ...PROFILES.binance.policy,
      isolated: {
        ...PROFILES.binance.policy.isolated,
        tiers: {
          BTCUSDT: [1, 2, 3, 4].map((tier) => ({
            borrow: ['1.111', '1.1264', '1.1418', '1.1572'][tier - 1] ?? '',
            marginCall: '1.1',
            liquidation: '1.05',
            baseMaximum: String(10 * tier),
            quoteMaximum: String(75_000 * tier),
          })),
        },
      },
    },
  }
  const { exchange, userId, usdt, pair, enter } = venue(document, '2000000')
  enter({ pair }, '1000000')
  const btc = exchange.asset('BTC')
  const tier = () => exchange.ask('isolatedAccounts', { userId, pairs: [pair] })[0]?.tier
  const borrow = (asset: typeof usdt, text: string) =>
    exchange.do({ type: 'Borrow', userId, pair, asset, amount: amountOf(text) }).refusal
  expect(tier()).toBe(1)
  expect(borrow(btc, '10')).toBeNull()
  expect(tier()).toBe(1)
  expect(borrow(btc, '5')).toBeNull()
  expect(tier()).toBe(2)
  expect(borrow(usdt, '250000')).toBeNull()
  expect(tier()).toBe(4)
  expect(exchange.ask('isolatedAccounts', { userId, pairs: [pair] })[0]?.multiple).toBe(
    amountOf('7.36'),
  )
  // Tier 4 is the last: 300,000 less what is owed.
  expect(exchange.ask('maxBorrowable', { userId, asset: usdt, pair })).toMatchObject({
    amount: amountOf('50000'),
    borrowLimit: amountOf('300000'),
    binding: 'user_limit',
  })
  expect(borrow(usdt, '50000.00000001')).toMatchObject({ reason: 'isolated_borrow_limit' })
  expect(borrow(usdt, '50000')).toBeNull()
})
