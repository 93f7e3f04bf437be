import { afterAll, expect, test } from 'vitest'
import type { OrderId, OrderListId, PreventedMatchId, Sequence } from '../../../core/domain/ids.ts'
import { at, openSampleDay } from '../sample-day.ts'
import { ETHUSDT } from '../sample-lists.ts'
import { BTCUSDT, MAKER, OTHER, USER } from '../sample-orders.ts'

const model = await openSampleDay()
afterAll(() => model.projector.close())

const scope = { userId: OTHER, wallet: 'SPOT', symbol: ETHUSDT } as const
const unnamed = { listId: null, clientListId: null }

test('T12 a list as it is now, with the names its orders have', async () => {
  const found = await model.queries.orderList(scope, { ...unnamed, listId: 1 as OrderListId })
  expect(found).toEqual({
    id: 1,
    clientListId: 'list-1',
    ...scope,
    kind: 'OCO',
    orders: [20, 21],
    clientOrderIds: ['client-20', 'renamed'],
    createdMs: at(13),
    status: 'ALL_DONE',
    updatedMs: at(16),
  })
})

test.each([
  ['by id', { listId: 2 as OrderListId }, 2],
  ['by a name used again: the latest', { clientListId: 'list-1' }, 2],
  ['by id where both are given', { listId: 1 as OrderListId, clientListId: 'never' }, 1],
  ['by an id that is none', { listId: 9 as OrderListId }, undefined],
  ['by a name that is none', { clientListId: 'never' }, undefined],
])('T12 one list: %s', async (_, reference, expected) => {
  const found = await model.queries.orderList(scope, { ...unnamed, ...reference })
  expect(found?.id).toBe(expected)
})

test.each([
  ['another user', { userId: USER }],
  ['another wallet', { wallet: 'CROSS_MARGIN' }],
  ['another symbol', { symbol: BTCUSDT }],
] as const)('T12 a list is not in the scope of %s', async (_, other) => {
  const elsewhere = { ...scope, ...other }
  const reference = { ...unnamed, listId: 1 as OrderListId }
  expect(await model.queries.orderList(elsewhere, reference)).toBeNull()
  expect(await model.queries.orderLists({ ...elsewhere, limit: 9 })).toEqual([])
})

test.each<
  [string, { fromId?: number; startMs?: number; endMs?: number; limit?: number }, number[]]
>([
  ['all, oldest first', {}, [1, 2]],
  ['the latest when limited', { limit: 1 }, [2]],
  ['from a list on', { fromId: 1, limit: 1 }, [1]],
  ['from past the last', { fromId: 3 }, []],
  ['from a time on, that moment included', { startMs: at(17) }, [2]],
  ['from the millisecond after', { startMs: at(17) + 1 }, []],
  ['up to a time, that moment included', { endMs: at(13) }, [1]],
  ['up to the millisecond before', { endMs: at(13) - 1 }, []],
])('T12 lists: %s', async (_, { fromId, ...request }, expected) => {
  const { symbol: _symbol, ...everywhere } = scope
  const lists = await model.queries.orderLists({
    ...everywhere,
    limit: 9,
    ...request,
    fromId: fromId as OrderListId | undefined,
  })
  expect(lists.map(({ id }) => id)).toEqual(expected)
})

test('T8 an order keeps its conditions and marks, and says when it came into the market', async () => {
  const found = await model.queries.orderById(scope, 21 as OrderId)
  expect(found).toMatchObject({
    type: 'STOP_LOSS_LIMIT',
    stopPrice: 70,
    trailingBips: 250,
    icebergLots: 4,
    listId: 1,
    strategyId: 37_463_720,
    strategyType: 1_000_000,
    stage: 'WORKING',
    createdMs: at(13),
    workingMs: at(14),
    updatedMs: at(16),
    clientOrderId: 'renamed',
    lots: 8,
    amendments: 1,
    status: 'CANCELED',
    endCause: 'user',
  })
})

