import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Sequence, SymbolIndex, TimestampMs } from '../../core/domain/ids.ts'
import { DAY_MS } from '../../core/domain/ids.ts'
import type { OrderType, SelfTradePrevention } from '../../core/domain/order.ts'
import { remainingLots } from '../../core/domain/order.ts'
import { MarketScript } from './market-script.ts'
import type { MarketSeed } from './market-view.ts'
import { MarketView } from './market-view.ts'
import type { ScriptOrder } from './script-events.ts'
import { SCRIPT_VENUE } from './script-venue.ts'
import type { MarketChange } from './symbol-market.ts'

const BTC = 0 as SymbolIndex
const MINUTE_MS = 60_000

function opened() {
  const script = new MarketScript()
  const view = new MarketView()
  const changes: MarketChange[] = []
  view.on((change) => changes.push(change))
  const place = (order: ScriptOrder) => view.apply(script.place(order), SCRIPT_VENUE)
  const pass = (ms: number) => {
    script.timeMs += ms
    view.apply(script.outcome([]), SCRIPT_VENUE)
  }
  pass(0)
  return { script, view, changes, place, pass }
}

test('what rests after a command is in the depth, best first; what trades or expires is not', () => {
  const { script, view, place } = opened()
  place({ side: 'BUY', price: 100, lots: 5 })
  place({ side: 'BUY', price: 101, lots: 3 })
  place({ side: 'BUY', price: 101, lots: 4 })
  place({ side: 'SELL', price: 103, lots: 2 })
  place({ side: 'SELL', price: 101, lots: 5 })
  place({ side: 'BUY', price: 103, lots: 9, timeInForce: 'IOC' })
  place({ side: 'SELL', price: 0, lots: 1, type: 'MARKET' })
  place({ side: 'SELL', price: 102, lots: 6 })
  view.apply(script.cancel(1), SCRIPT_VENUE)
  expect(view.depth(BTC, 10)).toEqual({ lastUpdateId: 9, bids: [[101, 1]], asks: [[102, 6]] })
  expect(view.depth(BTC, 0)).toEqual({ lastUpdateId: 9, bids: [], asks: [] })
  expect(view.bookTicker(BTC)).toEqual({ updateId: 9, bid: [101, 1], ask: [102, 6] })
})

test('T7 an iceberg shows a part, and the next one when that is used up; what it hides is in no depth', () => {
  const { script, view, place } = opened()
  place({ side: 'SELL', price: 100, lots: 7, icebergLots: 3 })
  place({ side: 'SELL', price: 100, lots: 2 })
  expect(view.depth(BTC, 10).asks).toEqual([[100, 5]])
  place({ side: 'BUY', price: 100, lots: 2 })
  expect(view.depth(BTC, 10).asks).toEqual([[100, 3]])
  // The iceberg's first part is used up; its next one stands behind the plain order, which trades first.
  place({ side: 'BUY', price: 100, lots: 2 })
  expect(view.depth(BTC, 10).asks).toEqual([[100, 4]])
  expect(script.resting.map(({ id, executedLots }) => [id, executedLots])).toEqual([
    [1, 3],
    [2, 1],
  ])
  place({ side: 'BUY', price: 100, lots: 9 })
  expect(view.depth(BTC, 10)).toMatchObject({ asks: [], bids: [[100, 4]] })
})

test('T8 what waits for its price is in no depth until it enters, and what is left of it then is', () => {
  const { script, view, place } = opened()
  const waiting = { stopPrice: 90, icebergLots: 2 } as const
  place({ side: 'BUY', price: 80, lots: 1 })
  place({ side: 'SELL', type: 'STOP_LOSS_LIMIT', price: 80, lots: 6, ...waiting })
  place({ side: 'SELL', type: 'STOP_LOSS', price: 0, lots: 1, stopPrice: 90 })
  expect(view.depth(BTC, 10)).toMatchObject({ bids: [[80, 1]], asks: [] })
  view.apply(script.outcome(script.activated(2)), SCRIPT_VENUE)
  expect(view.depth(BTC, 10)).toMatchObject({ bids: [], asks: [[80, 2]] })
  view.apply(script.cancel(3), SCRIPT_VENUE)
  view.apply(script.cancel(2), SCRIPT_VENUE)
  expect(view.depth(BTC, 10)).toMatchObject({ bids: [], asks: [] })
})

