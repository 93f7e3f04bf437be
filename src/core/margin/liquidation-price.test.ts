import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatDecimal } from '../money/decimal.ts'
import type { IndexPrice, Value } from '../money/price.ts'
import { RATE_SCALE } from '../money/rate.ts'
import type { Stock } from './fixture.ts'
import { accountWith, assetOf, index, pricesOf, rate, testVenue, units } from './fixture.ts'
import { levelAtOrBelow } from './level.ts'
import { liquidationPrice, marketShock } from './liquidation-price.ts'
import { valueAccount } from './valuation.ts'

const venue = testVenue()
const LEVEL = rate('1.1')

function priceFor(
  stocks: Readonly<Record<string, Stock>>,
  code: string,
  prices: Readonly<Record<string, string>> = {},
  level = LEVEL,
): string | null {
  const found = liquidationPrice({
    ...accountWith(venue, stocks),
    venue,
    prices: pricesOf(venue, prices),
    asset: assetOf(venue, code).index,
    level,
  })
  return found === null ? null : formatDecimal(found, 8)
}

// Binance, "How to calculate margin liquidation price": cases (a) and (c); the last is (c) once its order has filled.
test.each([
  [
    '10,000 own and 20,000 borrowed buy 1 BTC at 30,000',
    { BTC: { free: '1' }, USDT: { principal: '20000' } },
    'BTC',
    '22000.00000000',
  ],
  [
    '100 USDT against 0.4 ETH borrowed, still held, and an hour of interest',
    {
      ETH: { locked: '0.4', principal: '0.4', interest: '0.00004' },
      USDT: { free: '100' },
    },
    'ETH',
    // Published as 2,497.25; rounded up, as a short is liquidated from here on upward.
    '2497.25302168',
  ],
  [
    'the same with the ETH sold for 400',
    { ETH: { principal: '0.4', interest: '0.00004' }, USDT: { free: '500' } },
    'ETH',
    '1136.25001137',
  ],
])('L3 %s', (_what, stocks, code, price) => {
  expect(priceFor(stocks, code)).toBe(price)
})

// A live answer of GET /sapi/v1/margin/isolated/account that a user published: FET against USDT, in the old 5x grid.
// Its margin level is valued through BTC and belongs to isolated margin; its liquidation price is this rule's.
test('L3 a live isolated account is liquidated at 0.51628838 with the level 1.1575', () => {
  const stocks = {
    ETH: { free: '1463.4144', locked: '491.3' },
    USDT: { free: '20.65536756', principal: '889.66509394', interest: '0.05560407' },
  }
  expect(priceFor(stocks, 'ETH', {}, rate('1.1575'))).toBe('0.51628838')
})

test.each([
  ['nothing is owed', { BTC: { free: '1' } }, 'BTC'],
  ['the asset is neither held nor owed', { USDT: { free: '5', principal: '1' } }, 'BTC'],
  ['other assets cover the debt at any price', OWES('1', '11000', '10000'), 'BTC'],
  ['held and owed move together', { BTC: { free: '1.1', principal: '1' } }, 'BTC'],
  ['the level is crossed at every price', SHORT('10999.99999999', '10000'), 'BTC'],
  ['the asset is USDT', { BTC: { free: '1' }, USDT: { principal: '20000' } }, 'USDT'],
])('L3 there is no liquidation price when %s', (_what, stocks, code) => {
  expect(priceFor(stocks, code, { BTC: '30000' })).toBe(null)
})

function OWES(btc: string, held: string, owed: string): Readonly<Record<string, Stock>> {
  return { BTC: { free: btc }, USDT: { free: held, principal: owed } }
}

function SHORT(held: string, owed: string): Readonly<Record<string, Stock>> {
  return { BTC: { principal: '1' }, USDT: { free: held, principal: owed } }
}

test('L3 needs the prices of all other assets, not the asset’s own', () => {
  const stocks = { BTC: { free: '1' }, ETH: { free: '1' }, USDT: { principal: '20000' } }
  expect(priceFor(stocks, 'BTC', { BTC: '30000' })).toBe(null)
  expect(priceFor(stocks, 'BTC', { ETH: '2000' })).toBe('20000.00000000')
})

test('L3 gives the price of a thin debt rather than none', () => {
  expect(priceFor({ BTC: { free: '1' }, USDT: { principal: '0.00000001' } }, 'BTC')).toBe(
    '0.00000001',
  )
})

