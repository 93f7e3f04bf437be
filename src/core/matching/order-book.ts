import { assert } from '../assert.ts'
import type { OrderId } from '../domain/ids.ts'
import type { Side } from '../domain/order.ts'
import type { Lots, Ticks } from '../money/price.ts'
import { TICKS_LIMIT } from '../money/price.ts'
import { BookSide } from './book-side.ts'
import { OrderIndex } from './order-index.ts'
import { NONE, OrderSlab } from './order-slab.ts'
import type { Sweep, SweepRequest } from './sweep.ts'
import { affordableLots, assertRequestSound, MeasuredSweep } from './sweep.ts'

export type { Sweep, SweepRequest } from './sweep.ts'

/** An order as it rests in the book. */
export interface RestingOrder {
  readonly id: OrderId
  readonly owner: number
  readonly price: Ticks
  readonly lots: Lots
}

/** A price, the lots that rest there, and in how many orders. */
export type DepthLevel = readonly [price: Ticks, lots: Lots, orders: number]

/**
 * One symbol's resting orders in price-time priority. Knows nothing of balances, and of users only a number that says
 * whose an order is. An incoming order is measured with `sweep`, judged by the caller, carried out with `take`, and what
 * is left of it put in with `rest`. No request can fail: what cannot be asked is asserted.
 */
export class OrderBook {
  readonly #orders = new OrderSlab()
  readonly #index = new OrderIndex(this.#orders)
  readonly #bids = new BookSide('BUY', this.#orders)
  readonly #asks = new BookSide('SELL', this.#orders)
  readonly #measured = new MeasuredSweep()
  /** Changes whenever the book does. */
  #version = 0

  /** Resting orders, both sides. */
  get size(): number {
    return this.#orders.count
  }

