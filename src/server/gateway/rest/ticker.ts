import { DAY_MS, HOUR_MS } from '../../../core/domain/ids.ts'
import type { TradingSymbol } from '../../../core/domain/venue.ts'
import { baseOf } from '../../../core/domain/venue.ts'
import { AMOUNT_SCALE } from '../../../core/money/amount.ts'
import { formatDecimal } from '../../../core/money/decimal.ts'
import type { Lots, Ticks } from '../../../core/money/price.ts'
import { divFloor } from '../../../core/money/rounding.ts'
import { amountText, lotsText, priceText } from '../../../wire/number-text.ts'
import type { Parameters } from '../../../wire/parameters.ts'
import { requestError } from '../../../wire/request-error.ts'
import type { WindowStatistics } from '../../market/candle-series.ts'
import { openTimeOf } from '../../market/interval.ts'
import type { PriceLevel } from '../../market/price-levels.ts'
import { type Call, type Endpoint, open } from '../endpoint.ts'
import type { MarketReader } from '../gateway-deps.ts'
import { caughtUp } from '../submit.ts'
import { candleCut, readTimeZone } from './candle-cut.ts'
import { chosenSymbols } from './read-parameters.ts'

const ZERO_TEXT = amountText(0n)
const WINDOW = /^(?:([1-9]|[1-5]\d)m|([1-9]|1\d|2[0-3])h|([1-7])d)$/
const MINUTE_MS = 60_000
const WEIGHT_EACH = 4
const WEIGHT_MAX = 200
const MANY_SYMBOLS = 20
const VERY_MANY_SYMBOLS = 100

export const tickerEndpoints: readonly Endpoint[] = [
  open('GET /api/v3/ticker/24hr', dayWeight, dayStatistics),
  open('GET /api/v3/ticker', eachWeight, rolling),
  open('GET /api/v3/ticker/tradingDay', eachWeight, tradingDay),
  open('GET /api/v3/ticker/price', lightWeight, (call) => each(call, priceBody)),
  open('GET /api/v3/ticker/bookTicker', lightWeight, (call) => each(call, bookBody)),
]

function dayWeight(parameters: Parameters): number {
  const symbols = symbolCount(parameters)
  if (symbols <= MANY_SYMBOLS) return 2
  return symbols <= VERY_MANY_SYMBOLS ? 40 : 80
}

function eachWeight(parameters: Parameters): number {
  return Math.min(WEIGHT_MAX, WEIGHT_EACH * symbolCount(parameters))
}

/** As many as were named; all of them without a name. */
function symbolCount(parameters: Parameters): number {
  if (parameters.has('symbol')) return 1
  return parameters.raw('symbols')?.split(',').length ?? Infinity
}

function lightWeight(parameters: Parameters): number {
  return parameters.has('symbol') ? 2 : 4
}

function readWindowMs(parameters: Parameters): number {
  const match = WINDOW.exec(parameters.text('windowSize') ?? '1d')
  if (match === null) throw requestError('invalid_parameter', { name: 'windowSize' })
  const [, minutes, hours, days] = match
  if (minutes !== undefined) return Number(minutes) * MINUTE_MS
  return hours === undefined ? Number(days) * DAY_MS : Number(hours) * HOUR_MS
}

/** One object for `symbol`, an array for `symbols` or for all. */
function each(
  call: Call,
  body: (symbol: TradingSymbol, market: MarketReader) => object,
): object | object[] {
  const { symbols, single } = chosenSymbols(call.parameters, call.deps.engine.venue)
  const bodies = symbols.map((symbol) => body(symbol, call.deps.market))
  return single ? (bodies[0] ?? {}) : bodies
}

function readType(parameters: Parameters): 'FULL' | 'MINI' {
  return parameters.oneOf('type', ['FULL', 'MINI']) ?? 'FULL'
}

function dayStatistics(call: Call): object | object[] {
  const type = readType(call.parameters)
  return each(call, (symbol, market) => {
    const window = market.ticker24h(symbol.index)
    const mini = miniBody(symbol, window, market.timeMs, DAY_MS)
    return type === 'MINI' ? mini : { ...mini, ...dayFields(symbol, window, market) }
  })
}

/** Statistics up to now: a day back the view keeps the minutes of, further back the histories. */
async function rolling(call: Call): Promise<object | object[]> {
  const { deps, parameters } = call
  const windowMs = readWindowMs(parameters)
  if (windowMs > DAY_MS) await caughtUp(deps)
  const nowMs = deps.market.timeMs
  return named(call, windowMs, nowMs, async (symbol) => {
    if (windowMs <= DAY_MS) return deps.market.ticker(symbol.index, windowMs)
    const fromMs = openTimeOf('1m', nowMs - windowMs)
    const window = await deps.histories.tradingWindow(symbol.index, fromMs, nowMs)
    return window && { ...window, closeTimeMs: nowMs }
  })
}

