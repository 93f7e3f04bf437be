import type { EventOf } from '../../core/domain/event.ts'
import type { UserId } from '../../core/domain/ids.ts'
import type { KycState } from '../../core/domain/wallet.ts'
import type { BatchBuilder } from './batch.ts'
import { historyKey, type Place } from './place.ts'

export function insertUser(batch: BatchBuilder, userId: UserId, place: Place): void {
  batch.users.insert(userId, {
    user_id: userId,
    created_ms: place.timeMs,
    kyc: 'NONE',
    kyc_reason: '',
    kyc_ms: place.timeMs,
    margin_mode: 'NONE',
  })
}

export function submitKyc(batch: BatchBuilder, userId: UserId, place: Place): void {
  changeKyc(batch, userId, place, { state: 'PENDING', reason: '', reviewer: '' })
}

export function reviewKyc(batch: BatchBuilder, event: EventOf<'KycReviewed'>, place: Place): void {
  const { decision, reason, reviewer } = event
  changeKyc(batch, event.userId, place, { state: decision, reason, reviewer })
}

function changeKyc(
  batch: BatchBuilder,
  userId: UserId,
  place: Place,
  change: { state: KycState; reason: string; reviewer: string },
): void {
  batch.append('kyc_history', { ...historyKey(place, userId), ...change })
  batch.users.patch(userId, {
    kyc: change.state,
    kyc_reason: change.reason,
    kyc_ms: place.timeMs,
  })
}

export function changeMarginMode(batch: BatchBuilder, event: EventOf<'MarginModeChanged'>): void {
  batch.users.patch(event.userId, { margin_mode: event.to })
}
