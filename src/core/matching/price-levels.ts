import { assert } from '../assert.ts'
import { doubledFloats, doubledIntegers, NONE } from './columns.ts'

const INITIAL_LEVELS = 64
/** Of a released level. */
const NO_SIDE = -1

/**
 * The price levels of all books in columns, found by number. They are together so that an order's level says in which
 * book and on which side of it the order rests.
 */
export class PriceLevels {
  /** Which `BookSide` the level is of. */
  side = new Int32Array(INITIAL_LEVELS)
  /** See `BookSide`: the lower key is the better price. */
  key = new Int32Array(INITIAL_LEVELS)
  /** The oldest and the youngest order of the level. */
  head = new Int32Array(INITIAL_LEVELS)
  tail = new Int32Array(INITIAL_LEVELS)
  /** What its orders show together, and how many they are. */
  lots = new Float64Array(INITIAL_LEVELS)
  count = new Int32Array(INITIAL_LEVELS)
  #sides = 0
  /** Released levels, chained through `head`. */
  #free = NONE
  #used = 0

  /** The number of a book side that is new here. */
  join(): number {
    this.#sides += 1
    return this.#sides - 1
  }

  /** An empty level of `side` at `key`. */
  open(side: number, key: number): number {
    const level = this.#allocate()
    this.side[level] = side
    this.key[level] = key
    this.head[level] = NONE
    this.tail[level] = NONE
    this.lots[level] = 0
    this.count[level] = 0
    return level
  }

  close(level: number): void {
    this.side[level] = NO_SIDE
    this.head[level] = this.#free
    this.#free = level
  }

  /** How many levels `side` has. Linear in all levels. */
  openOf(side: number): number {
    return this.side.subarray(0, this.#used).filter((one) => one === side).length
  }

  /** Asserts that every level is of a side or free. */
  assertSound(): void {
    let released = 0
    for (let level = this.#free; level !== NONE; level = this.head[level] as number) released += 1
    assert(this.openOf(NO_SIDE) === released, 'no level is lost')
  }

  #allocate(): number {
    const released = this.#free
    if (released !== NONE) {
      this.#free = this.head[released] as number
      return released
    }
    if (this.#used === this.key.length) this.#grow()
    this.#used += 1
    return this.#used - 1
  }

  #grow(): void {
    this.side = doubledIntegers(this.side)
    this.key = doubledIntegers(this.key)
    this.head = doubledIntegers(this.head)
    this.tail = doubledIntegers(this.tail)
    this.lots = doubledFloats(this.lots)
    this.count = doubledIntegers(this.count)
  }
}
