// Makes the sample candles in this folder, the same bytes every time: node samples/make.ts
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import type { MarketState } from '../src/server/feed/synthetic-feed.ts'
import { createMarket, stepMarket, syntheticAsset } from '../src/server/feed/synthetic-feed.ts'

const CODES = [
  'BTC',
  'ETH',
  'BNB',
  'SOL',
  'XRP',
  'ADA',
  'DOGE',
  'LINK',
  'AVAX',
  'LTC',
  'DOT',
  'SUI',
]
const START_MS = Date.UTC(2026, 1, 16)
const BAR_MS = 300_000
const STEP_MS = 10_000
const BARS = 288

/** The crash's script: until which bar the market factor drifts by how much in all. */
const SCRIPT: readonly (readonly [untilBar: number, drift: number])[] = [
  [100, 0.01],
  [140, -0.07],
  [150, 0.03],
  [158, -0.21],
  [164, 0.09],
  [190, -0.05],
  [BARS, 0.04],
]

function driftPerStep(bar: number): number {
  let from = 0
  for (const [until, drift] of SCRIPT) {
    if (bar < until) return drift / (((until - from) * BAR_MS) / STEP_MS)
    from = until
  }
  return 0
}

function step(market: MarketState, bar: number): MarketState {
  const drift = driftPerStep(bar)
  const next = stepMarket(market, STEP_MS)
  const prices = next.prices.map(
    (price, place) => price * (1 + drift * (next.assets[place]?.beta ?? 0)),
  )
  return { ...next, prices }
}

interface Row {
  open: number
  high: number
  low: number
  close: number
}

function pricesOf(market: MarketState): Map<string, number> {
  const usdt = market.assets.map(
    ({ code }, place) => [`${code}USDT`, market.prices[place] ?? 0] as const,
  )
  const prices = new Map<string, number>(usdt)
  prices.set('ETHBTC', (prices.get('ETHUSDT') ?? 0) / (prices.get('BTCUSDT') ?? 1))
  return prices
}

const rows = new Map<string, string[]>()
let market = createMarket(20260216, CODES.map(syntheticAsset))
for (let bar = 0; bar < BARS; bar += 1) {
  const candles = new Map<string, Row>()
  for (let at = 0; at < BAR_MS; at += STEP_MS) {
    for (const [symbol, price] of pricesOf(market)) {
      const row = candles.get(symbol) ?? { open: price, high: price, low: price, close: price }
      row.high = Math.max(row.high, price)
      row.low = Math.min(row.low, price)
      row.close = price
      candles.set(symbol, row)
    }
    market = step(market, bar)
  }
  for (const [symbol, { open, high, low, close }] of candles) {
    const digits = open > 1000 ? 2 : open > 10 ? 3 : open > 0.5 ? 4 : 6
    const texts = [open, high, low, close].map((price) => price.toFixed(digits))
    const lines = rows.get(symbol) ?? ['open_time,open,high,low,close']
    lines.push([START_MS + bar * BAR_MS, ...texts].join(','))
    rows.set(symbol, lines)
  }
}

const folder = fileURLToPath(new URL('flash-crash/5m/', import.meta.url))
mkdirSync(folder, { recursive: true })
for (const [symbol, lines] of rows) {
  writeFileSync(`${folder}${symbol}.csv.gz`, gzipSync(`${lines.join('\n')}\n`, { level: 9 }))
}
