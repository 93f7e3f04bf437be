import type { EventOf } from '../../core/domain/event.ts'
import { pairOf, walletOf } from '../../core/domain/wallet.ts'
import type { BatchBuilder } from './batch.ts'
import { pairColumn } from './pair-column.ts'
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
    from_wallet: walletOf(event.from),
    from_pair: pairColumn(pairOf(event.from)),
    to_wallet: walletOf(event.to),
    to_pair: pairColumn(pairOf(event.to)),
  })
}
