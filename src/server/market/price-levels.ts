import { assert } from '../../core/assert.ts'
import type { Side } from '../../core/domain/order.ts'
import type { Lots, Ticks } from '../../core/money/price.ts'

export type PriceLevel = readonly [Ticks, Lots]

/**
 * One side of the book, aggregated by price.
 *
 * Prices lie in an array with the best one last, so that changes near the touch move little; lots lie in a map.
 */
export class PriceLevels {
  /** Ascending; a price for bids, its negative for asks: the best is always the greatest. */
  readonly #keys: number[] = []
  readonly #lots = new Map<number, number>()
  readonly #sign: 1 | -1

  constructor(side: Side) {
    this.#sign = side === 'BUY' ? 1 : -1
  }

  get size(): number {
    return this.#keys.length
  }

  /** Lots shown at `price`; 0 when there are none. */
  lotsAt(price: number): Lots {
    return (this.#lots.get(price) ?? 0) as Lots
  }

  change(price: number, lotsDelta: number): void {
    if (lotsDelta === 0) return
    const before = this.#lots.get(price)
    const after = (before ?? 0) + lotsDelta
    assert(after >= 0, 'no price level holds less than nothing')
    if (after === 0) {
      this.#lots.delete(price)
      this.#keys.splice(this.#placeOf(price * this.#sign), 1)
      return
    }
    this.#lots.set(price, after)
    if (before === undefined)
      this.#keys.splice(this.#placeOf(price * this.#sign), 0, price * this.#sign)
  }

  best(): PriceLevel | null {
    const key = this.#keys.at(-1)
    if (key === undefined) return null
    return this.#level(key)
  }

  /** At most `limit` levels, best first. */
  top(limit: number): PriceLevel[] {
    const levels: PriceLevel[] = []
    const end = Math.max(0, this.#keys.length - limit)
    for (let place = this.#keys.length - 1; place >= end; place -= 1)
      levels.push(this.#level(this.#keys[place] as number))
    return levels
  }

  #level(key: number): PriceLevel {
    const price = key * this.#sign
    return [price as Ticks, this.lotsAt(price)]
  }

  /** The first place whose key is not less than `key`. */
  #placeOf(key: number): number {
    let low = 0
    let high = this.#keys.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#keys[middle] as number) < key) low = middle + 1
      else high = middle
    }
    return low
  }
}
