import { expect, test } from 'vitest'
import type { PlaceOrder } from '../../src/core/domain/command.ts'
import type { UserId } from '../../src/core/domain/ids.ts'
import type { VenueDocument } from '../../src/core/domain/venue-document.ts'
import { decodeState, encodeState } from '../../src/core/engine/snapshot.ts'
import { amountOf, only, TestExchange } from '../../src/core/engine/test-exchange.ts'
import { loadProfile } from '../../src/venue/profile.ts'

const classic = loadProfile('classic')
const ISOLATED = { wallet: 'ISOLATED_MARGIN' } as const satisfies Partial<PlaceOrder>
const NO_FEES = { makerFee: '0', takerFee: '0' }

/** A venue without fees, a deep book at 30,000, and a user of isolated margin with 1,000 USDT in BTCUSDT. */
function opened(document: VenueDocument = classic, funds = '1000') {
  const exchange = new TestExchange(withPolicy(document, NO_FEES))
  exchange.prices({ BTC: '30000', ETH: '2000' })
  const maker = exchange.stranger({ SPOT: { USDT: '10000000', BTC: '100', ETH: '1000' } })
  exchange.quote(maker, 'BTCUSDT', [['30000', '50']], [['30000.01', '50']])
  const userId = exchange.user({ SPOT: { USDT: '60000', BTC: '2', ETH: '10' } }, null)
  const pair = exchange.symbol('BTCUSDT').index
  const move = (from: Reference, to: Reference, asset: string, text: string) =>
    exchange.do({
      type: 'Transfer',
      userId,
      asset: exchange.asset(asset),
      amount: amountOf(text),
      from,
      to,
    })
  const loan = (type: 'Borrow' | 'Repay', asset: string, text: string) =>
    exchange.do({ type, userId, pair, asset: exchange.asset(asset), amount: amountOf(text) })
  expect(move('SPOT', { pair }, 'USDT', funds).refusal).toBeNull()
  return { exchange, maker, userId, pair, move, loan }
}

type Reference =
  | 'SPOT'
  | 'FUNDING'
  | 'CROSS_MARGIN'
  | { pair: ReturnType<TestExchange['symbol']>['index'] }

function withPolicy(
  document: VenueDocument,
  policy: Partial<VenueDocument['policy']>,
): VenueDocument {
  return { ...document, policy: { ...document.policy, ...policy } }
}

function standing(exchange: TestExchange, userId: UserId, name = 'BTCUSDT') {
  const pairs = [exchange.symbol(name).index]
  const [answer] = exchange.ask('isolatedAccounts', { userId, pairs })
  return answer
}

test('S1 M2 S5 the first transfer opens the account and chooses the mode, as events', () => {
  const { exchange, userId, pair, move } = opened()
  expect(exchange.ask('user', { userId })).toMatchObject({ mode: 'ISOLATED' })
  expect(exchange.balance(userId, { pair }, 'USDT')).toBe('1000 / 0 / 0 / 0')
  const other = exchange.symbol('ETHUSDT').index
  const { events } = move('SPOT', { pair: other }, 'ETH', '1')
  expect(only(events, 'IsolatedAccountSet')).toMatchObject({ pair: other, enabled: true })
  expect(events.some(({ type }) => type === 'MarginModeChanged')).toBe(false)
})

test.each([
  ['ETH', 'isolated_asset'],
  ['BTC', null],
  ['USDT', null],
])('S1 the account of BTCUSDT given %s answers %s', (asset, reason) => {
  const { move, pair } = opened()
  expect(move('SPOT', { pair }, asset, '1').refusal?.reason ?? null).toBe(reason)
})

test('S1 funds go between pairs, to and from every wallet, and nowhere without an account', () => {
  const { exchange, pair, move, userId } = opened(withPolicy(classic, { exclusiveModes: false }))
  const other = exchange.symbol('ETHUSDT').index
  for (const to of ['FUNDING', 'CROSS_MARGIN', { pair: other }] as const) {
    expect(move({ pair }, to, 'USDT', '100').refusal).toBeNull()
    expect(move(to, { pair }, 'USDT', '40').refusal).toBeNull()
  }
  expect(exchange.balance(userId, { pair }, 'USDT')).toBe('820 / 0 / 0 / 0')
  expect(exchange.balance(userId, { pair: other }, 'USDT')).toBe('60 / 0 / 0 / 0')
  const unknown = exchange.symbol('SOLUSDT').index
  expect(move({ pair: unknown }, 'SPOT', 'USDT', '1').refusal).toMatchObject({
    reason: 'isolated_unknown',
    symbol: 'SOLUSDT',
  })
  expect(move({ pair }, { pair }, 'USDT', '1').refusal?.reason).toBe('transfer_same_wallet')
})

