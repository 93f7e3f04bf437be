import type { OrderEnded, PreventedSide, TradeSide } from '../../core/domain/event.ts'
import type { OrderId, TimestampMs } from '../../core/domain/ids.ts'
import type { Order } from '../../core/domain/order.ts'
import { waitsForPrice } from '../../core/domain/order.ts'
import type { ReportedOrder } from './execution-report.ts'

/**
 * One account's open orders as they are now: what a report says beyond what its event does. Each event's answer is the
 * order as that left it; undefined for an order that is not known.
 */
export class TrackedOrders {
  readonly #orders = new Map<OrderId, ReportedOrder>()

  /** An order that was open before anyone listened. */
  found(order: Readonly<Order>): void {
    // The engine changes its orders in place.
    this.#set({ ...order }, null)
  }

  get(id: OrderId): Readonly<Order> | undefined {
    return this.#orders.get(id)?.order
  }

  accepted(order: Readonly<Order>): ReportedOrder {
    return this.#set(order, tracksAtOnce(order) ? order.createdMs : null)
  }

  activated(order: Readonly<Order>, timestampMs: TimestampMs): ReportedOrder {
    const before = this.#orders.get(order.id)?.trailingMs ?? null
    return this.#set(order, tracksAtOnce(order) ? timestampMs : before)
  }

  amended(order: Readonly<Order>): ReportedOrder {
    return this.#set(order, this.#orders.get(order.id)?.trailingMs ?? null)
  }

  traded({ orderId, status, executedLots, executedQuote }: TradeSide): ReportedOrder | undefined {
    const reported = this.#change(orderId, { status, executedLots, executedQuote })
    if (status === 'FILLED') this.#orders.delete(orderId)
    return reported
  }

  /** `ends`: nothing is left of it, and its end will tell nothing more. */
  prevented({ orderId, preventedLots }: PreventedSide, ends: boolean): ReportedOrder | undefined {
    const reported = this.#change(orderId, { preventedLots })
    if (ends) this.#orders.delete(orderId)
    return reported
  }

  ended({ orderId, status, executedLots, executedQuote }: OrderEnded): ReportedOrder | undefined {
    const reported = this.#change(orderId, { status, executedLots, executedQuote })
    this.#orders.delete(orderId)
    return reported
  }

  #set(order: Readonly<Order>, trailingMs: TimestampMs | null): ReportedOrder {
    const reported = { order, trailingMs }
    this.#orders.set(order.id, reported)
    return reported
  }

  #change(id: OrderId, change: Partial<Order>): ReportedOrder | undefined {
    const before = this.#orders.get(id)
    return before && this.#set({ ...before.order, ...change }, before.trailingMs)
  }
}

/** Rule T9: without a stop price it begins with the price there is; with one, when that is met, of which no event tells. */
function tracksAtOnce({ type, stage, stopPrice, trailingBips }: Readonly<Order>): boolean {
  return waitsForPrice(type) && stage === 'WAITING' && trailingBips > 0 && stopPrice === 0
}
