import type { Command } from '../domain/command.ts'
import type { EventOf } from '../domain/event.ts'
import type { AccountId, AssetIndex } from '../domain/ids.ts'
import { VENUE_ACCOUNT } from '../ledger/chart.ts'
import { interestCharged, interestPaidFor, transferred } from '../ledger/entry.ts'
import { hourlyInterest } from '../margin/interest.ts'
import type { Amount } from '../money/amount.ts'
import type { Rate } from '../money/rate.ts'
import { ONE, RATE_SCALE } from '../money/rate.ts'
import { divCeil } from '../money/rounding.ts'
import { dailyRateOf } from './interest-rates.ts'
import { marginOf } from './margin-account.ts'
import { refuseStale } from './standing.ts'
import type { ExchangeState, MarginAccount, User } from './state.ts'
import { nextTransactionId, venueOf } from './state.ts'

/** An hour's interest on a principal. */
export interface Charge {
  readonly asset: AssetIndex
  readonly principal: Amount
  readonly interest: Amount
  readonly dailyRate: Rate
  /** What was given for it at once (rule I4); null: it is owed. */
  readonly paid: EventOf<'InterestCharged'>['paid']
}

/** Rule I1: the started hour falls due, or is paid in BNB at once. Touches nothing but the ledger: previews rehearse it. */
export function chargeInterest(
  state: ExchangeState,
  account: AccountId,
  asset: AssetIndex,
  principal: Amount,
): Charge {
  const margin = account === VENUE_ACCOUNT.insuranceFund ? null : marginOf(state, account)
  const dailyRate = dailyRateOf(state, asset, margin?.user ?? null)
  const interest = hourlyInterest(principal, dailyRate)
  const paid = margin === null ? null : payInBnb(state, margin, asset, interest)
  if (paid === null) interestCharged(state.ledger, account, asset, interest)
  return { asset, principal, interest, dailyRate, paid }
}

/**
 * Rule I4: the insurance fund buys the BNB at index price less the discount, and pays the interest to whom it is due.
 * Null, and nothing is paid, where the user has not asked for it or either has too little.
 */
function payInBnb(
  state: ExchangeState,
  { user, account, pair, liquidation }: MarginAccount,
  asset: AssetIndex,
  interest: Amount,
): Charge['paid'] {
  if (!user.paysInterestInBnb || interest === 0n) return null
  if (pair !== null || liquidation !== null) return null
  const { lending, interestSplit } = venueOf(state).policy
  const bnb = lending.interestInBnb
  if (bnb === null || bnb.asset === asset) return null
  if (refuseStale(state, bnb.asset) !== null || refuseStale(state, asset) !== null) return null
  const price = state.prices[asset] ?? 0n
  const bnbPrice = state.prices[bnb.asset] ?? 0n
  const amount = divCeil(interest * price * (ONE - bnb.discount), bnbPrice * RATE_SCALE) as Amount
  const { ledger } = state
  const { insuranceFund } = VENUE_ACCOUNT
  if (amount > ledger.free(account, bnb.asset)) return null
  if (interest > ledger.free(insuranceFund, asset)) return null
  transferred(ledger, account, insuranceFund, bnb.asset, amount)
  interestPaidFor(ledger, insuranceFund, asset, interest, interestSplit)
  return { asset: bnb.asset, amount }
}

export function announceCharge(
  state: ExchangeState,
  account: AccountId,
  charge: Charge,
  kind: EventOf<'InterestCharged'>['kind'],
): void {
  const { user, pair } = marginOf(state, account)
  state.events.push({
    type: 'InterestCharged',
    transactionId: nextTransactionId(state),
    userId: user.id,
    pair,
    ...charge,
    kind,
    chargedMs: state.nowMs,
  })
}

export function setInterestPayment(
  state: ExchangeState,
  user: User,
  { inBnb }: Extract<Command, { type: 'SetInterestPayment' }>,
): null {
  user.paysInterestInBnb = inBnb
  state.events.push({ type: 'InterestPaymentSet', userId: user.id, inBnb })
  return null
}
