import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Amount } from '../money/amount.ts'
import type { Rate } from '../money/rate.ts'
import { RATE_SCALE } from '../money/rate.ts'
import { rate, units } from './fixture.ts'
import { hourlyInterest } from './interest.ts'

test.each([
  // Binance, "Margin interest": 1,000 at 0.001 % an hour, two started hours, costs 0.02.
  ['1000', '0.00024', '0.01'],
  // The interest history's ON_BORROW sample of Binance's API documentation.
  ['45.3313', '0.00013233', '0.00024995'],
  // A charge seen live (ccxt pull request 21187): 4.16e-9 was charged as one unit.
  ['0.00011146', '0.00089489', '0.00000001'],
  // Two further samples of the API documentation.
  ['5.73824', '0.0002', '0.00004782'],
  ['36.22', '0.016', '0.02414667'],
  ['0.00000001', '0.000000000001', '0.00000001'],
  ['0', '0.5', '0'],
  ['1000', '0', '0'],
])('I1 R1 an hour of %s at %s a day costs %s', (principal, daily, interest) => {
  expect(hourlyInterest(units(principal), rate(daily))).toBe(units(interest))
})

// The older page of the same name rounds the sum of two hours, 0.01666667; charged one by one each is rounded up (R1).
test('I1 two hours at 0.02 % a day on 1,000 cost 0.01666668', () => {
  expect(hourlyInterest(units('1000'), rate('0.0002')) * 2n).toBe(units('0.01666668'))
})

test('I1 R1 is never less than the exact share and never a whole unit more', () => {
  fc.assert(
    fc.property(fc.bigInt(0n, 2n ** 61n), fc.bigInt(0n, RATE_SCALE), (principal, daily) => {
      const charged = hourlyInterest(principal as Amount, daily as Rate)
      const exact = principal * daily
      expect(charged * 24n * RATE_SCALE >= exact).toBe(true)
      expect((charged - 1n) * 24n * RATE_SCALE < exact).toBe(true)
    }),
  )
})
