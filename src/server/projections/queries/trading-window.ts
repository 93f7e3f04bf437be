import type { Kysely } from 'kysely'
import { HOUR_MS, type SymbolIndex } from '../../../core/domain/ids.ts'
import type { Ticks } from '../../../core/money/price.ts'
import type { ReadModel } from '../tables.ts'
import { add, flat, type Kline, klineOf } from './klines.ts'

const MINUTE_MS = 60_000

export function tradingWindowQueries(database: Kysely<ReadModel>) {
  const candlesOf = (symbol: SymbolIndex) =>
    database.selectFrom('candles').selectAll().where('symbol', '=', BigInt(symbol))

  const standing = async (symbol: SymbolIndex, openTimeMs: number): Promise<Kline | null> => {
    const before = await candlesOf(symbol)
      .where('width_ms', '=', BigInt(MINUTE_MS))
      .where('open_ms', '<', BigInt(openTimeMs))
      .orderBy('open_ms', 'desc')
      .limit(1)
      .executeTakeFirst()
    return before === undefined ? null : flat(openTimeMs, Number(before.close) as Ticks)
  }

  return {
    /**
     * What traded from `fromMs`, a full minute, on: whole hours where they fit, minutes at both ends. A window without
     * trades stands at the close before it; null before the first trade.
     */
    async tradingWindow(symbol: SymbolIndex, fromMs: number, nowMs: number): Promise<Kline | null> {
      const firstHour = BigInt(Math.ceil(fromMs / HOUR_MS) * HOUR_MS)
      const lastHour = BigInt(Math.floor(nowMs / HOUR_MS) * HOUR_MS)
      const rows = await candlesOf(symbol)
        .where('open_ms', '>=', BigInt(fromMs))
        .where(({ eb, and, or }) =>
          or([
            and([
              eb('width_ms', '=', BigInt(HOUR_MS)),
              eb('open_ms', '>=', firstHour),
              eb('open_ms', '<', lastHour),
            ]),
            and([eb('width_ms', '=', BigInt(MINUTE_MS)), eb('open_ms', '>=', lastHour)]),
            and([eb('width_ms', '=', BigInt(MINUTE_MS)), eb('open_ms', '<', firstHour)]),
          ]),
        )
        .orderBy('open_ms')
        .execute()
      const [first, ...rest] = rows
      if (first === undefined) return standing(symbol, fromMs)
      const window = klineOf(fromMs, first)
      for (const row of rest) add(window, row)
      return window
    },
  }
}