/** The statistics of the day so far in a time zone: its daily candle. */
async function tradingDay(call: Call): Promise<object | object[]> {
  const { deps, parameters } = call
  const day = candleCut('1d', readTimeZone(parameters))
  const nowMs = deps.engine.nowMs()
  const startMs = day.openTimeOf(nowMs)
  const closeTimeMs = day.closeTimeOf(startMs)
  await caughtUp(deps)
  return named(call, closeTimeMs - startMs, closeTimeMs, async (symbol) => {
    const request = { startMs, nowMs, limit: 1 }
    const [candle] = await deps.histories.klines(symbol.index, day, request)
    return candle === undefined ? null : { ...candle, closeTimeMs }
  })
}

/** One object for `symbol`, an array for `symbols`; -1102 without either. */
async function named(
  call: Call,
  windowMs: number,
  endMs: number,
  traded: (symbol: TradingSymbol) => Promise<Traded | null>,
): Promise<object | object[]> {
  const { deps, parameters } = call
  const type = readType(parameters)
  if (!parameters.has('symbol') && !parameters.has('symbols')) {
    throw requestError('missing_either', { first: 'symbol', second: 'symbols' })
  }
  const { symbols, single } = chosenSymbols(parameters, deps.engine.venue)
  const bodies = await Promise.all(
    symbols.map(async (symbol) => {
      const window = await traded(symbol)
      const mini = miniBody(symbol, window, endMs, windowMs)
      return type === 'MINI' ? mini : { ...mini, ...changeFields(symbol, window) }
    }),
  )
  return single ? (bodies[0] ?? {}) : bodies
}

/** What an interval's trades come to; every kind of ticker has this much. */
type Traded = Omit<WindowStatistics, 'previousClose'>

function changeFields(symbol: TradingSymbol, window: Traded | null): object {
  return {
    priceChange: window === null ? ZERO_TEXT : change(symbol, window),
    priceChangePercent: window === null ? '0.000' : changePercent(window),
    weightedAvgPrice: window === null ? ZERO_TEXT : weightedAverage(symbol, window),
  }
}

function miniBody(
  symbol: TradingSymbol,
  window: Traded | null,
  nowMs: number,
  windowMs: number,
): object {
  if (window === null) {
    const none = { openPrice: ZERO_TEXT, highPrice: ZERO_TEXT, lowPrice: ZERO_TEXT }
    const volume = { lastPrice: ZERO_TEXT, volume: ZERO_TEXT, quoteVolume: ZERO_TEXT }
    const span = { openTime: Math.max(0, nowMs - windowMs), closeTime: nowMs }
    return { symbol: symbol.symbol, ...none, ...volume, ...span, firstId: -1, lastId: -1, count: 0 }
  }
  return {
    symbol: symbol.symbol,
    openPrice: priceText(symbol, window.open),
    highPrice: priceText(symbol, window.high),
    lowPrice: priceText(symbol, window.low),
    lastPrice: priceText(symbol, window.close),
    volume: lotsText(symbol, window.lots as Lots),
    quoteVolume: amountText(window.quote),
    openTime: window.openTimeMs,
    closeTime: window.closeTimeMs,
    firstId: window.firstTradeId,
    lastId: window.lastTradeId,
    count: window.trades,
  }
}

function dayFields(
  symbol: TradingSymbol,
  window: WindowStatistics | null,
  market: MarketReader,
): object {
  const { bid, ask } = market.bookTicker(symbol.index)
  return {
    ...changeFields(symbol, window),
    lastQty: window === null ? ZERO_TEXT : lotsText(symbol, window.lastLots),
    prevClosePrice: window === null ? ZERO_TEXT : priceText(symbol, window.previousClose),
    ...sideFields(symbol, 'bid', bid),
    ...sideFields(symbol, 'ask', ask),
  }
}

function change(symbol: TradingSymbol, window: Traded): string {
  return amountText(BigInt(window.close - window.open) * symbol.tickSize)
}

/** Three places, toward minus infinity. */
function changePercent(window: Traded): string {
  const thousandths = BigInt(window.close - window.open) * 100_000n
  return formatDecimal(divFloor(thousandths, BigInt(window.open)), 3)
}

function weightedAverage(symbol: TradingSymbol, window: Traded): string {
  const base = baseOf(symbol, window.lots as Lots)
  return base === 0n
    ? priceText(symbol, window.close)
    : amountText(divFloor(window.quote * AMOUNT_SCALE, base))
}

function sideFields(symbol: TradingSymbol, side: 'bid' | 'ask', level: PriceLevel | null): object {
  const [price, lots] = level ?? [0 as Ticks, 0 as Lots]
  return { [`${side}Price`]: priceText(symbol, price), [`${side}Qty`]: lotsText(symbol, lots) }
}

function priceBody(symbol: TradingSymbol, market: MarketReader): object {
  const price = market.lastPrice(symbol.index)
  return {
    symbol: symbol.symbol,
    price: price === null ? ZERO_TEXT : priceText(symbol, price),
  }
}

function bookBody(symbol: TradingSymbol, market: MarketReader): object {
  const { bid, ask } = market.bookTicker(symbol.index)
  return {
    symbol: symbol.symbol,
    ...sideFields(symbol, 'bid', bid),
    ...sideFields(symbol, 'ask', ask),
  }
}