test('T16 an amendment takes off what the order no longer shows, and nothing of what it hid', () => {
  const { script, view, place } = opened()
  place({ side: 'BUY', price: 100, lots: 9, icebergLots: 4 })
  place({ side: 'BUY', price: 100, lots: 5 })
  const amend = (id: number, lots: number) => view.apply(script.amend(id, lots, 'n'), SCRIPT_VENUE)
  amend(1, 4)
  expect(view.depth(BTC, 10).bids).toEqual([[100, 9]])
  amend(1, 3)
  expect(view.depth(BTC, 10).bids).toEqual([[100, 8]])
  amend(2, 1)
  expect(view.depth(BTC, 10).bids).toEqual([[100, 4]])
})

test.each([
  ['EXPIRE_TAKER', [[100, 6]], []],
  ['EXPIRE_MAKER', [], [[100, 4]]],
  ['EXPIRE_BOTH', [], []],
  ['DECREMENT', [[100, 2]], []],
  ['NONE', [[100, 2]], []],
] as const)('T6 after a self-trade under %s the depth is what is left', (mode, bids, asks) => {
  const { view, place } = opened()
  place({ side: 'BUY', price: 100, lots: 6 })
  place({ side: 'SELL', price: 100, lots: 4, selfTradePrevention: mode })
  expect(view.depth(BTC, 10)).toMatchObject({ bids, asks })
})

test('the update id rises by one with each command that changes the depth, and with no other', () => {
  const { view, changes, place, script } = opened()
  place({ side: 'BUY', price: 100, lots: 5 })
  place({ side: 'BUY', price: 90, lots: 5, symbol: 1 })
  place({ side: 'SELL', price: 200, lots: 5, timeInForce: 'IOC' })
  view.apply(script.cancel(99), SCRIPT_VENUE)
  place({ side: 'SELL', price: 100, lots: 5 })
  expect(changes.map(({ symbol, updateId }) => [symbol, updateId])).toEqual([
    [0, 1],
    [1, 1],
    [0, 2],
  ])
  expect(changes.map(({ bestChanged }) => bestChanged)).toEqual([true, true, true])
})

test('a change behind the best price leaves the book ticker alone', () => {
  const { changes, place } = opened()
  place({ side: 'BUY', price: 100, lots: 5 })
  place({ side: 'BUY', price: 99, lots: 5 })
  place({ side: 'BUY', price: 100, lots: 1 })
  expect(changes.map(({ bestChanged }) => bestChanged)).toEqual([true, false, true])
})

test('trades of one order at one price are one aggregate, named by the first', () => {
  const { view, place } = opened()
  for (const price of [100, 100, 101]) place({ side: 'SELL', price, lots: 2 })
  place({ side: 'BUY', price: 101, lots: 5 })
  place({ side: 'BUY', price: 101, lots: 1 })
  const summary = view
    .aggregateTrades(BTC, 10)
    .map((trade) => [trade.aggregateId, trade.price, trade.lots, trade.lastTradeId])
  expect(summary).toEqual([
    [1, 100, 4, 2],
    [3, 101, 1, 3],
    [4, 101, 1, 4],
  ])
  expect(view.recentTrades(BTC, 2).map(({ tradeId }) => tradeId)).toEqual([3, 4])
})

