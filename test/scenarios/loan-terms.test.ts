import { expect, test } from 'vitest'
import { HOUR_MS } from '../../src/core/domain/ids.ts'
import { all, amountOf, only } from '../../src/core/engine/test-exchange.ts'
import { VENUE_ACCOUNT } from '../../src/core/ledger/chart.ts'
import type { Amount } from '../../src/core/money/amount.ts'
import { stage } from './ltc-pool.ts'

test('I2 the rate follows what is lent at each full hour, is told before, and is an event', () => {
  const curve = { kink: '0.5', atKink: '0.0048', atFull: '0.024' }
  const { exchange, lender, supply, borrow, borrower, ltc, pool } = stage({ curve })
  const userId = lender('100')
  supply(userId, '100')
  borrow('25')
  // A quarter is lent, half-way to the kink: 0.0036. Within the hour the old rate holds.
  expect([pool().dailyRate, pool().nextDailyRate]).toEqual([2_400_000_000n, 3_600_000_000n])
  const { events } = exchange.pass(HOUR_MS)
  expect(only(events, 'InterestRateSet')).toMatchObject({
    asset: ltc,
    dailyRate: 3_600_000_000n,
    utilization: 250_000_000_000n,
  })
  expect(only(events, 'InterestCharged')).toMatchObject({
    userId: borrower,
    dailyRate: 3_600_000_000n,
    interest: amountOf('0.00375'),
  })
  expect(all(exchange.pass(HOUR_MS).events, 'InterestRateSet')).toEqual([])
})

test.each`
  level   | asked              | reason
  ${0}    | ${'1000'}          | ${null}
  ${0}    | ${'1000.00000001'} | ${'borrow_exceeds_max'}
  ${1}    | ${'1500'}          | ${null}
  ${1}    | ${'1500.00000001'} | ${'borrow_exceeds_max'}
  ${3}    | ${'4000'}          | ${null}
  ${3}    | ${'4000.00000001'} | ${'borrow_exceeds_max'}
  ${null} | ${'1000.00000001'} | ${'borrow_exceeds_max'}
`('B12 B2 at VIP level $level a loan of $asked: $reason', ({ level, asked, reason }) => {
  const { exchange, borrower, ltc, borrow } = stage({ seed: '10000' })
  exchange.must({ type: 'SetVipLevel', userId: borrower, vipLevel: level })
  const { refusal, events } = borrow(asked)
  expect(refusal?.reason ?? null).toBe(reason)
  if (refusal !== null) expect(refusal).toMatchObject({ binding: 'user_limit' })
  else {
    // Levels 0 to 3 pay 1, 0.95, 0.9 and 0.8 of the rate.
    const factor = [100n, 95n, 90n, 80n][level ?? 0] ?? 100n
    expect(only(events, 'InterestCharged').dailyRate).toBe(24_000_000n * factor)
    expect(exchange.ask('loanTerms', { userId: borrower, vipLevel: null })).toMatchObject({
      vipLevel: level ?? 0,
    })
  }
  expect(exchange.ask('loanTerms', { userId: borrower, vipLevel: 3 }).assets[ltc]).toMatchObject({
    dailyRate: 1_920_000_000n,
    borrowLimit: amountOf('4000'),
  })
})

test('B12 there is no level above the policy’s highest', () => {
  const { exchange, borrower } = stage()
  const set = (vipLevel: number) =>
    exchange.do({ type: 'SetVipLevel', userId: borrower, vipLevel }).refusal
  expect([set(3), set(4), set(-1)]).toEqual([
    null,
    { reason: 'vip_level_unknown', asked: 4, highest: 3 },
    { reason: 'vip_level_unknown', asked: -1, highest: 3 },
  ])
})

/** The borrower owes `lent` LTC at 100 and some SOL, and the fund has LTC to exchange. */
function owing(lent: string) {
  const set = stage({ seed: '1000', fund: { USDT: '1000', LTC: '5' } })
  set.borrow(lent)
  const exchange = (...codes: string[]) =>
    set.exchange.do({
      type: 'ExchangeSmallDebts',
      userId: set.borrower,
      assets: codes.map((code) => set.exchange.asset(code)),
    })
  return { ...set, exchangeDebts: exchange }
}

test.each`
  lent            | reason                    | why
  ${'0.09'}       | ${null}                   | ${'nine USDT'}
  ${'0.09998999'} | ${null}                   | ${'9.9999988: one step below ten'}
  ${'0.0999901'}  | ${'small_debt_too_large'} | ${'ten, with the hour'}
  ${'0.1'}        | ${'small_debt_too_large'} | ${'more than ten'}
`('B13 a debt of $lent LTC at 100 ($why): $reason', ({ lent, reason }) => {
  const { exchangeDebts, exchange, borrower } = owing(lent)
  const listed = exchange.ask('smallDebts', { userId: borrower })
  const { refusal, events } = exchangeDebts('LTC')
  expect(refusal?.reason ?? null).toBe(reason)
  expect(listed).toHaveLength(reason === null ? 1 : 0)
  if (reason !== null) return
  const { amount, targetAmount } = only(events, 'SmallDebtExchanged')
  expect(targetAmount).toBe((amount * 100n) as Amount)
  expect(only(events, 'LoanTaken')).toMatchObject({ amount: targetAmount, origin: 'AUTO' })
  expect(exchange.balance(borrower, 'CROSS_MARGIN', 'LTC').split(' / ').slice(2)).toEqual([
    '0',
    '0',
  ])
})

