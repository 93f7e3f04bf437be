import type { ExchangeSmallDebts } from '../domain/command.ts'
import type { Refusal } from '../domain/rejection.ts'
import type { Asset } from '../domain/venue.ts'
import { VENUE_ACCOUNT } from '../ledger/chart.ts'
import { transferred } from '../ledger/entry.ts'
import type { Amount } from '../money/amount.ts'
import { INDEX_PRICE_SCALE } from '../money/price.ts'
import { divCeil } from '../money/rounding.ts'
import { announceLoan, announceRepayment, postLoan, postRepayment, refuseLoan } from './funds.ts'
import { crossOf } from './margin-account.ts'
import { refuseCross } from './margin-mode.ts'
import { refuseStale } from './standing.ts'
import type { ExchangeState, User } from './state.ts'
import { assetAt, nextTransactionId, venueOf } from './state.ts'

/** A debt in full, and what it costs in USDT at index price, rounded up. */
interface SmallDebt {
  readonly asset: Asset
  readonly owed: Amount
  readonly cost: Amount
}

/** The user's debts that rule B13 calls small, in asset order. USDT is what they are exchanged into. */
export function smallDebtsOf(state: ExchangeState, user: User): SmallDebt[] {
  const { usdt, policy } = venueOf(state)
  return [...state.ledger.holdings(user.accounts.CROSS_MARGIN)]
    .map(({ asset }) => debtIn(state, user, assetAt(state, asset)))
    .filter(({ asset, owed, cost }) => {
      const known = (state.prices[asset.index] ?? null) !== null
      return asset.index !== usdt && owed > 0n && known && cost < policy.lending.smallDebt.below
    })
}

function debtIn(state: ExchangeState, user: User, asset: Asset): SmallDebt {
  const owed = state.ledger.owed(user.accounts.CROSS_MARGIN, asset.index)
  const cost = divCeil(owed * (state.prices[asset.index] ?? 0n), INDEX_PRICE_SCALE) as Amount
  return { asset, owed, cost }
}

/**
 * Rule B13: the user borrows USDT, buys what is owed from the insurance fund at index price with it, and repays. All of
 * the debts, or none. The new loan is judged as any other.
 */
export function exchangeSmallDebts(
  state: ExchangeState,
  user: User,
  { assets }: ExchangeSmallDebts,
): Refusal | null {
  const refusal = refuseCross(state, user) ?? refuseTooOften(state, user)
  if (refusal !== null) return refusal
  const debts = [...new Set(assets)].sort((a, b) => a - b).map((asset) => assetAt(state, asset))
  const exchanged: SmallDebt[] = []
  for (const asset of debts) {
    const debt = debtIn(state, user, asset)
    const refused = refuseDebt(state, debt)
    if (refused !== null) return refused
    exchanged.push(debt)
  }
  const usdt = assetAt(state, venueOf(state).usdt)
  const total = exchanged.reduce((sum, { cost }) => sum + cost, 0n) as Amount
  if (total === 0n) return { reason: 'small_debt_none', asset: usdt.code }
  const refused = refuseLoan(state, crossOf(state, user), usdt, total)
  if (refused !== null) return refused
  const account = user.accounts.CROSS_MARGIN
  announceLoan(state, account, postLoan(state, account, usdt, total), 'AUTO')
  for (const debt of exchanged) exchange(state, user, usdt, debt)
  user.smallDebtsMs = state.nowMs
  return null
}

function refuseTooOften(state: ExchangeState, { smallDebtsMs }: User): Refusal | null {
  if (smallDebtsMs === null) return null
  const againAtMs = smallDebtsMs + venueOf(state).policy.lending.smallDebt.everyMs
  return state.nowMs < againAtMs ? { reason: 'small_debt_too_often', againAtMs } : null
}

function refuseDebt(state: ExchangeState, { asset, owed, cost }: SmallDebt): Refusal | null {
  const { usdt, policy } = venueOf(state)
  const { below } = policy.lending.smallDebt
  const { code, index } = asset
  if (index === usdt || owed === 0n) return { reason: 'small_debt_none', asset: code }
  const stale = refuseStale(state, index)
  if (stale !== null) return stale
  if (cost >= below) return { reason: 'small_debt_too_large', asset: code, worth: cost, below }
  const have = state.ledger.free(VENUE_ACCOUNT.insuranceFund, index)
  return owed > have ? { reason: 'small_debt_stock', asset: code, have, need: owed } : null
}

function exchange(state: ExchangeState, user: User, usdt: Asset, debt: SmallDebt): void {
  const { asset, owed, cost } = debt
  const account = user.accounts.CROSS_MARGIN
  const { insuranceFund } = VENUE_ACCOUNT
  transferred(state.ledger, account, insuranceFund, usdt.index, cost)
  transferred(state.ledger, insuranceFund, account, asset.index, owed)
  state.events.push({
    type: 'SmallDebtExchanged',
    transactionId: nextTransactionId(state),
    userId: user.id,
    asset: asset.index,
    amount: owed,
    targetAmount: cost,
  })
  announceRepayment(state, account, asset, postRepayment(state, account, asset, owed), 'AUTO')
}
