import { expect, test } from 'vitest'
import type { Event } from '../../src/core/domain/event.ts'
import type { UserId } from '../../src/core/domain/ids.ts'
import type { PolicyDocument } from '../../src/core/domain/venue-document.ts'
import { decodeState, encodeState } from '../../src/core/engine/snapshot.ts'
import { all, amountOf, only, TestExchange } from '../../src/core/engine/test-exchange.ts'
import { VENUE_ACCOUNT } from '../../src/core/ledger/chart.ts'
import { gap, plainVenue, portfolio, quoteAll } from './liquidation-stage.ts'

const FUND = VENUE_ACCOUNT.insuranceFund

/** So many accounts, each long 3 BTC from 10,000 with the given USDT of its own, and a deep book at 7,000. */
function crowd(owns: readonly string[], policy: Partial<PolicyDocument>) {
  const exchange = new TestExchange(plainVenue(policy))
  exchange.prices({ BTC: '10000' })
  const maker = exchange.stranger({ SPOT: { USDT: '100000000', BTC: '1000' } })
  quoteAll(exchange, maker, { BTC: '10000' }, '5000')
  const traders = owns.map((own) => {
    const trader = exchange.user({ CROSS_MARGIN: { USDT: own } })
    exchange.must(exchange.order(trader, 'BUY 3 BTCUSDT', { sideEffect: 'MARGIN_BUY' }))
    return trader
  })
  quoteAll(exchange, maker, { BTC: '7000' }, '5000')
  return { exchange, maker, traders }
}

const closed = (events: readonly Event[]) =>
  all(events, 'LiquidationFinished').map(({ userId }) => userId)

test('Q2 Q3 Q8 a command closes as many as the policy lets it, lowest level first; the rest is locked and waits', () => {
  const liquidation = { ordersPerCommand: 2 }
  const { exchange, traders } = crowd(['10100', '9500', '10000', '10000'], { liquidation })
  const [a, b, c, d] = traders as [UserId, UserId, UserId, UserId]
  const { events } = exchange.prices({ BTC: '7000' })
  expect(all(events, 'LiquidationStarted').map(({ userId }) => userId)).toEqual([b, c, d, a])
  const refused = exchange.do(exchange.order(a, 'BUY 1 BTCUSDT @ 5000')).refusal
  const later = [exchange.pass(1).events, exchange.pass(1).events, exchange.pass(1).events]
  expect([closed(events), ...later.map(closed)]).toEqual([[b, c], [d, a], [], []])
  expect(refused?.reason).toBe('liquidating')
})

test('Q8 what waits is part of the state: a restored venue goes on in the same order', () => {
  const liquidation = { ordersPerCommand: 1 }
  const { exchange } = crowd(['10000', '8000', '9000'], { liquidation })
  exchange.prices({ BTC: '7000' })
  const restored = decodeState(encodeState(exchange.state))
  expect(encodeState(restored)).toEqual(encodeState(exchange.state))
  expect([...restored.buffers.keys()]).toEqual(
    [...exchange.state.buffers.keys()].sort((x, y) => x - y),
  )
})

test('Q2 Q8 a crowd at once: all are locked by the price that brought them down, and few orders go out', () => {
  const liquidation = { ordersPerCommand: 20 }
  const { exchange, traders } = crowd(Array(100).fill('9999'), { liquidation })
  const { events } = exchange.prices({ BTC: '7000' })
  expect(all(events, 'LiquidationStarted')).toHaveLength(100)
  expect(closed(events)).toEqual(traders.slice(0, 20))
  const sizes = Array.from({ length: 4 }, () => closed(exchange.pass(1).events).length)
  expect(sizes).toEqual(Array(4).fill(20))
})

// Long 3 BTC with debts of 20,000: at 7,334 the level is 1.1001, at 7,333 it is at 1.09995 and the equity 1,999.
test.each([
  // Within what the account is worth, 9.08 % of the index.
  ['6667.00', 1, 'closed'],
  // A tick below: the account would not pay for it, and the band alone would have allowed it.
  ['6666.00', 0, 'waits'],
] as const)(
  'Q3 a bid of %s may be sold to %i times: a closing order costs no more than the account is worth',
  (bid, trades, state) => {
    const { exchange, maker, traders } = crowd(['10000'], {})
    exchange.quote(maker, 'BTCUSDT', [[bid, '10']], [])
    const { events } = exchange.prices({ BTC: '7333' })
    expect(all(events, 'TradeExecuted')).toHaveLength(trades)
    const liquidating = exchange.ask('user', { userId: traders[0] as UserId })?.liquidating
    expect(liquidating ? 'waits' : 'closed').toBe(state)
    for (const finished of all(events, 'LiquidationFinished')) expect(finished.fundPaid).toBe(0n)
  },
)

test.each([
  ['6370', 1],
  ['6369', 0],
] as const)(
  'Q3 an insolvent account is sold at %s at worst, the clearance fee from the index: %i trades',
  (bid, trades) => {
    const { exchange, maker } = crowd(['10000'], {})
    exchange.quote(maker, 'BTCUSDT', [[bid, '10']], [])
    const { events } = exchange.prices({ BTC: '6500' })
    expect(all(events, 'TradeExecuted')).toHaveLength(trades)
  },
)

