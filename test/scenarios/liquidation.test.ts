import { expect, test } from 'vitest'
import { all, amountOf, only, TestExchange } from '../../src/core/engine/test-exchange.ts'
import { VENUE_ACCOUNT } from '../../src/core/ledger/chart.ts'
import { formatDecimal } from '../../src/core/money/decimal.ts'
import { loadProfile } from '../../src/venue/profile.ts'
import type { Stage } from './liquidation-stage.ts'
import { gap, plainVenue, portfolio, quoteAll } from './liquidation-stage.ts'

const FUND = VENUE_ACCOUNT.insuranceFund

const level = ({ exchange, trader }: Stage) =>
  exchange.ask('marginAccount', { userId: trader }).standing.marginLevel

test('Q1 at a level of 1.1001 nothing happens, and the level says so', () => {
  const stage = portfolio()
  expect(level(stage)).toBe('1.50000000')
  quoteAll(stage.exchange, stage.maker, { BTC: '2002' })
  const { events } = stage.exchange.prices({ BTC: '2002' })
  expect(all(events, 'LiquidationStarted')).toEqual([])
  expect(level(stage)).toBe('1.10010000')
  expect(stage.exchange.ask('positions', { userId: stage.trader })).toHaveLength(3)
})

test('Q2 Q3 Q4 Q5 Q7 at a level of 1.1000 the whole portfolio is closed, debts are paid, the fee goes to the fund', () => {
  const { exchange, maker, trader } = portfolio()
  exchange.must(exchange.order(trader, 'BUY 1 ETHUSDT @ 500', { clientOrderId: 'resting' }))
  const fundBefore = exchange.state.ledger.free(FUND, exchange.asset('USDT'))
  quoteAll(exchange, maker, { BTC: '2000' })
  const { events } = exchange.prices({ BTC: '2000' })
  const started = only(events, 'LiquidationStarted')
  expect(started).toMatchObject({ userId: trader, level: '1.10000000', liquidationLevel: '1.1' })
  expect(started.prices).toContainEqual([
    exchange.asset('BTC'),
    amountOf('2000'),
    exchange.state.nowMs,
  ])
  expect(started.assetsUsdt * 10n).toBe(started.debtsUsdt * 11n)
  expect(all(events, 'OrderEnded').find((e) => e.clientOrderId === 'resting')).toMatchObject({
    status: 'EXPIRED',
    cause: 'liquidation',
  })
  const trades = all(events, 'TradeExecuted').map((t) => [
    exchange.state.venue?.symbols[t.symbol]?.symbol,
    t.taker.side,
  ])
  expect(trades).toEqual([
    ['ETHUSDT', 'SELL'],
    ['BTCUSDT', 'SELL'],
    ['SOLUSDT', 'BUY'],
  ])
  const finished = only(events, 'LiquidationFinished')
  expect(finished).toMatchObject({ outcome: 'closed', fundPaid: 0n, lendersLost: 0n })
  expect(finished.clearanceFee * 50n).toBe(finished.valueLiquidated)
  expect(exchange.state.ledger.free(FUND, exchange.asset('USDT')) - fundBefore).toBe(
    finished.clearanceFee,
  )
  for (const line of exchange.ask('balances', { userId: trader, wallet: 'CROSS_MARGIN' })) {
    expect([line.borrowed, line.interest, line.locked]).toEqual([0n, 0n, 0n])
    if (line.asset !== exchange.asset('USDT')) expect(line.free).toBe(0n)
  }
  expect(exchange.ask('positions', { userId: trader })).toEqual([])
  expect(exchange.ask('user', { userId: trader })).toMatchObject({ liquidating: false })
})

test('Q1 exactly 1.1 liquidates, one unit of price above does not', () => {
  const price = (extra: bigint) => {
    const stage = portfolio()
    const { exchange, trader } = stage
    const btc = exchange.asset('BTC')
    const account = exchange.state.users[trader - 1]?.accounts.CROSS_MARGIN as never
    let others = 0n
    let debts = 0n
    exchange.state.ledger.forEachHolding(account, (asset, held, owed) => {
      const price = exchange.state.prices[asset] ?? 0n
      if (asset !== btc) others += held * price
      debts += owed * price
    })
    // 1 BTC: the price at which assets are exactly 1.1 times the debts.
    const at = (debts * 11n - others * 10n) / 10n / 100_000_000n
    const text = formatDecimal(at + extra, 8)
    return all(exchange.prices({ BTC: text }).events, 'LiquidationStarted').length
  }
  expect([price(1n), price(0n)]).toEqual([0, 1])
})

