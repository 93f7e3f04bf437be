import { assert } from '../assert.ts'
import { NONE } from './columns.ts'

const INITIAL_LEVELS = 64
const RECORD_BYTES = 32
/** A level's record in doubles and in words: how far apart two levels lie in a column. */
export const LEVEL_DOUBLES = RECORD_BYTES / 8
export const LEVEL_WORDS = RECORD_BYTES / 4
/** Of a released level. */
const NO_SIDE = -1

/**
 * The price levels of all books in columns, found by number. They are together so that an order's level says in which
 * book and on which side of it the order rests.
 */
export class PriceLevels {
  // A level's columns lie side by side in one record of 32 bytes, half a cache line.

  /** What its orders show together. At `level * LEVEL_DOUBLES`. */
  lots!: Float64Array
  /** Which `BookSide` the level is of. At `level * LEVEL_WORDS`, as those that follow. */
  side!: Int32Array
  /** See `BookSide`: the lower key is the better price. */
  key!: Int32Array
  /** The oldest and the youngest order of the level. */
  head!: Int32Array
  tail!: Int32Array
  /** How many its orders are. */
  count!: Int32Array
  #records!: ArrayBuffer
  #sides = 0
  /** Released levels, chained through `head`. */
  #free = NONE
  #used = 0

  constructor() {
    this.#view(new ArrayBuffer(INITIAL_LEVELS * RECORD_BYTES))
  }

  /** The number of a book side that is new here. */
  join(): number {
    this.#sides += 1
    return this.#sides - 1
  }

  /** An empty level of `side` at `key`. */
  open(side: number, key: number): number {
    const level = this.#allocate()
    this.side[level * LEVEL_WORDS] = side
    this.key[level * LEVEL_WORDS] = key
    this.head[level * LEVEL_WORDS] = NONE
    this.tail[level * LEVEL_WORDS] = NONE
    this.lots[level * LEVEL_DOUBLES] = 0
    this.count[level * LEVEL_WORDS] = 0
    return level
  }

  close(level: number): void {
    this.side[level * LEVEL_WORDS] = NO_SIDE
    this.head[level * LEVEL_WORDS] = this.#free
    this.#free = level
  }

  /** How many levels `side` has. Linear in all levels. */
  openOf(side: number): number {
    let count = 0
    for (let level = 0; level < this.#used; level += 1) {
      if (this.side[level * LEVEL_WORDS] === side) count += 1
    }
    return count
  }

  /** Asserts that every level is of a side or free. */
  assertSound(): void {
    let released = 0
    for (let level = this.#free; level !== NONE; level = this.head[level * LEVEL_WORDS] as number)
      released += 1
    assert(this.openOf(NO_SIDE) === released, 'no level is lost')
  }

  #allocate(): number {
    const released = this.#free
    if (released !== NONE) {
      this.#free = this.head[released * LEVEL_WORDS] as number
      return released
    }
    if (this.#used * RECORD_BYTES === this.#records.byteLength) this.#grow()
    this.#used += 1
    return this.#used - 1
  }

  #grow(): void {
    const records = new ArrayBuffer(this.#records.byteLength * 2)
    new Float64Array(records).set(new Float64Array(this.#records))
    this.#view(records)
  }

  #view(records: ArrayBuffer): void {
    this.#records = records
    this.lots = new Float64Array(records, 0)
    this.side = new Int32Array(records, 8)
    this.key = new Int32Array(records, 12)
    this.head = new Int32Array(records, 16)
    this.tail = new Int32Array(records, 20)
    this.count = new Int32Array(records, 24)
  }
}