test('a candle closes once, when time leaves it, and the next one begins flat', () => {
  const { view, changes, place, pass } = opened()
  place({ side: 'SELL', price: 100, lots: 9 })
  place({ side: 'BUY', price: 100, lots: 1 })
  pass(500)
  place({ side: 'BUY', price: 100, lots: 2 })
  expect(view.candle(BTC, '1m')).toMatchObject({ lots: 3, trades: 2, takerBuyLots: 3, close: 100 })
  changes.length = 0
  pass(500)
  expect(changes[0]?.closed.map(({ interval }) => interval)).toEqual(['1s'])
  expect(view.candle(BTC, '1s')).toMatchObject({ lots: 0, open: 100, trades: 0 })
  changes.length = 0
  pass(59_000)
  expect(changes[0]?.closed.map(({ interval, candle }) => [interval, candle.lots])).toEqual([
    ['1s', 0],
    ['1m', 3],
  ])
  expect(view.candle(BTC, '3m')).toMatchObject({ lots: 3, trades: 2 })
})

test('the day’s window loses a minute when a day has passed since it', () => {
  const { view, place, pass } = opened()
  place({ side: 'SELL', price: 100, lots: 1 })
  place({ side: 'BUY', price: 100, lots: 1 })
  pass(MINUTE_MS)
  place({ side: 'SELL', price: 200, lots: 4 })
  place({ side: 'BUY', price: 200, lots: 4 })
  pass(DAY_MS - MINUTE_MS)
  expect(view.ticker24h(BTC)).toMatchObject({ open: 100, high: 200, lots: 5, trades: 2 })
  pass(MINUTE_MS - 1)
  expect(view.ticker24h(BTC)).toMatchObject({ open: 100, trades: 2, previousClose: 100 })
  pass(1)
  expect(view.ticker24h(BTC)).toMatchObject({ open: 200, trades: 1, previousClose: 100 })
  pass(10 * DAY_MS)
  expect(view.ticker24h(BTC)).toMatchObject({ open: 200, close: 200, trades: 0, lots: 0 })
})

test('the average price weighs by volume, and is the last price once nothing traded', () => {
  const { view, place, pass } = opened()
  expect(view.averagePrice(BTC)).toBeNull()
  for (const [price, lots] of [
    [100, 1],
    [200, 3],
  ] as const) {
    place({ side: 'SELL', price, lots })
    place({ side: 'BUY', price, lots })
  }
  expect(view.averagePrice(BTC)?.price).toBe(175_000_000n)
  pass(6 * MINUTE_MS)
  expect(view.averagePrice(BTC)?.price).toBe(200_000_000n)
})

const scriptOrders = fc.array(
  fc.record({
    symbol: fc.nat(1),
    side: fc.constantFrom('BUY' as const, 'SELL' as const),
    type: fc.constantFrom<OrderType>('LIMIT', 'LIMIT', 'MARKET', 'STOP_LOSS_LIMIT', 'STOP_LOSS'),
    icebergLots: fc.constantFrom(0, 0, 1, 3),
    userId: fc.integer({ min: 1, max: 2 }),
    selfTradePrevention: fc.constantFrom<SelfTradePrevention>(
      'NONE',
      'EXPIRE_MAKER',
      'EXPIRE_TAKER',
      'DECREMENT',
    ),
    timeInForce: fc.constantFrom('GTC' as const, 'GTC' as const, 'IOC' as const),
    price: fc.integer({ min: 1, max: 12 }),
    lots: fc.integer({ min: 1, max: 20 }),
    first: fc.constantFrom('cancel', 'amend', 'activate', 'nothing'),
    batch: fc.boolean(),
    waitMs: fc.constantFrom(0, 0, 400, 61_000, 3_600_000),
  }),
  { maxLength: 120 },
)

