import { expect, test } from 'vitest'
import type { Side } from '../../core/domain/order.ts'
import { readMarketSeed } from '../../venue/market-seed.ts'
import { openReadModel } from '../projections/read-model.ts'
import type { Sequencer } from '../sequencer/sequencer.ts'
import { IN_MEMORY } from '../sql/sqlite.ts'
import { STREAM_INTERVALS } from './interval.ts'
import { MarketScript } from './market-script.ts'
import { MarketView } from './market-view.ts'
import { SCRIPT_VENUE } from './script-venue.ts'

const HOUR_MS = 3_600_000

/** Steps between trades: within a second, over seconds, minutes, hours, and a weekend. */
const WAITS_MS = [0, 300, 2_000, 61_000, 7 * HOUR_MS, 60 * HOUR_MS, HOUR_MS, 1_000]

test('a view restored from SQL and the book goes on as the one that never stopped', async () => {
  const script = new MarketScript()
  script.timeMs = Date.UTC(2026, 0, 27, 22, 30, 0, 250)
  const view = new MarketView()
  const { projector, queries } = await openReadModel({ location: IN_MEMORY, history: 'one' })
  const place = (symbol: number, side: Side, price: number, lots: number) => {
    const outcome = script.place({ symbol, side, price, lots })
    view.apply(outcome, SCRIPT_VENUE)
    projector.offer(outcome)
  }
  for (let round = 0; round < 40; round += 1) {
    script.timeMs += WAITS_MS[round % WAITS_MS.length] as number
    const price = 10_000 + ((round * 37) % 11)
    place(0, 'SELL', price, 3)
    place(0, 'BUY', price, 1 + (round % 3))
    place(0, 'BUY', 9_000 + round, 2)
  }
  place(1, 'BUY', 500, 1)
  await projector.flush()
  const sequencer = {
    sequence: script.sequence,
    venue: SCRIPT_VENUE,
    ask: (name: string, { symbol, side }: { symbol: number; side: Side }) =>
      name === 'status'
        ? { timeMs: script.timeMs }
        : [...script.depth(symbol, side)].map(([price, lots]) => [price, lots, 1]),
  } as unknown as Sequencer
  const restored = new MarketView()
  restored.restore(SCRIPT_VENUE, await readMarketSeed(sequencer, queries))
  for (const { index } of SCRIPT_VENUE.symbols) {
    const { bids, asks } = view.depth(index, 1_000)
    expect(restored.depth(index, 1_000)).toEqual({ bids, asks, lastUpdateId: script.sequence })
    expect(restored.recentTrades(index, 1_000)).toEqual(view.recentTrades(index, 1_000))
    expect(restored.lastPrice(index)).toBe(view.lastPrice(index))
    expect(restored.ticker(index, HOUR_MS)).toEqual(view.ticker(index, HOUR_MS))
    expect(restored.averagePrice(index)).toEqual(view.averagePrice(index))
    for (const interval of STREAM_INTERVALS.filter((each) => each !== '1s'))
      expect([interval, restored.candle(index, interval)]).toEqual([
        interval,
        view.candle(index, interval),
      ])
  }
  await projector.close()
})
