import { expect, test } from 'vitest'
import type { UserId } from '../../src/core/domain/ids.ts'
import { DAY_MS, HOUR_MS } from '../../src/core/domain/ids.ts'
import { amountOf, TestExchange } from '../../src/core/engine/test-exchange.ts'
import { loadProfile } from '../../src/venue/profile.ts'

const classic = loadProfile('classic')

/** A user with everything but the balance's age: KYC, disclosure, and `usdt` in spot. */
function newcomer(exchange: TestExchange, usdt: string): UserId {
  const userId = exchange.stranger({ SPOT: { USDT: usdt } })
  exchange.must({ type: 'SubmitKyc', userId })
  exchange.must({ type: 'ReviewKyc', userId, decision: 'APPROVED', reason: '', reviewer: 'test' })
  exchange.must({ type: 'AcceptDisclosure', userId, version: '2026-01' })
  return userId
}

function activate(exchange: TestExchange, userId: UserId) {
  return exchange.do({ type: 'SetMarginMode', userId, mode: 'CROSS' }).refusal
}

function unmet(exchange: TestExchange, userId: UserId): string[] {
  const refusal = activate(exchange, userId)
  if (refusal?.reason !== 'not_eligible') return [refusal?.reason ?? 'accepted']
  return refusal.conditions.filter((c) => !c.met).map((c) => `${c.rule}: ${c.have} / ${c.need}`)
}

test.each`
  usdt          | verdict
  ${'50000'}    | ${[]}
  ${'49999.99'} | ${['E4: 49999.99000000 USDT / 50000.00000000 USDT']}
  ${'50000.01'} | ${[]}
`('E2 E4 an average of $usdt over 168 hours: $verdict', ({ usdt, verdict }) => {
  const exchange = new TestExchange(classic)
  const userId = newcomer(exchange, usdt)
  exchange.pass(7 * DAY_MS)
  const refused = unmet(exchange, userId)
  expect(refused).toEqual(verdict.length === 0 ? ['accepted'] : verdict)
})

test('E3 a first deposit of 6 days 23 hours ago is too young, one hour later it is old enough', () => {
  const exchange = new TestExchange(classic)
  // Plenty, so that the average passes although its first hour counts as zero.
  const userId = newcomer(exchange, '100000')
  exchange.pass(7 * DAY_MS - HOUR_MS)
  expect(unmet(exchange, userId)).toEqual(['E3: 6 d 23 h / 7 d 0 h'])
  exchange.pass(HOUR_MS)
  expect(activate(exchange, userId)).toBeNull()
})

test('E1 E5 E6 M2 a refusal lists every unmet condition', () => {
  const exchange = new TestExchange(classic)
  const userId = exchange.stranger({ SPOT: { USDT: '60000' } })
  const refusal = exchange.do({
    type: 'Transfer',
    userId,
    asset: exchange.asset('USDT'),
    amount: amountOf('1'),
    from: 'SPOT',
    to: 'CROSS_MARGIN',
  }).refusal
  expect(refusal).toMatchObject({ reason: 'not_eligible' })
  const rules = refusal?.reason === 'not_eligible' ? refusal.conditions.filter((c) => !c.met) : []
  expect(rules.map((c) => c.rule).sort()).toEqual(['E1', 'E3', 'E4', 'E5'])
})

test('E1 KYC is submitted, rejected with a reason, submitted again, approved, revoked', () => {
  const exchange = new TestExchange(classic)
  const userId = exchange.stranger({})
  const review = (decision: 'APPROVED' | 'REJECTED' | 'REVOKED', reason = '') =>
    exchange.do({ type: 'ReviewKyc', userId, decision, reason, reviewer: 'officer' }).refusal
  const state = () => exchange.ask('user', { userId })
  expect(review('APPROVED')).toMatchObject({ reason: 'kyc_state', state: 'NONE' })
  exchange.must({ type: 'SubmitKyc', userId })
  expect(review('REJECTED', 'document unreadable')).toBeNull()
  expect(state()).toMatchObject({ kyc: 'REJECTED', kycReason: 'document unreadable' })
  exchange.must({ type: 'SubmitKyc', userId })
  expect(exchange.do({ type: 'SubmitKyc', userId }).refusal).toMatchObject({ reason: 'kyc_state' })
  expect(review('APPROVED')).toBeNull()
  expect(review('REVOKED', 'sanctions list')).toBeNull()
  expect(state()).toMatchObject({ kyc: 'REVOKED' })
})

test('E2 borrowed funds do not help: a loan leaves every sample where it was', () => {
  const exchange = new TestExchange(classic)
  const userId = exchange.user({ SPOT: { USDT: '60000' }, CROSS_MARGIN: { USDT: '1000' } })
  const before = exchange.ask('eligibility', { userId }).average
  const asset = exchange.asset('USDT')
  exchange.must({ type: 'Borrow', pair: null, userId, asset, amount: amountOf('3000') })
  exchange.pass(HOUR_MS)
  const after = exchange.ask('eligibility', { userId }).average
  expect(after).toBeLessThanOrEqual(before)
})

