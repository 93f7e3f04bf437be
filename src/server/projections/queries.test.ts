import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Event, OrderEndCause, TradeSide } from '../../core/domain/event.ts'
import type {
  LiquidationId,
  OrderId,
  Sequence,
  SymbolIndex,
  TimestampMs,
  TradeId,
  TransactionId,
  UserId,
} from '../../core/domain/ids.ts'
import { DAY_MS, HOUR_MS } from '../../core/domain/ids.ts'
import type { Order } from '../../core/domain/order.ts'
import type { Amount } from '../../core/money/amount.ts'
import type { IndexPrice, Lots, Ticks } from '../../core/money/price.ts'
import type { Rate } from '../../core/money/rate.ts'
import { IN_MEMORY } from '../sql/sqlite.ts'
import { type OpenReadModel, openReadModel } from './read-model.ts'
import { BTC, BTCUSDT, MAKER, OTHER, order, START_MS, USDT, USER } from './sample-history.ts'

const MINUTE_MS = 60_000
const ids = <Id>(...numbers: number[]) => numbers as Id[]
const [LIQUIDATION] = ids<LiquidationId>(1) as [LiquidationId]

function accepted(id: number, given: Partial<Order> = {}): Event {
  return { type: 'OrderAccepted', order: order({ id: id as OrderId, ...given }) }
}

function ended(id: number, cause: OrderEndCause, executedLots = 0): Event {
  const { clientOrderId, userId, wallet, symbol, side, price } = order({ id: id as OrderId })
  return {
    type: 'OrderEnded',
    orderId: id as OrderId,
    ...{ clientOrderId, userId, wallet, symbol, side, price },
    status: 'CANCELED',
    cause,
    remainingLots: (10 - executedLots) as Lots,
    wasResting: true,
    executedLots: executedLots as Lots,
    executedQuote: 0n as Amount,
  }
}

interface Fill {
  readonly tradeId: number
  readonly maker: number
  readonly taker: number
  readonly price: number
  readonly lots?: number
  readonly liquidationId?: LiquidationId
  /** Which side the taker is on; it is the user's, against the market maker. */
  readonly takerSide?: 'BUY' | 'SELL'
}

function trade({ tradeId, maker, taker, price, lots = 1, liquidationId, takerSide }: Fill): Event {
  const side = (orderId: number, isTaker: boolean): TradeSide => ({
    orderId: orderId as OrderId,
    clientOrderId: `client-${orderId}`,
    userId: isTaker ? USER : MAKER,
    wallet: isTaker ? 'CROSS_MARGIN' : 'SPOT',
    side: isTaker === (takerSide !== 'SELL') ? 'BUY' : 'SELL',
    fee: 3n as Amount,
    feeAsset: BTC,
    status: 'PARTIALLY_FILLED',
    executedLots: lots as Lots,
    executedQuote: BigInt(price * lots) as Amount,
  })
  return {
    type: 'TradeExecuted',
    symbol: BTCUSDT,
    tradeId: tradeId as TradeId,
    price: price as Ticks,
    lots: lots as Lots,
    quote: BigInt(price * lots) as Amount,
    maker: side(maker, false),
    taker: side(taker, true),
    liquidationId: liquidationId ?? null,
  }
}

let model: OpenReadModel
let sequence = 0

function offer(minutes: number, ...events: Event[]): void {
  sequence += 1
  model.projector.offer({
    sequence: sequence as Sequence,
    timestampMs: (START_MS + minutes * MINUTE_MS) as TimestampMs,
    events,
    refusal: null,
  })
}

function offerTrading(): void {
  const quote = { userId: MAKER, wallet: 'SPOT', side: 'SELL' } as const
  const later = { createdMs: (START_MS + 10 * MINUTE_MS) as TimestampMs }
  offer(0, accepted(1, quote), accepted(2, quote), accepted(3, quote))
  offer(1, accepted(4), trade({ tradeId: 1, maker: 1, taker: 4, price: 100 }))
  offer(
    2,
    accepted(5, { clientOrderId: 'again' }),
    trade({ tradeId: 2, maker: 1, taker: 5, price: 101 }),
    trade({ tradeId: 3, maker: 2, taker: 5, price: 101, lots: 2 }),
    trade({ tradeId: 4, maker: 2, taker: 5, price: 99 }),
  )
  offer(3, ended(3, 'user'), ended(4, 'user', 1))
  offer(10, accepted(6, { ...later, clientOrderId: 'again' }))
  offer(
    11,
    accepted(7, { ...later, side: 'SELL' }),
    trade({
      tradeId: 5,
      maker: 2,
      taker: 7,
      price: 90,
      takerSide: 'SELL',
      liquidationId: LIQUIDATION,
    }),
  )
  offer(12, accepted(8, { ...later, userId: OTHER }), ended(8, 'quote'))
}