test.each([
  [20, { endCause: 'list', stage: 'WORKING', preventedLots: 0, preventedMatchId: null }],
  [22, { endCause: 'self_trade', status: 'EXPIRED_IN_MATCH', preventedLots: 10 }],
  [22, { preventedMatchId: 2, updatedMs: at(18) }],
  [23, { endCause: null, stage: 'PENDING', status: 'PENDING_NEW', workingMs: null }],
  // What it lost nothing to is not its own.
  [24, { endCause: null, preventedLots: 3, preventedMatchId: 1 }],
])('T6 T13 order %d tells why and where it stands: %j', async (id, expected) => {
  expect(await model.queries.orderById(scope, id as OrderId)).toMatchObject(expected)
})

test('T16 an order’s amendments, from one on and only in its scope', async () => {
  const request = { ...scope, orderId: 21 as OrderId, limit: 9 }
  const [amendment, ...more] = await model.queries.amendments(request)
  expect(more).toEqual([])
  expect(amendment).toEqual({
    orderId: 21,
    sequence: expect.any(Number),
    originalClientOrderId: 'client-21',
    clientOrderId: 'renamed',
    originalLots: 10,
    lots: 8,
    timeMs: at(15),
  })
  const sequence = amendment?.sequence as Sequence
  const count = async (changes: object) =>
    (await model.queries.amendments({ ...request, ...changes })).length
  expect(await count({ fromSequence: sequence })).toBe(1)
  expect(await count({ fromSequence: sequence + 1 })).toBe(0)
  expect(await count({ userId: USER })).toBe(0)
  expect(await count({ wallet: 'CROSS_MARGIN' })).toBe(0)
  expect(await count({ orderId: 22 })).toBe(0)
})

test('T6 a prevented match, every field, once for whoever was on both sides', async () => {
  const ask = { ...scope, preventedMatchId: 1 as PreventedMatchId, limit: 9 }
  expect(await model.queries.preventedMatches(ask)).toEqual([
    {
      symbol: ETHUSDT,
      preventedMatchId: 1,
      mode: 'DECREMENT',
      price: 77,
      makerOrderId: 22,
      takerOrderId: 24,
      makerLots: 3,
      takerLots: 3,
      tradeGroupId: null,
      transferred: null,
      timeMs: at(18),
    },
  ])
})

test.each<
  [
    string,
    { preventedMatchId?: number; orderId?: number; fromId?: number; limit?: number },
    number[],
  ]
>([
  ['of the symbol', {}, [1, 2, 3]],
  ['at most so many', { limit: 2 }, [1, 2]],
  ['of an order as maker', { orderId: 22 }, [1, 2]],
  ['of an order as taker', { orderId: 24 }, [1, 2, 3]],
  ['of an order, from one on', { orderId: 24, fromId: 2 }, [2, 3]],
  ['of an order of someone else', { orderId: 25 }, []],
  ['by an id that is none', { preventedMatchId: 9 }, []],
])('T6 prevented matches: %s', async (_, ask, expected) => {
  const { preventedMatchId, orderId, fromId, limit = 9 } = ask
  const matches = await model.queries.preventedMatches({
    ...scope,
    limit,
    preventedMatchId: preventedMatchId as PreventedMatchId | undefined,
    orderId: orderId as OrderId | undefined,
    fromId: fromId as PreventedMatchId | undefined,
  })
  expect(matches.map((match) => match.preventedMatchId)).toEqual(expected)
})

test('T6 a quiet user’s quote is told of once a match took something off it', async () => {
  const quiet = { ...scope, userId: MAKER }
  const orders = await model.queries.orders({ ...quiet, limit: 9 })
  expect(orders.map(({ id, preventedLots }) => [id, preventedLots])).toEqual([[25, 2]])
  const matches = await model.queries.preventedMatches({ ...quiet, limit: 9 })
  expect(matches.map(({ preventedMatchId }) => preventedMatchId)).toEqual([3])
})