test('Q2 a liquidating account is refused everything until it is over', () => {
  const { exchange, maker, trader } = portfolio()
  for (const code of ['BTC', 'ETH', 'SOL']) exchange.quote(maker, `${code}USDT`, [], [])
  exchange.prices({ BTC: '1990' })
  expect(exchange.ask('user', { userId: trader })).toMatchObject({ liquidating: true })
  const usdt = exchange.asset('USDT')
  const amount = amountOf('1')
  const userId = trader
  const refusals = [
    exchange.do(exchange.order(trader, 'BUY 1 ETHUSDT @ 900')),
    exchange.do({ type: 'Borrow', pair: null, userId, asset: usdt, amount }),
    exchange.do({ type: 'Repay', pair: null, userId, asset: usdt, amount }),
    exchange.do({
      type: 'Transfer',
      userId,
      asset: usdt,
      amount,
      from: 'CROSS_MARGIN',
      to: 'SPOT',
    }),
    exchange.do({ type: 'SetMarginMode', userId, mode: 'NONE' }),
    exchange.do({ type: 'SetLeverage', userId, leverage: 3 }),
  ].map((outcome) => outcome.refusal?.reason)
  expect(new Set(refusals)).toEqual(new Set(['liquidating']))
})

test('Q3 what the books cannot take inside the band waits, and is taken over at index price after 60 seconds', () => {
  const { exchange, maker, trader } = portfolio()
  for (const code of ['ETH', 'SOL']) exchange.quote(maker, `${code}USDT`, [], [])
  // A bid, but more than ten per cent below the index: it is not traded with.
  exchange.quote(maker, 'BTCUSDT', [['1790', '10']], [])
  const { events } = exchange.prices({ BTC: '1990' })
  expect(all(events, 'TradeExecuted')).toEqual([])
  expect(all(exchange.pass(59_999).events, 'LiquidationFinished')).toEqual([])
  const over = exchange.pass(1).events
  expect(only(over, 'LiquidationTakenOver').userId).toBe(trader)
  expect(only(over, 'LiquidationFinished')).toMatchObject({ outcome: 'taken_over', fundPaid: 0n })
  for (const line of exchange.ask('balances', { userId: trader, wallet: 'CROSS_MARGIN' })) {
    expect([line.borrowed, line.interest]).toEqual([0n, 0n])
  }
  expect(exchange.ask('positions', { userId: trader })).toEqual([])
})

test('Q3 the next price gives the books another try', () => {
  const { exchange, maker, trader } = portfolio()
  for (const code of ['BTC', 'ETH', 'SOL']) exchange.quote(maker, `${code}USDT`, [], [])
  exchange.prices({ BTC: '1990' })
  quoteAll(exchange, maker, { BTC: '1990', ETH: '1000', SOL: '100' })
  const { events } = exchange.prices({ BTC: '1990.5' })
  expect(only(events, 'LiquidationFinished')).toMatchObject({ userId: trader, outcome: 'closed' })
})

test('Q5 a gap beyond the account is paid by the fund, and the sums agree to the unit', () => {
  const { exchange, maker, trader } = portfolio()
  const usdt = exchange.asset('USDT')
  const fund = () => exchange.state.ledger.free(FUND, usdt)
  const before = fund()
  const events = gap(exchange, maker, { BTC: '10', ETH: '500' })
  const finished = only(events, 'LiquidationFinished')
  expect(finished.outcome).toBe('taken_over')
  expect(finished.fundPaid).toBeGreaterThan(amountOf('4000'))
  expect(finished.lendersLost).toBe(0n)
  expect(before - fund()).toBe(finished.fundPaid - finished.clearanceFee)
  expect(exchange.balance(trader, 'CROSS_MARGIN', 'USDT')).toBe('0 / 0 / 0 / 0')
})

