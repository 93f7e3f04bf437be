import type { EventOf } from '../../core/domain/event.ts'
import type { BatchBuilder } from './batch.ts'
import { pairColumn } from './pair-column.ts'
import { historyKey, type Place } from './place.ts'

export function appendLoan(batch: BatchBuilder, event: EventOf<'LoanTaken'>, place: Place): void {
  batch.append('loans', {
    ...historyKey(place, event.userId),
    transaction_id: event.transactionId,
    type: 'BORROW',
    pair: pairColumn(event.pair),
    asset: event.asset,
    principal: event.amount,
    interest: 0n,
    origin: event.origin,
  })
}

export function appendRepayment(
  batch: BatchBuilder,
  event: EventOf<'LoanRepaid'>,
  place: Place,
): void {
  batch.append('loans', {
    ...historyKey(place, event.userId),
    transaction_id: event.transactionId,
    type: 'REPAY',
    pair: pairColumn(event.pair),
    asset: event.asset,
    principal: event.principal,
    interest: event.interest,
    origin: event.origin,
  })
}

/** Interest stands at the time it was due, which a late clock command may lie behind. */
export function appendInterest(
  batch: BatchBuilder,
  event: EventOf<'InterestCharged'>,
  place: Place,
): void {
  batch.append('interest_charges', {
    ...historyKey(place, event.userId, event.chargedMs),
    transaction_id: event.transactionId,
    pair: pairColumn(event.pair),
    asset: event.asset,
    principal: event.principal,
    interest: event.interest,
    daily_rate: event.dailyRate,
    kind: event.kind,
    paid_asset: event.paid?.asset ?? null,
    paid_amount: event.paid?.amount ?? null,
  })
}
