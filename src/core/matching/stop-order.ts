import { assert } from '../assert.ts'
import type { OrderId } from '../domain/ids.ts'
import type { Side } from '../domain/order.ts'
import type { Ticks } from '../money/price.ts'
import { TICKS_LIMIT } from '../money/price.ts'
import { HeapNode } from './meldable-heap.ts'

/** The whole of which a trailing order's distance is counted. */
export const BIPS = 10_000

/** An order that waits for a price (rules T8 and T9). */
export interface StopOrder {
  readonly id: OrderId
  readonly side: Side
  /** Whether a price at or above the stop price meets it, or one at or below. */
  readonly condition: 'RISE' | 'FALL'
  /** 0 for a trailing order that needs none to begin to track. */
  readonly stopPrice: Ticks | 0
  /** By how many 1/10,000 of its extreme the price must come back; 0 for an order that triggers at its stop price. */
  readonly trailingBips: number
}

/** A stop order and how far it has come: enough to restore it. */
export interface StopRecord extends StopOrder {
  /** Its stop price not met yet; following the price; or in the queue of those to be worked off. */
  readonly state: 'WAITING' | 'TRACKING' | 'TRIGGERED'
  /** While it tracks: the highest price since it began to, for a sale, or the lowest, for a purchase. Otherwise 0. */
  readonly extreme: Ticks | 0
}

/** A stop order in a stop book. */
export class Stop {
  readonly order: StopOrder
  state: StopRecord['state'] = 'WAITING'
  /** Its place among those that are in the same state. */
  readonly node: HeapNode<Stop> = new HeapNode<Stop>(this)

  constructor({ id, side, condition, stopPrice, trailingBips }: StopOrder) {
    this.order = { id, side, condition, stopPrice, trailingBips }
  }
}

export function assertStopSound({ id, stopPrice, trailingBips }: StopOrder): void {
  assert(Number.isSafeInteger(id) && id > 0, 'an order id is a safe integer')
  assert(
    Number.isInteger(stopPrice) && stopPrice >= 0 && stopPrice < TICKS_LIMIT,
    'a stop price is 1 to 2^30 - 1 ticks',
  )
  assert(
    Number.isInteger(trailingBips) && trailingBips >= 0 && trailingBips < BIPS,
    'a trailing order trails by less than all of the price',
  )
  assert(stopPrice > 0 || trailingBips > 0, 'a stop order has a stop price or trails')
}

export function assertObservationSound(low: Ticks, high: Ticks): void {
  assert(Number.isInteger(low) && Number.isInteger(high), 'a price is observed in whole ticks')
  assert(low >= 0 && low <= high, 'a price lies between its ticks')
}

/**
 * The price as stop orders see it. An index may lie beyond all the prices that an order can have; it counts as the first
 * of these, which keeps the products of a trailing order's extreme exact.
 */
export function seenPrice(price: Ticks): Ticks {
  return Math.min(price, TICKS_LIMIT) as Ticks
}