function offerAccounts(): void {
  const transactionId = 1 as TransactionId
  const amount = 50n as Amount
  const shared = { transactionId, userId: USER, asset: USDT }
  offer(20, { type: 'UserCreated', userId: USER }, { type: 'UserCreated', userId: OTHER })
  offer(21, { type: 'KycSubmitted', userId: USER }, { type: 'KycSubmitted', userId: OTHER })
  offer(22, {
    type: 'KycReviewed',
    userId: USER,
    decision: 'REJECTED',
    reason: 'blurred',
    reviewer: 'ann',
  })
  offer(23, { type: 'MarginModeChanged', userId: USER, from: 'NONE', to: 'CROSS' })
  offer(24, { type: 'Deposited', ...shared, amount, wallet: 'SPOT' })
  offer(25, { type: 'Transferred', ...shared, amount, from: 'SPOT', to: 'CROSS_MARGIN' })
  offer(26, { type: 'Transferred', ...shared, amount, from: 'CROSS_MARGIN', to: 'FUNDING' })
  offer(27, { type: 'LoanTaken', ...shared, amount, origin: 'MANUAL' })
  offer(28, {
    type: 'LoanRepaid',
    ...shared,
    interest: 2n as Amount,
    principal: 48n as Amount,
    origin: 'AUTO',
  })
  for (const [minute, kind] of [
    [27, 'ON_BORROW'],
    [60, 'PERIODIC'],
  ] as const) {
    offer(60, {
      type: 'InterestCharged',
      ...shared,
      principal: amount,
      interest: 1n as Amount,
      dailyRate: 240n as Rate,
      kind,
      chargedMs: (START_MS + minute * MINUTE_MS) as TimestampMs,
    })
  }
  const position = { type: 'PositionChanged', userId: USER, symbol: BTCUSDT } as const
  offer(61, {
    ...position,
    quantity: -5n as Amount,
    entryQuote: amount,
    realizedPnl: -1n as Amount,
  })
}

function offerLiquidation(): void {
  const subject = { liquidationId: LIQUIDATION, userId: USER }
  const levels = { callLevel: '1.25', liquidationLevel: '1.10' }
  offer(70, { type: 'MarginCalled', userId: USER, level: '1.20000000', ...levels })
  offer(71, { type: 'MarginCallEnded', userId: USER, level: '1.30000000' })
  offer(72, {
    type: 'LiquidationStarted',
    ...subject,
    level: '1.09000000',
    liquidationLevel: '1.10',
    assetsUsdt: 109n as Amount,
    debtsUsdt: 100n as Amount,
    prices: [[BTC, (2n ** 60n) as IndexPrice]],
  })
  offer(
    73,
    {
      type: 'LiquidationTakenOver',
      ...subject,
      assets: [[BTC, 4n as Amount]],
      debts: [[USDT, 5n as Amount]],
    },
    { type: 'LossShared', ...subject, asset: USDT, amount: 6n as Amount },
  )
  offer(74, {
    type: 'LiquidationFinished',
    ...subject,
    outcome: 'taken_over',
    valueLiquidated: 109n as Amount,
    clearanceFee: 2n as Amount,
    fundPaid: 3n as Amount,
    lendersLost: 6n as Amount,
  })
  offer(75, {
    type: 'LiquidationStarted',
    ...{ liquidationId: 2 as LiquidationId, userId: OTHER },
    level: '1.00000000',
    liquidationLevel: '1.10',
    assetsUsdt: 0n as Amount,
    debtsUsdt: 0n as Amount,
    prices: [],
  })
}

beforeAll(async () => {
  model = await openReadModel({
    location: IN_MEMORY,
    history: 'one',
    quietUsers: new Set([MAKER]),
  })
  offerTrading()
  offerAccounts()
  offerLiquidation()
  await model.projector.flush()
})
afterAll(() => model.projector.close())

const scope = { userId: USER, wallet: 'CROSS_MARGIN', symbol: BTCUSDT } as const
const at = (minutes: number) => START_MS + minutes * MINUTE_MS

