import type { EventOf } from '../../core/domain/event.ts'
import { DAY_MS, HOUR_MS, type SymbolIndex, type TimestampMs } from '../../core/domain/ids.ts'
import type { BatchBuilder } from './batch.ts'
import type { Row, StoredRow } from './tables.ts'

const SECOND_MS = 1_000
const MINUTE_MS = 60_000

/**
 * Widths that are kept, narrowest first; every longer candle is a sum of whole ones. A quarter of an hour is what all
 * time zones are apart by.
 */
export const CANDLE_WIDTHS_MS = [SECOND_MS, MINUTE_MS, 15 * MINUTE_MS, HOUR_MS, DAY_MS] as const

/** How long one-second candles are kept, counted back from the present minute. */
const SECONDS_KEPT_MS = HOUR_MS

/** A candle that can still change. */
interface Candle {
  readonly symbol: SymbolIndex
  readonly widthMs: number
  readonly openMs: number
  readonly open: number
  high: number
  low: number
  close: number
  lots: number
  quote: bigint
  trades: number
  takerBuyLots: number
  takerBuyQuote: bigint
  readonly firstTradeId: number
  lastTradeId: number
  lastLots: number
}

/** The latest candle of each symbol and width, from which trades make the next. Time never runs backwards. */
export class CandleRows {
  readonly #latest = new Map<string, Candle>()
  readonly #symbols = new Set<SymbolIndex>()
  readonly #touched = new Set<Candle>()
  #keptFromMs = 0

  constructor(latest: readonly StoredRow<'candles'>[]) {
    for (const row of latest) this.#hold(fromRow(row))
  }

  add(trade: EventOf<'TradeExecuted'>, timeMs: TimestampMs): void {
    for (const widthMs of CANDLE_WIDTHS_MS) {
      const openMs = Math.floor(timeMs / widthMs) * widthMs
      const latest = this.#latest.get(nameOf(trade.symbol, widthMs))
      const candle =
        latest?.openMs === openMs ? latest : this.#hold(emptyCandle(trade, widthMs, openMs))
      addTrade(candle, trade)
      this.#touched.add(candle)
    }
  }

  /** Writes what changed, and drops the one-second candles that are too old at `timeMs`. */
  flush(batch: BatchBuilder, timeMs: TimestampMs): void {
    batch.replace('candles', Array.from(this.#touched, toRow))
    this.#touched.clear()
    const keptFromMs = Math.floor(timeMs / MINUTE_MS) * MINUTE_MS - SECONDS_KEPT_MS
    if (keptFromMs === this.#keptFromMs) return
    this.#keptFromMs = keptFromMs
    const bounds = Array.from(this.#symbols, (symbol) => {
      // The last one stays, however old: the seconds after it stand at its close.
      const latestMs = this.#latest.get(nameOf(symbol, SECOND_MS))?.openMs ?? keptFromMs
      return [symbol, SECOND_MS, Math.min(keptFromMs, latestMs)]
    })
    batch.prune('candles', ['symbol', 'width_ms', 'open_ms'], bounds)
  }

  #hold(candle: Candle): Candle {
    this.#latest.set(nameOf(candle.symbol, candle.widthMs), candle)
    this.#symbols.add(candle.symbol)
    return candle
  }
}

function nameOf(symbol: SymbolIndex, widthMs: number): string {
  return `${symbol}:${widthMs}`
}

function emptyCandle(trade: EventOf<'TradeExecuted'>, widthMs: number, openMs: number): Candle {
  return {
    symbol: trade.symbol,
    widthMs,
    openMs,
    open: trade.price,
    high: trade.price,
    low: trade.price,
    close: trade.price,
    lots: 0,
    quote: 0n,
    trades: 0,
    takerBuyLots: 0,
    takerBuyQuote: 0n,
    firstTradeId: trade.tradeId,
    lastTradeId: trade.tradeId,
    lastLots: 0,
  }
}

function addTrade(candle: Candle, trade: EventOf<'TradeExecuted'>): void {
  candle.high = Math.max(candle.high, trade.price)
  candle.low = Math.min(candle.low, trade.price)
  candle.close = trade.price
  candle.lots += trade.lots
  candle.quote += trade.quote
  candle.trades += 1
  candle.lastTradeId = trade.tradeId
  candle.lastLots = trade.lots
  if (trade.taker.side !== 'BUY') return
  candle.takerBuyLots += trade.lots
  candle.takerBuyQuote += trade.quote
}

function toRow(candle: Candle): Row<'candles'> {
  return {
    symbol: candle.symbol,
    width_ms: candle.widthMs,
    open_ms: candle.openMs,
    open: candle.open,
    high: candle.high,
    low: candle.low,
    close: candle.close,
    lots: candle.lots,
    quote: String(candle.quote),
    trades: candle.trades,
    taker_buy_lots: candle.takerBuyLots,
    taker_buy_quote: String(candle.takerBuyQuote),
    first_trade_id: candle.firstTradeId,
    last_trade_id: candle.lastTradeId,
    last_lots: candle.lastLots,
  }
}

function fromRow(row: StoredRow<'candles'>): Candle {
  return {
    symbol: Number(row.symbol) as SymbolIndex,
    widthMs: Number(row.width_ms),
    openMs: Number(row.open_ms),
    open: Number(row.open),
    high: Number(row.high),
    low: Number(row.low),
    close: Number(row.close),
    lots: Number(row.lots),
    quote: BigInt(row.quote),
    trades: Number(row.trades),
    takerBuyLots: Number(row.taker_buy_lots),
    takerBuyQuote: BigInt(row.taker_buy_quote),
    firstTradeId: Number(row.first_trade_id),
    lastTradeId: Number(row.last_trade_id),
    lastLots: Number(row.last_lots),
  }
}
