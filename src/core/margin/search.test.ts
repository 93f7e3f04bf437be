import fc from 'fast-check'
import { expect, test } from 'vitest'
import { largestPassing } from './search.ts'

test('finds the last passing number from any guess', () => {
  const number = fc.bigInt(-5n, 10n ** 20n)
  fc.assert(
    fc.property(number, number, fc.bigInt(0n, 10n ** 20n), (last, guess, atMost) => {
      const expected = last < 0n ? -1n : last < atMost ? last : atMost
      expect(largestPassing(guess, atMost, (x) => x <= last)).toBe(expected)
    }),
  )
})

test.each([
  [7n, 2],
  [8n, 3],
  [6n, 2],
])('a guess of %d for 7 takes at most %d looks beyond the two that prove it', (guess, looks) => {
  let taken = 0
  largestPassing(guess, 10n ** 18n, (x) => {
    taken += 1
    return x <= 7n
  })
  expect(taken).toBeLessThanOrEqual(looks + 2)
})