test('Q5 past the fund the lenders bear the rest, as a named event, and the user still owes it', () => {
  const { exchange, maker, trader } = portfolio({ insuranceFund: { USDT: '1000' } })
  const events = gap(exchange, maker, { BTC: '10', ETH: '500' })
  const lost = all(events, 'LossShared')
  const finished = only(events, 'LiquidationFinished')
  expect(finished.fundPaid).toBe(amountOf('1000'))
  expect(lost.length).toBeGreaterThan(0)
  expect(finished.lendersLost).toBe(lost.reduce((sum, { amount }) => sum + amount, 0n))
  expect(exchange.state.users[trader - 1]?.recoverable.size).toBe(lost.length)
})

test('B7 while a loss is beyond the fund, what is owed by the insolvent account is not lent', () => {
  const { exchange, maker, trader } = portfolio({ insuranceFund: { USDT: '1000' } })
  const other = exchange.user({ CROSS_MARGIN: { USDT: '10000' } })
  const lends = (code: string) => {
    const asset = exchange.asset(code)
    const amount = amountOf('10')
    return (
      exchange.do({ type: 'Borrow', pair: null, userId: other, asset, amount }).refusal?.reason ??
      'yes'
    )
  }
  for (const code of ['BTC', 'ETH', 'SOL']) exchange.quote(maker, `${code}USDT`, [], [])
  // 990 are missing, then 4,990. What is owed is SOL: the debt in USDT was paid from what there was.
  exchange.prices({ BTC: '10', ETH: '900', LTC: '100' })
  expect(exchange.ask('user', { userId: trader })).toMatchObject({ liquidating: true })
  const before = ['USDT', 'SOL', 'LTC'].map(lends)
  exchange.prices({ BTC: '10', ETH: '500', SOL: '100', LTC: '100' })
  expect(before).toEqual(['yes', 'yes', 'yes'])
  expect(['USDT', 'SOL', 'LTC'].map(lends)).toEqual(['yes', 'borrow_banned', 'yes'])
  exchange.pass(60_000)
  expect(exchange.ask('user', { userId: trader })).toMatchObject({ liquidating: false })
  exchange.prices({ BTC: '10', ETH: '500', SOL: '100', LTC: '100' })
  expect(exchange.ask('insuranceFund', {}).some((line) => line.borrowed > 0n)).toBe(true)
  expect(['USDT', 'SOL', 'LTC'].map(lends)).toEqual(['yes', 'yes', 'yes'])
})

test('Q6 with early stop the liquidation ends once the level is past it, and the rest stays', () => {
  const binance = loadProfile('binance')
  const stage = portfolio({ levels: binance.policy.levels })
  quoteAll(stage.exchange, stage.maker, { BTC: '1990' })
  const { events } = stage.exchange.prices({ BTC: '1990' })
  expect(only(events, 'LiquidationFinished')).toMatchObject({ outcome: 'stopped_early' })
  expect(stage.exchange.ask('positions', { userId: stage.trader }).length).toBeGreaterThan(0)
  expect(Number(level(stage))).toBeGreaterThan(1.2)
})

test('Q4 Q6 a liquidation that ends early pays its fee, and the level stays past the stop', () => {
  const exchange = new TestExchange(plainVenue({ levels: loadProfile('binance').policy.levels }))
  exchange.prices({ BTC: '10000', ETH: '1000', SOL: '100' })
  const maker = exchange.stranger({
    SPOT: { USDT: '10000000', BTC: '100', ETH: '1000', SOL: '10000' },
  })
  quoteAll(exchange, maker, { BTC: '9999.99', ETH: '999.99', SOL: '99.999' })
  const trader = exchange.user({ CROSS_MARGIN: { USDT: '10000' } })
  for (const order of ['BUY 1 BTCUSDT', 'BUY 10 ETHUSDT', 'BUY 100 SOLUSDT']) {
    exchange.must(exchange.order(trader, order, { sideEffect: 'MARGIN_BUY' }))
  }
  quoteAll(exchange, maker, { BTC: '2000', ETH: '1000', SOL: '100' })
  const finished = only(exchange.prices({ BTC: '2000' }).events, 'LiquidationFinished')
  expect(finished).toMatchObject({ outcome: 'stopped_early', clearanceFee: amountOf('400') })
  expect(exchange.balance(trader, 'CROSS_MARGIN', 'USDT')).toBe('0 / 0 / 400 / 0')
  expect(level({ exchange, maker, trader })).toBe('5.00000000')
})

