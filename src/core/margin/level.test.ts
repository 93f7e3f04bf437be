import fc from 'fast-check'
import { expect, test } from 'vitest'
import { InvariantViolation } from '../assert.ts'
import type { Value } from '../money/price.ts'
import type { Rate } from '../money/rate.ts'
import { accountWith, pricesOf, rate, testVenue, value } from './fixture.ts'
import {
  assertOrdered,
  compareLevels,
  formatLevel,
  levelAbove,
  levelAtLeast,
  levelAtOrBelow,
} from './level.ts'
import type { Valuation } from './valuation.ts'
import { valueAccount } from './valuation.ts'

const ofLevel = (assets: bigint, debts: bigint): Valuation => ({
  assets: assets as Value,
  debts: debts as Value,
  collateral: assets as Value,
  missing: null,
})

// Binance, "How liquidations are triggered": 2 BTC own and 400,000 borrowed buys 8 BTC at 50,000.
test('ML 10 BTC at 50,000 against 400,000 is 1.25', () => {
  const venue = testVenue()
  const { ledger, account } = accountWith(venue, {
    BTC: { free: '10' },
    USDT: { principal: '400000' },
  })
  const prices = pricesOf(venue, { BTC: '50000' })
  const { assets, debts } = valueAccount(ledger, account, venue, prices)
  expect(formatLevel(assets, debts)).toBe('1.25000000')
})

// Binance, "Maximum transfer-out amount": debt 5,150 against assets of 8,000 and of 20,000, as printed there 1.55 and 3.88.
test.each([
  ['8000', '1.55339805'],
  ['20000', '3.88349514'],
])('ML assets of %s against a debt of 5,150 are %s', (assets, level) => {
  expect(formatLevel(value(assets), value('5150'))).toBe(level)
})

test.each([
  ['without debt', 5n, 0n, '999'],
  ['without anything', 0n, 0n, '999'],
  ['with nothing against a debt', 0n, 1n, '0.00000000'],
  ['at the cap', 999n, 1n, '999'],
  ['below the cap', 998_999_999_999n, 1_000_000_000n, '998.99999999'],
  ['with a third', 1n, 3n, '0.33333333'],
  ['a hair below 1.1', 109_999_999_999n, 100_000_000_000n, '1.09999999'],
])('R1 a level %s is written rounded down', (_what, numerator, debts, text) => {
  expect(formatLevel(numerator as Value, debts as Value)).toBe(text)
})

test.each([
  [109n, false, false, true],
  [110n, false, true, true],
  [111n, true, true, false],
])('L1 %d against 100 at a level of 1.1', (assets, above, atLeast, atOrBelow) => {
  const [numerator, debts] = [assets as Value, 100n as Value]
  expect(levelAbove(numerator, debts, rate('1.1'))).toBe(above)
  expect(levelAtLeast(numerator, debts, rate('1.1'))).toBe(atLeast)
  expect(levelAtOrBelow(numerator, debts, rate('1.1'))).toBe(atOrBelow)
})

test('L1 without debt an account is above every level', () => {
  const zero = 0n as Value
  expect(levelAbove(zero, zero, rate('1000'))).toBe(true)
  expect(levelAtLeast(zero, zero, rate('1000'))).toBe(true)
  expect(levelAtOrBelow(zero, zero, rate('1000'))).toBe(false)
})

test('L1 a level is compared by product: one unit of 10^-16 USDT decides', () => {
  const debts = value('123456789.0123456789012345')
  const level = rate('1.1')
  const exactly = (debts * 11n) / 10n
  expect(levelAtOrBelow(exactly as Value, debts, level)).toBe(true)
  expect(levelAtOrBelow((exactly + 1n) as Value, debts, level)).toBe(false)
})

test('Q8 the lowest level comes first, accounts without debt last', () => {
  const accounts = [ofLevel(5n, 0n), ofLevel(12n, 10n), ofLevel(0n, 7n), ofLevel(11n, 10n)]
  expect(accounts.sort(compareLevels).map(({ assets }) => assets)).toEqual([0n, 11n, 12n, 5n])
  expect(compareLevels(ofLevel(0n, 0n), ofLevel(9n, 0n))).toBe(0)
})

test('Q8 the order of two levels agrees with their quotients, and is antisymmetric', () => {
  const part = fc.bigInt(0n, 10n ** 30n)
  fc.assert(
    fc.property(part, part, part, part, (a, b, c, d) => {
      const [left, right] = [ofLevel(a, b + 1n), ofLevel(c, d + 1n)]
      const order = compareLevels(left, right)
      expect(order).toBe(-compareLevels(right, left) + 0)
      const scale = 10n ** 70n
      const [x, y] = [(a * scale) / (b + 1n), (c * scale) / (d + 1n)]
      expect(order).toBe(x === y ? 0 : x < y ? -1 : 1)
    }),
  )
})

const LEVELS = testVenue().policy.levels[5]

test.each([
  ['as published', {}, true],
  ['transfer-out at borrow', { transferOut: LEVELS.borrow }, false],
  ['borrow at margin call', { borrow: LEVELS.marginCall }, false],
  ['margin call at liquidation', { marginCall: LEVELS.liquidation }, false],
  ['liquidation at 1', { liquidation: rate('1') }, false],
  ['liquidation just above 1', { liquidation: (rate('1') + 1n) as Rate }, true],
])('L1 levels %s', (_what, change, accepted) => {
  const check = () => assertOrdered({ ...LEVELS, ...change })
  if (accepted) expect(check).not.toThrow()
  else expect(check).toThrow(InvariantViolation)
})