test('orders: an order as it is now, by its id and only in its scope', async () => {
  const found = await model.queries.orderById(scope, 4 as OrderId)
  expect(found).toEqual({
    ...(({ accountId: _, locked: __, ...rest }) => rest)(order({ id: 4 as OrderId })),
    status: 'CANCELED',
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

/** Fixed lengths, cut at whole multiples from the epoch. */
const every = (lengthMs: number) => ({
  openTimeOf: (timeMs: number) => Math.floor(timeMs / lengthMs) * lengthMs,
  closeTimeOf: (openTimeMs: number) => openTimeMs + lengthMs - 1,
})

const months = {
  openTimeOf: (timeMs: number) => {
    const date = new Date(timeMs)
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1)
  },
  closeTimeOf: (openTimeMs: number) => {
    const date = new Date(openTimeMs)
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1) - 1
  },
}

const short = (klines: Awaited<ReturnType<OpenReadModel['queries']['klines']>>) =>
  klines.map(({ openTimeMs, open, high, low, close, lots, trades }) => [
    (openTimeMs - START_MS) / MINUTE_MS,
    ...[open, high, low, close, lots, trades],
  ])

test('klines: minutes, without gaps from the first trade to now', async () => {
  const minutes = await model.queries.klines(BTCUSDT, every(MINUTE_MS), {
    nowMs: at(12),
    limit: 500,
  })
  expect(short(minutes)).toEqual([
    [1, 100, 100, 100, 100, 1, 1],
    [2, 101, 101, 99, 99, 4, 3],
    ...[3, 4, 5, 6, 7, 8, 9, 10].map((minute) => [minute, 99, 99, 99, 99, 0, 0]),
    [11, 90, 90, 90, 90, 1, 1],
    [12, 90, 90, 90, 90, 0, 0],
  ])
  expect(minutes[1]).toMatchObject({
    quote: 402n,
    takerBuyLots: 4,
    takerBuyQuote: 402n,
    firstTradeId: 2,
    lastTradeId: 4,
  })
  expect(minutes.at(-2)).toMatchObject({ takerBuyLots: 0, takerBuyQuote: 0n })
})

test.each<[string, { startMs?: number; endMs?: number; limit?: number }, number[]]>([
  ['the latest', { limit: 2 }, [11, 12]],
  ['from a time on', { startMs: at(2), limit: 2 }, [2, 3]],
  ['from within a minute: the next', { startMs: at(2) + 1, limit: 1 }, [3]],
  ['from before the first trade', { startMs: 0, limit: 1 }, [1]],
  ['up to a time', { endMs: at(3) + 1, limit: 2 }, [2, 3]],
  ['between', { startMs: at(4), endMs: at(5) }, [4, 5]],
  ['in the future', { startMs: at(13) }, []],
])('klines: %s', async (_, request, expected) => {
  const klines = await model.queries.klines(BTCUSDT, every(MINUTE_MS), {
    nowMs: at(12),
    limit: 500,
    ...request,
  })
  expect(klines.map(({ openTimeMs }) => (openTimeMs - START_MS) / MINUTE_MS)).toEqual(expected)
})

test.each([
  ['three minutes', every(3 * MINUTE_MS)],
  ['an hour', every(HOUR_MS)],
  ['three days', every(3 * DAY_MS)],
  ['a month', months],
])('klines: candles of %s sum up to the same', async (_, interval) => {
  const request = { startMs: 0, nowMs: at(12), limit: 1_000 }
  const klines = await model.queries.klines(BTCUSDT, interval, request)
  expect(klines.reduce((sum, { quote }) => sum + quote, 0n)).toBe(592n)
  expect(klines.reduce((sum, { trades }) => sum + trades, 0)).toBe(5)
  expect([klines[0]?.open, klines.at(-1)?.close]).toEqual([100, 90])
})

test('klines: seconds are kept for an hour, and the last that traded for good', async () => {
  const request = { startMs: 0, nowMs: at(11) + 1_999, limit: 1_000 }
  expect(short(await model.queries.klines(BTCUSDT, every(1_000), request))).toEqual([
    [11, 90, 90, 90, 90, 1, 1],
    [11 + 1 / 60, 90, 90, 90, 90, 0, 0],
  ])
})

test('klines: nothing for a symbol that never traded', async () => {
  const symbol = 1 as SymbolIndex
  const request = { nowMs: at(12), limit: 5 }
  expect(await model.queries.klines(symbol, every(MINUTE_MS), request)).toEqual([])
})

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
  const shared = { transactionId: 1, asset: USDT }
  expect(rows).toEqual([
    { ...shared, type: 'REPAY', principal: 48n, interest: 2n, origin: 'AUTO', timeMs: at(28) },
    { ...shared, type: 'BORROW', principal: 50n, interest: 0n, origin: 'MANUAL', timeMs: at(27) },
  ])
  const count = async (given: object) =>
    (await model.queries.borrowRepay(USER, { ...page, ...given })).total
  expect(await count({ type: 'REPAY' })).toBe(1)
  expect(await count({ transactionId: 1 })).toBe(2)
  expect(await count({ transactionId: 2 })).toBe(0)
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
    prices: [[BTC, 2n ** 60n]],
    finished: { finishedMs: at(74), outcome: 'taken_over', lendersLost: 6n },
  })
  expect((await model.queries.liquidations(USER, 10)).length).toBe(1)
  const movements = await model.queries.liquidationMovements(LIQUIDATION)
  expect(movements.map(({ type, amount }) => [type, amount])).toEqual([
    ['TAKEN_ASSET', 4n],
    ['TAKEN_DEBT', 5n],
    ['LENDERS_LOSS', 6n],
  ])
})

test('liquidations: the orders are those that took, not those they met', async () => {
  const { rows, total } = await model.queries.liquidationOrders(USER, page)
  expect([rows.map(({ id }) => id), total]).toEqual([[7], 1])
  expect((await model.queries.liquidationOrders(MAKER, page)).total).toBe(0)
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
