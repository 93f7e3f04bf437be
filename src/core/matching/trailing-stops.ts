import { assert } from '../assert.ts'
import type { Side } from '../domain/order.ts'
import type { Ticks } from '../money/price.ts'
import { HeapNode, MeldableHeap } from './meldable-heap.ts'
import type { Stop } from './stop-order.ts'
import { BIPS } from './stop-order.ts'

/** The orders that track with one extreme, by how far the price must come back: the first of them triggers first. */
class Trail extends MeldableHeap<Stop> {
  extreme: Ticks
  readonly byExtreme: HeapNode<Trail> = new HeapNode<Trail>(this)
  readonly byTrigger: HeapNode<Trail> = new HeapNode<Trail>(this)

  constructor(extreme: Ticks) {
    super()
    this.extreme = extreme
  }
}

/**
 * The trailing orders of one side that have begun to track (rule T9). All that have the same extreme move together: when
 * the price passes several extremes these become one, so that an order is moved only when its extreme meets another's,
 * and a price that neither passes an extreme nor triggers anything costs two comparisons however many track.
 *
 * A sale follows the price up and triggers when it comes down; a purchase is its mirror image. Multiplied by the sign
 * of the side, to follow is to grow for either.
 *
 * A price between two ticks counts as the one behind it: it moves an extreme less, and triggers later, by under a tick.
 */
export class TrailingStops {
  readonly #side: Side
  readonly #sign: 1 | -1
  /** The extreme that the price passes first comes first. */
  readonly #byExtreme = new MeldableHeap<Trail>()
  /** The trail that triggers first comes first. */
  readonly #byTrigger = new MeldableHeap<Trail>()

  constructor(side: Side) {
    this.#side = side
    this.#sign = side === 'SELL' ? 1 : -1
  }

  /** The price that an extreme follows when it lies between `low` and `high`; the first extreme, too. */
  following(low: Ticks, high: Ticks): Ticks {
    return this.#sign > 0 ? low : high
  }

  /** Lets the order follow the price from `extreme` on. */
  track(stop: Stop, extreme: Ticks): void {
    const nearest = this.#byExtreme.first?.item
    const trail = nearest?.extreme === extreme ? nearest : this.#begin(extreme)
    trail.add(stop.node, stop.order.trailingBips)
    this.#retrigger(trail)
  }

  /** Takes out an order that tracks. */
  remove(stop: Stop): void {
    // Only when it is the first of its trail does the trail wait for something else.
    const trail = stop.node.parent === null ? stop.node.heap : null
    MeldableHeap.remove(stop.node)
    if (trail instanceof Trail) this.#retrigger(trail)
  }

  /** Follows the price: makes one trail of all whose extreme it has passed. */
  follow(low: Ticks, high: Ticks): void {
    const price = this.following(low, high)
    const reached = this.#sign * price
    const passed = this.#byExtreme.first
    if (passed === null || passed.key >= reached) return
    const trail = passed.item
    MeldableHeap.remove(trail.byExtreme)
    for (;;) {
      const next = this.#byExtreme.first
      if (next === null || next.key > reached) break
      this.#drop(next.item)
      trail.absorb(next.item)
    }
    trail.extreme = price
    this.#byExtreme.add(trail.byExtreme, reached)
    this.#retrigger(trail)
  }

  /** Takes out an order that the price triggers; null when there is none, or no other. */
  takeTriggered(low: Ticks, high: Ticks): Stop | null {
    const back = this.#sign > 0 ? high : low
    const first = this.#byTrigger.first
    if (first === null || first.key > -this.#sign * back * BIPS) return null
    const stop = first.item.first?.item ?? null
    if (stop !== null) this.remove(stop)
    return stop
  }

  /** Every order that tracks, with its extreme, in no particular order. */
  *tracked(): Generator<readonly [Stop, Ticks]> {
    for (const trail of this.#byExtreme.items()) {
      for (const stop of trail.items()) yield [stop, trail.extreme]
    }
  }

  assertSound(): void {
    this.#byExtreme.assertSound()
    this.#byTrigger.assertSound()
    const trails = [...this.#byExtreme.items()]
    assert(trails.length === [...this.#byTrigger.items()].length, 'a trail is in both orders')
    for (const trail of trails) {
      trail.assertSound()
      assert(trail.byExtreme.key === this.#sign * trail.extreme, 'a trail is at its extreme')
      assert(trail.byTrigger.key === this.#triggerKey(trail), 'a trail waits for its first order')
      for (const { node, order } of trail.items()) {
        assert(order.side === this.#side, 'an order is on its side')
        assert(node.key === order.trailingBips, 'an order is at its distance')
      }
    }
  }

  #begin(extreme: Ticks): Trail {
    const trail = new Trail(extreme)
    this.#byExtreme.add(trail.byExtreme, this.#sign * extreme)
    return trail
  }

  /** Puts the trail where its first order has it wait; away when it has none. */
  #retrigger(trail: Trail): void {
    if (trail.first === null) {
      this.#drop(trail)
      return
    }
    const { byTrigger } = trail
    const key = this.#triggerKey(trail)
    if (byTrigger.isPlaced && byTrigger.key === key) return
    if (byTrigger.isPlaced) MeldableHeap.remove(byTrigger)
    this.#byTrigger.add(byTrigger, key)
  }

  #drop(trail: Trail): void {
    MeldableHeap.remove(trail.byExtreme)
    MeldableHeap.remove(trail.byTrigger)
  }

  /**
   * Ten thousand times the price at which the trail's first order triggers, and lowest for what triggers first. A
   * product of less than 2^30 and less than 2 × 10^4, so exact.
   */
  #triggerKey(trail: Trail): number {
    assert(trail.first !== null, 'a trail has orders')
    return -this.#sign * trail.extreme * (BIPS - this.#sign * trail.first.key)
  }
}
