import { assert } from '../assert.ts'
import type { OrderId } from '../domain/ids.ts'
import type { Side } from '../domain/order.ts'
import type { Lots, Ticks } from '../money/price.ts'
import { TICKS_LIMIT } from '../money/price.ts'
import { BookSide } from './book-side.ts'
import { NONE } from './columns.ts'
import { MeasuredSweep } from './measured-sweep.ts'
import type { OrderTable } from './order-table.ts'
import { DOUBLES, WORDS } from './order-table.ts'
import type { Sweep, SweepRequest } from './sweep.ts'

export type { Sweep, SweepRequest } from './sweep.ts'

/** An order as it rests in the book. */
export interface RestingOrder {
  readonly id: OrderId
  readonly owner: number
  readonly price: Ticks
  /** All that is left of it. */
  readonly lots: Lots
  /** What the book shows of that: less only when it is an iceberg. */
  readonly shown: Lots
  /** What an iceberg shows at most at a time; 0 for an ordinary order. */
  readonly display: Lots
}

/** A price, the lots that show there, and in how many orders. */
export type DepthLevel = readonly [price: Ticks, lots: Lots, orders: number]

/**
 * One symbol's resting orders in price-time priority. Knows nothing of balances, and of users only a number that says
 * whose an order is. An incoming order is measured with `sweep`, judged by the caller, carried out with `take`, and what
 * is left of it put in with `rest`. No request can fail: what cannot be asked is asserted.
 *
 * The orders themselves are in the venue's table. Whoever opens one there closes it too, once it has left its book.
 */
export class OrderBook {
  readonly #orders: OrderTable
  readonly #bids: BookSide
  readonly #asks: BookSide
  readonly #measured: MeasuredSweep
  #size = 0
  /** Changes whenever the book does. */
  #version = 0

  constructor(orders: OrderTable) {
    this.#orders = orders
    this.#bids = new BookSide('BUY', orders)
    this.#asks = new BookSide('SELL', orders)
    this.#measured = new MeasuredSweep(orders)
  }

  /** Resting orders, both sides. */
  get size(): number {
    return this.#size
  }

  /** What `request` would do now. Changes nothing; the answer is the book's own and good until the next call. */
  sweep(request: SweepRequest): Sweep {
    this.#measured.measure(request, this.#against(request.side), this.#version)
    return this.#measured
  }

