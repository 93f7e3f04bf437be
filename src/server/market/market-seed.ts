import { assert, present } from '../../core/assert.ts'
import type { Sequence, SymbolIndex, TimestampMs } from '../../core/domain/ids.ts'
import { DAY_MS } from '../../core/domain/ids.ts'
import type { Answer, Ask, QuestionName } from '../../core/domain/question.ts'
import type { Venue } from '../../core/domain/venue.ts'
import type { Candle } from './candle.ts'
import { addCandle } from './candle.ts'
import type { Interval } from './interval.ts'
import { closeTimeOf, INTERVALS, openTimeOf } from './interval.ts'
import type { MarketSeed } from './market-view.ts'
import type { PublicTrade } from './public-trade.ts'

const TRADES = 1_000
const MINUTE_MS = 60_000
const MINUTES = DAY_MS / MINUTE_MS + 1
/** Longer than the minutes that are kept reach back. */
const LONG_INTERVALS = ['3d', '1w', '1M'] as const

/** The SQL histories, as far as the view begins from them. */
export interface SeedHistories {
  /** The latest, oldest first. */
  publicTrades(symbol: SymbolIndex, request: { limit: number }): Promise<readonly PublicTrade[]>
  /** The latest, oldest first, up to the one that runs at `nowMs`. */
  klines(
    symbol: SymbolIndex,
    interval: { openTimeOf(timeMs: number): number; closeTimeOf(openTimeMs: number): number },
    request: { nowMs: number; limit: number },
  ): Promise<readonly Candle[]>
}

export interface SeedEngine {
  readonly sequence: Sequence
  nowMs(): TimestampMs
  ask<Q extends QuestionName>(name: Q, question: Ask<Q>): Answer<Q>
}

interface SymbolHistory {
  readonly trades: readonly PublicTrade[]
  readonly minutes: readonly Candle[]
  readonly running: ReadonlyMap<Interval, Candle>
}

/**
 * What the view starts from after a restart. The histories must hold everything up to the engine's sequence, and
 * no command may be applied until the view is restored from the answer.
 */
export async function loadMarketSeed(
  venue: Venue,
  engine: SeedEngine,
  histories: SeedHistories,
): Promise<MarketSeed> {
  const { sequence } = engine
  const timeMs = engine.nowMs()
  const bySymbol = await Promise.all(
    venue.symbols.map((symbol) => historyOf(symbol.index, timeMs, histories)),
  )
  const history = (symbol: SymbolIndex) => present(bySymbol[symbol], 'every symbol is loaded')
  return {
    sequence,
    timeMs,
    depth(symbol, side) {
      assert(engine.sequence === sequence, 'a view is restored before the next command')
      return engine.ask('depth', { symbol, side, levels: Number.MAX_SAFE_INTEGER })
    },
    recentTrades: (symbol) => history(symbol).trades,
    minutes: (symbol, fromMs) =>
      history(symbol).minutes.filter(({ openTimeMs }) => openTimeMs >= fromMs),
    running: (symbol, interval) => history(symbol).running.get(interval) ?? null,
  }
}

async function historyOf(
  symbol: SymbolIndex,
  nowMs: number,
  histories: SeedHistories,
): Promise<SymbolHistory> {
  const klines = (interval: Interval, limit: number) =>
    histories.klines(symbol, cutBy(interval), { nowMs, limit })
  const trades = await histories.publicTrades(symbol, { limit: TRADES })
  const minutes = (await klines('1m', MINUTES)).filter((candle) => candle.trades > 0)
  const running = new Map<Interval, Candle>()
  for (const interval of INTERVALS) {
    const candle = summed(minutes, openTimeOf(interval, nowMs))
    if (candle !== null && interval !== '1s') running.set(interval, candle)
  }
  for (const interval of LONG_INTERVALS) {
    const [candle] = await klines(interval, 1)
    if (candle !== undefined && candle.trades > 0) running.set(interval, { ...candle })
  }
  const runningMinuteMs = openTimeOf('1m', nowMs)
  const past = minutes.filter(({ openTimeMs }) => openTimeMs < runningMinuteMs)
  return { trades, minutes: past, running }
}

function cutBy(interval: Interval) {
  return {
    openTimeOf: (timeMs: number) => openTimeOf(interval, timeMs),
    closeTimeOf: (openTimeMs: number) => closeTimeOf(interval, openTimeMs),
  }
}

/** All that traded from `openTimeMs` on as one candle; null when nothing did. */
function summed(minutes: readonly Candle[], openTimeMs: number): Candle | null {
  const [first, ...later] = minutes.filter((minute) => minute.openTimeMs >= openTimeMs)
  if (first === undefined) return null
  const sum = { ...first, openTimeMs }
  for (const minute of later) addCandle(sum, minute)
  return sum
}
