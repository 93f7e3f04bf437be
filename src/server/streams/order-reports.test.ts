import { expect, test } from 'vitest'
import type { Event, OrderEndCause, OrderEnded, Outcome } from '../../core/domain/event.ts'
import type { OrderId, OrderListId, SymbolIndex, UserId } from '../../core/domain/ids.ts'
import type { Order, OrderStage } from '../../core/domain/order.ts'
import type { OrderList, OrderListKind } from '../../core/domain/order-list.ts'
import { MarketScript } from '../market/market-script.ts'
import type { ScriptOrder } from '../market/script-events.ts'
import { endedEvent, scriptOrder } from '../market/script-events.ts'
import { SCRIPT_VENUE } from '../market/script-venue.ts'
import { UserStreams } from './user-streams.ts'

const USER = 1 as UserId
const OTHER = 2 as UserId

/** What a user's spot stream says, command by command. */
function listening(open: readonly Order[] = []) {
  const script = new MarketScript()
  const streams = new UserStreams({ ask: (() => open) as never })
  const frames: Record<string, unknown>[] = []
  streams.listen(USER, 'SPOT', (text) => frames.push(JSON.parse(text)))
  const apply = (outcome: Outcome) => {
    frames.length = 0
    streams.apply(outcome, SCRIPT_VENUE)
    script.timeMs += 1_000
    return [...frames]
  }
  const place = (asked: ScriptOrder) => apply(script.place(asked))
  return { script, streams, apply, place }
}

const STOP = {
  side: 'SELL',
  type: 'STOP_LOSS_LIMIT',
  price: 9_000,
  lots: 5,
  stopPrice: 9_500,
} as const

test('T8 an order that waits is NEW without working, and NEW again once it is in the market', () => {
  const { script, apply, place } = listening()
  const [accepted] = place({
    ...STOP,
    icebergLots: 2,
    trailingBips: 100,
    strategyId: 3,
    strategyType: 1_000_001,
  })
  expect(accepted).toMatchObject({
    x: 'NEW',
    X: 'NEW',
    w: false,
    P: '95.00000000',
    F: '0.00200000',
    g: -1,
    d: 100,
    j: 3,
    J: 1_000_001,
  })
  for (const absent of ['W', 'D', 'eR', 'v']) expect(accepted).not.toHaveProperty(absent)
  const workingMs = script.timeMs
  const [activated] = apply(script.outcome(script.activated(1)))
  expect(activated).toMatchObject({ x: 'NEW', X: 'NEW', w: true, W: workingMs, z: '0.00000000' })
  expect(activated).toMatchObject({ O: workingMs - 1_000 })
})

test('T9 a trailing order without a stop price says since when it tracks', () => {
  const { script, place, apply } = listening()
  const createdMs = script.timeMs
  const [accepted] = place({ ...STOP, stopPrice: 0, trailingBips: 50 })
  expect(accepted).toMatchObject({ d: 50, D: createdMs, P: '0.00000000', w: false })
  const [activated] = apply(script.outcome(script.activated(1)))
  expect(activated).toMatchObject({ D: createdMs, w: true })
})

test('T11 a triggered order’s reports come in order: NEW, its trades, its end', () => {
  const { script, apply, place } = listening()
  place({ userId: OTHER, side: 'BUY', price: 9_000, lots: 2 })
  place({ ...STOP, type: 'STOP_LOSS', price: 0 })
  const frames = apply(script.outcome(script.activated(2)))
  expect(frames.map(({ x, X, w, eR }) => [x, X, w, eR])).toEqual([
    ['NEW', 'NEW', true, undefined],
    ['TRADE', 'PARTIALLY_FILLED', true, undefined],
    ['EXPIRED', 'EXPIRED', false, 'INSUFFICIENT_LIQUIDITY'],
  ])
  expect(frames[2]).toMatchObject({ C: '', z: '0.00200000', l: '0.00000000' })
})

