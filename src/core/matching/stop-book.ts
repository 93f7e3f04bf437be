import { assert } from '../assert.ts'
import type { OrderId } from '../domain/ids.ts'
import type { Ticks } from '../money/price.ts'
import { MeldableHeap } from './meldable-heap.ts'
import type { StopOrder, StopRecord } from './stop-order.ts'
import { assertObservationSound, assertStopSound, Stop, seenPrice } from './stop-order.ts'
import { TrailingStops } from './trailing-stops.ts'

export type { StopOrder, StopRecord } from './stop-order.ts'

/**
 * One symbol's orders that wait for a price (rules T8 and T9). Told of every price, it queues those that the price
 * triggers, oldest first, behind those queued before (rule T10); the caller works the queue off.
 *
 * A price may lie between two ticks, `low` and `high`. Stop prices are ticks, so it is at or above one exactly when
 * `low` is, and at or below one exactly when `high` is.
 */
export class StopBook {
  readonly #stops = new Map<OrderId, Stop>()
  /** Waiting for a price at or above their stop price, the lowest first. A stop price of 0 is met by any price. */
  readonly #rising = new MeldableHeap<Stop>()
  /** Waiting for a price at or below it, the highest first: by the negative. */
  readonly #falling = new MeldableHeap<Stop>()
  readonly #trailing = { BUY: new TrailingStops('BUY'), SELL: new TrailingStops('SELL') }
  /** Triggered, by their place in the queue. */
  readonly #queue = new MeldableHeap<Stop>()
  #lastPlace = 0
  #triggeredCount = 0
  /** What one price triggers; empty in between. */
  readonly #triggered: Stop[] = []

  /** Orders here, those in the queue among them. */
  get size(): number {
    return this.#stops.size
  }

  /** Orders in the queue. */
  get triggeredCount(): number {
    return this.#triggeredCount
  }

  has(id: OrderId): boolean {
    return this.#stops.has(id)
  }

  /**
   * Lets an order wait. Only prices observed from now on count; whether its condition holds already is for the caller to
   * see. A trailing order without a stop price tracks from `lastPrice` on, or from the next price when that is null.
   */
  add(order: StopOrder, lastPrice: Ticks | null): void {
    const stop = this.#enter(order)
    if (order.stopPrice === 0 && lastPrice !== null) this.#track(stop, seenPrice(lastPrice))
    else this.#wait(stop)
  }

  /** Takes the order out, wherever it stands. */
  remove(id: OrderId): void {
    const stop = this.#stops.get(id)
    assert(stop !== undefined, 'the order waits in this book')
    this.#stops.delete(id)
    if (stop.state === 'TRACKING') this.#trailing[stop.order.side].remove(stop)
    else MeldableHeap.remove(stop.node)
    if (stop.state === 'TRIGGERED') this.#triggeredCount -= 1
  }

  /** Takes note of a price, of a trade (both are the same) or between two ticks, and queues what it triggers. */
  observe(observedLow: Ticks, observedHigh: Ticks): void {
    assertObservationSound(observedLow, observedHigh)
    const low = seenPrice(observedLow)
    const high = seenPrice(observedHigh)
    this.#followTrails('BUY', low, high)
    this.#followTrails('SELL', low, high)
    this.#meet(this.#rising, low, low, high)
    this.#meet(this.#falling, -high, low, high)
    if (this.#triggered.length === 0) return
    this.#triggered.sort((a, b) => a.order.id - b.order.id)
    for (const stop of this.#triggered) this.#enqueue(stop)
    this.#triggered.length = 0
  }

  /** Takes out the order that is first in the queue; null when there is none. */
  takeTriggered(): OrderId | null {
    const first = this.#queue.first
    if (first === null) return null
    const { id } = first.item.order
    this.remove(id)
    return id
  }

  /** All that is here: what waits and what tracks by id, then the queue in order. Restoring these in order restores the book. */
  *stops(): Generator<StopRecord> {
    const extremes = new Map<Stop, Ticks>()
    for (const side of ['BUY', 'SELL'] as const) {
      for (const [stop, extreme] of this.#trailing[side].tracked()) extremes.set(stop, extreme)
    }
    const place = ({ state, node }: Stop) => (state === 'TRIGGERED' ? node.key : 0)
    const ordered = [...this.#stops.values()].sort(
      (a, b) => place(a) - place(b) || a.order.id - b.order.id,
    )
    for (const stop of ordered) {
      yield { ...stop.order, state: stop.state, extreme: extremes.get(stop) ?? 0 }
    }
  }

  /** Puts back one of `stops`. */
  restore(record: StopRecord): void {
    const stop = this.#enter(record)
    if (record.state === 'TRIGGERED') this.#enqueue(stop)
    else if (record.state === 'TRACKING') this.#track(stop, record.extreme as Ticks)
    else this.#wait(stop)
  }

  /** Asserts that every order is in the one place where it belongs. Linear in the orders. */
  assertSound(): void {
    let found = 0
    const count = (heap: MeldableHeap<Stop>, state: StopRecord['state']) => {
      heap.assertSound()
      for (const stop of heap.items()) {
        assert(stop.state === state, 'an order is where its state says')
        found += 1
      }
    }
    count(this.#queue, 'TRIGGERED')
    assert(found === this.#triggeredCount, 'the queue counts its orders')
    count(this.#rising, 'WAITING')
    count(this.#falling, 'WAITING')
    for (const side of ['BUY', 'SELL'] as const) {
      this.#trailing[side].assertSound()
      for (const [stop] of this.#trailing[side].tracked()) {
        assert(stop.state === 'TRACKING', 'an order is where its state says')
        found += 1
      }
    }
    assert(found === this.#stops.size, 'every order is in one place')
    assert(this.#triggered.length === 0, 'what a price triggers is queued')
  }

  #enter(order: StopOrder): Stop {
    assertStopSound(order)
    assert(!this.#stops.has(order.id), 'an order waits once')
    const stop = new Stop(order)
    this.#stops.set(order.id, stop)
    return stop
  }

  #wait(stop: Stop): void {
    const { condition, stopPrice } = stop.order
    stop.state = 'WAITING'
    if (stopPrice === 0 || condition === 'RISE') this.#rising.add(stop.node, stopPrice)
    else this.#falling.add(stop.node, -stopPrice)
  }

  #track(stop: Stop, extreme: Ticks): void {
    stop.state = 'TRACKING'
    this.#trailing[stop.order.side].track(stop, extreme)
  }

  #enqueue(stop: Stop): void {
    this.#lastPlace += 1
    this.#triggeredCount += 1
    stop.state = 'TRIGGERED'
    this.#queue.add(stop.node, this.#lastPlace)
  }

  #followTrails(side: 'BUY' | 'SELL', low: Ticks, high: Ticks): void {
    const trailing = this.#trailing[side]
    trailing.follow(low, high)
    for (;;) {
      const stop = trailing.takeTriggered(low, high)
      if (stop === null) return
      this.#triggered.push(stop)
    }
  }

  /** Those whose stop price is met: they trigger, or begin to track, which triggers at later prices only. */
  #meet(waiting: MeldableHeap<Stop>, reached: number, low: Ticks, high: Ticks): void {
    for (let first = waiting.first; first !== null && first.key <= reached; first = waiting.first) {
      const stop = first.item
      MeldableHeap.remove(first)
      if (stop.order.trailingBips === 0) this.#triggered.push(stop)
      else this.#track(stop, this.#trailing[stop.order.side].following(low, high))
    }
  }
}
