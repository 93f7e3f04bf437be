import { present } from '../../core/assert.ts'
import type { Event, Outcome, TradeExecuted } from '../../core/domain/event.ts'
import type { Sequence, SymbolIndex, TimestampMs } from '../../core/domain/ids.ts'
import { DAY_MS } from '../../core/domain/ids.ts'
import type { Side } from '../../core/domain/order.ts'
import type { TradingSymbol, Venue } from '../../core/domain/venue.ts'
import { baseOf } from '../../core/domain/venue.ts'
import type { Amount } from '../../core/money/amount.ts'
import { AMOUNT_SCALE } from '../../core/money/amount.ts'
import type { Lots, Ticks } from '../../core/money/price.ts'
import type { Candle } from './candle.ts'
import type { ClosedCandle, WindowStatistics } from './candle-series.ts'
import type { StreamInterval } from './interval.ts'
import { openTimeOf } from './interval.ts'
import type { PriceLevel } from './price-levels.ts'
import type { AggregateTrade, PublicTrade } from './public-trade.ts'
import { aggregateTrades } from './public-trade.ts'
import type { MarketChange } from './symbol-market.ts'
import { SymbolMarket } from './symbol-market.ts'

const AVERAGE_MINUTES = 5
const MINUTE_MS = 60_000

export interface DepthAnswer {
  readonly lastUpdateId: number
  /** Best first. */
  readonly bids: readonly PriceLevel[]
  readonly asks: readonly PriceLevel[]
}

export interface BookTicker {
  readonly updateId: number
  readonly bid: PriceLevel | null
  readonly ask: PriceLevel | null
}

export interface AveragePrice {
  readonly minutes: number
  /** 10⁻⁸ of the quote asset for one whole base; rounded down. */
  readonly price: Amount
  readonly lastTradeMs: number
}

/** Where the view starts from when the journal is not replayed through it. */
export interface MarketSeed {
  readonly sequence: Sequence
  readonly timeMs: TimestampMs
  /** Best-first levels from the book itself: `[price, lots, orders]`. */
  depth(symbol: SymbolIndex, side: Side): readonly (readonly [number, number, number])[]
  /** The latest thousand or more, oldest first. */
  recentTrades(symbol: SymbolIndex): readonly PublicTrade[]
  /** One-minute candles with trades that opened at or after `fromMs`, ascending, the running one left out. */
  minutes(symbol: SymbolIndex, fromMs: number): readonly Candle[]
  /** What the running candle of an interval holds so far; null when nothing traded in it. */
  running(symbol: SymbolIndex, interval: StreamInterval, openTimeMs: number): Candle | null
}

/**
 * The public market of every symbol, built from events alone.
 *
 * Update ids are dense within a symbol and never fall over a restart: a restored view counts on from the
 * sequence, which is never less than the number of updates any symbol has had.
 */
export class MarketView {
  #venue: Venue | null = null
  #markets: SymbolMarket[] = []
  #secondMs = 0
  #timeMs = 0
  readonly #touched = new Set<SymbolMarket>()
  readonly #closed = new Map<SymbolMarket, readonly ClosedCandle[]>()
  readonly #listeners = new Set<(change: MarketChange) => void>()

  /** The venue's time at the latest command. */
  get timeMs(): number {
    return this.#timeMs
  }

  get venue(): Venue | null {
    return this.#venue
  }