  /** Carries out the sweep just measured; nothing may have changed in between. */
  take(sweep: Sweep): void {
    const measured = this.#measured
    assert(sweep === measured, 'a book takes its own sweep')
    assert(measured.version === this.#version, 'a sweep is taken before anything else changes')
    this.#version += 1
    const makers = this.#against(measured.side)
    for (const slot of measured.passedOverSlots) this.#remove(makers, slot)
    for (let match = 0; match < measured.preventedCount; match += 1) {
      const lots = measured.preventedMakerLots[match] as number
      if (lots > 0) this.#lose(makers, measured.preventedMakerSlot[match] as number, lots)
    }
    for (let fill = 0; fill < measured.count; fill += 1) {
      const slot = measured.makerSlot[fill] as number
      const lots = measured.lots[fill] as number
      const replenished = measured.replenished[fill] as number
      if (replenished > 0) makers.replenish(slot, replenished)
      else if (lots === this.#orders.lots[slot * DOUBLES]) this.#remove(makers, slot)
      else makers.lower(slot, lots)
    }
  }

  /**
   * Puts an order that does not cross behind all others at its price. Of an iceberg it shows at most `display` lots;
   * 0 shows all of any other.
   */
  rest(id: OrderId, owner: number, side: Side, price: Ticks, lots: Lots, display: Lots): void {
    const shown = display === 0 || lots < display ? lots : display
    this.restore(id, owner, side, price, shown, (lots - shown) as Lots, display)
  }

  /** Puts an order behind all others at its price, with so much shown and so much hidden as it had before. */
  restore(
    id: OrderId,
    owner: number,
    side: Side,
    price: Ticks,
    shown: Lots,
    hidden: Lots,
    display: Lots,
  ): void {
    const orders = this.#orders
    const slot = orders.slotOf(id)
    assert(slot !== NONE, 'an order is open before it rests')
    assert(orders.level[slot * WORDS] === NONE, 'an order rests once')
    assert((owner | 0) === owner, 'an owner is an int32')
    assert(
      (price | 0) === price && price > 0 && price < TICKS_LIMIT,
      'a price is 1 to 2^30 - 1 ticks',
    )
    assert(Number.isSafeInteger(shown + hidden) && shown > 0, 'a resting order has lots')
    if (display !== 0 || hidden !== 0) assertIcebergSound(shown, hidden, display)
    assert(!this.#against(side).reaches(price), 'a resting order does not cross')
    this.#version += 1
    this.#size += 1
    orders.owner[slot * WORDS] = owner
    orders.price[slot * WORDS] = price
    orders.lots[slot * DOUBLES] = shown
    orders.hidden[slot * DOUBLES] = hidden
    orders.display[slot * DOUBLES] = display
    this.#of(side).append(slot)
  }

  /** Takes the order, which rests here, out of the book; all the lots it still had. */
  cancel(id: OrderId): Lots {
    const slot = this.#orders.slotOf(id)
    assert(slot !== NONE, 'the order rests in this book')
    const side = this.#bids.holds(slot) ? this.#bids : this.#asks
    assert(side === this.#bids || side.holds(slot), 'the order rests in this book')
    const lots = this.#leftOf(slot)
    this.#version += 1
    this.#remove(side, slot)
    return lots
  }

  /**
   * Takes `lots`, fewer than are left, from an order that keeps its place: from what it hides first, and from what it
   * shows only beyond that. By how much it shows less.
   */
  reduce(id: OrderId, lots: Lots): Lots {
    const slot = this.#slotOf(id)
    assert(Number.isSafeInteger(lots) && lots > 0, 'an order is reduced by some lots')
    assert(lots < this.#leftOf(slot), 'an order that is reduced keeps some lots')
    this.#version += 1
    return this.#lower(this.#sideOf(slot), slot, lots)
  }

  /** Whether the order rests in this book. */
  has(id: OrderId): boolean {
    const slot = this.#orders.slotOf(id)
    return slot !== NONE && this.#holds(slot)
  }

  /** All the lots that a resting order still has. */
  lotsOf(id: OrderId): Lots {
    return this.#leftOf(this.#slotOf(id))
  }

  /** The lots that the book shows of a resting order. */
  shownOf(id: OrderId): Lots {
    return this.#orders.lots[this.#slotOf(id) * DOUBLES] as Lots
  }

  /** The highest bid or the lowest ask; null when the side is empty. */
  best(side: Side): Ticks | null {
    const own = this.#of(side)
    return own.best === NONE ? null : own.priceOf(own.best)
  }

  /** Whether an order to `side` at `price` would meet one that rests. */
  crosses(side: Side, price: Ticks): boolean {
    return this.#against(side).reaches(price)
  }

  /** The best `levels` prices of a side, best first, with what shows there. */
  depth(side: Side, levels: number): DepthLevel[] {
    const own = this.#of(side)
    const depth: DepthLevel[] = []
    for (let level = own.best; level !== NONE && depth.length < levels; level = own.after(level)) {
      depth.push([own.priceOf(level), own.lotsOf(level), own.countOf(level)])
    }
    return depth
  }

  /** A side's orders, best price first, first in the queue first. Restoring them in this order restores the book. */
  *orders(side: Side): Generator<RestingOrder> {
    const own = this.#of(side)
    const orders = this.#orders
    for (let level = own.best; level !== NONE; level = own.after(level)) {
      for (
        let slot = own.oldestOf(level);
        slot !== NONE;
        slot = orders.next[slot * WORDS] as number
      ) {
        yield {
          id: orders.id[slot * DOUBLES] as OrderId,
          owner: orders.owner[slot * WORDS] as number,
          price: orders.price[slot * WORDS] as Ticks,
          lots: this.#leftOf(slot),
          shown: orders.lots[slot * DOUBLES] as Lots,
          display: orders.display[slot * DOUBLES] as Lots,
        }
      }
    }
  }

  /** Asserts everything the book relies on: both sides, every level's sums and chain. Linear in the book. */
  assertSound(): void {
    const bid = this.best('BUY')
    const ask = this.best('SELL')
    assert(bid === null || ask === null || bid < ask, 'the book is not crossed')
    const found = this.#assertSideSound(this.#bids) + this.#assertSideSound(this.#asks)
    assert(found === this.#size, 'every resting order is at a level')
  }

  #assertSideSound(side: BookSide): number {
    side.assertSound()
    let found = 0
    for (let level = side.best; level !== NONE; level = side.after(level)) {
      found += this.#assertLevelSound(side, level)
    }
    return found
  }

  #assertLevelSound(side: BookSide, level: number): number {
    const orders = this.#orders
    let previous = NONE
    let shown = 0
    let count = 0
    for (
      let slot = side.oldestOf(level);
      slot !== NONE;
      slot = orders.next[slot * WORDS] as number
    ) {
      const lots = orders.lots[slot * DOUBLES] as number
      assert(
        orders.slotOf(orders.id[slot * DOUBLES] as OrderId) === slot,
        'a resting order is open',
      )
      assert(orders.previous[slot * WORDS] === previous, 'a level is chained both ways')
      assert(orders.level[slot * WORDS] === level && side.holds(slot), 'an order knows its level')
      assert(orders.price[slot * WORDS] === side.priceOf(level), 'an order is at its price')
      assert(lots > 0, 'a resting order has lots')
      const hidden = orders.hidden[slot * DOUBLES] as number
      const display = orders.display[slot * DOUBLES] as number
      if (display !== 0 || hidden !== 0) assertIcebergSound(lots, hidden, display)
      previous = slot
      shown += lots
      count += 1
    }
    assert(side.youngestOf(level) === previous, 'a level ends with its youngest order')
    assert(side.lotsOf(level) === shown && side.countOf(level) === count, 'a level sums its orders')
    assert(count > 0, 'a level has orders')
    return count
  }

  /** Takes `lots` from the order in `slot`, which leaves when they are all it has and keeps its place when not. */
  #lose(side: BookSide, slot: number, lots: number): void {
    if (lots === this.#leftOf(slot)) this.#remove(side, slot)
    else this.#lower(side, slot, lots)
  }

  #lower(side: BookSide, slot: number, lots: number): Lots {
    const hidden = this.#orders.hidden[slot * DOUBLES] as number
    const shownLots = Math.max(0, lots - hidden)
    if (hidden > 0) this.#orders.hidden[slot * DOUBLES] = hidden - (lots - shownLots)
    if (shownLots > 0) side.lower(slot, shownLots)
    return shownLots as Lots
  }

  #remove(side: BookSide, slot: number): void {
    side.unlink(slot)
    this.#size -= 1
  }

  #leftOf(slot: number): Lots {
    return ((this.#orders.lots[slot * DOUBLES] as number) +
      (this.#orders.hidden[slot * DOUBLES] as number)) as Lots
  }

  #slotOf(id: OrderId): number {
    const slot = this.#orders.slotOf(id)
    assert(slot !== NONE && this.#holds(slot), 'the order rests in this book')
    return slot
  }

  #holds(slot: number): boolean {
    return this.#bids.holds(slot) || this.#asks.holds(slot)
  }

  #sideOf(slot: number): BookSide {
    return this.#bids.holds(slot) ? this.#bids : this.#asks
  }

  #of(side: Side): BookSide {
    return side === 'BUY' ? this.#bids : this.#asks
  }

  #against(side: Side): BookSide {
    return side === 'BUY' ? this.#asks : this.#bids
  }
}

function assertIcebergSound(shown: number, hidden: number, display: number): void {
  assert(Number.isSafeInteger(display) && display > 0, 'only an iceberg hides lots')
  assert(hidden >= 0 && shown <= display, 'an iceberg shows at most what it displays')
}
