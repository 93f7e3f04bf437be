import type { EventOf } from '../../core/domain/event.ts'
import type { BatchBuilder } from './batch.ts'
import { historyKey, type Place } from './place.ts'

export function appendDeposit(
  batch: BatchBuilder,
  event: EventOf<'Deposited'>,
  place: Place,
): void {
  batch.append('deposits', {
    ...historyKey(place, event.userId),
    transaction_id: event.transactionId,
    wallet: event.wallet,
    asset: event.asset,
    amount: event.amount,
  })
}

export function appendTransfer(
  batch: BatchBuilder,
  event: EventOf<'Transferred'>,
  place: Place,
): void {
  batch.append('transfers', {
    ...historyKey(place, event.userId),
    transaction_id: event.transactionId,
    asset: event.asset,
    amount: event.amount,
    from_wallet: event.from,
    to_wallet: event.to,
  })
}
