import { assert } from '../assert.ts'
import type { OrderId } from '../domain/ids.ts'
import { NONE } from './columns.ts'
import { PriceLevels } from './price-levels.ts'
import { SlotRing } from './slot-ring.ts'

/** The low bits of an order's id are its slot, those above its generation. */
export const SLOT_BITS = 26
const SLOTS_LIMIT = 2 ** SLOT_BITS
const SLOT_MASK = SLOTS_LIMIT - 1
const SMALLEST_CAPACITY = 4_096

const RECORD_BYTES = 64
/** An order's record in doubles and in words: how far apart two orders lie in a column. */
export const DOUBLES = RECORD_BYTES / 8
export const WORDS = RECORD_BYTES / 4

/**
 * Every open order of the venue, of all symbols, as the books know it, in records found by slot. For the books no object
 * is made, so none is ever collected, and no hash leads to an order: its id says its slot (rule T24).
 *
 * Slots are handed out clockwise, and the generation rises each time the hand passes the end, so that ids rise and an
 * id that has closed is never mistaken for the order now in its slot. At most three quarters of the slots are ever taken, which
 * bounds the search for a free one.
 */
export class OrderTable {
  // Each order's columns lie side by side in one record of 64 bytes: whoever looks at an order that has long rested waits
  // for one or two cache lines, not for one a column. The arrays are views of the same records, each from its own place.

  /** The order in the slot; 0 when it is free. At `slot * DOUBLES`, as the next three. */
  id!: Float64Array
  /** What the book shows of it. */
  lots!: Float64Array
  /** What an iceberg has left beyond what it shows. */
  hidden!: Float64Array
  /** What an iceberg shows at most at a time; 0 for an ordinary order. */
  display!: Float64Array
  /** At `slot * WORDS`, as those that follow. */
  price!: Int32Array
  owner!: Int32Array
  /** The next older and the next younger order of its level. */
  previous!: Int32Array
  next!: Int32Array
  /** Where it rests, in `levels`; NONE when it is in no book. */
  level!: Int32Array
  #records!: ArrayBuffer
  /** The price levels of all the books whose orders these are. */
  readonly levels = new PriceLevels()
  #taken: SlotRing
  #capacity = SMALLEST_CAPACITY
  #count = 0
  /** The slot last handed out, and what its generation adds to it. */
  #hand = 0
  #base = 0

  constructor() {
    const capacity = SMALLEST_CAPACITY
    this.#view(new ArrayBuffer(capacity * RECORD_BYTES))
    this.#taken = new SlotRing(capacity)
  }

  /** Open orders. */
  get count(): number {
    return this.#count
  }

  get capacity(): number {
    return this.#capacity
  }

  /** The id last handed out; 0 when none was. */
  get lastId(): number {
    return this.#base + this.#hand
  }

  /** Opens an order: the next id. */
  open(): OrderId {
    if ((this.#count + 1) * 4 > this.#capacity * 3) this.#double()
    let slot = this.#taken.firstFree(this.#hand + 1)
    if (slot === NONE) {
      this.#base += SLOTS_LIMIT
      slot = this.#taken.firstFree(0)
    }
    this.#hand = slot
    const id = this.#base + slot
    assert(id <= Number.MAX_SAFE_INTEGER, 'an order id is a safe integer')
    this.#enter(slot, id)
    return id as OrderId
  }

  /** Frees the slot of an open order that rests in no book. */
  close(id: OrderId): void {
    const slot = this.slotOf(id)
    assert(slot !== NONE, 'the order is open')
    assert(this.level[slot * WORDS] === NONE, 'an order leaves its book before it closes')
    this.id[slot * DOUBLES] = 0
    this.#taken.free(slot)
    this.#count -= 1
  }

  /** The slot of the order, or NONE when this very order is not open. */
  slotOf(id: OrderId): number {
    const slot = id & SLOT_MASK
    return id > 0 && slot < this.#capacity && this.id[slot * DOUBLES] === id ? slot : NONE
  }

  has(id: OrderId): boolean {
    return this.slotOf(id) !== NONE
  }

  /** Sets a table that was never used to where another stood; its open orders are to be reopened, in any order. */
  restore(lastId: number, capacity: number): void {
    assert(this.lastId === 0 && this.#count === 0, 'a table is restored before it is used')
    assert(Number.isSafeInteger(lastId) && lastId >= 0, 'the last order id is a safe integer')
    assert((lastId & SLOT_MASK) < capacity, 'the last order id has a slot')
    assert(
      Number.isInteger(Math.log2(capacity)) && capacity <= SLOTS_LIMIT,
      'the slots are a power of two',
    )
    while (this.#capacity < capacity) this.#double()
    assert(this.#capacity === capacity, 'the slots are no fewer than at the beginning')
    this.#hand = lastId & SLOT_MASK
    this.#base = lastId - this.#hand
  }

  /** Opens an order that the table restored here had open. */
  reopen(id: OrderId): void {
    const slot = id & SLOT_MASK
    assert(Number.isSafeInteger(id) && id > 0 && id <= this.lastId, 'the order was open')
    assert(slot < this.#capacity && this.id[slot * DOUBLES] === 0, 'an order has a slot to itself')
    assert((this.#count + 1) * 4 <= this.#capacity * 3, 'at most three quarters are taken')
    this.#enter(slot, id)
  }

  /** Asserts that the bits, the ids and the count say the same. Linear in the capacity. */
  assertSound(): void {
    let found = 0
    for (let slot = 0; slot < this.#capacity; slot += 1) {
      const id = this.id[slot * DOUBLES] as number
      assert(this.#taken.isTaken(slot) === (id !== 0), 'a slot is taken when it has an order')
      if (id === 0) continue
      assert((id & SLOT_MASK) === slot && id <= this.lastId, 'an order id says its slot')
      found += 1
    }
    assert(found === this.#count, 'every open order is counted')
    assert(this.#count * 4 <= this.#capacity * 3, 'at most three quarters are taken')
  }

  #enter(slot: number, id: number): void {
    this.id[slot * DOUBLES] = id
    this.level[slot * WORDS] = NONE
    this.#taken.take(slot)
    this.#count += 1
  }

  #double(): void {
    assert(this.#capacity < SLOTS_LIMIT, 'at most three quarters of 2^26 orders are open')
    this.#capacity *= 2
    const records = new ArrayBuffer(this.#capacity * RECORD_BYTES)
    new Float64Array(records).set(new Float64Array(this.#records))
    this.#view(records)
    this.#taken.double()
  }

  #view(records: ArrayBuffer): void {
    this.#records = records
    this.id = new Float64Array(records, 0)
    this.lots = new Float64Array(records, 8)
    this.hidden = new Float64Array(records, 16)
    this.display = new Float64Array(records, 24)
    this.price = new Int32Array(records, 32)
    this.owner = new Int32Array(records, 36)
    this.previous = new Int32Array(records, 40)
    this.next = new Int32Array(records, 44)
    this.level = new Int32Array(records, 48)
  }
}
