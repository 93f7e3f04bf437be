import type { Borrow, Deposit, Repay, Transfer } from '../domain/command.ts'
import type { LoanOrigin } from '../domain/event.ts'
import type { AccountId, AssetIndex, UserId } from '../domain/ids.ts'
import type { Refusal } from '../domain/rejection.ts'
import type { Asset } from '../domain/venue.ts'
import { BUCKET, VENUE_ACCOUNT } from '../ledger/chart.ts'
import type { Repayment } from '../ledger/entry.ts'
import { borrowed, deposited, interestCharged, repaid, transferred } from '../ledger/entry.ts'
import type { MaxBorrowable } from '../margin/borrowing.ts'
import { maxBorrowable, maxTransferable } from '../margin/borrowing.ts'
import { hourlyInterest } from '../margin/interest.ts'
import type { Amount } from '../money/amount.ts'
import { AMOUNT_MAX } from '../money/amount.ts'
import { openOrdersLoss } from './limit-loss.ts'
import { crossOf, levelsOf } from './margin-account.ts'
import {
  enterCross,
  reduceOnlyReason,
  refuseCross,
  refuseStale,
  refuseStaleAccount,
} from './standing.ts'
import type { ExchangeState, MarginAccount, User } from './state.ts'
import { assetAt, nextTransactionId, ownerOf, venueOf } from './state.ts'
import { threatensLenders } from './uncovered-loss.ts'

export function deposit(
  state: ExchangeState,
  user: User,
  { wallet, asset, amount }: Deposit,
): Refusal | null {
  if (amount <= 0n) return { reason: 'amount_not_positive' }
  const outside = state.ledger.balance(VENUE_ACCOUNT.external, asset, BUCKET.free)
  // What is outside bounds every balance inside: nothing the venue ever books can pass the ledger's range. Half of it is
  // left for what a preview rehearses from outside.
  if (amount - outside > AMOUNT_MAX / 2n) return { reason: 'amount_too_large' }
  deposited(state.ledger, user.accounts[wallet], asset, amount)
  user.firstDepositMs ??= state.nowMs
  const transactionId = nextTransactionId(state)
  state.events.push({ type: 'Deposited', transactionId, userId: user.id, wallet, asset, amount })
  return null
}

export function transfer(state: ExchangeState, user: User, command: Transfer): Refusal | null {
  const { asset, amount, from, to } = command
  const refusal = refuseTransfer(state, user, command)
  if (refusal !== null) return refusal
  if (to === 'CROSS_MARGIN') enterCross(state, user)
  transferred(state.ledger, user.accounts[from], user.accounts[to], asset, amount)
  const transactionId = nextTransactionId(state)
  state.events.push({
    type: 'Transferred',
    transactionId,
    userId: user.id,
    asset,
    amount,
    from,
    to,
  })
  return null
}

function refuseTransfer(
  state: ExchangeState,
  user: User,
  { asset, amount, from, to }: Transfer,
): Refusal | null {
  if (amount <= 0n) return { reason: 'amount_not_positive' }
  if (from === to) return { reason: 'transfer_same_wallet' }
  if (to === 'CROSS_MARGIN') {
    const refusal = refuseCross(state, user)
    if (refusal !== null) return refusal
  }
  const have = state.ledger.free(user.accounts[from], asset)
  const { code } = assetAt(state, asset)
  if (from === 'CROSS_MARGIN') {
    const cross = crossOf(state, user)
    if (cross.liquidation !== null) return { reason: 'liquidating' }
    const max = maxTransferableOf(state, cross, asset)
    if (typeof max !== 'bigint') return max
    if (amount > max && max < have) {
      return { reason: 'transfer_exceeds_max', asset: code, max, asked: amount }
    }
  }
  if (amount > have) {
    return { reason: 'transfer_balance_insufficient', asset: code, have, need: amount }
  }
  return null
}

/** Rule L2. With debt it depends on every price the account depends on. */
export function maxTransferableOf(
  state: ExchangeState,
  margin: MarginAccount,
  asset: AssetIndex,
): Amount | Refusal {
  const { account } = margin
  if (state.indebted.has(account)) {
    const stale = refuseStaleAccount(state, account)
    if (stale !== null) return stale
  }
  const max = maxTransferable({
    ledger: state.ledger,
    account,
    venue: venueOf(state),
    prices: state.prices,
    asset: assetAt(state, asset),
    levels: levelsOf(state, margin),
    openOrdersLoss: openOrdersLoss(state, account),
  })
  if (typeof max === 'bigint') return max
  return { reason: 'index_unavailable', asset: assetAt(state, max.missing).code, ageMs: null }
}

