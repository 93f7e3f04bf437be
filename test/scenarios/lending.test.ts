import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { UserId } from '../../src/core/domain/ids.ts'
import { HOUR_MS } from '../../src/core/domain/ids.ts'
import { decodeState, encodeState } from '../../src/core/engine/snapshot.ts'
import { all, amountOf, only, TestExchange } from '../../src/core/engine/test-exchange.ts'
import { VENUE_ACCOUNT } from '../../src/core/ledger/chart.ts'
import { loadProfile } from '../../src/venue/profile.ts'
import { short, stage } from './ltc-pool.ts'

const MINUTE_MS = 60_000

test.each`
  have     | asked             | from         | reason
  ${'100'} | ${'100'}          | ${'SPOT'}    | ${null}
  ${'100'} | ${'0.00000001'}   | ${'SPOT'}    | ${null}
  ${'100'} | ${'0'}            | ${'SPOT'}    | ${'amount_not_positive'}
  ${'100'} | ${'100.00000001'} | ${'SPOT'}    | ${'transfer_balance_insufficient'}
  ${'100'} | ${'1'}            | ${'FUNDING'} | ${'transfer_balance_insufficient'}
`('B8 supplying $asked of $have from $from: $reason', ({ have, asked, from, reason }) => {
  const { lender, supply, claim } = stage()
  const userId = lender(have)
  expect(supply(userId, asked, from).refusal?.reason ?? null).toBe(reason)
  expect(claim(userId)).toBe(reason === null ? `${asked} / 0` : '0 / 0')
})

test('B8 what is supplied can be lent, and counts for the average balance', () => {
  const { exchange, lender, supply, borrow, pool } = stage()
  expect(borrow('1').refusal?.reason).toBe('borrow_pool_empty')
  const userId = lender('100')
  const before = exchange.ask('eligibility', { userId }).conditions.find((c) => c.rule === 'E4')
  supply(userId, '100')
  expect(pool()).toMatchObject({ supplied: amountOf('100'), available: amountOf('100') })
  expect(exchange.ask('balances', { userId, wallet: 'SPOT' })).toEqual([])
  expect(exchange.ask('eligibility', { userId }).conditions.find((c) => c.rule === 'E4')).toEqual(
    before,
  )
  exchange.pass(HOUR_MS)
  expect(exchange.ask('eligibility', { userId }).samples.at(-1)?.equity).toBe(amountOf('10000'))
  expect(borrow('100').refusal).toBeNull()
})

test('B8 an asset that is not lent takes no lenders', () => {
  const classic = loadProfile('classic')
  const assets = classic.assets.map((each) =>
    each.code === 'LTC' ? { ...each, borrowable: false } : each,
  )
  const exchange = new TestExchange({ ...classic, assets })
  const userId = exchange.stranger({ SPOT: { LTC: '1' } })
  const asset = exchange.asset('LTC')
  const command = {
    type: 'SupplyPool',
    userId,
    asset,
    amount: amountOf('1'),
    from: 'SPOT',
  } as const
  expect(exchange.do(command).refusal).toEqual({ reason: 'borrow_banned', asset: 'LTC' })
})

test.each`
  lent     | asked             | reason
  ${'0'}   | ${'100'}          | ${null}
  ${'0'}   | ${'100.00000001'} | ${'lending_claim_insufficient'}
  ${'0'}   | ${'0'}            | ${'amount_not_positive'}
  ${'60'}  | ${'39.99999999'}  | ${null}
  ${'60'}  | ${'40'}           | ${null}
  ${'60'}  | ${'40.00000001'}  | ${'lending_pool_lent'}
  ${'100'} | ${'0.00000001'}   | ${'lending_pool_lent'}
`('B9 with $lent of 100 lent on, withdrawing $asked: $reason', ({ lent, asked, reason }) => {
  const { exchange, lender, supply, withdraw, borrow } = stage()
  const userId = lender('100')
  supply(userId, '100')
  if (lent !== '0') borrow(lent)
  expect(withdraw(userId, asked, 'FUNDING').refusal?.reason ?? null).toBe(reason)
  const free = exchange.ask('balances', { userId, wallet: 'FUNDING' })[0]?.free ?? 0n
  expect(free).toBe(reason === null ? amountOf(asked) : 0n)
})

test('B9 all of a claim can be withdrawn once what was lent is back, and nothing is left', () => {
  const { lender, supply, withdraw, borrow, repay, claim } = stage()
  const userId = lender('100')
  supply(userId, '100')
  borrow('100')
  // 100 and the started hour: 100 × 0.0024 ÷ 24.
  expect(repay('100.01').refusal).toBeNull()
  expect(withdraw(userId, '100').refusal).toBeNull()
  expect(claim(userId)).toBe('0 / 0')
})

