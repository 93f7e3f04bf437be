import type { TradingSymbol } from '../../core/domain/venue.ts'
import { baseOf } from '../../core/domain/venue.ts'
import { AMOUNT_SCALE } from '../../core/money/amount.ts'
import { formatDecimal } from '../../core/money/decimal.ts'
import type { Lots } from '../../core/money/price.ts'
import { divFloor } from '../../core/money/rounding.ts'
import type {
  AggregateTradePayload,
  AveragePricePayload,
  BookTickerPayload,
  DepthUpdatePayload,
  KlinePayload,
  LevelText,
  MiniTickerPayload,
  PartialDepthPayload,
  TickerPayload,
  TradePayload,
  WindowTickerPayload,
} from '../../wire/market-stream.ts'
import { amountText, lotsText, priceText } from '../../wire/number-text.ts'
import type { Candle } from '../market/candle.ts'
import type { WindowStatistics } from '../market/candle-series.ts'
import type { StreamInterval } from '../market/interval.ts'
import { closeTimeOf, intervalOf } from '../market/interval.ts'
import type { AveragePrice, BookTicker, DepthAnswer } from '../market/market-view.ts'
import type { PriceLevel } from '../market/price-levels.ts'
import type { AggregateTrade, PublicTrade } from '../market/public-trade.ts'

const NOTHING = amountText(0n)

export function tradePayload(
  symbol: TradingSymbol,
  trade: PublicTrade,
  eventMs: number,
): TradePayload {
  return {
    e: 'trade',
    E: eventMs,
    s: symbol.symbol,
    t: trade.tradeId,
    p: priceText(symbol, trade.price),
    q: lotsText(symbol, trade.lots),
    T: trade.timestampMs,
    m: trade.buyerIsMaker,
    M: true,
  }
}

export function aggregateTradePayload(
  symbol: TradingSymbol,
  trade: AggregateTrade,
  eventMs: number,
): AggregateTradePayload {
  return {
    e: 'aggTrade',
    E: eventMs,
    s: symbol.symbol,
    a: trade.aggregateId,
    p: priceText(symbol, trade.price),
    q: lotsText(symbol, trade.lots),
    f: trade.firstTradeId,
    l: trade.lastTradeId,
    T: trade.timestampMs,
    m: trade.buyerIsMaker,
    M: true,
  }
}

export function klinePayload(
  symbol: TradingSymbol,
  cut: StreamInterval,
  candle: Readonly<Candle>,
  closed: boolean,
  eventMs: number,
): KlinePayload {
  return {
    e: 'kline',
    E: eventMs,
    s: symbol.symbol,
    k: {
      t: candle.openTimeMs,
      T: closeTimeOf(cut, candle.openTimeMs),
      s: symbol.symbol,
      i: intervalOf(cut),
      f: candle.firstTradeId,
      L: candle.lastTradeId,
      o: priceText(symbol, candle.open),
      c: priceText(symbol, candle.close),
      h: priceText(symbol, candle.high),
      l: priceText(symbol, candle.low),
      v: lotsText(symbol, candle.lots as Lots),
      n: candle.trades,
      x: closed,
      q: amountText(candle.quote),
      V: lotsText(symbol, candle.takerBuyLots as Lots),
      Q: amountText(candle.takerBuyQuote),
      B: '0',
    },
  }
}

export function miniTickerPayload(
  symbol: TradingSymbol,
  window: WindowStatistics,
  eventMs: number,
): MiniTickerPayload {
  return {
    e: '24hrMiniTicker',
    E: eventMs,
    s: symbol.symbol,
    c: priceText(symbol, window.close),
    o: priceText(symbol, window.open),
    h: priceText(symbol, window.high),
    l: priceText(symbol, window.low),
    v: lotsText(symbol, window.lots as Lots),
    q: amountText(window.quote),
  }
}

export function windowTickerPayload(
  event: string,
  symbol: TradingSymbol,
  window: WindowStatistics,
  eventMs: number,
): WindowTickerPayload {
  return {
    e: event,
    E: eventMs,
    s: symbol.symbol,
    p: amountText(BigInt(window.close - window.open) * symbol.tickSize),
    P: changePercent(window),
    o: priceText(symbol, window.open),
    h: priceText(symbol, window.high),
    l: priceText(symbol, window.low),
    c: priceText(symbol, window.close),
    w: weightedAverage(symbol, window),
    v: lotsText(symbol, window.lots as Lots),
    q: amountText(window.quote),
    O: window.openTimeMs,
    C: window.closeTimeMs,
    F: window.firstTradeId,
    L: window.lastTradeId,
    n: window.trades,
  }
}

export function tickerPayload(
  symbol: TradingSymbol,
  window: WindowStatistics,
  book: BookTicker,
  eventMs: number,
): TickerPayload {
  return {
    ...windowTickerPayload('24hrTicker', symbol, window, eventMs),
    x: priceText(symbol, window.previousClose),
    Q: lotsText(symbol, window.lastLots),
    ...bestPrices(symbol, book),
  }
}

export function bookTickerPayload(symbol: TradingSymbol, book: BookTicker): BookTickerPayload {
  return { u: book.updateId, s: symbol.symbol, ...bestPrices(symbol, book) }
}

export function averagePricePayload(
  symbol: TradingSymbol,
  average: AveragePrice,
  eventMs: number,
): AveragePricePayload {
  return {
    e: 'avgPrice',
    E: eventMs,
    s: symbol.symbol,
    i: `${average.minutes}m`,
    w: amountText(average.price),
    T: average.lastTradeMs,
  }
}

export function partialDepthPayload(
  symbol: TradingSymbol,
  depth: DepthAnswer,
): PartialDepthPayload {
  return {
    lastUpdateId: depth.lastUpdateId,
    bids: depth.bids.map((level) => levelText(symbol, level)),
    asks: depth.asks.map((level) => levelText(symbol, level)),
  }
}

export function depthUpdatePayload(
  symbol: TradingSymbol,
  firstUpdateId: number,
  lastUpdateId: number,
  bids: readonly PriceLevel[],
  asks: readonly PriceLevel[],
  eventMs: number,
): DepthUpdatePayload {
  return {
    e: 'depthUpdate',
    E: eventMs,
    s: symbol.symbol,
    U: firstUpdateId,
    u: lastUpdateId,
    b: bids.map((level) => levelText(symbol, level)),
    a: asks.map((level) => levelText(symbol, level)),
  }
}

function bestPrices(symbol: TradingSymbol, { bid, ask }: BookTicker) {
  const [b, B] = bid === null ? [NOTHING, NOTHING] : levelText(symbol, bid)
  const [a, A] = ask === null ? [NOTHING, NOTHING] : levelText(symbol, ask)
  return { b, B, a, A }
}

function levelText(symbol: TradingSymbol, [price, lots]: PriceLevel): LevelText {
  return [priceText(symbol, price), lotsText(symbol, lots)]
}

/** Per cent with three places, rounded down. */
function changePercent({ open, close }: WindowStatistics): string {
  return formatDecimal(divFloor(BigInt(close - open) * 100_000n, BigInt(open)), 3)
}

function weightedAverage(symbol: TradingSymbol, window: WindowStatistics): string {
  const base = baseOf(symbol, window.lots as Lots)
  if (base === 0n) return NOTHING
  return amountText((window.quote * AMOUNT_SCALE) / base)
}
