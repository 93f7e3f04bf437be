import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { WeightedPrice } from './weighted-median.ts'
import { weightedMedian } from './weighted-median.ts'

const equal = (...prices: number[]): WeightedPrice[] =>
  prices.map((price) => ({ price: BigInt(price), weight: 1n }))

test.each<[string, WeightedPrice[], bigint | null]>([
  ['nothing', [], null],
  ['one price', equal(100), 100n],
  ['the middle of two', equal(100, 103), 101n],
  ['the second of three', equal(130, 100, 101), 101n],
  ['the middle two of four, rounded down', equal(4, 1, 3, 2), 2n],
  ['two alike against one', equal(7_000, 9_150, 9_150), 9_150n],
  ['more than half of the weight decides', [w(100, 3), w(200, 2)], 100n],
  ['half of the weight meets the other half', [w(100, 2), w(200, 1), w(300, 1)], 150n],
  ['one unit less than half does not', [w(100, 1_999), w(200, 1_000), w(300, 1_001)], 200n],
])('X1 the weighted median: %s', (_what, prices, median) => {
  expect(weightedMedian(prices)).toBe(median)
})

function w(price: number, weight: number): WeightedPrice {
  return { price: BigInt(price), weight: BigInt(weight) }
}

const weighted = fc.record({ price: fc.bigInt(1n, 10n ** 14n), weight: fc.bigInt(1n, 1_000n) })
const several = fc.array(weighted, { minLength: 1, maxLength: 9 })

test('X1 the order of the sources does not matter', () => {
  fc.assert(
    fc.property(several, fc.infiniteStream(fc.nat()), (prices, keys) => {
      const shuffled = prices
        .map((price) => ({ price, key: keys.next().value ?? 0 }))
        .sort((a, b) => a.key - b.key)
        .map(({ price }) => price)
      expect(weightedMedian(shuffled)).toBe(weightedMedian(prices))
    }),
  )
})

test('X1 a source that says more never makes the median less', () => {
  fc.assert(
    fc.property(several, fc.nat(), fc.bigInt(1n, 10n ** 14n), (prices, at, more) => {
      const place = at % prices.length
      const raised = prices.map((each, index) =>
        index === place ? { ...each, price: each.price + more } : each,
      )
      expect(weightedMedian(raised) ?? 0n).toBeGreaterThanOrEqual(weightedMedian(prices) ?? 0n)
    }),
  )
})

test('X1 less than half of the weight cannot bring it outside what the others say', () => {
  fc.assert(
    fc.property(several, several, (honest, others) => {
      const sum = (prices: WeightedPrice[]) => prices.reduce((all, { weight }) => all + weight, 0n)
      fc.pre(sum(others) < sum(honest))
      const median = weightedMedian([...others, ...honest]) ?? 0n
      const said = honest.map(({ price }) => price).sort((a, b) => (a < b ? -1 : 1))
      expect(median).toBeGreaterThanOrEqual(said[0] ?? 0n)
      expect(median).toBeLessThanOrEqual(said.at(-1) ?? 0n)
    }),
  )
})

test('X1 half of the weight lies at or below the median and half at or above', () => {
  fc.assert(
    fc.property(several, (prices) => {
      const median = weightedMedian(prices) ?? 0n
      const total = prices.reduce((sum, { weight }) => sum + weight, 0n)
      const of = (holds: (price: bigint) => boolean) =>
        prices.reduce((sum, { price, weight }) => (holds(price) ? sum + weight : sum), 0n)
      expect(of((price) => price <= median) * 2n).toBeGreaterThanOrEqual(total)
      // Rounded down, it may lie up to one unit below the middle of two.
      expect(of((price) => price >= median) * 2n).toBeGreaterThanOrEqual(total)
    }),
  )
})
