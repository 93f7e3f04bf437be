import type { TradeId } from '../../../core/domain/ids.ts'
import type { TradingSymbol } from '../../../core/domain/venue.ts'
import type { Lots } from '../../../core/money/price.ts'
import { amountText, lotsText, priceText } from '../../../wire/number-text.ts'
import { readSymbol } from '../../../wire/place-order.ts'
import { requestError } from '../../../wire/request-error.ts'
import { isInterval } from '../../market/interval.ts'
import type { AggregateTrade, PublicTrade } from '../../market/public-trade.ts'
import type { Interval as CandleCut, Kline } from '../../projections/queries/klines.ts'
import { type Call, type Endpoint, open } from '../endpoint.ts'
import { caughtUp } from '../submit.ts'
import { candleCut, readTimeZone } from './candle-cut.ts'

const DEPTH_MAX = 5_000

export const marketEndpoints: readonly Endpoint[] = [
  open('GET /api/v3/ping', 1, () => ({})),
  open('GET /api/v1/ping', 1, () => ({})),
  open('GET /api/v3/time', 1, time),
  open('GET /api/v1/time', 1, time),
  open('GET /api/v3/depth', (p) => depthWeight(p.whole('limit') ?? 100), depth),
  open('GET /api/v3/trades', 25, trades),
  open('GET /api/v3/historicalTrades', 25, historicalTrades),
  open('GET /api/v3/aggTrades', 4, aggTrades),
  open('GET /api/v3/klines', 2, klines),
  open('GET /api/v3/uiKlines', 2, klines),
  open('GET /api/v3/avgPrice', 2, averagePrice),
]

function time({ deps }: Call): object {
  return { serverTime: deps.engine.nowMs() }
}

function depthWeight(limit: number): number {
  if (limit <= 100) return 5
  if (limit <= 500) return 25
  return limit <= 1_000 ? 50 : 250
}

function depth({ deps, parameters }: Call): object {
  const symbol = readSymbol(parameters, deps.engine.venue)
  const answer = deps.market.depth(symbol.index, parameters.limit('limit', 100, DEPTH_MAX))
  const level = ([price, lots]: (typeof answer.bids)[number]) => [
    priceText(symbol, price),
    lotsText(symbol, lots),
  ]
  return {
    lastUpdateId: answer.lastUpdateId,
    bids: answer.bids.map(level),
    asks: answer.asks.map(level),
  }
}

function tradeBody(symbol: TradingSymbol, trade: PublicTrade): object {
  return {
    id: trade.tradeId,
    price: priceText(symbol, trade.price),
    qty: lotsText(symbol, trade.lots),
    quoteQty: amountText(trade.quote),
    time: trade.timestampMs,
    isBuyerMaker: trade.buyerIsMaker,
    isBestMatch: true,
  }
}

function trades({ deps, parameters }: Call): object[] {
  const symbol = readSymbol(parameters, deps.engine.venue)
  const limit = parameters.limit('limit', 500, 1_000)
  return deps.market.recentTrades(symbol.index, limit).map((trade) => tradeBody(symbol, trade))
}

async function historicalTrades({ deps, parameters }: Call): Promise<object[]> {
  const symbol = readSymbol(parameters, deps.engine.venue)
  const limit = parameters.limit('limit', 500, 1_000)
  const fromId = parameters.whole('fromId') as TradeId | undefined
  await caughtUp(deps)
  const found = await deps.histories.publicTrades(symbol.index, { fromId, limit })
  return found.map((trade) => tradeBody(symbol, trade))
}

async function aggTrades({ deps, parameters }: Call): Promise<object[]> {
  const symbol = readSymbol(parameters, deps.engine.venue)
  const limit = parameters.limit('limit', 500, 1_000)
  const fromId = parameters.whole('fromId') as TradeId | undefined
  const start = parameters.whole('startTime')
  const end = parameters.whole('endTime')
  if (fromId !== undefined && (start !== undefined || end !== undefined)) {
    throw requestError('combination')
  }
  checkOrder(start, end)
  await caughtUp(deps)
  const range = { startMs: start, endMs: end }
  const found = await deps.histories.aggregateTrades(symbol.index, { fromId, ...range, limit })
  return found.map((trade) => aggregateBody(symbol, trade))
}

function aggregateBody(symbol: TradingSymbol, trade: AggregateTrade): object {
  return {
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

function checkOrder(start: number | undefined, end: number | undefined): void {
  if (start !== undefined && end !== undefined && start > end) {
    throw requestError('invalid_parameter', { name: 'startTime' })
  }
}

async function klines({ deps, parameters }: Call): Promise<unknown[][]> {
  const symbol = readSymbol(parameters, deps.engine.venue)
  const interval = parameters.requiredText('interval')
  if (!isInterval(interval)) throw requestError('interval')
  const start = parameters.whole('startTime')
  const end = parameters.whole('endTime')
  checkOrder(start, end)
  await caughtUp(deps)
  const cut = candleCut(interval, readTimeZone(parameters))
  const candles = await deps.histories.klines(symbol.index, cut, {
    startMs: start,
    endMs: end,
    nowMs: deps.engine.nowMs(),
    limit: parameters.limit('limit', 500, 1_000),
  })
  return candles.map((candle) => klineBody(symbol, cut, candle))
}

function klineBody(symbol: TradingSymbol, cut: CandleCut, candle: Kline): unknown[] {
  return [
    candle.openTimeMs,
    priceText(symbol, candle.open),
    priceText(symbol, candle.high),
    priceText(symbol, candle.low),
    priceText(symbol, candle.close),
    lotsText(symbol, candle.lots as Lots),
    cut.closeTimeOf(candle.openTimeMs),
    amountText(candle.quote),
    candle.trades,
    lotsText(symbol, candle.takerBuyLots as Lots),
    amountText(candle.takerBuyQuote),
    '0',
  ]
}

function averagePrice({ deps, parameters }: Call): object {
  const symbol = readSymbol(parameters, deps.engine.venue)
  const average = deps.market.averagePrice(symbol.index)
  if (average === null) throw requestError('no_trades')
  return {
    mins: average.minutes,
    price: amountText(average.price),
    closeTime: average.lastTradeMs,
  }
}
