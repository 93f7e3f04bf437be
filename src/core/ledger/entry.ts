import type { AccountId, AssetIndex } from '../domain/ids.ts'
import type { Policy } from '../domain/venue.ts'
import type { Amount } from '../money/amount.ts'
import { RATE_SCALE } from '../money/rate.ts'
import { divFloor, minBigint } from '../money/rounding.ts'
import { BUCKET, VENUE_ACCOUNT } from './chart.ts'
import type { Ledger } from './ledger.ts'

// One function for each business fact, so its legs are written once. Every function takes positive amounts and
// does nothing for zero, which spares each caller the question.

const { free, locked, principal, interest } = BUCKET

/** Funds arrive from outside. */
export function deposited(
  ledger: Ledger,
  account: AccountId,
  asset: AssetIndex,
  sum: Amount,
): void {
  if (sum > 0n) ledger.move(asset, VENUE_ACCOUNT.external, free, account, free, sum)
}

/** Funds move between two wallets, or between the venue's own accounts. */
export function transferred(
  ledger: Ledger,
  from: AccountId,
  to: AccountId,
  asset: AssetIndex,
  sum: Amount,
): void {
  if (sum > 0n) ledger.move(asset, from, free, to, free, sum)
}

/** An open order sets funds aside. */
export function lockedForOrder(
  ledger: Ledger,
  account: AccountId,
  asset: AssetIndex,
  sum: Amount,
): void {
  if (sum > 0n) ledger.move(asset, account, free, account, locked, sum)
}

/** An order no longer needs what it had set aside. */
export function unlocked(ledger: Ledger, account: AccountId, asset: AssetIndex, sum: Amount): void {
  if (sum > 0n) ledger.move(asset, account, locked, account, free, sum)
}

/** Locked funds of one side reach the other; the fee leaves what is received. */
export function paid(
  ledger: Ledger,
  from: AccountId,
  to: AccountId,
  asset: AssetIndex,
  sum: Amount,
  fee: Amount,
): void {
  ledger.move(asset, from, locked, to, free, sum)
  if (fee > 0n) ledger.move(asset, to, free, VENUE_ACCOUNT.tradingFees, free, fee)
}

/** Pool funds reach the account, and the account owes them: both or neither. */
export function borrowed(ledger: Ledger, account: AccountId, asset: AssetIndex, sum: Amount): void {
  ledger.move(asset, VENUE_ACCOUNT.pool, free, account, free, sum)
  ledger.move(asset, account, principal, VENUE_ACCOUNT.loans, free, sum)
}

/** Interest falls due: owed by the account, not yet paid to anybody. */
export function interestCharged(
  ledger: Ledger,
  account: AccountId,
  asset: AssetIndex,
  sum: Amount,
): void {
  if (sum > 0n) ledger.move(asset, account, interest, VENUE_ACCOUNT.interestDue, free, sum)
}

/** How a repayment divides (rule B6). */
export interface Repayment {
  readonly interest: Amount
  readonly principal: Amount
}

/** Pays interest first, then principal (rules B6, I3). `sum` is at most what is owed and at most what is free. */
export function repaid(
  ledger: Ledger,
  account: AccountId,
  asset: AssetIndex,
  sum: Amount,
  split: Policy['interestSplit'],
): Repayment {
  const toInterest = minBigint(sum, ledger.interest(account, asset)) as Amount
  const toPrincipal = (sum - toInterest) as Amount
  if (toInterest > 0n) {
    ledger.move(asset, VENUE_ACCOUNT.interestDue, free, account, interest, toInterest)
    interestPaidFor(ledger, account, asset, toInterest, split)
  }
  if (toPrincipal > 0n) {
    ledger.move(asset, account, free, VENUE_ACCOUNT.pool, free, toPrincipal)
    ledger.move(asset, VENUE_ACCOUNT.loans, free, account, principal, toPrincipal)
  }
  return { interest: toInterest, principal: toPrincipal }
}

/** Interest reaches whom it is due (rule I3), from an account that need not owe it. */
export function interestPaidFor(
  ledger: Ledger,
  account: AccountId,
  asset: AssetIndex,
  sum: Amount,
  split: Policy['interestSplit'],
): void {
  const lenders = divFloor(sum * split.lenders, RATE_SCALE) as Amount
  const fund = divFloor(sum * split.insuranceFund, RATE_SCALE) as Amount
  const venue = divFloor(sum * split.venue, RATE_SCALE) as Amount
  transferred(ledger, account, VENUE_ACCOUNT.lendersDue, asset, lenders)
  transferred(ledger, account, VENUE_ACCOUNT.insuranceFund, asset, fund)
  transferred(ledger, account, VENUE_ACCOUNT.venueIncome, asset, venue)
  const left = (sum - lenders - fund - venue) as Amount
  transferred(ledger, account, VENUE_ACCOUNT.rounding, asset, left)
}

/** Another account takes a debt over: what one owes less, the other owes more. */
export function debtAssumed(
  ledger: Ledger,
  from: AccountId,
  by: AccountId,
  asset: AssetIndex,
): Repayment {
  const owedInterest = ledger.interest(from, asset)
  const owedPrincipal = ledger.principal(from, asset)
  if (owedInterest > 0n) ledger.move(asset, by, interest, from, interest, owedInterest)
  if (owedPrincipal > 0n) ledger.move(asset, by, principal, from, principal, owedPrincipal)
  return { interest: owedInterest, principal: owedPrincipal }
}

/** A debt nobody can pay leaves the books: the asset's lenders bear it (rule Q5). Interest is forgone first. */
export function writtenOff(
  ledger: Ledger,
  account: AccountId,
  asset: AssetIndex,
  sum: Amount,
): Repayment {
  const ofInterest = minBigint(sum, ledger.interest(account, asset)) as Amount
  const ofPrincipal = (sum - ofInterest) as Amount
  if (ofInterest > 0n)
    ledger.move(asset, VENUE_ACCOUNT.interestDue, free, account, interest, ofInterest)
  if (ofPrincipal > 0n)
    ledger.move(asset, VENUE_ACCOUNT.loans, free, account, principal, ofPrincipal)
  return { interest: ofInterest, principal: ofPrincipal }
}