test('T16 an amendment is REPLACED: the new id and quantity, and the id it had', () => {
  const { script, apply, place } = listening()
  place({ side: 'BUY', price: 9_000, lots: 5, clientOrderId: 'was' })
  place({ userId: OTHER, side: 'SELL', price: 9_000, lots: 2 })
  const [frame, ...more] = apply(script.amend(1, 4, 'is'))
  expect(more).toEqual([])
  expect(frame).toMatchObject({
    x: 'REPLACED',
    X: 'PARTIALLY_FILLED',
    c: 'is',
    C: 'was',
    q: '0.00400000',
    z: '0.00200000',
    w: true,
  })
  expect(apply(script.cancel(1))[0]).toMatchObject({ x: 'CANCELED', c: 'is', C: 'is' })
})

/** The reports of a sale of 4 at 90.00 that meets the user's own purchase of 6. */
function selfTrade(selfTradePrevention: NonNullable<ScriptOrder['selfTradePrevention']>) {
  const { place } = listening()
  place({ side: 'BUY', price: 9_000, lots: 6 })
  return place({ side: 'SELL', price: 9_000, lots: 4, selfTradePrevention })
}

const taker = { i: 2, U: 1 } as const
const maker = { i: 1, U: 2 } as const
const met = { pl: '0.00400000', pL: '90.00000000', pY: '0.36000000', Cs: 'BTCUSDT', u: -1, v: 1 }
const all = (lots: number) => ({ A: `0.00${lots}00000`, B: `0.00${lots}00000` })
const gone = { x: 'TRADE_PREVENTION', X: 'EXPIRED_IN_MATCH', w: false } as const
const stays = { x: 'TRADE_PREVENTION', X: 'NEW', w: true } as const

test.each([
  ['EXPIRE_TAKER', [{ ...taker, ...gone, ...met, ...all(4) }]],
  ['EXPIRE_MAKER', [{ ...maker, ...gone, ...met, ...all(6) }]],
  [
    'EXPIRE_BOTH',
    [
      { ...taker, ...gone, ...met, ...all(4) },
      { ...maker, ...gone, ...met, ...all(6) },
    ],
  ],
  [
    'DECREMENT',
    [
      { ...taker, ...gone, ...met, ...all(4) },
      { ...maker, ...stays, ...met, ...all(4) },
    ],
  ],
] as const)('T6 %s: whoever lost something has one report of it', (mode, expected) => {
  const [accepted, ...reports] = selfTrade(mode)
  expect(accepted).toMatchObject({ x: 'NEW', i: 2 })
  expect(reports).toMatchObject([...expected])
})

test('T6 what several matches took off adds up in A, and B is each alone', () => {
  const { place } = listening()
  for (const lots of [1, 2]) place({ side: 'BUY', price: 9_000, lots })
  const [, ...reports] = place({
    side: 'SELL',
    price: 9_000,
    lots: 4,
    selfTradePrevention: 'DECREMENT',
  })
  expect(reports.map(({ i, A, B, X, v }) => [i, A, B, X, v])).toEqual([
    [3, '0.00100000', '0.00100000', 'NEW', 1],
    [1, '0.00100000', '0.00100000', 'EXPIRED_IN_MATCH', 1],
    [3, '0.00300000', '0.00200000', 'NEW', 2],
    [2, '0.00200000', '0.00200000', 'EXPIRED_IN_MATCH', 2],
  ])
})

