import fc from 'fast-check'
import { expect, test } from 'vitest'
import { HOUR_MS } from '../domain/ids.ts'
import { index, rate } from '../margin/fixture.ts'
import type { IndexPrice } from '../money/price.ts'
import { rateLimitedAt, rateLimitedFrom, twoSided } from './rate-limited-price.ts'

const SIX = rate('0.06')

const after = (from: string, to: string, ms: number) =>
  twoSided(rateLimitedAt(rateLimitedFrom(index(from), 0), index(to), SIX, ms), index(to))

test.each([
  ['at once', '30000', '60000', 0, '30000', '60000'],
  ['half an hour up', '30000', '60000', HOUR_MS / 2, '30900', '60000'],
  ['an hour up', '30000', '60000', HOUR_MS, '31800', '60000'],
  ['an hour down', '30000', '15000', HOUR_MS, '15000', '28200'],
  ['until it is there', '30000', '31800', HOUR_MS, '31800', '31800'],
  ['one millisecond earlier', '30000', '31800', HOUR_MS - 1, '31799.9995', '31800'],
  ['never past it', '30000', '31800', 10 * HOUR_MS, '31800', '31800'],
  ['the least price', '0.00000001', '0.00000002', 60_000, '0.00000001', '0.00000002'],
])('C4 the second price %s: from %s to %s in %d ms', (_what, from, to, ms, low, high) => {
  expect(after(from, to, ms)).toEqual({ low: index(low), high: index(high) })
})

test('C4 however often it is looked at, it moves no faster than 6 % of itself an hour, and no further than the index', () => {
  const price = fc.bigInt(1n, 10n ** 13n)
  const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: HOUR_MS }), price), { maxLength: 20 })
  fc.assert(
    fc.property(price, steps, (start, moves) => {
      let limited = rateLimitedFrom(start as IndexPrice, 0)
      for (const [ms, target] of moves) {
        const next = rateLimitedAt(limited, target as IndexPrice, SIX, limited.atMs + ms)
        const moved = next.exact - limited.exact
        const most = (limited.exact * 6n * BigInt(ms)) / (100n * BigInt(HOUR_MS))
        expect(moved <= most && -moved <= most).toBe(true)
        const { low, high } = twoSided(next, target as IndexPrice)
        expect(low <= target && target <= high).toBe(true)
        limited = next
      }
    }),
  )
})