test('B10 I3 paid interest is credited at the full hour, by what was lent all that hour', () => {
  const { exchange, lender, supply, borrow, repay, claim, pool } = stage()
  const [early, late] = [lender('300'), lender('600')]
  supply(early, '300')
  exchange.pass(HOUR_MS)
  borrow('100')
  supply(late, '600')
  repay('100.01')
  // 80 % of 0.01 is for lenders. Until the hour it is nobody's yet.
  expect(pool().due).toBe(amountOf('0.008'))
  expect([claim(early), claim(late)]).toEqual(['300 / 300', '600 / 0'])
  const { events } = exchange.pass(HOUR_MS)
  expect(only(events, 'PoolClaimChanged')).toMatchObject({
    userId: early,
    kind: 'EARNED',
    amount: amountOf('0.008'),
    claim: amountOf('300.008'),
  })
  expect([claim(early), claim(late)]).toEqual(['300.008 / 300.008', '600 / 600'])
})

test('B10 whoever withdraws within the hour earns on the rest, and what came last goes first', () => {
  const { exchange, lender, supply, withdraw, borrow, repay, claim } = stage()
  const [stays, leaves] = [lender('100'), lender('400')]
  supply(stays, '100')
  supply(leaves, '300')
  exchange.pass(HOUR_MS)
  supply(leaves, '100')
  withdraw(leaves, '50')
  expect(claim(leaves)).toBe('350 / 300')
  withdraw(leaves, '250')
  expect(claim(leaves)).toBe('100 / 100')
  borrow('100')
  repay('100.01')
  exchange.pass(HOUR_MS)
  expect([claim(stays), claim(leaves)]).toEqual(['100.004 / 100.004', '100.004 / 100.004'])
})

test('B10 R2 what dividing leaves waits on its account for the next hour', () => {
  const { exchange, ltc, lender, supply, borrow, repay } = stage()
  const due = () => exchange.state.ledger.free(VENUE_ACCOUNT.lendersDue, ltc)
  for (const userId of [lender('1'), lender('1'), lender('1')]) supply(userId, '1')
  exchange.pass(HOUR_MS)
  borrow('0.001')
  // 10 units of interest: 8 for lenders, of which each of the three gets 2.
  repay('0.0010001')
  expect(due()).toBe(8n)
  exchange.pass(HOUR_MS)
  expect(due()).toBe(2n)
  borrow('0.001')
  repay('0.0010001')
  exchange.pass(HOUR_MS)
  expect(due()).toBe(1n)
})

test('B10 the venue’s own start of a pool earns as any lender', () => {
  const { exchange, lender, supply, borrow, repay, claim } = stage({ seed: '300' })
  const userId = lender('100')
  supply(userId, '100')
  exchange.pass(HOUR_MS)
  borrow('100')
  repay('100.01')
  const earned = all(exchange.pass(HOUR_MS).events, 'PoolClaimChanged')
  expect(earned.map((each) => [each.userId, each.amount])).toEqual([
    [null, amountOf('0.006')],
    [userId, amountOf('0.002')],
  ])
  expect(claim(userId)).toBe('100.002 / 100.002')
})

/** The borrower owes `lent` LTC and has nothing worth anything, and the fund has nothing. */
function ruined(lenders: readonly string[], lent: string) {
  const set = stage({ fund: {} })
  const { exchange } = set
  const ids = lenders.map((text) => {
    const userId = set.lender(text)
    set.supply(userId, text)
    return userId
  })
  const debtor = exchange.user({ CROSS_MARGIN: { BTC: '3' } })
  exchange.must({
    type: 'Borrow',
    userId: debtor,
    asset: set.ltc,
    amount: amountOf(lent),
    pair: null,
  })
  const symbol = exchange.symbol('LTCUSDT').index
  const maker = exchange.stranger({ SPOT: { USDT: '1000000' } })
  exchange.quote(maker, 'LTCUSDT', [['100', '2000']], [])
  exchange.must(exchange.order(debtor, `SELL ${lent} LTCUSDT`, { symbol }))
  exchange.quote(maker, 'LTCUSDT', [], [])
  return { ...set, ids, debtor }
}

