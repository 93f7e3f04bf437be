import type { EventOf } from '../../core/domain/event.ts'
import type { BatchBuilder } from './batch.ts'
import type { Place } from './place.ts'

export function changeList(
  batch: BatchBuilder,
  { list, change }: EventOf<'OrderListChanged'>,
  { timeMs }: Place,
): void {
  const state = { status: list.status, updated_ms: timeMs }
  if (change !== 'PLACED') {
    batch.orderLists.patch(list.id, state)
    return
  }
  batch.orderLists.insert(list.id, {
    list_id: list.id,
    client_list_id: list.clientListId,
    user_id: list.userId,
    wallet: list.wallet,
    symbol: list.symbol,
    kind: list.kind,
    orders: JSON.stringify(list.orders),
    created_ms: list.createdMs,
    ...state,
  })
}
