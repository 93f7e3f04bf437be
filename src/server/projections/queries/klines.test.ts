import { afterAll, expect, test } from 'vitest'
import { DAY_MS, HOUR_MS, type SymbolIndex } from '../../../core/domain/ids.ts'
import type { OpenReadModel } from '../read-model.ts'
import { at, MINUTE_MS, openSampleDay } from '../sample-day.ts'
import { BTCUSDT, START_MS } from '../sample-orders.ts'

const model = await openSampleDay()
afterAll(() => model.projector.close())

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