const held = fc.bigInt(0n, units('1000'))
const portfolio = fc.record({
  USDT: fc.record({
    free: fc.bigInt(0n, units('900000')),
    principal: fc.bigInt(0n, units('900000')),
  }),
  BTC: fc.record({ free: held, principal: held, interest: fc.bigInt(0n, 9_999n) }),
  ETH: fc.record({ locked: held, principal: held }),
  USDC: fc.record({ free: held, interest: held }),
})
const quote = fc.bigInt(units('0.5'), units('90000'))
const quotes = fc.record({ BTC: quote, ETH: quote, USDC: quote })
type Set = Readonly<Record<'BTC' | 'ETH' | 'USDC', bigint>>

const pricesAt = (set: Set) =>
  venue.assets.map(({ code }) =>
    code === 'USDT' ? index('1') : ((set[code as 'BTC'] ?? null) as IndexPrice | null),
  )

test('L3 at the price the account is at or below the level, one unit toward safety it is not', () => {
  fc.assert(
    fc.property(portfolio, quotes, fc.constantFrom('BTC', 'ETH'), (stocks, set, code) => {
      const { ledger, account } = accountWith(venue, stocks)
      const asset = assetOf(venue, code).index
      const breached = (price: bigint): boolean => {
        const { assets, debts } = valueAccount(
          ledger,
          account,
          venue,
          pricesAt({ ...set, [code]: price }),
        )
        return levelAtOrBelow(assets, debts, LEVEL)
      }
      const input = { ledger, account, venue, prices: pricesAt(set), asset, level: LEVEL }
      const found = liquidationPrice(input)
      if (found === null) {
        // Whatever holds, it holds at every price.
        expect(breached(1n)).toBe(breached(units('100000000')))
        return
      }
      const long = ledger.held(account, asset) * RATE_SCALE > LEVEL * ledger.owed(account, asset)
      expect(breached(found)).toBe(true)
      expect(breached(long ? found + 1n : found - 1n)).toBe(false)
    }),
    { numRuns: 500 },
  )
})

test('L4 stable assets stay, all others move together', () => {
  const stocks = {
    BTC: { free: '1' },
    ETH: { free: '10' },
    USDC: { free: '2000' },
    USDT: { principal: '20000' },
  }
  const prices = pricesOf(venue, { BTC: '30000', ETH: '1000', USDC: '1' })
  const input = { ...accountWith(venue, stocks), venue, prices, level: LEVEL }
  // 2,000 + f · 40,000 = 1.1 · 20,000
  expect(marketShock(input)).toBe('0.50000000')
})

test('L4 a short portfolio is hit by a rise, rounded up', () => {
  const stocks = { BTC: { principal: '3' }, USDT: { free: '200000' } }
  const input = { ...accountWith(venue, stocks), venue, level: LEVEL }
  // 200,000 ÷ (1.1 · 90,000) = 2.0202020202…
  const shock = marketShock({ ...input, prices: pricesOf(venue, { BTC: '30000' }) })
  expect(shock).toBe('2.02020203')
})

test.each([
  ['nothing is owed', { BTC: { free: '1' } }],
  ['nothing moves', { USDT: { free: '100', principal: '50' } }],
  ['an asset has no price', { ETH: { free: '1' }, USDT: { principal: '5' } }],
])('L4 there is no shock when %s', (_what, stocks) => {
  const prices = pricesOf(venue, { BTC: '30000' })
  expect(marketShock({ ...accountWith(venue, stocks), venue, prices, level: LEVEL })).toBe(null)
})

test('L4 at the factor the account is at or below the level, one unit toward safety it is not', () => {
  fc.assert(
    fc.property(portfolio, quotes, (stocks, set) => {
      const { ledger, account } = accountWith(venue, stocks)
      const input = { ledger, account, venue, prices: pricesAt(set), level: LEVEL }
      const text = marketShock(input)
      if (text === null) return
      const factor = units(text)
      // Everything times 10^8, so that a factor of eight places multiplies exactly.
      const breached = (by: bigint): boolean => {
        const one = 100_000_000n
        const scaled = { BTC: set.BTC * by, ETH: set.ETH * by, USDC: set.USDC * one }
        const prices = pricesAt(scaled).with(venue.usdt, (index('1') * one) as IndexPrice)
        const { assets, debts } = valueAccount(ledger, account, venue, prices)
        return levelAtOrBelow(assets as Value, debts, LEVEL)
      }
      expect(breached(factor)).toBe(true)
      const falls = !breached(factor + 1n)
      expect(falls || !breached(factor - 1n)).toBe(true)
    }),
    { numRuns: 300 },
  )
})
