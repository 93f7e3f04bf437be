import type { EventOf } from '../../core/domain/event.ts'
import type { AssetIndex, LiquidationId } from '../../core/domain/ids.ts'
import type { Amount } from '../../core/money/amount.ts'
import type { BatchBuilder } from './batch.ts'
import { pairColumn } from './pair-column.ts'
import { historyKey, type Place } from './place.ts'

export function appendMarginCall(
  batch: BatchBuilder,
  event: EventOf<'MarginCalled'> | EventOf<'MarginCallEnded'>,
  place: Place,
): void {
  const called = event.type === 'MarginCalled'
  batch.append('margin_calls', {
    ...historyKey(place, event.userId),
    type: called ? 'CALLED' : 'ENDED',
    pair: pairColumn(event.pair),
    level: event.level,
    call_level: called ? event.callLevel : null,
    liquidation_level: called ? event.liquidationLevel : null,
  })
}

export function startLiquidation(
  batch: BatchBuilder,
  event: EventOf<'LiquidationStarted'>,
  place: Place,
): void {
  batch.liquidations.insert(event.liquidationId, {
    liquidation_id: event.liquidationId,
    user_id: event.userId,
    pair: pairColumn(event.pair),
    started_ms: place.timeMs,
    trigger: event.trigger,
    level: event.level,
    liquidation_level: event.liquidationLevel,
    assets_usdt: event.assetsUsdt,
    debts_usdt: event.debtsUsdt,
    prices: JSON.stringify(event.prices.map(([asset, price, ms]) => [asset, String(price), ms])),
    trigger_buffer: null,
    closing_buffer: null,
    finished_ms: null,
    outcome: null,
    value_liquidated: null,
    clearance_fee: null,
    fund_paid: null,
    lenders_lost: null,
  })
}

export function explainBuffer(batch: BatchBuilder, event: EventOf<'BufferExplained'>): void {
  const { sinceMs, from, to, lines } = event
  const text = JSON.stringify({
    sinceMs,
    from: String(from),
    to: String(to),
    lines: lines.map(({ cause, asset, change }) => [cause, asset, String(change)]),
  })
  const column = event.phase === 'trigger' ? 'trigger_buffer' : 'closing_buffer'
  batch.liquidations.patch(event.liquidationId, { [column]: text })
}

export function appendLiquidationOrder(
  batch: BatchBuilder,
  event: EventOf<'LiquidationOrderClosed'>,
): void {
  batch.append('liquidation_orders', {
    liquidation_id: event.liquidationId,
    order_id: event.orderId,
    index_price: event.indexPrice,
    gain: String(event.gain),
  })
}

export function finishLiquidation(
  batch: BatchBuilder,
  event: EventOf<'LiquidationFinished'>,
  place: Place,
): void {
  batch.liquidations.patch(event.liquidationId, {
    finished_ms: place.timeMs,
    outcome: event.outcome,
    value_liquidated: event.valueLiquidated,
    clearance_fee: event.clearanceFee,
    fund_paid: event.fundPaid,
    lenders_lost: event.lendersLost,
  })
}

export function appendTakeover(
  batch: BatchBuilder,
  event: EventOf<'LiquidationTakenOver'>,
  place: Place,
): void {
  const movements = [
    ...event.assets.map(([asset, amount]) => ['TAKEN_ASSET', asset, amount] as const),
    ...event.debts.map(([asset, amount]) => ['TAKEN_DEBT', asset, amount] as const),
    ...event.given.map(([asset, amount]) => ['GIVEN', asset, amount] as const),
  ]
  for (const [line, [type, asset, amount]] of movements.entries()) {
    appendMovement(batch, event.liquidationId, place, { line, type, asset, amount })
  }
}

export function appendLoss(batch: BatchBuilder, event: EventOf<'LossShared'>, place: Place): void {
  const { asset, amount } = event
  appendMovement(batch, event.liquidationId, place, {
    line: 0,
    type: 'LENDERS_LOSS',
    asset,
    amount,
  })
}

function appendMovement(
  batch: BatchBuilder,
  liquidationId: LiquidationId,
  place: Place,
  movement: { line: number; type: string; asset: AssetIndex; amount: Amount },
): void {
  batch.append('liquidation_movements', {
    liquidation_id: liquidationId,
    sequence: place.sequence,
    position: place.position,
    time_ms: place.timeMs,
    ...movement,
  })
}
