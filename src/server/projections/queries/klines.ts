import type { Kysely } from 'kysely'
import { present } from '../../../core/assert.ts'
import type { SymbolIndex } from '../../../core/domain/ids.ts'
import type { Lots, Ticks } from '../../../core/money/price.ts'
import { CANDLE_WIDTHS_MS } from '../candles.ts'
import type { ReadModel, StoredRow } from '../tables.ts'

/** How time is cut into candles: any interval in any time zone. */
export interface Interval {
  /** When the candle that holds `timeMs` opened. */
  openTimeOf(timeMs: number): number
  /** The last millisecond of the candle that opened at `openTimeMs`. */
  closeTimeOf(openTimeMs: number): number
}

export interface Kline {
  readonly openTimeMs: number
  readonly open: Ticks
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
  readonly firstTradeId: number
  lastTradeId: number
  lastLots: Lots
}

export interface KlinesRequest {
  /** Candles that open then or later; absent: the latest before the end. */
  readonly startMs?: number | undefined
  /** Candles that open then or earlier. */
  readonly endMs?: number | undefined
  /** The venue's clock: no candle opens later. */
  readonly nowMs: number
  readonly limit: number
}

export function klineQueries(database: Kysely<ReadModel>) {
  return {
    /** Oldest first, without gaps from the first trade on: a time without trades stands at the close before it. */
    async klines(
      symbol: SymbolIndex,
      interval: Interval,
      request: KlinesRequest,
    ): Promise<Kline[]> {
      const earliestMs = await earliestCandle(database, symbol, interval, request.nowMs)
      if (earliestMs === null) return []
      const opens = opensOf(interval, request, earliestMs)
      const first = opens[0]
      const last = opens.at(-1)
      if (first === undefined || last === undefined) return []
      const widthMs = widthFor(opens, interval.closeTimeOf(last) + 1)
      const candles = candlesOf(database, symbol, widthMs)
      const stored = await candles
        .where('open_ms', '>=', BigInt(first))
        .where('open_ms', '<=', BigInt(interval.closeTimeOf(last)))
        .orderBy('open_ms')
        .execute()
      const before = await candles
        .where('open_ms', '<', BigInt(first))
        .orderBy('open_ms', 'desc')
        .limit(1)
        .executeTakeFirst()
      const close = before === undefined ? null : (Number(before.close) as Ticks)
      return filled(opens, summed(interval, stored), close)
    },
  }
}

function candlesOf(database: Kysely<ReadModel>, symbol: SymbolIndex, widthMs: number) {
  return database
    .selectFrom('candles')
    .selectAll()
    .where('symbol', '=', BigInt(symbol))
    .where('width_ms', '=', BigInt(widthMs))
}

/** When the first stored candle opened from which candles of this interval can be made; null: none. */
async function earliestCandle(
  database: Kysely<ReadModel>,
  symbol: SymbolIndex,
  interval: Interval,
  nowMs: number,
): Promise<number | null> {
  const open = interval.openTimeOf(nowMs)
  const widthMs = widthFor([open], interval.closeTimeOf(open) + 1)
  const earliest = await candlesOf(database, symbol, widthMs)
    .orderBy('open_ms')
    .limit(1)
    .executeTakeFirst()
  return earliest === undefined ? null : Number(earliest.open_ms)
}

/** When the candles asked for open, oldest first; none before the one that holds `earliestMs`. */
function opensOf(interval: Interval, request: KlinesRequest, earliestMs: number): number[] {
  const { startMs, endMs, nowMs, limit } = request
  const lastMs = Math.min(endMs ?? nowMs, nowMs)
  const opens: number[] = []
  if (startMs === undefined) {
    let open = interval.openTimeOf(lastMs)
    const firstOpen = interval.openTimeOf(earliestMs)
    for (; opens.length < limit && open >= firstOpen; open = interval.openTimeOf(open - 1)) {
      opens.push(open)
    }
    return opens.reverse()
  }
  const fromMs = Math.max(startMs, interval.openTimeOf(earliestMs))
  let open = interval.openTimeOf(fromMs)
  if (open < fromMs) open = interval.closeTimeOf(open) + 1
  for (; opens.length < limit && open <= lastMs; open = interval.closeTimeOf(open) + 1) {
    opens.push(open)
  }
  return opens
}

/** The widest stored candles of which every candle asked for is a sum. `endMs` is where the last one ends. */
function widthFor(opens: readonly number[], endMs: number): number {
  const fits = (widthMs: number) => [...opens, endMs].every((open) => open % widthMs === 0)
  return present(CANDLE_WIDTHS_MS.findLast(fits), 'every candle begins at a full second')
}

function summed(
  interval: Interval,
  stored: readonly StoredRow<'candles'>[],
): ReadonlyMap<number, Kline> {
  const klines = new Map<number, Kline>()
  for (const row of stored) {
    const openTimeMs = interval.openTimeOf(Number(row.open_ms))
    const kline = klines.get(openTimeMs)
    if (kline === undefined) klines.set(openTimeMs, klineOf(openTimeMs, row))
    else add(kline, row)
  }
  return klines
}

/** Leaves out what lies before the first trade, and fills what lies between. */
function filled(
  opens: readonly number[],
  traded: ReadonlyMap<number, Kline>,
  closeBefore: Ticks | null,
): Kline[] {
  const klines: Kline[] = []
  let close = closeBefore
  for (const openTimeMs of opens) {
    const kline = traded.get(openTimeMs)
    if (kline !== undefined) klines.push(kline)
    else if (close !== null) klines.push(flat(openTimeMs, close))
    close = kline?.close ?? close
  }
  return klines
}

export function klineOf(openTimeMs: number, row: StoredRow<'candles'>): Kline {
  return {
    openTimeMs,
    open: Number(row.open) as Ticks,
    high: Number(row.high) as Ticks,
    low: Number(row.low) as Ticks,
    close: Number(row.close) as Ticks,
    lots: Number(row.lots),
    quote: BigInt(row.quote),
    trades: Number(row.trades),
    takerBuyLots: Number(row.taker_buy_lots),
    takerBuyQuote: BigInt(row.taker_buy_quote),
    firstTradeId: Number(row.first_trade_id),
    lastTradeId: Number(row.last_trade_id),
    lastLots: Number(row.last_lots) as Lots,
  }
}

export function add(kline: Kline, row: StoredRow<'candles'>): void {
  kline.high = Math.max(kline.high, Number(row.high)) as Ticks
  kline.low = Math.min(kline.low, Number(row.low)) as Ticks
  kline.close = Number(row.close) as Ticks
  kline.lots += Number(row.lots)
  kline.quote += BigInt(row.quote)
  kline.trades += Number(row.trades)
  kline.takerBuyLots += Number(row.taker_buy_lots)
  kline.takerBuyQuote += BigInt(row.taker_buy_quote)
  kline.lastTradeId = Number(row.last_trade_id)
  kline.lastLots = Number(row.last_lots) as Lots
}

export function flat(openTimeMs: number, price: Ticks): Kline {
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
