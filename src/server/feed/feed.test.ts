import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, expect, test } from 'vitest'
import { barsOf, pathOf, stepTimeMs } from './bars.ts'
import { candlePrices } from './candle-feed.ts'
import { CandleFault, parseCandles, readCandles } from './candles.ts'
import { pairOf, usdtPrices } from './cross-rates.ts'
import { indexPriceOf } from './feed.ts'
import { Prng } from './prng.ts'
import { createMarket, pricesOf, stepMarket, syntheticAsset } from './synthetic-feed.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

function folderWith(files: Record<string, string | Buffer>): string {
  const folder = mkdtempSync(join(tmpdir(), 'candles-'))
  folders.push(folder)
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
  return folder
}

test('a seed repeats its numbers, and neighbouring seeds share none', () => {
  const draw = (seed: number): number[] => {
    const prng = new Prng(seed)
    return Array.from({ length: 50 }, () => prng.word())
  }
  expect(draw(7)).toEqual(draw(7))
  const seen = new Set(draw(7))
  expect(draw(8).filter((word) => seen.has(word))).toEqual([])
})

test('numbers stay in their ranges and spread over them', () => {
  const prng = new Prng(1)
  const counts = new Array<number>(10).fill(0)
  let sum = 0
  let squares = 0
  for (let draw = 0; draw < 20_000; draw += 1) {
    const place = prng.below(10)
    counts[place] = (counts[place] ?? 0) + 1
    const normal = prng.normal()
    sum += normal
    squares += normal * normal
  }
  for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(200)
  expect(Math.abs(sum / 20_000)).toBeLessThan(0.03)
  expect(Math.abs(squares / 20_000 - 1)).toBeLessThan(0.05)
})

test('a synthetic market repeats from its seed and goes on from any state', () => {
  const assets = ['BTC', 'ETH', 'SOL', 'USDC'].map(syntheticAsset)
  let one = createMarket(5, assets)
  let two = createMarket(5, assets)
  for (let step = 0; step < 1000; step += 1) {
    one = stepMarket(one, 1000)
    two = stepMarket(two, 1000)
  }
  expect(pricesOf(one)).toEqual(pricesOf(two))
  expect(stepMarket(one, 1000)).toEqual(stepMarket(structuredClone(one), 1000))
})

test('a synthetic day moves prices by percents, and a stable coin hardly at all', () => {
  const assets = ['BTC', 'ETH', 'USDC'].map(syntheticAsset)
  const moves: number[] = []
  for (let seed = 0; seed < 20; seed += 1) {
    let market = createMarket(seed, assets)
    for (let minute = 0; minute < 1440; minute += 1) market = stepMarket(market, 60_000)
    const [btc, , usdc] = market.prices
    moves.push(Math.abs((btc ?? 0) / 68_832.58 - 1))
    expect(Math.abs((usdc ?? 0) - 1)).toBeLessThan(0.01)
  }
  const mean = moves.reduce((sum, move) => sum + move, 0) / moves.length
  expect(mean).toBeGreaterThan(0.01)
  expect(mean).toBeLessThan(0.12)
})

test.each([
  ['BTCUSDT', 'BTC', 'USDT'],
  ['ETHBTC', 'ETH', 'BTC'],
  ['BTCUSDC', 'BTC', 'USDC'],
  ['BTCUSD', 'BTC', 'USD'],
  ['USDCUSDT', 'USDC', 'USDT'],
])('%s is %s in %s', (symbol, base, quote) => {
  expect(pairOf(symbol)).toEqual({ symbol, base, quote })
})

test('a name without a known quote is no pair', () => {
  expect(pairOf('ABC')).toBeNull()
  expect(pairOf('USDT')).toBeNull()
})

test('prices reach USDT through other pairs, in both directions', () => {
  const quotes = [
    { pair: { symbol: 'ETHBTC', base: 'ETH', quote: 'BTC' }, price: 5_000_000n },
    { pair: { symbol: 'BTCUSDC', base: 'BTC', quote: 'USDC' }, price: 25_000n * 100_000_000n },
    { pair: { symbol: 'BTCUSDT', base: 'BTC', quote: 'USDT' }, price: 20_000n * 100_000_000n },
    { pair: { symbol: 'XTZNEO', base: 'XTZ', quote: 'NEO' }, price: 1n },
  ]
  expect(Object.fromEntries(usdtPrices(quotes))).toEqual({
    BTC: 2_000_000_000_000n,
    ETH: 100_000_000_000n,
    USDC: 80_000_000n,
  })
})