/** Rule B2, or why no loan can be given now (rules B7, X3). */
export function maxBorrowableOf(
  state: ExchangeState,
  margin: MarginAccount,
  asset: AssetIndex,
): MaxBorrowable | Refusal {
  const { account } = margin
  const stale = refuseStale(state, asset) ?? refuseStaleAccount(state, account)
  if (stale !== null) return stale
  if (threatensLenders(state, asset)) {
    return { reason: 'borrow_banned', asset: assetAt(state, asset).code }
  }
  const max = maxBorrowable({
    ledger: state.ledger,
    account,
    venue: venueOf(state),
    prices: state.prices,
    asset: assetAt(state, asset),
    levels: levelsOf(state, margin),
    owedByVenue: state.ledger.free(VENUE_ACCOUNT.loans, asset),
    poolFree: state.ledger.free(VENUE_ACCOUNT.pool, asset),
  })
  if ('missing' in max) {
    return { reason: 'index_unavailable', asset: assetAt(state, max.missing).code, ageMs: null }
  }
  return max
}

/** Rules B1–B3: may this account borrow so much now? */
export function refuseLoan(
  state: ExchangeState,
  margin: MarginAccount,
  asset: Asset,
  sum: Amount,
): Refusal | null {
  if (!asset.borrowable) return { reason: 'borrow_banned', asset: asset.code }
  const why = reduceOnlyReason(state, margin.user)
  if (why !== null) return { reason: 'reduce_only', why }
  const max = maxBorrowableOf(state, margin, asset.index)
  if ('reason' in max) return max
  if (sum <= max.amount) return null
  if (max.binding === 'pool') {
    return { reason: 'borrow_pool_empty', asset: asset.code, available: max.amount, asked: sum }
  }
  return {
    reason: 'borrow_exceeds_max',
    asset: asset.code,
    max: max.amount,
    asked: sum,
    binding: max.binding,
  }
}

export function borrow(state: ExchangeState, user: User, command: Borrow): Refusal | null {
  const asset = assetAt(state, command.asset)
  if (command.amount <= 0n) return { reason: 'amount_not_positive' }
  const refusal = refuseCross(state, user)
  if (refusal !== null) return refusal
  if (command.amount < asset.minimumBorrow) {
    return { reason: 'borrow_below_minimum', asset: asset.code, minimum: asset.minimumBorrow }
  }
  const cross = crossOf(state, user)
  const refused = refuseLoan(state, cross, asset, command.amount)
  if (refused !== null) return refused
  enterCross(state, user)
  const interest = postLoan(state, cross.account, asset, command.amount)
  announceLoan(state, cross.account, asset, command.amount, interest, 'MANUAL')
  return null
}

export function repay(state: ExchangeState, user: User, command: Repay): Refusal | null {
  const { amount } = command
  const asset = assetAt(state, command.asset)
  const { account, liquidation } = crossOf(state, user)
  if (amount <= 0n) return { reason: 'amount_not_positive' }
  if (liquidation !== null) return { reason: 'liquidating' }
  const owed = state.ledger.owed(account, asset.index)
  if (amount > owed) {
    return { reason: 'repay_exceeds_debt', asset: asset.code, owed, asked: amount }
  }
  if (amount < asset.minimumRepay && amount < owed) {
    return { reason: 'repay_below_minimum', asset: asset.code, minimum: asset.minimumRepay }
  }
  const have = state.ledger.free(account, asset.index)
  if (amount > have) {
    return { reason: 'repay_balance_insufficient', asset: asset.code, have, need: amount }
  }
  announceRepayment(state, user.id, asset, postRepayment(state, account, asset, amount), 'MANUAL')
  return null
}

/** Books a loan and the started hour's interest (rule I1); returns the interest. */
export function postLoan(
  state: ExchangeState,
  account: AccountId,
  asset: Asset,
  sum: Amount,
): Amount {
  borrowed(state.ledger, account, asset.index, sum)
  const interest = hourlyInterest(sum, asset.dailyInterestRate)
  interestCharged(state.ledger, account, asset.index, interest)
  return interest
}

export function postRepayment(
  state: ExchangeState,
  account: AccountId,
  asset: Asset,
  sum: Amount,
): Repayment {
  return repaid(state.ledger, account, asset.index, sum, venueOf(state).policy.interestSplit)
}

export function announceLoan(
  state: ExchangeState,
  account: AccountId,
  asset: Asset,
  sum: Amount,
  interest: Amount,
  origin: LoanOrigin,
): void {
  const { user } = ownerOf(state, account)
  const transactionId = nextTransactionId(state)
  const loan = { transactionId, userId: user.id, asset: asset.index }
  state.events.push({ type: 'LoanTaken', ...loan, amount: sum, origin })
  state.events.push({
    type: 'InterestCharged',
    ...loan,
    transactionId: nextTransactionId(state),
    principal: sum,
    interest,
    dailyRate: asset.dailyInterestRate,
    kind: 'ON_BORROW',
    chargedMs: state.nowMs,
  })
}

export function announceRepayment(
  state: ExchangeState,
  userId: UserId,
  asset: Asset,
  { interest, principal }: Repayment,
  origin: LoanOrigin,
): void {
  if (interest === 0n && principal === 0n) return
  const transactionId = nextTransactionId(state)
  const repayment = { transactionId, userId, asset: asset.index, interest, principal, origin }
  state.events.push({ type: 'LoanRepaid', ...repayment })
}
