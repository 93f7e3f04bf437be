import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AccountId, AssetIndex } from '../domain/ids.ts'
import type { Policy } from '../domain/venue.ts'
import type { Amount } from '../money/amount.ts'
import type { Rate } from '../money/rate.ts'
import { BUCKET, VENUE_ACCOUNT } from './chart.ts'
import { borrowed, debtAssumed, deposited, interestCharged, repaid, writtenOff } from './entry.ts'
import { Ledger } from './ledger.ts'

const USDT = 0 as AssetIndex
const { pool, loans, interestDue, insuranceFund, venueIncome, rounding, external, lendersDue } =
  VENUE_ACCOUNT

function split(lenders: bigint, fund: bigint, venue: bigint): Policy['interestSplit'] {
  const share = (percent: bigint) => (percent * 10n ** 10n) as Rate
  return { lenders: share(lenders), insuranceFund: share(fund), venue: share(venue) }
}

const classic = split(80n, 10n, 10n)
const of = (sum: number | bigint) => BigInt(sum) as Amount

/** A borrower who owes `principal` and `interest`, and has the loan and as much again of their own. */
function borrower(principal: bigint, interest: bigint): { ledger: Ledger; alice: AccountId } {
  const ledger = new Ledger(1)
  const alice = ledger.openAccount()
  ledger.move(USDT, external, BUCKET.free, pool, BUCKET.free, principal)
  deposited(ledger, alice, USDT, of(principal + interest))
  borrowed(ledger, alice, USDT, of(principal))
  interestCharged(ledger, alice, USDT, of(interest))
  return { ledger, alice }
}

test.each`
  sum    | interestPaid | principalPaid | owed
  ${1}   | ${1}         | ${0}          | ${109}
  ${9}   | ${9}         | ${0}          | ${101}
  ${10}  | ${10}        | ${0}          | ${100}
  ${11}  | ${10}        | ${1}          | ${99}
  ${110} | ${10}        | ${100}        | ${0}
`(
  'B6 B5 of 10 interest and 100 principal, $sum pays $interestPaid and $principalPaid',
  ({ sum, interestPaid, principalPaid, owed }) => {
    const { ledger, alice } = borrower(100n, 10n)
    expect(repaid(ledger, alice, USDT, of(sum), classic)).toEqual({
      interest: of(interestPaid),
      principal: of(principalPaid),
    })
    expect(ledger.owed(alice, USDT)).toBe(of(owed))
  },
)

test.each`
  interest | lenders | fund   | venue  | left
  ${10}    | ${8}    | ${1}   | ${1}   | ${0}
  ${9}     | ${7}    | ${0}   | ${0}   | ${2}
  ${11}    | ${8}    | ${1}   | ${1}   | ${1}
  ${1}     | ${0}    | ${0}   | ${0}   | ${1}
  ${1000}  | ${800}  | ${100} | ${100} | ${0}
`(
  'I3 R2 interest of $interest: $lenders to lenders, $fund to the fund, $venue to the venue, $left to rounding',
  ({ interest, lenders, fund, venue, left }) => {
    const { ledger, alice } = borrower(100n, of(interest))
    repaid(ledger, alice, USDT, of(interest), classic)
    expect([
      ledger.free(lendersDue, USDT),
      ledger.free(insuranceFund, USDT),
      ledger.free(venueIncome, USDT),
      ledger.free(rounding, USDT),
    ]).toEqual([of(lenders), of(fund), of(venue), of(left)])
  },
)

const debt = fc.bigInt({ min: 1n, max: 10n ** 15n })
const percentages = fc
  .nat(100)
  .chain((first) =>
    fc.nat(100 - first).map((second) => [first, second, 100 - first - second] as const),
  )

test('R2 I3 V1 V7 whatever is repaid in parts, sums stay zero, and claims equal debts', () => {
  fc.assert(
    fc.property(
      debt,
      debt,
      percentages,
      fc.array(debt, { maxLength: 8 }),
      (p, i, shares, parts) => {
        const { ledger, alice } = borrower(p, i)
        const policy = split(BigInt(shares[0]), BigInt(shares[1]), BigInt(shares[2]))
        for (const part of [...parts, p + i]) {
          const owed = ledger.owed(alice, USDT)
          const sum = part < owed ? part : owed
          if (sum > 0n) repaid(ledger, alice, USDT, of(sum), policy)
          ledger.assertBalanced()
          expect(ledger.free(loans, USDT)).toBe(ledger.principal(alice, USDT))
          expect(ledger.free(interestDue, USDT)).toBe(ledger.interest(alice, USDT))
        }
        expect(ledger.owed(alice, USDT)).toBe(0n)
        expect(ledger.held(alice, USDT)).toBe(p)
        // At most one unit is left over by each of three roundings down, each time.
        expect(ledger.free(rounding, USDT)).toBeLessThan(3n * BigInt(parts.length + 1))
      },
    ),
  )
})

test('V7 a debt taken over is owed by the other, to the same claims', () => {
  const { ledger, alice } = borrower(100n, 10n)
  expect(debtAssumed(ledger, alice, insuranceFund, USDT)).toEqual({
    interest: 10n,
    principal: 100n,
  })
  expect(ledger.owed(alice, USDT)).toBe(0n)
  expect(ledger.owed(insuranceFund, USDT)).toBe(110n)
  expect(ledger.free(loans, USDT)).toBe(100n)
  ledger.assertBalanced()
})

test.each`
  sum    | interest | principal
  ${4}   | ${4}     | ${0}
  ${10}  | ${10}    | ${0}
  ${15}  | ${10}    | ${5}
  ${110} | ${10}    | ${100}
`('Q5 of a debt past help, $sum written off forgoes $interest of interest first', (row) => {
  const { ledger, alice } = borrower(100n, 10n)
  expect(writtenOff(ledger, alice, USDT, of(row.sum))).toEqual({
    interest: of(row.interest),
    principal: of(row.principal),
  })
  expect(ledger.owed(alice, USDT)).toBe(of(110 - row.sum))
  expect(ledger.free(loans, USDT)).toBe(of(100 - row.principal))
  ledger.assertBalanced()
})

test('nothing is booked for a sum of nothing', () => {
  const { ledger, alice } = borrower(100n, 0n)
  ledger.drainTouched(() => {})
  deposited(ledger, alice, USDT, of(0))
  interestCharged(ledger, alice, USDT, of(0))
  ledger.drainTouched(() => expect.unreachable())
})
