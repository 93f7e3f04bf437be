import { expect, test } from 'vitest'
import { DAY_MS } from '../domain/ids.ts'
import { index, rate } from '../margin/fixture.ts'
import { cappedRatio, redemptionPrice } from './redemption.ts'

test.each([
  ['within the cap', '1.089', DAY_MS, '1.089'],
  ['exactly at it', '1.0908', DAY_MS, '1.0908'],
  ['beyond it', '1.0908000001', DAY_MS, '1.0908'],
  ['far below', '0.1', DAY_MS, '1.0692'],
  ['exactly at the lower bound', '1.0692', DAY_MS, '1.0692'],
  ['in half the time half as far', '2', DAY_MS / 2, '1.0854'],
  ['in no time not at all', '2', 0, '1.08'],
])('X2 a ratio of 1.08 that may move by 1 %% a day, asked %s', (_what, asked, ms, expected) => {
  const moved = cappedRatio({ ratio: rate('1.08'), sinceMs: 0 }, rate(asked), rate('0.01'), ms)
  expect(moved).toBe(rate(expected))
})

test.each([
  ['1.08', '3800', '4104'],
  ['1.000000000001', '0.00000001', '0.00000001'],
  ['0.5', '0.00000001', '0.00000001'],
  ['1.5', '0.00000003', '0.00000004'],
])('X2 a ratio of %s at %s is worth %s, rounded down, never nothing', (ratio, price, expected) => {
  expect(redemptionPrice(rate(ratio), index(price))).toBe(index(expected))
})