test('the depth is the book’s after any commands, and its updates carry a copy along', () => {
  fc.assert(
    fc.property(scriptOrders, (orders) => {
      const { script, view } = opened()
      const copies = [new Map<number, number>(), new Map<number, number>()]
      let expected = 0
      view.on((change) => {
        if (change.symbol !== BTC || change.updateId === null) return
        expected += 1
        expect(change.updateId).toBe(expected)
        for (const price of change.bids) copies[0]?.set(price, view.lotsAt(BTC, 'BUY', price))
        for (const price of change.asks) copies[1]?.set(price, view.lotsAt(BTC, 'SELL', price))
      })
      for (const order of orders) {
        script.timeMs += order.waitMs
        const victim = script.resting[0]
        if (order.first === 'cancel' && victim !== undefined)
          view.apply(script.cancel(victim.id), SCRIPT_VENUE)
        if (order.first === 'amend' && victim !== undefined && remainingLots(victim) > 1)
          view.apply(script.amend(victim.id, victim.lots - 1, 'less'), SCRIPT_VENUE)
        const events = script.placed(order)
        if (order.batch) events.push(...script.placed({ ...order, price: 13 - order.price }))
        // In one command with what set it off.
        const waits = script.waiting[0]
        if (order.first === 'activate' && waits !== undefined)
          events.push(...script.activated(waits.id))
        view.apply(script.outcome(events), SCRIPT_VENUE)
      }
      for (const symbol of [0, 1])
        expect(view.depth(symbol as SymbolIndex, 1000)).toMatchObject({
          bids: sorted(script.depth(symbol, 'BUY'), -1),
          asks: sorted(script.depth(symbol, 'SELL'), 1),
        })
      expect(sorted(copies[0] as Map<number, number>, -1)).toEqual(view.depth(BTC, 1000).bids)
      expect(sorted(copies[1] as Map<number, number>, 1)).toEqual(view.depth(BTC, 1000).asks)
    }),
    { numRuns: 150 },
  )
})

test('a restored view goes on as the one that never stopped', () => {
  const { script, view, place, pass } = opened()
  place({ side: 'SELL', price: 100, lots: 9 })
  place({ side: 'BUY', price: 100, lots: 1 })
  pass(MINUTE_MS)
  place({ side: 'BUY', price: 99, lots: 4 })
  place({ side: 'BUY', price: 100, lots: 2 })
  pass(MINUTE_MS)
  const second = new MarketView()
  second.restore(SCRIPT_VENUE, seedFrom(view, script))
  expect(second.depth(BTC, 5)).toEqual({ ...view.depth(BTC, 5), lastUpdateId: script.sequence })
  expect(second.depth(BTC, 5).lastUpdateId).toBeGreaterThan(view.depth(BTC, 5).lastUpdateId)
  const outcome = script.place({ side: 'BUY', price: 100, lots: 1 })
  for (const each of [view, second]) each.apply(outcome, SCRIPT_VENUE)
  expect(second.ticker24h(BTC)).toEqual(view.ticker24h(BTC))
  expect(second.candle(BTC, '1M')).toEqual(view.candle(BTC, '1M'))
  expect(second.recentTrades(BTC, 10)).toEqual(view.recentTrades(BTC, 10))
})

function sorted(levels: ReadonlyMap<number, number>, sign: 1 | -1): [number, number][] {
  return [...levels].filter(([, lots]) => lots > 0).sort(([a], [b]) => (a - b) * sign)
}

/** What SQL and the book would give, taken from a view that saw everything: minutes by its own trades. */
function seedFrom(view: MarketView, script: MarketScript): MarketSeed {
  const minute = (trade: ReturnType<typeof view.recentTrades>[number]) => ({
    openTimeMs: Math.floor(trade.timestampMs / MINUTE_MS) * MINUTE_MS,
    open: trade.price,
    high: trade.price,
    low: trade.price,
    close: trade.price,
    lots: trade.lots,
    quote: trade.quote,
    trades: 1,
    takerBuyLots: trade.lots,
    takerBuyQuote: trade.quote,
    firstTradeId: trade.tradeId,
    lastTradeId: trade.tradeId,
    lastLots: trade.lots,
  })
  return {
    sequence: script.sequence as Sequence,
    timeMs: script.timeMs as TimestampMs,
    depth: (symbol, side) =>
      [...script.depth(symbol, side)].map(([price, lots]) => [price, lots, 1] as const),
    recentTrades: (symbol) => view.recentTrades(symbol, 1000),
    minutes: (symbol) => view.recentTrades(symbol, 1000).map(minute),
    running: (symbol, interval) => view.candle(symbol, interval),
  }
}
