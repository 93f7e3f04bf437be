import type { EventOf, TradeSide } from '../../core/domain/event.ts'
import type { LiquidationId, OrderId, TimestampMs, UserId } from '../../core/domain/ids.ts'
import type { Order } from '../../core/domain/order.ts'
import type { BatchBuilder } from './batch.ts'
import type { Place } from './place.ts'
import type { Row } from './tables.ts'

/** Orders as rows. A market maker's quotes are thousands for each one that trades; those of which there is nothing to tell leave no row. */
export class OrderRows {
  readonly #quietUsers: ReadonlySet<UserId>
  /** Open orders of quiet users of which there is nothing to tell yet. */
  readonly #quiet: Map<OrderId, Row<'orders'>>

  constructor(quietUsers: ReadonlySet<UserId>, quiet: Map<OrderId, Row<'orders'>>) {
    this.#quietUsers = quietUsers
    this.#quiet = quiet
  }

  accepted(batch: BatchBuilder, order: Readonly<Order>): void {
    const row = orderRow(order)
    // A list is told with all its orders.
    if (this.#quietUsers.has(order.userId) && order.listId === null) {
      this.#quiet.set(order.id, row)
      batch.quietOrders.insert(order.id, row)
    } else {
      batch.orders.insert(order.id, row)
    }
  }

  /** Its price has come, or its turn. */
  activated(batch: BatchBuilder, order: Readonly<Order>): void {
    this.#tell(batch, order.id, stateColumns(order))
  }

  amended(batch: BatchBuilder, event: EventOf<'OrderAmended'>, place: Place): void {
    const { order } = event
    this.#tell(batch, order.id, stateColumns(order))
    batch.append('amendments', {
      order_id: order.id,
      sequence: place.sequence,
      user_id: order.userId,
      wallet: order.wallet,
      symbol: order.symbol,
      original_client_order_id: event.originalClientOrderId,
      client_order_id: order.clientOrderId,
      original_lots: event.originalLots,
      lots: order.lots,
      time_ms: place.timeMs,
    })
  }

  traded(
    batch: BatchBuilder,
    side: TradeSide,
    timeMs: TimestampMs,
    liquidationId: LiquidationId | null,
  ): void {
    this.#tell(batch, side.orderId, {
      status: side.status,
      executed_lots: side.executedLots,
      executed_quote: side.executedQuote,
      updated_ms: timeMs,
      ...(liquidationId === null ? {} : { liquidation_id: liquidationId }),
    })
  }

  /** Of the order that lost nothing there is nothing to tell: it stands as it did. */
  prevented(batch: BatchBuilder, event: EventOf<'SelfTradePrevented'>, timeMs: TimestampMs): void {
    for (const side of [event.maker, event.taker]) {
      if (side.lots === 0) continue
      this.#tell(batch, side.orderId, {
        prevented_lots: side.preventedLots,
        prevented_match_id: event.preventedMatchId,
        updated_ms: timeMs,
      })
    }
  }

  ended(batch: BatchBuilder, event: EventOf<'OrderEnded'>, timeMs: TimestampMs): void {
    if (this.#takeQuiet(batch, event.orderId) !== undefined) return
    if (event.cause === 'quote' && event.executedLots === 0 && event.preventedLots === 0) {
      batch.orders.delete(event.orderId)
      return
    }
    batch.orders.patch(event.orderId, {
      status: event.status,
      executed_lots: event.executedLots,
      executed_quote: event.executedQuote,
      prevented_lots: event.preventedLots,
      updated_ms: timeMs,
      end_cause: event.cause,
    })
  }

  #tell(batch: BatchBuilder, id: OrderId, change: Partial<Row<'orders'>>): void {
    const quiet = this.#takeQuiet(batch, id)
    if (quiet === undefined) batch.orders.patch(id, change)
    else batch.orders.insert(id, { ...quiet, ...change })
  }

  #takeQuiet(batch: BatchBuilder, id: OrderId): Row<'orders'> | undefined {
    const row = this.#quiet.get(id)
    if (row === undefined) return undefined
    this.#quiet.delete(id)
    batch.quietOrders.delete(id)
    return row
  }
}

function orderRow(order: Readonly<Order>): Row<'orders'> {
  return {
    order_id: order.id,
    user_id: order.userId,
    wallet: order.wallet,
    symbol: order.symbol,
    side: order.side,
    type: order.type,
    time_in_force: order.timeInForce,
    price: order.price,
    quote_quantity: order.quoteQuantity,
    stop_price: order.stopPrice,
    trailing_bips: order.trailingBips,
    iceberg_lots: order.icebergLots,
    list_id: order.listId,
    side_effect: order.sideEffect,
    auto_repay_at_cancel: order.autoRepayAtCancel ? 1 : 0,
    self_trade_prevention: order.selfTradePrevention,
    strategy_id: order.strategyId,
    strategy_type: order.strategyType,
    created_ms: order.createdMs,
    ...stateColumns(order),
    prevented_match_id: null,
    end_cause: null,
    liquidation_id: null,
  }
}

/** What an order says of itself that changes while it is open. */
function stateColumns(order: Readonly<Order>) {
  return {
    client_order_id: order.clientOrderId,
    lots: order.lots,
    borrowed: order.borrowed,
    borrowed_asset: order.borrowedAsset,
    stage: order.stage,
    status: order.status,
    executed_lots: order.executedLots,
    executed_quote: order.executedQuote,
    prevented_lots: order.preventedLots,
    amendments: order.amendments,
    working_ms: order.workingMs,
    updated_ms: order.updatedMs,
  }
}
