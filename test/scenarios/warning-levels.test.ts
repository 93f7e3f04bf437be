import { expect, test } from 'vitest'
import { present } from '../../src/core/assert.ts'
import type { UserId } from '../../src/core/domain/ids.ts'
import { HOUR_MS } from '../../src/core/domain/ids.ts'
import type { VenueDocument } from '../../src/core/domain/venue-document.ts'
import { crossOf } from '../../src/core/engine/margin-account.ts'
import { decodeState, encodeState } from '../../src/core/engine/snapshot.ts'
import type { ExchangeState } from '../../src/core/engine/state.ts'
import { userOf } from '../../src/core/engine/state.ts'
import { all, amountOf, TestExchange } from '../../src/core/engine/test-exchange.ts'
import { decimal } from '../../src/core/money/decimal.ts'
import type { Rate } from '../../src/core/money/rate.ts'
import { RATE_DECIMALS } from '../../src/core/money/rate.ts'
import { loadProfile } from '../../src/venue/profile.ts'

function venue(): VenueDocument {
  const classic = loadProfile('classic')
  return {
    ...classic,
    assets: classic.assets.map((asset) => ({ ...asset, dailyInterestRate: '0' })),
    policy: { ...classic.policy, minimumAverageBalance: null },
  }
}

const known = (state: ExchangeState, userId: UserId) =>
  present(userOf(state, userId), 'the user is known')

const ratesOf = (levels: readonly string[]) =>
  levels.map((level) => decimal(level, RATE_DECIMALS) as Rate)

/** Holds 1 BTC and owes 10,000 USDT that it holds no more of than `cash`: the level is (BTC + cash) / 10,000. */
function borrower(): { exchange: TestExchange; userId: UserId } {
  const exchange = new TestExchange(venue())
  exchange.prices({ BTC: '20000' })
  const userId = exchange.user({ CROSS_MARGIN: { BTC: '1' } })
  const asset = exchange.asset('USDT')
  exchange.must({ type: 'Borrow', userId, asset, pair: null, amount: amountOf('10000') })
  // Level 3 at 20,000; each 1,000 of the price is 0.1 of it.
  return { exchange, userId }
}

function setLevels(exchange: TestExchange, userId: UserId, ...levels: string[]) {
  return exchange.do({ type: 'SetWarningLevels', userId, levels: ratesOf(levels) })
}

function warned(exchange: TestExchange, price: string): string[] {
  return all(exchange.prices({ BTC: price }).events, 'LevelWarned').map((e) => e.warningLevel)
}

test('L8 a user is told once at each own level on the way down, and again after the account rose above it', () => {
  const { exchange, userId } = borrower()
  expect(setLevels(exchange, userId, '2', '2.5', '2').refusal).toBeNull()
  const rows: [price: string, told: string[]][] = [
    ['15000.00000001', []],
    ['15000', ['2.5']],
    ['14999', []],
    // Above the level by less than the step of 0.02 it is not armed again.
    ['15199.99999999', []],
    ['14000', []],
    ['15200.00000001', []],
    ['15000', ['2.5']],
    ['10000', ['2']],
    ['20000', []],
    // Two at once: the lower says more.
    ['9000', ['2']],
  ]
  for (const [price, told] of rows) expect([price, warned(exchange, price)]).toEqual([price, told])
})

test('L8 own levels change nothing about the margin call', () => {
  const { exchange, userId } = borrower()
  setLevels(exchange, userId, '1.17', '1.16', '1.15')
  const { events } = exchange.prices({ BTC: '1600' })
  expect(all(events, 'MarginCalled')).toMatchObject([{ userId, level: '1.16000000' }])
  expect(all(events, 'LevelWarned')).toMatchObject([{ warningLevel: '1.16', callLevel: '1.16' }])
  setLevels(exchange, userId)
  expect(all(exchange.pass(24 * HOUR_MS).events, 'LevelWarned')).toEqual([])
  expect(all(exchange.prices({ BTC: '1400' }).events, 'MarginCalled')).toHaveLength(1)
})

test('L5 a call is repeated every 24 h and at each further 0.02, whatever a user sets', () => {
  const { exchange, userId } = borrower()
  setLevels(exchange, userId, '3')
  const called = (events: ReturnType<TestExchange['pass']>['events']) =>
    all(events, 'MarginCalled').map((event) => event.level)
  expect(called(exchange.prices({ BTC: '1600' }).events)).toEqual(['1.16000000'])
  expect(called(exchange.prices({ BTC: '1400.0001' }).events)).toEqual([])
  expect(called(exchange.prices({ BTC: '1400' }).events)).toEqual(['1.14000000'])
  exchange.pass(24 * HOUR_MS - 1)
  expect(called(exchange.prices({ BTC: '1400' }).events)).toEqual([])
  expect(called(exchange.pass(1).events)).toHaveLength(1)
})

test('L8 whoever stands below a new level is told at once, and whoever owes nothing never', () => {
  const { exchange, userId } = borrower()
  const { events } = setLevels(exchange, userId, '5', '3.5')
  expect(all(events, 'LevelWarned')).toMatchObject([
    { userId, level: '3.00000000', warningLevel: '3.5' },
  ])
  const other = exchange.user({ CROSS_MARGIN: { USDT: '10' } })
  expect(all(setLevels(exchange, other, '100').events, 'LevelWarned')).toEqual([])
})

test('L8 repaying ends what was passed', () => {
  const { exchange, userId } = borrower()
  setLevels(exchange, userId, '3')
  const asset = exchange.asset('USDT')
  exchange.must({ type: 'Repay', userId, asset, pair: null, amount: amountOf('10000') })
  expect(crossOf(exchange.state, known(exchange.state, userId)).warningsPassed).toBe(0)
  expect(exchange.state.called.size).toBe(0)
  const again = exchange.must({
    type: 'Borrow',
    userId,
    asset,
    pair: null,
    amount: amountOf('10000'),
  })
  expect(all(again.events, 'LevelWarned')).toHaveLength(1)
})

test.each([
  ['none', [], true],
  ['five', ['1.1', '1.2', '1.3', '1.4', '1.5'], true],
  ['six', ['1.1', '1.2', '1.3', '1.4', '1.5', '1.6'], false],
  ['six, of which two are the same', ['1.1', '1.2', '1.3', '1.4', '1.5', '1.5'], true],
  ['one', ['1'], false],
  ['just above one', ['1.000000000001'], true],
  ['a hundred', ['100'], true],
  ['just above a hundred', ['100.000000000001'], false],
])('L8 levels are few and plausible: %s', (_, levels, taken) => {
  const { exchange, userId } = borrower()
  const { refusal } = setLevels(exchange, userId, ...levels)
  expect(refusal?.reason).toBe(taken ? undefined : 'warning_levels')
  const kept = exchange.ask('user', { userId })?.warningLevels
  expect(kept).toEqual(taken ? [...new Set(ratesOf(levels))].reverse() : [])
})

test('L8 levels and what was told are in the snapshot', () => {
  const { exchange, userId } = borrower()
  setLevels(exchange, userId, '2.5', '2')
  warned(exchange, '15000')
  const copy = decodeState(encodeState(exchange.state))
  expect(Buffer.compare(encodeState(copy), encodeState(exchange.state))).toBe(0)
  expect(crossOf(copy, known(copy, userId)).warningsPassed).toBe(1)
  expect(copy.called.size).toBe(1)
})
