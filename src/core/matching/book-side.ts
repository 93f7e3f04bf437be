import { assert } from '../assert.ts'
import type { Side } from '../domain/order.ts'
import type { Lots, Ticks } from '../money/price.ts'
import { TICKS_LIMIT } from '../money/price.ts'
import type { OrderSlab } from './order-slab.ts'
import { doubledFloats, doubledIntegers, NONE } from './order-slab.ts'
import { PriceLadder } from './price-ladder.ts'

const INITIAL_LEVELS = 32
/** Above every key: the key of no level. */
const NO_KEY = TICKS_LIMIT

/**
 * The price levels of one side. A level's key is its price for asks and the price's complement for bids: on either side
 * the lower key is the better price, so that the two sides are one code.
 */
export class BookSide {
  readonly side: Side
  readonly #orders: OrderSlab
  readonly #ladder = new PriceLadder()
  #key = new Int32Array(INITIAL_LEVELS)
  /** The oldest and the youngest order of a level. */
  #head = new Int32Array(INITIAL_LEVELS)
  #tail = new Int32Array(INITIAL_LEVELS)
  #lots = new Float64Array(INITIAL_LEVELS)
  #count = new Int32Array(INITIAL_LEVELS)
  /** Released levels, chained through `#head`. */
  #free = NONE
  #used = 0
  #best = NONE
  #bestKey = NO_KEY

  constructor(side: Side, orders: OrderSlab) {
    this.side = side
    this.#orders = orders
  }

  /** The level with the best price, or NONE. */
  get best(): number {
    return this.#best
  }

  /** Whether there is an order here at `limit` or a better price than that for the other side; null is any price. */
  reaches(limit: Ticks | null): boolean {
    return this.#bestKey <= this.#limitKey(limit)
  }

  /** The level next to `level`, at the next worse price, or NONE. */
  after(level: number): number {
    return this.#ladder.above(this.#key[level] as number)
  }

  isWithin(level: number, limit: Ticks | null): boolean {
    return (this.#key[level] as number) <= this.#limitKey(limit)
  }

  priceOf(level: number): Ticks {
    const key = this.#key[level] as number
    return (this.side === 'SELL' ? key : TICKS_LIMIT - 1 - key) as Ticks
  }

  lotsOf(level: number): Lots {
    return this.#lots[level] as Lots
  }

  countOf(level: number): number {
    return this.#count[level] as number
  }

  /** The slot of the level's oldest order. */
  oldestOf(level: number): number {
    return this.#head[level] as number
  }

  youngestOf(level: number): number {
    return this.#tail[level] as number
  }

  /** Puts the order in `slot`, whose price and lots are in the slab already, behind the others at its price. */
  append(slot: number): void {
    const orders = this.#orders
    const key = this.#keyOf(orders.price[slot] as number)
    let level = this.#ladder.at(key)
    if (level === NONE) level = this.#open(key)
    const tail = this.#tail[level] as number
    const lots = (this.#lots[level] as number) + (orders.lots[slot] as number)
    assert(lots <= Number.MAX_SAFE_INTEGER, 'the lots at a price are a safe integer')
    orders.level[slot] = level
    orders.previous[slot] = tail
    orders.next[slot] = NONE
    if (tail === NONE) this.#head[level] = slot
    else orders.next[tail] = slot
    this.#tail[level] = slot
    this.#lots[level] = lots
    this.#count[level] = (this.#count[level] as number) + 1
  }

  /** Takes the order in `slot` out of its level, and the level off the ladder when it was the last. */
  unlink(slot: number): void {
    const orders = this.#orders
    const level = orders.level[slot] as number
    const previous = orders.previous[slot] as number
    const next = orders.next[slot] as number
    if (previous === NONE) this.#head[level] = next
    else orders.next[previous] = next
    if (next === NONE) this.#tail[level] = previous
    else orders.previous[next] = previous
    const count = (this.#count[level] as number) - 1
    this.#lots[level] = (this.#lots[level] as number) - (orders.lots[slot] as number)
    this.#count[level] = count
    if (count === 0) this.#close(level)
  }

  /** Takes `lots`, fewer than it has, from the order in `slot`, which keeps its place. */
  reduce(slot: number, lots: number): void {
    const level = this.#orders.level[slot] as number
    this.#orders.lots[slot] = (this.#orders.lots[slot] as number) - lots
    this.#lots[level] = (this.#lots[level] as number) - lots
  }

  assertSound(): void {
    this.#ladder.assertSound()
    assert(this.#best === this.#ladder.above(-1), 'the best level is the ladder’s first')
    assert(
      this.#bestKey === (this.#best === NONE ? NO_KEY : this.#key[this.#best]),
      'the best key is the best level’s',
    )
    let live = 0
    for (let level = this.#best; level !== NONE; level = this.after(level)) live += 1
    let released = 0
    for (let level = this.#free; level !== NONE; level = this.#head[level] as number) released += 1
    assert(live + released === this.#used, 'no level is lost')
  }

  #keyOf(price: number): number {
    return this.side === 'SELL' ? price : TICKS_LIMIT - 1 - price
  }

  #limitKey(limit: Ticks | null): number {
    return limit === null ? NO_KEY - 1 : this.#keyOf(limit)
  }

  #open(key: number): number {
    const level = this.#allocate()
    this.#key[level] = key
    this.#head[level] = NONE
    this.#tail[level] = NONE
    this.#lots[level] = 0
    this.#count[level] = 0
    this.#ladder.insert(key, level)
    if (key < this.#bestKey) {
      this.#best = level
      this.#bestKey = key
    }
    return level
  }

  #close(level: number): void {
    const key = this.#key[level] as number
    this.#ladder.remove(key)
    if (level === this.#best) {
      this.#best = this.#ladder.above(key)
      this.#bestKey = this.#best === NONE ? NO_KEY : (this.#key[this.#best] as number)
    }
    this.#head[level] = this.#free
    this.#free = level
  }

  #allocate(): number {
    const released = this.#free
    if (released !== NONE) {
      this.#free = this.#head[released] as number
      return released
    }
    if (this.#used === this.#key.length) this.#grow()
    this.#used += 1
    return this.#used - 1
  }

  #grow(): void {
    this.#key = doubledIntegers(this.#key)
    this.#head = doubledIntegers(this.#head)
    this.#tail = doubledIntegers(this.#tail)
    this.#lots = doubledFloats(this.#lots)
    this.#count = doubledIntegers(this.#count)
  }
}