test.each<[OrderEndCause, Partial<ScriptOrder>, OrderStage, OrderEnded['status'], string?]>([
  ['unfilled', { timeInForce: 'IOC' }, 'WORKING', 'EXPIRED', 'UNFILLED_IOC_QUANTITY_EXPIRED'],
  ['unfilled', { timeInForce: 'FOK' }, 'WORKING', 'EXPIRED', 'UNFILLED_FOK_ORDER_EXPIRED'],
  ['unfilled', { type: 'MARKET' }, 'WORKING', 'EXPIRED', 'INSUFFICIENT_LIQUIDITY'],
  ['unfilled', { type: 'TAKE_PROFIT' }, 'WORKING', 'EXPIRED', 'INSUFFICIENT_LIQUIDITY'],
  ['list', {}, 'WORKING', 'EXPIRED', 'OCO_TRIGGER'],
  ['list', {}, 'PENDING', 'EXPIRED', 'OTO_PHASE_ONE_EXPIRED'],
  ['list', {}, 'PENDING', 'CANCELED'],
  ['refused', {}, 'WAITING', 'EXPIRED', 'REJECTED'],
  ['price_range', {}, 'WORKING', 'EXPIRED', 'EXECUTION_RULE_PRICE_RANGE_EXCEEDED'],
  ['volatility', {}, 'WORKING', 'EXPIRED', 'EXCHANGE_CANCELED'],
  ['margin', {}, 'WORKING', 'EXPIRED', 'EXCHANGE_CANCELED'],
  ['order_age', {}, 'WAITING', 'EXPIRED', 'EXCHANGE_CANCELED'],
  ['countdown', {}, 'WORKING', 'CANCELED'],
  ['user', {}, 'WORKING', 'CANCELED'],
])('T18 an order that ended by %s (%j, %s, %s) says %s', (cause, asked, stage, status, reason) => {
  const order = { ...scriptOrder({ side: 'BUY', price: 1, lots: 1, ...asked }, 1, 0), stage }
  const { script, apply } = listening([order])
  const [frame] = apply(script.outcome([endedEvent(order, status, cause, null)]))
  expect(frame).toMatchObject({ x: status, X: status, w: false })
  expect(frame?.['eR']).toBe(reason)
})

function list(kind: OrderListKind, orders: readonly Order[]): OrderList {
  return {
    id: 9 as OrderListId,
    clientListId: 'both',
    ...{ userId: USER, wallet: 'SPOT', accountId: 0 as Order['accountId'] },
    symbol: 0 as SymbolIndex,
    kind,
    orders: orders.map(({ id }) => id),
    createdMs: orders[0]?.createdMs as Order['createdMs'],
    status: 'EXECUTING',
  }
}

function member(id: number, stage: OrderStage, asked: Partial<ScriptOrder> = {}): Order {
  const order = scriptOrder({ side: 'SELL', price: 9_000, lots: 5, listId: 9, ...asked }, id, 5)
  const pending = stage === 'PENDING'
  return { ...order, stage, status: pending ? 'PENDING_NEW' : 'NEW', workingMs: null }
}

const accepted = (order: Order): Event => ({
  type: 'OrderAccepted',
  order,
  restingLots: 0 as Order['lots'],
})

test('T12 a list: its orders, then the list; at its end all their names, those of ended ones too', () => {
  const { script, streams, apply } = listening()
  const [above, below] = [member(1, 'WORKING'), member(2, 'WAITING', STOP)]
  const oco = list('OCO', [above, below])
  const placed = apply(
    script.outcome([
      accepted(above),
      accepted(below),
      { type: 'OrderListChanged', list: oco, change: 'PLACED' },
    ]),
  )
  expect(placed.map(({ e, g }) => [e, g])).toEqual([
    ['executionReport', 9],
    ['executionReport', 9],
    ['listStatus', 9],
  ])
  expect(placed[2]).toEqual({
    e: 'listStatus',
    E: script.timeMs - 1_000,
    s: 'BTCUSDT',
    g: 9,
    c: 'OCO',
    l: 'EXEC_STARTED',
    L: 'EXECUTING',
    r: 'NONE',
    C: 'both',
    T: script.timeMs - 1_000,
    O: [
      { s: 'BTCUSDT', i: 1, c: 'c1' },
      { s: 'BTCUSDT', i: 2, c: 'c2' },
    ],
  })
  apply(script.outcome([endedEvent(above, 'EXPIRED', 'list', 5)]))
  const done = { ...oco, status: 'ALL_DONE' } as const
  const later: string[] = []
  streams.listen(USER, 'SPOT', (text) => later.push(text))
  const end = endedEvent(below, 'CANCELED', 'user', null)
  apply(script.outcome([end, { type: 'OrderListChanged', list: done, change: 'ALL_DONE' }]))
  expect(JSON.parse(later[1] ?? '')).toMatchObject({
    ...{ l: 'ALL_DONE', L: 'ALL_DONE' },
    O: [{ c: 'c1' }, { c: 'c2' }],
  })
})