test('S2 B1 a loan of exactly five times the own equity is given, one unit more is not', () => {
  const { exchange, userId, pair, loan } = opened()
  const asset = exchange.asset('USDT')
  const max = exchange.ask('maxBorrowable', { userId, asset, pair })
  if ('reason' in max) throw new Error(max.reason)
  // Five times 1,000 but for the first hour's interest: (6,000 − 1.2·i) / 1.2.
  const { dailyInterestRate } = exchange.state.venue?.assets[asset] ?? { dailyInterestRate: 0n }
  expect(dailyInterestRate).toBeGreaterThan(0n)
  expect(Number(max.amount) / 1e8).toBeGreaterThan(4_999)
  expect(max.amount).toBeLessThanOrEqual(amountOf('5000'))
  const more = (max.amount + 1n) as typeof max.amount
  const ask = (amount: typeof max.amount) =>
    exchange.do({ type: 'Borrow', userId, pair, asset, amount }).refusal
  expect(ask(more)).toMatchObject({ reason: 'borrow_exceeds_max', binding: 'headroom' })
  expect(ask(max.amount)).toBeNull()
  expect(Number(standing(exchange, userId)?.marginLevel)).toBeGreaterThanOrEqual(1.2)
  expect(loan('Borrow', 'USDT', '1').refusal?.reason).toBe('borrow_exceeds_max')
  expect(loan('Borrow', 'ETH', '1').refusal?.reason).toBe('isolated_asset')
})

test('B4 B5 an order borrows what it lacks in its pair, and one that repays gives it back', () => {
  const { exchange, userId, pair } = opened()
  exchange.must(
    exchange.order(userId, 'BUY 0.1 BTCUSDT', { ...ISOLATED, sideEffect: 'MARGIN_BUY' }),
  )
  expect(exchange.balance(userId, { pair }, 'BTC')).toBe('0.1 / 0 / 0 / 0')
  expect(standing(exchange, userId)?.quote.borrowed).toBe(amountOf('2000.001'))
  const { events } = exchange.must(
    exchange.order(userId, 'SELL 0.1 BTCUSDT', { ...ISOLATED, sideEffect: 'AUTO_REPAY' }),
  )
  expect(only(events, 'LoanRepaid')).toMatchObject({ pair, origin: 'AUTO' })
  expect(standing(exchange, userId)?.quote).toMatchObject({ borrowed: 0n, interest: 0n })
  expect(exchange.ask('positions', { userId })).toEqual([])
})

test('I1 an isolated debt is charged at each full hour', () => {
  const { exchange, userId, pair, loan } = opened()
  loan('Borrow', 'USDT', '1000')
  const before = standing(exchange, userId)?.quote.interest ?? 0n
  const { events } = exchange.pass(3_600_000)
  expect(only(events, 'InterestCharged')).toMatchObject({ pair, kind: 'PERIODIC' })
  expect(standing(exchange, userId)?.quote.interest).toBe(before * 2n)
})

test('L2 S2 a transfer out with debt leaves the level at two, and one unit more is refused', () => {
  const { exchange, userId, pair, loan, move } = opened()
  expect(loan('Borrow', 'USDT', '500').refusal).toBeNull()
  const asset = exchange.asset('USDT')
  const max = exchange.ask('maxTransferable', { userId, asset, pair })
  if (typeof max !== 'bigint') throw new Error(max.reason)
  const owed = (standing(exchange, userId)?.quote.interest ?? 0n) + amountOf('500')
  expect(max).toBe(amountOf('1500') - 2n * owed)
  const out = (amount: bigint) =>
    exchange.do({
      type: 'Transfer',
      userId,
      asset,
      amount: amount as never,
      from: { pair },
      to: 'SPOT',
    }).refusal?.reason ?? null
  expect(out(max + 1n)).toBe('transfer_exceeds_max')
  expect(out(max)).toBeNull()
  expect(move({ pair }, 'SPOT', 'USDT', '0.00000001').refusal?.reason).toBe('transfer_exceeds_max')
})