  /** Calls `listener` once per command and changed symbol; the answer ends that. */
  on(listener: (change: MarketChange) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  restore(venue: Venue, seed: MarketSeed): void {
    this.#venue = venue
    this.#timeMs = seed.timeMs
    this.#secondMs = openTimeOf('1s', seed.timeMs)
    this.#markets = venue.symbols.map((symbol) => restored(symbol, seed))
  }

  apply(outcome: Outcome, venue: Venue): void {
    if (this.#venue === null) this.#open(venue)
    this.#advance(outcome.timestampMs)
    for (const event of outcome.events) this.#take(event, outcome.timestampMs)
    this.#finish(outcome.timestampMs)
  }

  depth(symbol: SymbolIndex, limit: number): DepthAnswer {
    const market = this.#market(symbol)
    return {
      lastUpdateId: market.updateId,
      bids: market.bids.top(limit),
      asks: market.asks.top(limit),
    }
  }

  /** Lots shown at one price. */
  lotsAt(symbol: SymbolIndex, side: Side, price: number): Lots {
    const market = this.#market(symbol)
    return (side === 'BUY' ? market.bids : market.asks).lotsAt(price)
  }

  bookTicker(symbol: SymbolIndex): BookTicker {
    const market = this.#market(symbol)
    return { updateId: market.updateId, bid: market.bids.best(), ask: market.asks.best() }
  }

  /** Oldest first; two thousand are kept. */
  recentTrades(symbol: SymbolIndex, limit: number): readonly PublicTrade[] {
    return this.#market(symbol).recentTrades(limit)
  }

  /** Oldest first, out of the trades that are kept. */
  aggregateTrades(symbol: SymbolIndex, limit: number): readonly AggregateTrade[] {
    const trades = this.#market(symbol).recentTrades(Number.MAX_SAFE_INTEGER)
    return aggregateTrades(trades).slice(-limit)
  }

  /** Null before the first trade. */
  lastPrice(symbol: SymbolIndex): Ticks | null {
    return this.#market(symbol).lastPrice
  }

  /** Statistics of the window that ends now, by whole minutes; null before the first trade. At most a day. */
  ticker(symbol: SymbolIndex, windowMs: number): WindowStatistics | null {
    return this.#market(symbol).candles.over(windowMs, this.#timeMs)
  }

  ticker24h(symbol: SymbolIndex): WindowStatistics | null {
    return this.ticker(symbol, DAY_MS)
  }

  /** The running candle; null before the first trade. */
  candle(symbol: SymbolIndex, interval: StreamInterval): Readonly<Candle> | null {
    return this.#market(symbol).candles.running(interval)
  }

  /** By volume over the last minutes, else the last price; null before the first trade. */
  averagePrice(symbol: SymbolIndex): AveragePrice | null {
    const market = this.#market(symbol)
    const window = market.candles.over(AVERAGE_MINUTES * MINUTE_MS, this.#timeMs)
    if (window === null) return null
    const definition = this.#symbol(symbol)
    return {
      minutes: AVERAGE_MINUTES,
      price: averageOf(definition, window),
      lastTradeMs: market.lastTradeMs,
    }
  }

  #open(venue: Venue): void {
    this.#venue = venue
    this.#markets = venue.symbols.map((symbol) => new SymbolMarket(symbol.index))
  }

  #advance(timeMs: number): void {
    this.#timeMs = timeMs
    const secondMs = openTimeOf('1s', timeMs)
    if (secondMs === this.#secondMs) return
    this.#secondMs = secondMs
    for (const market of this.#markets) {
      const closed = market.candles.advance(timeMs)
      if (closed.length === 0) continue
      this.#closed.set(market, closed)
      this.#touched.add(market)
    }
  }

  /** What shows of an order is added the moment it enters, though what it takes comes after: its events say so. */
  #take(event: Event, timestampMs: TimestampMs): void {
    switch (event.type) {
      case 'OrderAccepted':
      case 'OrderActivated': {
        const { symbol, side, price } = event.order
        this.#show(symbol, side, price, event.restingLots)
        return
      }
      case 'TradeExecuted':
        this.#trade(event, timestampMs)
        return
      case 'OrderEnded':
        if (event.wasResting) this.#show(event.symbol, event.side, event.price, -event.shownLots)
        return
      case 'OrderAmended': {
        const { symbol, side, price } = event.order
        this.#show(symbol, side, price, -event.shownLotsLess)
        return
      }
      case 'SelfTradePrevented':
        this.#show(event.symbol, event.maker.side, event.price, -event.shownLotsLess)
        return
    }
  }

  #show(symbol: SymbolIndex, side: Side, price: Ticks, lotsDelta: number): void {
    if (lotsDelta !== 0) this.#touch(symbol).changeLevel(side, price, lotsDelta)
  }

  #trade(event: TradeExecuted, timestampMs: TimestampMs): void {
    const market = this.#touch(event.symbol)
    market.changeLevel(event.maker.side, event.price, event.replenishedLots - event.lots)
    market.addTrade({
      tradeId: event.tradeId,
      price: event.price,
      lots: event.lots,
      quote: event.quote,
      timestampMs,
      buyerIsMaker: event.maker.side === 'BUY',
      takerOrderId: event.taker.orderId,
    })
  }

  #finish(timestampMs: number): void {
    if (this.#touched.size === 0) return
    for (const market of this.#touched) {
      const change = market.finish(timestampMs, this.#closed.get(market) ?? [])
      if (change !== null) for (const listener of this.#listeners) listener(change)
    }
    this.#touched.clear()
    this.#closed.clear()
  }

  #touch(symbol: SymbolIndex): SymbolMarket {
    const market = this.#market(symbol)
    this.#touched.add(market)
    return market
  }

  #market(symbol: SymbolIndex): SymbolMarket {
    return present(this.#markets[symbol], 'a market is asked for a symbol of an open venue')
  }

  #symbol(symbol: SymbolIndex): TradingSymbol {
    return present(this.#venue?.symbols[symbol], 'a symbol is the venue’s')
  }
}

function averageOf(symbol: TradingSymbol, window: WindowStatistics): Amount {
  const base = baseOf(symbol, window.lots as Lots)
  if (base === 0n) return (BigInt(window.close) * symbol.tickSize) as Amount
  return ((window.quote * AMOUNT_SCALE) / base) as Amount
}

function restored(symbol: TradingSymbol, seed: MarketSeed): SymbolMarket {
  const market = new SymbolMarket(symbol.index)
  for (const side of ['BUY', 'SELL'] as const)
    for (const [price, lots] of seed.depth(symbol.index, side))
      market.changeLevel(side, price, lots)
  for (const trade of seed.recentTrades(symbol.index)) market.remember(trade)
  const fromMs = openTimeOf('1m', seed.timeMs) - DAY_MS
  market.candles.restore(
    seed.timeMs,
    seed.minutes(symbol.index, fromMs),
    market.lastPrice,
    (interval, openTimeMs) => seed.running(symbol.index, interval, openTimeMs),
  )
  market.finish(seed.timeMs, [])
  market.updateId = seed.sequence
  return market
}