  /** What `request` would do now. Changes nothing; the answer is the book's own and good until the next call. */
  sweep(request: SweepRequest): Sweep {
    assertRequestSound(request)
    const { side, limit, lots, quoteBudget, quotePerTickLot } = request
    const makers = this.#against(side)
    const measured = this.#measured
    measured.begin(side, this.#version)
    measured.crosses = makers.reaches(limit)
    if (!measured.crosses) return measured
    let budget = quoteBudget
    let wanted: number = lots ?? 0
    for (let level = makers.best; level !== NONE; level = makers.after(level)) {
      if (!makers.isWithin(level, limit)) break
      const price = makers.priceOf(level)
      if (budget !== null) wanted = affordableLots(budget, price, quotePerTickLot)
      const left = this.#sweepLevel(request, makers.oldestOf(level), wanted)
      if (left === 0 || measured.takerExpired) break
      if (budget !== null) budget -= BigInt(wanted - left) * BigInt(price) * quotePerTickLot
      wanted = left
    }
    assert(measured.filledLots <= Number.MAX_SAFE_INTEGER, 'the lots of a sweep are a safe integer')
    return measured
  }

  /** Carries out the sweep just measured; nothing may have changed in between. */
  take(sweep: Sweep): void {
    const measured = this.#measured
    assert(sweep === measured, 'a book takes its own sweep')
    assert(measured.version === this.#version, 'a sweep is taken before anything else changes')
    this.#version += 1
    const makers = this.#against(measured.side)
    for (const slot of measured.expiredMakerSlots) this.#remove(makers, slot)
    for (let fill = 0; fill < measured.count; fill += 1) {
      const slot = measured.makerSlot[fill] as number
      const lots = measured.lots[fill] as number
      if (lots === this.#orders.lots[slot]) this.#remove(makers, slot)
      else makers.reduce(slot, lots)
    }
  }

  /** Puts an order that does not cross behind all others at its price. */
  rest(id: OrderId, owner: number, side: Side, price: Ticks, lots: Lots): void {
    assert(Number.isSafeInteger(id), 'an order id is a safe integer')
    assert((owner | 0) === owner, 'an owner is an int32')
    assert(
      (price | 0) === price && price > 0 && price < TICKS_LIMIT,
      'a price is 1 to 2^30 - 1 ticks',
    )
    assert(Number.isSafeInteger(lots) && lots > 0, 'a resting order has lots')
    assert(!this.#against(side).reaches(price), 'a resting order does not cross')
    this.#version += 1
    const orders = this.#orders
    const slot = orders.allocate()
    orders.id[slot] = id
    orders.owner[slot] = owner
    orders.price[slot] = price
    orders.lots[slot] = lots
    this.#index.add(slot)
    this.#of(side).append(slot)
  }

  /** Takes the order, which rests, out of the book; the lots it still had. */
  cancel(id: OrderId): Lots {
    const slot = this.#slotOf(id)
    const lots = this.#orders.lots[slot] as Lots
    this.#version += 1
    this.#remove(this.#sideOf(slot), slot)
    return lots
  }

  has(id: OrderId): boolean {
    return this.#index.find(id) !== NONE
  }

  /** The lots that a resting order still has. */
  lotsOf(id: OrderId): Lots {
    return this.#orders.lots[this.#slotOf(id)] as Lots
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

  /** The best `levels` prices of a side, best first. */
  depth(side: Side, levels: number): DepthLevel[] {
    const own = this.#of(side)
    const depth: DepthLevel[] = []
    for (let level = own.best; level !== NONE && depth.length < levels; level = own.after(level)) {
      depth.push([own.priceOf(level), own.lotsOf(level), own.countOf(level)])
    }
    return depth
  }

  /** A side's orders, best price first, oldest first. Resting them in this order into an empty book restores it. */
  *orders(side: Side): Generator<RestingOrder> {
    const own = this.#of(side)
    for (let level = own.best; level !== NONE; level = own.after(level)) {
      for (
        let slot = own.oldestOf(level);
        slot !== NONE;
        slot = this.#orders.next[slot] as number
      ) {
        yield {
          id: this.#orders.id[slot] as OrderId,
          owner: this.#orders.owner[slot] as number,
          price: this.#orders.price[slot] as Ticks,
          lots: this.#orders.lots[slot] as Lots,
        }
      }
    }
  }

  /** Asserts everything the book relies on: both sides, every level's sums and chain, the index. Linear in the book. */
  assertSound(): void {
    const bid = this.best('BUY')
    const ask = this.best('SELL')
    assert(bid === null || ask === null || bid < ask, 'the book is not crossed')
    const found = this.#assertSideSound(this.#bids) + this.#assertSideSound(this.#asks)
    assert(found === this.#orders.count, 'every resting order is at a level')
    assert(found === this.#index.count, 'the index holds the resting orders and no other')
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
    let lots = 0
    let count = 0
    for (let slot = side.oldestOf(level); slot !== NONE; slot = orders.next[slot] as number) {
      assert(orders.previous[slot] === previous, 'a level is chained both ways')
      assert(orders.level[slot] === level, 'an order knows its level')
      assert(orders.price[slot] === side.priceOf(level), 'an order is at its price')
      assert((orders.lots[slot] as number) > 0, 'a resting order has lots')
      assert(this.#index.find(orders.id[slot] as number) === slot, 'the index finds every order')
      previous = slot
      lots += orders.lots[slot] as number
      count += 1
    }
    assert(side.youngestOf(level) === previous, 'a level ends with its youngest order')
    assert(side.lotsOf(level) === lots && side.countOf(level) === count, 'a level sums its orders')
    assert(count > 0, 'a level has orders')
    return count
  }

  /** Measures the orders from `oldest` on against `wanted` lots; the lots still wanted after them. */
  #sweepLevel(request: SweepRequest, oldest: number, wanted: number): number {
    const { owner, selfTradePrevention } = request
    const orders = this.#orders
    let left = wanted
    for (let slot = oldest; slot !== NONE && left > 0; slot = orders.next[slot] as number) {
      if (selfTradePrevention !== 'NONE' && orders.owner[slot] === owner) {
        this.#preventSelfTrade(request, slot)
        if (this.#measured.takerExpired) return left
        continue
      }
      const lots = Math.min(left, orders.lots[slot] as number)
      this.#measureFill(slot, lots)
      left -= lots
    }
    return left
  }

  #measureFill(slot: number, lots: number): void {
    const measured = this.#measured
    const fill = measured.extend()
    measured.makerSlot[fill] = slot
    measured.makerId[fill] = this.#orders.id[slot] as number
    measured.makerOwner[fill] = this.#orders.owner[slot] as number
    measured.price[fill] = this.#orders.price[slot] as number
    measured.lots[fill] = lots
    measured.filledLots += lots
  }

  #preventSelfTrade({ selfTradePrevention }: SweepRequest, slot: number): void {
    const measured = this.#measured
    if (selfTradePrevention !== 'EXPIRE_TAKER') {
      measured.expiredMakerSlots.push(slot)
      measured.expiredMakerIds.push(this.#orders.id[slot] as OrderId)
    }
    measured.takerExpired = selfTradePrevention !== 'EXPIRE_MAKER'
  }

  #remove(side: BookSide, slot: number): void {
    this.#index.remove(slot)
    side.unlink(slot)
    this.#orders.release(slot)
  }

  #slotOf(id: OrderId): number {
    const slot = this.#index.find(id)
    assert(slot !== NONE, 'the order rests in this book')
    return slot
  }

  #of(side: Side): BookSide {
    return side === 'BUY' ? this.#bids : this.#asks
  }

  #against(side: Side): BookSide {
    return side === 'BUY' ? this.#asks : this.#bids
  }

  /** The book is never crossed, so an order's price tells its side: bids are at the best bid or below it. */
  #sideOf(slot: number): BookSide {
    return this.#bids.reaches(this.#orders.price[slot] as Ticks) ? this.#bids : this.#asks
  }
}
