import { assert } from '../assert.ts'
import type { AccountId, SymbolIndex } from '../domain/ids.ts'
import type { Side } from '../domain/order.ts'
import { doubledFloats, NONE } from '../matching/columns.ts'
import type { Ticks } from '../money/price.ts'
import { TICKS_LIMIT } from '../money/price.ts'

const CAPACITY_MIN = 64

/** Places in a record, and its length: sixteen doubles, two cache lines. */
const SYMBOL = 0
const NEXT = 1
const ORDERS = 2
const ALGO_ORDERS = 3
const ICEBERG_ORDERS = 4
const POSITION_SIZE = 5
const BUYS = 6
const SELLS = 11
const RECORD = 16

/** Places in a side of a record. */
const LOTS = 0
const DEAREST = 1
const CHEAPEST = 2
const WAITING_LOTS = 3
const WAITING_DEAREST = 4

const DEAREST_OF_NONE = 0
const CHEAPEST_OF_NONE = TICKS_LIMIT

/** What is counted of an account's open orders in a symbol. */
export type Counted = 'orders' | 'algoOrders' | 'icebergOrders'
const PLACE_OF = { orders: ORDERS, algoOrders: ALGO_ORDERS, icebergOrders: ICEBERG_ORDERS } as const

/**
 * What every account has open in every symbol that it ever had an order in, counted and summed. Records of numbers, not
 * objects: each order of an account looks at them, and most accounts were not looked at lately.
 *
 * A record is named by its place; -1 names none, of which everything asked is nothing. Records are never taken back.
 */
export class Commitments {
  #records = new Float64Array(CAPACITY_MIN * RECORD)
  #length = 0
  /** By account: its first record. */
  #first = new Int32Array(CAPACITY_MIN).fill(NONE)

  /** The account's record in a symbol, or -1. */
  find(account: AccountId, symbol: SymbolIndex): number {
    let record = this.first(account)
    while (record !== NONE && this.#records[record + SYMBOL] !== symbol) record = this.next(record)
    return record
  }

  /** The account's first record, or -1. */
  first(account: AccountId): number {
    return this.#first[account] ?? NONE
  }

  /** The same account's next record, or -1. */
  next(record: number): number {
    return this.#records[record + NEXT] as number
  }

  /** A record's place among all, from 0: what others keep of the same account and symbol may stand there. */
  numberOf(record: number): number {
    return (record / RECORD) | 0
  }

  symbolOf(record: number): SymbolIndex {
    return this.#records[record + SYMBOL] as SymbolIndex
  }

  countOf(record: number, counted: Counted): number {
    return record === NONE ? 0 : (this.#records[record + PLACE_OF[counted]] as number)
  }

  /** Lots resting on a side. */
  lots(record: number, side: Side): number {
    return record === NONE ? 0 : (this.#records[at(record, side) + LOTS] as number)
  }

  /** No order resting on that side is dearer; 0 if none rests. It falls only when the side is empty, so it may overstate. */
  dearest(record: number, side: Side): Ticks {
    return (record === NONE ? DEAREST_OF_NONE : this.#records[at(record, side) + DEAREST]) as Ticks
  }

  /** No order resting on that side is cheaper; it rises only when the side is empty. */
  cheapest(record: number, side: Side): Ticks {
    const none = CHEAPEST_OF_NONE as Ticks
    return record === NONE ? none : (this.#records[at(record, side) + CHEAPEST] as Ticks)
  }

  /** Lots that wait for their price. */
  waitingLots(record: number, side: Side): number {
    return record === NONE ? 0 : (this.#records[at(record, side) + WAITING_LOTS] as number)
  }

  /** A bound on what they may pay. */
  waitingDearest(record: number, side: Side): number {
    return record === NONE ? 0 : (this.#records[at(record, side) + WAITING_DEAREST] as number)
  }

  /** The size of the account's position in the symbol, in base units of 10⁻⁸, as a double: for screening only. */
  positionSize(record: number): number {
    return record === NONE ? 0 : (this.#records[record + POSITION_SIZE] as number)
  }

  notePosition(record: number, size: number): void {
    this.#records[record + POSITION_SIZE] = size
  }

  /** As `find`; opens a record where there is none. */
  open(account: AccountId, symbol: SymbolIndex): number {
    const found = this.find(account, symbol)
    if (found !== NONE) return found
    if (this.#length === this.#records.length) this.#records = doubledFloats(this.#records)
    const record = this.#length
    this.#length += RECORD
    this.#records[record + SYMBOL] = symbol
    this.#records[record + NEXT] = this.first(account)
    this.#records[record + BUYS + CHEAPEST] = CHEAPEST_OF_NONE
    this.#records[record + SELLS + CHEAPEST] = CHEAPEST_OF_NONE
    this.#reach(account)
    this.#first[account] = record
    return record
  }

  /** One more (`by` 1) or fewer (`by` -1). */
  count(record: number, counted: Counted, by: 1 | -1): void {
    this.#add(record + PLACE_OF[counted], by)
  }

  addResting(record: number, side: Side, price: Ticks, lots: number): void {
    const of = at(record, side)
    this.#add(of + LOTS, lots)
    if (price > (this.#records[of + DEAREST] as number)) this.#records[of + DEAREST] = price
    if (price < (this.#records[of + CHEAPEST] as number)) this.#records[of + CHEAPEST] = price
  }

  lowerResting(record: number, side: Side, lots: number): void {
    const of = at(record, side)
    if (this.#add(of + LOTS, -lots) > 0) return
    this.#records[of + DEAREST] = DEAREST_OF_NONE
    this.#records[of + CHEAPEST] = CHEAPEST_OF_NONE
  }

  addWaiting(record: number, side: Side, price: Ticks, lots: number): void {
    const of = at(record, side)
    this.#add(of + WAITING_LOTS, lots)
    if (price > (this.#records[of + WAITING_DEAREST] as number))
      this.#records[of + WAITING_DEAREST] = price
  }

  lowerWaiting(record: number, side: Side, lots: number): void {
    const of = at(record, side)
    if (this.#add(of + WAITING_LOTS, -lots) > 0) return
    this.#records[of + WAITING_DEAREST] = DEAREST_OF_NONE
  }

  #add(place: number, by: number): number {
    const sum = (this.#records[place] as number) + by
    assert(sum >= 0, 'no account has less than nothing open')
    this.#records[place] = sum
    return sum
  }

  #reach(account: AccountId): void {
    if (account < this.#first.length) return
    const first = new Int32Array(Math.max(account + 1, this.#first.length * 2)).fill(NONE)
    first.set(this.#first)
    this.#first = first
  }
}

/** Where a record's side begins. */
function at(record: number, side: Side): number {
  return record + (side === 'BUY' ? BUYS : SELLS)
}
