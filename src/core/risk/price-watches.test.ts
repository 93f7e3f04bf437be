import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AccountId } from '../domain/ids.ts'
import { bucketOf, floorOf, PriceWatches } from './price-watches.ts'

test.each([
  [1, 1],
  [1.9999, 4_096],
  [2, 4_097],
  [2 ** 62, 62 * 4_096 + 1],
])('Q1 a price of %s is in bucket %s', (price, expected) => {
  expect(bucketOf(price)).toBe(expected)
})

const price = fc.double({ min: 1, max: 2 ** 70, noNaN: true })

test('Q1 a bucket begins at its least price, and the next follows within 0.025 %', () => {
  fc.assert(
    fc.property(price, price, (one, other) => {
      const bucket = bucketOf(one)
      expect(floorOf(bucket)).toBeLessThanOrEqual(one)
      expect(floorOf(bucket + 1)).toBeGreaterThan(one)
      expect(floorOf(bucket + 1) / floorOf(bucket)).toBeLessThan(1.00025)
      expect(bucketOf(other) >= bucket || other < one).toBe(true)
    }),
  )
})

interface Placed {
  readonly slot: number
  readonly direction: 'FALL' | 'RISE'
  readonly bucket: number
}

const accountOf = (slot: number): AccountId => (1_000 + slot) as AccountId

test('Q1 a move visits the watches in the buckets it passes through, and only those', () => {
  const near = fc.integer({ min: 90_000, max: 200_000 })
  const placed = fc.record({
    slot: fc.nat(40),
    direction: fc.constantFrom<'FALL' | 'RISE'>('FALL', 'RISE'),
    bucket: fc.oneof(near, fc.integer({ min: 120_000, max: 120_010 })),
    stays: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(placed, { maxLength: 60 }), near, near, (all, from, to) => {
      const watches = new PriceWatches(2)
      const expected = new Map<number, Placed>()
      for (const { slot, direction, bucket, stays } of all) {
        watches.place(slot, accountOf(slot), 1, direction === 'FALL' ? bucket : -bucket)
        expected.set(slot, { slot, direction, bucket })
        if (stays) continue
        watches.remove(slot, 1)
        expected.delete(slot)
      }
      const reached = [...expected.values()].filter(({ direction, bucket }) =>
        direction === 'FALL'
          ? to < from && bucket >= to && bucket <= from
          : to > from && bucket >= from && bucket <= to,
      )
      const visited: number[] = []
      watches.forEachReached(1, floorOf(from), floorOf(to), (account) => visited.push(account))
      watches.forEachReached(0, floorOf(from), floorOf(to), (account) => visited.push(account))
      expect(visited.toSorted((a, b) => a - b)).toEqual(
        reached.map(({ slot }) => accountOf(slot)).toSorted((a, b) => a - b),
      )
    }),
    { numRuns: 500 },
  )
})