test('Q6 X3 without the index of a debt nobody can say that the level is past it', () => {
  const { exchange, maker, trader } = portfolio({ levels: loadProfile('binance').policy.levels })
  for (const name of ['BTCUSDT', 'ETHUSDT', 'SOLUSDT']) exchange.quote(maker, name, [], [])
  only(exchange.prices({ BTC: '1990' }).events, 'LiquidationStarted')
  const prices = [[exchange.asset('SOL'), null]] as const
  const { events } = exchange.must({ type: 'SetIndexPrices', prices })
  expect(all(events, 'LiquidationFinished')).toEqual([])
  expect(exchange.ask('user', { userId: trader })).toMatchObject({ liquidating: true })
})

test('Q8 Q9 of several accounts breached by one price the lowest level goes first, then the lowest user id', () => {
  const exchange = new TestExchange(plainVenue())
  exchange.prices({ BTC: '10000' })
  const maker = exchange.stranger({ SPOT: { USDT: '100000000', BTC: '1000' } })
  quoteAll(exchange, maker, { BTC: '10000' }, '5000')
  const traders = ['10000', '8000', '10000'].map((own) => {
    const trader = exchange.user({ CROSS_MARGIN: { USDT: own } })
    exchange.must(exchange.order(trader, 'BUY 3 BTCUSDT', { sideEffect: 'MARGIN_BUY' }))
    return trader
  })
  quoteAll(exchange, maker, { BTC: '7000' }, '5000')
  const { events } = exchange.prices({ BTC: '7000' })
  const order = all(events, 'LiquidationStarted').map((e) => e.userId)
  expect(order).toEqual([traders[1], traders[0], traders[2]])
})

test('L5 a margin call comes at the call level, again 0.02 lower and every 24 hours, and ends above it', () => {
  const { exchange } = portfolio()
  const calls = (price: string) => {
    const { events } = exchange.prices({ BTC: price })
    return [
      ...all(events, 'MarginCalled').map((e) => e.level),
      ...all(events, 'MarginCallEnded').map(() => 'ended'),
    ]
  }
  expect(calls('3300')).toEqual([])
  expect(calls('3200')).toEqual(['1.16000000'])
  expect(calls('3000')).toEqual([])
  expect(calls('2800')).toEqual(['1.14000000'])
  const day = exchange.pass(24 * 3_600_000).events
  expect(all(day, 'MarginCalled')).toHaveLength(1)
  expect(calls('5000')).toEqual(['ended'])
})

test('X3 an index that is too old liquidates nobody, and its next price does', () => {
  const { exchange, maker, trader } = portfolio()
  const started = (events: Parameters<typeof all>[0]) => all(events, 'LiquidationStarted').length
  const atLast = { BTC: '2000', ETH: '1000' }
  quoteAll(exchange, maker, atLast)
  exchange.pass(60_000)
  expect(started(exchange.prices({ ETH: '1000', SOL: '100' }).events)).toBe(0)
  exchange.pass(1)
  // BTC, and what is owed in SOL, are 60,001 ms and 1 ms old; only what is owed has moved.
  expect(started(exchange.prices({ SOL: '181' }).events)).toBe(0)
  expect(exchange.ask('risk', { userId: trader }).standing.marginLevel < '1.1').toBe(true)
  expect(started(exchange.prices({ BTC: '10000' }).events)).toBe(1)
})

test('X3 Q3 a liquidation that waits goes on and is taken over only on an index that is good', () => {
  const { exchange, maker, trader } = portfolio()
  for (const code of ['BTC', 'ETH', 'SOL']) exchange.quote(maker, `${code}USDT`, [], [])
  exchange.prices({ BTC: '1990' })
  quoteAll(exchange, maker, { BTC: '1990' })
  const waited = exchange.pass(60_001).events
  expect(all(waited, 'TradeExecuted')).toEqual([])
  expect(all(waited, 'LiquidationFinished')).toEqual([])
  const over = exchange.prices({ BTC: '1990', ETH: '1000', SOL: '100' }).events
  expect(only(over, 'LiquidationFinished')).toMatchObject({ userId: trader, outcome: 'taken_over' })
})
