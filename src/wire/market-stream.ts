/**
 * What market streams carry, one letter to a field as Binance has it. Prices and quantities are decimal text,
 * times are milliseconds. docs/reference has the sentences; the names of the streams are in `server/streams/stream-name.ts`.
 */

/** `[price, quantity]`; quantity "0.00000000" in a depth update: the level is gone. */
export type LevelText = readonly [string, string]

export interface TradePayload {
  readonly e: 'trade'
  readonly E: number
  readonly s: string
  readonly t: number
  readonly p: string
  readonly q: string
  readonly T: number
  /** The buyer is the maker. */
  readonly m: boolean
  readonly M: true
}

export interface AggregateTradePayload {
  readonly e: 'aggTrade'
  readonly E: number
  readonly s: string
  readonly a: number
  readonly p: string
  readonly q: string
  readonly f: number
  readonly l: number
  readonly T: number
  readonly m: boolean
  readonly M: true
}

export interface KlinePayload {
  readonly e: 'kline'
  readonly E: number
  readonly s: string
  readonly k: {
    readonly t: number
    readonly T: number
    readonly s: string
    readonly i: string
    readonly f: number
    readonly L: number
    readonly o: string
    readonly c: string
    readonly h: string
    readonly l: string
    readonly v: string
    readonly n: number
    /** The candle is closed. */
    readonly x: boolean
    readonly q: string
    readonly V: string
    readonly Q: string
    readonly B: '0'
  }
}

export interface MiniTickerPayload {
  readonly e: '24hrMiniTicker'
  readonly E: number
  readonly s: string
  readonly c: string
  readonly o: string
  readonly h: string
  readonly l: string
  readonly v: string
  readonly q: string
}

/** A rolling window: `1hTicker`, `4hTicker`, `1dTicker`. */
export interface WindowTickerPayload {
  readonly e: string
  readonly E: number
  readonly s: string
  readonly p: string
  readonly P: string
  readonly o: string
  readonly h: string
  readonly l: string
  readonly c: string
  readonly w: string
  readonly v: string
  readonly q: string
  readonly O: number
  readonly C: number
  readonly F: number
  readonly L: number
  readonly n: number
}

/** `24hrTicker`: the day's window, and the best prices. */
export interface TickerPayload extends WindowTickerPayload {
  readonly x: string
  readonly Q: string
  readonly b: string
  readonly B: string
  readonly a: string
  readonly A: string
}

export interface BookTickerPayload {
  readonly u: number
  readonly s: string
  readonly b: string
  readonly B: string
  readonly a: string
  readonly A: string
}

export interface AveragePricePayload {
  readonly e: 'avgPrice'
  readonly E: number
  readonly s: string
  readonly i: string
  readonly w: string
  /** Time of the last trade. */
  readonly T: number
}

export interface PartialDepthPayload {
  readonly lastUpdateId: number
  readonly bids: readonly LevelText[]
  readonly asks: readonly LevelText[]
}

export interface DepthUpdatePayload {
  readonly e: 'depthUpdate'
  readonly E: number
  readonly s: string
  /** The first update it holds: the last of the one before, plus one. */
  readonly U: number
  readonly u: number
  readonly b: readonly LevelText[]
  readonly a: readonly LevelText[]
}

export type MarketPayload =
  | TradePayload
  | AggregateTradePayload
  | KlinePayload
  | MiniTickerPayload
  | WindowTickerPayload
  | TickerPayload
  | BookTickerPayload
  | AveragePricePayload
  | PartialDepthPayload
  | DepthUpdatePayload
