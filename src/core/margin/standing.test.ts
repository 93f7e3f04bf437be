import { expect, test } from 'vitest'
import type { Stock } from './fixture.ts'
import { accountWith, assetOf, pricesOf, testVenue } from './fixture.ts'
import type { Prices } from './prices.ts'
import { standingOf } from './standing.ts'

const venue = testVenue()

/** The second prices of rule C4 where the index is. */
const atIndex = (prices: Prices) => ({ prices, riskPrices: { held: prices, owed: prices } })

function standing(
  stocks: Readonly<Record<string, Stock>>,
  more: { tradingAllowed?: boolean } = {},
) {
  return standingOf({
    ...accountWith(venue, stocks),
    venue,
    ...atIndex(pricesOf(venue, { BTC: '30000', ETH: '1000', JUNK: '1' })),
    inFull: false,
    levels: venue.policy.levels[5],
    priceAsset: assetOf(venue, 'BTC').index,
    tradingAllowed: true,
    ...more,
  })
}

test('L2 L3 L4 an account at 1.5 with all its figures', () => {
  expect(standing({ BTC: { free: '1' }, USDT: { principal: '20000' } })).toEqual({
    marginLevel: '1.50000000',
    collateralMarginLevel: '1.50000000',
    equity: '10000.00000000',
    buffer: '8000.00000000',
    liquidationPrice: '22000.00000000',
    marketShock: '0.73333333',
    can: { trade: true, borrow: true, transferOut: false },
  })
})

test('an account without debt may do everything', () => {
  expect(standing({ USDT: { free: '7' } })).toEqual({
    marginLevel: '999',
    collateralMarginLevel: '999',
    equity: '7.00000000',
    buffer: '7.00000000',
    liquidationPrice: null,
    marketShock: null,
    can: { trade: true, borrow: true, transferOut: true },
  })
})

test('Q2 an account being liquidated may do nothing', () => {
  const { can } = standing({ USDT: { free: '7' } }, { tradingAllowed: false })
  expect(can).toEqual({ trade: false, borrow: false, transferOut: false })
})

// What is held against a debt of 10,000, at each level of the 5x row and one unit above it.
test.each([
  ['20000.00000001', true, true, true],
  ['20000', true, true, false],
  ['12500.00000001', true, true, false],
  ['12500', true, false, false],
  ['11000.00000001', true, false, false],
  ['11000', false, false, false],
])('L1 %s against 10,000', (held, trade, borrow, transferOut) => {
  const { can } = standing({ USDT: { free: held, principal: '10000' } })
  expect(can).toEqual({ trade, borrow, transferOut })
})

test('C2 haircuts take borrowing away, not trading', () => {
  const { can, marginLevel, collateralMarginLevel } = standing({
    JUNK: { free: '90000' },
    USDT: { free: '12000', principal: '10000' },
  })
  expect(marginLevel).toBe('10.20000000')
  expect(collateralMarginLevel).toBe('1.20000000')
  expect(can).toEqual({ trade: true, borrow: false, transferOut: false })
})

test('R1 equity and buffer are rounded down, below zero too', () => {
  const { equity, buffer } = standing({
    ETH: { free: '0.00000001' },
    BTC: { principal: '0.00000001', interest: '0.00000001' },
    USDC: {},
  })
  expect(equity).toBe('-0.00059000')
  expect(buffer).toBe('-0.00065000')
  const prices = pricesOf(venue, { ETH: '1234.56789012', BTC: '1' })
  const odd = standingOf({
    ...accountWith(venue, { ETH: { free: '0.00000001' }, USDT: { principal: '1' } }),
    venue,
    ...atIndex(prices),
    inFull: false,
    levels: venue.policy.levels[5],
    priceAsset: null,
    tradingAllowed: true,
  })
  expect(odd.equity).toBe('-0.99998766')
  expect(odd.buffer).toBe('-1.09998766')
  expect(odd.liquidationPrice).toBe(null)
})

test('R1 a buffer a fraction of 10^-16 below zero is below zero', () => {
  const { buffer } = standingOf({
    ...accountWith(venue, { BTC: { free: '0.00000001', principal: '0.00000001' } }),
    venue,
    ...atIndex(pricesOf(venue, { BTC: '0.00000001' })),
    inFull: false,
    levels: venue.policy.levels[5],
    priceAsset: null,
    tradingAllowed: true,
  })
  expect(buffer).toBe('-0.00000001')
})

test('L7 a debt without an index price leaves the levels unknown and allows nothing; a holding without one does not', () => {
  const nothing = { trade: false, borrow: false, transferOut: false }
  const everything = { trade: true, borrow: true, transferOut: true }
  expect(standing({ USDT: { free: '90000' }, TOKEN: { principal: '1' } })).toMatchObject({
    marginLevel: '0.00000000',
    collateralMarginLevel: '0.00000000',
    can: nothing,
  })
  const held = standing({ USDT: { free: '90000', principal: '10000' }, TOKEN: { free: '1' } })
  expect(held).toMatchObject({ marginLevel: '9.00000000', can: everything })
})
