import { present } from '../assert.ts'
import type { Borrow, Deposit, Repay, Transfer } from '../domain/command.ts'
import type { LoanOrigin } from '../domain/event.ts'
import type { AccountId, AssetIndex, SymbolIndex } from '../domain/ids.ts'
import type { Refusal } from '../domain/rejection.ts'
import type { Asset, VipTerms } from '../domain/venue.ts'
import type { WalletReference } from '../domain/wallet.ts'
import { pairOf, walletOf } from '../domain/wallet.ts'
import { BUCKET, VENUE_ACCOUNT } from '../ledger/chart.ts'
import type { Repayment } from '../ledger/entry.ts'
import { borrowed, deposited, repaid, transferred } from '../ledger/entry.ts'
import type { MaxBorrowable } from '../margin/borrowing.ts'
import { maxBorrowable, maxBorrowableIsolated, maxTransferable } from '../margin/borrowing.ts'
import type { Amount } from '../money/amount.ts'
import { AMOUNT_MAX, ZERO } from '../money/amount.ts'
import { RATE_SCALE } from '../money/rate.ts'
import { divFloor } from '../money/rounding.ts'
import { accountNamed } from './accounts.ts'
import type { Charge } from './charge-interest.ts'
import { announceCharge, chargeInterest } from './charge-interest.ts'
import { noteCollateral } from './collateral-caps.ts'
import { dailyRateOf, vipTermsOf } from './interest-rates.ts'
import { openIsolated, refuseAnother } from './isolated-account.ts'
import { openOrdersLoss } from './limit-loss.ts'
import { levelsOf, marginAccountOf, marginOf } from './margin-account.ts'
import { enterMode, refuseCross, refuseIsolated, refuseIsolatedFunds } from './margin-mode.ts'
import { riskPricesOf } from './risk-prices.ts'
import { reduceOnlyReason, refuseStale, refuseStaleAccount } from './standing.ts'
import type { ExchangeState, MarginAccount, User } from './state.ts'
import { assetAt, nextTransactionId, symbolAt, venueOf } from './state.ts'
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
  if (wallet === 'CROSS_MARGIN') noteCollateral(state, asset, amount)
  user.firstDepositMs ??= state.nowMs
  const transactionId = nextTransactionId(state)
  state.events.push({ type: 'Deposited', transactionId, userId: user.id, wallet, asset, amount })
  return null
}