test('B13 it is all of them or none, within what the fund has, and once in six hours', () => {
  const { exchange, exchangeDebts } = owing('0.01')
  expect(exchangeDebts('LTC', 'SOL').refusal).toEqual({ reason: 'small_debt_none', asset: 'SOL' })
  expect(exchangeDebts('USDT').refusal).toEqual({ reason: 'small_debt_none', asset: 'USDT' })
  expect(exchangeDebts().refusal).toEqual({ reason: 'small_debt_none', asset: 'USDT' })
  expect(exchangeDebts('LTC').refusal).toBeNull()
  exchange.pass(6 * HOUR_MS - 1)
  expect(exchangeDebts('LTC').refusal).toMatchObject({ reason: 'small_debt_too_often' })
  exchange.pass(1)
  expect(exchangeDebts('LTC').refusal).toEqual({ reason: 'small_debt_none', asset: 'LTC' })
  const poor = stage({ seed: '1000', fund: {} })
  poor.borrow('0.01')
  const assets = [poor.ltc]
  expect(
    poor.exchange.do({ type: 'ExchangeSmallDebts', userId: poor.borrower, assets }).refusal,
  ).toMatchObject({ reason: 'small_debt_stock', have: 0n, need: amountOf('0.010001') })
})

/** A loan of 100 LTC at 100 by a user who pays interest in BNB, which is at 500. */
function payingInBnb(bnb: string, fundLtc: string, inBnb = true) {
  const set = stage({ seed: '1000', fund: { LTC: fundLtc } })
  set.exchange.prices({ BNB: '500' })
  if (bnb !== '0') set.exchange.must(set.exchange.deposit(set.borrower, 'CROSS_MARGIN', 'BNB', bnb))
  set.exchange.must({ type: 'SetInterestPayment', userId: set.borrower, inBnb })
  return { ...set, taken: set.borrow('100').events }
}

// 100 LTC at 0.0024 a day cost 0.01 LTC, 1 USDT, less 5 % 0.95 USDT: 0.0019 BNB.
test.each`
  bnb             | fundLtc         | inBnb    | paid        | why
  ${'1'}          | ${'5'}          | ${true}  | ${'0.0019'} | ${'both have enough'}
  ${'0.0019'}     | ${'0.01'}       | ${true}  | ${'0.0019'} | ${'both have just enough'}
  ${'0.00189999'} | ${'5'}          | ${true}  | ${null}     | ${'a unit of BNB is missing'}
  ${'1'}          | ${'0.00999999'} | ${true}  | ${null}     | ${'the fund lacks a unit of LTC'}
  ${'0'}          | ${'5'}          | ${true}  | ${null}     | ${'there is no BNB'}
  ${'1'}          | ${'5'}          | ${false} | ${null}     | ${'nobody asked for it'}
`('I4 with $bnb BNB and $fundLtc LTC in the fund $paid BNB are paid ($why)', (row) => {
  const { exchange, ltc, borrower, taken } = payingInBnb(row.bnb, row.fundLtc, row.inBnb)
  const { paid, interest } = only(taken, 'InterestCharged')
  expect(interest).toBe(amountOf('0.01'))
  expect(paid?.amount ?? null).toBe(row.paid === null ? null : amountOf(row.paid))
  const owed = exchange.balance(borrower, 'CROSS_MARGIN', 'LTC').split(' / ')[3]
  expect(owed).toBe(row.paid === null ? '0.01' : '0')
  // Lenders have their 80 % in LTC at once.
  const due = exchange.state.ledger.free(VENUE_ACCOUNT.lendersDue, ltc)
  expect(due).toBe(row.paid === null ? 0n : amountOf('0.008'))
})

test('I4 each hour is paid so too, and a loan of BNB itself is not', () => {
  const { exchange, borrower } = payingInBnb('1', '5')
  const hour = only(exchange.pass(HOUR_MS).events, 'InterestCharged')
  expect(hour).toMatchObject({ kind: 'PERIODIC', paid: { amount: amountOf('0.0019') } })
  const asset = exchange.asset('BNB')
  exchange.prices({ BNB: '500' })
  const loan = exchange.must({
    type: 'Borrow',
    userId: borrower,
    asset,
    amount: amountOf('1'),
    pair: null,
  })
  expect(only(loan.events, 'InterestCharged').paid).toBeNull()
})