/** 1,000 own and 2,000.001 borrowed bought 0.1 BTC: the level is 0.1·P / D. */
function indebted(document: VenueDocument = classic) {
  const venue = opened(document)
  const { exchange, userId } = venue
  exchange.must(
    exchange.order(userId, 'BUY 0.1 BTCUSDT', { ...ISOLATED, sideEffect: 'MARGIN_BUY' }),
  )
  const { borrowed, interest } = standing(exchange, userId)?.quote ?? { borrowed: 0n, interest: 0n }
  /** The lowest price above `level` in 1/100, and the highest at or below it. */
  const pricesAt = (level: bigint): [above: string, at: string] => {
    const at = ((borrowed + interest) * level * 10n) / 100n
    return [decimalOf(at + 1n), decimalOf(at)]
  }
  return { ...venue, pricesAt }
}

function decimalOf(units: bigint): string {
  return `${units / 100_000_000n}.${String(units % 100_000_000n).padStart(8, '0')}`
}

test('S3 L5 the margin call comes at 1.15 and not one unit above, ends above it, and names the pair', () => {
  const { exchange, userId, pair, pricesAt } = indebted()
  const [above, at] = pricesAt(115n)
  expect(exchange.prices({ BTC: above }).events.map(({ type }) => type)).toEqual(['IndexPricesSet'])
  expect(standing(exchange, userId)?.status).toBe('NORMAL')
  const { events } = exchange.prices({ BTC: at })
  expect(only(events, 'MarginCalled')).toMatchObject({ userId, pair, callLevel: '1.15' })
  expect(standing(exchange, userId)?.status).toBe('MARGIN_CALL')
  expect(only(exchange.prices({ BTC: '30000' }).events, 'MarginCallEnded')).toMatchObject({ pair })
  expect(standing(exchange, userId)?.status).toBe('EXCESSIVE')
})

test('S1 S3 Q1 Q2 Q3 Q4 at 1.1 the pair is closed in its own book, one unit above it is not', () => {
  const { exchange, maker, userId, pair, pricesAt } = indebted()
  const [above, at] = pricesAt(110n)
  exchange.must(exchange.order(userId, 'SELL 0.01 BTCUSDT @ 33000', ISOLATED))
  exchange.quote(maker, 'BTCUSDT', [['22000', '50']], [['22001', '50']])
  const level = exchange.prices({ BTC: above })
  expect(level.events.some(({ type }) => type === 'LiquidationStarted')).toBe(false)
  expect(standing(exchange, userId)?.status).toBe('PRE_LIQUIDATION')
  const spot = exchange.balance(userId, 'SPOT', 'USDT')
  const { events } = exchange.prices({ BTC: at })
  expect(only(events, 'LiquidationStarted')).toMatchObject({ pair, liquidationLevel: '1.1' })
  expect(only(events, 'OrderEnded')).toMatchObject({ cause: 'liquidation' })
  expect(only(events, 'TradeExecuted')).toMatchObject({ symbol: pair })
  const finished = only(events, 'LiquidationFinished')
  expect(finished).toMatchObject({ pair, outcome: 'closed', valueLiquidated: amountOf('2200') })
  expect(finished.clearanceFee).toBe(amountOf('44'))
  expect(standing(exchange, userId)).toMatchObject({ status: 'EXCESSIVE', marginLevel: '999' })
  expect(exchange.balance(userId, { pair }, 'BTC')).toBe('0 / 0 / 0 / 0')
  expect(exchange.balance(userId, 'SPOT', 'USDT')).toBe(spot)
})

test('S1 a failure stays inside its pair: another account of the user stands as it stood', () => {
  const { exchange, maker, userId, move } = indebted()
  const other = exchange.symbol('ETHUSDT').index
  exchange.quote(maker, 'ETHUSDT', [['2000', '500']], [['2000.01', '500']])
  move('SPOT', { pair: other }, 'USDT', '1000')
  exchange.must(exchange.order(userId, 'BUY 1 ETHUSDT', { ...ISOLATED, sideEffect: 'MARGIN_BUY' }))
  const before = standing(exchange, userId, 'ETHUSDT')
  exchange.quote(maker, 'BTCUSDT', [['15000', '50']], [['15001', '50']])
  const { events } = exchange.prices({ BTC: '15000' })
  // 1,500 against 2,000 owed: the fund pays, and nobody else.
  expect(only(events, 'LiquidationFinished').fundPaid).toBeGreaterThan(0n)
  expect(standing(exchange, userId, 'ETHUSDT')).toEqual(before)
  expect(exchange.balance(userId, 'SPOT', 'USDT')).toBe('58000 / 0 / 0 / 0')
  expect(exchange.ask('user', { userId })).toMatchObject({ liquidating: false })
})

