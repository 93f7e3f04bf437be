import { assert, present } from '../assert.ts'
import type { Command, SupplyPool, WithdrawFromPool } from '../domain/command.ts'
import type { EventOf } from '../domain/event.ts'
import type { AssetIndex, LiquidationId } from '../domain/ids.ts'
import type { Refusal } from '../domain/rejection.ts'
import { VENUE_ACCOUNT } from '../ledger/chart.ts'
import { deposited, transferred } from '../ledger/entry.ts'
import { lossesOf, sharesOf } from '../margin/sharing.ts'
import type { Amount } from '../money/amount.ts'
import { minBigint } from '../money/rounding.ts'
import type { LenderId, PoolClaim } from './lending-pools.ts'
import { VENUE_LENDER } from './lending-pools.ts'
import type { ExchangeState, User } from './state.ts'
import { assetAt, nextTransactionId } from './state.ts'
import { threatensLenders } from './uncovered-loss.ts'

const { pool, lendersDue, loans } = VENUE_ACCOUNT

/** What a pool owes its lenders: what it holds and what it has lent. */
export function suppliedTo(state: ExchangeState, asset: AssetIndex): Amount {
  return (state.ledger.free(pool, asset) + lentFrom(state, asset)) as Amount
}

export function lentFrom(state: ExchangeState, asset: AssetIndex): Amount {
  return state.ledger.free(loans, asset)
}

/** The venue's own start of a pool. */
export function seedPool(state: ExchangeState, asset: AssetIndex, sum: Amount): void {
  deposited(state.ledger, pool, asset, sum)
  const claim = state.pools.open(asset, VENUE_LENDER)
  claim.amount = sum
  claim.earning = sum
}

/** Rule B8. */
export function supplyPool(state: ExchangeState, user: User, command: SupplyPool): Refusal | null {
  const { asset, amount, from } = command
  const { code, borrowable } = assetAt(state, asset)
  if (amount <= 0n) return { reason: 'amount_not_positive' }
  if (!borrowable) return { reason: 'borrow_banned', asset: code }
  const have = state.ledger.free(user.accounts[from], asset)
  if (amount > have) {
    return { reason: 'transfer_balance_insufficient', asset: code, have, need: amount }
  }
  if (threatensLenders(state, asset)) return { reason: 'lending_suspended', asset: code }
  transferred(state.ledger, user.accounts[from], pool, asset, amount)
  const claim = state.pools.open(asset, user.id)
  claim.amount = (claim.amount + amount) as Amount
  announce(state, asset, user.id, claim, { kind: 'SUPPLIED', amount, wallet: from })
  return null
}

/** Rule B9. What the pool has lent on comes back only as it is repaid. */
export function withdrawFromPool(
  state: ExchangeState,
  user: User,
  { asset, amount, to }: WithdrawFromPool,
): Refusal | null {
  const { code } = assetAt(state, asset)
  if (amount <= 0n) return { reason: 'amount_not_positive' }
  const have = (state.pools.claim(asset, user.id)?.amount ?? 0n) as Amount
  if (amount > have) {
    return { reason: 'lending_claim_insufficient', asset: code, have, need: amount }
  }
  // Whoever left now would leave a loss that is already there to those who stay.
  if (threatensLenders(state, asset)) return { reason: 'lending_suspended', asset: code }
  const available = state.ledger.free(pool, asset)
  if (amount > available) {
    return { reason: 'lending_pool_lent', asset: code, available, asked: amount }
  }
  const claim = state.pools.open(asset, user.id)
  transferred(state.ledger, pool, user.accounts[to], asset, amount)
  lessen(claim, amount)
  announce(state, asset, user.id, claim, { kind: 'WITHDRAWN', amount, wallet: to })
  return null
}

/** What came last goes first: what earns is what was there all hour. */
function lessen(claim: PoolClaim, amount: Amount): void {
  claim.amount = (claim.amount - amount) as Amount
  claim.earning = minBigint(claim.earning, claim.amount) as Amount
}

/** Operator: whether a pool lends. */
export function setLending(
  state: ExchangeState,
  { asset, lends, reason, author }: Extract<Command, { type: 'SetLending' }>,
): null {
  state.pools.of(asset).lends = lends
  state.events.push({ type: 'LendingSet', asset, lends, reason, author })
  return null
}

/**
 * Rule B10, at a full hour: what borrowers paid lenders since the last one is theirs, each in the measure of what they
 * had lent all that time; and from now on everything in the pools earns.
 */
export function creditLenders(state: ExchangeState): void {
  for (const { asset, claims } of state.pools.all()) {
    const due = state.ledger.free(lendersDue, asset)
    if (due > 0n) creditPool(state, asset, due)
    for (const claim of claims.values()) claim.earning = claim.amount
  }
}

function creditPool(state: ExchangeState, asset: AssetIndex, due: Amount): void {
  const lenders = [...state.pools.of(asset).claims]
  const shares = sharesOf(
    due,
    lenders.map(([, claim]) => claim.earning),
  )
  for (const [place, [lender, claim]] of lenders.entries()) {
    const amount = present(shares[place], 'every lender has a share')
    if (amount === 0n) continue
    transferred(state.ledger, lendersDue, pool, asset, amount)
    claim.amount = (claim.amount + amount) as Amount
    claim.earned = (claim.earned + amount) as Amount
    announce(state, asset, lender, claim, { kind: 'EARNED', amount })
  }
}

/** Rules Q5 and B11: principal that was written off is lost to those who lent, in the measure of their claims. */
export function bearLoss(
  state: ExchangeState,
  asset: AssetIndex,
  principal: Amount,
  liquidationId: LiquidationId,
): void {
  if (principal === 0n) return
  const lenders = [...state.pools.of(asset).claims]
  const losses = lossesOf(
    principal,
    lenders.map(([, claim]) => claim.amount),
  )
  for (const [place, [lender, claim]] of lenders.entries()) {
    const amount = present(losses[place], 'every lender has a part in a loss')
    if (amount === 0n) continue
    lessen(claim, amount)
    claim.lost = (claim.lost + amount) as Amount
    announce(state, asset, lender, claim, { kind: 'LOST', amount, liquidationId })
  }
}

type Change = Pick<EventOf<'PoolClaimChanged'>, 'kind' | 'amount'> &
  Partial<Pick<EventOf<'PoolClaimChanged'>, 'wallet' | 'liquidationId'>>

function announce(
  state: ExchangeState,
  asset: AssetIndex,
  lender: LenderId,
  { amount: claim }: PoolClaim,
  { kind, amount, wallet = null, liquidationId = null }: Change,
): void {
  assert(claim >= 0n, 'V12 nobody has lent less than nothing')
  state.events.push({
    type: 'PoolClaimChanged',
    transactionId: nextTransactionId(state),
    userId: lender === VENUE_LENDER ? null : lender,
    asset,
    kind,
    amount,
    claim,
    wallet,
    liquidationId,
    changedMs: state.nowMs,
  })
}
