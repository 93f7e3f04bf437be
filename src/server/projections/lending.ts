import type { EventOf } from '../../core/domain/event.ts'
import type { BatchBuilder } from './batch.ts'
import { historyKey, type Place } from './place.ts'

/** The venue's own claims are no user's history. */
export function appendPoolClaim(
  batch: BatchBuilder,
  event: EventOf<'PoolClaimChanged'>,
  place: Place,
): void {
  if (event.userId === null) return
  batch.append('pool_claims', {
    ...historyKey(place, event.userId, event.changedMs),
    transaction_id: event.transactionId,
    asset: event.asset,
    kind: event.kind,
    amount: event.amount,
    claim: event.claim,
    wallet: event.wallet,
    liquidation_id: event.liquidationId,
  })
}

export function appendSmallDebt(
  batch: BatchBuilder,
  event: EventOf<'SmallDebtExchanged'>,
  place: Place,
): void {
  batch.append('small_debt_exchanges', {
    ...historyKey(place, event.userId),
    transaction_id: event.transactionId,
    asset: event.asset,
    amount: event.amount,
    target_amount: event.targetAmount,
  })
}

export function appendRate(
  batch: BatchBuilder,
  event: EventOf<'InterestRateSet'>,
  place: Place,
): void {
  batch.append('interest_rates', {
    asset: event.asset,
    effective_ms: event.effectiveMs,
    sequence: place.sequence,
    daily_rate: event.dailyRate,
    utilization: event.utilization,
  })
}
