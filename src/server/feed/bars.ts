import type { Candle, CandleSeries } from './candles.ts'
import { CandleFault } from './candles.ts'

/** Every pair's candle of one span of time; null where a pair has none. */
export interface Bar {
  readonly openMs: number
  /** By place in the series. */
  readonly candles: readonly (Candle | null)[]
}

export interface Bars {
  readonly symbols: readonly string[]
  readonly bars: readonly Bar[]
  /** From one bar's start to the next one's. */
  readonly intervalMs: number
}

export const STEPS_PER_BAR = 4

/** All series side by side, one bar for each time at which any of them has a candle. Times `from` to `to` included. */
export function barsOf(series: readonly CandleSeries[], fromMs = 0, toMs = Infinity): Bars {
  const byTime = new Map<number, (Candle | null)[]>()
  for (const [place, { candles }] of series.entries()) {
    for (const candle of candles) {
      if (candle.openMs < fromMs || candle.openMs > toMs) continue
      const row = byTime.get(candle.openMs) ?? series.map(() => null)
      row[place] = candle
      byTime.set(candle.openMs, row)
    }
  }
  const bars = [...byTime]
    .sort(([a], [b]) => a - b)
    .map(([openMs, candles]) => ({ openMs, candles }))
  if (bars.length === 0) throw new CandleFault('no candles in the span asked for')
  return { symbols: series.map(({ symbol }) => symbol), bars, intervalMs: intervalOf(bars) }
}

function intervalOf(bars: readonly Bar[]): number {
  let interval = 60_000
  let shortest = Infinity
  for (let place = 1; place < bars.length; place += 1) {
    shortest = Math.min(shortest, (bars[place]?.openMs ?? 0) - (bars[place - 1]?.openMs ?? 0))
  }
  if (Number.isFinite(shortest)) interval = shortest
  return interval
}

/**
 * The price of a candle at each of a bar's four steps.
 *
 * A candle does not say which extreme came first; as is usual, a rising bar is taken to have dipped before it rose,
 * and a falling one to have risen before it fell.
 */
export function pathOf(candle: Candle): readonly [bigint, bigint, bigint, bigint] {
  const { open, high, low, close } = candle
  return close >= open ? [open, low, high, close] : [open, high, low, close]
}

/** When a bar's step is: its start, its two inner thirds, and its last millisecond. */
export function stepTimeMs(bar: Bar, step: number, intervalMs: number): number {
  if (step === STEPS_PER_BAR - 1) return bar.openMs + intervalMs - 1
  return bar.openMs + Math.floor((intervalMs * step) / (STEPS_PER_BAR - 1))
}
