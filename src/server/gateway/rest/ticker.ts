import { DAY_MS } from '../../../core/domain/ids.ts'
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
import type { PriceLevel } from '../../market/price-levels.ts'
import { type Call, type Endpoint, open } from '../endpoint.ts'
import type { MarketReader } from '../gateway-deps.ts'
import { caughtUp } from '../submit.ts'
import { candleCut, readTimeZone } from './candle-cut.ts'
import { chosenSymbols } from './read-parameters.ts'

const ZERO_TEXT = amountText(0n)
const WINDOW = /^(?:([1-9]|[1-5]\d)m|([1-9]|1\d|2[0-3])h|1d)$/

export const tickerEndpoints: readonly Endpoint[] = [
  open('GET /api/v3/ticker/24hr', tickerWeight, (call) => statistics(call, DAY_MS)),
  open('GET /api/v3/ticker', 4, (call) => statistics(call, readWindowMs(call.parameters))),
  open('GET /api/v3/ticker/tradingDay', tradingDayWeight, tradingDay),
  open('GET /api/v3/ticker/price', lightWeight, (call) => each(call, priceBody)),
  open('GET /api/v3/ticker/bookTicker', lightWeight, (call) => each(call, bookBody)),
]

function tickerWeight(parameters: Parameters): number {
  return parameters.has('symbol') ? 2 : 80
}

function tradingDayWeight(parameters: Parameters): number {
  return parameters.has('symbol') ? 4 : 200
}

function lightWeight(parameters: Parameters): number {
  return parameters.has('symbol') ? 2 : 4
}

/** Up to a day, as far back as the view keeps minutes. */
function readWindowMs(parameters: Parameters): number {
  const text = parameters.text('windowSize') ?? '1d'
  const match = WINDOW.exec(text)
  if (match === null) throw requestError('invalid_parameter', { name: 'windowSize' })
  const [, minutes, hours] = match
  if (minutes !== undefined) return Number(minutes) * 60_000
  return hours === undefined ? DAY_MS : Number(hours) * 3_600_000
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

function statistics(call: Call, windowMs: number): object | object[] {
  const type = call.parameters.oneOf('type', ['FULL', 'MINI']) ?? 'FULL'
  return each(call, (symbol, market) => {
    const window = market.ticker(symbol.index, windowMs)
    const mini = miniBody(symbol, window, market.timeMs, windowMs)
    return type === 'MINI' ? mini : { ...mini, ...fullFields(symbol, window, market) }
  })
}

/** The statistics of the day so far in a time zone: its daily candle. */
async function tradingDay(call: Call): Promise<object | object[]> {
  const { deps, parameters } = call
  const type = parameters.oneOf('type', ['FULL', 'MINI']) ?? 'FULL'
  if (!parameters.has('symbol') && !parameters.has('symbols')) {
    throw requestError('missing_either', { first: 'symbol', second: 'symbols' })
  }
  const { symbols, single } = chosenSymbols(parameters, deps.engine.venue)
  const day = candleCut('1d', readTimeZone(parameters))
  const nowMs = deps.engine.nowMs()
  const startMs = day.openTimeOf(nowMs)
  await caughtUp(deps)
  const bodies = await Promise.all(
    symbols.map(async (symbol) => {
      const request = { startMs, nowMs, limit: 1 }
      const [candle] = await deps.histories.klines(symbol.index, day, request)
      const closeTimeMs = day.closeTimeOf(startMs)
      const window = candle === undefined ? null : { ...candle, closeTimeMs }
      const mini = miniBody(symbol, window, closeTimeMs, closeTimeMs - startMs)
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
    lastQty: window === null ? ZERO_TEXT : lotsText(symbol, window.lastLots),
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

function fullFields(
  symbol: TradingSymbol,
  window: WindowStatistics | null,
  market: MarketReader,
): object {
  const { bid, ask } = market.bookTicker(symbol.index)
  return {
    ...changeFields(symbol, window),
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