test('Q2 while one pair is closed its commands are refused, those of another are not', () => {
  const { exchange, maker, userId, pair, move, loan } = indebted()
  const other = exchange.symbol('ETHUSDT').index
  exchange.quote(maker, 'BTCUSDT', [], [])
  exchange.prices({ BTC: '20000' })
  expect(standing(exchange, userId)?.status).toBe('FORCE_LIQUIDATION')
  const order = exchange.order(userId, 'SELL 0.01 BTCUSDT @ 30000', ISOLATED)
  for (const { refusal } of [
    exchange.do(order),
    loan('Borrow', 'USDT', '1'),
    loan('Repay', 'USDT', '1'),
    move({ pair }, 'SPOT', 'BTC', '0.01'),
    move('SPOT', { pair }, 'BTC', '0.01'),
  ]) {
    expect(refusal).toEqual({ reason: 'liquidating' })
  }
  expect(move('SPOT', { pair: other }, 'USDT', '100').refusal).toBeNull()
  // Rules Q3 and Q5: what no book takes the fund takes over after a minute.
  const { events } = exchange.pass(60_000)
  expect(only(events, 'LiquidationFinished')).toMatchObject({ pair, outcome: 'taken_over' })
  expect(standing(exchange, userId)?.quote.borrowed).toBe(0n)
})

test('S1 Q3 a pair quoted in BTC is settled in BTC', () => {
  const { exchange, maker, userId, move } = opened()
  const pair = exchange.symbol('ETHBTC').index
  exchange.quote(maker, 'ETHBTC', [['0.0666', '500']], [['0.0667', '500']])
  move('SPOT', { pair }, 'BTC', '0.1')
  exchange.must(exchange.order(userId, 'BUY 4 ETHBTC', { ...ISOLATED, sideEffect: 'MARGIN_BUY' }))
  const owed = standing(exchange, userId, 'ETHBTC')?.quote.borrowed ?? 0n
  expect(owed).toBe(amountOf('0.1668'))
  exchange.quote(maker, 'ETHBTC', [['0.0457', '500']], [['0.0458', '500']])
  const { events } = exchange.prices({ ETH: '1374' })
  expect(only(events, 'TradeExecuted')).toMatchObject({ symbol: pair })
  const finished = only(events, 'LiquidationFinished')
  expect(finished).toMatchObject({ outcome: 'closed', valueLiquidated: amountOf('0.1828') })
  expect(finished.clearanceFee).toBe(amountOf('0.003656'))
  expect(standing(exchange, userId, 'ETHBTC')?.quote.borrowed).toBe(0n)
})

test('L6 an order that would bring the pair to its liquidation level is refused', () => {
  const { exchange, maker, userId } = indebted()
  exchange.quote(maker, 'BTCUSDT', [['21900', '50']], [['30000.01', '50']])
  exchange.prices({ BTC: '27000' })
  const sell = exchange.order(userId, 'SELL 0.1 BTCUSDT @ 21900', ISOLATED)
  expect(exchange.do(sell).refusal).toMatchObject({ reason: 'trade_level_too_low', need: '1.1' })
})

test('E2 each isolated account counts in what a user is worth, debts deducted', () => {
  const { exchange, userId, loan } = opened()
  const sample = () => exchange.ask('eligibility', { userId }).samples.at(-1)?.equity
  exchange.pass(3_600_000)
  const before = sample()
  loan('Borrow', 'USDT', '4000')
  exchange.pass(3_600_000)
  const interest = standing(exchange, userId)?.quote.interest ?? 0n
  expect(sample()).toBe((before ?? 0n) - interest)
})

