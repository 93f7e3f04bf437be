import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pricesOf, rate, symbolOf, testVenue, units } from '../margin/fixture.ts'
import { priceOf } from '../margin/prices.ts'
import type { Amount } from '../money/amount.ts'
import type { IndexPrice, Lots, Ticks, Value } from '../money/price.ts'
import { surelyWithinCap } from './cap-screen.ts'
import type { PositionCapInput } from './position-cap.ts'
import { positionCap } from './position-cap.ts'

const venue = testVenue()

/** The screen as the engine asks it, for the order that `exact` measures. */
function screened(exact: PositionCapInput): boolean {
  const { symbol, prices, resting, limitPrice, equity, cap, leverage, position } = exact
  const dearest = Math.max(limitPrice ?? 0, ...resting.map(({ price }) => price))
  return surelyWithinCap({
    equity: Number(equity) / 1e16,
    cap,
    leverage,
    symbol,
    basePrice: Number(priceOf(prices, symbol.base)) / 1e8,
    quotePrice: Number(priceOf(prices, symbol.quote)) / 1e8,
    lots: resting.reduce<number>((sum, one) => sum + one.lots, exact.lots),
    dearest,
    position: Math.abs(Number(position)),
  })
}

const symbol = fc.constantFrom('BTCUSDT', 'ETHUSDT', 'ETHBTC').map((name) => symbolOf(venue, name))
const lots = fc.oneof(
  fc.integer({ min: 1, max: 50 }),
  fc.integer({ min: 1, max: 9_000_000 }),
) as fc.Arbitrary<number> as fc.Arbitrary<Lots>
/** Per mille of the index. */
const away = fc.integer({ min: 200, max: 5_000 })

const order = fc
  .record({
    symbol,
    side: fc.constantFrom('BUY' as const, 'SELL' as const),
    lots,
    away: fc.option(away),
    resting: fc.array(fc.record({ away, lots }), { maxLength: 5 }),
    position: fc.bigInt({ min: -(10n ** 13n), max: 10n ** 13n }),
    shortable: fc.option(fc.bigInt({ min: 0n, max: 10n ** 13n })),
    borrowsBeyond: fc.option(fc.bigInt({ min: 0n, max: 10n ** 12n })),
    leverage: fc.constantFrom(3 as const, 5 as const),
    btc: fc.bigInt({ min: 1n, max: 10n ** 13n }),
    eth: fc.bigInt({ min: 1n, max: 10n ** 12n }),
    /** Equity against what the order needs, in parts per billion: mostly hard by the boundary. */
    near: fc.oneof(
      fc.bigInt({ min: -20n, max: 20n }),
      fc.bigInt({ min: -(10n ** 9n), max: 10n ** 9n }),
    ),
  })
  .map(({ btc, eth, away: own, resting, near, shortable, ...rest }): PositionCapInput => {
    const prices = [...pricesOf(venue, {})]
    prices[rest.symbol.base] = (rest.symbol.symbol === 'BTCUSDT' ? btc : eth) as IndexPrice
    if (rest.symbol.quote !== venue.usdt) prices[rest.symbol.quote] = btc as IndexPrice
    const base = Number(prices[rest.symbol.base])
    const quote = Number(prices[rest.symbol.quote])
    const ticks = (perMille: number) => {
      const exact = ((base / quote) * 1e8 * perMille) / 1_000 / Number(rest.symbol.tickSize)
      return Math.min(Math.max(Math.round(exact), 1), 2 ** 30 - 1) as Ticks
    }
    const input: PositionCapInput = {
      ...rest,
      prices,
      cap: rate('0.1'),
      equity: 0n as Value,
      limitPrice: own === null ? null : ticks(own),
      position: rest.position as Amount,
      resting: resting.map((one) => ({ price: ticks(one.away), lots: one.lots })),
      shortable: rest.side === 'SELL' ? (shortable as Amount | null) : null,
      borrowsBeyond: rest.side === 'SELL' ? (rest.borrowsBeyond as Amount | null) : null,
    }
    const { used, asked } = positionCap(input)
    const needed = (used + asked) * 10n * 10n ** 8n
    return { ...input, equity: (needed + (needed * near) / 10n ** 9n) as Value }
  })

test('P3 what the screen lets pass the cap does not refuse', () => {
  fc.assert(
    fc.property(order, (exact) => {
      fc.pre(screened(exact))
      expect(positionCap(exact).verdict).not.toBe('exceeds')
    }),
    { numRuns: 2_000, maxSkipsPerRun: 100 },
  )
})

test.each([
  ['far below the cap', '0.5', true],
  ['a thousandth below it', '0.999', true],
  ['at it', '1', false],
  ['above it', '1.00001', false],
])('P3 the screen says of one BTC %s whether it is sure', (_what, base, sure) => {
  const btc = symbolOf(venue, 'BTCUSDT')
  const size = {
    lots: Number(units(base) / btc.stepSize),
    dearest: 0,
    position: 0,
  }
  const input = {
    equity: 100_000,
    cap: rate('0.1'),
    leverage: 5 as const,
    symbol: btc,
    basePrice: 50_000,
    quotePrice: 1,
  }
  expect(surelyWithinCap({ ...input, ...size })).toBe(sure)
  expect(surelyWithinCap({ ...input, ...size, cap: null })).toBe(true)
  const short = { lots: 0, dearest: 0, position: Number(units(base)) }
  expect(surelyWithinCap({ ...input, ...short })).toBe(sure)
})
