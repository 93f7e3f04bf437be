import { expect, test } from 'vitest'
import { validateVenueDocument } from '../core/domain/parse-venue.ts'
import { barsOf } from '../server/feed/bars.ts'
import { parseCandles } from '../server/feed/candles.ts'
import { loadProfile } from '../venue/profile.ts'
import { grid, replayVenue } from './replay-venue.ts'

function series(symbol: string, ...prices: string[]) {
  const rows = prices.map(
    (price, bar) => `${(bar + 1) * 60_000},${price},${price},${price},${price},0`,
  )
  return { symbol, candles: parseCandles(rows.join('\n'), symbol) }
}

const settings = {
  profile: loadProfile('classic'),
  accounts: 100,
  quotePrices: new Map<string, bigint>(),
}

test('assets reached through other pairs get a USDT pair of their own', () => {
  const bars = barsOf([
    series('BTCUSDC', '25000'),
    series('BTCUSDT', '20000'),
    series('ETHBTC', '0.05'),
  ])
  const { document } = replayVenue(bars, settings)
  expect(document.assets.map(({ code }) => code)).toEqual(['USDT', 'BTC', 'ETH', 'USDC'])
  expect(document.symbols.map(({ symbol }) => symbol)).toEqual([
    'BTCUSDC',
    'BTCUSDT',
    'ETHBTC',
    'ETHUSDT',
    'USDCUSDT',
  ])
  expect(validateVenueDocument(document)).toEqual({ document })
})

test('a quote asset that nothing leads to needs its price named', () => {
  const bars = barsOf([series('ATOMBTC', '0.0003', '0.0004')])
  expect(() => replayVenue(bars, settings)).toThrow('say what BTC is worth in USDT')
  const quotePrices = new Map([['BTC', 8_000_00000000n]])
  const { document } = replayVenue(bars, { ...settings, quotePrices })
  expect(document.symbols.map(({ symbol }) => symbol)).toEqual(['ATOMBTC', 'ATOMUSDT', 'BTCUSDT'])
  expect(validateVenueDocument(document)).toEqual({ document })
})

test.each([
  ['BTCUSDT', '30000', '69000'],
  ['DOGEUSDT', '0.08', '0.73'],
  ['LUNAUSDT', '0.000001', '119'],
  ['PEPEUSDT', '0.00000001', '0.00002'],
  ['ETHBTC', '0.03', '0.08'],
])('%s between %s and %s has a valid grid', (symbol, low, high) => {
  const bars = barsOf([series('BTCUSDT', '30000', '69000'), series(symbol, low, high)])
  const { document } = replayVenue(bars, settings)
  const validated = validateVenueDocument(document)
  expect('faults' in validated ? validated.faults : []).toEqual([])
})

test('the grid is fine against the price, and a lot is worth little', () => {
  const usdt = 100_000_000n
  expect(grid(30_000n * usdt, 69_000n * usdt, usdt)).toEqual({ tick: usdt / 10n, step: 10n })
  expect(grid(3_000_000n, 8_000_000n, 69_000n * usdt)).toEqual({ tick: 1000n, step: 100_000n })
})
