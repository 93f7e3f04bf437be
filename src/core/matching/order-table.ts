import { assert } from '../assert.ts'
import type { OrderId } from '../domain/ids.ts'
import { doubledFloats, doubledIntegers, NONE } from './columns.ts'
import { PriceLevels } from './price-levels.ts'
import { SlotRing } from './slot-ring.ts'

/** The low bits of an order's id are its slot, those above its generation. */
export const SLOT_BITS = 26
const SLOTS_LIMIT = 2 ** SLOT_BITS
const SLOT_MASK = SLOTS_LIMIT - 1
const SMALLEST_CAPACITY = 4_096

/**
 * Every open order of the venue, of all symbols, in columns found by slot. No object is made for an order, so none is
 * ever collected, and no hash leads to it: its id says its slot (rule T24).
 *
 * Slots are handed out clockwise, and the generation rises each time the hand passes the end, so that ids rise and an
 * id that has closed is never mistaken for the order now in its slot. At most half of the slots are ever taken, which
 * bounds the search for a free one.
 */
export class OrderTable {
  /** The order in the slot; 0 when it is free. */
  id: Float64Array
  /** What the book shows of it. */
  lots: Float64Array
  /** What an iceberg has left beyond what it shows. */
  hidden: Float64Array
  /** What an iceberg shows at most at a time; 0 for an ordinary order. */
  display: Float64Array
  price: Int32Array
  owner: Int32Array
  /** The next older and the next younger order of its level. */
  previous: Int32Array
  next: Int32Array
  /** Where it rests, in `levels`; NONE when it is in no book. */
  level: Int32Array
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
    this.id = new Float64Array(capacity)
    this.lots = new Float64Array(capacity)
    this.hidden = new Float64Array(capacity)
    this.display = new Float64Array(capacity)
    this.price = new Int32Array(capacity)
    this.owner = new Int32Array(capacity)
    this.previous = new Int32Array(capacity)
    this.next = new Int32Array(capacity)
    this.level = new Int32Array(capacity)
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
    if ((this.#count + 1) * 2 > this.#capacity) this.#double()
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
    assert(this.level[slot] === NONE, 'an order leaves its book before it closes')
    this.id[slot] = 0
    this.#taken.free(slot)
    this.#count -= 1
  }

  /** The slot of the order, or NONE when this very order is not open. */
  slotOf(id: OrderId): number {
    const slot = id & SLOT_MASK
    return id > 0 && slot < this.#capacity && this.id[slot] === id ? slot : NONE
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
    assert(slot < this.#capacity && this.id[slot] === 0, 'an order has a slot to itself')
    assert((this.#count + 1) * 2 <= this.#capacity, 'at most half of the slots are taken')
    this.#enter(slot, id)
  }

  /** Asserts that the bits, the ids and the count say the same. Linear in the capacity. */
  assertSound(): void {
    let found = 0
    for (let slot = 0; slot < this.#capacity; slot += 1) {
      const id = this.id[slot] as number
      assert(this.#taken.isTaken(slot) === (id !== 0), 'a slot is taken when it has an order')
      if (id === 0) continue
      assert((id & SLOT_MASK) === slot && id <= this.lastId, 'an order id says its slot')
      found += 1
    }
    assert(found === this.#count, 'every open order is counted')
    assert(this.#count * 2 <= this.#capacity, 'at most half of the slots are taken')
  }

  #enter(slot: number, id: number): void {
    this.id[slot] = id
    this.level[slot] = NONE
    this.#taken.take(slot)
    this.#count += 1
  }

  #double(): void {
    assert(this.#capacity < SLOTS_LIMIT, 'at most 2^25 orders are open')
    this.#capacity *= 2
    this.id = doubledFloats(this.id)
    this.lots = doubledFloats(this.lots)
    this.hidden = doubledFloats(this.hidden)
    this.display = doubledFloats(this.display)
    this.price = doubledIntegers(this.price)
    this.owner = doubledIntegers(this.owner)
    this.previous = doubledIntegers(this.previous)
    this.next = doubledIntegers(this.next)
    this.level = doubledIntegers(this.level)
    this.#taken.double()
  }
}
