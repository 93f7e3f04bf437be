import fc from 'fast-check'
import { expect, test } from 'vitest'
import { InvariantViolation } from '../assert.ts'
import type { Amount } from '../money/amount.ts'
import type { Rate } from '../money/rate.ts'
import { ONE, RATE_SCALE } from '../money/rate.ts'
import { rate, units } from './fixture.ts'
import { dailyRateAt, rateAtLevel, utilizationOf } from './interest-rate.ts'

const curve = {
  dailyInterestRate: rate('0.0001'),
  rateCurve: { kink: rate('0.8'), atKink: rate('0.0005'), atFull: rate('0.0045') },
}

test.each`
  lent             | supplied  | daily               | why
  ${'0'}           | ${'1000'} | ${'0.0001'}         | ${'nothing is lent'}
  ${'0'}           | ${'0'}    | ${'0.0001'}         | ${'there is nothing to lend'}
  ${'400'}         | ${'1000'} | ${'0.0003'}         | ${'half-way to the kink'}
  ${'799.9999999'} | ${'1000'} | ${'0.0005'}         | ${'one step below it, rounded up'}
  ${'800'}         | ${'1000'} | ${'0.0005'}         | ${'the kink'}
  ${'800.0001'}    | ${'1000'} | ${'0.000500002'}    | ${'just above it, where it is steeper'}
  ${'900'}         | ${'1000'} | ${'0.0025'}         | ${'half-way from the kink'}
  ${'999.9999'}    | ${'1000'} | ${'0.004499998'}    | ${'nearly all'}
  ${'1000'}        | ${'1000'} | ${'0.0045'}         | ${'all'}
  ${'1'}           | ${'3'}    | ${'0.000266666667'} | ${'a third, rounded up'}
`('I2 $lent of $supplied lent: $daily a day ($why)', ({ lent, supplied, daily }) => {
  expect(dailyRateAt(curve, units(lent), units(supplied))).toBe(rate(daily))
})

test('I2 without a curve the rate is fixed', () => {
  const fixed = { dailyInterestRate: rate('0.0001'), rateCurve: null }
  expect(dailyRateAt(fixed, units('999'), units('1000'))).toBe(rate('0.0001'))
})

test('I2 the more is lent the dearer it is, and never beyond the curve’s ends', () => {
  const sum = fc.bigInt(0n, 2n ** 60n)
  fc.assert(
    fc.property(sum, sum, sum, (supplied, a, b) => {
      const [less, more] = a < b ? [a, b] : [b, a]
      fc.pre(more <= supplied)
      const low = dailyRateAt(curve, less as Amount, supplied as Amount)
      const high = dailyRateAt(curve, more as Amount, supplied as Amount)
      expect(curve.dailyInterestRate <= low && low <= high).toBe(true)
      expect(high <= curve.rateCurve.atFull).toBe(true)
    }),
  )
})

test.each`
  lent   | supplied | utilization
  ${'0'} | ${'0'}   | ${'0'}
  ${'0'} | ${'3'}   | ${'0'}
  ${'1'} | ${'3'}   | ${'0.333333333333'}
  ${'2'} | ${'3'}   | ${'0.666666666666'}
  ${'3'} | ${'3'}   | ${'1'}
`('I2 $lent of $supplied is a share of $utilization', ({ lent, supplied, utilization }) => {
  expect(utilizationOf(units(lent), units(supplied))).toBe(rate(utilization))
})

test('I2 a pool that lent more than it has is a bug', () => {
  expect(() => utilizationOf(units('3.00000001'), units('3'))).toThrow(InvariantViolation)
})

test.each`
  daily               | interest  | atLevel
  ${'0.0003'}         | ${'1'}    | ${'0.0003'}
  ${'0.0003'}         | ${'0.95'} | ${'0.000285'}
  ${'0.000000000001'} | ${'0.5'}  | ${'0.000000000001'}
  ${'0.000000000003'} | ${'0.5'}  | ${'0.000000000002'}
  ${'0'}              | ${'0.95'} | ${'0'}
`('B12 R1 $daily at $interest of it is $atLevel', ({ daily, interest, atLevel }) => {
  expect(rateAtLevel(rate(daily), rate(interest))).toBe(rate(atLevel))
})

test('B12 no level pays more than the plain rate, and the highest discount never pays nothing', () => {
  fc.assert(
    fc.property(fc.bigInt(1n, RATE_SCALE), fc.bigInt(1n, ONE), (daily, interest) => {
      const atLevel = rateAtLevel(daily as Rate, interest as Rate)
      expect(atLevel > 0n && atLevel <= daily).toBe(true)
    }),
  )
})
