import { DAY_MS, HOUR_MS } from '../../../core/domain/ids.ts'
import type { Asset, TradingSymbol, Venue } from '../../../core/domain/venue.ts'
import type { Parameters } from '../../../wire/parameters.ts'
import { symbolNamed } from '../../../wire/place-order.ts'
import { requestError } from '../../../wire/request-error.ts'
import type { TimeRange } from '../../projections/queries/page.ts'

const SYMBOLS_MAX = 1_000

/** `symbols=["BTCUSDT","ETHUSDT"]`; undefined when not sent. -1135, -1151, -1121. */
export function readSymbols(
  parameters: Parameters,
  venue: Venue,
): readonly TradingSymbol[] | undefined {
  const text = parameters.text('symbols')
  if (text === undefined) return undefined
  const names = parseNames(text)
  if (new Set(names).size !== names.length) throw requestError('symbol_repeated')
  return names.map((name) => symbolNamed(name, venue))
}

/** A JSON array of names, or one bare name. */
export function parseNames(text: string): readonly string[] {
  if (!text.startsWith('[')) return [text]
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    throw requestError('json', { why: 'a list of names looks like ["BTCUSDT","ETHUSDT"]' })
  }
  if (!isNameList(parsed) || parsed.length > SYMBOLS_MAX) {
    throw requestError('json', { why: 'a list of names looks like ["BTCUSDT","ETHUSDT"]' })
  }
  return parsed
}

function isNameList(parsed: unknown): parsed is string[] {
  return Array.isArray(parsed) && parsed.every((name) => typeof name === 'string')
}

/** The symbol, the symbols, or all; `single` when the answer is one object. */
export function chosenSymbols(
  parameters: Parameters,
  venue: Venue,
): { readonly symbols: readonly TradingSymbol[]; readonly single: boolean } {
  const name = parameters.text('symbol')
  const list = readSymbols(parameters, venue)
  if (name !== undefined && list !== undefined) throw requestError('combination')
  if (name !== undefined) return { symbols: [symbolNamed(name, venue)], single: true }
  return { symbols: list ?? venue.symbols, single: false }
}

/** An asset in any case. -3027 when the venue has none of that name. */
export function assetNamed(name: string, venue: Venue): Asset {
  const asset = venue.assetByCode.get(name) ?? venue.assetByCode.get(name.toUpperCase())
  if (asset === undefined) throw requestError('margin_asset')
  return asset
}

export function readAsset(parameters: Parameters, venue: Venue): Asset {
  return assetNamed(parameters.requiredText('asset'), venue)
}

export function readAssetOrAll(parameters: Parameters, venue: Venue): Asset | null {
  const name = parameters.text('asset')
  return name === undefined ? null : assetNamed(name, venue)
}

/**
 * `startTime` and `endTime`, either of which may be left out: the range then reaches `defaultDays` from the one given,
 * or back from now. -1130 when it runs backwards, -4047 when it is longer than `maximumDays`.
 */
export function readRange(
  parameters: Parameters,
  nowMs: number,
  defaultDays: number,
  maximumDays: number,
): { readonly startMs: number; readonly endMs: number } {
  const start = parameters.whole('startTime')
  const end = parameters.whole('endTime')
  const lengthMs = defaultDays * DAY_MS
  const toMs = end ?? (start === undefined ? nowMs : Math.min(nowMs, start + lengthMs))
  const fromMs = start ?? Math.max(0, toMs - lengthMs)
  if (start !== undefined && end !== undefined) {
    if (start > end) throw requestError('invalid_parameter', { name: 'startTime' })
    if (end - start > maximumDays * DAY_MS)
      throw requestError('history_window', { days: maximumDays })
  }
  return { startMs: fromMs, endMs: toMs }
}

/** The range of allOrders and myTrades: all of history, or at most 24 hours when both ends are given. -1127. */
export function readDayRange(parameters: Parameters): TimeRange {
  const start = parameters.whole('startTime')
  const end = parameters.whole('endTime')
  if (start !== undefined && end !== undefined) {
    if (start > end) throw requestError('invalid_parameter', { name: 'startTime' })
    if (end - start > DAY_MS) throw requestError('interval_too_big', { hours: DAY_MS / HOUR_MS })
  }
  return { startMs: start, endMs: end }
}

/** Pages are counted from 1. */
export function readPage(parameters: Parameters): { readonly page: number; readonly size: number } {
  return {
    page: parameters.limit('current', 1, 1_000_000),
    size: parameters.limit('size', 10, 100),
  }
}
