import { present } from '../../core/assert.ts'
import { DAY_MS, HOUR_MS } from '../../core/domain/ids.ts'
import type { TradingSymbol, Venue } from '../../core/domain/venue.ts'
import type { MarketPayload } from '../../wire/market-stream.ts'
import type { StreamInterval } from '../market/interval.ts'
import type { MarketView } from '../market/market-view.ts'
import type { PublicTrade } from '../market/public-trade.ts'
import { aggregateTrades } from '../market/public-trade.ts'
import type { MarketChange } from '../market/symbol-market.ts'
import { depthTopic, partialDepthTopic } from './depth-topic.ts'
import {
  aggregateTradePayload,
  averagePricePayload,
  bookTickerPayload,
  klinePayload,
  miniTickerPayload,
  tickerPayload,
  tradePayload,
  windowTickerPayload,
} from './market-payload.ts'
import type { StreamSubject, TickerWindow } from './stream-name.ts'
import type { Topic } from './topic.ts'

const SECOND_MS = 1_000
const KLINE_PACE_MS = 2_000
const WINDOW_MS: Readonly<Record<TickerWindow, number>> = {
  '1h': HOUR_MS,
  '4h': 4 * HOUR_MS,
  '1d': DAY_MS,
}

/** Null: the pair is not traded here, so there will never be anything to say. */
export function topicOf(subject: StreamSubject, view: MarketView, venue: Venue): Topic | null {
  switch (subject.kind) {
    case 'allMiniTickers':
      return allTopic(venue, (symbol, nowMs) => miniTicker(view, symbol, nowMs))
    case 'allTickers':
      return allTopic(venue, (symbol, nowMs) => ticker(view, symbol, nowMs))
    case 'allWindowTickers':
      return allTopic(venue, (symbol, nowMs) => windowTicker(view, symbol, subject.window, nowMs))
  }
  const { symbol } = subject
  if (symbol === null) return null
  switch (subject.kind) {
    case 'trade':
      return tradeTopic((trades, nowMs) => trades.map((each) => tradePayload(symbol, each, nowMs)))
    case 'aggTrade':
      return tradeTopic((trades, nowMs) =>
        aggregateTrades(trades).map((each) => aggregateTradePayload(symbol, each, nowMs)),
      )
    case 'bookTicker':
      return bookTickerTopic(view, symbol)
    case 'kline':
      return klineTopic(view, symbol, subject.cut)
    case 'miniTicker':
      return stateTopic(traded, (nowMs) => miniTicker(view, symbol, nowMs))
    case 'ticker':
      return stateTopic(tradedOrQuoted, (nowMs) => ticker(view, symbol, nowMs))
    case 'windowTicker':
      return stateTopic(traded, (nowMs) => windowTicker(view, symbol, subject.window, nowMs))
    case 'avgPrice':
      return stateTopic(traded, (nowMs) => averagePrice(view, symbol, nowMs))
    case 'partialDepth':
      return partialDepthTopic(view, symbol, subject.levels, subject.pace)
    case 'depth':
      return depthTopic(view, symbol, subject.pace)
  }
}

function tradeTopic(
  payloads: (trades: readonly PublicTrade[], nowMs: number) => readonly MarketPayload[],
): Topic {
  let pending: PublicTrade[] = []
  return {
    paceMs: null,
    take(change) {
      pending.push(...change.trades)
      return change.trades.length > 0
    },
    drain(nowMs) {
      const trades = pending
      pending = []
      return payloads(trades, nowMs)
    },
    refresh() {},
  }
}

/** Real time, but only the latest state of a tick: a reader who is behind wants no history. */
function bookTickerTopic(view: MarketView, symbol: TradingSymbol): Topic {
  let changed = false
  return {
    paceMs: SECOND_MS,
    take(change) {
      changed ||= change.bestChanged
      return change.bestChanged
    },
    drain() {
      if (!changed) return []
      changed = false
      return [bookTickerPayload(symbol, view.bookTicker(symbol.index))]
    },
    refresh() {
      changed = true
    },
  }
}

/** Says a closed candle at once, and the running one at its pace. */
function klineTopic(view: MarketView, symbol: TradingSymbol, cut: StreamInterval): Topic {
  let closed: MarketPayload[] = []
  let traded = true
  return {
    paceMs: cut === '1s' ? SECOND_MS : KLINE_PACE_MS,
    take(change) {
      if (change.trades.length > 0) traded = true
      const own = change.closed.find((candidate) => candidate.interval === cut)
      if (own === undefined) return false
      closed.push(klinePayload(symbol, cut, own.candle, true, change.timestampMs))
      return true
    },
    drain(nowMs, paced) {
      const payloads = closed
      closed = []
      const running = paced && traded ? view.candle(symbol.index, cut) : null
      if (running === null) return payloads
      traded = false
      return [...payloads, klinePayload(symbol, cut, running, false, nowMs)]
    },
    refresh() {
      traded = true
    },
  }
}

function traded(change: MarketChange): boolean {
  return change.trades.length > 0
}

function tradedOrQuoted(change: MarketChange): boolean {
  return change.bestChanged || change.trades.length > 0
}

/** One symbol's state once a second, when it has changed. */
function stateTopic(
  concerns: (change: MarketChange) => boolean,
  payload: (nowMs: number) => MarketPayload | null,
): Topic {
  let changed = true
  return {
    paceMs: SECOND_MS,
    take(change) {
      changed ||= concerns(change)
      return false
    },
    drain(nowMs) {
      if (!changed) return []
      changed = false
      const frame = payload(nowMs)
      return frame === null ? [] : [frame]
    },
    refresh() {
      changed = true
    },
  }
}

/** Once a second, the symbols that changed, in one frame. */
function allTopic(
  venue: Venue,
  payload: (symbol: TradingSymbol, nowMs: number) => MarketPayload | null,
): Topic {
  const changed = new Set(venue.symbols)
  return {
    paceMs: SECOND_MS,
    take(change) {
      if (tradedOrQuoted(change))
        changed.add(present(venue.symbols[change.symbol], 'a change is of a venue’s symbol'))
      return false
    },
    drain(nowMs) {
      const payloads = [...changed].map((symbol) => payload(symbol, nowMs))
      changed.clear()
      const said = payloads.filter((each) => each !== null)
      return said.length === 0 ? [] : [said]
    },
    refresh() {
      for (const symbol of venue.symbols) changed.add(symbol)
    },
  }
}

function miniTicker(view: MarketView, symbol: TradingSymbol, nowMs: number): MarketPayload | null {
  const window = view.ticker24h(symbol.index)
  return window && miniTickerPayload(symbol, window, nowMs)
}

function ticker(view: MarketView, symbol: TradingSymbol, nowMs: number): MarketPayload | null {
  const window = view.ticker24h(symbol.index)
  return window && tickerPayload(symbol, window, view.bookTicker(symbol.index), nowMs)
}

function windowTicker(
  view: MarketView,
  symbol: TradingSymbol,
  window: TickerWindow,
  nowMs: number,
): MarketPayload | null {
  const statistics = view.ticker(symbol.index, WINDOW_MS[window])
  return statistics && windowTickerPayload(`${window}Ticker`, symbol, statistics, nowMs)
}

function averagePrice(
  view: MarketView,
  symbol: TradingSymbol,
  nowMs: number,
): MarketPayload | null {
  const average = view.averagePrice(symbol.index)
  return average && averagePricePayload(symbol, average, nowMs)
}