/** Owes 3,990 USDT to lenders and 1,000 to the fund from before. */
function ruined() {
  const { exchange, maker, trader } = portfolio({ insuranceFund: { USDT: '1000' } })
  gap(exchange, maker, { BTC: '10', ETH: '500' })
  exchange.prices({ BTC: '10000', ETH: '1000', SOL: '100' })
  const user = exchange.state.users[trader - 1] as (typeof exchange.state.users)[number]
  const owes = () => [...user.recoverable].map(([asset, sum]) => [asset, sum] as [number, bigint])
  return { exchange, trader, user, owes }
}

test('Q10 what a user owes from before is collected from what comes in: lenders first, in kind or at index, then the fund', () => {
  const { exchange, trader, user, owes } = ruined()
  const { ledger } = exchange.state
  const usdt = exchange.asset('USDT')
  const [asset, owed] = owes()[0] as [number, bigint]
  expect([asset, user.owedToFund]).toEqual([usdt, amountOf('1000')])
  const pool = ledger.free(VENUE_ACCOUNT.lendersDue, usdt)
  const deposit = (wallet: 'SPOT' | 'FUNDING', code: string, text: string) =>
    exchange.must(exchange.deposit(trader, wallet, code, text)).events
  // In kind, to the unit, from any wallet.
  expect(only(deposit('SPOT', 'USDT', '1'), 'LossRecovered').toLenders).toEqual([
    [usdt, amountOf('1')],
  ])
  expect(ledger.free(VENUE_ACCOUNT.lendersDue, usdt) - pool).toBe(amountOf('1'))
  expect(exchange.balance(trader, 'SPOT', 'USDT')).toBe('0 / 0 / 0 / 0')
  // In another asset at index price: one unit more than enough leaves the user that unit.
  const rest = owed - amountOf('1') + amountOf('1000')
  const needed = (rest + 99n) / 100n
  const sol = exchange.asset('SOL')
  const more = { type: 'Deposit', userId: trader, wallet: 'FUNDING', asset: sol } as const
  const { events } = exchange.must({ ...more, amount: (needed + 1n) as typeof user.owedToFund })
  const recovered = only(events, 'LossRecovered')
  expect(recovered.toFund).toBe(amountOf('1000'))
  expect(recovered.toLenders).toEqual([[usdt, owed - amountOf('1')]])
  expect(owes()).toEqual([])
  expect(user.owedToFund).toBe(0n)
  expect(all(deposit('SPOT', 'USDT', '1'), 'LossRecovered')).toEqual([])
})

test('Q10 X3 what has no good index is not collected, unless in kind', () => {
  const { exchange, trader, owes } = ruined()
  const before = owes()
  exchange.must({ type: 'SetIndexPrices', prices: [[exchange.asset('SOL'), null]] })
  const { events } = exchange.must(exchange.deposit(trader, 'SPOT', 'SOL', '5'))
  expect(all(events, 'LossRecovered')).toEqual([])
  expect([owes(), exchange.balance(trader, 'SPOT', 'SOL')]).toEqual([before, '5 / 0 / 0 / 0'])
})

test('Q11 a user has the account closed at any level, on the terms of every liquidation', () => {
  const { exchange, trader } = portfolio()
  const stranger = exchange.user({ CROSS_MARGIN: { USDT: '10' } })
  const reasonOf = (userId: UserId) =>
    exchange.do({ type: 'LiquidateAccount', userId, pair: null }).refusal?.reason
  expect(reasonOf(stranger)).toBe('nothing_owed')
  const { events } = exchange.must({ type: 'LiquidateAccount', userId: trader, pair: null })
  expect(only(events, 'LiquidationStarted')).toMatchObject({ trigger: 'USER', level: '1.50000000' })
  const finished = only(events, 'LiquidationFinished')
  expect(finished.outcome).toBe('closed')
  expect(finished.clearanceFee * 50n).toBe(finished.valueLiquidated)
  expect(reasonOf(trader)).toBe('nothing_owed')
})

test('Q12 the fund buys what it owes and sells what it took over, near the index and little by little', () => {
  const liquidation = { fundBand: '0.01', fundOrderMax: '3000' }
  const { exchange, maker, trader } = portfolio({ liquidation, insuranceFund: { USDT: '100000' } })
  for (const code of ['BTC', 'ETH', 'SOL']) exchange.quote(maker, `${code}USDT`, [], [])
  exchange.prices({ BTC: '1990' })
  expect(only(exchange.pass(60_000).events, 'LiquidationTakenOver').userId).toBe(trader)
  const line = (code: string) =>
    exchange.ask('insuranceFund', {}).find(({ asset }) => asset === exchange.asset(code))
  expect([line('SOL')?.borrowed, line('ETH')?.free]).toEqual([amountOf('100'), amountOf('10')])
  // Two per cent away is too far.
  const fair = { BTC: '1990', ETH: '1000', SOL: '100' }
  quoteAll(exchange, maker, { ...fair, ETH: '980', SOL: '102' })
  const far = all(exchange.prices(fair).events, 'TradeExecuted')
  expect(far.map(({ taker }) => taker.side)).toEqual(['SELL'])
  quoteAll(exchange, maker, fair)
  const steps = Array.from({ length: 4 }, () => {
    const { events } = exchange.prices(fair)
    return all(events, 'TradeExecuted').filter(({ taker }) => taker.userId === 0).length
  })
  expect(steps).toEqual([2, 2, 2, 2])
  expect([
    line('SOL')?.borrowed ?? 0n,
    line('ETH')?.free ?? 0n,
    exchange.state.fundTaken.size,
  ]).toEqual([0n, 0n, 0])
  expect(exchange.state.ledger.owesAnything(FUND)).toBe(false)
})