test('T13 a pending order is PENDING_NEW, and NEW when its turn comes; an OTOCO is an OTO', () => {
  const { script, apply } = listening()
  const orders = [member(1, 'WORKING'), member(2, 'PENDING'), member(3, 'PENDING', STOP)] as const
  const [, second, third] = orders
  const otoco = list('OTOCO', orders)
  const change = { type: 'OrderListChanged', list: otoco, change: 'PLACED' } as const
  const frames = apply(script.outcome([...orders.map(accepted), change]))
  expect(frames.map(({ x, X, w, c }) => [x, X, w, c])).toEqual([
    ['NEW', 'NEW', true, 'c1'],
    ['NEW', 'PENDING_NEW', false, 'c2'],
    ['NEW', 'PENDING_NEW', false, 'c3'],
    [undefined, undefined, undefined, 'OTO'],
  ])
  const moved = (order: Order, stage: OrderStage): Event => ({
    type: 'OrderActivated',
    order: { ...order, stage, status: 'NEW' },
    restingLots: 0 as Order['lots'],
  })
  const turn = apply(script.outcome([moved(second, 'WORKING'), moved(third, 'WAITING')]))
  expect(turn.map(({ x, X, w }) => [x, X, w])).toEqual([
    ['NEW', 'NEW', true],
    ['NEW', 'NEW', false],
  ])
})

test.each([
  ['another name', 'renamed', ['REPLACED', 'UPDATED']],
  ['its old name', 'c1', ['REPLACED']],
])('T16 an order of a list amended under %s', (_, clientOrderId, expected) => {
  const { script, apply } = listening()
  const [above, below] = [member(1, 'WORKING'), member(2, 'WAITING', STOP)]
  const oco = list('OCO', [above, below])
  apply(
    script.outcome([
      accepted(above),
      accepted(below),
      { type: 'OrderListChanged', list: oco, change: 'PLACED' },
    ]),
  )
  const amended: Event = {
    type: 'OrderAmended',
    order: { ...above, clientOrderId, lots: 3 as Order['lots'] },
    originalClientOrderId: 'c1',
    originalLots: 5 as Order['lots'],
    shownLotsLess: 2 as Order['lots'],
  }
  const updated = { type: 'OrderListChanged', list: oco, change: 'UPDATED' } as const
  const frames = apply(script.outcome([amended, updated]))
  expect(frames.map(({ x, l, e }) => (e === 'executionReport' ? x : l))).toEqual(expected)
  if (frames.length > 1) expect(frames[1]).toMatchObject({ O: [{ i: 1, c: 'renamed' }, { i: 2 }] })
})

test('T12 names are known to who listens later, of orders that ended before as well', () => {
  const script = new MarketScript()
  const streams = new UserStreams({ ask: (() => []) as never })
  const [working, pending] = [member(1, 'WORKING'), member(2, 'PENDING')]
  const oto = list('OTO', [working, pending])
  const placed = { type: 'OrderListChanged', list: oto, change: 'PLACED' } as const
  streams.apply(script.outcome([accepted(working), accepted(pending), placed]), SCRIPT_VENUE)
  const frames: string[] = []
  streams.listen(USER, 'SPOT', (text) => frames.push(text))
  const done = { ...oto, status: 'ALL_DONE' } as const
  const change = { type: 'OrderListChanged', list: done, change: 'ALL_DONE' } as const
  streams.apply(script.outcome([change]), SCRIPT_VENUE)
  expect(JSON.parse(frames[0] ?? '')).toMatchObject({ O: [{ c: 'c1' }, { c: 'c2' }] })
})

test('an order of another user or wallet is nobody else’s business', () => {
  const { apply, script, place } = listening()
  expect(place({ userId: OTHER, side: 'BUY', price: 1, lots: 1 })).toEqual([])
  expect(place({ wallet: 'CROSS_MARGIN', side: 'BUY', price: 1, lots: 1 })).toEqual([])
  expect(apply(script.cancel(2 as OrderId))).toEqual([])
})
