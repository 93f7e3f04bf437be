import type { SymbolIndex } from '../core/domain/ids.ts'
import { DAY_MS } from '../core/domain/ids.ts'
import type { Candle } from '../server/market/candle.ts'
import type { StreamInterval } from '../server/market/interval.ts'
import { closeTimeOf, openTimeOf, STREAM_INTERVALS } from '../server/market/interval.ts'
import type { MarketSeed } from '../server/market/market-view.ts'
import type { PublicTrade } from '../server/market/public-trade.ts'
import type { Queries } from '../server/projections/queries.ts'
import type { Sequencer } from '../server/sequencer/sequencer.ts'

const RECENT_TRADES = 2_000
const DEPTH_LEVELS = 1_000_000

/** What the market view starts from after a restart: depth from the books, the rest from the read model. */
export async function readMarketSeed(sequencer: Sequencer, queries: Queries): Promise<MarketSeed> {
  const timeMs = sequencer.ask('status', {}).timeMs
  const trades = new Map<SymbolIndex, readonly PublicTrade[]>()
  const minutes = new Map<SymbolIndex, readonly Candle[]>()
  const running = new Map<string, Candle>()
  for (const { index } of sequencer.venue.symbols) {
    trades.set(index, await queries.publicTrades(index, { limit: RECENT_TRADES }))
    minutes.set(index, await dayOfMinutes(queries, index, timeMs))
    for (const interval of STREAM_INTERVALS) {
      const candle = await latestCandle(queries, index, interval, timeMs)
      if (candle !== null) running.set(`${index}/${interval}`, candle)
    }
  }
  return {
    sequence: sequencer.sequence,
    timeMs,
    depth: (symbol, side) => sequencer.ask('depth', { symbol, side, levels: DEPTH_LEVELS }),
    recentTrades: (symbol) => trades.get(symbol) ?? [],
    minutes: (symbol, fromMs) => (minutes.get(symbol) ?? []).filter((c) => c.openTimeMs >= fromMs),
    running: (symbol, interval, openTimeMs) => {
      const candle = running.get(`${symbol}/${interval}`) ?? null
      return candle?.openTimeMs === openTimeMs ? candle : null
    },
  }
}

async function dayOfMinutes(
  queries: Queries,
  symbol: SymbolIndex,
  nowMs: number,
): Promise<Candle[]> {
  const startMs = openTimeOf('1m', nowMs - DAY_MS)
  const endMs = openTimeOf('1m', nowMs) - 1
  const limit = DAY_MS / 60_000 + 1
  const candles = await queries.klines(symbol, cut('1m'), { startMs, endMs, nowMs, limit })
  return candles.filter((candle) => candle.trades > 0)
}

async function latestCandle(
  queries: Queries,
  symbol: SymbolIndex,
  interval: StreamInterval,
  nowMs: number,
): Promise<Candle | null> {
  const startMs = openTimeOf(interval, nowMs)
  const [candle] = await queries.klines(symbol, cut(interval), { startMs, nowMs, limit: 1 })
  return candle !== undefined && candle.trades > 0 ? candle : null
}

function cut(interval: StreamInterval) {
  return {
    openTimeOf: (timeMs: number) => openTimeOf(interval, timeMs),
    closeTimeOf: (openTimeMs: number) => closeTimeOf(interval, openTimeMs),
  }
}
