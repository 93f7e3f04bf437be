import type { EventOf } from '../../core/domain/event.ts'
import type { BatchBuilder } from './batch.ts'
import { historyKey, type Place } from './place.ts'

export function appendPosition(
  batch: BatchBuilder,
  event: EventOf<'PositionChanged'>,
  place: Place,
): void {
  batch.append('position_changes', {
    ...historyKey(place, event.userId),
    symbol: event.symbol,
    quantity: event.quantity,
    entry_quote: event.entryQuote,
    realized_pnl: event.realizedPnl,
  })
}
