import { expect, test } from 'vitest'
import type { UserId } from '../core/domain/ids.ts'
import { parseVenue } from '../core/domain/parse-venue.ts'
import { loadProfile } from '../venue/profile.ts'
import { AuditBalances } from './audit-balances.ts'
import { AuditCredit } from './audit-credit.ts'

const UNIT = 10n ** 8n
const USER = 1 as UserId
const venue = parseVenue(loadProfile('classic'))

/** What is found in an account that holds so much USDT and BNB and owes so much USDT; BNB at 100, or without a price. */
function found(
  act: (credit: AuditCredit) => void,
  [usdt, bnb, owed]: readonly [bigint, bigint, bigint],
  price: bigint | null = 100n * UNIT,
): string[] {
  const balances = new AuditBalances(venue.assets.length)
  balances.openUser()
  const place = (code: string) =>
    balances.place(USER, 'CROSS_MARGIN', venue.assetByCode.get(code)?.index ?? -1)
  balances.hold(place('USDT'), usdt * UNIT)
  balances.hold(place('BNB'), bnb * UNIT)
  balances.owe(place('USDT'), owed * UNIT)
  const prices = venue.assets.map(({ code }) =>
    code === 'USDT' ? UNIT : code === 'BNB' ? price : null,
  )
  const violations: string[] = []
  const report = (violation: string): void => void violations.push(violation)
  act(new AuditCredit(venue, balances, () => prices, report))
  return violations
}

const lent = (credit: AuditCredit): void => credit.lent(USER)
const left = (credit: AuditCredit): void => credit.left(USER)
const at3x = (credit: AuditCredit): void => {
  credit.setLeverage(USER, 3)
  credit.lent(USER)
}

test.each([
  ['B1 exactly 1.25 at 5x', lent, [12_500n, 0n, 10_000n], 0],
  ['B1 a unit below', lent, [12_499n, 0n, 10_000n], 1],
  ['B1 exactly 1.5 at 3x', at3x, [15_000n, 0n, 10_000n], 0],
  ['B1 a unit below at 3x', at3x, [14_999n, 0n, 10_000n], 1],
  // 90,000 BNB are 9 M: 8 M in full and the million above at 95 %, 8.95 M.
  ['C1 by bands, exactly', lent, [0n, 90_000n, 7_160_000n], 0],
  ['C1 by bands, a unit below', lent, [0n, 90_000n, 7_160_001n], 1],
  ['L2 exactly 2', left, [20_000n, 0n, 10_000n], 0],
  ['L2 a unit below', left, [19_999n, 0n, 10_000n], 1],
  ['L2 without debt', left, [0n, 0n, 0n], 0],
] as const)('%s', (_what, act, account, violations) => {
  expect(found(act, account)).toHaveLength(violations)
})

test('X3 with debt, nothing is lent and nothing leaves on an index that is not good', () => {
  const [violation] = found(lent, [90_000n, 1n, 10_000n], null)
  expect(violation).toMatch(/^X3/)
  expect(found(left, [90_000n, 1n, 10_000n], null)).toHaveLength(1)
  expect(found(left, [90_000n, 1n, 0n], null)).toEqual([])
})