const NAMED = 'open_time,open,high,low,close,volume\n1000,2,3,1.5,2.5,9\n2000,2.5,2.6,1,1.2,9\n'
const BINANCE =
  '1722470400000,64628.01,64705.98,64601.00,64674.01,134.16,1722470699999,8674011.1,100,60.1,3880000.2,0\n'

test('candles are read with a heading, and as Binance publishes them in milliseconds and microseconds', () => {
  expect(parseCandles(NAMED, 'x')[1]).toEqual({
    openMs: 2000,
    open: 250_000_000n,
    high: 260_000_000n,
    low: 100_000_000n,
    close: 120_000_000n,
  })
  const micro = BINANCE.replace('1722470400000', '1722470400000000')
  expect(parseCandles(BINANCE, 'x')).toEqual(parseCandles(micro, 'x'))
  expect(parseCandles(BINANCE, 'x')[0]?.open).toBe(6_462_801_000_000n)
})

test.each([
  ['', 'x lacks a column of open_time, open, high, low, close'],
  ['time,price\n1,2\n', 'x lacks a column of open_time, open, high, low, close'],
  ['1000,1,0.9,0.8,0.9,0\n', 'x line 1: high or low is inside the body'],
  ['1000,1,NaN,0.8,0.9,0\n', 'x line 1: "NaN" is no positive price'],
  ['1000,0,1,0,1,0\n', 'x line 1: "0" is no positive price'],
  ['open_time,open,high,low,close\n', 'x has no candles'],
])('candle text %j is refused', (text, message) => {
  expect(() => parseCandles(text, 'x')).toThrow(new CandleFault(message))
})

test('a folder gives a series per symbol, joined over its files', () => {
  const folder = folderWith({
    'BTCUSDT-5m-2024-08.csv': BINANCE,
    'BTCUSDT-5m-2024-09.csv': BINANCE.replace('1722470400000', '1722470700000'),
    'ETHUSDT.partial.csv.gz': gzipSync(BINANCE),
    'README.md': 'not candles',
  })
  expect(readCandles(folder).map(({ symbol, candles }) => [symbol, candles.length])).toEqual([
    ['BTCUSDT', 2],
    ['ETHUSDT', 1],
  ])
  expect(() => readCandles(join(folder, 'none'))).toThrow('does not exist')
})

test('a falling bar rises first and a rising bar dips first; its last step is its last millisecond', () => {
  const bar = { open: 10n, high: 12n, low: 8n, openMs: 0 }
  expect(pathOf({ ...bar, close: 9n })).toEqual([10n, 12n, 8n, 9n])
  expect(pathOf({ ...bar, close: 10n })).toEqual([10n, 8n, 12n, 10n])
  const times = [0, 1, 2, 3].map((step) =>
    stepTimeMs({ openMs: 60_000, candles: [] }, step, 60_000),
  )
  expect(times).toEqual([60_000, 80_000, 100_000, 119_999])
})

test('bars keep to the span asked for, and a pair without a candle keeps its last price', () => {
  const btc = { symbol: 'BTCUSDT', candles: parseCandles(NAMED, 'x') }
  const eth = { symbol: 'ETHUSDT', candles: parseCandles(NAMED, 'x').slice(0, 1) }
  const bars = barsOf([btc, eth])
  expect(bars.intervalMs).toBe(1000)
  const steps = [...candlePrices(bars)]
  expect(steps).toHaveLength(8)
  expect(steps.at(-1)).toEqual({
    timeMs: 2999,
    prices: [
      ['BTC', '1.2'],
      ['ETH', '2.5'],
    ],
  })
  expect(barsOf([btc, eth], 2000).bars).toHaveLength(1)
  expect(() => barsOf([btc], 5000)).toThrow(CandleFault)
})

test('index prices are exact to eight places and drop what is finer', () => {
  expect(indexPriceOf('0.000000019')).toBe(1n)
  expect(indexPriceOf('68832.58')).toBe(6_883_258_000_000n)
  for (const text of ['0', '-1', '1e-5', '', '0.000000001', '.5'])
    expect(indexPriceOf(text)).toBeNull()
})