export function transfer(state: ExchangeState, user: User, command: Transfer): Refusal | null {
  const { asset, amount, from, to } = command
  const refusal = refuseTransfer(state, user, command)
  if (refusal !== null) return refusal
  if (to === 'CROSS_MARGIN') enterMode(state, user, 'CROSS')
  const source = present(accountNamed(user, from), 'what is moved lies in an account')
  transferred(state.ledger, source, openedBy(state, user, to), asset, amount)
  if (to === 'CROSS_MARGIN') noteCollateral(state, asset, amount)
  if (from === 'CROSS_MARGIN') noteCollateral(state, asset, -amount)
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

/** The account funds go to. An isolated one is opened by the first of them (rule S5). */
function openedBy(state: ExchangeState, user: User, to: WalletReference): AccountId {
  if (typeof to !== 'object') return user.accounts[to]
  enterMode(state, user, 'ISOLATED')
  return (user.isolated.get(to.pair) ?? openIsolated(state, user, to.pair)).account
}

function refuseTransfer(
  state: ExchangeState,
  user: User,
  { asset, amount, from, to }: Transfer,
): Refusal | null {
  if (amount <= 0n) return { reason: 'amount_not_positive' }
  if (walletOf(from) === walletOf(to) && pairOf(from) === pairOf(to)) {
    return { reason: 'transfer_same_wallet' }
  }
  const refusal = refuseArrival(state, user, to, asset) ?? refuseForeign(state, from, asset)
  if (refusal !== null) return refusal
  const account = accountNamed(user, from)
  if (account === undefined) return unknownAccount(state, pairOf(from))
  const have = state.ledger.free(account, asset)
  const { code } = assetAt(state, asset)
  const margin = state.owners[account]?.margin ?? null
  if (margin !== null) {
    if (margin.liquidation !== null) return { reason: 'liquidating' }
    const max = maxTransferableOf(state, margin, asset)
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

/** Rules M3 and S5: what keeps funds from a wallet. */
function refuseArrival(
  state: ExchangeState,
  user: User,
  to: WalletReference,
  asset: AssetIndex,
): Refusal | null {
  if (to === 'CROSS_MARGIN') return refuseCross(state, user)
  if (typeof to !== 'object') return null
  const refusal = refuseIsolatedFunds(state, user, to.pair) ?? refuseForeign(state, to, asset)
  return refusal ?? (user.isolated.has(to.pair) ? null : refuseAnother(state, user))
}

/** Rule S1: an isolated account holds and owes its pair's two assets and no other. */
function refuseForeign(
  state: ExchangeState,
  reference: WalletReference,
  asset: AssetIndex,
): Refusal | null {
  const pair = pairOf(reference)
  if (pair === null) return null
  const { symbol, base, quote } = symbolAt(state, pair)
  if (asset === base || asset === quote) return null
  return { reason: 'isolated_asset', symbol, asset: assetAt(state, asset).code }
}

function unknownAccount(state: ExchangeState, pair: SymbolIndex | null): Refusal {
  const known = present(pair, 'only an isolated account may be unknown')
  return { reason: 'isolated_unknown', symbol: symbolAt(state, known).symbol }
}

/** Rules L2 and C4. With debt it depends on every price the account depends on. */
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
  const { held, owed } = riskPricesOf(state)
  const max = maxTransferable({
    ledger: state.ledger,
    account,
    venue: venueOf(state),
    prices: held,
    owedPrices: owed,
    asset: assetAt(state, asset),
    inFull: margin.pair !== null,
    levels: levelsOf(state, margin),
    openOrdersLoss: openOrdersLoss(state, account, held),
  })
  if (typeof max === 'bigint') return max
  return { reason: 'index_unavailable', asset: assetAt(state, max.missing).code, ageMs: null }
}

/** Rules B2 and C4, or why no loan can be given now (rules B7, X3). */
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
  const { held, owed } = riskPricesOf(state)
  const { lends } = state.pools.of(asset)
  const terms = vipTermsOf(state, margin.user)
  const input = {
    ledger: state.ledger,
    account,
    venue: venueOf(state),
    prices: held,
    owedPrices: owed,
    asset: assetAt(state, asset),
    dailyRate: dailyRateOf(state, asset, margin.user),
    userBorrowLimit: borrowLimitAt(state, asset, terms),
    owedByVenue: state.ledger.free(VENUE_ACCOUNT.loans, asset),
    poolFree: lends ? state.ledger.free(VENUE_ACCOUNT.pool, asset) : ZERO,
  }
  const max =
    margin.pair === null
      ? maxBorrowable({ ...input, inFull: false, levels: levelsOf(state, margin) })
      : maxBorrowableIsolated({ ...input, symbol: symbolAt(state, margin.pair) })
  if ('missing' in max) {
    return { reason: 'index_unavailable', asset: assetAt(state, max.missing).code, ageMs: null }
  }
  return max
}

/** The most a user may owe of an asset on these terms (rule B12), rounded down. */
export function borrowLimitAt(
  state: ExchangeState,
  asset: AssetIndex,
  { borrowLimit }: VipTerms,
): Amount {
  return divFloor(assetAt(state, asset).userBorrowLimit * borrowLimit, RATE_SCALE) as Amount
}

/** Rules B1–B3: may this account borrow so much now? */
export function refuseLoan(
  state: ExchangeState,
  margin: MarginAccount,
  asset: Asset,
  sum: Amount,
): Refusal | null {
  if (!asset.borrowable) return { reason: 'borrow_banned', asset: asset.code }
  const why = reduceOnlyReason(state, margin.user, margin.pair === null ? 'CROSS' : 'ISOLATED')
  if (why !== null) return { reason: 'reduce_only', why }
  const max = maxBorrowableOf(state, margin, asset.index)
  if ('reason' in max) return max
  if (sum <= max.amount) return null
  if (max.binding === 'pool') {
    return { reason: 'borrow_pool_empty', asset: asset.code, available: max.amount, asked: sum }
  }
  if (max.binding === 'user_limit' && margin.pair !== null) {
    return { reason: 'isolated_borrow_limit', asset: asset.code, max: max.amount, asked: sum }
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
  const { pair } = command
  const refusal =
    pair === null
      ? refuseCross(state, user)
      : (refuseIsolated(state, user, pair) ?? refuseForeign(state, { pair }, asset.index))
  if (refusal !== null) return refusal
  if (command.amount < asset.minimumBorrow) {
    return { reason: 'borrow_below_minimum', asset: asset.code, minimum: asset.minimumBorrow }
  }
  const margin = marginAccountOf(state, user, pair)
  if (margin === undefined) return unknownAccount(state, pair)
  const refused = refuseLoan(state, margin, asset, command.amount)
  if (refused !== null) return refused
  enterMode(state, user, pair === null ? 'CROSS' : 'ISOLATED')
  const { account } = margin
  announceLoan(state, account, postLoan(state, account, asset, command.amount), 'MANUAL')
  return null
}

export function repay(state: ExchangeState, user: User, command: Repay): Refusal | null {
  const { amount } = command
  const asset = assetAt(state, command.asset)
  if (amount <= 0n) return { reason: 'amount_not_positive' }
  const margin = marginAccountOf(state, user, command.pair)
  if (margin === undefined) return unknownAccount(state, command.pair)
  const { account, liquidation } = margin
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
  announceRepayment(state, account, asset, postRepayment(state, account, asset, amount), 'MANUAL')
  return null
}

/** Books a loan and the started hour's interest (rule I1). */
export function postLoan(
  state: ExchangeState,
  account: AccountId,
  asset: Asset,
  sum: Amount,
): Charge {
  borrowed(state.ledger, account, asset.index, sum)
  return chargeInterest(state, account, asset.index, sum)
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
  charge: Charge,
  origin: LoanOrigin,
): void {
  const { user, pair } = marginOf(state, account)
  const transactionId = nextTransactionId(state)
  const { asset, principal } = charge
  const loan = { transactionId, userId: user.id, pair, asset, amount: principal, origin }
  state.events.push({ type: 'LoanTaken', ...loan })
  announceCharge(state, account, charge, 'ON_BORROW')
}

export function announceRepayment(
  state: ExchangeState,
  account: AccountId,
  asset: Asset,
  { interest, principal }: Repayment,
  origin: LoanOrigin,
): void {
  if (interest === 0n && principal === 0n) return
  const { user, pair } = marginOf(state, account)
  const transactionId = nextTransactionId(state)
  const owner = { transactionId, userId: user.id, pair }
  const repayment = { ...owner, asset: asset.index, interest, principal, origin }
  state.events.push({ type: 'LoanRepaid', ...repayment })
}