test('E7 a revoked identity leaves selling what is owned and buying back what is owed, and no loan', () => {
  const { exchange, userId, loan, move, pair } = opened()
  move('SPOT', { pair }, 'BTC', '0.5')
  const far = exchange.order(userId, 'BUY 0.01 BTCUSDT @ 25000', {
    ...ISOLATED,
    clientOrderId: 'buy',
  })
  const out = exchange.order(userId, 'SELL 0.2 BTCUSDT @ 31000', {
    ...ISOLATED,
    clientOrderId: 'sell',
  })
  exchange.must(far)
  exchange.must(out)
  exchange.must({ type: 'ReviewKyc', userId, decision: 'REVOKED', reason: 'x', reviewer: 'y' })
  const open = exchange.ask('openOrders', { userId, wallet: 'ISOLATED_MARGIN', symbol: pair })
  expect(open.map(({ clientOrderId }) => clientOrderId)).toEqual(['sell'])
  expect(exchange.do(exchange.order(userId, 'BUY 0.01 BTCUSDT', ISOLATED)).refusal?.reason).toBe(
    'reduce_only',
  )
  expect(loan('Borrow', 'USDT', '10').refusal?.reason).toBe('reduce_only')
  expect(exchange.do(exchange.order(userId, 'SELL 0.3 BTCUSDT', ISOLATED)).refusal).toBeNull()
})

test('E7 a revoked identity leaves buying back what a pair owes, to the last lot and no further', () => {
  const { exchange, userId, loan } = opened()
  expect(loan('Borrow', 'BTC', '0.1').refusal).toBeNull()
  exchange.must(exchange.order(userId, 'SELL 0.1 BTCUSDT', ISOLATED))
  exchange.must({ type: 'ReviewKyc', userId, decision: 'REVOKED', reason: 'x', reviewer: 'y' })
  const buy = (quantity: string) =>
    exchange.do(exchange.order(userId, `BUY ${quantity} BTCUSDT`, ISOLATED)).refusal?.reason ?? null
  // With the first hour's interest a little more than 0.1 is owed: one lot of 0.00001 reaches beyond it.
  expect(buy('0.10002')).toBe('reduce_only')
  expect(buy('0.10001')).toBeNull()
  expect(buy('0.001')).toBe('reduce_only')
})

test('Q6 S3 under binance a pair is closed at its tier’s level and only until a loan would be possible again', () => {
  const { exchange, maker, userId } = opened(loadProfile('binance'))
  exchange.must(
    exchange.order(userId, 'BUY 0.3 BTCUSDT', { ...ISOLATED, sideEffect: 'MARGIN_BUY' }),
  )
  const { borrowed, interest } = standing(exchange, userId)?.quote ?? { borrowed: 0n, interest: 0n }
  const at = ((borrowed + interest) * 105n * 10n) / 300n
  const bid = String(Math.floor(Number(at) / 1e8))
  exchange.quote(maker, 'BTCUSDT', [[bid, '50']], [[String(Number(bid) + 2), '50']])
  const above = exchange.prices({ BTC: decimalOf(at + 100n) })
  expect(above.events.some(({ type }) => type === 'LiquidationStarted')).toBe(false)
  const { events } = exchange.prices({ BTC: decimalOf(at - 100n) })
  expect(only(events, 'LiquidationStarted')).toMatchObject({ liquidationLevel: '1.05' })
  expect(only(events, 'LiquidationFinished')).toMatchObject({ outcome: 'stopped_early' })
  expect(Number(standing(exchange, userId)?.marginLevel)).toBeGreaterThan(1.111)
})

test('V6 accounts, debts, calls and running liquidations come back from a snapshot as they were', () => {
  const { exchange, maker, userId, pair, move, pricesAt } = indebted()
  exchange.user({ SPOT: { USDT: '1' } }, null)
  move('SPOT', { pair: exchange.symbol('ETHUSDT').index }, 'ETH', '1')
  exchange.must({
    type: 'SetIsolatedAccount',
    userId,
    pair: exchange.symbol('SOLUSDT').index,
    enabled: true,
  })
  exchange.must({
    type: 'SetIsolatedAccount',
    userId,
    pair: exchange.symbol('SOLUSDT').index,
    enabled: false,
  })
  exchange.prices({ BTC: pricesAt(112n)[1] })
  const called = encodeState(exchange.state)
  expect(Buffer.from(encodeState(decodeState(called))).equals(called)).toBe(true)
  exchange.quote(maker, 'BTCUSDT', [], [])
  exchange.prices({ BTC: '20000' })
  const closing = encodeState(exchange.state)
  const restored = decodeState(closing)
  expect(Buffer.from(encodeState(restored)).equals(closing)).toBe(true)
  const account = restored.users[userId - 1]?.isolated.get(pair)
  expect(account?.liquidation).not.toBeNull()
  expect(restored.indebted.has(account?.account as never)).toBe(true)
})
