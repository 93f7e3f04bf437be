import type { Order } from '../domain/order.ts'
import { removeOrder } from './end-order.ts'
import { settleLists } from './settle-lists.ts'
import type { ExchangeState } from './state.ts'
import { venueOf } from './state.ts'

/** Rule T21: when the oldest open order reaches the maximum age; infinity: orders do not age, or none is open. */
export function nextExpiryMs(state: ExchangeState): number {
  const maximum = venueOf(state).policy.trading.maximumOrderAgeMs
  const oldest = maximum === null ? undefined : state.orders.oldest()
  return maximum === null || oldest === undefined
    ? Number.POSITIVE_INFINITY
    : oldest.createdMs + maximum
}

/** Expires every order that has reached the maximum age, oldest first. */
export function expireAged(state: ExchangeState): void {
  const isAged = (order: Order | undefined): order is Order =>
    order !== undefined && nextExpiryMs(state) <= state.nowMs
  for (let oldest = state.orders.oldest(); isAged(oldest); oldest = state.orders.oldest()) {
    removeOrder(state, oldest, 'EXPIRED', 'order_age')
  }
  settleLists(state)
}
