import type { Ticks } from '../../core/money/price.ts'
import type { Candle } from './candle.ts'
import { addCandle, addTrade, candleOfTrade, flatCandle } from './candle.ts'
import type { StreamInterval } from './interval.ts'
import { openTimeOf, STREAM_INTERVALS } from './interval.ts'
import type { PublicTrade } from './public-trade.ts'

const SECOND_MS = 1_000
const MINUTE_MS = 60_000
/** A day of whole minutes, the one that has begun, and the one a window's start falls in. */
const MINUTES_KEPT = 1_442
const LONGER_INTERVALS = STREAM_INTERVALS.filter((cut) => cut !== '1s')

export interface ClosedCandle {
  readonly interval: StreamInterval
  readonly candle: Readonly<Candle>
}

/** What traded in a window that ends now. */
export interface WindowStatistics extends Readonly<Candle> {
  readonly closeTimeMs: number
  /** The last price before the window; the window's first where that is not known. */
  readonly previousClose: Ticks
}

/**
 * One symbol's current candles of every interval, and its last day by the minute.
 *
 * A trade touches the current second alone. A second that is over is folded into the longer candles, once.
 */
export class CandleSeries {
  #second: Candle | null = null
  readonly #longer = new Map<StreamInterval, Candle>()
  readonly #minutes: (Candle | undefined)[] = new Array(MINUTES_KEPT).fill(undefined)

  /** What past minutes and running candles said before this process began; ascending minutes. */
  restore(
    timeMs: number,
    minutes: readonly Candle[],
    lastPrice: Ticks | null,
    running: (interval: StreamInterval, openTimeMs: number) => Candle | null,
  ): void {
    if (lastPrice === null) return
    for (const minute of minutes) this.#keep(minute)
    this.#second = flatCandle(openTimeOf('1s', timeMs), lastPrice)
    for (const interval of LONGER_INTERVALS) {
      const openTimeMs = openTimeOf(interval, timeMs)
      const candle = running(interval, openTimeMs) ?? flatCandle(openTimeMs, lastPrice)
      this.#longer.set(interval, { ...candle })
    }
  }

  /** The trade happens in the second that `advance` reached last. */
  add(trade: PublicTrade): void {
    if (this.#second === null) this.#begin(trade)
    const second = this.#second as Candle | null
    if (second === null || second.trades === 0)
      this.#second = candleOfTrade(openTimeOf('1s', trade.timestampMs), trade)
    else addTrade(second, trade)
  }

  /** Closes every candle that is over at `timeMs`, and says which. Minutes without trades are not made up. */
  advance(timeMs: number): ClosedCandle[] {
    const over = this.#second
    if (over === null || timeMs < over.openTimeMs + SECOND_MS) return []
    for (const candle of this.#longer.values()) fold(candle, over)
    const closed: ClosedCandle[] = [{ interval: '1s', candle: over }]
    this.#second = flatCandle(openTimeOf('1s', timeMs), over.close)
    if (openTimeOf('1m', timeMs) === openTimeOf('1m', over.openTimeMs)) return closed
    for (const [interval, candle] of this.#longer) {
      const openTimeMs = openTimeOf(interval, timeMs)
      if (openTimeMs === candle.openTimeMs) continue
      closed.push({ interval, candle })
      if (interval === '1m' && candle.trades > 0) this.#keep(candle)
      this.#longer.set(interval, flatCandle(openTimeMs, over.close))
    }
    return closed
  }

  /** The running candle; null before the first trade. */
  running(interval: StreamInterval): Candle | null {
    if (this.#second === null) return null
    if (interval === '1s') return this.#second
    const candle = { ...(this.#longer.get(interval) as Candle) }
    fold(candle, this.#second)
    return candle
  }

  /** By whole minutes, from the one `windowMs` ago falls in. Null before the first trade. */
  over(windowMs: number, nowMs: number): WindowStatistics | null {
    const running = this.running('1m')
    if (running === null) return null
    const fromMs = openTimeOf('1m', nowMs - windowMs)
    const { previousClose, window } = this.#collect(fromMs, running)
    return {
      ...window,
      openTimeMs: fromMs,
      closeTimeMs: nowMs,
      previousClose: previousClose ?? window.open,
    }
  }

  #collect(fromMs: number, running: Candle): { previousClose: Ticks | null; window: Candle } {
    const window = flatCandle(fromMs, running.close)
    let before: Candle | null = null
    const first = fromMs / MINUTE_MS
    for (let place = 0; place < MINUTES_KEPT; place += 1) {
      const minute = this.#minutes[(first + place) % MINUTES_KEPT]
      if (minute === undefined) continue
      if (minute.openTimeMs >= fromMs) fold(window, minute)
      else if (before === null || minute.openTimeMs > before.openTimeMs) before = minute
    }
    fold(window, running)
    return { previousClose: before?.close ?? null, window }
  }

  #begin(trade: PublicTrade): void {
    for (const interval of LONGER_INTERVALS)
      this.#longer.set(interval, flatCandle(openTimeOf(interval, trade.timestampMs), trade.price))
  }

  #keep(minute: Candle): void {
    this.#minutes[(minute.openTimeMs / MINUTE_MS) % MINUTES_KEPT] = minute
  }
}

/** Adds what traded later to a candle that may not have traded yet; the candle keeps its own opening time. */
function fold(candle: Candle, later: Candle): void {
  if (later.trades === 0) return
  if (candle.trades === 0) Object.assign(candle, later, { openTimeMs: candle.openTimeMs })
  else addCandle(candle, later)
}