test('B11 Q5 a loss past the fund is borne by claim, by whoever had lent, and by nobody later', () => {
  const { exchange, ids, claim, lender, supply, withdraw } = ruined(['600', '300', '300'], '900')
  // BTC falls to nothing: 89,910 USDT stay, and 900 LTC at 200 are owed.
  exchange.prices({ BTC: '0.01', LTC: '200' })
  const late = lender('1000')
  expect(supply(late, '1000').refusal).toEqual({ reason: 'lending_suspended', asset: 'LTC' })
  expect(withdraw(ids[0] as UserId, '1').refusal?.reason).toBe('lending_suspended')
  const { events } = exchange.pass(MINUTE_MS)
  const lost = all(events, 'PoolClaimChanged')
  expect(lost.map(({ kind }) => kind)).toEqual(['LOST', 'LOST', 'LOST'])
  const [half = 0n, quarter = 0n, other = 0n] = lost.map(({ amount }) => amount as bigint)
  const loss = half + quarter + other
  expect(loss).toBeGreaterThan(amountOf('400'))
  expect([half - loss / 2n, quarter - loss / 4n, other - loss / 4n].every(isNextTo0)).toBe(true)
  // Of what is written off the interest was never theirs.
  const shared = only(events, 'LossShared')
  expect(shared.amount).toBeGreaterThan(loss)
  expect(claim(ids[0] as UserId).split(' ')[0]).toBe(short(amountOf('600') - half))
  expect(exchange.ask('poolPositions', { userId: ids[0] as UserId })[0]?.lost).toBe(half)
  expect(supply(late, '1000').refusal).toBeNull()
  expect(claim(late)).toBe('1000 / 0')
})

function isNextTo0(sum: bigint): boolean {
  return sum >= -1n && sum <= 1n
}

test('B3 a pool that an operator keeps from lending is as good as empty, but gives back', () => {
  const { exchange, ltc, lender, supply, withdraw, borrow, pool } = stage()
  const userId = lender('100')
  supply(userId, '100')
  const order = { type: 'SetLending', asset: ltc, reason: 'drill', author: 'test' } as const
  exchange.must({ ...order, lends: false })
  expect(borrow('1').refusal).toMatchObject({ reason: 'borrow_pool_empty', available: 0n })
  expect(pool()).toMatchObject({ lends: false, available: 0n, withdrawable: amountOf('100') })
  expect(withdraw(userId, '50').refusal).toBeNull()
  exchange.must({ ...order, lends: true })
  expect(borrow('1').refusal).toBeNull()
})

const step = fc.oneof(
  fc.record({ act: fc.constant('supply'), who: fc.nat(3), sum: fc.nat(400) }),
  fc.record({ act: fc.constant('withdraw'), who: fc.nat(3), sum: fc.nat(400) }),
  fc.record({ act: fc.constant('borrow'), who: fc.nat(3), sum: fc.nat(200) }),
  fc.record({ act: fc.constant('repay'), who: fc.nat(3), sum: fc.nat(200) }),
  fc.record({ act: fc.constant('hour'), who: fc.nat(3), sum: fc.nat(3) }),
  fc.record({ act: fc.constant('crash'), who: fc.nat(3), sum: fc.nat(100) }),
)

test('V12 B10 B11 over any history, losses among it, claims are what the pool holds and has lent', () => {
  let losses = 0
  fc.assert(
    fc.property(fc.array(step, { minLength: 20, maxLength: 50 }), (steps) => {
      const set = ruined(['600', '300', '299.99999999'], '700')
      const { exchange, ltc, ids, borrower } = set
      const all4 = [...ids, set.lender('500')]
      const due = () => exchange.state.ledger.free(VENUE_ACCOUNT.lendersDue, ltc)
      for (const { act, who, sum } of steps) {
        const userId = all4[who] ?? borrower
        if (act === 'supply') set.supply(userId, `${sum}.${sum}`)
        else if (act === 'withdraw') set.withdraw(userId, `${sum}.${sum}`)
        else if (act === 'borrow') set.borrow(`${sum}.${sum}`)
        else if (act === 'repay') set.repay(`${sum}.${sum}`)
        else if (act === 'crash') exchange.prices({ BTC: `${sum}.01`, LTC: `${100 + sum}` })
        const { events } = exchange.pass(act === 'hour' ? sum * HOUR_MS : MINUTE_MS)
        losses += all(events, 'LossShared').length
        const { supplied, lent, withdrawable } = set.pool()
        const claims = all4.map(
          (each) => exchange.ask('poolPositions', { userId: each })[0]?.claim ?? 0n,
        )
        // Nothing is the venue's own here: `do` has compared the claims with the ledger already.
        expect(claims.reduce((total: bigint, each) => total + each, 0n)).toBe(supplied)
        expect(lent + withdrawable).toBe(supplied)
        expect(due() >= 0n).toBe(true)
      }
      const bytes = encodeState(exchange.state)
      expect(encodeState(decodeState(bytes))).toEqual(bytes)
    }),
    { numRuns: 12, seed: 1 },
  )
  expect(losses).toBeGreaterThan(0)
})
