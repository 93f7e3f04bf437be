import type { EventOf, TradeSide } from '../../core/domain/event.ts'
import type { LiquidationId, OrderId, TimestampMs, UserId } from '../../core/domain/ids.ts'
import type { Order } from '../../core/domain/order.ts'
import type { BatchBuilder } from './batch.ts'
import type { Row } from './tables.ts'

/** Orders as rows. A market maker's quotes are thousands for each one that trades; those that never do leave no row. */
export class OrderRows {
  readonly #quietUsers: ReadonlySet<UserId>
  /** Open orders of quiet users that have not traded. */
  readonly #quiet: Map<OrderId, Row<'orders'>>

  constructor(quietUsers: ReadonlySet<UserId>, quiet: Map<OrderId, Row<'orders'>>) {
    this.#quietUsers = quietUsers
    this.#quiet = quiet
  }

  accepted(batch: BatchBuilder, order: Readonly<Order>): void {
    const row = orderRow(order)
    if (this.#quietUsers.has(order.userId)) {
      this.#quiet.set(order.id, row)
      batch.quietOrders.insert(order.id, row)
    } else {
      batch.orders.insert(order.id, row)
    }
  }

  traded(
    batch: BatchBuilder,
    side: TradeSide,
    timeMs: TimestampMs,
    liquidationId: LiquidationId | null,
  ): void {
    const state = {
      status: side.status,
      executed_lots: side.executedLots,
      executed_quote: side.executedQuote,
      updated_ms: timeMs,
      ...(liquidationId === null ? {} : { liquidation_id: liquidationId }),
    }
    const quiet = this.#takeQuiet(batch, side.orderId)
    if (quiet === undefined) batch.orders.patch(side.orderId, state)
    else batch.orders.insert(side.orderId, { ...quiet, ...state })
  }

  ended(batch: BatchBuilder, event: EventOf<'OrderEnded'>, timeMs: TimestampMs): void {
    if (this.#takeQuiet(batch, event.orderId) !== undefined) return
    if (event.cause === 'quote' && event.executedLots === 0) {
      batch.orders.delete(event.orderId)
      return
    }
    batch.orders.patch(event.orderId, {
      status: event.status,
      executed_lots: event.executedLots,
      executed_quote: event.executedQuote,
      updated_ms: timeMs,
    })
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
    client_order_id: order.clientOrderId,
    user_id: order.userId,
    wallet: order.wallet,
    symbol: order.symbol,
    side: order.side,
    type: order.type,
    time_in_force: order.timeInForce,
    price: order.price,
    lots: order.lots,
    quote_quantity: order.quoteQuantity,
    side_effect: order.sideEffect,
    auto_repay_at_cancel: order.autoRepayAtCancel ? 1 : 0,
    self_trade_prevention: order.selfTradePrevention,
    borrowed: order.borrowed,
    borrowed_asset: order.borrowedAsset,
    status: order.status,
    executed_lots: order.executedLots,
    executed_quote: order.executedQuote,
    created_ms: order.createdMs,
    updated_ms: order.updatedMs,
    liquidation_id: null,
  }
}
