import { assert } from '../assert.ts'
import type { OrderSlab } from './order-slab.ts'
import { NONE } from './order-slab.ts'

const INITIAL_BITS = 8
/** 2^32 divided by the golden ratio: spreads ids that rise one by one evenly over the table. */
const FIBONACCI = 0x9e3779b1

/**
 * The slot of each resting order by its id. Open addressing with linear probing, at most half full; the ids themselves
 * stay in the slab, so an entry is one word.
 */
export class OrderIndex {
  readonly #orders: OrderSlab
  /** Slot + 1 at the id's place or after it; 0 is empty. */
  #entries = new Int32Array(2 ** INITIAL_BITS)
  #shift = 32 - INITIAL_BITS
  #count = 0

  constructor(orders: OrderSlab) {
    this.#orders = orders
  }

  get count(): number {
    return this.#count
  }

  /** The order's slot, or NONE. */
  find(id: number): number {
    const place = this.#placeOf(id)
    return (this.#entries[place] as number) - 1
  }

  /** Enters the order in `slot`, whose id is in the slab already. */
  add(slot: number): void {
    if (this.#count * 2 >= this.#entries.length) this.#grow()
    const place = this.#placeOf(this.#orders.id[slot] as number)
    assert(this.#entries[place] === 0, 'an order id rests once')
    this.#entries[place] = slot + 1
    this.#count += 1
  }

  /** Takes the order in `slot` out and closes the gap, so that no probe ends early and no tombstones gather. */
  remove(slot: number): void {
    const entries = this.#entries
    const mask = entries.length - 1
    let gap = this.#placeOf(this.#orders.id[slot] as number)
    assert(entries[gap] === slot + 1, 'a resting order is in the index')
    for (let place = (gap + 1) & mask; entries[place] !== 0; place = (place + 1) & mask) {
      const home = this.#homeOf(this.#orders.id[(entries[place] as number) - 1] as number)
      const probedOverGap = ((place - home) & mask) >= ((place - gap) & mask)
      if (!probedOverGap) continue
      entries[gap] = entries[place] as number
      gap = place
    }
    entries[gap] = 0
    this.#count -= 1
  }

  /** Where the id is, or the empty place where it would go. */
  #placeOf(id: number): number {
    const mask = this.#entries.length - 1
    let place = this.#homeOf(id)
    for (;;) {
      const slot = (this.#entries[place] as number) - 1
      if (slot === NONE || this.#orders.id[slot] === id) return place
      place = (place + 1) & mask
    }
  }

  #homeOf(id: number): number {
    return Math.imul(id | 0, FIBONACCI) >>> this.#shift
  }

  #grow(): void {
    const old = this.#entries
    this.#entries = new Int32Array(old.length * 2)
    this.#shift -= 1
    for (const entry of old) {
      if (entry !== 0) this.#entries[this.#placeOf(this.#orders.id[entry - 1] as number)] = entry
    }
  }
}
