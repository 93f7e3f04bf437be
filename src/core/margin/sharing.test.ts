import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Amount } from '../money/amount.ts'
import { lossesOf, sharesOf } from './sharing.ts'

const amounts = (...sums: bigint[]) => sums as Amount[]
const sumOf = (sums: readonly bigint[]) => sums.reduce((sum, each) => sum + each, 0n)
const weights = fc.array(fc.bigInt(0n, 2n ** 60n), { maxLength: 12 }) as fc.Arbitrary<Amount[]>

test.each([
  [10n, amounts(1n, 1n), amounts(5n, 5n)],
  [10n, amounts(1n, 1n, 1n), amounts(3n, 3n, 3n)],
  [2n, amounts(1n, 1n, 1n), amounts(0n, 0n, 0n)],
  [10n, amounts(0n, 7n), amounts(0n, 10n)],
  [10n, amounts(0n, 0n), amounts(0n, 0n)],
  [10n, amounts(), amounts()],
])('B10 R2 %s shared by %s is %s', (sum, by, shares) => {
  expect(sharesOf(sum as Amount, by)).toEqual(shares)
})

test.each([
  [10n, amounts(10n, 10n), amounts(5n, 5n)],
  [10n, amounts(10n, 10n, 10n), amounts(3n, 3n, 4n)],
  [1n, amounts(10n, 10n, 10n), amounts(0n, 0n, 1n)],
  [30n, amounts(10n, 10n, 10n), amounts(10n, 10n, 10n)],
  [0n, amounts(10n, 0n), amounts(0n, 0n)],
  [0n, amounts(), amounts()],
])('B11 a loss of %s borne by %s is %s', (loss, by, losses) => {
  expect(lossesOf(loss as Amount, by)).toEqual(losses)
})

test('B10 R1 R2 nobody gets more than the exact share, and less than a unit each is left', () => {
  fc.assert(
    fc.property(fc.bigInt(0n, 2n ** 60n), weights, (sum, by) => {
      const total = sumOf(by)
      const shares = sharesOf(sum as Amount, by)
      for (const [place, share] of shares.entries()) {
        const exact = sum * (by[place] ?? 0n)
        expect(share * total <= exact && exact < (share + 1n) * (total || 1n)).toBe(true)
      }
      if (total > 0n) expect(sum - sumOf(shares) < by.length).toBe(true)
    }),
  )
})

test('B11 losses are the whole loss, nobody’s is a unit off or beyond the claim', () => {
  fc.assert(
    fc.property(fc.nat(), weights, (share, by) => {
      const total = sumOf(by)
      const loss = total === 0n ? 0n : (total * BigInt(share)) / 2n ** 31n
      const losses = lossesOf(loss as Amount, by)
      expect(sumOf(losses)).toBe(loss)
      for (const [place, each] of losses.entries()) {
        const weight = by[place] ?? 0n
        const off = each * total - loss * weight
        expect(each >= 0n && each <= weight).toBe(true)
        if (total > 0n) expect(off < total && -off < total).toBe(true)
      }
    }),
  )
})

test('B11 more than all of it cannot be lost', () => {
  expect(() => lossesOf(3n as Amount, amounts(1n, 1n))).toThrow('B11')
})
