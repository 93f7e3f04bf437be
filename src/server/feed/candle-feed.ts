import { formatDecimalShort } from '../../core/money/decimal.ts'
import { INDEX_PRICE_DECIMALS } from '../../core/money/price.ts'
import type { Bars } from './bars.ts'
import { barsOf, pathOf, STEPS_PER_BAR, stepTimeMs } from './bars.ts'
import { CandleFault, readCandles } from './candles.ts'
import type { Pair } from './cross-rates.ts'
import { pairOf, usdtPrices } from './cross-rates.ts'
import type { Feed, FeedPrices } from './feed.ts'

export interface CandleFeedSettings {
  /** A candle file, or a folder of them. */
  readonly path: string
  /** Real time from one price to the next; a bar has four. */
  readonly intervalMs: number
  /** Starts over after the last bar instead of falling silent. */
  readonly repeat: boolean
}

/** Every step of every bar as USDT prices, in order of time. */
export function* candlePrices(
  bars: Bars,
): Generator<{ readonly timeMs: number; readonly prices: FeedPrices }> {
  const pairs = bars.symbols.map((symbol) => pairNamed(symbol))
  const latest = new Map<string, { pair: Pair; price: bigint }>()
  for (const bar of bars.bars) {
    for (let step = 0; step < STEPS_PER_BAR; step += 1) {
      for (const [place, candle] of bar.candles.entries()) {
        const pair = pairs[place]
        const price = candle === null ? undefined : pathOf(candle)[step]
        if (pair !== undefined && price !== undefined) latest.set(pair.symbol, { pair, price })
      }
      const prices = [...usdtPrices([...latest.values()])].map(
        ([code, price]) => [code, formatDecimalShort(price, INDEX_PRICE_DECIMALS)] as const,
      )
      yield { timeMs: stepTimeMs(bar, step, bars.intervalMs), prices }
    }
  }
}

function pairNamed(symbol: string): Pair {
  const pair = pairOf(symbol)
  if (pair === null) throw new CandleFault(`${symbol} does not end with a known quote asset`)
  return pair
}

/** Plays recorded candles as index prices, at a chosen pace. */
export class CandleFeed implements Feed {
  readonly #settings: CandleFeedSettings
  readonly #bars: Bars
  #timer: NodeJS.Timeout | null = null

  constructor(settings: CandleFeedSettings) {
    this.#settings = settings
    this.#bars = barsOf(readCandles(settings.path))
  }

  start(onPrices: (prices: FeedPrices, timeMs?: number) => void): void {
    if (this.#timer !== null) return
    let steps = candlePrices(this.#bars)
    const play = (): void => {
      let next = steps.next()
      if (next.done === true && this.#settings.repeat) {
        steps = candlePrices(this.#bars)
        next = steps.next()
      }
      if (next.done === true) this.stop()
      else onPrices(next.value.prices, next.value.timeMs)
    }
    this.#timer = setInterval(play, this.#settings.intervalMs)
    play()
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
  }
}
