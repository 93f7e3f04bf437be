import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { gunzipSync, inflateRawSync } from 'node:zlib'
import { indexPriceOf } from './feed.ts'

/** One bar; prices as counts of 10⁻⁸ of the quote asset. */
export interface Candle {
  readonly openMs: number
  readonly open: bigint
  readonly high: bigint
  readonly low: bigint
  readonly close: bigint
}

export interface CandleSeries {
  readonly symbol: string
  /** Times strictly rising. */
  readonly candles: readonly Candle[]
}

/** A file or folder that cannot be read as candles; the message is for whoever named it. */
export class CandleFault extends Error {
  override readonly name = 'CandleFault'
}

const SUFFIX = /\.csv(\.gz)?$|\.zip$/
// Open times of Binance's public files are in microseconds from 2025 on.
const MICROSECONDS_FROM = 100_000_000_000_000
const COLUMNS = ['open', 'high', 'low', 'close'] as const

/**
 * Candles of one file or of every candle file in a folder, by symbol in alphabetical order.
 *
 * Reads CSV with a heading (`open_time,open,high,low,close,…`) and Binance's own kline files without one, plain,
 * gzip or zip. The symbol is how the file's name starts: `BTCUSDT.csv.gz`, `BTCUSDT-1m-2024-08.zip`; files of one
 * symbol are joined.
 */
export function readCandles(path: string): CandleSeries[] {
  const files = candleFiles(path)
  const bySymbol = new Map<string, Map<number, Candle>>()
  for (const file of files) {
    const symbol = symbolOf(basename(file))
    const candles = bySymbol.get(symbol) ?? new Map<number, Candle>()
    for (const candle of parseCandles(readText(file), file)) candles.set(candle.openMs, candle)
    bySymbol.set(symbol, candles)
  }
  return [...bySymbol.keys()].sort().map((symbol) => ({
    symbol,
    candles: [...(bySymbol.get(symbol)?.values() ?? [])].sort((a, b) => a.openMs - b.openMs),
  }))
}

function candleFiles(path: string): string[] {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined) throw new CandleFault(`${path} does not exist`)
  if (!stat.isDirectory()) return [path]
  const entries = readdirSync(path, { withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile() && SUFFIX.test(entry.name))
    .map((entry) => join(path, entry.name))
    .sort()
  if (files.length > 0) return files
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  const hint = folders.length > 0 ? `; it has the folders ${folders.sort().join(', ')}` : ''
  throw new CandleFault(`${path} has no candle files (.csv, .csv.gz, .zip)${hint}`)
}

function symbolOf(fileName: string): string {
  const symbol = /^[A-Z0-9]+/.exec(fileName.toUpperCase())?.[0]
  if (symbol === undefined) throw new CandleFault(`${fileName} does not start with a symbol`)
  return symbol
}

function readText(file: string): string {
  const bytes = readFileSync(file)
  if (file.endsWith('.gz')) return gunzipSync(bytes).toString('utf8')
  if (file.endsWith('.zip')) return unzipFirst(bytes, file).toString('utf8')
  return bytes.toString('utf8')
}

/** The first entry of a zip archive, found through its central directory as sizes may be missing at the entry itself. */
function unzipFirst(bytes: Buffer, file: string): Buffer {
  const central = bytes.lastIndexOf(Buffer.from('PK\x01\x02', 'latin1'))
  if (central < 0) throw new CandleFault(`${file} is not a zip archive`)
  const method = bytes.readUInt16LE(central + 10)
  const packedSize = bytes.readUInt32LE(central + 20)
  const local = bytes.readUInt32LE(central + 42)
  const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28)
  const packed = bytes.subarray(start, start + packedSize)
  return method === 0 ? packed : inflateRawSync(packed)
}

/** The candles of CSV text, as they stand in it. `source` names the text in faults. */
export function parseCandles(text: string, source: string): Candle[] {
  const lines = text.split(/\r?\n/)
  const heading = /^\d/.test(lines[0] ?? '') ? null : (lines[0] ?? '').split(',')
  const places = placesOf(heading, source)
  const candles: Candle[] = []
  for (let line = heading === null ? 0 : 1; line < lines.length; line += 1) {
    const row = lines[line]
    if (row === undefined || row === '') continue
    candles.push(candleOf(row.split(','), places, `${source} line ${line + 1}`))
  }
  if (candles.length === 0) throw new CandleFault(`${source} has no candles`)
  return candles
}

function placesOf(heading: readonly string[] | null, source: string): readonly number[] {
  if (heading === null) return [0, 1, 2, 3, 4]
  const names = heading.map((name) => name.trim().toLowerCase().replaceAll(' ', '_'))
  const time = names.findIndex((name) => name === 'open_time' || name === 'timestamp')
  const places = [time, ...COLUMNS.map((column) => names.indexOf(column))]
  if (places.includes(-1)) {
    throw new CandleFault(`${source} lacks a column of open_time, ${COLUMNS.join(', ')}`)
  }
  return places
}

function candleOf(fields: readonly string[], places: readonly number[], at: string): Candle {
  const [time, open, high, low, close] = places.map((place) => fields[place] ?? '')
  const raw = Number(time)
  if (!Number.isSafeInteger(raw) || raw <= 0) throw new CandleFault(`${at}: "${time}" is no time`)
  const candle = {
    openMs: raw >= MICROSECONDS_FROM ? Math.floor(raw / 1000) : raw,
    open: priceOf(open, at),
    high: priceOf(high, at),
    low: priceOf(low, at),
    close: priceOf(close, at),
  }
  const top = candle.open > candle.close ? candle.open : candle.close
  const bottom = candle.open < candle.close ? candle.open : candle.close
  if (candle.high < top || candle.low > bottom) {
    throw new CandleFault(`${at}: high or low is inside the body`)
  }
  return candle
}

function priceOf(text: string | undefined, at: string): bigint {
  const price = indexPriceOf((text ?? '').trim())
  if (price === null) throw new CandleFault(`${at}: "${text}" is no positive price`)
  return price
}