test('E2 X3 a debt whose index is missing helps nobody', () => {
  const exchange = new TestExchange(classic)
  exchange.prices({ ETH: '2000' })
  const userId = exchange.user({ SPOT: { USDT: '50000' }, CROSS_MARGIN: { USDT: '10000' } })
  const eth = exchange.asset('ETH')
  exchange.must({ type: 'Borrow', pair: null, userId, asset: eth, amount: amountOf('10') })
  const samples = () => exchange.ask('eligibility', { userId }).samples.at(-1)?.equity
  exchange.pass(HOUR_MS)
  expect(samples()).toBeGreaterThan(amountOf('59990'))
  exchange.must({ type: 'SetIndexPrices', prices: [[eth, null]] })
  exchange.pass(HOUR_MS)
  expect(samples()).toBe(amountOf('50000'))
})

test('E2 debts count against the owner and every wallet counts for them', () => {
  const exchange = new TestExchange(classic)
  exchange.prices({ BTC: '30000' })
  const userId = newcomer(exchange, '20000')
  exchange.must(exchange.deposit(userId, 'FUNDING', 'BTC', '1'))
  exchange.pass(7 * DAY_MS)
  expect(exchange.ask('eligibility', { userId }).average).toBe(amountOf('50000'))
  expect(activate(exchange, userId)).toBeNull()
})

test('E7 a revoked KYC leaves reducing, repaying and nothing that opens', () => {
  const exchange = new TestExchange(classic)
  exchange.prices({ BTC: '30000' })
  const maker = exchange.stranger({ SPOT: { USDT: '1000000', BTC: '100' } })
  exchange.quote(maker, 'BTCUSDT', [['30000', '10']], [['30001', '10']])
  const userId = exchange.user({ CROSS_MARGIN: { USDT: '60000' } })
  exchange.must(exchange.order(userId, 'BUY 0.5 BTCUSDT'))
  exchange.must({
    type: 'Borrow',
    pair: null,
    userId,
    asset: exchange.asset('USDT'),
    amount: amountOf('100'),
  })
  exchange.must({
    type: 'ReviewKyc',
    userId,
    decision: 'REVOKED',
    reason: 'x',
    reviewer: 'officer',
  })
  const refused = (text: string) =>
    exchange.do(exchange.order(userId, text)).refusal?.reason ?? 'accepted'
  expect(exchange.ask('user', { userId })).toMatchObject({ reduceOnly: true })
  expect(refused('BUY 0.1 BTCUSDT')).toBe('reduce_only')
  expect(refused('SELL 0.4 BTCUSDT')).toBe('accepted')
  const usdt = exchange.asset('USDT')
  const amount = amountOf('50')
  expect(
    exchange.do({ type: 'Borrow', pair: null, userId, asset: usdt, amount }).refusal?.reason,
  ).toBe('reduce_only')
  expect(exchange.do({ type: 'Repay', pair: null, userId, asset: usdt, amount }).refusal).toBeNull()
})

test('E7 a revoked KYC cancels what rests and would open, and keeps what reduces', () => {
  const exchange = new TestExchange(classic)
  exchange.prices({ BTC: '30000', ETH: '2000', LTC: '100' })
  const maker = exchange.stranger({ SPOT: { USDT: '1000000', BTC: '100' } })
  exchange.quote(maker, 'BTCUSDT', [['30000', '10']], [['30001', '10']])
  const userId = exchange.user({ CROSS_MARGIN: { USDT: '60000', LTC: '10' } })
  exchange.must(exchange.order(userId, 'BUY 0.5 BTCUSDT'))
  const rest = (clientOrderId: string, text: string, options = {}) =>
    exchange.must(exchange.order(userId, text, { clientOrderId, ...options }))
  rest('open', 'BUY 0.1 BTCUSDT @ 29000')
  rest('close', 'SELL 0.3 BTCUSDT @ 31000')
  rest('own', 'SELL 10 LTCUSDT @ 110')
  rest('short', 'SELL 1 ETHUSDT @ 2200', { sideEffect: 'MARGIN_BUY' })
  const reviewed = { decision: 'REVOKED', reason: 'x', reviewer: 'officer' } as const
  const { events } = exchange.must({ type: 'ReviewKyc', userId, ...reviewed })
  const gone = events.flatMap((e) => (e.type === 'OrderEnded' ? [e.clientOrderId, e.cause] : []))
  expect(gone).toEqual(['short', 'reduce_only', 'open', 'reduce_only'])
  const open = exchange.ask('openOrders', { userId, wallet: 'CROSS_MARGIN', symbol: null })
  expect(open.map((order) => order.clientOrderId)).toEqual(['close', 'own'])
})
