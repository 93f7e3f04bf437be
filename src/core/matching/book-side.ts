import { assert } from '../assert.ts'
import type { Side } from '../domain/order.ts'
import type { Lots, Ticks } from '../money/price.ts'
import { TICKS_LIMIT } from '../money/price.ts'
import { NONE } from './columns.ts'
import type { OrderTable } from './order-table.ts'
import { DOUBLES, WORDS } from './order-table.ts'
import { PriceLadder } from './price-ladder.ts'
import type { PriceLevels } from './price-levels.ts'
import { LEVEL_DOUBLES, LEVEL_WORDS } from './price-levels.ts'

/** Above every key: the key of no level. */
const NO_KEY = TICKS_LIMIT

/**
 * The price levels of one side. A level's key is its price for asks and the price's complement for bids: on either side
 * the lower key is the better price, so that the two sides are one code.
 */
export class BookSide {
  readonly side: Side
  readonly #orders: OrderTable
  readonly #levels: PriceLevels
  readonly #number: number
  readonly #ladder = new PriceLadder()
  #best = NONE
  #bestKey = NO_KEY

  constructor(side: Side, orders: OrderTable) {
    this.side = side
    this.#orders = orders
    this.#levels = orders.levels
    this.#number = orders.levels.join()
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
    return this.#ladder.above(this.#levels.key[level * LEVEL_WORDS] as number)
  }

  isWithin(level: number, limit: Ticks | null): boolean {
    return (this.#levels.key[level * LEVEL_WORDS] as number) <= this.#limitKey(limit)
  }

  priceOf(level: number): Ticks {
    const key = this.#levels.key[level * LEVEL_WORDS] as number
    return (this.side === 'SELL' ? key : TICKS_LIMIT - 1 - key) as Ticks
  }

  /** The lots that the level's orders show. */
  lotsOf(level: number): Lots {
    return this.#levels.lots[level * LEVEL_DOUBLES] as Lots
  }

  countOf(level: number): number {
    return this.#levels.count[level * LEVEL_WORDS] as number
  }

  /** The slot of the level's oldest order. */
  oldestOf(level: number): number {
    return this.#levels.head[level * LEVEL_WORDS] as number
  }

  youngestOf(level: number): number {
    return this.#levels.tail[level * LEVEL_WORDS] as number
  }

  /** Whether the order in `slot` rests here. */
  holds(slot: number): boolean {
    const level = this.#orders.level[slot * WORDS] as number
    return level !== NONE && this.#levels.side[level * LEVEL_WORDS] === this.#number
  }

  /** Puts the order in `slot`, whose price and lots are in the table already, behind the others at its price. */
  append(slot: number): void {
    const key = this.#keyOf(this.#orders.price[slot * WORDS] as number)
    let level = this.#ladder.at(key)
    if (level === NONE) level = this.#open(key)
    this.#show(level, this.#orders.lots[slot * DOUBLES] as number)
    this.#orders.level[slot * WORDS] = level
    this.#link(slot, level)
    this.#levels.count[level * LEVEL_WORDS] =
      (this.#levels.count[level * LEVEL_WORDS] as number) + 1
  }

  /** Takes the order in `slot` out of its level, and the level off the ladder when it was the last. */
  unlink(slot: number): void {
    const levels = this.#levels
    const level = this.#orders.level[slot * WORDS] as number
    this.#unchain(slot, level)
    this.#orders.level[slot * WORDS] = NONE
    const count = (levels.count[level * LEVEL_WORDS] as number) - 1
    levels.lots[level * LEVEL_DOUBLES] =
      (levels.lots[level * LEVEL_DOUBLES] as number) - (this.#orders.lots[slot * DOUBLES] as number)
    levels.count[level * LEVEL_WORDS] = count
    if (count === 0) this.#close(level)
  }

  /** Takes `lots`, fewer than it shows, from the order in `slot`, which keeps its place. */
  lower(slot: number, lots: number): void {
    const level = this.#orders.level[slot * WORDS] as number
    this.#orders.lots[slot * DOUBLES] = (this.#orders.lots[slot * DOUBLES] as number) - lots
    this.#levels.lots[level * LEVEL_DOUBLES] =
      (this.#levels.lots[level * LEVEL_DOUBLES] as number) - lots
  }

  /** Shows the next `lots` of the iceberg in `slot`, which has used up what it showed, behind the others at its price. */
  replenish(slot: number, lots: number): void {
    const orders = this.#orders
    const level = orders.level[slot * WORDS] as number
    this.#show(level, lots - (orders.lots[slot * DOUBLES] as number))
    orders.lots[slot * DOUBLES] = lots
    orders.hidden[slot * DOUBLES] = (orders.hidden[slot * DOUBLES] as number) - lots
    this.#unchain(slot, level)
    this.#link(slot, level)
  }

  assertSound(): void {
    this.#ladder.assertSound()
    this.#levels.assertSound()
    const { key } = this.#levels
    assert(this.#best === this.#ladder.above(-1), 'the best level is the ladder’s first')
    assert(
      this.#bestKey === (this.#best === NONE ? NO_KEY : key[this.#best * LEVEL_WORDS]),
      'the best key is the best level’s',
    )
    let live = 0
    for (let level = this.#best; level !== NONE; level = this.after(level)) live += 1
    assert(live === this.#levels.openOf(this.#number), 'every level is on the ladder')
  }

  #keyOf(price: number): number {
    return this.side === 'SELL' ? price : TICKS_LIMIT - 1 - price
  }

  #limitKey(limit: Ticks | null): number {
    return limit === null ? NO_KEY - 1 : this.#keyOf(limit)
  }

  #show(level: number, lots: number): void {
    const shown = (this.#levels.lots[level * LEVEL_DOUBLES] as number) + lots
    assert(shown <= Number.MAX_SAFE_INTEGER, 'the lots at a price are a safe integer')
    this.#levels.lots[level * LEVEL_DOUBLES] = shown
  }

  #link(slot: number, level: number): void {
    const orders = this.#orders
    const levels = this.#levels
    const tail = levels.tail[level * LEVEL_WORDS] as number
    orders.previous[slot * WORDS] = tail
    orders.next[slot * WORDS] = NONE
    if (tail === NONE) levels.head[level * LEVEL_WORDS] = slot
    else orders.next[tail * WORDS] = slot
    levels.tail[level * LEVEL_WORDS] = slot
  }

  #unchain(slot: number, level: number): void {
    const orders = this.#orders
    const levels = this.#levels
    const previous = orders.previous[slot * WORDS] as number
    const next = orders.next[slot * WORDS] as number
    if (previous === NONE) levels.head[level * LEVEL_WORDS] = next
    else orders.next[previous * WORDS] = next
    if (next === NONE) levels.tail[level * LEVEL_WORDS] = previous
    else orders.previous[next * WORDS] = previous
  }

  #open(key: number): number {
    const level = this.#levels.open(this.#number, key)
    this.#ladder.insert(key, level)
    if (key < this.#bestKey) {
      this.#best = level
      this.#bestKey = key
    }
    return level
  }

  #close(level: number): void {
    const levels = this.#levels
    const key = levels.key[level * LEVEL_WORDS] as number
    this.#ladder.remove(key)
    if (level === this.#best) {
      this.#best = this.#ladder.above(key)
      this.#bestKey =
        this.#best === NONE ? NO_KEY : (levels.key[this.#best * LEVEL_WORDS] as number)
    }
    levels.close(level)
  }
}
