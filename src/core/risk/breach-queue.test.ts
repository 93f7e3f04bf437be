import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AccountId, UserId } from '../domain/ids.ts'
import { compareLevels } from '../margin/level.ts'
import type { Valuation } from '../margin/valuation.ts'
import { BreachQueue } from './breach-queue.ts'

const standing = (assets: number, debts: number): Valuation =>
  ({ assets: BigInt(assets), debts: BigInt(debts), collateral: 0n, missing: null }) as Valuation

function taken(queue: BreachQueue): AccountId[] {
  const order: AccountId[] = []
  for (let next = queue.take(); next !== null; next = queue.take()) order.push(next)
  return order
}

test('Q8 the lowest level first, then by user, then by account; what was measured anew counts once', () => {
  const queue = new BreachQueue()
  const put = (account: number, userId: number, assets: number, debts: number): void =>
    queue.put(account as AccountId, userId as UserId, standing(assets, debts))
  put(1, 9, 105, 100)
  put(2, 3, 21, 20)
  put(5, 3, 210, 200)
  put(3, 1, 104, 100)
  put(4, 1, 1, 1)
  put(6, 1, 0, 1)
  put(4, 1, 106, 100)
  queue.drop(6 as AccountId)
  expect(taken(queue)).toEqual([3, 2, 5, 1, 4])
})

test('Q8 in any order of measuring, the account taken is the first of a sort over all that are there', () => {
  const measured = fc.record({
    account: fc.nat(20),
    assets: fc.nat(9),
    debts: fc.integer({ min: 1, max: 9 }),
  })
  const act = fc.oneof(measured, fc.constant('take' as const), fc.nat(20))
  fc.assert(
    fc.property(fc.array(act, { maxLength: 80 }), (acts) => {
      const queue = new BreachQueue()
      const there = new Map<number, Valuation>()
      for (const next of acts) {
        if (next === 'take') {
          const [first] = [...there].toSorted(
            ([a, x], [b, y]) => compareLevels(x, y) || userOf(a) - userOf(b) || a - b,
          )
          expect(queue.take()).toBe(first?.[0] ?? null)
          if (first !== undefined) there.delete(first[0])
        } else if (typeof next === 'number') {
          queue.drop(next as AccountId)
          there.delete(next)
        } else {
          const valuation = standing(next.assets, next.debts)
          queue.put(next.account as AccountId, userOf(next.account), valuation)
          there.set(next.account, valuation)
        }
      }
    }),
    { numRuns: 500 },
  )
})

/** Two accounts each, and the later accounts of the earlier users. */
function userOf(account: number): UserId {
  return (20 - (account >> 1)) as UserId
}
