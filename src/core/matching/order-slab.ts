import { assert } from '../assert.ts'

/** No slot, no level, no node: what ends a chain. */
export const NONE = -1

const INITIAL_ORDERS = 64
/** The resting orders one book holds at most: a bound for memory, some 50 bytes an order, far above what accounts may open. */
const ORDERS_LIMIT = 2 ** 26

/** Resting orders side by side in columns, found by slot. No object is made for an order, so none is ever collected. */
export class OrderSlab {
  id = new Float64Array(INITIAL_ORDERS)
  lots = new Float64Array(INITIAL_ORDERS)
  price = new Int32Array(INITIAL_ORDERS)
  owner = new Int32Array(INITIAL_ORDERS)
  /** The next older and the next younger order of the same level. */
  previous = new Int32Array(INITIAL_ORDERS)
  next = new Int32Array(INITIAL_ORDERS)
  level = new Int32Array(INITIAL_ORDERS)
  /** Released slots, chained through `next`. */
  #free = NONE
  #used = 0
  #count = 0

  get count(): number {
    return this.#count
  }

  allocate(): number {
    this.#count += 1
    const released = this.#free
    if (released !== NONE) {
      this.#free = this.next[released] as number
      return released
    }
    if (this.#used === this.id.length) this.#grow()
    this.#used += 1
    return this.#used - 1
  }

  release(slot: number): void {
    this.#count -= 1
    this.next[slot] = this.#free
    this.#free = slot
  }

  #grow(): void {
    assert(this.#used < ORDERS_LIMIT, 'a book holds fewer resting orders than its limit')
    this.id = doubledFloats(this.id)
    this.lots = doubledFloats(this.lots)
    this.price = doubledIntegers(this.price)
    this.owner = doubledIntegers(this.owner)
    this.previous = doubledIntegers(this.previous)
    this.next = doubledIntegers(this.next)
    this.level = doubledIntegers(this.level)
  }
}

export function doubledIntegers(column: Int32Array): Int32Array<ArrayBuffer> {
  const doubled = new Int32Array(column.length * 2)
  doubled.set(column)
  return doubled
}

export function doubledFloats(column: Float64Array): Float64Array<ArrayBuffer> {
  const doubled = new Float64Array(column.length * 2)
  doubled.set(column)
  return doubled
}
