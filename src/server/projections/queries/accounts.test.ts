import { afterAll, expect, test } from 'vitest'
import type { UserId } from '../../../core/domain/ids.ts'
import { at, LIQUIDATION, MINUTE_MS, openSampleDay } from '../sample-day.ts'
import { BTC, BTCUSDT, MAKER, OTHER, START_MS, USDT, USER } from '../sample-orders.ts'

const model = await openSampleDay()
afterAll(() => model.projector.close())

const page = { page: 1, size: 10 }

test.each([
  ['all of the margin wallet, newest first', { touching: 'CROSS_MARGIN' as const }, [26, 25]],
  ['into it', { to: 'CROSS_MARGIN' as const }, [25]],
  ['out of it', { from: 'CROSS_MARGIN' as const }, [26]],
  ['of another asset', { asset: BTC }, []],
  ['the second page', { page: 2, size: 1 }, [25]],
  ['from a time on', { startMs: at(26) }, [26]],
  ['up to a time', { endMs: at(26) - 1 }, [25]],
])('transfers: %s', async (_, request, expected) => {
  const { rows } = await model.queries.transfers(USER, { ...page, ...request })
  expect(rows.map(({ timeMs }) => (timeMs - START_MS) / MINUTE_MS)).toEqual(expected)
})

test('histories: the total counts every page', async () => {
  const { rows, total } = await model.queries.transfers(USER, { page: 2, size: 1 })
  expect([rows.length, total]).toEqual([1, 2])
  expect((await model.queries.transfers(OTHER, page)).total).toBe(0)
})

test('loans: taken and repaid, with what was interest', async () => {
  const { rows } = await model.queries.borrowRepay(USER, page)
  const shared = { transactionId: 1, pair: null, asset: USDT }
  expect(rows).toEqual([
    { ...shared, type: 'REPAY', principal: 48n, interest: 2n, origin: 'AUTO', timeMs: at(28) },
    { ...shared, type: 'BORROW', principal: 50n, interest: 0n, origin: 'MANUAL', timeMs: at(27) },
  ])
  const count = async (given: object) =>
    (await model.queries.borrowRepay(USER, { ...page, ...given })).total
  expect(await count({ type: 'REPAY' })).toBe(1)
  expect(await count({ transactionId: 1 })).toBe(2)
  expect(await count({ transactionId: 2 })).toBe(0)
  expect(await count({ pair: null })).toBe(2)
  expect(await count({ pair: BTCUSDT })).toBe(0)
})

test('interest: stands at the time it was due', async () => {
  const { rows } = await model.queries.interestHistory(USER, page)
  expect(rows.map(({ kind, chargedMs, dailyRate }) => [kind, chargedMs, dailyRate])).toEqual([
    ['PERIODIC', at(60), 240n],
    ['ON_BORROW', at(27), 240n],
  ])
})

test('users: their standing, the review queue, and how it came to that', async () => {
  const users = await model.queries.users(null, 10)
  expect(users.map(({ userId, kyc, marginMode }) => [userId, kyc, marginMode])).toEqual([
    [USER, 'REJECTED', 'CROSS'],
    [OTHER, 'PENDING', 'NONE'],
  ])
  const queue = await model.queries.usersByKyc('PENDING', 10)
  expect(queue.map(({ userId }) => userId)).toEqual([OTHER])
  const { rows } = await model.queries.kycHistory(USER, page)
  expect(rows).toEqual([
    { state: 'REJECTED', reason: 'blurred', reviewer: 'ann', timeMs: at(22) },
    { state: 'PENDING', reason: '', reviewer: '', timeMs: at(21) },
  ])
  expect((await model.queries.users(USER as UserId, 10)).length).toBe(1)
})

test('positions and deposits: with their signs', async () => {
  const { rows } = await model.queries.positionHistory(USER, { ...page, symbol: BTCUSDT })
  expect(rows).toEqual([
    { symbol: BTCUSDT, quantity: -5n, entryQuote: 50n, realizedPnl: -1n, timeMs: at(61) },
  ])
  expect((await model.queries.deposits(USER, page)).rows[0]?.amount).toBe(50n)
})

test('liquidations: from the trigger to how it ended, and what is running', async () => {
  const [running, finished] = await model.queries.liquidations(null, 10)
  expect([running?.liquidationId, running?.finished]).toEqual([2, null])
  expect(finished).toEqual(await model.queries.liquidation(LIQUIDATION))
  expect(finished).toMatchObject({
    userId: USER,
    startedMs: at(72),
    prices: [[BTC, 2n ** 60n, at(70)]],
    finished: { finishedMs: at(74), outcome: 'taken_over', lendersLost: 6n },
  })
  expect((await model.queries.liquidations(USER, 10)).length).toBe(1)
  const movements = await model.queries.liquidationMovements(LIQUIDATION)
  expect(movements.map(({ type, amount }) => [type, amount])).toEqual([
    ['TAKEN_ASSET', 4n],
    ['TAKEN_DEBT', 5n],
    ['GIVEN', 1n],
    ['LENDERS_LOSS', 6n],
  ])
})

test('liquidations: the orders are those that took, not those they met', async () => {
  const { rows, total } = await model.queries.liquidationOrders(USER, { ...page, pair: null })
  expect([rows.map(({ id }) => id), total]).toEqual([[7], 1])
  expect((await model.queries.liquidationOrders(MAKER, { ...page, pair: null })).total).toBe(0)
  expect((await model.queries.ordersOfLiquidation(USER, LIQUIDATION)).length).toBe(1)
  const trades = await model.queries.tradesOfLiquidation(USER, LIQUIDATION)
  expect(trades.map(({ tradeId }) => tradeId)).toEqual([5])
})

test('margin calls: made and ended', async () => {
  const { rows } = await model.queries.marginCalls(USER, page)
  expect(rows.map(({ type, level, callLevel }) => [type, level, callLevel])).toEqual([
    ['ENDED', '1.30000000', null],
    ['CALLED', '1.20000000', '1.25'],
  ])
})
