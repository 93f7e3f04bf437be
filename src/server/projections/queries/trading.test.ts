import { afterAll, expect, test } from 'vitest'
import type { OrderId, SymbolIndex, TradeId } from '../../../core/domain/ids.ts'
import { at, openSampleDay } from '../sample-day.ts'
import { BTC, BTCUSDT, MAKER, OTHER, order, USER } from '../sample-orders.ts'

const model = await openSampleDay()
afterAll(() => model.projector.close())

const scope = { userId: USER, wallet: 'CROSS_MARGIN', symbol: BTCUSDT } as const

test('orders: an order as it is now, by its id and only in its scope', async () => {
  const found = await model.queries.orderById(scope, 4 as OrderId)
  expect(found).toEqual({
    ...(({ accountId: _, locked: __, reservePrice: ___, ...rest }) => rest)(
      order({ id: 4 as OrderId }),
    ),
    status: 'CANCELED',
    endCause: 'user',
    preventedMatchId: null,
    executedLots: 1,
    updatedMs: at(3),
    liquidationId: null,
    executedQuote: 0n,
  })
  expect(await model.queries.orderById({ ...scope, userId: OTHER }, 4 as OrderId)).toBeNull()
  expect(await model.queries.orderById({ ...scope, wallet: 'SPOT' }, 4 as OrderId)).toBeNull()
  const elsewhere = { ...scope, symbol: 1 as SymbolIndex }
  expect(await model.queries.orderById(elsewhere, 4 as OrderId)).toBeNull()
})

test('orders: the latest of a client order id used twice', async () => {
  expect((await model.queries.orderByClientId(scope, 'again'))?.id).toBe(6)
  expect(await model.queries.orderByClientId(scope, 'never')).toBeNull()
})

test('orders: a quiet user keeps those that traded, another those not ended by a new quote', async () => {
  const quiet = { userId: MAKER, wallet: 'SPOT', symbol: BTCUSDT } as const
  const orders = await model.queries.orders({ ...quiet, limit: 10 })
  expect(orders.map(({ id, executedLots }) => [id, executedLots])).toEqual([
    [1, 1],
    [2, 1],
  ])
  expect(await model.queries.orders({ ...scope, userId: OTHER, limit: 10 })).toEqual([])
})

test.each<
  [string, { orderId?: number; startMs?: number; endMs?: number; limit?: number }, number[]]
>([
  ['all, oldest first', {}, [4, 5, 6, 7]],
  ['the latest when limited', { limit: 2 }, [6, 7]],
  ['from an order on', { orderId: 5, limit: 2 }, [5, 6]],
  ['from a time on, that moment included', { startMs: at(10), limit: 1 }, [6]],
  ['from the millisecond after', { startMs: at(10) + 1 }, []],
  ['up to a time', { endMs: at(10) - 1 }, [4, 5]],
  ['up to that moment', { endMs: at(10) }, [4, 5, 6, 7]],
  ['the latest up to a time', { endMs: at(9), limit: 1 }, [5]],
  ['between times', { startMs: at(0), endMs: at(9) }, [4, 5]],
])('orders: %s', async (_, { orderId, ...request }, expected) => {
  const orders = await model.queries.orders({
    ...scope,
    limit: 100,
    ...request,
    orderId: orderId as OrderId | undefined,
  })
  expect(orders.map(({ id }) => id)).toEqual(expected)
})

test.each<
  [
    string,
    { orderId?: number; fromId?: number; startMs?: number; endMs?: number; limit?: number },
    number[],
  ]
>([
  ['all, oldest first', {}, [1, 2, 3, 4, 5]],
  ['the latest when limited', { limit: 2 }, [4, 5]],
  ['of one order', { orderId: 5 }, [2, 3, 4]],
  ['of an order of someone else', { orderId: 1 }, []],
  ['from an id on', { fromId: 2, limit: 2 }, [2, 3]],
  ['from a time on', { startMs: at(2), limit: 1 }, [2]],
  ['from the millisecond after', { startMs: at(2) + 1 }, [5]],
  ['from later than all', { startMs: at(12) }, []],
  ['up to a time', { endMs: at(2) }, [1, 2, 3, 4]],
  ['up to the millisecond before', { endMs: at(2) - 1 }, [1]],
])('trades: %s', async (_, { orderId, fromId, ...request }, expected) => {
  const trades = await model.queries.trades({
    ...scope,
    limit: 100,
    ...request,
    orderId: orderId as OrderId | undefined,
    fromId: fromId as TradeId | undefined,
  })
  expect(trades.map(({ tradeId }) => tradeId)).toEqual(expected)
})

test('trades: every field, for either side', async () => {
  const [taken] = await model.queries.trades({ ...scope, limit: 1 })
  expect(taken).toEqual({
    symbol: BTCUSDT,
    tradeId: 5,
    orderId: 7,
    price: 90,
    lots: 1,
    quote: 90n,
    fee: 3n,
    feeAsset: BTC,
    timeMs: at(11),
    isBuyer: false,
    isMaker: false,
    liquidationId: 1,
  })
  const [made] = await model.queries.trades({ ...scope, userId: MAKER, wallet: 'SPOT', limit: 1 })
  expect([made?.orderId, made?.isBuyer, made?.isMaker]).toEqual([2, true, true])
})

test('public trades: once each, from an id on or the latest', async () => {
  const latest = await model.queries.publicTrades(BTCUSDT, { limit: 2 })
  expect(latest.map(({ tradeId, buyerIsMaker }) => [tradeId, buyerIsMaker])).toEqual([
    [4, false],
    [5, true],
  ])
  const from = await model.queries.publicTrades(BTCUSDT, { fromId: 2 as TradeId, limit: 2 })
  expect(from.map(({ tradeId }) => tradeId)).toEqual([2, 3])
})

test('aggregate trades: one for what an order took at one price', async () => {
  const all = await model.queries.aggregateTrades(BTCUSDT, { limit: 10 })
  const short = all.map((row) => [row.aggregateId, row.lastTradeId, row.price, row.lots])
  expect(short).toEqual([
    [1, 1, 100, 1],
    [2, 3, 101, 3],
    [4, 4, 99, 1],
    [5, 5, 90, 1],
  ])
  const timed = await model.queries.aggregateTrades(BTCUSDT, {
    startMs: at(2),
    endMs: at(2),
    limit: 10,
  })
  expect(timed.map(({ aggregateId }) => aggregateId)).toEqual([2, 4])
  const from = await model.queries.aggregateTrades(BTCUSDT, { fromId: 4 as TradeId, limit: 1 })
  expect(from.map(({ aggregateId }) => aggregateId)).toEqual([4])
})
