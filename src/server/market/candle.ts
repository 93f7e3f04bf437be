import type { Lots, Ticks } from '../../core/money/price.ts'
import type { PublicTrade } from './public-trade.ts'

/** What traded between two moments. Changed in place while its time lasts. */
export interface Candle {
  openTimeMs: number
  open: Ticks
  high: Ticks
  low: Ticks
  close: Ticks
  lots: number
  /** In 10⁻⁸ of the quote asset. */
  quote: bigint
  trades: number
  takerBuyLots: number
  takerBuyQuote: bigint
  /** −1 when nothing traded. */
  firstTradeId: number
  lastTradeId: number
  lastLots: Lots
}

export function candleOfTrade(openTimeMs: number, trade: PublicTrade): Candle {
  return {
    openTimeMs,
    open: trade.price,
    high: trade.price,
    low: trade.price,
    close: trade.price,
    lots: trade.lots,
    quote: trade.quote,
    trades: 1,
    takerBuyLots: trade.buyerIsMaker ? 0 : trade.lots,
    takerBuyQuote: trade.buyerIsMaker ? 0n : trade.quote,
    firstTradeId: trade.tradeId,
    lastTradeId: trade.tradeId,
    lastLots: trade.lots,
  }
}

/** A candle of a time in which nothing traded. */
export function flatCandle(openTimeMs: number, price: Ticks): Candle {
  return {
    openTimeMs,
    open: price,
    high: price,
    low: price,
    close: price,
    lots: 0,
    quote: 0n,
    trades: 0,
    takerBuyLots: 0,
    takerBuyQuote: 0n,
    firstTradeId: -1,
    lastTradeId: -1,
    lastLots: 0 as Lots,
  }
}

export function addTrade(candle: Candle, trade: PublicTrade): void {
  if (trade.price > candle.high) candle.high = trade.price
  if (trade.price < candle.low) candle.low = trade.price
  candle.close = trade.price
  candle.lots += trade.lots
  candle.quote += trade.quote
  candle.trades += 1
  candle.lastTradeId = trade.tradeId
  candle.lastLots = trade.lots
  if (trade.buyerIsMaker) return
  candle.takerBuyLots += trade.lots
  candle.takerBuyQuote += trade.quote
}

/** Adds what traded in `later`, which follows in time. `candle` must have traded itself. */
export function addCandle(candle: Candle, later: Candle): void {
  if (later.trades === 0) return
  if (later.high > candle.high) candle.high = later.high
  if (later.low < candle.low) candle.low = later.low
  candle.close = later.close
  candle.lots += later.lots
  candle.quote += later.quote
  candle.trades += later.trades
  candle.takerBuyLots += later.takerBuyLots
  candle.takerBuyQuote += later.takerBuyQuote
  candle.lastTradeId = later.lastTradeId
  candle.lastLots = later.lastLots
}
