import type { TradingSymbol, Venue } from '../../core/domain/venue.ts'
import type { StreamInterval } from '../market/interval.ts'
import { isInterval, shiftedInterval } from '../market/interval.ts'

export type Pace = 100 | 1000
export type TickerWindow = '1h' | '4h' | '1d'

/** What a stream name asks for. `symbol` null: a name as it should be, of a pair this venue does not trade. */
export type StreamSubject =
  | {
      readonly kind: 'trade' | 'aggTrade' | 'bookTicker' | 'miniTicker' | 'ticker' | 'avgPrice'
      readonly symbol: TradingSymbol | null
    }
  | { readonly kind: 'kline'; readonly symbol: TradingSymbol | null; readonly cut: StreamInterval }
  | {
      readonly kind: 'windowTicker'
      readonly symbol: TradingSymbol | null
      readonly window: TickerWindow
    }
  | {
      readonly kind: 'partialDepth'
      readonly symbol: TradingSymbol | null
      readonly levels: number
      readonly pace: Pace
    }
  | { readonly kind: 'depth'; readonly symbol: TradingSymbol | null; readonly pace: Pace }
  | { readonly kind: 'allMiniTickers' | 'allTickers' }
  | { readonly kind: 'allWindowTickers'; readonly window: TickerWindow }

const FORMED =
  /^([a-z0-9]{2,20})@([a-zA-Z]+)([0-9]*)(?:_([0-9]+[a-zA-Z]))?(?:@(100ms|1000ms|\+08:00))?$/
/** Where a day begins for those candles: the one other place Binance cuts them. */
const EAST = '+08:00'
const ALL_WINDOWS = /^!ticker_(1h|4h|1d)@arr$/
const SIMPLE = ['trade', 'aggTrade', 'bookTicker', 'miniTicker', 'ticker', 'avgPrice'] as const

/** Null: no stream is called that. Names are lower case, as Binance's are. */
export function parseStreamName(name: string, venue: Venue): StreamSubject | null {
  if (name === '!miniTicker@arr') return { kind: 'allMiniTickers' }
  if (name === '!ticker@arr') return { kind: 'allTickers' }
  const all = ALL_WINDOWS.exec(name)
  if (all !== null) return { kind: 'allWindowTickers', window: all[1] as TickerWindow }
  const parts = FORMED.exec(name)
  if (parts === null) return null
  const [, pair = '', word = '', number = '', suffix, speed] = parts
  const symbol = venue.symbolByName.get(pair.toUpperCase()) ?? null
  if (word === 'kline' && speed === EAST && suffix !== undefined && isInterval(suffix))
    return { kind: 'kline', symbol, cut: shiftedInterval(suffix) }
  if (speed === EAST) return null
  if (word === 'depth' && suffix === undefined) return depthSubject(symbol, number, speed)
  if (number !== '' || speed !== undefined) return null
  if (suffix !== undefined) return suffixed(symbol, word, suffix)
  const kind = SIMPLE.find((simple) => simple === word)
  return kind === undefined ? null : { kind, symbol }
}

function depthSubject(
  symbol: TradingSymbol | null,
  number: string,
  speed: string | undefined,
): StreamSubject | null {
  const pace = speed === '100ms' ? 100 : 1000
  if (number === '') return { kind: 'depth', symbol, pace }
  if (!['5', '10', '20'].includes(number)) return null
  return { kind: 'partialDepth', symbol, levels: Number(number), pace }
}

function suffixed(
  symbol: TradingSymbol | null,
  word: string,
  suffix: string,
): StreamSubject | null {
  if (word === 'kline' && isInterval(suffix)) return { kind: 'kline', symbol, cut: suffix }
  if (word === 'ticker' && ['1h', '4h', '1d'].includes(suffix))
    return { kind: 'windowTicker', symbol, window: suffix as TickerWindow }
  return null
}
