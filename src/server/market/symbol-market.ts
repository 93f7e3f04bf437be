import type { SymbolIndex } from '../../core/domain/ids.ts'
import type { Side } from '../../core/domain/order.ts'
import type { Ticks } from '../../core/money/price.ts'
import type { ClosedCandle } from './candle-series.ts'
import { CandleSeries } from './candle-series.ts'
import { PriceLevels } from './price-levels.ts'
import type { PublicTrade } from './public-trade.ts'

const TRADES_KEPT = 2_048

/** What one command changed in one symbol's market. */
export interface MarketChange {
  readonly symbol: SymbolIndex
  readonly timestampMs: number
  /** The depth's new update id; null when no level changed. */
  readonly updateId: number | null
  /** Prices whose lots changed. */
  readonly bids: ReadonlySet<number>
  readonly asks: ReadonlySet<number>
  readonly bestChanged: boolean
  readonly trades: readonly PublicTrade[]
  readonly closed: readonly ClosedCandle[]
}

/** One symbol's public state. Changed through `changeLevel`, `addTrade` and `finish` of each command. */
export class SymbolMarket {
  readonly symbol: SymbolIndex
  readonly bids = new PriceLevels('BUY')
  readonly asks = new PriceLevels('SELL')
  readonly candles = new CandleSeries()
  /** Rises by one with each command that changed the depth. */
  updateId = 0
  lastPrice: Ticks | null = null
  lastTradeMs = 0
  /** Ring of the latest trades. */
  readonly #trades: PublicTrade[] = []
  #tradesSeen = 0

  #changedBids = new Map<number, number>()
  #changedAsks = new Map<number, number>()
  #newTrades: PublicTrade[] = []

  constructor(symbol: SymbolIndex) {
    this.symbol = symbol
  }

  changeLevel(side: Side, price: number, lotsDelta: number): void {
    if (lotsDelta === 0) return
    const levels = side === 'BUY' ? this.bids : this.asks
    const changed = side === 'BUY' ? this.#changedBids : this.#changedAsks
    if (!changed.has(price)) changed.set(price, levels.lotsAt(price))
    levels.change(price, lotsDelta)
  }

  addTrade(trade: PublicTrade): void {
    this.remember(trade)
    this.candles.add(trade)
    this.#newTrades.push(trade)
  }

  /** Keeps a trade among the latest without counting it in candles. */
  remember(trade: PublicTrade): void {
    this.#trades[this.#tradesSeen % TRADES_KEPT] = trade
    this.#tradesSeen += 1
    this.lastPrice = trade.price
    this.lastTradeMs = trade.timestampMs
  }

  /** The latest, oldest first. */
  recentTrades(limit: number): PublicTrade[] {
    const count = Math.min(limit, this.#trades.length)
    const trades: PublicTrade[] = []
    for (let seen = this.#tradesSeen - count; seen < this.#tradesSeen; seen += 1)
      trades.push(this.#trades[seen % TRADES_KEPT] as PublicTrade)
    return trades
  }

  /** Ends a command: counts the update, and says what changed; null when nothing did. */
  finish(timestampMs: number, closed: readonly ClosedCandle[]): MarketChange | null {
    const bids = reallyChanged(this.#changedBids, this.bids)
    const asks = reallyChanged(this.#changedAsks, this.asks)
    const depthChanged = bids.size > 0 || asks.size > 0
    const trades = this.#newTrades
    this.#changedBids = new Map()
    this.#changedAsks = new Map()
    this.#newTrades = []
    if (depthChanged) this.updateId += 1
    else if (trades.length === 0 && closed.length === 0) return null
    return {
      symbol: this.symbol,
      timestampMs,
      updateId: depthChanged ? this.updateId : null,
      bids,
      asks,
      bestChanged: reachesBest(bids, this.bids, 1) || reachesBest(asks, this.asks, -1),
      trades,
      closed,
    }
  }
}

/** Prices whose lots are not what they were before the command. */
function reallyChanged(before: ReadonlyMap<number, number>, levels: PriceLevels): Set<number> {
  const changed = new Set<number>()
  for (const [price, lots] of before) if (levels.lotsAt(price) !== lots) changed.add(price)
  return changed
}

/** Whether a changed price is the best one, or was: it lies at or before the best there is now. */
function reachesBest(changed: ReadonlySet<number>, levels: PriceLevels, sign: 1 | -1): boolean {
  if (changed.size === 0) return false
  const best = levels.best()
  if (best === null) return true
  for (const price of changed) if (price * sign >= best[0] * sign) return true
  return false
}
