import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Value } from '../money/price.ts'
import { RATE_SCALE } from '../money/rate.ts'
import { collateralChange, collateralValue, weighedBands, weightAbove } from './collateral.ts'
import { assetOf, rate, testVenue, value } from './fixture.ts'

const venue = testVenue()
const btc = assetOf(venue, 'BTC').collateral
const token = assetOf(venue, 'TOKEN').collateral

// Binance, "Cross margin collateral haircuts": 6,000 BTC at 20,000 count for 119,500,000 with BTC's bands.
test('C1 6,000 BTC at 20,000 count for 119,500,000', () => {
  expect(collateralValue(btc, value('120000000'))).toBe(value('119500000'))
})

test.each([
  ['0', '0'],
  ['99999999.9999999999999999', '99999999.9999999999999999'],
  ['100000000', '100000000'],
  // A unit beyond the first band weighs 0.975 of itself: nothing, rounded down.
  ['100000000.0000000000000001', '100000000'],
  ['100000001', '100000000.975'],
  ['150000000', '148000000'],
  ['180000000', '175000000'],
  ['200000000', '192000000'],
  ['200000000.0000000000000001', '192000000'],
  ['900000000', '192000000'],
])('C1 a notional of %s counts for %s', (notional, counted) => {
  expect(collateralValue(btc, value(notional))).toBe(value(counted))
})

// The same page's "Token X": bands of 100, 90, 80, 60, 30 and 10 %.
test.each([
  ['500000', '500000'],
  ['1000000', '950000'],
  ['2000000', '1750000'],
  ['4000000', '2950000'],
  ['7000000', '3850000'],
  ['8000000', '3950000'],
])('C1 %s of a token with steep bands counts for %s', (notional, counted) => {
  expect(collateralValue(token, value(notional))).toBe(value(counted))
})

test('C1 an asset without bands is no collateral', () => {
  expect(collateralValue([], value('1000'))).toBe(0n)
  expect(weightAbove([], value('1000'))).toBe(0n)
})

test('C1 the weight above a band’s end is that of the next', () => {
  expect(weightAbove(btc, (value('100000000') - 1n) as Value)).toBe(rate('1'))
  expect(weightAbove(btc, value('100000000'))).toBe(rate('0.975'))
  expect(weightAbove(btc, value('200000000'))).toBe(0n)
})

test('C1 no unit ever adds more than itself, and more is never worth less', () => {
  const notional = fc.bigInt(0n, value('10000000'))
  fc.assert(
    fc.property(notional, notional, (a, b) => {
      const [low, high] = (a < b ? [a, b] : [b, a]) as [Value, Value]
      const change = collateralChange(token, low, high)
      expect(change >= 0n && change <= high - low).toBe(true)
    }),
  )
})

test('C1 is the sum over the bands, taken one by one and rounded down once', () => {
  fc.assert(
    fc.property(fc.bigInt(0n, value('9000000')), (notional) => {
      let exact = 0n
      let from = 0n
      for (const { upTo, weight } of token) {
        const inside = (upTo === null || notional < upTo ? notional : upTo) - from
        if (inside > 0n) exact += inside * weight
        from = upTo ?? notional
      }
      expect(collateralValue(token, notional as Value)).toBe(exact / RATE_SCALE)
    }),
  )
})

test.each`
  total                            | first               | last
  ${'0'}                           | ${'1'}              | ${'0.85'}
  ${'999999999.9999999999999999'}  | ${'1'}              | ${'0.85'}
  ${'1000000000'}                  | ${'1'}              | ${'0.85'}
  ${'1000000000.0000000000000001'} | ${'0.999999999999'} | ${'0.849999999999'}
  ${'1250000000'}                  | ${'0.8'}            | ${'0.68'}
  ${'3000000000'}                  | ${'0.333333333333'} | ${'0.283333333333'}
`('C3 with $total of a cap of 1,000,000,000 the weights go from $first to $last', (row) => {
  const bands = weighedBands(btc, value(row.total), value('1000000000'))
  expect([bands[0]?.weight, bands[4]?.weight]).toEqual([rate(row.first), rate(row.last)])
})

test('C3 what all holdings together count for never passes the cap', () => {
  const holdings = fc.array(fc.bigInt(0n, value('400000000')), { minLength: 1, maxLength: 8 })
  fc.assert(
    fc.property(holdings, fc.bigInt(1n, value('900000000')), (held, cap) => {
      const total = held.reduce((sum, each) => sum + each, 0n)
      const bands = weighedBands(btc, total as Value, cap as Value)
      let counted = 0n
      for (const each of held) counted += collateralValue(bands, each as Value)
      expect(counted <= cap || total <= cap).toBe(true)
      expect(counted <= total).toBe(true)
    }),
  )
})
